#include <fmt/format.h>

#include "catalog/read.hpp"

namespace pgvista::catalog {

using schema::Details;
using schema::Oid;

namespace {

Oid relation_at(const db::Rows& rows, int row) { return static_cast<Oid>(rows.integer(row, 0)); }

constexpr const char* grants_query = R"(
SELECT c.oid, coalesce(g.rolname, ''), coalesce(e.rolname, ''), x.privilege_type, x.is_grantable, ''
FROM pg_catalog.pg_class c CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) x
LEFT JOIN pg_catalog.pg_roles g ON g.oid = x.grantor LEFT JOIN pg_catalog.pg_roles e ON e.oid = x.grantee
WHERE c.oid = ANY ($1::oid[])
UNION ALL
SELECT a.attrelid, coalesce(g.rolname, ''), coalesce(e.rolname, ''), x.privilege_type, x.is_grantable, a.attname
FROM pg_catalog.pg_attribute a CROSS JOIN LATERAL pg_catalog.aclexplode(a.attacl) x
LEFT JOIN pg_catalog.pg_roles g ON g.oid = x.grantor LEFT JOIN pg_catalog.pg_roles e ON e.oid = x.grantee
WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
)";

// Of attoptions only what ALTER … SET documents: a server may keep marks of its own there.
constexpr const char* column_details_query = R"(
SELECT a.attrelid, a.attname, pg_catalog.col_description(a.attrelid, a.attnum), coalesce(a.attstattarget, -1),
       ARRAY(SELECT o FROM pg_catalog.unnest(a.attoptions) o WHERE o LIKE 'n\_distinct%'),
       CASE WHEN a.attstorage <> t.typstorage THEN CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL'
         WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END ELSE '' END,
       CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' ELSE '' END,
       coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), '')
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
)";

constexpr const char* statistics_query = R"(
SELECT s.stxrelid, n.nspname, s.stxname,
       ARRAY(SELECT CASE k WHEN 'd' THEN 'ndistinct' WHEN 'f' THEN 'dependencies' ELSE 'mcv' END
         FROM pg_catalog.unnest(s.stxkind) k WHERE k IN ('d', 'f', 'm')),
       ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(s.stxkeys::int2[]) k JOIN pg_catalog.pg_attribute a
         ON a.attrelid = s.stxrelid AND a.attnum = k),
       coalesce(pg_catalog.pg_get_statisticsobjdef_expressions(s.oid), '{}'),
       coalesce((pg_catalog.to_jsonb(s) ->> 'stxstattarget')::int, -1), pg_catalog.pg_get_userbyid(s.stxowner),
       pg_catalog.obj_description(s.oid, 'pg_statistic_ext'),
       ARRAY(SELECT a.attname::text FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attribute a
         ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
             WHERE d.classid = 'pg_catalog.pg_statistic_ext'::regclass AND d.objid = s.oid AND d.refobjid = s.stxrelid
               AND d.refobjsubid > 0)
FROM pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
WHERE s.stxrelid = ANY ($1::oid[])
ORDER BY s.stxname
)";

// Each followed by its comment, if it has one.
constexpr const char* attached_query = R"(
SELECT relation, kind, text FROM (
  SELECT t.tgrelid AS relation, 't' AS kind, t.tgname AS name, 1 AS turn, pg_catalog.pg_get_triggerdef(t.oid) AS text
    FROM pg_catalog.pg_trigger t
  WHERE t.tgrelid = ANY ($1::oid[]) AND NOT t.tgisinternal AND t.tgname <> $2::name
  UNION ALL
  SELECT t.tgrelid, 't', t.tgname, 2, pg_catalog.format('COMMENT ON TRIGGER %I ON %I.%I IS %L', t.tgname, n.nspname,
    c.relname, d.description)
  FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace n
    ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_description d ON d.classoid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND d.objoid = t.oid
  WHERE t.tgrelid = ANY ($1::oid[]) AND NOT t.tgisinternal AND t.tgname <> $2::name
  UNION ALL
  SELECT r.ev_class, 'r', r.rulename, 1, pg_catalog.pg_get_ruledef(r.oid) FROM pg_catalog.pg_rewrite r
  WHERE r.ev_class = ANY ($1::oid[]) AND r.rulename <> '_RETURN'
  UNION ALL
  SELECT r.ev_class, 'r', r.rulename, 2, pg_catalog.format('COMMENT ON RULE %I ON %I.%I IS %L', r.rulename, n.nspname,
    c.relname, d.description)
  FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class JOIN pg_catalog.pg_namespace n
    ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_description d ON d.classoid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objoid = r.oid
  WHERE r.ev_class = ANY ($1::oid[]) AND r.rulename <> '_RETURN'
) AS attached ORDER BY relation, kind DESC, name, turn
)";

