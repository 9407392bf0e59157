#include "apply/migrate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <random>

#include "apply/compare_initial.hpp"
#include "apply/migration_group.hpp"
#include "apply/migration_ledger.hpp"
#include "apply/migrator_lock.hpp"
#include "apply/migration_script.hpp"
#include "apply/retry.hpp"
#include "base/clock.hpp"
#include "base/text.hpp"
#include "catalog/ledger.hpp"
#include "db/interrupt.hpp"
#include "ledger/schema.hpp"

namespace pgvista::apply {

using migrate::Graph;
using migrate::Migration;
using migrate::Operation;
using migrate::Script;
using migrate::State;

namespace {

class Migrator {
 public:
  Migrator(const Connect& connect, const MigrationProject& project, const MigrateRequest& request, const Limits& limits,
           const MigrationWatcher& watcher)
      : project_(project),
        request_(request),
        limits_(limits),
        watcher_(watcher),
        settings_{project, limits, watcher.views, request.create_indexes},
        keeper_(connect()),
        lock_(*keeper_) {
    if (path().empty() && graph_->implied().empty()) return;
    lock_.lock(wait_for_sync(limits_, watcher_.views));
    work_ = connect();
  }

  std::vector<MigrationRun> run() {
    if (!work_) return {};
    prepare();
    // Read again: whoever held the lock before may have done it all.
    const std::vector<migrate::PathStep> steps = path();
    record_implied();
    std::vector<MigrationRun> done;
    for (const migrate::PathStep& step : steps) {
      db::check_interrupt();
      lock_.check();
      done.push_back(run_one(*step.migration, step.forwards));
      watcher_.finished(done.back());
    }
    return done;
  }

 private:
  std::vector<migrate::PathStep> path() {
    db::Connection& connection = work_ ? *work_ : *keeper_;
    const db::Transaction transaction(connection);
    const migrate::AppliedMap applied = read_applied(connection);
    graph_.emplace(project_.migrations, applied);
    marks_ = applied;
    std::vector<Error> changed = changed_migrations(*graph_, applied);
    if (!changed.empty() && !request_.fake) throw Failure(std::move(changed));
    std::vector<migrate::PathStep> steps = migrate::path_to(*graph_, request_.target);
    // Written down again as it is now, and nothing else.
    if (request_.fake && !request_.target.empty() && request_.target != "zero") {
      const Migration& named = migrate::named(*graph_, request_.target);
      if (std::any_of(changed.begin(), changed.end(), [&](const Error& one) { return one.file == named.file; }))
        steps = {{&named, true}};
    }
    for (const Migration* one : graph_->order()) {
      if (graph_->applied(one->id)) applied_.insert(one->id);
    }
    return steps;
  }

  void prepare() {
    with_retries(limits_, watcher_.views, [&] {
      db::Transaction transaction(*work_);
      work_->limit(limits_.lock_timeout, limits_.statement_timeout);
      ledger::upgrade(*work_);
      transaction.commit();
    });
    clean_leftovers(*work_, limits_, watcher_.views);
  }

  // From now on they stand by themselves: the files that they replace can go.
  void record_implied() {
    if (graph_->implied().empty()) return;
    db::Transaction transaction(*work_);
    lock_migration_ledger(*work_);
    for (const Migration* one : graph_->implied()) record_applied(*work_, *one, 0, false);
    transaction.commit();
  }

  // --- one migration
  // --------------------------------------------------------------------------------------------------

  MigrationRun run_one(const Migration& migration, bool forwards) {
    watcher_.begins(migration, forwards);
    MigrationRun run{migration.id, forwards, forwards ? "applied" : "unapplied", 0};
    const auto start = Clock::now();
    try {
      if (request_.fake || (request_.fake_initial && forwards && is_there(migration))) {
        run.status = forwards ? "faked" : "forgotten";
        const bool free_sql = std::any_of(migration.operations.begin(), migration.operations.end(),
                                          [](const Operation& one) { return one.kind == Operation::Kind::sql; });
        if (free_sql && !request_.fake)
          watcher_.views.message(fmt::format("{}: its sections sql were neither compared nor run", migration.id));
        fake(migration, forwards);
      } else if (migration.stepwise() || graph_->steps_done(migration.id) > 0) {
        run_stepwise(migration, forwards, run);
      } else {
        run_whole(migration, forwards, run);
      }
    } catch (const Failure& failure) {
      throw Failure(explained(failure.errors(), migration));
    }
    run.duration_ms = since(start);
    if (forwards) {
      applied_.insert(migration.id);
    } else {
      applied_.erase(migration.id);
    }
    return run;
  }

