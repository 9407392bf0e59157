#include "catalog/lookup_costs.hpp"

#include <algorithm>

namespace pgvista::catalog {

namespace {

constexpr const char* lookups_query = R"(
SELECT w.n, s.pages, s.rows, coalesce(s.known, false), coalesce(d.n_distinct, 0),
  EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid
    AND a.attnum = i.indkey[0] WHERE i.indrelid = c.oid AND a.attname = w.col AND NOT i.indisvalid)
FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::text[]))
  WITH ORDINALITY AS w (schema, name, col, n)
JOIN pg_catalog.pg_namespace ns ON ns.nspname = w.schema
JOIN pg_catalog.pg_class c ON c.relnamespace = ns.oid AND c.relname = w.name
CROSS JOIN LATERAL (
  SELECT pg_catalog.sum(x.relpages) AS pages, pg_catalog.sum(x.reltuples) AS rows,
    pg_catalog.bool_and(x.reltuples >= 0) AS known
  FROM pg_catalog.pg_class x WHERE x.relkind IN ('r', 'm')
    AND (x.oid = c.oid OR x.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(c.oid)))
) AS s
LEFT JOIN LATERAL (
  SELECT n_distinct FROM pg_catalog.pg_stats t WHERE t.schemaname = w.schema AND t.tablename = w.name
    AND t.attname = w.col ORDER BY t.inherited DESC LIMIT 1
) AS d ON true
ORDER BY w.n
)";

// PostgreSQL's own defaults.
constexpr double random_page = 4;
constexpr double row_and_condition = 0.0125;

}  // namespace

double cost_by_reading_all(double pages, double rows) { return pages + rows * row_and_condition; }

double cost_by_index(double pages, double rows, double distinct) {
  constexpr double usual_values = 200;  // what the planner takes where it knows nothing
  constexpr double levels = 2;
  const double found = distinct > 0 ? rows / distinct : distinct < 0 ? -1 / distinct : rows / usual_values;
  return random_page * (levels + std::min(std::max(found, 1.0), pages)) + found * row_and_condition;
}

void read_lookup_costs(db::Connection& connection, Maintenance& maintenance) {
  std::vector<LackingIndex*> all;
  std::vector<std::string> schemas;
  std::vector<std::string> names;
  std::vector<std::string> columns;
  for (Maintained& view : maintenance.views) {
    for (LackingIndex& one : view.lacking) {
      all.push_back(&one);
      schemas.push_back(one.index.table.schema);
      names.push_back(one.index.table.name);
      columns.push_back(one.index.column);
    }
  }
  if (all.empty()) return;
  const db::Rows rows = connection.query(
      lookups_query, {db::array_literal(schemas), db::array_literal(names), db::array_literal(columns)});
  for (int row = 0; row < rows.size(); ++row) {
    LackingIndex& one = *all[static_cast<std::size_t>(rows.integer(row, 0)) - 1];
    one.invalid = rows.boolean(row, 5);
    if (!rows.boolean(row, 3)) continue;
    one.without = cost_by_reading_all(rows.number(row, 1), rows.number(row, 2));
    one.with = cost_by_index(rows.number(row, 1), rows.number(row, 2), rows.number(row, 4));
  }
}

}  // namespace pgvista::catalog
