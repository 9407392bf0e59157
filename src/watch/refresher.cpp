#include "watch/refresher.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/duration.hpp"
#include "base/text.hpp"
#include "catalog/read.hpp"
#include "db/interrupt.hpp"

namespace pgvista::watch {

using namespace std::chrono_literals;
using schema::ViewDefinition;

namespace {

constexpr auto between_schedule_reads = 10s;
// A stream of changes that never rests puts the refresh off no further than this many times.
constexpr double longest_wait = 10;
constexpr auto first_retry = std::chrono::milliseconds(5000);
constexpr int most_doublings = 7;

}  // namespace

void Refresher::run() {
  const db::Uninterrupted uninterrupted;
  Reconnection connection(shared_, {});
  while (!shared_.stopping) {
    if (!shared_.active()) {
      known_ = false;
      shared_.rest(1s);
      continue;
    }
    db::Connection* known = connection.get();
    if (!known) continue;
    try {
      if (!known_ || generation_ != shared_.generation || Clock::now() - last_read_ > between_schedule_reads)
        read_definitions(*known);
      if (const std::vector<sql::Name> names = due(*known, false); !names.empty()) refresh(*known, names);
      connection.well();
      shared_.rest(tick());
    } catch (const std::exception& failure) {
      known_ = false;
      connection.failed(failure);
    }
  }
}

bool Refresher::once(db::Connection& connection) {
  read_definitions(connection);
  const std::vector<sql::Name> names = due(connection, true);
  return names.empty() || refresh(connection, names);
}

// Soon enough for the shortest pause after a change.
std::chrono::milliseconds Refresher::tick() const {
  double out = 1000;
  for (const Task& task : tasks_) out = std::min(out, task.debounce_ms.value_or(out * 4) / 4);
  return std::chrono::milliseconds(static_cast<int>(std::max(out, 50.0)));
}

Refresher::Task* Refresher::task_of(const sql::Name& view) {
  const auto found =
      std::find_if(tasks_.begin(), tasks_.end(), [&](const Task& one) { return views_[one.view].name == view; });
  return found == tasks_.end() ? nullptr : &*found;
}

// A definition that cannot be read leaves those that were known.
void Refresher::read_definitions(db::Connection& connection) {
  const bool first = !known_;
  const bool told = generation_ != shared_.generation;
  generation_ = shared_.generation;
  last_read_ = Clock::now();
  known_ = true;
  std::vector<ViewDefinition> read;
  bool broken = false;
  try {
    read = shared_.options.views();
  } catch (const Failure& failure) {
    if (first || told)
      shared_.journal.log(Journal::Level::error, shared_.options.database, "definitions_failed",
                          failure.error().message +
                              (failure.error().file.empty() ? "" : " (" + failure.error().file + ")") +
                              ": what was known before still holds");
    read = views_;
    broken = true;
  }
  const std::vector<Task> before = std::move(tasks_);
  const std::vector<ViewDefinition> old = std::move(views_);
  views_ = std::move(read);
  tasks_.clear();
  for (std::size_t i = 0; i < views_.size(); ++i) {
    const ViewDefinition& view = views_[i];
    if (schema::maintained(view) || !schema::kept_by_watch(view)) continue;
    Task task;
    task.view = i;
    if (!view.schedule.empty()) task.schedule = schema::parse_schedule(view.schedule);
    if (!view.refresh_on_change.empty()) task.debounce_ms = duration_ms(view.refresh_on_change);
    for (const Task& known : before) {
      if (old[known.view].name != view.name) continue;
      task.failures = known.failures;
      task.again = known.again;
    }
    set_due(connection, task);
    tasks_.push_back(std::move(task));
  }
  watched_ = catalog::read_deferred(connection);
  std::erase_if(watched_, [](const catalog::DeferredProgram& one) { return !one.refreshed; });
  shared_.journal.change(shared_.options.database, [&](DatabaseState& state) {
    std::erase_if(state.views, [&](const auto& known) {
      return known.second.mode == "manual" && std::none_of(tasks_.begin(), tasks_.end(), [&](const Task& one) {
               return views_[one.view].name.display() == known.first;
             });
    });
    for (const Task& task : tasks_) state.views[views_[task.view].name.display()].mode = "manual";
  });
  if (told && !broken)
    shared_.journal.log(Journal::Level::info, shared_.options.database, "reloaded",
                        fmt::format("read the definitions again: {} views are refreshed by themselves", tasks_.size()));
}

// The next time after the last run, or after the view was made.
void Refresher::set_due(db::Connection& connection, Task& task) {
  task.due_at.reset();
  if (!task.schedule) return;
  const sql::Name& name = views_[task.view].name;
  const std::string last =
      "SELECT coalesce((SELECT max(r.started_at) FROM pgvista.refresh_run r WHERE r.schema = $1 AND r.name = $2 AND "
      "r.finished_at IS NOT NULL AND r.error IS NULL), (SELECT v.synced_at FROM pgvista.view v WHERE v.schema = $1 AND "
      "v.name = $2))";
  if (task.schedule->every) {
    const db::Rows rows = connection.query("SELECT extract(epoch FROM (" + last + "))", {name.schema, name.name});
    if (!rows.null(0, 0)) task.due_at = rows.number(0, 0) + static_cast<double>(task.schedule->every->count());
    return;
  }
  const std::string zone = "coalesce(nullif($3, ''), pg_catalog.current_setting('TimeZone'))";
  try {
    const db::Rows rows =
        connection.query("SELECT pg_catalog.to_char((" + last + ") AT TIME ZONE " + zone + ", 'YYYY-MM-DD HH24:MI')",
                         {name.schema, name.name, task.schedule->zone});
    if (rows.null(0, 0)) return;
    const auto from = schema::LocalMinute::parse(rows.text(0, 0));
    const auto next = from ? task.schedule->after(*from) : std::nullopt;
    if (!next) return;
    task.due_at = connection
                      .query(
                          "SELECT extract(epoch FROM ($1::timestamp AT TIME ZONE coalesce(nullif($2, ''), "
                          "pg_catalog.current_setting('TimeZone'))))",
                          {next->text(), task.schedule->zone})
                      .number(0, 0);
  } catch (const db::QueryFailure& failure) {
    if (connection.lost()) throw;
    shared_.journal.log(Journal::Level::error, shared_.options.database, "schedule_failed",
                        name.display() + ": " + failure.error().message);
  }
}

bool Refresher::changed_long_enough(const catalog::Lag& lag, const Task& task, bool at_once) const {
  if (lag.stale) return true;
  if (lag.notes == 0 || !task.debounce_ms) return false;
  return at_once || lag.quiet.value_or(0) * 1000 >= *task.debounce_ms ||
         lag.seconds.value_or(0) * 1000 >= longest_wait * *task.debounce_ms;
}

std::vector<sql::Name> Refresher::due(db::Connection& connection, bool at_once) {
  std::vector<sql::Name> out;
  if (tasks_.empty()) return out;
  const double now = connection.query("SELECT extract(epoch FROM pg_catalog.clock_timestamp())").number(0, 0);
  for (Task& task : tasks_) {
    if (task.due_at && *task.due_at <= now && task.again <= Clock::now()) out.push_back(views_[task.view].name);
  }
  if (catalog::waiting(connection, watched_).empty()) return out;
  for (const catalog::Lag& lag : catalog::read_lags(connection)) {
    Task* task = lag.refreshed ? task_of(lag.view) : nullptr;
    if (!task) continue;
    shared_.journal.change(shared_.options.database, [&](DatabaseState& state) {
      ViewState& view = state.views[lag.view.display()];
      view.waiting_rows = lag.changes;
      view.lag_seconds = lag.seconds.value_or(0);
      view.queue_bytes = lag.bytes;
    });
    const bool known = std::find(out.begin(), out.end(), lag.view) != out.end();
    if (!known && task->again <= Clock::now() && changed_long_enough(lag, *task, at_once)) out.push_back(lag.view);
  }
  return out;
}

bool Refresher::refresh(db::Connection& connection, const std::vector<sql::Name>& names) {
  const schema::Database database = catalog::read_database(connection, [&] {
    std::vector<std::string> all;
    for (const ViewDefinition& view : views_) all.push_back(view.name.name);
    return all;
  }());
  drain_below(connection, names, database);
  refresh::Request request;
  request.views = names;
  request.concurrently = request.fallback = true;
  request.jobs = shared_.options.refresh_jobs;
  if (!shared_.options.refresh.lock_timeout.empty()) request.lock_timeout = shared_.options.refresh.lock_timeout;
  if (shared_.options.refresh.lock_retries >= 0) request.lock_retries = shared_.options.refresh.lock_retries;
  if (shared_.options.refresh.wait_timeout) request.wait_timeout = *shared_.options.refresh.wait_timeout;
  request.statement_timeout = shared_.options.refresh.statement_timeout;
  // Those that read what is refreshed now, and are to follow changes, follow at once.
  request.with_dependents = true;
  for (const ViewDefinition* view : refresh::refresh_order(views_, database, request).views) {
    const bool asked = std::find(names.begin(), names.end(), view->name) != names.end();
    if (!asked && schema::refreshed_on_change(*view)) request.views.push_back(view->name);
  }
  request.with_dependents = false;
  refresh::Watcher watcher;
  watcher.finished = [&](const refresh::Result& result) { done(result); };
  const std::vector<refresh::Result> results =
      refresh::refresh(connection, shared_.options.connect, views_, database, request, watcher);
  for (const refresh::Result& result : results) {
    Task* task = task_of(result.name);
    if (!task) continue;
    task->failures = result.error ? task->failures + 1 : 0;
    if (result.error) task->again = Clock::now() + first_retry * (1 << std::min(task->failures - 1, most_doublings));
    // One that failed stays due, and is tried again after a pause.
    if (!result.error) set_due(connection, *task);
  }
  return std::none_of(results.begin(), results.end(), [](const refresh::Result& one) { return one.error.has_value(); });
}

// What a refresh reads of deferred views is to hold what the refresh is for.
void Refresher::drain_below(db::Connection& connection, const std::vector<sql::Name>& names,
                            const schema::Database& database) {
  std::vector<catalog::DeferredProgram> below;
  for (const catalog::DeferredProgram& one : catalog::read_deferred(connection)) {
    if (one.refreshed) continue;
    const bool read = std::any_of(names.begin(), names.end(), [&](const sql::Name& name) {
      const schema::Relation* live = database.find(name);
      return live && connection
                         .query("SELECT $2 IN (SELECT pgvista.deferred_below($1::oid::regclass))",
                                {std::to_string(live->oid), one.program})
                         .boolean(0, 0);
    });
    if (read) below.push_back(one);
  }
  if (!below.empty()) catalog::drain_together(connection, below, [] {});
}

void Refresher::done(const refresh::Result& result) {
  shared_.journal.change(shared_.options.database, [&](DatabaseState& state) {
    ViewState& view = state.views[result.name.display()];
    view.mode = "manual";
    view.error = result.error ? result.error->message : "";
    if (result.error) {
      ++view.failures;
      return;
    }
    ++view.batches;
    view.rows += static_cast<unsigned long long>(result.rows.value_or(0));
    view.last_rows = result.rows.value_or(0);
    view.last_ms = result.duration_ms;
    view.busy_seconds += result.duration_ms / 1000;
    view.waiting_rows = 0;
    view.lag_seconds = 0;
  });
  const std::string name = result.name.display();
  if (result.error) {
    shared_.journal.log(Journal::Level::error, shared_.options.database, "refresh_failed",
                        name + ": " + result.error->message, {{"view", name}, {"sqlstate", result.error->sqlstate}});
  } else {
    shared_.journal.log(Journal::Level::info, shared_.options.database, "refresh",
                        fmt::format("{}: {} refresh, {} rows in {}", name, refresh::to_string(*result.mode),
                                    result.rows.value_or(0), human_duration(result.duration_ms)),
                        {{"view", name},
                         {"mode", refresh::to_string(*result.mode)},
                         {"rows", result.rows.value_or(0)},
                         {"duration_ms", result.duration_ms}});
  }
  if (shared_.options.refreshed) shared_.options.refreshed(result);
}

}  // namespace pgvista::watch
