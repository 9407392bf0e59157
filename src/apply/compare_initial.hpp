#pragma once
#include "apply/migrate.hpp"

namespace pgvista::apply {

/// Is everything that a first migration would make in the database already, and as it says? False: nothing of it is.
/// Views that are equal become the project's. Throws Failure (not_as_migrated), an error for each table or view that
/// differs or is missing, and tells what more there is.
bool initial_is_there(db::Connection& connection, const migrate::State& state, const MigrationProject& project,
                      const Limits& limits);

}  // namespace pgvista::apply
