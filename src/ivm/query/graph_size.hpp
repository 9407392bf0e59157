#pragma once
// How many graphs a query has (ivm/query/query_graph.hpp), without making them.

#include "sql/tree.hpp"

namespace pgvista::ivm {

/// More than can be followed: graphs, or table references in all of them.
bool has_too_many_graphs(const sql::Select& query);

}  // namespace pgvista::ivm
