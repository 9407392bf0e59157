#include "catalog/deferred.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace pgvista::catalog {

namespace {

bool has_deferred(db::Connection& connection) {
  return connection.query("SELECT pg_catalog.to_regclass('pgvista.deferred') IS NOT NULL").boolean(0, 0);
}

}  // namespace

std::vector<DeferredProgram> read_deferred(db::Connection& connection) {
  std::vector<DeferredProgram> out;
  if (!has_deferred(connection)) return out;
  const db::Rows rows = connection.query(
      "SELECT p.schema, p.name, d.program, p.mode = 'manual', d.queues, d.tables, d.waits FROM pgvista.deferred d JOIN "
      "pgvista.program p USING (program) ORDER BY p.level, p.program");
  for (int row = 0; row < rows.size(); ++row)
    out.push_back({{rows.text(row, 0), rows.text(row, 1)},
                   rows.text(row, 2),
                   rows.boolean(row, 3),
                   rows.array(row, 4),
                   rows.array(row, 5),
                   rows.text(row, 6)});
  return out;
}

std::vector<Lag> read_lags(db::Connection& connection) {
  std::vector<Lag> out;
  if (!has_deferred(connection)) return out;
  const db::Rows rows = connection.query(
      "SELECT b.program, p.schema, p.name, d.snapshot::text, d.applied_at, b.notes, b.changes, EXTRACT(epoch FROM "
      "pg_catalog.clock_timestamp() - b.since), b.bytes, b.stale, p.mode = 'manual', EXTRACT(epoch FROM "
      "pg_catalog.clock_timestamp() - b.latest) "
      "FROM pgvista.behind() b JOIN pgvista.program p USING (program) JOIN pgvista.deferred d USING (program) ORDER BY "
      "p.level, p.program");
  for (int row = 0; row < rows.size(); ++row) {
    Lag one;
    one.program = rows.text(row, 0);
    one.view = {rows.text(row, 1), rows.text(row, 2)};
    one.snapshot = rows.text(row, 3);
    one.applied_at = rows.text(row, 4);
    one.notes = rows.integer(row, 5);
    one.changes = rows.integer(row, 6);
    if (!rows.null(row, 7)) one.seconds = std::max(0.0, rows.number(row, 7));
    one.bytes = rows.null(row, 8) ? 0 : rows.integer(row, 8);
    one.stale = rows.optional(row, 9);
    one.refreshed = rows.boolean(row, 10);
    if (!rows.null(row, 11)) one.quiet = std::max(0.0, rows.number(row, 11));
    out.push_back(std::move(one));
  }
  return out;
}

std::vector<DeferredProgram> waiting(db::Connection& connection, const std::vector<DeferredProgram>& programs) {
  std::vector<std::string> selects;
  for (std::size_t i = 0; i < programs.size(); ++i) {
    selects.push_back("SELECT " + std::to_string(i) + " AS place FROM pgvista.deferred AS d WHERE d.program = " +
                      sql::quote_literal(programs[i].program) + " AND (d.stale IS NOT NULL OR " + programs[i].waits +
                      "(d.snapshot))");
  }
  std::vector<DeferredProgram> out;
  if (selects.empty()) return out;
  const db::Rows rows = connection.query(join(selects, " UNION ALL ") + " ORDER BY place");
  for (int row = 0; row < rows.size(); ++row) out.push_back(programs[static_cast<std::size_t>(rows.integer(row, 0))]);
  return out;
}

Pulse read_pulse(db::Connection& connection) {
  const db::Rows rows = connection.query(
      "SELECT n.last_value + n.is_called::int, "
      "pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text::bigint FROM pgvista.noted AS n");
  return {rows.integer(0, 0), rows.integer(0, 1)};
}

// A snapshot does not tell: it ends with the last transaction that is over.
long long next_transaction(db::Connection& connection) {
  return connection.query("SELECT pg_catalog.pg_current_xact_id()::text::bigint").integer(0, 0);
}

bool tell_waiting(db::Connection& connection) {
  return connection
             .query(
                 "WITH gone AS (DELETE FROM pgvista.told RETURNING id, channel, payload) SELECT "
                 "pg_catalog.pg_notify(g.channel, g.payload) FROM (SELECT * FROM gone ORDER BY id) AS g")
             .size() > 0;
}

std::string current_snapshot(db::Connection& connection) {
  return connection.query("SELECT pg_catalog.pg_current_snapshot()").text(0, 0);
}

