#pragma once
// What the server says of tables, as texts that can be compared: "column total" -> "integer NOT NULL DEFAULT 0".

#include <map>
#include <string>

#include "db/connection.hpp"
#include "tables/tables.hpp"

namespace pgvista::catalog {

using TableFacts = std::map<std::string, std::string>;

/// Columns, constraints and indexes of a live table. Requires that it exists.
TableFacts live_table_facts(db::Connection& connection, const sql::Name& table);

/// Of a table as it would be: made for a moment as a temporary one, and taken back. Must run in a transaction.
TableFacts declared_table_facts(db::Connection& connection, const tables::Tables& tables, const sql::Table& table);

}  // namespace pgvista::catalog
