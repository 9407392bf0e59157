#include "catalog/facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "analyze/tables.hpp"
#include "base/text.hpp"
#include "catalog/cells.hpp"
#include "catalog/unstable_calls.hpp"
#include "ivm/compile.hpp"
#include "sql/known_types.hpp"
#include "sql/print.hpp"

namespace pgvista::catalog {

using ivm::TableFact;
using schema::Oid;

namespace {

constexpr const char* tables_query = R"(
SELECT c.oid, c.relpersistence = 't',
       c.relrowsecurity AND NOT (SELECT r.rolsuper OR r.rolbypassrls FROM pg_catalog.pg_roles r
         WHERE r.rolname = current_user)
         AND (c.relforcerowsecurity OR NOT pg_catalog.pg_has_role(c.relowner, 'USAGE'))
FROM pg_catalog.pg_class c WHERE c.oid = ANY ($1::oid[])
)";

constexpr const char* fact_columns_query = R"(
SELECT a.attrelid, a.attname, a.atttypid, a.atttypmod, a.attcollation, a.attnotnull,
       EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
         JOIN pg_catalog.pg_am m ON m.oid = c.relam
               WHERE i.indrelid = a.attrelid AND i.indisvalid AND i.indpred IS NULL AND m.amname = 'btree'
                 AND a.attnum = ANY (i.indkey)),
       a.attgenerated = 'v',
       coalesce((SELECT NOT l.collisdeterministic FROM pg_catalog.pg_collation l WHERE l.oid = a.attcollation), false)
FROM pg_catalog.pg_attribute a WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attrelid, a.attnum
)";

// Of the database where it has one, else what the server began with. What comes from a role, a client or this session
// is passed over: then only the database's and the built-in value are known.
constexpr const char* settings_query = R"(
SELECT s.name, coalesce(
  (SELECT pg_catalog.substr(one, pg_catalog.length(s.name) + 2) FROM pg_catalog.pg_db_role_setting d CROSS
    JOIN pg_catalog.unnest(d.setconfig) AS one
   WHERE d.setdatabase = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
     AND d.setrole = 0 AND pg_catalog.lower(one) LIKE pg_catalog.lower(s.name) || '=%'),
  (SELECT pg_catalog.substr(one, pg_catalog.length(s.name) + 2) FROM pg_catalog.pg_db_role_setting d CROSS
    JOIN pg_catalog.unnest(d.setconfig) AS one
   WHERE d.setdatabase = 0 AND d.setrole = 0 AND pg_catalog.lower(one) LIKE pg_catalog.lower(s.name) || '=%'),
  CASE WHEN s.source IN ('default', 'environment variable', 'configuration file', 'command line', 'override',
    'database', 'global') THEN s.reset_val ELSE s.boot_val END)
FROM pg_catalog.pg_settings s
WHERE s.name = ANY ($1::text[])
ORDER BY s.name
)";

constexpr const char* fact_keys_query = R"(
SELECT i.indrelid, i.indisunique AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL, i.indpred IS NULL,
       ARRAY(SELECT a.attname::text FROM pg_catalog.generate_series(0, i.indnkeyatts - 1) k
         JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k] ORDER BY k)
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = c.relam
WHERE i.indrelid = ANY ($1::oid[]) AND i.indisvalid AND i.indisready AND m.amname IN ('btree', 'hash')
ORDER BY i.indrelid, i.indisprimary DESC, i.indexrelid
)";

constexpr const char* descendants_query = R"(
WITH RECURSIVE below AS (
  SELECT i.inhparent AS root, i.inhrelid AS oid FROM pg_catalog.pg_inherits i WHERE i.inhparent = ANY ($1::oid[])
  UNION SELECT b.root, i.inhrelid FROM below b JOIN pg_catalog.pg_inherits i ON i.inhparent = b.oid
)
SELECT b.root, n.nspname, c.relname, c.relkind FROM below b JOIN pg_catalog.pg_class c ON c.oid = b.oid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ORDER BY 1, 2, 3
)";

