#pragma once
// One migrator at a time.

#include <chrono>
#include <functional>
#include <optional>
#include <random>

#include "apply/sync.hpp"
#include "db/advisory_lock.hpp"
#include "db/connection.hpp"

namespace pgvista::apply {

// Of a transaction of its own that stays open: it holds also where a pooler gives every transaction another session. It
// holds no snapshot while it waits, so no concurrent index build waits for it.
class MigratorLock {
 public:
  explicit MigratorLock(db::Connection& connection) : connection_(connection) {}

  void lock(const std::function<void()>& on_wait) {
    std::mt19937 random{std::random_device{}()};
    for (int attempt = 0;; ++attempt) {
      transaction_.emplace(connection_);
      connection_.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
      if (connection_
              .query("SELECT pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended($1, 1886418550))",
                     {sync_lock})
              .boolean(0, 0))
        return;
      transaction_.reset();
      if (attempt == 0) on_wait();
      db::pause(std::chrono::milliseconds(20 + static_cast<int>(random() % 80)));
    }
  }

  void check() {
    if (connection_.lost()) throw Failure(db::lost_connection(connection_.raw()));
    connection_.execute("SELECT");
  }

 private:
  db::Connection& connection_;
  std::optional<db::Transaction> transaction_;
};

}  // namespace pgvista::apply
