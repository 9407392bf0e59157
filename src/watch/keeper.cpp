#include "watch/keeper.hpp"

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <thread>

#include "catalog/deferred.hpp"
#include "catalog/ledger.hpp"
#include "db/interrupt.hpp"
#include "watch/draining.hpp"
#include "watch/refreshing.hpp"

namespace pgvista::watch {

using std::chrono::milliseconds;

// --- Shared ---------------------------------------------------------------------------------------------------------------

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

// --- Reconnecting -----------------------------------------------------------------------------------------------------------

db::Connection* Reconnecting::get() {
  if (connection_ && !connection_->lost()) return connection_.get();
  connection_.reset();
  try {
    connection_ = shared_.options.connect();
    failures_ = 0;
    return connection_.get();
  } catch (const Failure& failure) {
    failed(failure);
    return nullptr;
  }
}

void Reconnecting::failed(const Failure& failure) {
  if (!connection_ || connection_->lost()) shared_.journal.change(shared_.options.database, [](DatabaseState& state) { state.connected = false; });
  if (failures_ == 0) shared_.journal.log(Journal::Level::error, shared_.options.database, "database_failed", failure.error().message + "; trying again");
  if (connection_ && connection_->lost()) connection_.reset();
  thread_local std::minstd_rand random{std::random_device{}()};
  const int longest = std::min(5000, 100 << std::min(failures_++, 6));
  shared_.rest(milliseconds(longest / 2 + static_cast<int>(random() % static_cast<unsigned>(longest / 2))));
}

// --- Keeper -------------------------------------------------------------------------------------------------------------------

struct Keeper::Inside {
  Inside(KeeperOptions options, Journal& journal) : shared(std::move(options), journal), lease(shared.options.settings.lease) { shared.open(); }

  Shared shared;
  Lease lease;
  std::vector<std::thread> threads;

  bool has_ledger(db::Connection& connection) {
    if (!connection.query("SELECT pg_catalog.to_regclass('pgvista.view') IS NOT NULL").boolean(0, 0)) return false;
    if (connection.query("SELECT pg_catalog.to_regclass('pgvista.deferred') IS NULL").boolean(0, 0)) {
      db::Transaction transaction(connection);
      catalog::create_ledger(connection);
      transaction.commit();
    }
    return true;
  }

  // Takes the lease and renews it on a connection of its own, which no batch keeps busy.
  void beat() {
    const db::Uninterrupted uninterrupted;
    Reconnecting connection(shared);
    auto held_until = std::chrono::steady_clock::now();
    bool said_empty = false;
    while (!shared.stopping) {
      if (db::Connection* known = connection.get()) {
        try {
          const auto asked = std::chrono::steady_clock::now();
          const bool there = has_ledger(*known);
          shared.journal.change(shared.options.database, [](DatabaseState& state) { state.connected = true; });
          if (!there && !std::exchange(said_empty, true)) shared.journal.log(Journal::Level::info, shared.options.database, "nothing_here", "nothing to keep yet: pgvista sync makes the views");
          const bool held = there && lease.hold(*known);
          if (held) held_until = asked + milliseconds(shared.options.settings.lease);
          set_active(held);
          shared.rest(milliseconds(shared.options.settings.lease / 3));
        } catch (const Failure& failure) {
          connection.failed(failure);
        }
      }
      // Not renewed in time: another one may have it by now.
      if (std::chrono::steady_clock::now() >= held_until) set_active(false);
    }
    if (shared.active) {
      try {
        if (db::Connection* known = connection.get()) lease.release(*known);
      } catch (const Failure&) {
        // It runs out.
      }
    }
  }

  void set_active(bool active) {
    if (shared.active.exchange(active) == active) return;
    shared.journal.change(shared.options.database, [&](DatabaseState& state) {
      state.active = active;
      state.term = lease.term();
    });
    shared.journal.log(Journal::Level::info, shared.options.database, active ? "active" : "standby", active ? "keeps the views" : "stands by: another process keeps the views", {{"term", lease.term()}, {"holder", lease.holder()}});
    shared.wake();
  }
};

Keeper::Keeper(KeeperOptions options, Journal& journal) : inside_(std::make_unique<Inside>(std::move(options), journal)) {}
Keeper::~Keeper() { stop(); }

void Keeper::start() {
  Shared& shared = inside_->shared;
  inside_->threads.emplace_back([this] { inside_->beat(); });
  inside_->threads.emplace_back([&shared] { Draining(shared).run(); });
  inside_->threads.emplace_back([&shared] { Refreshing(shared).run(); });
}

void Keeper::reload() {
  ++inside_->shared.generation;
  inside_->shared.wake();
}

void Keeper::stop() {
  inside_->shared.stopping = true;
  inside_->shared.wake();
  // The lease is given back by the first, when the others have finished.
  for (auto thread = inside_->threads.rbegin(); thread != inside_->threads.rend(); ++thread) thread->join();
  inside_->threads.clear();
}

bool Keeper::once() {
  Shared& shared = inside_->shared;
  const std::unique_ptr<db::Connection> connection = shared.options.connect();
  shared.journal.change(shared.options.database, [](DatabaseState& state) { state.connected = true; });
  if (!inside_->has_ledger(*connection)) return true;
  if (!inside_->lease.hold(*connection)) {
    shared.journal.log(Journal::Level::info, shared.options.database, "standby", fmt::format("{} keeps the views", catalog::active_watch(*connection).value_or("another process")));
    return true;
  }
  shared.active = true;
  bool well = Draining(shared).once(*connection);
  well &= Refreshing(shared).once(*connection);
  inside_->lease.release(*connection);
  return well;
}

}  // namespace pgvista::watch