void set_refreshed(db::Connection& connection, const sql::Name& view, const std::string& snapshot) {
  if (!has_deferred(connection)) return;
  connection.query(
      "UPDATE pgvista.deferred AS d SET snapshot = $3::pg_snapshot, identity = pgvista.identity(), stale = NULL, "
      "applied_at = clock_timestamp(), batches = d.batches + 1 FROM pgvista.program AS p WHERE p.program = d.program "
      "AND p.mode = 'manual' AND p.schema = $1 AND p.name = $2",
      {view.schema, view.name, snapshot});
}

namespace {

// One transaction, with a snapshot of a moment behind its locks.
void in_one_snapshot(db::Connection& connection, const std::vector<DeferredProgram>& programs,
                     const std::vector<std::string>& settings, const std::function<void()>& work) {
  // What the connection's transactions begin with may take a snapshot already. It is not needed here.
  const std::string prelude = connection.prelude();
  connection.begin_with({});
  db::Transaction transaction(connection, "ISOLATION LEVEL REPEATABLE READ");
  connection.begin_with(prelude);
  for (const std::string& one : settings) connection.execute("SET LOCAL " + one);
  std::vector<std::string> locked;
  for (const DeferredProgram& program : programs) {
    for (const auto* list : {&program.tables, &program.queues}) locked.insert(locked.end(), list->begin(), list->end());
  }
  std::sort(locked.begin(), locked.end());
  locked.erase(std::unique(locked.begin(), locked.end()), locked.end());
  if (!locked.empty()) connection.execute("LOCK TABLE " + join(locked, ", ") + " IN ACCESS SHARE MODE");
  work();
  transaction.commit();
}

}  // namespace

Drained drain(db::Connection& connection, const DeferredProgram& program, const std::string& lock_timeout,
              const std::string& statement_timeout) {
  std::vector<std::string> settings;
  if (!lock_timeout.empty()) settings.push_back("lock_timeout = " + sql::quote_literal(lock_timeout));
  if (!statement_timeout.empty()) settings.push_back("statement_timeout = " + sql::quote_literal(statement_timeout));
  Drained out;
  in_one_snapshot(connection, {program}, settings, [&] {
    const db::Rows rows = connection.query("SELECT pgvista.drain($1)", {program.program});
    out.whole = rows.null(0, 0);
    if (!out.whole) out.changes = rows.integer(0, 0);
  });
  return out;
}

void fill(db::Connection& connection, const DeferredProgram& program, const std::vector<std::string>& statements,
          const std::string& statement_timeout) {
  std::vector<std::string> settings;
  if (!statement_timeout.empty()) settings.push_back("statement_timeout = " + sql::quote_literal(statement_timeout));
  in_one_snapshot(connection, {program}, settings, [&] {
    if (!connection
             .query("SELECT stale IS NOT NULL FROM pgvista.deferred WHERE program = $1 FOR UPDATE", {program.program})
             .boolean(0, 0))
      return;
    for (const std::string& one : statements) connection.execute(one);
    connection.query(
        "UPDATE pgvista.deferred SET snapshot = pg_catalog.pg_current_snapshot(), identity = pgvista.identity(), stale "
        "= NULL, applied_at = pg_catalog.clock_timestamp() WHERE program = $1",
        {program.program});
  });
}

void drain_together(db::Connection& connection, const std::vector<DeferredProgram>& programs,
                    const std::function<void()>& then) {
  constexpr int most_attempts = 20;
  for (int attempt = 1;; ++attempt) {
    try {
      return in_one_snapshot(connection, programs, {}, [&] {
        for (const DeferredProgram& one : programs) connection.query("SELECT pgvista.drain($1)", {one.program});
        then();
      });
    } catch (const Failure& failure) {
      if (failure.error().sqlstate != "40001" || attempt == most_attempts) throw;
    }
  }
}

std::optional<std::string> active_watch(db::Connection& connection) {
  if (!has_deferred(connection)) return std::nullopt;
  const db::Rows rows =
      connection.query("SELECT holder FROM pgvista.lease WHERE beat_at + lasts >= pg_catalog.clock_timestamp()");
  if (rows.size() == 0) return std::nullopt;
  return rows.text(0, 0);
}

void find_restored(db::Connection& connection) {
  if (has_deferred(connection))
    connection.execute(
        "UPDATE pgvista.deferred SET stale = 'the database was restored elsewhere' WHERE identity <> "
        "pgvista.identity() AND stale IS NULL");
}

void set_stale(db::Connection& connection, const std::string& program, const std::string& why) {
  connection.query("UPDATE pgvista.deferred SET stale = $2 WHERE program = $1 AND stale IS NULL", {program, why});
}

}  // namespace pgvista::catalog
