#include "refresh/verify.hpp"

#include <fmt/format.h>

#include <set>

#include "base/text.hpp"

namespace pgvista::refresh {

namespace {

// Columns whose type has no default equality, which EXCEPT needs. Arrays and ranges stand on their element's.
std::set<std::string> without_equality(db::Connection& connection, schema::Oid view) {
  const db::Rows rows = connection.query(
      "SELECT a.attname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid "
      "LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typcategory = 'A' LEFT JOIN pg_catalog.pg_type d ON d.oid = t.typbasetype AND t.typtype = 'd' "
      "WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped AND t.typtype NOT IN ('e', 'r', 'm') AND coalesce(e.typtype, 'b') NOT IN ('e', 'r', 'm') "
      "AND NOT EXISTS (SELECT FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_am m ON m.oid = o.opcmethod WHERE o.opcdefault AND m.amname IN ('btree', 'hash') "
      "AND (o.opcintype = coalesce(e.oid, d.oid, t.oid) OR EXISTS (SELECT FROM pg_catalog.pg_cast c WHERE c.castsource = coalesce(e.oid, d.oid, t.oid) AND c.casttarget = o.opcintype AND c.castmethod = 'b' AND c.castcontext = 'i')))",
      {std::to_string(view)});
  std::set<std::string> out;
  for (int row = 0; row < rows.size(); ++row) out.insert(rows.text(row, 0));
  return out;
}

std::vector<std::string> quoted(const std::vector<std::string>& names) {
  std::vector<std::string> out;
  for (const std::string& name : names) out.push_back(sql::quote_identifier(name));
  return out;
}

}  // namespace

Verdict verify(db::Connection& connection, const schema::Relation& view, const std::vector<std::string>& key) {
  Verdict out;
  out.name = view.name;
  const std::set<std::string> as_text = without_equality(connection, view.oid);
  std::vector<std::string> columns;
  std::vector<std::string> all;
  for (const schema::LiveColumn& column : view.columns) {
    const std::string name = sql::quote_identifier(column.name);
    all.push_back(column.name);
    columns.push_back(as_text.contains(column.name) ? name + "::pg_catalog.text AS " + name : name);
  }
  out.key_columns = key.empty() ? all : key;
  const std::string list = columns.empty() ? "1 AS one" : join(columns, ", ");
  const std::string key_list = out.key_columns.empty() ? "one" : join(quoted(out.key_columns), ", ");
  // The definition was printed with an empty search path, so every name in it is whole; it runs with the session's own,
  // as REFRESH does, for the functions that it calls. Rolled back: FOR UPDATE and functions that write are no business of ours.
  const db::Transaction transaction(connection, "ISOLATION LEVEL REPEATABLE READ");
  constexpr int refreshes_with_safe_path = 17;
  if (connection.server_major() >= refreshes_with_safe_path) connection.execute("SET LOCAL search_path = pg_catalog, pg_temp");
  const db::Rows rows = connection.query(fmt::format(
      "WITH query AS MATERIALIZED (SELECT {0} FROM ({1}\n) AS q), stored AS MATERIALIZED (SELECT {0} FROM {2}), "
      "missing AS MATERIALIZED (SELECT * FROM query EXCEPT ALL SELECT * FROM stored), extra AS MATERIALIZED (SELECT * FROM stored EXCEPT ALL SELECT * FROM query), "
      "keys AS (SELECT DISTINCT pg_catalog.jsonb_build_array({3}) AS key FROM (SELECT * FROM missing UNION ALL SELECT * FROM extra) AS both_ways ORDER BY 1 LIMIT {4}) "
      "SELECT (SELECT count(*) FROM missing), (SELECT count(*) FROM extra), key FROM (SELECT 1) AS one LEFT JOIN keys ON true",
      list, view.definition, view.name.sql(), key_list, most_keys));
  out.missing = rows.integer(0, 0);
  out.extra = rows.integer(0, 1);
  for (int row = 0; row < rows.size(); ++row) {
    if (!rows.null(row, 2)) out.keys.push_back(rows.text(row, 2));
  }
  return out;
}

}  // namespace pgvista::refresh
