#include "refresh/refresh.hpp"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "catalog/deferred.hpp"
#include "catalog/ledger.hpp"
#include "catalog/read.hpp"
#include "db/advisory_lock.hpp"
#include "db/retry.hpp"
#include "db/interrupt.hpp"
#include "refresh/eligibility.hpp"
#include "catalog/runs.hpp"
#include "ledger/schema.hpp"

namespace pgvista::refresh {

using schema::Database;
using schema::Relation;
using schema::ViewDefinition;

const char* to_string(Mode mode) {
  constexpr const char* names[] = {"full", "concurrent", "populate"};
  return names[static_cast<int>(mode)];
}

namespace {

Error view_error(std::string code, std::string message, std::string hint, const ViewDefinition& view) {
  Error error;
  error.code = std::move(code);
  error.message = std::move(message);
  error.hint = std::move(hint);
  error.file = view.source.file;
  return error;
}

// What is asked of one view, or why not.
struct Choice {
  std::optional<Mode> mode;
  std::optional<Error> error;
};

Choice choose(const ViewDefinition& view, const Relation* live, const Request& request) {
  if (!live || !live->materialized()) {
    return {{},
            view_error("not_synced", fmt::format("\"{}\" does not exist as a materialized view", view.name.display()),
                       "Run pgvista sync first.", view)};
  }
  if (!live->populated) return {Mode::populate, {}};
  if (!request.concurrently) return {Mode::full, {}};
  const auto why_not = why_not_concurrently(*live);
  if (!why_not) return {Mode::concurrent, {}};
  if (request.fallback) return {Mode::full, {}};
  return {{},
          view_error("not_concurrent",
                     fmt::format("\"{}\" cannot be refreshed concurrently: {}", view.name.display(), *why_not),
                     "Declare a unique index on plain columns, or allow --fallback, which lets readers wait.", view)};
}

class Worker {
 public:
  Worker(db::Connection& connection, const Request& request, const Watcher& watcher, std::mutex& watching)
      : connection_(connection), request_(request), watcher_(watcher), watching_(watching) {}

  Result run(const ViewDefinition& view, const std::string& asked_at) {
    Result result;
    result.name = view.name;
    try {
      refresh_one(view, asked_at, result);
    } catch (const Failure& failure) {
      if (connection_.lost() || db::interrupted()) throw;
      result.error = failure.error();
      result.error->file = view.source.file;
    }
    return result;
  }

 private:
  void refresh_one(const ViewDefinition& view, const std::string& asked_at, Result& result) {
    // Another refresh that begins after we asked sees everything that we would see.
    const auto covered = [&] {
      const auto run = catalog::run_since(connection_, view.name, asked_at);
      if (run) {
        result.mode = run->mode == "concurrent" ? Mode::concurrent
                      : run->mode == "populate" ? Mode::populate
                                                : Mode::full;
        result.duration_ms = run->duration_ms;
        result.rows = run->rows;
        result.shared = true;
      }
      return run.has_value();
    };
    db::AdvisoryLock lock(connection_, "pgvista refresh " + view.name.sql());
    const db::Wait wait{fmt::format("{} is being refreshed already", view.name.display()), request_.wait_timeout,
                        "wait_timeout in [refresh]", [&](const std::string& text) { message(text); }};
    if (!lock.lock(wait, covered)) return;
    if (covered()) return;
    records_ = catalog::may_record(connection_);
    if (!records_) message("this role may not write pgvista's ledger: the refresh leaves no history");
    if (records_) catalog::close_dead_runs(connection_, view.name);
    // It may have been populated, or made anew, meanwhile.
    const Database now = catalog::read_database(connection_, {view.name.name});
    const Relation* live = now.find(view.name);
    const Choice choice = choose(view, live, request_);
    result.mode = choice.mode;
    result.error = choice.error;
    if (choice.error) return;
    run_refresh(view, *live, *choice.mode, now, result);
  }

  void run_refresh(const ViewDefinition& view, const Relation& live, Mode mode, const Database& now, Result& result) {
    const auto expected = catalog::expected_duration(connection_, view.name, to_string(mode));
    {
      const std::lock_guard guard(watching_);
      watcher_.started(view.name, mode, expected);
    }
    const auto start = std::chrono::steady_clock::now();
    const long long id =
        !records_ ? 0
                  : catalog::start_run(connection_, view.name, to_string(mode),
                                       catalog::change_counters(connection_, catalog::base_tables(now, live.oid)));
    const auto once = [&] {
      db::Transaction transaction(connection_);
      connection_.limit(request_.lock_timeout, request_.statement_timeout);
      if (view.statement_timeout)
        connection_.query("SELECT pg_catalog.set_config('statement_timeout', $1, true)", {*view.statement_timeout});
      const std::string snapshot = catalog::current_snapshot(connection_);
      connection_.execute(std::string("REFRESH MATERIALIZED VIEW ") +
                          (mode == Mode::concurrent ? "CONCURRENTLY " : "") + view.name.sql());
      result.rows = count_rows(view, live.oid, mode);
      if (records_) {
        catalog::finish_run(connection_, id, live.oid, *result.rows);
        catalog::set_refresh_due(connection_, view.name, false);
        catalog::set_refreshed(connection_, view.name, snapshot);
      }
      if (view.notify) connection_.query("SELECT pg_catalog.pg_notify('pgvista', $1)", {view.name.sql()});
      transaction.commit();
    };
    try {
      // Readers wait behind whoever waits for them: not for long at a time.
      db::with_retries(
          request_.lock_retries,
          [&] {
            message(fmt::format("{} is being read or changed by another session; trying again", view.name.display()));
          },
          once);
    } catch (const Failure& failure) {
      if (!connection_.lost() && records_) {
        const db::Uninterrupted uninterrupted;
        catalog::fail_run(connection_, id, failure.error());
      }
      throw;
    }
    result.duration_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  }

