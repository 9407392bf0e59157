#include "catalog/api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <regex>
#include <set>

#include "base/suggest.hpp"
#include "catalog/cells.hpp"

namespace pgvista::catalog {

using schema::Api;
using schema::ApiColumn;
using schema::ApiFunction;
using schema::ApiRelation;
using schema::Oid;

namespace {

schema::Grantees grantees_at(const db::Rows& rows, int row, int column) {
  schema::Grantees out;
  for (const std::string& one : rows.array(row, column)) out.insert(static_cast<Oid>(std::stoul(one)));
  return out;
}

void check_schemas(db::Connection& connection, const std::vector<std::string>& schemas) {
  const db::Rows rows =
      connection.query("SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' ORDER BY nspname");
  std::vector<std::string> known;
  for (int row = 0; row < rows.size(); ++row) known.push_back(rows.text(row, 0));
  for (const std::string& wanted : schemas) {
    if (std::find(known.begin(), known.end(), wanted) != known.end()) continue;
    throw Failure(usage_error("unknown_schema", fmt::format("the database has no schema \"{}\" to serve", wanted),
                              did_you_mean(wanted, known)));
  }
}

// Tables outside the served schemas are read too: views show their columns, many-to-many pairs may stand in them.
constexpr const char* api_relations_query = R"(
SELECT c.oid, n.nspname, c.relname, c.relkind, n.nspname = ANY ($1::text[]), c.relispopulated,
       coalesce(pg_catalog.obj_description(c.oid, 'pg_class'), ''), c.reltuples,
       pg_catalog.pg_relation_is_updatable(c.oid, true),
         coalesce(c.reloptions::text ~* 'security_invoker=(true|on|1|yes)', false), c.reltype,
       ARRAY(SELECT DISTINCT x.grantee
         FROM pg_catalog.aclexplode(coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner))) AS x
             WHERE x.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')) || c.relowner
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND c.relpersistence <> 't' AND NOT (c.relispartition AND c.relkind = 'r')
ORDER BY c.oid
)";

void read_relations(db::Connection& connection, Api& out) {
  const db::Rows rows = connection.query(api_relations_query, {db::array_literal(out.schemas)});
  for (int row = 0; row < rows.size(); ++row) {
    ApiRelation relation;
    relation.oid = oid_at(rows, row, 0);
    relation.name = {rows.text(row, 1), rows.text(row, 2)};
    relation.kind = rows.at(row, 3)[0];
    relation.served = rows.boolean(row, 4);
    relation.populated = rows.boolean(row, 5);
    relation.comment = rows.text(row, 6);
    relation.rows = rows.number(row, 7);
    const long long can =
        relation.kind == 'm' ? 0 : rows.integer(row, 8);  // bits as of CmdType: 2 update, 3 insert, 4 delete
    relation.updatable = (can & 4) != 0;
    relation.insertable = (can & 8) != 0;
    relation.deletable = (can & 16) != 0;
    relation.security_invoker = rows.boolean(row, 9);
    relation.row_type = oid_at(rows, row, 10);
    relation.grantees = grantees_at(rows, row, 11);
    out.relations.emplace(relation.oid, std::move(relation));
  }
}

constexpr const char* api_columns_query = R"(
SELECT a.attrelid, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), b.oid, b.typcategory, b.typtype = 'c',
  a.attnotnull,
       coalesce(CASE WHEN a.attgenerated = '' AND a.attidentity = '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid)
                     WHEN a.attidentity <> '' THEN pg_catalog.format('nextval(%L)',
                       pg_catalog.pg_get_serial_sequence(pg_catalog.format('%I.%I', n.nspname, c.relname),
                         a.attname)) END, ''),
       a.attgenerated <> '' OR a.attidentity = 'a', coalesce(pg_catalog.col_description(a.attrelid, a.attnum), ''),
         a.attnum,
       CASE WHEN b.typtype = 'e' THEN ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e
         WHERE e.enumtypid = b.oid ORDER BY e.enumsortorder) ELSE '{}' END,
       ARRAY(SELECT DISTINCT x.grantee FROM pg_catalog.aclexplode(a.attacl) AS x
             WHERE x.privilege_type IN ('SELECT', 'INSERT', 'UPDATE'))
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
)";

