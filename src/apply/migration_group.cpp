#include "apply/migration_group.hpp"

#include <algorithm>
#include <iterator>

#include "apply/migration_script.hpp"
#include "apply/retry.hpp"
#include "catalog/ledger.hpp"
#include "plan/undeclare.hpp"

namespace pgvista::apply {

using migrate::Operation;
using migrate::State;
using Statuses = std::vector<plan::ViewStatus>;

namespace {

ViewGoal goal_of(const std::vector<Action>& actions, const std::vector<sql::Name>& also) {
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

// What keeps them is compiled from the tables as they were. Other views follow their tables by themselves.
std::vector<sql::Name> maintained_readers(const State& state, const std::set<sql::Name>& tables) {
  if (tables.empty()) return {};
  std::vector<sql::Name> out = readers_of(state, tables);
  std::erase_if(out, [&](const sql::Name& name) { return !schema::maintained(*state.views.at(name)); });
  return out;
}

plan::Options options_for(const ViewGoal& goal, const State& state, const std::vector<schema::ViewDefinition>& views,
                          bool create_indexes) {
  plan::Options options;
  options.force = true;  // a migration is reviewed: what others built on a view is kept, as sync --force keeps it
  options.create_indexes = create_indexes;
  options.only = goal.make;
  for (const schema::ViewDefinition& view : views) {
    if (view.borrowed) options.only.push_back(view.name);
  }
  for (const auto& [name, view] : state.views) {
    if (!goal.created.contains(name)) options.ours.push_back(name);
  }
  options.drop = goal.drop;
  return options;
}

[[noreturn]] void refuse_plan(std::vector<Error> errors) {
  for (Error& error : errors) {
    if (error.code == "not_managed")
      error.hint = "Drop it, or let the project take it over as it is to be: pgvista sync --adopt.";
  }
  throw Failure(std::move(errors));
}

// What the definition before declared and the one after does not.
void undeclare(db::Connection& connection, const std::vector<Action>& actions) {
  for (const Action& action : actions) {
    if (!action.from || !action.to) continue;
    const db::Rows rows = connection.query(
        "SELECT coalesce(pg_catalog.array_agg(attname::text), '{}') FROM pg_catalog.pg_attribute WHERE attrelid = "
        "pg_catalog.to_regclass($1) AND attnum > 0",
        {action.to->name.sql()});
    for (const std::string& sql : plan::undeclare_sql(*action.from, *action.to, rows.array(0, 0)))
      connection.execute(sql);
  }
}

// What was to go and is gone already, with what stepped aside for a type.
void forget_taken(db::Connection& connection, ViewGoal& goal) {
  for (const sql::Name& name : std::vector<sql::Name>(goal.drop)) {
    if (std::erase_if(goal.taken, [&](const schema::Relation& one) { return one.name == name; }) == 0) continue;
    std::erase(goal.drop, name);
    catalog::forget_record(connection, name);
  }
}

void append(Statuses& to, Statuses more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

class GroupRunner {
 public:
  GroupRunner(db::Connection& connection, const GroupSettings& settings, const Group& group,
              const std::function<void(const Action&)>& told, const std::function<void()>& record)
      : connection_(connection), settings_(settings), group_(group), told_(told), record_(record) {}

  Statuses run() const {
    const auto& actions = group_.actions;
    const bool views_only = !actions.empty() && std::none_of(actions.begin(), actions.end(),
                                                             [](const Action& one) { return one.script != nullptr; });
    return views_only ? beside() : in_transaction();
  }

 private:
  // Side by side with what is there, as sync does it: readers wait for the exchange alone.
  Statuses beside() const {
    for (const Action& action : group_.actions) told_(action);
    const auto finish = [&] {
      undeclare(connection_, group_.actions);
      record_();
    };
    return with_views(goal_of(group_.actions, {}), group_.state_at(group_.left),
                      [&](const Project& project, const plan::Options& options) {
                        return sync_as_part(connection_, project, options, settings_.limits, settings_.watcher, finish);
                      });
  }

  Statuses in_transaction() const {
    Statuses out;
    with_retries(settings_.limits, settings_.watcher, [&] {
      db::Transaction transaction(connection_);
      connection_.limit(settings_.limits.lock_timeout, settings_.limits.statement_timeout);
      out = operations();
      record_();
      transaction.commit();
    });
    return out;
  }

  // Free SQL may read views and tables as they are at its place: what stands before it is whole by then.
  Statuses operations() const {
    ScriptRunner scripts(connection_);
    Statuses out;
    std::vector<Action> chunk;
    for (const Action& action : group_.actions) {
      if (action.operation->kind != Operation::Kind::sql) {
        chunk.push_back(action);
        continue;
      }
      if (!chunk.empty()) append(out, run_chunk(scripts, chunk, group_.state_at(chunk.back().left)));
      chunk.clear();
      told_(action);
      scripts.run(group_.migration, *action.script);
    }
    if (!chunk.empty()) append(out, run_chunk(scripts, chunk, group_.state_at(group_.left)));
    return out;
  }

  Statuses run_chunk(ScriptRunner& scripts, const std::vector<Action>& actions, const State& state) const {
    const ViewOrder order = view_order(actions, settings_.project.default_schema);
    Statuses out;
    std::vector<schema::Relation> taken;
    std::vector<Action> waiting;
    std::set<sql::Name> tables;
    for (std::size_t i = 0; i < actions.size(); ++i) {
      const Action& action = actions[i];
      if (i == order.take_at && order.views_last && !(order.blocked.empty() && order.away_first.empty()))
        taken = take_away(connection_, order.blocked, order.away_first);
      told_(action);
      if (!action.script) {
        waiting.push_back(action);
        continue;
      }
      if (!order.views_last && !waiting.empty()) {
        append(out, make_views(scripts, waiting, {}, {}, group_.state_at(waiting.back().left)));
        waiting.clear();
      }
      scripts.run(group_.migration, *action.script);
      add_tables(*action.script, settings_.project.default_schema, tables);
    }
    append(out, make_views(scripts, waiting, std::move(taken), maintained_readers(state, tables), state));
    return out;
  }

  Statuses make_views(ScriptRunner& scripts, const std::vector<Action>& actions, std::vector<schema::Relation> taken,
                      const std::vector<sql::Name>& also, const State& state) const {
    ViewGoal goal = goal_of(actions, also);
    goal.taken = std::move(taken);
    for (const schema::Relation& one : goal.taken) {
      if (state.views.contains(one.name)) goal.make.push_back(one.name);
    }
    forget_taken(connection_, goal);
    if (goal.make.empty() && goal.drop.empty() && goal.taken.empty()) return {};
    scripts.fire_deferred();
    Statuses out = with_views(goal, state, [&](const Project& project, const plan::Options& options) {
      return sync_within(connection_, project, options, settings_.limits, settings_.watcher);
    });
    undeclare(connection_, actions);
    return out;
  }

  template <class Run>
  Statuses with_views(const ViewGoal& goal, const State& state, const Run& run) const {
    const std::vector<schema::ViewDefinition> views = views_around(state, goal);
    const Project project{views, settings_.project.schema, &goal.taken};
    Survey survey = run(project, options_for(goal, state, views, settings_.create_indexes));
    if (!survey.plan.errors.empty()) refuse_plan(std::move(survey.plan.errors));
    return std::move(survey.plan.views);
  }

  db::Connection& connection_;
  const GroupSettings& settings_;
  const Group& group_;
  const std::function<void(const Action&)>& told_;
  const std::function<void()>& record_;
};

}  // namespace

Statuses run_group(db::Connection& connection, const GroupSettings& settings, const Group& group,
                   const std::function<void(const Action&)>& told, const std::function<void()>& record) {
  return GroupRunner(connection, settings, group, told, record).run();
}

}  // namespace pgvista::apply