  // A plain refresh keeps readers out until it commits: there the server's own count of what it inserted serves.
  long long count_rows(const ViewDefinition& view, schema::Oid oid, Mode mode) {
    if (mode != Mode::concurrent) {
      const long long inserted =
          connection_.query("SELECT pg_catalog.pg_stat_get_xact_tuples_inserted($1)", {std::to_string(oid)})
              .integer(0, 0);
      if (inserted > 0) return inserted;
    }
    return connection_.query("SELECT count(*) FROM " + view.name.sql()).integer(0, 0);
  }

  void message(const std::string& text) {
    const std::lock_guard guard(watching_);
    watcher_.message(text);
  }

  db::Connection& connection_;
  const Request& request_;
  const Watcher& watcher_;
  std::mutex& watching_;
  bool records_ = true;
};

// Hands out views whose parents are done.
class Board {
 public:
  Board(const Order& order, std::vector<Result>& results)
      : order_(order), results_(results), state_(order.views.size(), State::waiting) {}

  /// The next view to do, or nullopt when all are done or under way. A view whose parent failed is failed with it.
  std::optional<std::size_t> take() {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (stopped_) return std::nullopt;
      bool any_waiting = false;
      for (std::size_t i = 0; i < state_.size(); ++i) {
        if (state_[i] != State::waiting) continue;
        any_waiting = true;
        bool ready = true;
        for (const std::size_t parent : order_.parents[i]) ready = ready && state_[parent] == State::done;
        if (!ready) continue;
        state_[i] = State::running;
        return i;
      }
      if (!any_waiting) return std::nullopt;
      changed_.wait(lock);
    }
  }

  void finish(std::size_t i, Result result) {
    const std::lock_guard lock(mutex_);
    results_[i] = std::move(result);
    state_[i] = State::done;
    changed_.notify_all();
  }

  /// An unpopulated parent that could not be filled: nothing can be read from it.
  const ViewDefinition* blocking_parent(std::size_t i, const Database& database) {
    const std::lock_guard lock(mutex_);
    for (const std::size_t parent : order_.parents[i]) {
      const Relation* live = database.find(order_.views[parent]->name);
      if (results_[parent].error && live && !live->populated) return order_.views[parent];
    }
    return nullptr;
  }

  void stop(std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = failure;
    stopped_ = true;
    changed_.notify_all();
  }

  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  enum class State { waiting, running, done };
  const Order& order_;
  std::vector<Result>& results_;
  std::vector<State> state_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
  std::exception_ptr failure_;
};

}  // namespace

std::vector<Result> refresh(db::Connection& connection, const std::function<std::unique_ptr<db::Connection>()>& connect,
                            const std::vector<ViewDefinition>& views, const Database& database, const Request& request,
                            const Watcher& watcher) {
  const Order order = refresh_order(views, database, request);
  std::vector<Result> results(order.views.size());
  if (order.views.empty()) return results;
  if (!database.ledger) {
    db::Transaction transaction(connection);
    ledger::upgrade(connection);
    transaction.commit();
  }
  const std::string asked_at = catalog::server_clock(connection);
  Board board(order, results);
  std::mutex watching;
  const auto work = [&](db::Connection& own) {
    try {
      Worker worker(own, request, watcher, watching);
      while (const auto next = board.take()) {
        const ViewDefinition& view = *order.views[*next];
        Result result;
        if (const ViewDefinition* parent = board.blocking_parent(*next, database)) {
          result.name = view.name;
          result.error = view_error("parent_unpopulated",
                                    fmt::format("\"{}\" reads \"{}\", which could not be populated",
                                                view.name.display(), parent->name.display()),
                                    "Mend that one first.", view);
        } else {
          // With parents: a run counts as ours only if it began after they were done.
          result = worker.run(view, order.parents[*next].empty() ? asked_at : catalog::server_clock(own));
        }
        {
          const std::lock_guard guard(watching);
          watcher.finished(result);
        }
        board.finish(*next, std::move(result));
      }
    } catch (...) {
      board.stop(std::current_exception());
    }
  };
  std::vector<std::jthread> threads;
  for (int job = 1; job < request.jobs && static_cast<std::size_t>(job) < order.views.size(); ++job) {
    threads.emplace_back([&, finishes = db::uninterrupted()] {
      // As the one that it works for.
      std::optional<db::Uninterrupted> uninterrupted;
      if (finishes) uninterrupted.emplace();
      try {
        const std::unique_ptr<db::Connection> own = connect();
        work(*own);
      } catch (...) {
        board.stop(std::current_exception());
      }
    });
  }
  work(connection);
  threads.clear();
  board.rethrow();
  return results;
}

}  // namespace pgvista::refresh
