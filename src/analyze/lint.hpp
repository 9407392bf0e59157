#pragma once
// Queries that are valid and probably not meant.

#include <string>
#include <vector>

#include "sql/tree.hpp"

namespace pgvista::analyze {

struct Lint {
  std::string code;
  std::string message;
  std::string hint;
  int offset = -1;
};

/// full_join_chain: a FULL JOIN on a column of one side of another FULL JOIN, NULL for rows that the other side gave.
/// null_element: json(b)_agg or array_agg over the nullable side of an outer join gives [null] where nothing matched.
/// null_comparison: `x = NULL`, which is never true.
std::vector<Lint> lint(const sql::Select& query);

}  // namespace pgvista::analyze
