#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "db/connection.hpp"

namespace pgvista::db {

/// What somebody is told who waits for his turn, and for how long he does.
struct Wait {
  std::string other;                 // what has the lock: "another sync is running"
  std::chrono::milliseconds most{};  // then it is given up
  std::string setting;               // which setting says so, for the hint
  std::function<void(const std::string&)> message = [](const std::string&) {};  // once, with who has it
};

/// Calls `done` until it is true, with pauses. Throws Failure ("still_running", exit code `locked`, who has the lock
/// `what`) when that takes longer than `wait.most`.
void wait_for_turn(Connection& connection, const std::string& what, const Wait& wait,
                   const std::function<bool()>& done);

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
  /// Polls until it has the lock. `enough` is called before every try, and ends the wait without the lock when it
  /// returns true. Returns whether it has the lock. Throws as wait_for_turn does.
  bool lock(const Wait& wait, const std::function<bool()>& enough = {});

 private:
  std::unique_ptr<Connection> own_;  // behind a pooler
  Connection& connection_;
  std::string what_;
  bool held_ = false;
};

/// Waits, but not past an interrupt.
void pause(std::chrono::milliseconds time);

}  // namespace pgvista::db
