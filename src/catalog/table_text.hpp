#pragma once
// A table of the database as the value that DDL says it by.

#include <string>
#include <vector>

#include "db/connection.hpp"
#include "sql/table.hpp"

namespace pgvista::catalog {

struct LiveTable {
  sql::Table table;                 // names as they are; a name in `default_schema` stands without its schema
  std::string unsupported;          // why it cannot be said so ("PARTITION BY"), or ""; then `table` is not to be used
  std::vector<std::string> beside;  // what it has that no definition of a table says: "trigger audit", "row security"
};

/// Requires a table (relkind r or p). A column with a sequence of its own is of a serial type.
LiveTable read_table(db::Connection& connection, const sql::Name& name, const std::string& default_schema);

}  // namespace pgvista::catalog
