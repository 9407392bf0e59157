#include "catalog/read.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/text.hpp"
#include "catalog/cells.hpp"
#include "catalog/ledger.hpp"
#include "catalog/meaning.hpp"

namespace pgvista::catalog {

using schema::Database;
using schema::LiveColumn;
using schema::LiveIndex;
using schema::Oid;
using schema::Relation;

namespace {

std::string oid_array(const std::vector<Oid>& oids) {
  std::vector<std::string> texts;
  for (const Oid oid : oids) texts.push_back(std::to_string(oid));
  return db::array_literal(texts);
}

// Everything beside tables that the meaning of a name in a query can depend on.
constexpr const char* session_query = R"(
SELECT current_setting('server_version_num')::int, current_schemas(false)::text[], current_user,
       (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user),
       pg_catalog.has_database_privilege(current_database(), 'TEMPORARY'),
       pg_catalog.pg_is_in_recovery() OR current_setting('transaction_read_only')::bool,
       EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = 'pgvista' AND c.relname = 'view' AND c.relkind = 'r'),
       pg_catalog.md5(pg_catalog.concat_ws('|', current_setting('server_version_num'), current_schemas(false)::text,
         current_setting('TimeZone'), current_setting('DateStyle'), current_setting('IntervalStyle'),
         current_setting('standard_conforming_strings'), current_setting('default_text_search_config'),
         (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', p.oid, p.proname, p.pronamespace, p.proargtypes,
           p.prorettype), ',' ORDER BY p.oid)
            FROM pg_catalog.pg_proc p WHERE p.oid >= 16384 AND p.pronamespace NOT IN (SELECT oid
              FROM pg_catalog.pg_namespace WHERE nspname IN ('pgvista') OR nspname LIKE 'pg\_temp\_%')),
         (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', o.oid, o.oprname, o.oprleft, o.oprright), ','
           ORDER BY o.oid)
            FROM pg_catalog.pg_operator o WHERE o.oid >= 16384),
         (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', t.oid, t.typname, t.typnamespace), ',' ORDER BY t.oid)
            FROM pg_catalog.pg_type t WHERE t.oid >= 16384 AND t.typtype IN ('d', 'e', 'r', 'm', 'b')
              AND t.typcategory <> 'A'),
         (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', c.oid, c.castsource, c.casttarget, c.castcontext),
           ',' ORDER BY c.oid)
            FROM pg_catalog.pg_cast c WHERE c.oid >= 16384),
         (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', c.oid, c.collname), ',' ORDER BY c.oid)
            FROM pg_catalog.pg_collation c WHERE c.oid >= 16384))),
       ARRAY(SELECT nspname::text FROM pg_catalog.pg_namespace),
       ARRAY(SELECT DISTINCT pg_catalog.pg_get_userbyid(defaclrole)::text FROM pg_catalog.pg_default_acl
         WHERE defaclobjtype = 'r'),
       ARRAY(SELECT rolname::text FROM pg_catalog.pg_roles WHERE pg_catalog.pg_has_role(oid, 'MEMBER'))
)";

void read_session(db::Connection& connection, Database& out) {
  const db::Rows rows = connection.query(session_query);
  out.server_version = static_cast<int>(rows.integer(0, 0));
  out.search_path = rows.array(0, 1);
  out.user = rows.text(0, 2);
  out.superuser = rows.boolean(0, 3);
  out.can_create_temporary = rows.boolean(0, 4);
  out.read_only = rows.boolean(0, 5);
  out.ledger = rows.boolean(0, 6);
  out.global_fingerprint = rows.text(0, 7);
  out.schemas = rows.array(0, 8);
  for (const std::string& owner : rows.array(0, 9)) out.default_privileges[owner] = true;
  out.member_of = rows.array(0, 10);
}

// Around rule_fingerprint_sql, and what only DDL changes (ddl_fingerprint_sql).
constexpr const char* relations_query_begin = R"(
SELECT c.oid, n.nspname, c.relname, c.relkind, pg_catalog.pg_get_userbyid(c.relowner), c.relispopulated,
       c.reltuples, c.relpages,
       coalesce(c.reloptions, '{}') || ARRAY(SELECT 'toast.' || o FROM pg_catalog.pg_class toast CROSS
         JOIN LATERAL pg_catalog.unnest(toast.reloptions) o WHERE toast.oid = c.reltoastrelid),
           coalesce(t.spcname, ''),
       coalesce(a.amname, ''), pg_catalog.obj_description(c.oid, 'pg_class'),
       coalesce()";
