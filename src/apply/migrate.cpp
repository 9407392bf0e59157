#include "apply/migrate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <random>

#include "apply/compare_initial.hpp"
#include "apply/migration_actions.hpp"
#include "apply/migration_ledger.hpp"
#include "apply/migrator_lock.hpp"
#include "apply/migration_views.hpp"
#include "apply/retry.hpp"
#include "base/clock.hpp"
#include "base/text.hpp"
#include "catalog/ledger.hpp"
#include "db/interrupt.hpp"
#include "ledger/schema.hpp"
#include "parse/table_statements.hpp"
#include "plan/undeclare.hpp"

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
      : project_(project), request_(request), limits_(limits), watcher_(watcher), keeper_(connect()), lock_(*keeper_) {
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
    views_.clear();
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
    run.views = std::move(views_);
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

  void run_whole(const Migration& migration, bool forwards, MigrationRun& run) {
    const auto start = Clock::now();
    const int of = static_cast<int>(migration.operations.size());
    const State state = state_within(migration, forwards ? of : 0);
    const std::vector<Action> actions =
        forwards ? actions_between(migration, 0, of) : actions_between(migration, of, 0);
    std::set<const Operation*> known;
    run_group(
        migration, actions, state,
        [&](const Action& action) {
          // Told once, though a lock that is not to be had makes it run again.
          if (!known.insert(action.operation).second) return;
          run.operations.push_back(action.operation->title);
          watcher_.operation(migration, action.operation->title, static_cast<int>(known.size()), of);
        },
        [&] {
          guard(migration, forwards);
          note(migration, forwards, since(start));
        });
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
        run_outside(migration, *actions_between(migration, at, left).front().script);
        db::Transaction transaction(*work_);
        record(left);
        transaction.commit();
      } else {
        run_group(
            migration, actions_between(migration, at, left), state_within(migration, left), [](const Action&) {},
            [&] { record(left); });
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

  // --- operations
  // -----------------------------------------------------------------------------------------------------

  void run_script(const Migration& migration, const Script& script) {
    for (const sql::ScriptStatement& statement : script.statements) {
      try {
        if (statement.complete) fire_deferred();
        changed_rows_ = changed_rows_ || !statement.complete;
        work_->execute(script.text.substr(statement.begin, statement.end - statement.begin));
      } catch (const db::QueryFailure& failure) {
        Error error = failure.error();
        if (error.code != "connection_lost") {
          migrate::locate(error, migration, script.offset + statement.begin + failure.position().value_or(0));
          if (error.sqlstate == "2BP01")
            error.hint =
                "What depends on it must go or change before: a view of the project in the same migration, others by "
                "hand.";
          if (error.sqlstate == "42P07" && migration.depends_on.empty())
            error.hint =
                "Was the database made otherwise? pgvista migrate --fake-initial compares, and goes on from there.";
        }
        throw Failure(std::move(error));
      }
    }
  }

  // PostgreSQL refuses to change a table while deferred triggers wait for rows that were changed before.
  void fire_deferred() {
    if (!std::exchange(changed_rows_, false) || !work_->in_transaction()) return;
    work_->execute("SET CONSTRAINTS ALL IMMEDIATE");
    // As they were: those that are deferred by their own definition.
    const db::Rows rows = work_->query(
        "SELECT DISTINCT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.conname) FROM "
        "pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace WHERE c.condeferred");
    std::vector<std::string> names;
    for (int row = 0; row < rows.size(); ++row) names.push_back(rows.text(row, 0));
    if (!names.empty()) work_->execute("SET CONSTRAINTS " + join(names, ", ") + " DEFERRED");
  }

  // A build that was broken off leaves an index that nobody uses: away with it, and once more. One that is whole was
  // only not written down.
  void run_outside(const Migration& migration, const Script& script) {
    check_whole_names(migration, script);
    if (const sql::CreateIndex* index = concurrent_index(script)) {
      const db::Rows rows = [&] {
        const db::Transaction transaction(*work_);
        return work_->query(
            "SELECT i.indisvalid, n.nspname, pg_catalog.pg_get_indexdef(i.indexrelid) FROM pg_catalog.pg_index i JOIN "
            "pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
            "WHERE i.indrelid = pg_catalog.to_regclass($1) AND c.relname = $2",
            {index->table.sql(), index->index.name});
      }();
      if (rows.size() > 0 && rows.boolean(0, 0)) return check_built(migration, script, *index, rows.text(0, 2));
      if (rows.size() > 0) {
        watcher_.views.message(
            fmt::format("{} is left over from a build that was broken off; building it anew", index->index.name));
        work_->execute("DROP INDEX CONCURRENTLY IF EXISTS " + sql::Name{rows.text(0, 1), index->index.name}.sql());
      }
    }
    run_script(migration, script);
  }

  // Outside a transaction nothing says in which schema a name is meant.
  void check_whole_names(const Migration& migration, const Script& script) const {
    for (const sql::ScriptStatement& statement : script.statements) {
      for (const sql::TableChange& change : statement.changes) {
        if (project_.schema.empty() || !sql::subject(change).schema.empty()) continue;
        Error error;
        error.code = "name_without_schema";
        error.message = fmt::format("outside a transaction \"{}\" needs its schema", sql::subject(change).name);
        error.hint = fmt::format("Write {}.", sql::Name{project_.schema, sql::subject(change).name}.sql());
        migrate::locate(error, migration, script.offset + statement.begin);
        throw Failure(std::move(error));
      }
    }
  }

  // An index of that name that nobody of ours has built. Expressions are the server's to spell: columns are compared.
  static void check_built(const Migration& migration, const Script& script, const sql::CreateIndex& wanted,
                          const std::string& definition) {
    const auto statements = parse::parse_script(definition);
    const auto& built = std::get<sql::CreateIndex>(statements.front().changes.front()).index;
    bool same = built.unique == wanted.index.unique && built.method == wanted.index.method &&
                built.columns.size() == wanted.index.columns.size() &&
                built.where.empty() == wanted.index.where.empty() && built.include == wanted.index.include;
    for (std::size_t i = 0; same && i < built.columns.size(); ++i) {
      const bool expression = wanted.index.columns[i].find('(') != std::string::npos;
      same = expression || built.columns[i].substr(0, built.columns[i].find(' ')) ==
                               wanted.index.columns[i].substr(0, wanted.index.columns[i].find(' '));
    }
    if (same) return;
    Error error;
    error.code = "name_taken";
    error.message = fmt::format("there is another index named \"{}\" already", wanted.index.name);
    error.detail = definition;
    error.hint = "Drop or rename it, or give this one another name.";
    migrate::locate(error, migration, script.offset);
    throw Failure(std::move(error));
  }

  using Told = std::function<void(const Action&)>;

  // Operations that belong together, and `record` with them.
  void run_group(const Migration& migration, const std::vector<Action>& actions, const State& state, const Told& told,
                 const std::function<void()>& record) {
    const bool views_only = !actions.empty() && std::none_of(actions.begin(), actions.end(),
                                                             [](const Action& one) { return one.script != nullptr; });
    if (views_only) {
      for (const Action& action : actions) told(action);
      // Side by side with what is there, as sync does it: readers wait for the exchange alone.
      const auto finish = [&] {
        undeclare(actions);
        record();
      };
      with_views(goal_of(actions, {}), state, [&](const Project& project, const plan::Options& options) {
        return sync_as_part(*work_, project, options, limits_, watcher_.views, finish);
      });
      return;
    }
    with_retries(limits_, watcher_.views, [&] {
      db::Transaction transaction(*work_);
      work_->limit(limits_.lock_timeout, limits_.statement_timeout);
      run_in_transaction(migration, actions, state, told);
      record();
      transaction.commit();
    });
  }

  // Free SQL may read views and tables as they are at its place: what stands before it is whole by then.
  void run_in_transaction(const Migration& migration, const std::vector<Action>& actions, const State& state,
                          const Told& told) {
    changed_rows_ = false;
    std::vector<Action> chunk;
    for (const Action& action : actions) {
      if (action.operation->kind != Operation::Kind::sql) {
        chunk.push_back(action);
        continue;
      }
      if (!chunk.empty()) run_chunk(migration, chunk, state_within(migration, chunk.back().left), told);
      chunk.clear();
      told(action);
      run_script(migration, *action.script);
    }
    if (!chunk.empty()) run_chunk(migration, chunk, state, told);
  }

  void run_chunk(const Migration& migration, const std::vector<Action>& actions, const State& state, const Told& told) {
    const ViewOrder order = view_order(actions, project_.default_schema);
    std::vector<schema::Relation> taken;
    std::vector<Action> waiting;
    std::set<sql::Name> tables;
    for (std::size_t i = 0; i < actions.size(); ++i) {
      const Action& action = actions[i];
      if (i == order.take_at && order.views_last && !(order.blocked.empty() && order.away_first.empty()))
        taken = take_away(*work_, order.blocked, order.away_first);
      told(action);
      if (!action.script) {
        waiting.push_back(action);
        continue;
      }
      if (!order.views_last && !waiting.empty())
        make_views(waiting, {}, {}, state_within(migration, waiting.back().left));
      run_script(migration, *action.script);
      add_tables(*action.script, project_.default_schema, tables);
    }
    make_views(waiting, std::move(taken), maintained_readers(state, tables), state);
  }

  // What keeps them is compiled from the tables as they were. Other views follow their tables by themselves.
  static std::vector<sql::Name> maintained_readers(const State& state, const std::set<sql::Name>& tables) {
    if (tables.empty()) return {};
    std::vector<sql::Name> out = readers_of(state, tables);
    std::erase_if(out, [&](const sql::Name& name) { return !schema::maintained(*state.views.at(name)); });
    return out;
  }

  // --- views
  // ----------------------------------------------------------------------------------------------------------

  static ViewGoal goal_of(const std::vector<Action>& actions, const std::vector<sql::Name>& also) {
    ViewGoal goal;
    goal.make = also;
    for (const Action& one : actions) {
      if (one.to) goal.make.push_back(one.to->name);
      if (one.to && !one.from) goal.created.insert(one.to->name);
      if (one.from && !one.to) goal.drop.push_back(one.from->name);
      if (one.from && one.to && one.from->name != one.to->name) goal.renamed_from[one.to->name] = one.from->name;
    }
    std::sort(goal.make.begin(), goal.make.end());
    goal.make.erase(std::unique(goal.make.begin(), goal.make.end()), goal.make.end());
    return goal;
  }

  void make_views(std::vector<Action>& waiting, std::vector<schema::Relation> taken, const std::vector<sql::Name>& also,
                  const State& state) {
    ViewGoal goal = goal_of(waiting, also);
    const std::vector<Action> actions = std::move(waiting);
    waiting.clear();
    goal.taken = std::move(taken);
    for (const schema::Relation& one : goal.taken) {
      if (state.views.contains(one.name)) goal.make.push_back(one.name);
    }
    // What was to go and is gone already.
    for (const sql::Name& name : std::vector<sql::Name>(goal.drop)) {
      if (std::erase_if(goal.taken, [&](const schema::Relation& one) { return one.name == name; }) == 0) continue;
      std::erase(goal.drop, name);
      catalog::forget_record(*work_, name);
    }
    if (goal.make.empty() && goal.drop.empty() && goal.taken.empty()) return;
    fire_deferred();
    with_views(goal, state, [&](const Project& project, const plan::Options& options) {
      return sync_within(*work_, project, options, limits_, watcher_.views);
    });
    undeclare(actions);
  }

  // What the definition before declared and the one after does not.
  void undeclare(const std::vector<Action>& actions) {
    for (const Action& action : actions) {
      if (!action.from || !action.to) continue;
      const db::Rows rows = work_->query(
          "SELECT coalesce(pg_catalog.array_agg(attname::text), '{}') FROM pg_catalog.pg_attribute WHERE attrelid = "
          "pg_catalog.to_regclass($1) AND attnum > 0",
          {action.to->name.sql()});
      for (const std::string& sql : plan::undeclare_sql(*action.from, *action.to, rows.array(0, 0)))
        work_->execute(sql);
    }
  }

  template <class Run>
  void with_views(const ViewGoal& goal, const State& state, const Run& run) {
    const std::vector<schema::ViewDefinition> views = views_around(state, goal);
    const Project project{views, project_.schema, &goal.taken};
    plan::Options options;
    options.force = true;  // a migration is reviewed: what others built on a view is kept, as sync --force keeps it
    options.create_indexes = request_.create_indexes;
    options.only = goal.make;
    for (const schema::ViewDefinition& view : views) {
      if (view.borrowed) options.only.push_back(view.name);
    }
    for (const auto& [name, view] : state.views) {
      if (!goal.created.contains(name)) options.ours.push_back(name);
    }
    options.drop = goal.drop;
    const Survey survey = run(project, options);
    if (!survey.plan.errors.empty()) {
      std::vector<Error> errors = survey.plan.errors;
      for (Error& error : errors) {
        if (error.code == "not_managed")
          error.hint = "Drop it, or let the project take it over as it is to be: pgvista sync --adopt.";
      }
      throw Failure(std::move(errors));
    }
    views_.insert(views_.end(), survey.plan.views.begin(), survey.plan.views.end());
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
  std::unique_ptr<db::Connection> keeper_;
  MigratorLock lock_;
  std::unique_ptr<db::Connection> work_;
  std::optional<Graph> graph_;
  std::set<std::string> applied_;
  migrate::AppliedMap marks_;
  bool changed_rows_ = false;            // since deferred triggers were last fired
  std::vector<plan::ViewStatus> views_;  // of the migration that runs
};

}  // namespace

std::vector<MigrationRun> migrate(const Connect& connect, const MigrationProject& project,
                                  const MigrateRequest& request, const Limits& limits,
                                  const MigrationWatcher& watcher) {
  return Migrator(connect, project, request, limits, watcher).run();
}

}  // namespace pgvista::apply
