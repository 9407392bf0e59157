#pragma once
// Which output columns of a query can be NULL, as far as the tree tells. "Can be" is the careful answer.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sql/tree.hpp"

namespace pgvista::analyze {

struct NullableColumn {
  std::string name;
  bool nullable = true;
};

/// The columns of a table, in order; nullopt where the table is not known.
using TableColumns =
    std::function<std::optional<std::vector<NullableColumn>>(const std::string& schema, const std::string& name)>;

/// The output columns of a query. Empty where they cannot be told (a star over an unknown table).
std::vector<NullableColumn> output_nullability(const sql::Select& query, const TableColumns& tables);

}  // namespace pgvista::analyze
