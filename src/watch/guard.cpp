#include "watch/guard.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "db/interrupt.hpp"

namespace pgvista::watch {

using namespace std::chrono_literals;
using catalog::InstalledProgram;

namespace {

constexpr auto between_looks = 30s;
constexpr auto longest_before_look = std::chrono::seconds(3600);

}  // namespace

void Guard::run() {
  const db::Uninterrupted uninterrupted;
  Reconnection connection(shared_, {});
  while (!shared_.stopping) {
    if (!shared_.active()) {
      shared_.rest(1s);
      continue;
    }
    db::Connection* known = connection.get();
    if (!known) continue;
    try {
      look(*known);
      connection.well();
      // What wakes the others is no reason to look again.
      const auto next = Clock::now() + between_looks;
      while (!shared_.stopping && Clock::now() < next) shared_.rest(1s);
    } catch (const std::exception& failure) {
      connection.failed(failure);
    }
  }
}

void Guard::look(db::Connection& connection) {
  schema::Database database;
  database.ledger = true;
  const std::vector<InstalledProgram> installed = catalog::read_programs(connection, database);
  const catalog::HealthReader health(connection);
  shared_.journal.change(shared_.options.database, [&](DatabaseState& state) {
    std::erase_if(state.views, [&](const auto& known) {
      const auto maintenance = maintenance_named(known.second.mode);
      const bool guarded = maintenance && kept_by_triggers(*maintenance);
      return guarded && std::none_of(installed.begin(), installed.end(),
                                     [&](const InstalledProgram& one) { return one.view.display() == known.first; });
    });
  });
  for (const InstalledProgram& program : installed) {
    // One that is being filled is sync's, which is at it; when it was broken off, status says so.
    if (program.store.name.empty() || program.filling) continue;
    tell(program, health.of(program));
    if (program.state == "stale") bring_back(installed, program);
  }
}

void Guard::tell(const InstalledProgram& program, const std::vector<std::string>& health) {
  const std::string wrong = join(health, "; ");
  shared_.journal.change(shared_.options.database, [&](DatabaseState& state) {
    ViewState& view = state.views[program.view.display()];
    view.mode = program.mode;
    view.kept = health.empty() && program.state.empty();
  });
  const std::string before = std::exchange(told_[program.name], wrong);
  if (before == wrong) return;
  const bool well = wrong.empty();
  shared_.journal.log(well ? Journal::Level::info : Journal::Level::error, shared_.options.database,
                      well ? "kept" : "not_kept", program.view.display() + ": " + (well ? "it is kept again" : wrong),
                      {{"view", program.view.display()}});
}

// Nobody is held up for a query that fails: it is computed once before anything is locked.
void Guard::bring_back(const std::vector<InstalledProgram>& installed, const InstalledProgram& program) {
  Attempt& attempt = attempts_[program.name];
  if (!shared_.options.bring_back || attempt.again > Clock::now()) return;
  try {
    shared_.options.bring_back(installed, program.view);
    attempts_.erase(program.name);
    shared_.journal.log(Journal::Level::info, shared_.options.database, "brought_back",
                        program.view.display() + ": its rows were computed anew, and it is kept again",
                        {{"view", program.view.display()}});
  } catch (const Failure& failure) {
    attempt.again = Clock::now() + std::min<Clock::duration>(longest_before_look,
                                                             between_looks * (1 << std::min(attempt.failures++, 7)));
    if (attempt.failures == 1)
      shared_.journal.log(Journal::Level::error, shared_.options.database, "not_brought_back",
                          program.view.display() + ": " + failure.error().message, {{"view", program.view.display()}});
  }
}

}  // namespace pgvista::watch
