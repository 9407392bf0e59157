#pragma once
// GROUP BY over rows that no addition tells (EXISTS, an outer join, a grouped subquery): the rows apart from the sums.

#include <optional>

#include "ivm/values/facts.hpp"

namespace pgvista::ivm {

/// A block with aggregates as two.
struct SplitSums {
  sql::Select rows;  // what is grouped: SELECT columns FROM … WHERE …, no column twice
  sql::Select sums;  // the groups, over an item `rows_name` that its FROM does not have yet
};
inline constexpr const char* rows_name = "pgv_rows";

/// nullopt: the block is of another kind, its aggregates must be counted again, or its rows are a mere join of tables.
std::optional<SplitSums> split_sums(const sql::Select& block, const Facts& facts);

}  // namespace pgvista::ivm
