#pragma once
#include <string>
#include <vector>

#include "schema/definition.hpp"

namespace pgvista::plan {

/// What takes away what the old definition declared beside its query and the new one does not. For sync a key that is
/// gone leaves what it made; a migration knows both definitions, and is exact. `columns` are those that the view has
/// now.
std::vector<std::string> undeclare_sql(const schema::ViewDefinition& before, const schema::ViewDefinition& after,
                                       const std::vector<std::string>& columns);

}  // namespace pgvista::plan