void read_columns(db::Connection& connection, Api& out) {
  std::vector<std::string> oids;
  for (const auto& [oid, relation] : out.relations) oids.push_back(std::to_string(oid));
  const db::Rows rows = connection.query(api_columns_query, {db::array_literal(oids)});
  for (int row = 0; row < rows.size(); ++row) {
    ApiColumn column;
    column.name = rows.text(row, 1);
    column.type = rows.text(row, 2);
    column.type_oid = oid_at(rows, row, 3);
    column.category = rows.at(row, 4)[0];
    column.composite = rows.boolean(row, 5);
    column.not_null = rows.boolean(row, 6);
    column.default_value = rows.text(row, 7);
    column.generated = rows.boolean(row, 8);
    column.comment = rows.text(row, 9);
    column.number = static_cast<int>(rows.integer(row, 10));
    column.choices = rows.array(row, 11);
    column.grantees = grantees_at(rows, row, 12);
    out.relations.at(oid_at(rows, row, 0)).columns.push_back(std::move(column));
  }
}

constexpr const char* api_keys_query = R"(
SELECT i.indrelid, coalesce(k.contype::text, 'u'),
       ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(i.indkey) WITH ORDINALITY AS u(number, place)
             JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.number
               WHERE u.place <= i.indnkeyatts ORDER BY u.place)
FROM pg_catalog.pg_index i
LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u')
WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL AND i.indrelid = ANY ($1::oid[])
ORDER BY i.indrelid, i.indexrelid
)";

constexpr const char* api_foreign_keys_query = R"(
SELECT k.conname, k.conrelid, k.confrelid,
       ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS u(number, place)
             JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number ORDER BY u.place),
       ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY AS u(number, place)
             JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number ORDER BY u.place),
               k.confdeltype
FROM pg_catalog.pg_constraint k
WHERE k.contype = 'f' AND k.conparentid = 0
ORDER BY k.conrelid, k.conname
)";

// CHECK (type IN ('a', 'b')): the values that a column may have.
void read_choices(db::Connection& connection, Api& out) {
  const db::Rows rows = connection.query(
      "SELECT k.conrelid, k.conkey[1], pg_catalog.pg_get_expr(k.conbin, k.conrelid) FROM pg_catalog.pg_constraint k "
      "WHERE k.contype = 'c' AND pg_catalog.cardinality(k.conkey) = 1 AND pg_catalog.pg_get_expr(k.conbin, k.conrelid) "
      "~ '^\\(\\(?[^=]* = ANY \\(\\(?ARRAY\\[''.*\\)$'");
  static const std::regex value("'((?:[^']|'')*)'::");
  for (int row = 0; row < rows.size(); ++row) {
    const auto found = out.relations.find(oid_at(rows, row, 0));
    if (found == out.relations.end()) continue;
    for (ApiColumn& column : found->second.columns) {
      if (column.number != rows.integer(row, 1) || !column.choices.empty()) continue;
      const std::string text = rows.text(row, 2);
      for (std::sregex_iterator one(text.begin(), text.end(), value), end; one != end; ++one)
        column.choices.push_back(std::regex_replace((*one)[1].str(), std::regex("''"), "'"));
    }
  }
}

