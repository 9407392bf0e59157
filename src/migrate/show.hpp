#pragma once
#include <string>

#include "migrate/migration.hpp"

namespace pgvista::migrate {

/// An operation as SQL, for people. Of a view: what it is to be; the steps that bring it there depend on what is there.
std::string sql_of(const Operation& operation, bool forwards);

/// All of a migration in the order that it runs, a comment line above each operation.
std::string sql_of(const Migration& migration, bool forwards);

}  // namespace pgvista::migrate