// Of relations (no index name) and of their indexes.
constexpr const char* extensions_query = R"(
SELECT coalesce(i.indrelid, c.oid), CASE WHEN i.indexrelid IS NULL THEN '' ELSE c.relname END, e.extname
FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
JOIN pg_catalog.pg_class c ON c.oid = d.objid LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype = 'x'
  AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
  AND coalesce(i.indrelid, c.oid) = ANY ($1::oid[])
ORDER BY 1, 2, 3
)";

void read_extensions(db::Connection& connection, schema::Database& database, const db::Parameters& oids) {
  const db::Rows rows = connection.query(extensions_query, oids);
  for (int row = 0; row < rows.size(); ++row) {
    schema::Relation& relation = database.relations.at(relation_at(rows, row));
    if (rows.at(row, 1).empty()) relation.details->extensions.push_back(rows.text(row, 2));
    for (schema::LiveIndex& index : relation.indexes) {
      if (index.name == rows.at(row, 1)) index.extensions.push_back(rows.text(row, 2));
    }
  }
}

}  // namespace

void read_details(db::Connection& connection, schema::Database& database, const std::vector<Oid>& relations) {
  if (relations.empty()) return;
  std::vector<std::string> texts;
  for (const Oid oid : relations) {
    texts.push_back(std::to_string(oid));
    database.relations.at(oid).details = Details{};
  }
  const db::Parameters oids{db::array_literal(texts)};
  const auto details = [&](const db::Rows& rows, int row) -> Details& {
    return *database.relations.at(relation_at(rows, row)).details;
  };
  // Taken back with what is around it: a setting of the session would be the next client's, behind a pool.
  const db::Transaction whole_names(connection);
  connection.execute("SET LOCAL search_path = ''");

  const db::Rows acls =
      connection.query("SELECT oid, relacl IS NULL FROM pg_catalog.pg_class WHERE oid = ANY ($1::oid[])", oids);
  for (int row = 0; row < acls.size(); ++row) details(acls, row).default_acl = acls.boolean(row, 1);
  const db::Rows grants = connection.query(grants_query, oids);
  for (int row = 0; row < grants.size(); ++row) {
    Details& to = details(grants, row);
    to.grants.push_back(
        {grants.text(row, 1), grants.text(row, 2), grants.text(row, 3), grants.boolean(row, 4), grants.text(row, 5)});
  }
  const db::Rows columns = connection.query(column_details_query, oids);
  for (int row = 0; row < columns.size(); ++row) {
    details(columns, row)
        .columns.push_back({columns.text(row, 1), columns.optional(row, 2), static_cast<int>(columns.integer(row, 3)),
                            columns.array(row, 4), columns.text(row, 5), columns.text(row, 6), columns.text(row, 7)});
  }
  const db::Rows statistics = connection.query(statistics_query, oids);
  for (int row = 0; row < statistics.size(); ++row) {
    schema::ExtendedStatistics item;
    item.name = {statistics.text(row, 1), statistics.text(row, 2)};
    item.kinds = statistics.array(row, 3);
    item.columns = statistics.array(row, 4);
    item.expressions = statistics.array(row, 5);
    item.target = static_cast<int>(statistics.integer(row, 6));
    item.owner = statistics.text(row, 7);
    item.comment = statistics.optional(row, 8);
    item.used_columns = statistics.array(row, 9);
    details(statistics, row).statistics.push_back(std::move(item));
  }
  const db::Rows attached = connection.query(attached_query, {oids.front(), schema::read_only_trigger});
  for (int row = 0; row < attached.size(); ++row) {
    Details& to = details(attached, row);
    (attached.at(row, 1) == "t" ? to.triggers : to.rules).push_back(attached.text(row, 2));
  }
  read_extensions(connection, database, oids);
}

}  // namespace pgvista::catalog