constexpr const char* relations_query_middle = R"(, ''),
       (SELECT pg_catalog.md5(pg_catalog.string_agg(pg_catalog.concat_ws(' ', att.attnum, att.attname, att.atttypid,
         att.atttypmod, att.attcollation), ',' ORDER BY att.attnum))
          FROM pg_catalog.pg_attribute att WHERE att.attrelid = c.oid AND att.attnum > 0 AND NOT att.attisdropped),
       c.xmin::text, c.relfilenode::text,
)";
constexpr const char* relations_query_end = R"(,
       EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass
         AND d.objid = c.oid AND d.deptype = 'e'),
       ARRAY(SELECT coalesce(r.rolname, 'public') || ' ' || pg_catalog.lower(x.privilege_type)
             FROM pg_catalog.aclexplode(c.relacl) x LEFT JOIN pg_catalog.pg_roles r ON r.oid = x.grantee)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_tablespace t ON t.oid = c.reltablespace
LEFT JOIN pg_catalog.pg_am a ON a.oid = c.relam
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'pgvista')
  AND n.nspname NOT LIKE 'pg\_temp\_%' AND n.nspname NOT LIKE 'pg\_toast\_temp\_%'
  AND (c.relkind IN ('v', 'm') OR c.relname = ANY ($1::text[])
       OR c.oid IN (SELECT d.refobjid FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass
                    AND d.refclassid = 'pg_catalog.pg_class'::regclass))
  AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c', 'i', 'I')
)";

void read_relations(db::Connection& connection, Database& out, const std::vector<std::string>& names) {
  const db::Rows rows = connection.query(std::string(relations_query_begin) + rule_fingerprint_sql +
                                             relations_query_middle + ddl_fingerprint_sql + relations_query_end,
                                         {db::array_literal(names)});
  for (int row = 0; row < rows.size(); ++row) {
    Relation relation;
    relation.oid = oid_at(rows, row, 0);
    relation.name = {rows.text(row, 1), rows.text(row, 2)};
    relation.kind = rows.at(row, 3).front();
    relation.owner = rows.text(row, 4);
    relation.populated = rows.boolean(row, 5);
    relation.rows = rows.number(row, 6);
    relation.pages = rows.integer(row, 7);
    relation.options = rows.array(row, 8);
    relation.tablespace = rows.text(row, 9);
    relation.access_method = rows.text(row, 10);
    relation.comment = rows.optional(row, 11);
    relation.rule_fingerprint = rows.text(row, 12);
    relation.column_fingerprint = rows.text(row, 13);
    relation.row_version = rows.text(row, 14);
    relation.file_node = rows.text(row, 15);
    relation.ddl_fingerprint = rows.text(row, 16);
    relation.extension_member = rows.boolean(row, 17);
    for (const std::string& entry : rows.array(row, 18)) {
      const std::size_t space = entry.rfind(' ');
      relation.privileges[entry.substr(0, space)].push_back(entry.substr(space + 1));
    }
    out.by_name[relation.name] = relation.oid;
    out.relations.emplace(relation.oid, std::move(relation));
  }
}

constexpr const char* columns_query = R"(
SELECT a.attrelid, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
       CASE WHEN a.attcollation <> t.typcollation THEN coll.collname ELSE '' END, a.attnotnull, a.attnum
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_collation coll ON coll.oid = a.attcollation
WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
)";

void read_columns(db::Connection& connection, Database& out) {
  std::vector<Oid> oids;
  for (const auto& [oid, relation] : out.relations) oids.push_back(oid);
  const db::Rows rows = connection.query(columns_query, {oid_array(oids)});
  for (int row = 0; row < rows.size(); ++row) {
    out.relations.at(oid_at(rows, row, 0))
        .columns.push_back({rows.text(row, 1), rows.text(row, 2), rows.text(row, 3), rows.boolean(row, 4),
                            static_cast<int>(rows.integer(row, 5))});
  }
}