void read_keys(db::Connection& connection, Api& out) {
  std::vector<std::string> oids;
  for (const auto& [oid, relation] : out.relations) oids.push_back(std::to_string(oid));
  const db::Rows keys = connection.query(api_keys_query, {db::array_literal(oids)});
  for (int row = 0; row < keys.size(); ++row) {
    ApiRelation& relation = out.relations.at(oid_at(keys, row, 0));
    const std::vector<std::string> columns = keys.array(row, 2);
    if (keys.at(row, 1) == "p" || (relation.kind == 'm' && relation.key.empty())) relation.key = columns;
    relation.unique.push_back(columns);
  }
  const db::Rows rows = connection.query(api_foreign_keys_query);
  for (int row = 0; row < rows.size(); ++row) {
    if (!out.relations.contains(oid_at(rows, row, 1)) || !out.relations.contains(oid_at(rows, row, 2))) continue;
    out.foreign_keys.push_back({rows.text(row, 0), oid_at(rows, row, 1), rows.array(row, 3), oid_at(rows, row, 2),
                                rows.array(row, 4), rows.at(row, 5)[0]});
  }
}

// --- which table's column a view's column shows ----------------------------------------------------------------------
// The stored query says it of each of its outermost targets: resorigtbl, resorigcol.

int number_after(std::string_view text, std::string_view label) {
  const std::size_t at = text.find(label);
  int out = 0;
  if (at != std::string_view::npos) std::from_chars(text.data() + at + label.size(), text.data() + text.size(), out);
  return out;
}

// The texts of the entries of the outermost target list, without what is nested in them.
std::vector<std::string> outermost_targets(std::string_view tree) {
  std::vector<std::string> out;
  int depth = 0;
  bool listed = false;
  std::string entry;
  for (std::size_t i = 0; i < tree.size(); ++i) {
    const char c = tree[i];
    if (c == '\\') {
      ++i;
      continue;
    }
    if (depth == 1 && c == ':') listed = tree.substr(i).starts_with(":targetList");
    if (c == '{') {
      if (++depth == 2) entry.clear();
      continue;
    }
    if (c == '}') {
      if (depth-- == 2 && listed) out.push_back(entry);
      continue;
    }
    if (depth == 2) entry += c;
  }
  return out;
}

void read_sources_of_views(db::Connection& connection, Api& out) {
  const db::Rows rows = connection.query(
      "SELECT r.ev_class, r.ev_action::text FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = "
      "r.ev_class "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE r.rulename = '_RETURN' AND n.nspname !~ '^pg_' "
      "AND n.nspname <> 'information_schema'");
  for (int row = 0; row < rows.size(); ++row) {
    const auto found = out.relations.find(oid_at(rows, row, 0));
    if (found == out.relations.end()) continue;
    for (const std::string& target : outermost_targets(rows.at(row, 1))) {
      const int number = number_after(target, ":resno ");
      for (ApiColumn& column : found->second.columns) {
        if (column.number != number) continue;
        column.source = static_cast<Oid>(number_after(target, ":resorigtbl "));
        column.source_column = number_after(target, ":resorigcol ");
      }
    }
  }
}

// The relation of a maintained view's name only reads the store: what its columns show, its query tells.
void read_sources_of_maintained(db::Connection& connection, ApiRelation& relation, const std::string& canonical) {
  db::Transaction unharmed(connection);
  try {
    const db::Rows described = connection.describe(canonical);
    for (std::size_t i = 0; i < relation.columns.size() && static_cast<int>(i) < described.columns(); ++i) {
      relation.columns[i].source = PQftable(described.raw(), static_cast<int>(i));
      relation.columns[i].source_column = PQftablecol(described.raw(), static_cast<int>(i));
    }
  } catch (const db::QueryFailure&) {
    // Something that it reads was renamed by hand: it is served without its relationships.
    if (connection.lost()) throw;
  }
}

