#pragma once
// Derived tables that only choose, compute and join rows are no obstacle: the block above reads what they read.

#include "ivm/values/facts.hpp"

namespace pgvista::ivm {

/// The query with such subqueries of its FROM put in as their own FROM and WHERE, as deep as they go; those that group,
/// order, limit or make other rows stay, and so do those on a side of an outer join that may be missing.
/// Requires a query without WITH, whose columns are qualified.
sql::Select pulled_up(sql::Select query, const Facts& facts);

}  // namespace pgvista::ivm
