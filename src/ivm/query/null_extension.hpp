#pragma once
// What an expression is for the rows of NULLs that an outer join makes of those without a partner.

#include <set>

#include "ivm/query/query_graph.hpp"

namespace pgvista::ivm {

/// Is it NULL where these table references are rows of NULLs? False where that is not sure: a constant, COALESCE, CASE,
/// a function that is not known to be strict.
bool is_nulled(const sql::Expr& expression, const QueryGraph& graph, const std::set<int>& extended);

/// COALESCE of columns that join conditions equate, each with the next: of FULL JOINs the one side or the other.
bool is_either_side(const sql::Expr& expression, const QueryGraph& graph);

}  // namespace pgvista::ivm