// What a materialized view's owner sees of tables with row security is not what others would: its query cannot stand
// for it.
std::set<Oid> above_row_security(db::Connection& connection) {
  const db::Rows rows = connection.query(
      "WITH RECURSIVE reads AS (SELECT DISTINCT r.ev_class AS view, d.refobjid AS target FROM pg_catalog.pg_rewrite r "
      "JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid "
      "  AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> r.ev_class WHERE r.oid >= 16384), below "
      "AS (SELECT view, target FROM reads UNION SELECT b.view, r.target FROM below b JOIN reads r ON r.view = "
      "b.target) "
      "SELECT DISTINCT b.view FROM below b JOIN pg_catalog.pg_class c ON c.oid = b.target WHERE c.relrowsecurity");
  std::set<Oid> out;
  for (int row = 0; row < rows.size(); ++row) out.insert(oid_at(rows, row, 0));
  return out;
}

void read_maintenance(db::Connection& connection, Api& out) {
  const char* may_listen =
      "SELECT coalesce(pg_catalog.has_table_privilege(pg_catalog.to_regclass('pgvista.listener'), 'SELECT'), false)";
  if (connection.query(may_listen).boolean(0, 0)) {
    const db::Rows listener = connection.query("SELECT channel FROM pgvista.listener");
    if (listener.size() > 0) out.listener = listener.text(0, 0);
  }
  if (connection
          .query("SELECT pg_catalog.to_regclass('pgvista.program') IS NULL OR pg_catalog.to_regclass('pgvista.view') "
                 "IS NULL")
          .boolean(0, 0))
    return;
  const db::Rows rows = connection.query(
      "SELECT v.oid, v.kind, coalesce(nullif(p.mode, 'manual'), ''), ARRAY(SELECT "
      "pg_catalog.jsonb_array_elements_text(pg_catalog.to_jsonb(p) -> 'row_key')), v.canonical, "
      "  EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgname = 'pgvista_notify_insert' AND t.tgrelid = "
      "pg_catalog.to_regclass('pgvista.' || pg_catalog.quote_ident(p.store))), "
      // A unique index of the store, for those whose maintenance key is hidden.
      "  coalesce((SELECT ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(i.indkey) WITH ORDINALITY AS u(number, "
      "place) JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.number "
      "    WHERE u.place <= i.indnkeyatts ORDER BY u.place) FROM pg_catalog.pg_index i WHERE i.indrelid = "
      "pg_catalog.to_regclass('pgvista.' || pg_catalog.quote_ident(p.store)) AND i.indisunique AND i.indisvalid AND "
      "i.indpred IS NULL AND i.indexprs IS NULL "
      "    AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY "
      "(i.indkey) AND pg_catalog.starts_with(a.attname::text, 'pgvista_')) ORDER BY i.indexrelid LIMIT 1), '{}') "
      "FROM pgvista.view v LEFT JOIN pgvista.program p ON p.schema = v.schema AND p.name = v.name ORDER BY p.level "
      "DESC NULLS LAST");
  if (connection.query("SELECT pg_catalog.to_regprocedure('pgvista.programs_below(oid)') IS NOT NULL").boolean(0, 0)) {
    const db::Rows over = connection.query(
        "SELECT c.oid FROM pg_catalog.pg_class c WHERE c.relkind = 'v' AND EXISTS (SELECT FROM "
        "pgvista.programs_below(c.oid)) AND c.relnamespace <> 'pgvista'::regnamespace");
    for (int row = 0; row < over.size(); ++row) {
      if (const auto found = out.relations.find(oid_at(over, row, 0)); found != out.relations.end())
        found->second.over_maintained = true;
    }
  }
  const std::set<Oid> secured = above_row_security(connection);
  for (int row = 0; row < rows.size(); ++row) {
    const auto found = out.relations.find(oid_at(rows, row, 0));
    if (found == out.relations.end()) continue;
    ApiRelation& relation = found->second;
    if (rows.at(row, 2).empty()) {
      if (relation.kind == 'm') {
        relation.maintenance = "manual";
        if (!secured.contains(relation.oid)) relation.definition = rows.text(row, 4);
      }
      continue;
    }
    relation.maintenance = rows.text(row, 2);
    relation.notifies = rows.boolean(row, 5);
    relation.insertable = relation.updatable = relation.deletable = false;
    for (const std::vector<std::string>& key : {rows.array(row, 3), rows.array(row, 6)}) {
      const bool visible = !key.empty() && std::all_of(key.begin(), key.end(), [&](const std::string& name) {
        return relation.column(name) != nullptr;
      });
      if (visible && relation.key.empty()) relation.key = key;
    }
    read_sources_of_maintained(connection, relation, rows.text(row, 4));
  }
}