  std::vector<Error> explained(std::vector<Error> errors, const Migration& migration) const {
    for (Error& error : errors) {
      if (error.exit == ExitCode::interrupted || error.code == "connection_lost") continue;
      if (error.file.empty() || error.line == 0) locate_in(error, migration);
      if (error.file != migration.file && !error.message.starts_with(migration.id))
        error.message = migration.id + ": " + error.message;
      const std::string left =
          migration.stepwise()
              ? fmt::format("The operations of {} that were done stay done; the next migrate goes on behind them.",
                            migration.id)
              : fmt::format("Nothing of {} is left in the database; what ran before it stays.", migration.id);
      // Of what was there before and is not as it should be, nothing was touched.
      if (error.code == "not_as_migrated") continue;
      error.detail += (error.detail.empty() ? "" : "\n") + left;
    }
    return errors;
  }

  // The operation on the view that the message names, or the first one.
  static void locate_in(Error& error, const Migration& migration) {
    std::size_t offset = 0;
    for (const Operation& operation : migration.operations) {
      if (operation.kind != Operation::Kind::view) continue;
      const bool named = error.message.find(operation.view().display()) != std::string::npos;
      if (offset == 0 || named) offset = operation.up.offset;
      if (named) break;
    }
    migrate::locate(error, migration, offset);
  }

  // Runs in the one transaction that changes something.
  void guard(const Migration& migration, bool forwards) {
    lock_migration_ledger(*work_);
    const migrate::AppliedMap now = read_applied(*work_);
    const auto found = now.find(migration.id);
    const bool whole = found != now.end() && found->second.whole();
    const bool replaced = std::any_of(migration.replaces.begin(), migration.replaces.end(),
                                      [&](const std::string& id) { return now.contains(id); });
    if (whole != forwards || (replaced && !forwards)) return;
    throw Failure(migrated_meanwhile());
  }

  static Error migrated_meanwhile() {
    Error error;
    error.code = "migrated_meanwhile";
    error.message = "somebody else has run it meanwhile";
    error.hint = "Run migrate again: it looks anew.";
    return error;
  }

  // Operations that were done must be those of the file still; the others may have been mended.
  void check_done(const Migration& migration, int done) const {
    const auto found = marks_.find(migration.id);
    if (found == marks_.end() || found->second.whole()) return;
    if (done <= static_cast<int>(migration.operations.size()) && found->second.checksum == migration.checksum_of(done))
      return;
    Error error;
    error.code = "changed_migration";
    error.message =
        fmt::format("{} of its operations are done in this database, and are not those of the file any more", done);
    error.hint = "Put those back as they were; operations behind them may be changed.";
    migrate::locate(error, migration, 0);
    throw Failure(std::move(error));
  }

  void note(const Migration& migration, bool forwards, double duration_ms, bool faked = false) {
    if (forwards) return record_applied(*work_, migration, duration_ms, faked);
    forget_applied(*work_, migration.id);
    for (const std::string& id : migration.replaces) forget_applied(*work_, id);
  }

  void fake(const Migration& migration, bool forwards) {
    db::Transaction transaction(*work_);
    lock_migration_ledger(*work_);
    note(migration, forwards, 0, true);
    transaction.commit();
  }

  // What is applied, with the first operations of this one.
  State state_within(const Migration& migration, int operations) const {
    State out(project_.default_schema);
    for (const Migration* one : graph_->order()) {
      if (one->id == migration.id) {
        migrate::advance(out, *one, operations);
      } else if (applied_.contains(one->id)) {
        migrate::advance(out, *one);
      }
    }
    return out;
  }

  Group group(const Migration& migration, const std::vector<Action>& actions, int left) const {
    return {migration, actions, left,
            [this, &migration](int operations) { return state_within(migration, operations); }};
  }

