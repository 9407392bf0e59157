#pragma once
// The tables that a query reads, as against the names that its own WITH clauses define.

#include "base/callback.hpp"
#include "sql/tree.hpp"

namespace pgvista::analyze {

/// Calls `visit` for every reference to a table or view.
void for_each_table(sql::Select& query, Callback<void(sql::TableRef&)> visit);
void for_each_table(const sql::Select& query, Callback<void(const sql::TableRef&)> visit);

}  // namespace pgvista::analyze