// Through views over views, down to a table.
void resolve_sources(Api& out) {
  for (auto& [oid, relation] : out.relations) {
    for (ApiColumn& column : relation.columns) {
      for (int depth = 0; depth < 32 && column.source != 0; ++depth) {
        const auto below = out.relations.find(column.source);
        if (below == out.relations.end()) {
          column.source = 0;
          break;
        }
        if (!below->second.view()) break;
        const auto shown = std::find_if(below->second.columns.begin(), below->second.columns.end(),
                                        [&](const ApiColumn& one) { return one.number == column.source_column; });
        if (shown == below->second.columns.end()) break;
        column.source_column = shown->source_column;
        column.source = shown->source;
      }
    }
  }
}

// A plain view of one table shows its rows: the table's key tells them apart.
void find_keys_of_views(Api& out) {
  for (auto& [oid, relation] : out.relations) {
    if (relation.kind != 'v' || !relation.key.empty() || !relation.updatable) continue;
    const auto source = std::find_if(relation.columns.begin(), relation.columns.end(),
                                     [](const ApiColumn& one) { return one.source != 0; });
    if (source == relation.columns.end()) continue;
    const ApiRelation* table = out.relation(source->source);
    if (!table) continue;
    std::vector<std::string> key;
    for (const std::string& name : table->key) {
      for (const ApiColumn& one : relation.columns) {
        if (one.source == table->oid && one.source_column == table->column(name)->number) key.push_back(one.name);
      }
    }
    if (!key.empty() && key.size() == table->key.size()) relation.key = key;
  }
}

// --- functions and types
// ----------------------------------------------------------------------------------------------

constexpr const char* functions_query = R"(
SELECT p.oid, n.nspname, p.proname, p.provolatile, p.proretset, p.prorows = 1, coalesce(b.typrelid, 0),
  b.typtype = 'c', b.oid,
       pg_catalog.format_type(p.prorettype, NULL), p.prorettype = 'void'::regtype,
         coalesce(pg_catalog.obj_description(p.oid, 'pg_proc'), ''),
       p.pronargdefaults, p.provariadic <> 0,
       coalesce(p.proargnames, '{}')::text[], coalesce(p.proargmodes::text[], '{}'),
       ARRAY(SELECT CASE u.t WHEN 'bpchar'::regtype THEN 'bpchar' WHEN 'bit'::regtype THEN 'varbit'
         ELSE pg_catalog.format_type(u.t, NULL) END
           FROM pg_catalog.unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) WITH ORDINALITY AS u(t, place)
             ORDER BY u.place),
       ARRAY(SELECT u.t::text
         FROM pg_catalog.unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) WITH ORDINALITY AS u(t, place)
           ORDER BY u.place),
       ARRAY(SELECT ub.typcategory::text
         FROM pg_catalog.unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) WITH ORDINALITY AS u(t, place)
           JOIN pg_catalog.pg_type ub ON ub.oid = u.t ORDER BY u.place),
       b.typcategory,
       ARRAY(SELECT DISTINCT x.grantee
             FROM pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) AS x) || p.proowner
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_type t ON t.oid = p.prorettype
JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
WHERE n.nspname = ANY ($1::text[]) AND p.prokind = 'f' AND p.prorettype NOT IN ('trigger'::regtype,
  'event_trigger'::regtype)
ORDER BY p.oid
)";

