#pragma once
// The ledger's runs of refresh, and what they tell about how fresh a view is.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/connection.hpp"
#include "schema/live.hpp"

namespace pgvista::catalog {

struct Run {
  long long id = 0;
  std::string mode;  // full, concurrent, populate
  std::string started_at;
  std::optional<std::string> finished_at;
  double duration_ms = 0;
  std::optional<long long> rows;
  std::optional<std::string> error;
  std::optional<std::string> sqlstate;
  std::map<std::string, std::string> changes;  // base table oid -> its change counter before the run
  std::string row_version;
  std::string ddl_fingerprint;
  std::string file_node;
};

/// Rows ever inserted, updated or deleted, by table, as the server counts them. A table without statistics is missing.
/// What a run (alias r) failed with, as SQL: all of it where this role may read it, else the SQLSTATE.
std::string run_error_sql(db::Connection& connection);

std::map<std::string, std::string> change_counters(db::Connection& connection, const std::vector<schema::Oid>& tables);

/// The last run of each view that finished, by name; failures too.
std::map<sql::Name, Run> last_runs(db::Connection& connection);
/// The last one that succeeded.
std::map<sql::Name, Run> last_successes(db::Connection& connection);

long long start_run(db::Connection& connection, const sql::Name& view, const std::string& mode,
                    const std::map<std::string, std::string>& changes);
/// In the transaction of the refresh itself: both are kept or neither.
void finish_run(db::Connection& connection, long long id, const schema::Oid view, long long rows);
void fail_run(db::Connection& connection, long long id, const Error& error);
/// A run of sync that filled a view, as far as freshness is concerned: begun at `started_at`, ended now.
void record_population(db::Connection& connection, const sql::Name& view, schema::Oid oid,
                       const std::string& started_at, const std::map<std::string, std::string>& changes,
                       long long rows);
/// Runs that never ended because their process died; call while holding the view's refresh lock.
void close_dead_runs(db::Connection& connection, const sql::Name& view);

/// A successful run that began after this moment (the server's clock), if there is one.
std::optional<Run> run_since(db::Connection& connection, const sql::Name& view, const std::string& moment);
/// The ledger belongs to whoever synced first; another owner of a view may refresh it without leaving a trace.
bool may_record(db::Connection& connection);
std::string server_clock(db::Connection& connection);

/// Median duration of the last successful runs of this mode; nullopt without history.
std::optional<double> expected_duration(db::Connection& connection, const sql::Name& view, const std::string& mode);

}  // namespace pgvista::catalog