  void run_whole(const Migration& migration, bool forwards, MigrationRun& run) {
    const auto start = Clock::now();
    const int of = static_cast<int>(migration.operations.size());
    const std::vector<Action> actions =
        forwards ? actions_between(migration, 0, of) : actions_between(migration, of, 0);
    std::set<const Operation*> known;
    const auto told = [&](const Action& action) {
      // Told once, though a lock that is not to be had makes it run again.
      if (!known.insert(action.operation).second) return;
      run.operations.push_back(action.operation->title);
      watcher_.operation(migration, action.operation->title, static_cast<int>(known.size()), of);
    };
    const auto record = [&] {
      guard(migration, forwards);
      note(migration, forwards, since(start));
    };
    run.views = run_group(*work_, settings_, group(migration, actions, forwards ? of : 0), told, record);
  }

  void tell_steps(const Migration& migration, int from, int to, MigrationRun& run) {
    const int of = static_cast<int>(migration.operations.size());
    for (int at = from; at != to; at += to > from ? 1 : -1) {
      run.operations.push_back(migration.operations[static_cast<std::size_t>(to > from ? at : at - 1)].title);
      watcher_.operation(migration, run.operations.back(), to > from ? at + 1 : of - at + 1, of);
    }
  }

  // An operation at a time: what is done is written down with it, or right after what no transaction can hold.
  void run_stepwise(const Migration& migration, bool forwards, MigrationRun& run) {
    const int of = static_cast<int>(migration.operations.size());
    const int done = graph_->applied(migration.id) ? of : graph_->steps_done(migration.id);
    check_done(migration, done);
    int before = done;
    int recorded = done;
    // What another migrator has done meanwhile is not done again.
    const auto record = [&](int steps) {
      lock_migration_ledger(*work_);
      const migrate::AppliedMap now = read_applied(*work_);
      const auto found = now.find(migration.id);
      const int there = found == now.end() ? 0 : found->second.whole() ? of : found->second.steps_done;
      if (there != before) throw Failure(migrated_meanwhile());
      if (steps == 0 || steps == of) {
        note(migration, steps == of, 0);
      } else {
        record_steps(*work_, migration, steps);
      }
      recorded = steps;
    };
    for (int at = done; forwards ? at < of : at > 0;) {
      db::check_interrupt();
      lock_.check();
      const int left = next_stop(migration, at, forwards);
      tell_steps(migration, at, left, run);
      const Operation& first = migration.operations[static_cast<std::size_t>(forwards ? at : at - 1)];
      if (first.outside_transaction) {
        run_outside(*work_, migration, *actions_between(migration, at, left).front().script, project_.schema,
                    watcher_.views.message);
        db::Transaction transaction(*work_);
        record(left);
        transaction.commit();
      } else {
        const std::vector<Action> actions = actions_between(migration, at, left);
        const auto views = run_group(
            *work_, settings_, group(migration, actions, left), [](const Action&) {}, [&] { record(left); });
        run.views.insert(run.views.end(), views.begin(), views.end());
      }
      before = recorded;
      at = left;
    }
    if (of == 0) {
      db::Transaction transaction(*work_);
      note(migration, forwards, 0);
      transaction.commit();
    }
  }

  // --- an existing database
  // -------------------------------------------------------------------------------------------

  bool is_there(const Migration& migration) {
    if (!graph_->depends_on(migration.id).empty()) return false;
    State state(project_.default_schema);
    migrate::advance(state, migration);
    return initial_is_there(*work_, state, project_, limits_);
  }

  const MigrationProject& project_;
  const MigrateRequest& request_;
  const Limits& limits_;
  const MigrationWatcher& watcher_;
  GroupSettings settings_;
  std::unique_ptr<db::Connection> keeper_;
  MigratorLock lock_;
  std::unique_ptr<db::Connection> work_;
  std::optional<Graph> graph_;
  std::set<std::string> applied_;
  migrate::AppliedMap marks_;
};

}  // namespace

std::vector<MigrationRun> migrate(const Connect& connect, const MigrationProject& project,
                                  const MigrateRequest& request, const Limits& limits,
                                  const MigrationWatcher& watcher) {
  return Migrator(connect, project, request, limits, watcher).run();
}

}  // namespace pgvista::apply
