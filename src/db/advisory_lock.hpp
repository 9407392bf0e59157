#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "db/connection.hpp"

namespace pgvista::db {

/// An advisory lock of the session, taken by polling: a blocking one would wait inside a snapshot and so deadlock with
/// CREATE INDEX CONCURRENTLY. Behind a pooler it is held by an open transaction of a connection of its own. Released at
/// the end of the scope.
class AdvisoryLock {
 public:
  /// `what` names the thing that is locked; the same text is the same lock in one database.
  AdvisoryLock(Connection& connection, std::string what);
  ~AdvisoryLock();
  AdvisoryLock(const AdvisoryLock&) = delete;
  AdvisoryLock& operator=(const AdvisoryLock&) = delete;

  bool try_lock();
  /// Polls until it has the lock. `on_wait` is called once when it has to wait; `give_up` before every try, and ends
  /// the wait without the lock when it returns true. Returns whether it has the lock.
  bool lock(const std::function<void()>& on_wait = {}, const std::function<bool()>& give_up = {});

 private:
  std::unique_ptr<Connection> own_;  // behind a pooler
  Connection& connection_;
  std::string what_;
  bool held_ = false;
};

/// Waits, but not past an interrupt.
void pause(std::chrono::milliseconds time);

}  // namespace pgvista::db
