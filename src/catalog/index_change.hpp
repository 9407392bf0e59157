#pragma once
// Where nothing of what keeps a view differs but its declared indexes, its store stays.

#include <optional>
#include <string>
#include <vector>

#include "ivm/values/program.hpp"
#include "sql/index.hpp"

namespace pgvista::catalog {

struct NewStoreIndex {
  std::string name;
  std::string sql;
  std::string concurrently;  // the same while readers and writers go on, outside a transaction
};

struct IndexChange {
  sql::Name store;
  std::vector<NewStoreIndex> made;
  std::vector<sql::Name> gone;
};

/// From one program to another of the same name; nullopt: they differ in more than their declared indexes.
std::optional<IndexChange> index_change(const ivm::Program& before, const ivm::Program& wanted,
                                        const std::vector<sql::IndexDefinition>& declared);

}  // namespace pgvista::catalog