constexpr const char* ancestors_query = R"(
WITH RECURSIVE above AS (
  SELECT i.inhrelid AS leaf, i.inhparent AS oid FROM pg_catalog.pg_inherits i WHERE i.inhrelid = ANY ($1::oid[])
  UNION SELECT a.leaf, i.inhparent FROM above a JOIN pg_catalog.pg_inherits i ON i.inhrelid = a.oid
)
SELECT a.leaf, n.nspname, c.relname, c.relkind, c.oid FROM above a JOIN pg_catalog.pg_class c ON c.oid = a.oid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ORDER BY 1, 2, 3
)";

// How many rows there are, and values in a column: what strategies are chosen by. Of a partitioned table, all of its
// parts. What ANALYZE has not seen is not told.
constexpr const char* row_counts_query = R"(
SELECT c.oid, s.rows, t.attname, t.n_distinct
FROM pg_catalog.pg_class c
CROSS JOIN LATERAL (
  SELECT pg_catalog.sum(x.reltuples) AS rows, pg_catalog.bool_and(x.reltuples >= 0) AS known
  FROM pg_catalog.pg_class x WHERE x.relkind IN ('r', 'm')
    AND (x.oid = c.oid OR c.relkind = 'p' AND x.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(c.oid)))
) AS s
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_stats t ON t.schemaname = n.nspname AND t.tablename = c.relname
  AND t.inherited = (c.relkind = 'p')
WHERE c.oid = ANY ($1::oid[]) AND s.known
)";

std::string obstacle_of(const schema::Relation& relation, bool temporary, bool hidden_rows) {
  const std::string name = relation.name.display();
  if (temporary) return fmt::format("\"{}\" is a temporary table", name);
  if (relation.kind == 'f') return fmt::format("\"{}\" is a foreign table: its changes are not seen here", name);
  if (relation.kind == 'm')
    return fmt::format("\"{}\" is a materialized view that is refreshed: no trigger sees its changes", name);
  if (relation.kind != 'r' && relation.kind != 'p') return fmt::format("\"{}\" is no table", name);
  if (hidden_rows) return fmt::format("row-level security of \"{}\" hides rows from the view's owner", name);
  return {};
}

// Types whose values may be of any length.
bool bounded(const NamedType& type) {
  if (type.kind.array) return false;
  const sql::KnownType* known = sql::known_type(type.kind.base);
  if (!known || !known->can(sql::any_length)) return true;
  // character varying(40): bytes are at most four times as many.
  constexpr long longest = 500;
  const std::size_t open = type.name.find('(');
  return open != std::string::npos && std::strtol(type.name.c_str() + open + 1, nullptr, 10) <= longest;
}

ivm::ColumnFact column_fact(std::string name, const NamedType& type, bool not_null = false) {
  return {std::move(name), type.name, not_null, type.kind, bounded(type)};
}

// The columns of all tables, by types that mean the same everywhere.
void read_columns(db::Connection& connection, TypeReader& types, const std::string& oids,
                  std::map<Oid, TableFact>& tables) {
  const db::Rows rows = connection.query(fact_columns_query, {oids});
  std::vector<TypeKey> keys;
  for (int row = 0; row < rows.size(); ++row)
    keys.push_back({static_cast<Oid>(rows.integer(row, 2)), static_cast<int>(rows.integer(row, 3)),
                    static_cast<Oid>(rows.integer(row, 4))});
  const std::vector<NamedType> named = types.read(keys);
  for (int row = 0; row < rows.size(); ++row) {
    ivm::ColumnFact fact = column_fact(rows.text(row, 1), named[static_cast<std::size_t>(row)], rows.boolean(row, 5));
    // A value that an index of the table holds is not too long for another.
    fact.bounded |= rows.boolean(row, 6);
    fact.at_read = rows.boolean(row, 7);
    fact.nondeterministic = rows.boolean(row, 8);
    tables.at(static_cast<Oid>(rows.integer(row, 0))).columns.push_back(std::move(fact));
  }
}

}  // namespace

