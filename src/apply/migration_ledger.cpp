#include "apply/migration_ledger.hpp"

#include "apply/migrate.hpp"

#include "catalog/ledger.hpp"

#include <fmt/format.h>

namespace pgvista::apply {

bool has_migration_ledger(db::Connection& connection) {
  return connection.query("SELECT pg_catalog.to_regclass('pgvista.migration') IS NOT NULL").boolean(0, 0);
}

migrate::AppliedMap read_applied(db::Connection& connection) {
  migrate::AppliedMap out;
  if (!has_migration_ledger(connection)) return out;
  const db::Rows rows = connection.query(
      "SELECT name, checksum, coalesce(steps_done, -1), faked, pg_catalog.to_char(applied_at AT TIME ZONE 'UTC', "
      "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), duration_ms FROM pgvista.migration m WHERE $1 = '' OR "
      "coalesce(pg_catalog.to_jsonb(m) ->> 'project', '') IN ('', $1)",
      {connection.project()});
  for (int row = 0; row < rows.size(); ++row) {
    migrate::Applied& one = out[rows.text(row, 0)];
    one.checksum = rows.text(row, 1);
    one.steps_done = static_cast<int>(rows.integer(row, 2));
    one.faked = rows.boolean(row, 3);
    one.at = rows.text(row, 4);
    one.duration_ms = rows.number(row, 5);
  }
  return out;
}

bool migrations_applied(db::Connection& connection) {
  return has_migration_ledger(connection) &&
         connection.query("SELECT EXISTS (SELECT FROM pgvista.migration)").boolean(0, 0);
}

void lock_migration_ledger(db::Connection& connection) {
  connection.execute("LOCK TABLE pgvista.migration IN SHARE ROW EXCLUSIVE MODE");
}

namespace {

void upsert(db::Connection& connection, const migrate::Migration& migration, const std::string& checksum,
            const std::optional<std::string>& steps, double duration_ms, bool faked) {
  // Of a time when projects had no names.
  connection.query("UPDATE pgvista.migration SET project = $2 WHERE name = $1 AND project = ''",
                   {migration.id, connection.project()});
  connection.query(
      "INSERT INTO pgvista.migration (name, checksum, steps_done, faked, duration_ms, project) VALUES ($1, $2, $3, $4, "
      "$5, $6) ON CONFLICT (project, name) DO UPDATE "
      "SET checksum = excluded.checksum, steps_done = excluded.steps_done, faked = excluded.faked, duration_ms = "
      "migration.duration_ms + excluded.duration_ms, applied_at = clock_timestamp() " +
          std::string(catalog::tell_schema_changed),
      {migration.id, checksum, steps, faked ? "true" : "false", fmt::format("{:.3f}", duration_ms),
       connection.project()});
}

}  // namespace

void record_applied(db::Connection& connection, const migrate::Migration& migration, double duration_ms, bool faked) {
  upsert(connection, migration, migration.checksum, std::nullopt, duration_ms, faked);
}

void record_steps(db::Connection& connection, const migrate::Migration& migration, int steps_done) {
  if (steps_done == 0) return forget_applied(connection, migration.id);
  upsert(connection, migration, migration.checksum_of(steps_done), std::to_string(steps_done), 0, false);
}

void forget_applied(db::Connection& connection, const std::string& id) {
  connection.query(std::string("DELETE FROM pgvista.migration WHERE name = $1 AND ($2 = '' OR project IN ('', $2)) ") +
                       catalog::tell_schema_changed,
                   {id, connection.project()});
}

std::vector<Error> changed_migrations(const migrate::Graph& graph, const migrate::AppliedMap& applied) {
  std::vector<Error> out;
  for (const migrate::Migration* one : graph.order()) {
    const auto found = applied.find(one->id);
    if (found == applied.end() || !found->second.whole() || found->second.checksum == one->checksum) continue;
    Error error;
    error.code = "changed_migration";
    error.message = fmt::format("{} was changed after it was applied", one->id);
    error.hint = fmt::format(
        "Put the file back as it was, and write a new migration. If the database is as the file says now: pgvista "
        "migrate {} --fake",
        one->id);
    migrate::locate(error, *one, 0);
    out.push_back(std::move(error));
  }
  return out;
}

}  // namespace pgvista::apply
