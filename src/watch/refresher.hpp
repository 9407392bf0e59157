#pragma once
// The views of one database that are refreshed: by their schedules, and soon after their tables changed.

#include <chrono>
#include <map>
#include <optional>

#include "catalog/deferred.hpp"
#include "schema/schedule.hpp"
#include "watch/keeper.hpp"

namespace pgvista::watch {

class Refresher {
 public:
  explicit Refresher(Shared& shared) : shared_(shared) {}
  /// Until the keeper is stopped.
  void run();
  /// What is due now: by a schedule, or because tables changed, however short ago. Returns whether all went well.
  bool once(db::Connection& connection);

 private:
  using Clock = std::chrono::steady_clock;
  struct Task {
    std::size_t view = 0;  // in views_
    std::optional<schema::Schedule> schedule;
    std::optional<double> debounce_ms;
    std::optional<double> due_at;  // by the schedule: seconds since 1970, by the server's clock
    int failures = 0;
    Clock::time_point again{};  // not before, after a failure
  };

  void read_definitions(db::Connection& connection);
  void set_due(db::Connection& connection, Task& task);
  std::vector<sql::Name> due(db::Connection& connection, bool at_once);
  bool changed_long_enough(const catalog::Lag& lag, const Task& task, bool at_once) const;
  bool refresh(db::Connection& connection, const std::vector<sql::Name>& due);
  void drain_below(db::Connection& connection, const std::vector<sql::Name>& names, const schema::Database& database);
  void done(const refresh::Result& result);
  std::chrono::milliseconds tick() const;
  Task* task_of(const sql::Name& view);

  Shared& shared_;
  std::vector<schema::ViewDefinition> views_;
  std::vector<Task> tasks_;
  std::vector<catalog::DeferredProgram> watched_;
  bool known_ = false;
  int generation_ = 0;
  Clock::time_point last_read_{};
};

}  // namespace pgvista::watch