void read_statistics(db::Connection& connection, const schema::Database& database, ivm::Facts& facts) {
  std::vector<std::string> oids;
  for (const auto& [oid, relation] : database.relations) {
    if (facts.tables.contains(relation.name)) oids.push_back(std::to_string(oid));
  }
  const db::Rows rows = connection.query(row_counts_query, {db::array_literal(oids)});
  for (int row = 0; row < rows.size(); ++row) {
    TableFact& table = facts.tables.at(database.relations.at(oid_at(rows, row, 0)).name);
    table.rows = rows.number(row, 1);
    if (rows.null(row, 2)) continue;
    for (ivm::ColumnFact& column : table.columns) {
      if (column.name != rows.text(row, 2)) continue;
      const double number = rows.number(row, 3);
      column.distinct = number < 0 ? -number * table.rows : number;
    }
  }
}

ivm::Settings default_settings(db::Connection& connection) {
  const db::Rows rows = connection.query(
      settings_query, {db::array_literal({schema::kept_settings.begin(), schema::kept_settings.end()})});
  ivm::Settings out;
  for (int row = 0; row < rows.size(); ++row) out.emplace_back(rows.text(row, 0), rows.text(row, 1));
  // What arrays are read by, what names are quoted by, how NULL is compared, how far an index search goes.
  for (const auto& [name, value] : {std::pair{"array_nulls", "on"},
                                    {"quote_all_identifiers", "off"},
                                    {"transform_null_equals", "off"},
                                    {"gin_fuzzy_search_limit", "0"}})
    out.emplace_back(name, value);
  return out;
}

ivm::Facts read_facts(db::Connection& connection, const schema::Database& database) {
  ivm::Facts out;
  out.server_major = database.server_version / 10000;
  out.search_path = database.search_path;
  std::vector<std::string> oids;
  std::map<Oid, TableFact> tables;
  for (const auto& [oid, relation] : database.relations) {
    if (relation.view() || relation.kind == 'i' || relation.kind == 'I' || relation.kind == 'c' || relation.kind == 'S')
      continue;
    TableFact& fact = tables[oid];
    fact.name = relation.name;
    fact.kind = relation.kind;
    oids.push_back(std::to_string(oid));
  }
  const std::string list = db::array_literal(oids);
  TypeReader types(connection);
  read_columns(connection, types, list, tables);
  out.settings = default_settings(connection);
  const db::Rows kinds = connection.query(tables_query, {list});
  for (int row = 0; row < kinds.size(); ++row)
    tables.at(oid_at(kinds, row, 0)).obstacle =
        obstacle_of(database.relations.at(oid_at(kinds, row, 0)), kinds.boolean(row, 1), kinds.boolean(row, 2));
  const db::Rows keys = connection.query(fact_keys_query, {list});
  for (int row = 0; row < keys.size(); ++row) {
    TableFact& fact = tables.at(oid_at(keys, row, 0));
    const std::vector<std::string> columns = keys.array(row, 3);
    if (columns.empty()) continue;
    if (keys.boolean(row, 1)) fact.unique_keys.push_back(columns);
    if (keys.boolean(row, 2)) fact.indexed.push_back(columns.front());
  }
  const db::Rows below = connection.query(descendants_query, {list});
  for (int row = 0; row < below.size(); ++row) {
    TableFact& fact = tables.at(oid_at(below, row, 0));
    const sql::Name name{below.text(row, 1), below.text(row, 2)};
    if (below.at(row, 3) == "f" && fact.obstacle.empty())
      fact.obstacle = fmt::format("\"{}\", a part of \"{}\", is a foreign table", name.display(), fact.name.display());
    fact.descendants.push_back(name);
    // Rows of children are not held to be unique by the parent's index.
    if (fact.kind == 'r') fact.unique_keys.clear();
  }
  const db::Rows above = connection.query(ancestors_query, {list});
  for (int row = 0; row < above.size(); ++row) {
    TableFact& fact = tables.at(oid_at(above, row, 0));
    const sql::Name name{above.text(row, 1), above.text(row, 2)};
    if (above.at(row, 3) == "p") {
      fact.ancestors.push_back(name);
    } else {
      fact.parents.push_back({name, {}});
      const auto parent = tables.find(oid_at(above, row, 4));
      if (parent == tables.end()) continue;
      for (const ivm::ColumnFact& column : parent->second.columns) fact.parents.back().columns.push_back(column.name);
    }
  }
  for (auto& [oid, fact] : tables) out.tables.emplace(fact.name, std::move(fact));
  const db::Rows functions = connection.query(
      "SELECT proname, prokind = 'a', proretset FROM pg_catalog.pg_proc WHERE prokind = 'a' OR proretset");
  for (int row = 0; row < functions.size(); ++row)
    (functions.boolean(row, 1) ? out.aggregates : out.set_returning).insert(functions.text(row, 0));
  return out;
}

