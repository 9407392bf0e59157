#include "catalog/table_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "parse/parse.hpp"
#include "parse/table_statements.hpp"
#include "tables/tables.hpp"

namespace pgvista::catalog {

namespace {

constexpr const char* table_text_columns_query = R"(
SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
       CASE WHEN a.attcollation <> t.typcollation
            THEN pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(coll.collname) ELSE '' END,
       CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' ELSE '' END,
       a.attgenerated = 's', a.attnotnull,
       coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), ''),
       coalesce(a.attidentity = '' AND a.attgenerated = '' AND a.attnotnull
         AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
         AND pg_catalog.pg_get_expr(d.adbin, d.adrelid) = pg_catalog.format('nextval(%L::regclass)',
               pg_catalog.pg_get_serial_sequence(a.attrelid::regclass::text, a.attname)::regclass), false),
       pg_catalog.col_description(a.attrelid, a.attnum)
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_collation coll ON coll.oid = a.attcollation
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = coll.collnamespace
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
)";

constexpr const char* table_text_constraints_query = R"(
SELECT conname, pg_catalog.pg_get_constraintdef(oid), contype = 'x' FROM pg_catalog.pg_constraint
WHERE conrelid = $1::oid AND contype IN ('p', 'u', 'c', 'f', 'x') AND conparentid = 0
ORDER BY pg_catalog.array_position(ARRAY['p', 'u', 'c', 'f', 'x'], contype::text), conname
)";

constexpr const char* table_text_indexes_query = R"(
SELECT c.relname, pg_catalog.pg_get_indexdef(i.indexrelid), pg_catalog.obj_description(i.indexrelid, 'pg_class')
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = $1::oid AND i.indisvalid AND NOT EXISTS (
  SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
ORDER BY c.relname
)";

// What would be lost by saying the table without it.
constexpr const char* unsupported_query = R"(
SELECT CASE WHEN c.relkind = 'p' THEN 'PARTITION BY' WHEN c.relispartition THEN 'PARTITION OF'
            WHEN EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid) THEN 'INHERITS'
            WHEN c.reloftype <> 0 THEN 'OF TYPE' WHEN c.relpersistence <> 'p' THEN 'UNLOGGED'
            WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'x')
            THEN 'EXCLUDE'
            WHEN c.reltablespace <> 0 THEN 'TABLESPACE' WHEN c.reloptions IS NOT NULL THEN 'WITH (…)' ELSE '' END,
       pg_catalog.obj_description(c.oid, 'pg_class')
FROM pg_catalog.pg_class c WHERE c.oid = $1::oid
)";

constexpr const char* beside_query = R"(
SELECT 'trigger ' || tgname FROM pg_catalog.pg_trigger
  WHERE tgrelid = $1::oid AND NOT tgisinternal AND tgname NOT LIKE 'pgvista\_%'
UNION ALL SELECT 'policy ' || polname FROM pg_catalog.pg_policy WHERE polrelid = $1::oid
UNION ALL SELECT 'options of the sequence of ' || a.attname
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_sequence s
    ON s.seqrelid = pg_catalog.pg_get_serial_sequence(a.attrelid::regclass::text, a.attname)::regclass
  WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
    AND (s.seqstart, s.seqincrement, s.seqmin, s.seqcache, s.seqcycle) IS DISTINCT FROM (1, 1, 1, 1, false)
UNION ALL SELECT 'grants' FROM pg_catalog.pg_class c
  WHERE c.oid = $1::oid AND EXISTS (SELECT FROM pg_catalog.aclexplode(c.relacl) a WHERE a.grantee <> c.relowner)
UNION ALL SELECT 'row security' FROM pg_catalog.pg_class WHERE oid = $1::oid AND relrowsecurity
UNION ALL SELECT DISTINCT 'type ' || pg_catalog.format_type(coalesce(nullif(t.typelem, 0), t.oid), NULL)
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped AND n.nspname <> 'pg_catalog'
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_type'::regclass
      AND d.objid = coalesce(nullif(t.typelem, 0), t.oid) AND d.deptype = 'e')
