#include "server/pool_settings.hpp"

#include <algorithm>
#include <chrono>

#include "base/duration.hpp"
#include "sql/identifier.hpp"

namespace pgvista::server {

namespace {

// In the lane of the quick ones nothing may wait or run for long.
constexpr const char* quick_lock_timeout = "100ms";
constexpr const char* quick_statement_timeout = "400ms";

}  // namespace

PoolSettings pool_settings(const Shared& shared) {
  PoolSettings out;
  out.lane.url = shared.url;
  out.lane.prepare = shared.settings.prepared_statements;
  if (shared.settings.prepared_statements) {
    // Behind a pooler that gives each transaction another session these would not hold.
    out.lane.startup = {"SET datestyle = 'ISO, MDY'",
                        "SET statement_timeout = " + sql::quote_literal(shared.settings.statement_timeout),
                        "SET idle_in_transaction_session_timeout = '60s'", "SET plan_cache_mode = 'auto'"};
  }
  // The server ends a statement that takes too long; one that does not even do that is gone.
  constexpr std::chrono::seconds behind_its_timeout{10};
  const auto longest = duration_ms(shared.settings.statement_timeout);
  if (longest && *longest > 0)
    out.lane.longest = std::chrono::milliseconds(static_cast<long long>(*longest)) + behind_its_timeout;
  out.shared_lane = out.lane;
  if (shared.settings.prepared_statements) {
    out.shared_lane.startup.push_back(std::string("SET lock_timeout = '") + quick_lock_timeout + "'");
    out.shared_lane.startup.push_back(std::string("SET statement_timeout = '") + quick_statement_timeout + "'");
  }
  // Settings that would hold for one transaction cannot be told from its neighbours' behind a pooler.
  out.shared = shared.settings.prepared_statements ? 1 : 0;
  out.exclusive = std::max(1, shared.settings.connections - 1);
  out.most_waiting = static_cast<std::size_t>(shared.settings.max_waiting);
  out.longest_wait = std::chrono::milliseconds(shared.settings.wait_timeout);
  return out;
}

}  // namespace pgvista::server
