#include "apply/sync.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "apply/indexes_apart.hpp"
#include "apply/record.hpp"
#include "apply/retry.hpp"
#include "base/clock.hpp"
#include "base/text.hpp"
#include "apply/unchanged.hpp"
#include "catalog/deferred.hpp"
#include "catalog/ledger.hpp"
#include "catalog/read.hpp"
#include "catalog/rights.hpp"
#include "catalog/runs.hpp"
#include "db/advisory_lock.hpp"
#include "db/interrupt.hpp"
#include "ledger/schema.hpp"

namespace pgvista::apply {

using plan::Phase;
using plan::Plan;
using plan::Statement;
using plan::Step;

namespace {

bool has_phase(const Step& step, Phase phase) {
  return std::any_of(step.statements.begin(), step.statements.end(),
                     [&](const Statement& s) { return s.phase == phase; });
}

// Which view and file a failed statement belongs to.
[[noreturn]] void rethrow_for(const Step& step, const db::QueryFailure& failure) {
  Error error = failure.error();
  if (error.exit == ExitCode::interrupted || error.code == "connection_lost") throw Failure(std::move(error));
  error.message =
      fmt::format("{} of \"{}\" failed: {}", plan::to_string(step.action), step.view.display(), error.message);
  if (error.file.empty()) error.file = step.file;
  if (error.sqlstate == "42703" && error.hint.empty())
    error.hint = "A view that is kept reads a column that the new definition does not have.";
  throw Failure(std::move(error));
}

class Syncer {
 public:
  Syncer(db::Connection& connection, const Project& project, const plan::Options& options, const Limits& limits,
         const Watcher& watcher)
      : connection_(connection), project_(project), options_(options), limits_(limits), watcher_(watcher) {}

  Survey run() {
    db::AdvisoryLock lock(connection_, sync_lock);
    lock.lock(wait_for_sync(limits_, watcher_));
    return run_locked({});
  }

  Survey run_locked(const std::function<void()>& record) {
    record_too_ = record ? &record : nullptr;
    bring_up_schema();
    Survey out = survey(connection_, project_, options_, limits_, {false, true});
    // As a part of something larger it is all or nothing; else what is refused is left out, and the rest is made.
    if (out.plan.blocked || (record && !out.plan.errors.empty())) return out;
    if (!out.database.leftovers.empty()) {
      watcher_.message("cleaning up after a run that was broken off");
      clean_up(out.database.leftovers);
      out = survey(connection_, project_, options_, limits_, {false, true});
    }
    if (out.plan.steps.empty()) {
      if (!out.database.read_only && out.database.ledger) mend_rights();
      if (!out.database.read_only && out.database.ledger) refresh_records(out);
      return out;
    }
    note_counters(out);
    try {
      build(out);
      exchange(out);
    } catch (const Failure& failure) {
      forget_builds(out);
      throw Failure(with_rights(out.plan, failure.error()));
    } catch (...) {
      forget_builds(out);
      throw;
    }
    settle_after(out);
    return out;
  }

  Survey run_within() {
    // In one transaction there is nothing that could go on meanwhile.
    Project within = project_;
    within.maintenance.fill_beside = -1;
    Survey out = survey(connection_, within, options_, limits_, {false, true});
    if (!out.plan.errors.empty()) return out;
    ledger::upgrade(connection_);
    note_counters(out);
    const auto start = Clock::now();
    for (const Step& step : out.plan.steps) build_indexes_within(connection_, step);
    for (const Step& step : out.plan.steps) run_step(step, Phase::build);
    run_batch(exchange_statements(out.plan), false);
    run_batch(closing_statements(out.plan), false);
    for (const Step& step : out.plan.steps) run_step(step, Phase::after);
    if (installs(out.plan)) ledger::set_rights(connection_);
    record(out);
    for (const Step& step : out.plan.steps) watcher_.finished(step, since(start));
    return out;
  }

  // Only objects that the ledger names and whose oid is still the one noted; never what somebody built on them.
  void clean() {
    schema::Database database;
    catalog::read_ledger(connection_, database);
    if (!database.leftovers.empty()) clean_up(database.leftovers);
  }

 private:
  static bool installs(const Plan& plan) {
    return std::any_of(plan.steps.begin(), plan.steps.end(),
                       [](const Step& step) { return step.installs.has_value(); });
  }

