#pragma once
// What the role of this connection must be given before it can keep a view.

#include <set>
#include <string>
#include <vector>

#include "db/connection.hpp"
#include "sql/identifier.hpp"

namespace pgvista::catalog {

/// "GRANT SELECT, UPDATE ON orders TO keeper", one for each of these tables on which the role lacks what maintenance
/// needs: SELECT; TRIGGER; UPDATE, which PostgreSQL asks for where a table is locked against its writers. Passes over
/// tables that are not there.
std::vector<std::string> missing_rights(db::Connection& connection, const std::set<sql::Name>& tables);

}  // namespace pgvista::catalog
