#pragma once
#include <chrono>
#include <functional>
#include <string>

#include "db/connection.hpp"

namespace pgvista::db {

/// A session-level advisory lock, taken by polling: a blocking one would wait inside a snapshot and so deadlock with
/// CREATE INDEX CONCURRENTLY. Released at the end of the scope.
class AdvisoryLock {
 public:
  /// `what` names the thing that is locked; the same text is the same lock in one database.
  /// `in_transaction`: it is held by an open transaction of this connection, which is used for nothing else: behind a pooler
  /// the next statement of a session may be another session's.
  AdvisoryLock(Connection& connection, std::string what, bool in_transaction = false) : connection_(connection), what_(std::move(what)), in_transaction_(in_transaction) {}
  ~AdvisoryLock();
  AdvisoryLock(const AdvisoryLock&) = delete;
  AdvisoryLock& operator=(const AdvisoryLock&) = delete;

  bool try_lock();
  /// Polls until it has the lock. `on_wait` is called once when it has to wait; `give_up` before every try, and ends
  /// the wait without the lock when it returns true. Returns whether it has the lock.
  bool lock(const std::function<void()>& on_wait = {}, const std::function<bool()>& give_up = {});

 private:
  Connection& connection_;
  std::string what_;
  bool in_transaction_;
  bool held_ = false;
};

/// Waits, but not past an interrupt.
void pause(std::chrono::milliseconds time);

}  // namespace pgvista::db