constexpr const char* indexes_query = R"(
SELECT i.indrelid, c.oid, c.relname, i.indisvalid AND i.indisready, i.indisunique, i.indpred IS NOT NULL,
  i.indexprs IS NOT NULL,
       i.indisclustered, pg_catalog.obj_description(c.oid, 'pg_class'),
       ARRAY(SELECT coalesce(a.attname::text, '') FROM pg_catalog.generate_series(0, i.indnkeyatts - 1) k
             LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k]
               AND a.attnum > 0 ORDER BY k),
       ARRAY(SELECT DISTINCT a.attname::text FROM pg_catalog.pg_depend d
             JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
             WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.refobjid = i.indrelid
               AND d.refobjsubid > 0),
       pg_catalog.md5(pg_catalog.concat_ws('|', i.indexrelid, am.amname, i.indkey::text, i.indclass::text,
         i.indoption::text, i.indcollation::text,
         i.indisunique, pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct', i.indexprs::text, i.indpred::text,
           c.reloptions::text, c.reltablespace)),
       ARRAY(SELECT a.attnum || '=' || a.attstattarget FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid
         AND coalesce(a.attstattarget, -1) <> -1),
       coalesce((SELECT t.spcname FROM pg_catalog.pg_tablespace t WHERE t.oid = c.reltablespace), '')
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_class r ON r.oid = i.indrelid
JOIN pg_catalog.pg_am am ON am.oid = c.relam
WHERE r.relkind = 'm'
ORDER BY c.relname
)";

void read_indexes(db::Connection& connection, Database& out) {
  const db::Rows rows = connection.query(indexes_query);
  for (int row = 0; row < rows.size(); ++row) {
    const auto relation = out.relations.find(oid_at(rows, row, 0));
    if (relation == out.relations.end()) continue;
    LiveIndex index;
    index.oid = oid_at(rows, row, 1);
    index.name = rows.text(row, 2);
    index.valid = rows.boolean(row, 3);
    index.unique = rows.boolean(row, 4);
    index.partial = rows.boolean(row, 5);
    index.on_expressions = rows.boolean(row, 6);
    index.clustered = rows.boolean(row, 7);
    index.comment = rows.optional(row, 8);
    index.columns = rows.array(row, 9);
    index.used_columns = rows.array(row, 10);
    index.fingerprint = rows.text(row, 11);
    for (const std::string& target : rows.array(row, 12)) {
      const std::size_t equals = target.find('=');
      index.statistics_targets[std::stoi(target.substr(0, equals))] = std::stoi(target.substr(equals + 1));
    }
    index.tablespace = rows.text(row, 13);
    relation->second.indexes.push_back(std::move(index));
  }
}

// Which view reads what; and what else hangs on a view, on its row type or on that type's array.
constexpr const char* dependents_query = R"(
SELECT DISTINCT r.ev_class, d.refobjid, ''
FROM pg_catalog.pg_depend d
JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid AND r.rulename = '_RETURN'
WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
  AND d.refobjid <> r.ev_class
UNION ALL
SELECT 0, c.oid, pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_type t ON t.oid = c.reltype
JOIN pg_catalog.pg_depend d
  ON (d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = c.oid)
  OR (d.refclassid = 'pg_catalog.pg_type'::regclass AND d.refobjid IN (t.oid, t.typarray))
LEFT JOIN pg_catalog.pg_rewrite r ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND r.oid = d.objid
LEFT JOIN pg_catalog.pg_class rc ON rc.oid = r.ev_class
WHERE c.relkind IN ('v', 'm') AND d.deptype = 'n'
  AND NOT (d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid)
  AND (r.oid IS NULL OR (rc.relkind NOT IN ('v', 'm')))
  AND d.classid <> 'pg_catalog.pg_statistic_ext'::regclass
)";

void read_dependents(db::Connection& connection, Database& out) {
  const db::Rows rows = connection.query(dependents_query);
  for (int row = 0; row < rows.size(); ++row) {
    const Oid reader = oid_at(rows, row, 0);
    const Oid read = oid_at(rows, row, 1);
    if (reader == 0) {
      if (out.relations.contains(read)) out.other_dependents.push_back({read, rows.text(row, 2)});
    } else if (const auto found = out.relations.find(reader); found != out.relations.end()) {
      found->second.reads.push_back(read);
    }
  }
}

}  // namespace

