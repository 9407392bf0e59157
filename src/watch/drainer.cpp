#include "watch/drainer.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>

#include "base/text.hpp"
#include "db/interrupt.hpp"

namespace pgvista::watch {

using namespace std::chrono_literals;
using catalog::DeferredProgram;

namespace {

constexpr auto between_surveys = 1s;
constexpr auto between_sweeps = 1s;
constexpr auto between_program_reads = 30s;
// So long without a change, it is asked less often whether there is one.
constexpr auto idle_after = 5s;
constexpr auto longest_look = 1s;
// Of all but a batch, which has its own timeout.
constexpr std::chrono::milliseconds longest_answer = 20s;
constexpr std::chrono::milliseconds behind_its_timeout = 15s;
constexpr const char* lock_timeout = "2s";
constexpr double long_lag_seconds = 10;

constexpr auto longest_before_attempt = std::chrono::milliseconds(60'000);

bool is_busy(const std::string& sqlstate) { return sqlstate == "40001" || sqlstate == "40P01" || sqlstate == "55P03"; }

}  // namespace

void Drainer::log(Journal::Level level, const std::string& event, const sql::Name& view, const std::string& text,
                  boost::json::object fields) {
  fields["view"] = view.display();
  shared_.journal.log(level, shared_.options.database, event, view.display() + ": " + text, std::move(fields));
}

void Drainer::run() {
  const db::Uninterrupted uninterrupted;
  Reconnection connection(shared_, longest_answer);
  const db::Connection* before = nullptr;
  while (!shared_.stopping) {
    if (!shared_.active()) {
      shared_.rest(1s);
      programs_known_ = false;
      continue;
    }
    db::Connection* known = connection.get();
    if (!known) continue;
    if (known != before) {
      listening_ = programs_known_ = false;
      before = known;
    }
    try {
      step(*known);
      connection.well();
    } catch (const std::exception& failure) {
      before = nullptr;
      connection.failed(failure);
    }
  }
}

void Drainer::step(db::Connection& connection) {
  if (!listening_) {
    connection.execute("LISTEN pgvista_schema");
    listening_ = true;
  }
  if (!programs_known_ || Clock::now() - last_read_ > between_program_reads) read_programs(connection);
  const bool idle = Clock::now() - last_work_ > idle_after;
  const bool look = may_wait(connection);
  // First, so that a queue that nobody has drained for long is found to be too long before it is drained.
  if ((look || !idle) && Clock::now() - last_survey_ >= between_surveys) survey(connection);
  if (look) {
    const bool told = catalog::tell_waiting(connection);
    if (apply_waiting(connection, false) || told) {
      last_work_ = Clock::now();
      in_vain_ = 0;
      swept_ = false;
    } else {
      look_ = Clock::now() +
              std::min<Clock::duration>(
                  longest_look, std::chrono::milliseconds(shared_.options.settings.poll << std::min(in_vain_++, 6)));
    }
  }
  if (!swept_ && Clock::now() - last_sweep_ >= between_sweeps)
    sweep(connection, idle ? 1 : shared_.options.settings.rotate_bytes);
  rest(connection);
}

// Has anything been noted since the last look, or by a transaction that has only ended since? While some of these run
// they are looked at less and less often. What is known from elsewhere (a program made, a view set stale) is looked at,
// too.
bool Drainer::may_wait(db::Connection& connection) {
  const catalog::Pulse pulse = catalog::read_pulse(connection);
  const bool noted = std::exchange(noted_, pulse.noted) != pulse.noted;
  if (noted) horizon_ = catalog::next_transaction(connection);
  const bool open = pulse.oldest < horizon_;
  const bool ended = std::exchange(open_, open) && !open;
  const bool again = std::any_of(attempts_.begin(), attempts_.end(), [](const auto& one) {
    return one.second.failures > 0 && one.second.again <= Clock::now();
  });
  return noted || ended || again || std::exchange(unlooked_, false) || (open && Clock::now() >= look_);
}

void Drainer::read_programs(db::Connection& connection) {
  catalog::find_restored(connection);
  programs_ = catalog::read_deferred(connection);
  programs_known_ = unlooked_ = true;
  last_read_ = Clock::now();
  shared_.journal.change(shared_.options.database, [&](DatabaseState& state) {
    std::erase_if(state.views, [&](const auto& known) {
      return known.second.mode == "deferred" &&
             std::none_of(programs_.begin(), programs_.end(),
                          [&](const DeferredProgram& one) { return one.view.display() == known.first; });
    });
    for (const DeferredProgram& one : programs_) {
      if (!one.refreshed) state.views[one.view.display()].mode = "deferred";
    }
  });
  std::erase_if(programs_, [](const DeferredProgram& one) { return one.refreshed; });
}

// Returns whether something waited. `all`: also what failed a moment ago.
bool Drainer::apply_waiting(db::Connection& connection, bool all) {
  bool any = false;
  for (const DeferredProgram& program : catalog::waiting(connection, programs_)) {
    if (shared_.stopping && !all) break;
    Attempt& attempt = attempts_[program.program];
    if (!all && attempt.again > Clock::now()) continue;
    any = true;
    apply(connection, program);
  }
  return any;
}

bool Drainer::apply(db::Connection& connection, const DeferredProgram& program) {
  // What a batch was too long for is computed as a whole, however long that takes.
  const bool patient = attempts_[program.program].failures > 0;
  const auto began = Clock::now();
  connection.answer_within(
      patient ? 0ms : std::chrono::milliseconds(shared_.options.settings.batch_timeout) + behind_its_timeout);
  try {
    const catalog::Drained done = catalog::drain(
        connection, program, lock_timeout, patient ? "0" : fmt::format("{}ms", shared_.options.settings.batch_timeout));
    const double ms = std::chrono::duration<double, std::milli>(Clock::now() - began).count();
    connection.answer_within(longest_answer);
    attempts_.erase(program.program);
    if (!done.whole && done.changes == 0) return true;
    shared_.journal.change(shared_.options.database, [&](DatabaseState& state) {
      ViewState& view = state.views[program.view.display()];
      ++view.batches;
      view.rows += static_cast<unsigned long long>(done.changes);
      view.last_rows = done.changes;
      view.last_ms = ms;
      view.busy_seconds += ms / 1000;
      view.error.clear();
      view.stale.clear();
      view.waiting_rows = 0;
      view.lag_seconds = 0;
    });
    log(done.whole ? Journal::Level::info : Journal::Level::detail, "batch", program.view,
        done.whole ? fmt::format("computed as a whole in {}", human_duration(ms))
                   : fmt::format("{} changed rows in {}", done.changes, human_duration(ms)),
        {{"rows", done.changes}, {"duration_ms", ms}, {"whole", done.whole}});
    return true;
  } catch (const Failure& failure) {
    if (connection.lost()) throw;
    connection.answer_within(longest_answer);
    failed(connection, program, failure.error(),
           std::chrono::duration<double, std::milli>(Clock::now() - began).count());
    return false;
  }
}

void Drainer::failed(db::Connection& connection, const DeferredProgram& program, const Error& error, double took_ms) {
  Attempt& attempt = attempts_[program.program];
  const int times = attempt.failures++;
  // A sync may have taken it away meanwhile, or another one has drained it, or a lock is in the way: later.
  programs_known_ = false;
  if (error.sqlstate == "42704" || error.sqlstate == "42883" || error.sqlstate == "42P01" || is_busy(error.sqlstate)) {
    attempt.again =
        Clock::now() + std::min(std::chrono::milliseconds(50 << std::min(times, 6)), longest_before_attempt);
    if (times < 5) return;
  } else {
    attempt.again =
        Clock::now() + std::min(std::chrono::milliseconds(500 << std::min(times, 8)), longest_before_attempt);
  }
  if (error.sqlstate == "57014" && took_ms >= shared_.options.settings.batch_timeout) {
    catalog::set_stale(
        connection, program.program,
        fmt::format("a batch took longer than {}", human_duration(shared_.options.settings.batch_timeout)));
    attempt.again = Clock::now();
    unlooked_ = true;
  }
  shared_.journal.change(shared_.options.database, [&](DatabaseState& state) {
    ViewState& view = state.views[program.view.display()];
    ++view.failures;
    view.error = error.message;
  });
  log(Journal::Level::error, "batch_failed", program.view, error.message,
      {{"sqlstate", error.sqlstate}, {"attempt", times + 1}});
}

void Drainer::survey(db::Connection& connection) {
  last_survey_ = Clock::now();
  for (const catalog::Lag& lag : catalog::read_lags(connection)) {
    shared_.journal.change(shared_.options.database, [&](DatabaseState& state) {
      const auto view = state.views.find(lag.view.display());
      if (view == state.views.end()) return;
      view->second.lag_seconds = lag.seconds.value_or(0);
      view->second.waiting_rows = lag.changes;
      view->second.queue_bytes = lag.bytes;
      view->second.stale = lag.stale.value_or("");
    });
    judge(connection, lag);
  }
}

void Drainer::judge(db::Connection& connection, const catalog::Lag& lag) {
  const project::WatchSettings& settings = shared_.options.settings;
  // Queues hold what others still wait for, too, and what cannot be swept away yet: only a view that lags is judged by
  // their size.
  const bool lags = lag.seconds.value_or(0) > long_lag_seconds;
  // A refresh is a whole anyway: what matters there is how many notes wait.
  const long long waiting = lag.refreshed ? lag.notes : lag.changes;
  if (lag.stale || (waiting <= settings.max_rows && !(lags && lag.bytes > settings.max_bytes))) return;
  const std::string why =
      waiting > settings.max_rows
          ? fmt::format("{} changed rows waited, more than {}", waiting, settings.max_rows)
          : fmt::format("its queues held {}, more than {}", human_size(lag.bytes), human_size(settings.max_bytes));
  catalog::set_stale(connection, lag.program, why);
  unlooked_ = true;
  log(Journal::Level::error, "stale", lag.view, why + ": it is computed as a whole next",
      {{"rows", lag.changes}, {"bytes", lag.bytes}});
  swept_ = false;
}

// Drained tables of the queues are emptied, and the next one has its turn.
void Drainer::sweep(db::Connection& connection, long long rotate_at) {
  last_sweep_ = Clock::now();
  if (!owner_) return;
  try {
    sweep_queues(connection, rotate_at);
  } catch (const db::QueryFailure& failure) {
    if (connection.lost() || failure.error().sqlstate != "42501") throw;
    owner_ = false;
    shared_.journal.log(
        Journal::Level::error, shared_.options.database, "not_the_owner",
        failure.error().message + ": queues cannot be emptied; run pgvista watch as the role that syncs");
  }
}

void Drainer::sweep_queues(db::Connection& connection, long long rotate_at) {
  const int now = static_cast<int>(connection.query("SELECT pgvista.queue_side()").integer(0, 0));
  int next = now;
  {
    db::Transaction transaction(connection, "ISOLATION LEVEL READ COMMITTED");
    next = static_cast<int>(
        connection.query("SELECT pgvista.sweep_queues($1)", {std::to_string(rotate_at)}).integer(0, 0));
    transaction.commit();
  }
  if (next != now)
    connection.execute(fmt::format(
        "CREATE OR REPLACE FUNCTION pgvista.queue_side() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT {}'", next));
  const bool empty = connection
                         .query(
                             "SELECT coalesce(sum(pg_catalog.pg_relation_size(q::regclass)), 0) = 0 FROM "
                             "pgvista.deferred AS d CROSS JOIN unnest(d.queues) AS q")
                         .boolean(0, 0);
  swept_ = empty && rotate_at == 1;
}

void Drainer::rest(db::Connection& connection) {
  // What has come with other answers makes the socket no longer readable.
  if (hear(connection)) return;
  const bool busy = Clock::now() - last_work_ <= idle_after;
  const int longest = busy ? shared_.options.settings.poll : shared_.options.settings.idle_poll;
  pollfd waits[] = {{PQsocket(connection.raw()), POLLIN, 0}, {shared_.wakes_fd(), POLLIN, 0}};
  ::poll(waits, 2, longest);
  if (waits[1].revents != 0) {
    std::uint64_t ignored = 0;
    [[maybe_unused]] const auto got = read(shared_.wakes_fd(), &ignored, sizeof ignored);
    programs_known_ = false;
  }
  hear(connection);
}

bool Drainer::hear(db::Connection& connection) {
  bool any = false;
  if (PQconsumeInput(connection.raw()) == 0) return true;  // the next statement tells
  while (PGnotify* one = PQnotifies(connection.raw())) {
    if (std::string_view(one->relname) == "pgvista_schema") programs_known_ = false;
    PQfreemem(one);
    any = true;
  }
  return any;
}

bool Drainer::once(db::Connection& connection) {
  read_programs(connection);
  catalog::tell_waiting(connection);
  survey(connection);
  bool well = true;
  for (const DeferredProgram& program : catalog::waiting(connection, programs_)) {
    // Somebody may be writing to it, or a batch may have to be done in another way: a few times.
    for (int attempt = 0; attempt < 3; ++attempt) {
      if (apply(connection, program)) break;
      if (attempt == 2) well = false;
    }
  }
  sweep(connection, 1);
  sweep(connection, 1);
  return well;
}

}  // namespace pgvista::watch
