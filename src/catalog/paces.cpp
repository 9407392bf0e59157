#include "catalog/paces.hpp"

namespace pgvista::catalog {

std::vector<Pace> read_paces(db::Connection& connection, const std::string& program) {
  const db::Rows may = connection.query(
      "SELECT count(*) > 0 FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass('pgvista.pace') AND "
      "pg_catalog.has_schema_privilege(c.relnamespace, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT')");
  std::vector<Pace> out;
  if (!may.boolean(0, 0)) return out;
  const db::Rows rows = connection.query(
      "SELECT store, change, whole, (4 ^ magnitude)::bigint, pg_catalog.round(microseconds::numeric, 3) FROM "
      "pgvista.pace WHERE program = $1 AND change <> 'fill' ORDER BY store, change, magnitude, whole",
      {program});
  for (int row = 0; row < rows.size(); ++row)
    out.push_back(
        {rows.text(row, 0), rows.text(row, 1), rows.boolean(row, 2), rows.integer(row, 3), rows.number(row, 4)});
  return out;
}

}  // namespace pgvista::catalog
