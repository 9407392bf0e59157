#pragma once
// The clocks of one database's views: moves those that have got older than they may, and the views' rows with them.

#include <chrono>
#include <map>

#include "catalog/clocks.hpp"
#include "watch/keeper.hpp"

namespace pgvista::watch {

class Timekeeper {
 public:
  explicit Timekeeper(Shared& shared) : shared_(shared) {}
  /// Until the keeper is stopped.
  void run();
  /// All of them, however old they are. Returns whether all went well.
  bool once(db::Connection& connection);

 private:
  using Clock = std::chrono::steady_clock;
  std::chrono::milliseconds step(db::Connection& connection);
  bool move(db::Connection& connection, const catalog::ProgramClock& clock);

  Shared& shared_;
  std::map<std::string, int> failures_;             // of a program, one after the other
  std::map<std::string, Clock::time_point> again_;  // not before, after a failure
};

}  // namespace pgvista::watch