  // All that the role lacks on the tables of views to be kept, where the server named the first that it missed.
  Error with_rights(const Plan& plan, Error error) {
    const bool of_a_table = error.message.find("permission denied for table") != std::string::npos;
    if (error.sqlstate != "42501" || !of_a_table || connection_.lost()) return error;
    std::set<sql::Name> tables;
    for (const Step& step : plan.steps) {
      if (!step.installs) continue;
      for (const ivm::InstalledCapture& one : step.installs->captures) tables.insert(one.capture.table);
    }
    const std::vector<std::string> missing = catalog::missing_rights(connection_, tables);
    if (missing.empty()) return error;
    error.hint =
        fmt::format("Let {} run: {};", missing.size() == 1 ? "its owner" : "their owners", join(missing, "; "));
    return error;
  }

  void clean_up(const std::vector<schema::Leftover>& leftovers) {
    with_retries([&] { clean_up_once(leftovers); });
  }

  void clean_up_once(std::vector<schema::Leftover> leftovers) {
    db::Transaction transaction(connection_);
    connection_.limit(limits_.lock_timeout, {});
    for (bool progress = true; progress && !leftovers.empty();) {
      progress = false;
      for (auto left = leftovers.begin(); left != leftovers.end();) {
        const bool dropped = try_drop(*left);
        progress |= dropped;
        left = dropped ? leftovers.erase(left) : left + 1;
      }
    }
    for (const schema::Leftover& left : leftovers)
      watcher_.message(fmt::format("{} is left over, but something depends on it", left.name.display()));
    catalog::forget_leftovers(connection_);
    transaction.commit();
  }

  bool try_drop(const schema::Leftover& left) {
    connection_.execute("SAVEPOINT leftover");
    try {
      connection_.execute(
          fmt::format("DROP {} IF EXISTS {}", left.kind == 'm' ? "MATERIALIZED VIEW" : "VIEW", left.name.sql()));
      return true;
    } catch (const db::QueryFailure& failure) {
      constexpr const char* dependent_objects_still_exist = "2BP01";
      if (connection_.lost() || failure.error().sqlstate != dependent_objects_still_exist) throw;
      connection_.execute("ROLLBACK TO SAVEPOINT leftover");
      return false;
    }
  }

  bool owns_schema() {
    return connection_
        .query(
            "SELECT pg_catalog.pg_has_role(nspowner, 'USAGE') FROM pg_catalog.pg_namespace WHERE nspname = 'pgvista'")
        .boolean(0, 0);
  }

  // What an older version made. A standby shows what its primary has.
  void bring_up_schema() {
    const ledger::State state = ledger::read_state(connection_);
    ledger::refuse_newer(state);
    if (state.schema_version == 0 || state.current) return;
    if (connection_.query("SELECT pg_catalog.current_setting('transaction_read_only')::bool").boolean(0, 0)) return;
    if (!owns_schema()) {
      if (const auto older = ledger::older_schema(state)) throw Failure(*older);
      return;
    }
    if (state.older())
      watcher_.message(fmt::format("bringing the schema pgvista up from version {} to {}", state.schema_version,
                                   ledger::schema_version()));
    with_retries([&] {
      db::Transaction transaction(connection_);
      connection_.limit(limits_.lock_timeout, limits_.statement_timeout);
      ledger::upgrade(connection_);
      transaction.commit();
    });
  }

  // Rights that somebody has changed since.
  void mend_rights() {
    if (!owns_schema()) return;
    db::Transaction transaction(connection_);
    ledger::set_rights(connection_);
    transaction.commit();
  }

  void refresh_records(const Survey& out) {
    const bool outdated = records_outdated(project_, out);
    if (!outdated && !record_too_) return;
    db::Transaction transaction(connection_);
    if (outdated) write_records(connection_, project_, out);
    if (record_too_) (*record_too_)();
    transaction.commit();
  }

  void run_step(const Step& step, Phase phase) {
    for (const Statement& statement : step.statements) {
      if (statement.phase != phase) continue;
      try {
        connection_.execute(statement.sql);
      } catch (const db::QueryFailure& failure) {
        rethrow_for(step, failure);
      }
    }
  }

  void build_indexes(const Plan& plan) {
    for (const Step& step : plan.steps) {
      try {
        build_indexes_apart(connection_, step, limits_, watcher_);
      } catch (const db::QueryFailure& failure) {
        rethrow_for(step, failure);
      }
    }
  }

