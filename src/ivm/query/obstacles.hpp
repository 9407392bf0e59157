#pragma once
// What keeps a query from being maintained, whatever its key and strategy.

#include <vector>

#include "ivm/values/facts.hpp"

namespace pgvista::ivm {

/// Relations that no trigger can watch, system columns, names that pgvista's own go by, functions that depend on time,
/// session or chance. `outputs`: of the view.
std::vector<Blocker> obstacles(const sql::Select& query, const std::vector<ColumnFact>& outputs, const Facts& facts);

}  // namespace pgvista::ivm
