#pragma once
// Everything: models, queries, views, the database.

#include <pgvista/app.hpp>
#include <pgvista/prepared.hpp>
#include <pgvista/related.hpp>
#include <pgvista/registry.hpp>
#include <pgvista/view.hpp>