  // What takes long: beside the live views, in transactions that hold nothing a reader waits for.
  void build(const Survey& out) {
    build_indexes(out.plan);
    const bool any = std::any_of(out.plan.steps.begin(), out.plan.steps.end(),
                                 [](const Step& step) { return has_phase(step, Phase::build); });
    if (!any) return;
    note_replaced(out);
    for (const Step& step : out.plan.steps) {
      if (!has_phase(step, Phase::build)) continue;
      watcher_.message(fmt::format("building {}", step.view.display()));
      watcher_.filling(step.view, catalog::expected_duration(connection_, step.view, "populate"));
      if (step.bridge) bridge(step);
      with_retries([&] {
        db::Transaction transaction(connection_);
        // What is built beside waits for no writer; a store does, as writers wait for it.
        connection_.limit(step.installs ? limits_.lock_timeout : std::string{}, limits_.statement_timeout);
        built_ = true;
        run_step(step, Phase::build);
        for (const sql::Name& name : step.built) catalog::note_leftover(connection_, name);
        // Default privileges may have opened what was made.
        if (step.installs) ledger::set_rights(connection_);
        transaction.commit();
      });
      if (step.fill && !step.bridge) fill(step);
      watcher_.filled(step.view);
    }
  }

  // A large store is filled while the writers of its tables go on: what they change is noted, and applied until little
  // is left.
  void bridge(const Step& step) {
    with_retries([&] {
      db::Transaction transaction(connection_);
      connection_.limit(limits_.lock_timeout, limits_.statement_timeout);
      built_ = true;
      run_step(step, Phase::bridge);
      ledger::set_rights(connection_);
      transaction.commit();
    });
    fill(step);
  }

  void fill(const Step& step) {
    constexpr int most_rounds = 20;
    constexpr long long few = 1000;
    try {
      while (!filled_once(step)) {
      }
      for (int round = 0; round < most_rounds; ++round) {
        const auto drained = drained_once(step);
        if (drained && !drained->whole && drained->changes < few) break;
      }
      for (const std::string& sql : step.fill->done) connection_.execute(sql);
    } catch (const db::QueryFailure& failure) {
      rethrow_for(step, failure);
    }
  }

  bool filled_once(const Step& step) {
    try {
      catalog::fill(connection_, step.fill->program, step.fill->statements, limits_.statement_timeout);
      return true;
    } catch (const db::QueryFailure& failure) {
      if (connection_.lost() || failure.error().sqlstate != "40001") throw;
      return false;  // pgvista watch was at it
    }
  }

  // Nothing where pgvista watch has done it at the same time.
  std::optional<catalog::Drained> drained_once(const Step& step) {
    try {
      return catalog::drain(connection_, step.fill->program, {}, limits_.statement_timeout);
    } catch (const db::QueryFailure& failure) {
      if (connection_.lost() || failure.error().sqlstate != "40001") throw;
      return std::nullopt;
    }
  }

  // Everything that the exchange will put aside, before anything is built: wherever the run ends, the next one knows.
  void note_replaced(const Survey& out) {
    db::Transaction transaction(connection_);
    ledger::upgrade(connection_);
    for (const Step& step : out.plan.steps) {
      for (const auto& [oid, name] : step.replaced) {
        catalog::note_replaced(connection_, oid, name);
        replaced_.push_back(oid);
      }
    }
    state_ = state_of(connection_, replaced_);
    transaction.commit();
  }

  // Programs that this run has installed, when the exchange that they were for did not come about.
  void remove_installed(const Survey& out) {
    schema::Database database;
    database.ledger = true;
    std::vector<catalog::InstalledProgram> installed = catalog::read_programs(connection_, database);
    db::Transaction transaction(connection_);
    connection_.limit(limits_.lock_timeout, {});
    std::vector<catalog::InstalledProgram> gone;
    for (const Step& step : out.plan.steps) {
      for (const std::optional<catalog::InstalledProgram>* one : {&step.installs, &step.bridge}) {
        if (*one && std::any_of(installed.begin(), installed.end(),
                                [&](const auto& known) { return known.name == (*one)->name; }))
          gone.push_back(**one);
      }
    }
    for (const std::string& sql : plan::keep_writers_away(gone)) connection_.execute(sql);
    for (auto step = out.plan.steps.rbegin(); step != out.plan.steps.rend(); ++step) {
      for (const std::optional<catalog::InstalledProgram>* one : {&step->installs, &step->bridge}) {
        const bool there = *one && std::any_of(installed.begin(), installed.end(),
                                               [&](const auto& known) { return known.name == (*one)->name; });
        if (!there) continue;
        for (const std::string& sql : plan::removal_sql(**one, installed)) connection_.execute(sql);
      }
    }
    transaction.commit();
  }

