#pragma once
// How fresh the stored rows are, told without reading them.

#include <map>
#include <optional>
#include <string>

#include "db/connection.hpp"
#include "catalog/runs.hpp"
#include "schema/live.hpp"

namespace pgvista::refresh {

struct LastRefresh {
  std::optional<std::string> at;  // nullopt: somebody's own REFRESH, at a time the server did not keep
  double duration_ms = 0;
  std::string mode;
  bool by_hand = false;
  std::optional<std::string> error;
};

struct Freshness {
  std::optional<bool> stale;      // nullopt: unknown
  std::optional<long long> rows;  // as the last refresh counted them
  std::optional<LastRefresh> last;
  std::optional<std::string> filled_at;  // when the last refresh began that went well
};

/// For materialized views. Stale: the server counted changes of a base table since the last refresh began. These counts
/// arrive up to some seconds late, and count what was rolled back too.
class FreshnessReader {
 public:
  FreshnessReader(db::Connection& connection, const schema::Database& database);
  Freshness of(const schema::Relation& view);

 private:
  std::optional<std::string> commit_time(const std::string& xid);

  db::Connection& connection_;
  const schema::Database& database_;
  std::map<sql::Name, catalog::Run> last_;
  std::map<sql::Name, catalog::Run> successes_;
  std::map<std::string, std::string> counters_;
  bool commit_times_ = false;
};

}  // namespace pgvista::refresh
