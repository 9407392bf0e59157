#pragma once
// One migrator at a time.

#include <chrono>
#include <optional>

#include "apply/sync.hpp"
#include "db/advisory_lock.hpp"
#include "db/connection.hpp"

namespace pgvista::apply {

// Of a transaction of its own that stays open: it holds also where a pooler gives every transaction another session. It
// holds no snapshot while it waits, so no concurrent index build waits for it.
class MigratorLock {
 public:
  explicit MigratorLock(db::Connection& connection) : connection_(connection) {}

  void lock(const db::Wait& wait) {
    db::wait_for_turn(connection_, sync_lock, wait, [&] { return try_lock(); });
  }

  void check() {
    if (connection_.lost()) throw Failure(db::lost_connection(connection_.raw()));
    connection_.execute("SELECT");
  }

 private:
  bool try_lock() {
    transaction_.emplace(connection_);
    connection_.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
    const bool held =
        connection_
            .query("SELECT pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended($1, 1886418550))",
                   {sync_lock})
            .boolean(0, 0);
    if (!held) transaction_.reset();
    return held;
  }

  db::Connection& connection_;
  std::optional<db::Transaction> transaction_;
};

}  // namespace pgvista::apply
