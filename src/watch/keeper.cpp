#include "watch/keeper.hpp"

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <thread>

#include "catalog/deferred.hpp"
#include "db/interrupt.hpp"
#include "ledger/schema.hpp"
#include "refresh/refresh.hpp"
#include "watch/drainer.hpp"
#include "watch/guard.hpp"
#include "watch/refresher.hpp"
#include "watch/timekeeper.hpp"

namespace pgvista::watch {

using std::chrono::milliseconds;

// --- Shared
// ---------------------------------------------------------------------------------------------------------------

void Shared::open() { fd_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

Shared::~Shared() {
  if (fd_ >= 0) close(fd_);
}

void Shared::rest(milliseconds time) {
  std::unique_lock lock(mutex_);
  const unsigned before = wakes_;
  changed_.wait_for(lock, time, [&] { return wakes_ != before || stopping; });
}

void Shared::wake() {
  {
    const std::lock_guard lock(mutex_);
    ++wakes_;
    changed_.notify_all();
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(fd_, &one, sizeof one);
}

// --- Reconnection
// -----------------------------------------------------------------------------------------------------------

db::Connection* Reconnection::get() {
  if (connection_ && !connection_->lost()) return connection_.get();
  connection_.reset();
  try {
    connection_ = shared_.options.connect();
    connection_->answer_within(longest_);
    return connection_.get();
  } catch (const std::exception& failure) {
    failed(failure);
    return nullptr;
  }
}

void Reconnection::failed(const std::exception& failure) {
  if (!connection_ || connection_->lost())
    shared_.journal.change(shared_.options.database, [](DatabaseState& state) { state.connected = false; });
  if (failures_ == 0)
    shared_.journal.log(Journal::Level::error, shared_.options.database, "database_failed",
                        std::string(failure.what()) + "; trying again");
  if (connection_ && connection_->lost()) connection_.reset();
  thread_local std::minstd_rand random{std::random_device{}()};
  const int longest = std::min(5000, 100 << std::min(failures_++, 6));
  shared_.rest(milliseconds(longest / 2 + static_cast<int>(random() % static_cast<unsigned>(longest / 2))));
}

// --- Keeper
// -------------------------------------------------------------------------------------------------------------------

struct Keeper::Inside {
  Inside(KeeperOptions options, Journal& journal)
      : shared(std::move(options), journal), lease(shared.options.settings.lease) {
    shared.open();
  }

  Shared shared;
  Lease lease;
  std::vector<std::thread> threads;
  std::atomic<bool> done = false;
  bool said_active = false;
  std::mutex beating;
  std::condition_variable beat;

  bool has_ledger(db::Connection& connection) {
    const ledger::State state = ledger::read_state(connection);
    ledger::refuse_newer(state);
    ledger::refuse_stranger(connection);
    if (state.schema_version == 0) return false;
    if (!state.current) {
      db::Transaction transaction(connection);
      // Writers queue behind a lock that is waited for: not for long, and again at the next beat.
      connection.limit(refresh::Request{}.lock_timeout, {});
      ledger::upgrade(connection);
      transaction.commit();
    }
    return true;
  }

  // Takes the lease and renews it on a connection of its own, which no batch keeps busy.
  void keep_lease() {
    const db::Uninterrupted uninterrupted;
    Reconnection connection(shared, milliseconds(std::max(shared.options.settings.lease, 5000)));
    bool said_empty = false;
    while (!done) {
      if (db::Connection* known = connection.get()) {
        try {
          const auto asked = std::chrono::steady_clock::now();
          const bool there = has_ledger(*known);
          shared.journal.change(shared.options.database, [](DatabaseState& state) { state.connected = true; });
          if (!there && !std::exchange(said_empty, true))
            shared.journal.log(Journal::Level::info, shared.options.database, "nothing_here",
                               "nothing to keep yet: pgvista sync makes the views");
          const bool held = there && (!shared.stopping || shared.active()) && lease.hold(*known);
          // Not renewed in time, another one may have it.
          shared.active_until =
              held ? (asked + milliseconds(shared.options.settings.lease)).time_since_epoch().count() : 0;
          set_active(held);
          connection.well();
          beat_rest();
        } catch (const std::exception& failure) {
          connection.failed(failure);
        }
      }
      if (!shared.active()) set_active(false);
    }
    if (shared.active()) {
      try {
        if (db::Connection* known = connection.get()) lease.release(*known);
      } catch (const std::exception&) {
        // It runs out.
      }
    }
  }

  // Through the end of what the others still do: wake-ups in the meantime are theirs.
  void beat_rest() {
    std::unique_lock lock(beating);
    beat.wait_for(lock, milliseconds(shared.options.settings.lease / 3), [this] { return done.load(); });
  }

  void set_active(bool active) {
    if (std::exchange(said_active, active) == active) return;
    shared.journal.change(shared.options.database, [&](DatabaseState& state) {
      state.active = active;
      state.term = lease.term();
    });
    shared.journal.log(Journal::Level::info, shared.options.database, active ? "active" : "standby",
                       active ? "keeps the views" : "stands by: another process keeps the views, or there are none",
                       {{"term", lease.term()}, {"holder", lease.holder()}});
    shared.wake();
  }
};

Keeper::Keeper(KeeperOptions options, Journal& journal)
    : inside_(std::make_unique<Inside>(std::move(options), journal)) {}
Keeper::~Keeper() { stop(); }

void Keeper::start() {
  Shared& shared = inside_->shared;
  inside_->threads.emplace_back([this] { inside_->keep_lease(); });
  inside_->threads.emplace_back([&shared] { Drainer(shared).run(); });
  inside_->threads.emplace_back([&shared] { Refresher(shared).run(); });
  inside_->threads.emplace_back([&shared] { Timekeeper(shared).run(); });
  inside_->threads.emplace_back([&shared] { Guard(shared).run(); });
}

void Keeper::reload() {
  ++inside_->shared.generation;
  inside_->shared.wake();
}

void Keeper::stop() {
  inside_->shared.stopping = true;
  inside_->shared.wake();
  // The lease is given back by the first, when the others have finished.
  while (!inside_->threads.empty()) {
    if (inside_->threads.size() == 1) {
      const std::lock_guard lock(inside_->beating);
      inside_->done = true;
      inside_->beat.notify_all();
    }
    inside_->threads.back().join();
    inside_->threads.pop_back();
  }
}

bool Keeper::once() {
  Shared& shared = inside_->shared;
  const std::unique_ptr<db::Connection> connection = shared.options.connect();
  shared.journal.change(shared.options.database, [](DatabaseState& state) { state.connected = true; });
  if (!inside_->has_ledger(*connection)) return true;
  if (!inside_->lease.hold(*connection)) {
    shared.journal.log(
        Journal::Level::info, shared.options.database, "standby",
        fmt::format("{} keeps the views", catalog::active_watch(*connection).value_or("another process")));
    return true;
  }
  shared.active_until = std::chrono::steady_clock::time_point::max().time_since_epoch().count();
  bool well = Guard(shared).once(*connection);
  well &= Timekeeper(shared).once(*connection);
  well &= Drainer(shared).once(*connection);
  well &= Refresher(shared).once(*connection);
  inside_->lease.release(*connection);
  return well;
}

}  // namespace pgvista::watch