Database read_database(db::Connection& connection, const std::vector<std::string>& names) {
  // Behind a pooler a search path holds for a transaction alone.
  std::optional<db::Transaction> whole;
  if (!connection.prelude().empty() && !connection.in_transaction()) whole.emplace(connection);
  Database out;
  read_session(connection, out);
  read_relations(connection, out, names);
  read_columns(connection, out);
  read_indexes(connection, out);
  read_dependents(connection, out);
  if (out.ledger) read_ledger(connection, out);
  return out;
}

namespace {

std::vector<std::string> schema_statements(const std::string& schema, bool local) {
  const std::string scope = local ? "true" : "false";
  // A role that is itself named pgvista would otherwise find, and make, everything in the ledger.
  std::vector<std::string> out{
      "SELECT pg_catalog.set_config('search_path', (SELECT coalesce(pg_catalog.string_agg(pg_catalog.quote_ident(s), "
      "', '), '') "
      "FROM pg_catalog.unnest(current_schemas(false)) s WHERE s <> 'pgvista'), " +
      scope + ") WHERE 'pgvista' = ANY (current_schemas(false))"};
  if (!schema.empty()) {
    out.push_back("SELECT pg_catalog.set_config('search_path', " +
                  sql::quote_literal(sql::quote_identifier(schema) + ", ") +
                  " || pg_catalog.current_setting('search_path'), " + scope + ")");
  }
  return out;
}

}  // namespace

void use_schema(db::Connection& connection, const std::string& schema) {
  for (const std::string& statement : schema_statements(schema, false)) connection.query(statement);
}

void use_schema_in_transactions(db::Connection& connection, const std::string& schema) {
  connection.begin_with(join(schema_statements(schema, true), ";"));
}

namespace {

// The deparser leaves out the schemas of the search path: with none, every name is whole.
db::Rows with_whole_names(db::Connection& connection, const std::string& sql, const std::vector<Oid>& oids) {
  db::Transaction transaction(connection);
  connection.execute("SET LOCAL search_path = ''");
  db::Rows rows = connection.query(sql, {oid_array(oids)});
  // Taken back: within another transaction the setting would outlive this one.
  return rows;
}

}  // namespace

void read_definitions(db::Connection& connection, Database& database, const std::vector<Oid>& views) {
  if (views.empty()) return;
  const db::Rows rows = with_whole_names(connection,
                                         "SELECT c.oid, pg_catalog.pg_get_viewdef(c.oid) FROM pg_catalog.pg_class c "
                                         "WHERE c.oid = ANY ($1::oid[]) AND c.relkind IN ('v', 'm')",
                                         views);
  for (int row = 0; row < rows.size(); ++row)
    database.relations.at(oid_at(rows, row, 0)).definition = clean_viewdef(rows.text(row, 1));
}

void read_index_definitions(db::Connection& connection, Database& database, const std::vector<Oid>& views) {
  if (views.empty()) return;
  const db::Rows rows = with_whole_names(connection,
                                         "SELECT i.indrelid, i.indexrelid, pg_catalog.pg_get_indexdef(i.indexrelid) "
                                         "FROM pg_catalog.pg_index i WHERE i.indrelid = ANY ($1::oid[])",
                                         views);
  for (int row = 0; row < rows.size(); ++row) {
    for (LiveIndex& index : database.relations.at(oid_at(rows, row, 0)).indexes) {
      if (index.oid == oid_at(rows, row, 1)) index.definition = rows.text(row, 2);
    }
  }
}

std::vector<Oid> base_tables(const Database& database, Oid view) {
  std::vector<Oid> out;
  std::vector<Oid> open{view};
  std::set<Oid> seen{view};
  while (!open.empty()) {
    const Oid oid = open.back();
    open.pop_back();
    const auto found = database.relations.find(oid);
    if (found == database.relations.end()) continue;
    const bool stored = oid != view && !found->second.view();
    if (stored) out.push_back(oid);
    if (stored) continue;
    for (const Oid read : found->second.reads) {
      if (seen.insert(read).second) open.push_back(read);
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace pgvista::catalog
