#pragma once
// What tells the rows of a query apart, whatever the strategy that keeps them.

#include "ivm/values/facts.hpp"
#include "sql/tree.hpp"

namespace pgvista::ivm {

/// Outputs of a query, by number from 0, in which no two of its rows are the same (NULL being the same as NULL). Empty:
/// none are known, or one of those that are is not among the outputs. The query is normalised: no CTE.
std::vector<std::size_t> telling_outputs(const sql::Select& query, const Facts& facts);

/// Sets of columns of a table, qualified as in FROM, in which no two of its rows are the same.
std::vector<sql::Exprs> keys_of(const sql::TableRef& table, const Facts& facts);

/// Of these groups of a block, those that the others do not determine: a key of a table that they name whole tells the
/// table's other columns.
sql::Exprs undetermined_groups(const sql::Select& block, const sql::Exprs& groups, const Facts& facts);

}  // namespace pgvista::ivm