void read_functions(db::Connection& connection, Api& out) {
  const db::Rows rows = connection.query(functions_query, {db::array_literal(out.schemas)});
  for (int row = 0; row < rows.size(); ++row) {
    ApiFunction function;
    function.oid = oid_at(rows, row, 0);
    function.name = {rows.text(row, 1), rows.text(row, 2)};
    function.volatility = rows.at(row, 3)[0];
    function.set = rows.boolean(row, 4);
    function.single = rows.boolean(row, 5);
    const Oid relation = oid_at(rows, row, 6);
    if (rows.boolean(row, 7) && out.relations.contains(relation)) function.relation = relation;
    function.type_oid = oid_at(rows, row, 8);
    function.type = rows.text(row, 9);
    function.nothing = rows.boolean(row, 10);
    function.composite = rows.boolean(row, 7);
    function.category = rows.at(row, 19)[0];
    function.comment = rows.text(row, 11);
    function.grantees = grantees_at(rows, row, 20);
    const auto names = rows.array(row, 14);
    const auto modes = rows.array(row, 15);
    const auto types = rows.array(row, 16);
    const auto oids = rows.array(row, 17);
    const auto categories = rows.array(row, 18);
    for (std::size_t i = 0; i < types.size(); ++i) {
      const char mode = i < modes.size() ? modes[i][0] : 'i';
      const std::string name = i < names.size() ? names[i] : std::string{};
      const Oid oid = static_cast<Oid>(std::stoul(oids[i]));
      if (mode == 'i' || mode == 'b' || mode == 'v')
        function.parameters.push_back({name, types[i], oid, true, mode == 'v'});
      if (mode == 'o' || mode == 'b' || mode == 't') {
        ApiColumn column;
        column.name = name.empty() ? "column" + std::to_string(function.columns.size() + 1) : name;
        column.type = types[i];
        column.type_oid = oid;
        column.category = categories[i][0];
        function.columns.push_back(std::move(column));
      }
    }
    // One OUT parameter is a value of its type, not a row of it; RETURNS TABLE of one column is a row.
    if (function.columns.size() == 1 && std::find(modes.begin(), modes.end(), "t") == modes.end())
      function.columns.clear();
    const std::size_t defaults = static_cast<std::size_t>(rows.integer(row, 12));
    for (std::size_t i = function.parameters.size() - std::min(defaults, function.parameters.size());
         i < function.parameters.size(); ++i)
      function.parameters[i].required = false;
    out.functions.push_back(std::move(function));
  }
}

// Who has whose rights, through memberships that are inherited. Each role has its own.
constexpr const char* roles_query = R"(
WITH RECURSIVE inherits AS (
  -- Since PostgreSQL 16 the membership says whether it is inherited, before that the role does.
  SELECT m.member, m.roleid FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles r ON r.oid = m.member
  WHERE coalesce((pg_catalog.to_jsonb(m) ->> 'inherit_option')::boolean, r.rolinherit)
  -- A membership that no row of the catalogue says.
  UNION ALL SELECT d.datdba, r.oid FROM pg_catalog.pg_database d JOIN pg_catalog.pg_roles r
    ON r.rolname = 'pg_database_owner'
  WHERE d.datname = pg_catalog.current_database()
), of AS (
  SELECT oid AS role, oid AS right_of FROM pg_catalog.pg_roles
  UNION SELECT o.role, i.roleid FROM of o JOIN inherits i ON i.member = o.right_of
)
SELECT r.rolname, r.rolsuper, ARRAY(SELECT o.right_of FROM of o WHERE o.role = r.oid),
       EXISTS (SELECT FROM of o JOIN pg_catalog.pg_roles a ON a.oid = o.right_of
               WHERE o.role = r.oid AND a.rolname IN ('pg_read_all_data', 'pg_write_all_data'))
FROM pg_catalog.pg_roles r
)";

