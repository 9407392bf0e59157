#include "refresh/freshness.hpp"

#include <set>

#include "catalog/read.hpp"

namespace pgvista::refresh {

using schema::Oid;
using schema::Relation;

FreshnessReader::FreshnessReader(db::Connection& connection, const schema::Database& database)
    : connection_(connection), database_(database) {
  if (database.ledger) {
    last_ = catalog::last_runs(connection);
    successes_ = catalog::last_successes(connection);
  }
  std::set<Oid> tables;
  for (const auto& [oid, relation] : database.relations) {
    if (!relation.materialized()) continue;
    for (const Oid table : catalog::base_tables(database, oid)) tables.insert(table);
  }
  counters_ = catalog::change_counters(connection, {tables.begin(), tables.end()});
  commit_times_ = connection.query("SELECT current_setting('track_commit_timestamp')::bool").boolean(0, 0);
}

std::optional<std::string> FreshnessReader::commit_time(const std::string& xid) {
  if (!commit_times_) return std::nullopt;
  try {
    return connection_.query("SELECT pg_catalog.pg_xact_commit_timestamp($1::xid)", {xid}).optional(0, 0);
  } catch (const db::QueryFailure&) {
    if (connection_.lost()) throw;
    return std::nullopt;  // too old a transaction
  }
}

Freshness FreshnessReader::of(const Relation& view) {
  Freshness out;
  if (!view.populated) {
    out.stale = true;
  }
  const auto success = successes_.find(view.name);
  const auto last = last_.find(view.name);
  if (success != successes_.end() && success->second.rows.value_or(-1) >= 0) out.rows = success->second.rows;
  // REFRESH always writes the view's row of pg_class. Same file and same DDL state otherwise: it was one that we did
  // not run.
  const bool touched = success != successes_.end() && success->second.row_version != view.row_version;
  const bool by_hand = touched && success->second.ddl_fingerprint == view.ddl_fingerprint && view.populated;
  if (by_hand) {
    const bool rewritten = success->second.file_node != view.file_node;
    out.last = LastRefresh{commit_time(view.row_version), 0, rewritten ? "full" : "concurrent", true, std::nullopt};
    return out;  // how its tables stood then, nobody noted
  }
  if (last != last_.end())
    out.last =
        LastRefresh{last->second.started_at, last->second.duration_ms, last->second.mode, false, last->second.error};
  if (!view.populated || success == successes_.end()) return out;
  if (touched && success->second.file_node != view.file_node) return out;  // rewritten by DDL, or refreshed after it
  out.filled_at = success->second.started_at;
  bool stale = false;
  for (const Oid table : catalog::base_tables(database_, view.oid)) {
    const std::string oid = std::to_string(table);
    const auto then = success->second.changes.find(oid);
    const auto now = counters_.find(oid);
    if (then == success->second.changes.end() || now == counters_.end()) return out;
    stale |= then->second != now->second;
  }
  out.stale = stale;
  return out;
}

}  // namespace pgvista::refresh
