#include "watch/timekeeper.hpp"

#include <algorithm>

#include "catalog/deferred.hpp"
#include "db/interrupt.hpp"

namespace pgvista::watch {

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds longest_move = 20s;
constexpr std::chrono::milliseconds between_reads_of_clocks = 5s;  // for clocks of new views
constexpr std::chrono::milliseconds shortest_rest = 50ms;
constexpr std::chrono::milliseconds first_pause = 1s;
constexpr int most_pauses = 6;
constexpr const char* wait_for_tables = "2s";

}  // namespace

void Timekeeper::run() {
  const db::Uninterrupted uninterrupted;
  Reconnection connection(shared_, longest_move);
  while (!shared_.stopping) {
    if (!shared_.active()) {
      shared_.rest(1s);
      continue;
    }
    db::Connection* known = connection.get();
    if (!known) continue;
    try {
      const std::chrono::milliseconds rest = step(*known);
      connection.well();
      shared_.rest(rest);
    } catch (const std::exception& failure) {
      connection.failed(failure);
    }
  }
}

// Returns how long it is until the next clock is too old.
std::chrono::milliseconds Timekeeper::step(db::Connection& connection) {
  auto rest = between_reads_of_clocks;
  for (const catalog::ProgramClock& one : catalog::read_clocks(connection)) {
    if (shared_.stopping || !one.age || again_[one.program] > Clock::now()) continue;
    double left = one.every_ms - *one.age;
    if (left <= 0 && move(connection, one)) left = one.every_ms;
    rest = std::min(rest, std::chrono::milliseconds(static_cast<long long>(std::clamp(left, 0.0, 1e9))));
  }
  return std::max(rest, shortest_rest);
}

bool Timekeeper::move(db::Connection& connection, const catalog::ProgramClock& clock) {
  try {
    if (clock.deferred) {
      for (const catalog::DeferredProgram& program : catalog::read_deferred(connection)) {
        if (program.program == clock.program) catalog::drain(connection, program, wait_for_tables);
      }
    } else {
      catalog::move_clock(connection, clock);
    }
    failures_.erase(clock.program);
    again_.erase(clock.program);
    return true;
  } catch (const Failure& failure) {
    if (connection.lost()) throw;
    const int times = failures_[clock.program]++;
    again_[clock.program] = Clock::now() + first_pause * (1 << std::min(times, most_pauses));
    // Writers, or another batch, may be in the way for a while.
    const std::string& state = failure.error().sqlstate;
    const bool busy = state == "40001" || state == "40P01" || state == "55P03";
    if (!busy || times == most_pauses)
      shared_.journal.log(Journal::Level::error, shared_.options.database, "clock_failed",
                          clock.view.display() + ": its present time could not be moved: " + failure.error().message,
                          {{"view", clock.view.display()}});
    return false;
  }
}

bool Timekeeper::once(db::Connection& connection) {
  bool well = true;
  for (const catalog::ProgramClock& one : catalog::read_clocks(connection)) well &= move(connection, one);
  return well;
}

}  // namespace pgvista::watch
