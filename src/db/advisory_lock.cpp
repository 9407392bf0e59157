#include "db/advisory_lock.hpp"

#include <algorithm>
#include <thread>

#include "db/interrupt.hpp"

namespace pgvista::db {

using namespace std::chrono_literals;

void pause(std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
    check_interrupt();
    std::this_thread::sleep_for(
        std::min<std::chrono::steady_clock::duration>(50ms, end - std::chrono::steady_clock::now()));
  }
}

AdvisoryLock::AdvisoryLock(Connection& connection, std::string what)
    : own_(connection.pooled() ? std::make_unique<Connection>(connection.url()) : nullptr),
      connection_(own_ ? *own_ : connection),
      what_(std::move(what)) {}

bool AdvisoryLock::try_lock() {
  if (own_) {
    connection_.execute("BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0");
    held_ =
        connection_
            .query("SELECT pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended($1, 1886418550))", {what_})
            .boolean(0, 0);
    if (!held_) connection_.execute("ROLLBACK");
    return held_;
  }
  held_ =
      connection_.query("SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended($1, 1886418550))", {what_})
          .boolean(0, 0);
  return held_;
}

bool AdvisoryLock::lock(const std::function<void()>& on_wait, const std::function<bool()>& give_up) {
  auto delay = 10ms;
  for (bool first = true;; first = false) {
    if (give_up && give_up()) return false;
    if (try_lock()) return true;
    if (first && on_wait) on_wait();
    pause(delay);
    delay = std::min(delay * 2, 200ms);
  }
}

AdvisoryLock::~AdvisoryLock() {
  if (!held_ || connection_.lost()) return;
  if (own_) {
    connection_.try_execute("ROLLBACK");
    return;
  }
  connection_.try_execute("SELECT pg_catalog.pg_advisory_unlock(pg_catalog.hashtextextended($1, 1886418550))", {what_});
}

}  // namespace pgvista::db
