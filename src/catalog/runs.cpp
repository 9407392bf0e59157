#include "catalog/runs.hpp"

#include "catalog/read.hpp"

#include <boost/json.hpp>

namespace pgvista::catalog {

namespace json = boost::json;
using schema::Oid;

namespace {

std::string run_columns(db::Connection& connection) {
  return "r.schema, r.name, r.id, r.mode, r.started_at, r.finished_at, extract(epoch FROM r.finished_at - "
         "r.started_at) * 1000, r.rows, " +
         run_error_sql(connection) +
         ", "
         "r.sqlstate, coalesce(r.changes::text, '{}'), coalesce(r.row_version, ''), coalesce(r.ddl_fingerprint, ''), "
         "coalesce(r.file_node, '')";
}

Run run_at(const db::Rows& rows, int row) {
  Run run;
  run.id = rows.integer(row, 2);
  run.mode = rows.text(row, 3);
  run.started_at = rows.text(row, 4);
  run.finished_at = rows.optional(row, 5);
  run.duration_ms = rows.number(row, 6);
  if (!rows.null(row, 7)) run.rows = rows.integer(row, 7);
  run.error = rows.optional(row, 8);
  run.sqlstate = rows.optional(row, 9);
  const json::value changes = json::parse(rows.text(row, 10));
  for (const auto& [table, count] : changes.as_object())
    run.changes[std::string(table)] = std::string(count.as_string());
  run.row_version = rows.text(row, 11);
  run.ddl_fingerprint = rows.text(row, 12);
  run.file_node = rows.text(row, 13);
  return run;
}

std::map<sql::Name, Run> runs_where(db::Connection& connection, const std::string& condition) {
  std::map<sql::Name, Run> out;
  const db::Rows rows =
      connection.query("SELECT DISTINCT ON (r.schema, r.name) " + run_columns(connection) +
                       " FROM pgvista.refresh_run r WHERE " + condition + " ORDER BY r.schema, r.name, r.id DESC");
  for (int row = 0; row < rows.size(); ++row) out[{rows.text(row, 0), rows.text(row, 1)}] = run_at(rows, row);
  return out;
}

}  // namespace

std::string run_error_sql(db::Connection& connection) {
  const bool whole =
      connection
          .query(
              "SELECT coalesce(pg_catalog.has_table_privilege(pg_catalog.to_regclass('pgvista.refresh_error'), "
              "'SELECT'), false)")
          .boolean(0, 0);
  return whole ? "coalesce((SELECT e.message FROM pgvista.refresh_error e WHERE e.run = r.id), r.error)" : "r.error";
}

std::map<std::string, std::string> change_counters(db::Connection& connection, const std::vector<Oid>& tables) {
  std::map<std::string, std::string> out;
  std::vector<std::string> oids;
  for (const Oid oid : tables) oids.push_back(std::to_string(oid));
  // Partitions and children count for their parents; a TRUNCATE gives the table new files.
  const db::Rows rows = connection.query(
      "WITH RECURSIVE below (root, oid) AS (SELECT t, t FROM pg_catalog.unnest($1::oid[]) t "
      "UNION ALL SELECT b.root, i.inhrelid FROM below b JOIN pg_catalog.pg_inherits i ON i.inhparent = b.oid) "
      "SELECT b.root, sum(pg_catalog.pg_stat_get_tuples_inserted(b.oid) + pg_catalog.pg_stat_get_tuples_updated(b.oid) "
      "+ pg_catalog.pg_stat_get_tuples_deleted(b.oid)) "
      "|| '/' || pg_catalog.string_agg(c.relfilenode::text, ',' ORDER BY c.oid) "
      "FROM below b JOIN pg_catalog.pg_class c ON c.oid = b.oid WHERE current_setting('track_counts')::bool GROUP BY "
      "b.root",
      {db::array_literal(oids)});
  for (int row = 0; row < rows.size(); ++row) out[rows.text(row, 0)] = rows.text(row, 1);
  return out;
}

std::map<sql::Name, Run> last_runs(db::Connection& connection) {
  return runs_where(connection, "r.finished_at IS NOT NULL");
}

std::map<sql::Name, Run> last_successes(db::Connection& connection) {
  return runs_where(connection, "r.finished_at IS NOT NULL AND r.error IS NULL");
}

long long start_run(db::Connection& connection, const sql::Name& view, const std::string& mode,
                    const std::map<std::string, std::string>& changes) {
  json::object counters;
  for (const auto& [table, count] : changes) counters[table] = count;
  return connection
      .query("INSERT INTO pgvista.refresh_run (schema, name, mode, changes) VALUES ($1, $2, $3, $4) RETURNING id",
             {view.schema, view.name, mode, json::serialize(counters)})
      .integer(0, 0);
}

void finish_run(db::Connection& connection, long long id, Oid view, long long rows) {
  connection.query(
      std::string("UPDATE pgvista.refresh_run SET finished_at = clock_timestamp(), rows = $2, row_version = "
                  "c.xmin::text, file_node = c.relfilenode::text, ddl_fingerprint = ") +
          ddl_fingerprint_sql + " FROM pg_catalog.pg_class c WHERE refresh_run.id = $1 AND c.oid = $3",
      {std::to_string(id), rows < 0 ? std::nullopt : std::optional(std::to_string(rows)), std::to_string(view)});
}

void fail_run(db::Connection& connection, long long id, const Error& error) {
  const std::string shown = error.sqlstate.empty() ? "it failed" : "it failed (" + error.sqlstate + ")";
  connection.query(
      "UPDATE pgvista.refresh_run SET finished_at = clock_timestamp(), error = $2, sqlstate = nullif($3, '') WHERE id "
      "= $1",
      {std::to_string(id), shown, error.sqlstate});
  if (!connection.query("SELECT pg_catalog.to_regclass('pgvista.refresh_error') IS NOT NULL").boolean(0, 0)) return;
  connection.query("INSERT INTO pgvista.refresh_error (run, message) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                   {std::to_string(id), error.message});
}

void record_population(db::Connection& connection, const sql::Name& view, Oid oid, const std::string& started_at,
                       const std::map<std::string, std::string>& changes, long long rows) {
  const long long id = start_run(connection, view, "populate", changes);
  connection.query("UPDATE pgvista.refresh_run SET started_at = $2::timestamptz WHERE id = $1",
                   {std::to_string(id), started_at});
  finish_run(connection, id, oid, rows);
}

void close_dead_runs(db::Connection& connection, const sql::Name& view) {
  connection.query(
      "UPDATE pgvista.refresh_run SET finished_at = clock_timestamp(), error = 'the process that ran it ended before "
      "it finished' "
      "WHERE schema = $1 AND name = $2 AND finished_at IS NULL",
      {view.schema, view.name});
}

std::optional<Run> run_since(db::Connection& connection, const sql::Name& view, const std::string& moment) {
  const db::Rows rows = connection.query(
      "SELECT " + run_columns(connection) +
          " FROM pgvista.refresh_run r WHERE r.schema = $1 AND r.name = $2 AND r.started_at > $3::timestamptz "
          "AND r.finished_at IS NOT NULL AND r.error IS NULL ORDER BY r.id DESC LIMIT 1",
      {view.schema, view.name, moment});
  if (rows.size() == 0) return std::nullopt;
  return run_at(rows, 0);
}

bool may_record(db::Connection& connection) {
  return connection
      .query(
          "SELECT pg_catalog.has_table_privilege('pgvista.refresh_run', 'INSERT, UPDATE') AND "
          "pg_catalog.has_table_privilege('pgvista.view', 'UPDATE')")
      .boolean(0, 0);
}

std::string server_clock(db::Connection& connection) { return connection.query("SELECT clock_timestamp()").text(0, 0); }

std::optional<double> expected_duration(db::Connection& connection, const sql::Name& view, const std::string& mode) {
  const db::Rows rows = connection.query(
      "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FROM (SELECT extract(epoch FROM finished_at - "
      "started_at) * 1000 AS ms FROM pgvista.refresh_run "
      "WHERE schema = $1 AND name = $2 AND mode = $3 AND finished_at IS NOT NULL AND error IS NULL ORDER BY id DESC "
      "LIMIT 5) recent",
      {view.schema, view.name, mode});
  if (rows.size() == 0 || rows.null(0, 0)) return std::nullopt;
  return rows.number(0, 0);
}

}  // namespace pgvista::catalog
