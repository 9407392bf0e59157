#pragma once
// Everything: models, queries, views, the database.

#include <pgvista/app.hpp>
#include <pgvista/query.hpp>
#include <pgvista/registry.hpp>
#include <pgvista/view.hpp>
