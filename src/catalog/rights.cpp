#include "catalog/rights.hpp"

namespace pgvista::catalog {

std::vector<std::string> missing_rights(db::Connection& connection, const std::set<sql::Name>& tables) {
  std::vector<std::string> names;
  for (const sql::Name& table : tables) names.push_back(table.sql());
  const db::Rows rows = connection.query(
      "SELECT pg_catalog.format('GRANT %s ON %s TO %I', pg_catalog.string_agg(r.needed, ', ' ORDER BY r.turn), "
      "c.oid::pg_catalog.regclass, current_user) "
      "FROM pg_catalog.unnest($1::text[]) AS u(name) JOIN pg_catalog.pg_class AS c ON c.oid = "
      "pg_catalog.to_regclass(u.name) "
      "CROSS JOIN (VALUES ('SELECT', 1), ('UPDATE', 2), ('TRIGGER', 3)) AS r(needed, turn) "
      "WHERE NOT pg_catalog.has_table_privilege(c.oid, r.needed) GROUP BY c.oid ORDER BY 1",
      {db::array_literal(names)});
  std::vector<std::string> out;
  for (int row = 0; row < rows.size(); ++row) out.push_back(rows.text(row, 0));
  return out;
}

}  // namespace pgvista::catalog
