#pragma once
#include <string>

#include "db/connection.hpp"

namespace pgvista::test {

/// What a database holds, as sorted lines: tables with columns, constraints and indexes, views with their queries, all
/// with comments and grants. Without what pgvista keeps for itself; `names` tells whether those of constraints and
/// indexes count.
std::string structure(db::Connection& connection, bool names = true);

}  // namespace pgvista::test
