#include "catalog/ledger.hpp"

#include <boost/json.hpp>

#include "base/json_text.hpp"
#include "catalog/read.hpp"

namespace pgvista::catalog {

namespace json = boost::json;
using schema::Record;

namespace {

json::value columns_json(const std::vector<schema::LiveColumn>& columns) {
  json::array out;
  for (const schema::LiveColumn& column : columns)
    out.push_back(json::array{column.name, column.type, column.collation});
  return out;
}

}  // namespace

void read_ledger(db::Connection& connection, schema::Database& database) {
  const db::Rows rows = connection.query(
      "SELECT schema, name, oid, kind, query, canonical, fingerprint, rule_fingerprint, server_major, columns, "
      "indexes, made_indexes, refresh_due, adopted, coalesce(pg_catalog.to_jsonb(v) ->> 'project', '') FROM "
      "pgvista.view v");
  for (int row = 0; row < rows.size(); ++row) {
    Record record;
    record.name = {rows.text(row, 0), rows.text(row, 1)};
    const std::string project = rows.text(row, 14);
    if (!project.empty() && !connection.project().empty() && project != connection.project()) {
      database.foreign[record.name] = project;
      continue;
    }
    record.oid = static_cast<schema::Oid>(rows.integer(row, 2));
    record.kind = rows.text(row, 3);
    record.query = rows.text(row, 4);
    record.canonical = rows.text(row, 5);
    record.fingerprint = rows.text(row, 6);
    record.rule_fingerprint = rows.text(row, 7);
    record.server_major = static_cast<int>(rows.integer(row, 8));
    const json::value columns = json::parse(rows.text(row, 9));
    const json::value indexes = json::parse(rows.text(row, 10));
    for (const json::value& column : columns.as_array()) {
      record.columns.push_back({json_text(column.at(0)), json_text(column.at(1)), json_text(column.at(2)), false, 0});
    }
    for (const auto& [declared, live] : indexes.as_object()) record.indexes[std::string(declared)] = json_text(live);
    record.made_indexes = rows.array(row, 11);
    record.refresh_due = rows.boolean(row, 12);
    record.adopted = rows.boolean(row, 13);
    database.records.emplace(record.name, std::move(record));
  }
  const db::Rows builds = connection.query(
      "SELECT b.oid, b.schema, b.name, c.relkind FROM pgvista.build b "
      "JOIN pg_catalog.pg_class c ON c.oid = b.oid AND c.relname = b.name "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = b.schema");
  for (int row = 0; row < builds.size(); ++row) {
    database.leftovers.push_back({static_cast<schema::Oid>(builds.integer(row, 0)),
                                  {builds.text(row, 1), builds.text(row, 2)},
                                  builds.at(row, 3).front()});
  }
}

void write_record(db::Connection& connection, const Record& record) {
  json::object indexes;
  for (const auto& [declared, live] : record.indexes) indexes[declared] = live;
  connection.query(
      "INSERT INTO pgvista.view (schema, name, oid, kind, query, canonical, fingerprint, rule_fingerprint, "
      "server_major, columns, indexes, made_indexes, refresh_due, adopted, project) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::text[], $13, $14, $15) "
      "ON CONFLICT (schema, name) DO UPDATE SET oid = excluded.oid, kind = excluded.kind, query = excluded.query, "
      "canonical = excluded.canonical, "
      "fingerprint = excluded.fingerprint, rule_fingerprint = excluded.rule_fingerprint, server_major = "
      "excluded.server_major, "
      "columns = excluded.columns, indexes = excluded.indexes, made_indexes = excluded.made_indexes, refresh_due = "
      "excluded.refresh_due, adopted = excluded.adopted, project = excluded.project, synced_at = now() " +
          std::string(tell_schema_changed),
      {record.name.schema, record.name.name, std::to_string(record.oid), record.kind, record.query, record.canonical,
       record.fingerprint, record.rule_fingerprint, std::to_string(record.server_major),
       json::serialize(columns_json(record.columns)), json::serialize(indexes), db::array_literal(record.made_indexes),
       record.refresh_due ? "true" : "false", record.adopted ? "true" : "false", connection.project()});
}

void note_rule(db::Connection& connection, const sql::Name& view) {
  connection.query(std::string("UPDATE pgvista.view AS v SET rule_fingerprint = ") + rule_fingerprint_sql +
                       " FROM pg_catalog.pg_class AS c WHERE c.oid = v.oid AND v.schema = $1 AND v.name = $2",
                   {view.schema, view.name});
}

void forget_record(db::Connection& connection, const sql::Name& name) {
  connection.query(std::string("DELETE FROM pgvista.view WHERE schema = $1 AND name = $2 ") + tell_schema_changed,
                   {name.schema, name.name});
}

void set_refresh_due(db::Connection& connection, const sql::Name& name, bool due) {
  connection.query("UPDATE pgvista.view SET refresh_due = $3 WHERE schema = $1 AND name = $2",
                   {name.schema, name.name, due ? "true" : "false"});
}

void note_leftover(db::Connection& connection, const sql::Name& name) {
  connection.query(
      "INSERT INTO pgvista.build (oid, schema, name) SELECT c.oid, n.nspname, c.relname FROM pg_catalog.pg_class c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2 ON CONFLICT "
      "(oid) DO UPDATE SET schema = excluded.schema, name = excluded.name",
      {name.schema, name.name});
}

void note_replaced(db::Connection& connection, schema::Oid oid, const sql::Name& name) {
  connection.query(
      "INSERT INTO pgvista.build (oid, schema, name) VALUES ($1, $2, $3) ON CONFLICT (oid) DO UPDATE SET schema = "
      "excluded.schema, name = excluded.name",
      {std::to_string(oid), name.schema, name.name});
}

void forget_leftovers(db::Connection& connection) {
  connection.execute(
      "DELETE FROM pgvista.build b WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n "
      "ON n.oid = c.relnamespace "
      "WHERE c.oid = b.oid AND c.relname = b.name AND n.nspname = b.schema)");
}

}  // namespace pgvista::catalog