void read_rights(db::Connection& connection, Api& out) {
  const db::Rows roles = connection.query(roles_query);
  for (int row = 0; row < roles.size(); ++row) {
    out.roles[roles.text(row, 0)] = {grantees_at(roles, row, 2), roles.boolean(row, 1), roles.boolean(row, 3)};
  }
  const db::Rows schemas = connection.query(
      "SELECT n.nspname, ARRAY(SELECT DISTINCT x.grantee "
      "  FROM pg_catalog.aclexplode(coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))) AS x "
      "  WHERE x.privilege_type = 'USAGE') || n.nspowner "
      "FROM pg_catalog.pg_namespace n WHERE n.nspname = ANY ($1::text[])",
      {db::array_literal(out.schemas)});
  for (int row = 0; row < schemas.size(); ++row) out.schema_users[schemas.text(row, 0)] = grantees_at(schemas, row, 1);
}

void read_types(db::Connection& connection, Api& out) {
  const db::Rows rows = connection.query(
      "SELECT t.typname, pg_catalog.format_type(t.oid, NULL), pg_catalog.quote_ident(n.nspname) || '.' || "
      "pg_catalog.quote_ident(t.typname) "
      "FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace "
      "WHERE (n.nspname = 'pg_catalog' OR n.nspname = ANY ($1::text[])) AND t.typtype IN ('b', 'd', 'e', 'r', 'm') "
      "ORDER BY n.nspname <> 'pg_catalog' DESC, pg_catalog.array_position($1::text[], n.nspname::text) DESC",
      {db::array_literal(out.schemas)});
  for (int row = 0; row < rows.size(); ++row) {
    out.types[rows.text(row, 0)] = rows.text(row, 2);
    out.types[rows.text(row, 1)] = rows.text(row, 2);
  }
  const db::Rows zones = connection.query("SELECT name FROM pg_catalog.pg_timezone_names");
  for (int row = 0; row < zones.size(); ++row) out.timezones.insert(zones.text(row, 0));
  for (const auto& [alias, name] : {std::pair{"int", "int4"},
                                    {"decimal", "numeric"},
                                    {"float", "float8"},
                                    {"dec", "numeric"},
                                    {"serial", "int4"}}) {
    if (const auto found = out.types.find(name); found != out.types.end()) out.types[alias] = found->second;
  }
}

}  // namespace

std::string api_fingerprint(db::Connection& connection) {
  // DDL writes rows of these catalogues; pg_class also changes with ANALYZE and REFRESH, which changes nothing served,
  // so only what names and shapes a relation is taken from it.
  return connection
      .query(
          "SELECT pg_catalog.md5(pg_catalog.concat_ws('|',"
          " (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(',', oid, relname, relnamespace, relkind, relacl, "
          "relispopulated, relrowsecurity), ';' ORDER BY oid) FROM pg_catalog.pg_class WHERE oid >= 16384 AND relkind "
          "IN ('r','p','v','m','f') AND relpersistence <> 't'),"
          " (SELECT pg_catalog.string_agg(a.attrelid || ',' || a.attnum || ',' || a.xmin, ';' ORDER BY a.attrelid, "
          "a.attnum) FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid WHERE c.oid >= "
          "16384 AND c.relkind IN ('r','p','v','m','f') AND c.relpersistence <> 't' AND a.attnum > 0),"
          " (SELECT pg_catalog.string_agg(oid || ',' || xmin, ';' ORDER BY oid) FROM pg_catalog.pg_constraint WHERE "
          "oid >= 16384),"
          " (SELECT pg_catalog.string_agg(oid || ',' || xmin, ';' ORDER BY oid) FROM pg_catalog.pg_proc WHERE oid >= "
          "16384),"
          " (SELECT pg_catalog.string_agg(oid || ',' || xmin, ';' ORDER BY oid) FROM pg_catalog.pg_rewrite WHERE oid "
          ">= 16384),"
          " (SELECT pg_catalog.string_agg(oid || ',' || xmin, ';' ORDER BY oid) FROM pg_catalog.pg_type WHERE oid >= "
          "16384),"
          " (SELECT pg_catalog.string_agg(indexrelid || ',' || indisunique || ',' || indisvalid, ';' ORDER BY "
          "indexrelid) FROM pg_catalog.pg_index WHERE indexrelid >= 16384),"
          " (SELECT pg_catalog.string_agg(oid || ',' || xmin, ';' ORDER BY oid) FROM pg_catalog.pg_policy),"
          " (SELECT pg_catalog.string_agg(roleid || ',' || member || ',' || xmin, ';' ORDER BY roleid, member)"
          "  FROM pg_catalog.pg_auth_members),"
          " (SELECT pg_catalog.string_agg(rolname || ',' || rolsuper || ',' || rolinherit, ';' ORDER BY oid)"
          "  FROM pg_catalog.pg_roles),"
          " (SELECT pg_catalog.string_agg(nspname || ',' || xmin, ';' ORDER BY oid)"
          "  FROM pg_catalog.pg_namespace WHERE oid >= 16384 OR nspname = 'public'),"
          " (SELECT pg_catalog.string_agg(oid || ',' || xmin, ';' ORDER BY oid) FROM pg_catalog.pg_attrdef WHERE oid "
          ">= 16384),"
          " (SELECT pg_catalog.string_agg(enumtypid || ',' || enumlabel, ';' ORDER BY oid) FROM pg_catalog.pg_enum),"
          " (SELECT pg_catalog.string_agg(objoid || ',' || objsubid || ',' || xmin, ';' ORDER BY objoid, objsubid) "
          "FROM pg_catalog.pg_description WHERE objoid >= 16384)))")
      .text(0, 0);
}