UNION ALL SELECT 'rule ' || rulename FROM pg_catalog.pg_rewrite WHERE ev_class = $1::oid
ORDER BY 1
)";

const char* serial_word(const std::string& type) {
  return type == "smallint" ? "smallserial" : type == "bigint" ? "bigserial" : "serial";
}

std::vector<sql::TableColumn> read_columns(db::Connection& connection, const std::string& oid) {
  std::vector<sql::TableColumn> out;
  const db::Rows rows = connection.query(table_text_columns_query, {oid});
  for (int row = 0; row < rows.size(); ++row) {
    const bool serial = rows.boolean(row, 7);
    sql::TableColumn column;
    column.name = rows.text(row, 0);
    column.type = serial ? serial_word(rows.text(row, 1)) : parse::canonical_type(rows.text(row, 1));
    column.collation = rows.text(row, 2);
    column.identity = rows.text(row, 3);
    column.not_null = rows.boolean(row, 5) && !serial;
    const std::string expression =
        serial || rows.at(row, 6).empty() ? std::string{} : parse::canonical_expression(rows.text(row, 6));
    (rows.boolean(row, 4) ? column.generated : column.default_value) = expression;
    if (!rows.null(row, 8)) column.comment = rows.text(row, 8);
    out.push_back(std::move(column));
  }
  return out;
}

// Constraints and indexes by the texts that the server writes of them.
void read_rest(db::Connection& connection, const std::string& oid, LiveTable& out) {
  tables::Tables tables("", false);
  tables.apply(sql::CreateTable{out.table, false});
  const auto apply = [&](const std::string& text) {
    for (const sql::ScriptStatement& statement : parse::parse_script(text)) {
      if (out.unsupported.empty()) out.unsupported = statement.unsupported;
      // NOT VALID, and whatever else the parser passes over.
      if (out.unsupported.empty() && !statement.complete) out.unsupported = text;
      for (const sql::TableChange& change :
           out.unsupported.empty() ? statement.changes : std::vector<sql::TableChange>{})
        tables.apply(change);
    }
  };
  const std::string table = out.table.name.sql();
  const db::Rows constraints = connection.query(table_text_constraints_query, {oid});
  for (int row = 0; row < constraints.size(); ++row)
    apply(fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}", table, sql::quote_identifier(constraints.text(row, 0)),
                      constraints.at(row, 1)));
  const db::Rows indexes = connection.query(table_text_indexes_query, {oid});
  for (int row = 0; row < indexes.size(); ++row) {
    apply(indexes.text(row, 1));
    if (!indexes.null(row, 2))
      apply(sql::comment_sql({out.table.name.schema, indexes.text(row, 0)}, {}, indexes.text(row, 2), "INDEX"));
  }
  if (const sql::Table* whole = tables.find(out.table.name)) out.table = *whole;
}

}  // namespace

LiveTable read_table(db::Connection& connection, const sql::Name& name, const std::string& default_schema) {
  const db::Transaction transaction(connection);
  connection.execute("SET LOCAL search_path = ''");
  const std::string oid = connection.query("SELECT pg_catalog.to_regclass($1)::oid", {name.sql()}).text(0, 0);
  LiveTable out;
  out.table.name = name;
  const db::Rows facts = connection.query(unsupported_query, {oid});
  out.unsupported = facts.text(0, 0);
  if (!facts.null(0, 1)) out.table.comment = facts.text(0, 1);
  const db::Rows beside = connection.query(beside_query, {oid});
  for (int row = 0; row < beside.size(); ++row) out.beside.push_back(beside.text(row, 0));
  if (!out.unsupported.empty()) return out;
  try {
    out.table.columns = read_columns(connection, oid);
    read_rest(connection, oid, out);
  } catch (const Failure& failure) {
    // An expression that is not in our grammar; the other tables go on.
    if (connection.lost() || !failure.error().sqlstate.empty()) throw;
    out.unsupported = failure.error().message;
    return out;
  }
  const auto shorten = [&](sql::Name& one) {
    if (one.schema == default_schema) one.schema.clear();
  };
  shorten(out.table.name);
  for (sql::TableConstraint& one : out.table.constraints) shorten(one.target);
  return out;
}

}  // namespace pgvista::catalog