  void forget_builds(const Survey& out) {
    if (!built_ || exchanged_ || connection_.lost()) return;  // the next run cleans up
    const db::Uninterrupted uninterrupted;
    try {
      clean();
      remove_installed(out);
    } catch (const Failure&) {
      // The first failure is the one to tell; the next run cleans up.
    }
  }

  template <class Work>
  void with_retries(Work&& work) {
    apply::with_retries(limits_, watcher_, work);
  }

  void exchange(const Survey& out) {
    const auto start = Clock::now();
    with_retries([&] { exchange_once(out); });
    watcher_.exchanged(exchange_ms_);
    exchanged_ = true;
    if (built_) close(out);
    for (const Step& step : out.plan.steps) {
      if (!has_phase(step, Phase::after)) watcher_.finished(step, since(start));
    }
  }

  using Batch = std::vector<std::pair<const Step*, std::string>>;

  // The views are what they should be. When what they replaced cannot go yet, that is recorded, and told.
  void close(const Survey& out) {
    const auto closing = [&](const Batch& batch) {
      with_retries([&] {
        db::Transaction transaction(connection_);
        connection_.limit(limits_.lock_timeout, limits_.statement_timeout);
        run_batch(batch, false);
        record(out);
        transaction.commit();
      });
    };
    try {
      closing(closing_statements(out.plan));
    } catch (const Failure& failure) {
      if (connection_.lost() || db::interrupted()) throw;
      closing({});
      Error error = failure.error();
      error.message = "the views are made; what they replaced could not be dropped yet: " + error.message;
      error.hint = "pgvista sync drops it.";
      if (!record_too_) throw Failure(std::move(error));
      watcher_.message(error.message);
    }
  }

  static void collect(const Step& step, Phase phase, Batch& out) {
    for (const Statement& statement : step.statements) {
      if (statement.phase == phase) out.emplace_back(&step, statement.sql);
    }
  }

  // Readers of a view lock it before what it reads: so do we, from the outside in, and no deadlock can come of it.
  Batch exchange_statements(const Plan& plan) const {
    Batch out;
    for (const std::size_t number : plan.closing) collect(plan.steps[number], Phase::lock, out);
    if (!replaced_.empty()) out.emplace_back(replacing(plan), expect_state_sql(replaced_, state_));
    for (const Phase phase : {Phase::rename, Phase::away, Phase::make, Phase::names}) {
      for (const Step& step : plan.steps) collect(step, phase, out);
    }
    return out;
  }

  static const Step* replacing(const Plan& plan) {
    const auto found =
        std::find_if(plan.steps.begin(), plan.steps.end(), [](const Step& step) { return !step.replaced.empty(); });
    return found == plan.steps.end() ? nullptr : &*found;
  }

  static Batch closing_statements(const Plan& plan) {
    Batch out;
    std::vector<catalog::InstalledProgram> gone;
    const Step* first = nullptr;
    for (const Step& step : plan.steps) {
      gone.insert(gone.end(), step.removes.begin(), step.removes.end());
      if (!first && !step.removes.empty()) first = &step;
    }
    for (std::string& sql : plan::keep_writers_away(gone)) out.emplace_back(first, std::move(sql));
    for (const std::size_t number : plan.closing) collect(plan.steps[number], Phase::drop, out);
    for (const Step& step : plan.steps) collect(step, Phase::settle, out);
    return out;
  }

  // In one message: while locks are held, every round trip is a wait for the readers.
  void run_batch(const Batch& batch, bool commit) {
    std::vector<std::string> statements;
    for (const auto& [step, sql] : batch) statements.push_back(sql);
    if (commit) statements.emplace_back("COMMIT");
    if (statements.empty()) return;
    std::size_t failed = 0;
    try {
      connection_.execute_batch(statements, failed);
    } catch (const db::QueryFailure& failure) {
      if (failed < batch.size()) rethrow_for(*batch[failed].first, failure);
      throw;
    }
  }

  // After a build the exchange is a transaction of its own that drops nothing and so waits for no disk; the drop of the
  // old objects and the ledger follow. A run that dies between the two leaves views that are right; the next one, told
  // by the notes of the build, drops what is left over and writes the ledger.
  void exchange_once(const Survey& out) {
    db::Transaction transaction(connection_);
    connection_.limit(limits_.lock_timeout, limits_.statement_timeout);
    if (!built_ && !out.database.ledger) ledger::upgrade(connection_);
    if (built_) connection_.execute("SET LOCAL synchronous_commit = off");
    const auto start = Clock::now();
    run_batch(exchange_statements(out.plan), built_);
    exchange_ms_ = since(start);
    if (built_) return transaction.committed();
    run_batch(closing_statements(out.plan), false);
    record(out);
    transaction.commit();
  }

