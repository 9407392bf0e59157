#pragma once
// The deferred views of one database: takes what waits in the queues, in batches.

#include <chrono>
#include <map>
#include <optional>

#include "catalog/deferred.hpp"
#include "watch/keeper.hpp"

namespace pgvista::watch {

class Drainer {
 public:
  explicit Drainer(Shared& shared) : shared_(shared) {}
  /// Until the keeper is stopped.
  void run();
  /// Everything that waits now, and the queues emptied. Returns whether all went well.
  bool once(db::Connection& connection);

 private:
  using Clock = std::chrono::steady_clock;
  struct Attempt {
    int failures = 0;
    Clock::time_point again{};
  };

  void step(db::Connection& connection);
  void read_programs(db::Connection& connection);
  bool apply_waiting(db::Connection& connection, bool all);
  bool apply(db::Connection& connection, const catalog::DeferredProgram& program);
  void failed(db::Connection& connection, const catalog::DeferredProgram& program, const Error& error, double took_ms);
  void survey(db::Connection& connection);
  void judge(db::Connection& connection, const catalog::Lag& lag);
  void sweep(db::Connection& connection, long long rotate_at);
  void sweep_queues(db::Connection& connection, long long rotate_at);
  bool may_wait(db::Connection& connection);
  void rest(db::Connection& connection);
  bool hear(db::Connection& connection);
  void log(Journal::Level level, const std::string& event, const sql::Name& view, const std::string& text,
           boost::json::object fields = {});

  Shared& shared_;
  std::vector<catalog::DeferredProgram> programs_;
  std::map<std::string, Attempt> attempts_;
  bool programs_known_ = false;
  bool listening_ = false;
  bool owner_ = true;         // of the queues
  long long noted_ = -1;      // as it was when it was last seen
  long long horizon_ = 0;     // what was noted until then, was by older transactions than this
  bool open_ = true;          // some of them ran when they were last looked at
  bool unlooked_ = true;      // something that no note tells may wait
  int in_vain_ = 0;           // looks that found nothing while they run
  Clock::time_point look_{};  // not earlier while they run
  bool swept_ = false;
  Clock::time_point last_work_{};
  Clock::time_point last_survey_{};
  Clock::time_point last_sweep_{};
  Clock::time_point last_read_{};
};

}  // namespace pgvista::watch