std::vector<ivm::ColumnFact> Asker::columns(const sql::Select& query) {
  const db::Rows described = connection_.describe(sql::print(query));
  std::vector<TypeKey> keys;
  for (int i = 0; i < described.columns(); ++i)
    keys.push_back({static_cast<Oid>(PQftype(described.raw(), i)), PQfmod(described.raw(), i), 0});
  const std::vector<NamedType> named = types_.read(keys);
  std::vector<ivm::ColumnFact> out;
  for (int i = 0; i < described.columns(); ++i)
    out.push_back(column_fact(PQfname(described.raw(), i), named[static_cast<std::size_t>(i)]));
  return out;
}

void Asker::answer(const ivm::Question& question, ivm::Answers& answers) {
  const std::string text = sql::print(question.query);
  switch (question.kind) {
    case ivm::Question::Kind::columns: answers.columns[text] = columns(question.query); break;
    case ivm::Question::Kind::unstable:
      answers.unstable[text] = read_unstable_calls(connection_, question.query, trusted_, *prover_);
      break;
  }
}

namespace {

std::string column_text(const ivm::ColumnFact& column) {
  return "," + column.name + " " + column.type + (column.not_null ? "!" : "");
}

// Of the tables that a query reads, through views. `whole`: with what 0.1.0 did not ask.
std::string facts_text(const ivm::Facts& facts, const sql::Select& query, bool whole,
                       const std::function<std::string(const sql::Select&)>& inner) {
  std::string text;
  analyze::for_each_table(query, [&](const sql::TableRef& ref) {
    if (const sql::Select* view = facts.view(ref.schema, ref.name)) text += "(" + inner(*view) + ")";
    const TableFact* fact = facts.table(ref.schema, ref.name);
    if (!fact) return;
    text += "|" + fact->name.sql() + fact->kind + fact->obstacle;
    for (const ivm::ColumnFact& column : fact->columns)
      text += column_text(column) + (whole && !column.bounded ? "~" : "");
    for (const auto& key : fact->unique_keys) text += ";" + join(key, ",");
    for (const sql::Name& child : fact->descendants) text += "<" + child.sql();
    for (const sql::Name& parent : fact->ancestors) text += ">" + parent.sql();
    for (const ivm::Parent& parent : fact->parents) text += ">>" + parent.name.sql() + join(parent.columns, ",");
  });
  return text;
}

}  // namespace

std::string facts_fingerprint(const ivm::Facts& facts, const sql::Select& query, int generation) {
  const std::string before = fmt::format("{} {}", generation, facts.server_major) + ivm::set_clauses(facts.settings);
  const auto inner = [&](const sql::Select& view) { return facts_fingerprint(facts, view, generation); };
  return stable_hash_hex(before + facts_text(facts, query, true, inner));
}

std::string facts_fingerprint_of_0_1(const ivm::Facts& facts, const sql::Select& query) {
  const auto inner = [&](const sql::Select& view) { return facts_fingerprint_of_0_1(facts, view); };
  return stable_hash_hex(std::to_string(facts.server_major) + facts_text(facts, query, false, inner));
}

}  // namespace pgvista::catalog