std::pair<bool, bool> uses_settings(db::Connection& connection) {
  // What is stored as a tree names functions by their oids: current_setting has two, set_config one.
  const db::Rows rows = connection.query(
      "WITH texts AS (SELECT prosrc AS source, coalesce(prosqlbody::text, '') AS tree FROM pg_catalog.pg_proc WHERE "
      "oid >= 16384"
      " UNION ALL SELECT '', pg_catalog.concat(polqual::text, polwithcheck::text) FROM pg_catalog.pg_policy"
      " UNION ALL SELECT '', adbin::text FROM pg_catalog.pg_attrdef"
      " UNION ALL SELECT '', r.ev_action::text FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = "
      "r.ev_class WHERE r.oid >= 16384 AND c.relnamespace <> pg_catalog.to_regnamespace('pg_catalog')) "
      "SELECT coalesce(pg_catalog.bool_or(source ~ "
      "'(request\\.(method|path|headers|cookies|header|cookie)|response\\.(headers|status))' OR (tree ~ ':funcid "
      "(2077|3294|2078) ' AND tree !~ 'pgvista')), false),"
      "       coalesce(pg_catalog.bool_or((source ~* '(set_config|set\\s+local|set\\s+session)' AND source !~ "
      "'pgvista\\.') OR tree ~ ':funcid 2078 '), false) FROM texts");
  return {rows.boolean(0, 0), rows.boolean(0, 1)};
}

Api read_api(db::Connection& connection, const std::vector<std::string>& schemas) {
  const db::Transaction snapshot(connection, "ISOLATION LEVEL REPEATABLE READ READ ONLY");
  Api out;
  out.schemas = schemas;
  check_schemas(connection, schemas);
  out.fingerprint = api_fingerprint(connection);
  read_relations(connection, out);
  read_columns(connection, out);
  read_choices(connection, out);
  read_keys(connection, out);
  read_sources_of_views(connection, out);
  out.told_later =
      connection.query("SELECT pg_catalog.current_setting('max_prepared_transactions') <> '0'").boolean(0, 0);
  read_maintenance(connection, out);
  resolve_sources(out);
  find_keys_of_views(out);
  read_functions(connection, out);
  read_types(connection, out);
  read_rights(connection, out);
  return out;
}

}  // namespace pgvista::catalog
