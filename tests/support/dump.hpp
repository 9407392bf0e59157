#pragma once
// A database that is dumped, and restored into another one, by the server's own programs.

#include "support/workspace.hpp"

namespace pgvista::test {

/// All at once, in PostgreSQL's own text.
inline constexpr const char* dumped_as_text =
    "$BIN/pg_dump \"$FROM\" | $BIN/psql -q -v ON_ERROR_STOP=1 \"$TO\" >/dev/null";

/// Runs these commands of a shell, in which $FROM and $TO are the databases and $BIN the folder of the server's
/// programs. Throws std::runtime_error when one fails.
void copy_database(const Workspace& from, const Workspace& to, const std::string& commands = dumped_as_text);

/// What pg_dump -s says of a database, without what differs from run to run. Throws std::runtime_error.
std::string schema_dump(const Workspace& work);

}  // namespace pgvista::test
