#pragma once
#include "migrate/graph.hpp"

namespace pgvista::migrate {

/// One migration in the place of those from `from` ("" : the first) to `to`: it leads from the state before them to the
/// one after them by the shortest way; free SQL, and what changes rows, stays as it is, in its place.
/// Throws Failure (cannot_squash, unknown_migration).
DraftMigration squash(const Graph& graph, const std::string& from, const std::string& to,
                      const std::string& default_schema, bool whole_names);

}  // namespace pgvista::migrate