  void record(const Survey& out) {
    write_records(connection_, project_, out);
    record_populations(out);
    catalog::forget_leftovers(connection_);
    if (record_too_) (*record_too_)();
  }

  // How often the tables had changed before anything was read from them: later, that tells what is stale.
  void note_counters(const Survey& out) {
    std::vector<schema::Oid> tables;
    for (const auto& [oid, relation] : out.database.relations) {
      if (!relation.view()) tables.push_back(oid);
    }
    counters_ = catalog::change_counters(connection_, tables);
    started_at_ = catalog::server_clock(connection_);
  }

  void record_populations(const Survey& out) {
    std::vector<std::string> names;
    for (const Step& step : out.plan.steps) {
      const bool fills = step.action == plan::Action::create || step.action == plan::Action::swap ||
                         step.action == plan::Action::recreate;
      if (fills) names.push_back(step.view.name);
    }
    if (names.empty()) return;
    const schema::Database now = catalog::read_database(connection_, names);
    for (const Step& step : out.plan.steps) {
      const schema::Relation* live = now.find(step.view);
      const bool fills = step.action == plan::Action::create || step.action == plan::Action::swap ||
                         step.action == plan::Action::recreate;
      if (fills && live && live->materialized() && live->populated) record_population(now, *live);
    }
  }

  void record_population(const schema::Database& now, const schema::Relation& live) {
    std::map<std::string, std::string> changes;
    std::vector<schema::Oid> made;  // in this run: nobody else has changed them yet
    for (const schema::Oid table : catalog::base_tables(now, live.oid)) {
      const auto counter = counters_.find(std::to_string(table));
      if (counter == counters_.end()) {
        made.push_back(table);
      } else {
        changes.insert(*counter);
      }
    }
    changes.merge(catalog::change_counters(connection_, made));
    catalog::record_population(connection_, live.name, live.oid, started_at_, changes,
                               static_cast<long long>(live.rows));
  }

  // Each on its own: one that fails is told and tried again by the next run; the others go on.
  void settle_after(const Survey& out) {
    std::vector<Error> errors;
    for (const Step& step : out.plan.steps) {
      if (!has_phase(step, Phase::after)) continue;
      const auto start = Clock::now();
      try {
        db::Transaction transaction(connection_);
        connection_.limit({}, limits_.statement_timeout);
        run_step(step, Phase::after);
        catalog::set_refresh_due(connection_, step.view, false);
        const schema::Database now = catalog::read_database(connection_, {step.view.name});
        if (const schema::Relation* live = now.find(step.view)) record_population(now, *live);
        transaction.commit();
        watcher_.finished(step, since(start));
      } catch (const Failure& failure) {
        if (connection_.lost() || db::interrupted()) throw;
        errors.push_back(failure.error());
      }
    }
    if (!errors.empty()) throw Failure(std::move(errors));
  }

  db::Connection& connection_;
  const Project& project_;
  const plan::Options& options_;
  const Limits& limits_;
  const Watcher& watcher_;
  const std::function<void()>* record_too_ = nullptr;  // in the transaction that ends the work
  std::vector<schema::Oid> replaced_;  // what is put aside by the exchange, noted before anything is built
  std::string state_;                  // of these, then
  bool built_ = false;
  bool exchanged_ = false;
  double exchange_ms_ = 0;
  std::map<std::string, std::string> counters_;
  std::string started_at_;
};

}  // namespace

db::Wait wait_for_sync(const Limits& limits, const Watcher& watcher) {
  return {"another sync or migration is running", limits.wait_timeout, "wait_timeout in [sync]", watcher.message};
}

Survey sync_within(db::Connection& connection, const Project& project, const plan::Options& options,
                   const Limits& limits, const Watcher& watcher) {
  return Syncer(connection, project, options, limits, watcher).run_within();
}

Survey sync_as_part(db::Connection& connection, const Project& project, const plan::Options& options,
                    const Limits& limits, const Watcher& watcher, const std::function<void()>& record) {
  return Syncer(connection, project, options, limits, watcher).run_locked(record);
}

void clean_leftovers(db::Connection& connection, const Limits& limits, const Watcher& watcher) {
  const Project none{{}, {}};
  Syncer(connection, none, {}, limits, watcher).clean();
}

Survey sync(db::Connection& connection, const Project& project, const plan::Options& options, const Limits& limits,
            const Watcher& watcher) {
  return Syncer(connection, project, options, limits, watcher).run();
}

}  // namespace pgvista::apply
