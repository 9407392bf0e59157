#include "refresh/verify.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

#include "base/text.hpp"
#include "sql/known_types.hpp"

namespace pgvista::refresh {

namespace {

// Types whose equal values look the same. Of all others (numeric 1.0 and 1.00, -0.0, citext, ranges, composites, …) the
// text is compared: what a reader gets is right only if it looks right.
bool equal_as_it_looks(const std::string& type) {
  const sql::KnownType* known = sql::known_type(sql::without_modifier(type));
  return known && known->can(sql::one_form) && known->kind != sql::TypeKind::text;
}

}  // namespace

Verdict verify(db::Connection& connection, const schema::Relation& view, const std::vector<std::string>& key,
               const std::vector<std::pair<std::string, std::string>>& settings) {
  Verdict out;
  out.name = view.name;
  std::vector<std::string> columns;
  std::vector<std::string> all;
  std::map<std::string, std::string> shown;  // columns as the keys show them
  for (const schema::LiveColumn& column : view.columns) {
    const std::string name = sql::quote_identifier(column.name);
    all.push_back(column.name);
    const bool looks = equal_as_it_looks(column.type);
    columns.push_back(looks ? name : name + "::pg_catalog.text COLLATE \"C\" AS " + name);
    // Numbers are shown as numbers.
    const sql::KnownType* known = sql::known_type(sql::without_modifier(column.type));
    const bool number = known && known->kind == sql::TypeKind::number;
    shown[column.name] = number && !looks ? fmt::format("CAST({} AS {})", name, column.type) : name;
  }
  out.key_columns = key.empty() ? all : key;
  const std::string list = columns.empty() ? "1 AS one" : join(columns, ", ");
  std::vector<std::string> key_values;
  for (const std::string& column : out.key_columns)
    key_values.push_back(shown.contains(column) ? shown.at(column) : sql::quote_identifier(column));
  const std::string key_list = key_values.empty() ? "one" : join(key_values, ", ");
  // The definition was printed with an empty search path, so every name in it is whole; it runs with the session's own,
  // as REFRESH does, for the functions that it calls. Rolled back: FOR UPDATE and functions that write are no business
  // of ours.
  const db::Transaction transaction(connection, "ISOLATION LEVEL REPEATABLE READ");
  for (const auto& [name, value] : settings)
    connection.query("SELECT pg_catalog.set_config($1, $2, true)", {name, value});
  constexpr int refreshes_with_safe_path = 17;
  if (connection.server_major() >= refreshes_with_safe_path)
    connection.execute("SET LOCAL search_path = pg_catalog, pg_temp");
  const db::Rows rows = connection.query(fmt::format(
      "WITH query AS MATERIALIZED (SELECT {0} FROM ({1}\n) AS q), stored AS MATERIALIZED (SELECT {0} FROM {2}), "
      "missing AS MATERIALIZED (SELECT * FROM query EXCEPT ALL SELECT * FROM stored), extra AS MATERIALIZED (SELECT * "
      "FROM stored EXCEPT ALL SELECT * FROM query), "
      "keys AS (SELECT DISTINCT pg_catalog.jsonb_build_array({3}) AS key FROM (SELECT * FROM missing UNION ALL SELECT "
      "* FROM extra) AS both_ways ORDER BY 1 LIMIT {4}) "
      "SELECT (SELECT count(*) FROM missing), (SELECT count(*) FROM extra), key FROM (SELECT 1) AS one LEFT JOIN keys "
      "ON true",
      list, view.definition, view.name.sql(), key_list, most_keys));
  out.missing = rows.integer(0, 0);
  out.extra = rows.integer(0, 1);
  for (int row = 0; row < rows.size(); ++row) {
    if (!rows.null(row, 2)) out.keys.push_back(rows.text(row, 2));
  }
  return out;
}

}  // namespace pgvista::refresh
