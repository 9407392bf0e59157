// What a maintained view has beside its plain view: a program, built before the exchange and taken away after it.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "ivm/change_log/queue.hpp"
#include "parse/parse.hpp"
#include "plan/step_common.hpp"

namespace pgvista::plan {

using catalog::InstalledProgram;

namespace {

const catalog::Maintained* maintained(const Input& input, const Subject& subject) {
  if (!subject.definition || !schema::maintained(*subject.definition)) return nullptr;
  return &input.maintenance.views[static_cast<std::size_t>(subject.definition - input.views.data())];
}

// What is built beside the view: what keeps it, or what notes that its tables changed.
const catalog::Maintained* with_program(const Input& input, const Subject& subject) {
  if (!subject.definition || !schema::refreshed_on_change(*subject.definition)) return maintained(input, subject);
  return &input.maintenance.views[static_cast<std::size_t>(subject.definition - input.views.data())];
}

std::vector<ivm::InstalledCapture> captures_of(const std::vector<InstalledProgram>& installed, const sql::Name& table) {
  std::vector<ivm::InstalledCapture> out;
  for (const InstalledProgram& one : installed) {
    std::copy_if(one.captures.begin(), one.captures.end(), std::back_inserter(out),
                 [&](const auto& capture) { return capture.capture.table == table; });
  }
  return out;
}

std::set<sql::Name> tables_of(const std::vector<ivm::InstalledCapture>& captures) {
  std::set<sql::Name> out;
  for (const auto& one : captures) out.insert(one.capture.table);
  return out;
}

std::set<sql::Name> queues_of(const std::vector<InstalledProgram>& programs) {
  std::set<sql::Name> out;
  for (const InstalledProgram& one : programs) {
    for (const auto& capture : one.captures) {
      if (capture.capture.queue) out.insert(*capture.capture.queue);
    }
  }
  return out;
}

InstalledProgram as_installed(const sql::Name& view, const ivm::Program& program) {
  InstalledProgram out;
  out.view = view;
  out.name = program.name;
  out.level = program.level;
  out.store = program.store;
  out.settings = program.settings;
  out.clock = program.clock;
  const bool deferred = !program.takes.empty();
  for (const ivm::Capture& capture : program.captures)
    out.captures.push_back({program.name, program.level, capture, program.settings, true, program.catches, true,
                            deferred ? std::nullopt : program.clock});
  out.removal = program.drop;
  return out;
}

std::vector<std::string> names_sql(const std::vector<sql::Name>& names) {
  std::vector<std::string> out;
  for (const sql::Name& name : names) out.push_back(name.sql());
  return out;
}

std::vector<std::string> queue_names(const std::map<sql::Name, std::vector<ivm::QueueColumn>>& queues) {
  std::vector<std::string> names;
  for (const auto& [table, columns] : queues) {
    for (int side = 0; side < ivm::queue_sides; ++side) names.push_back(ivm::queue_table(table, side).sql());
  }
  return names;
}

// From the snapshot on in which the store was filled; its tables are locked, so that none of their changes is under
// way. `stale`: why it is still to be computed as a whole; "": it was filled here.
std::string deferred_row(const ivm::Program& program, const std::vector<std::string>& queues,
                         const std::vector<std::string>& tables, const std::string& stale) {
  return fmt::format(
      "INSERT INTO pgvista.deferred (program, snapshot, identity, own_xid, queues, tables, takes, repair, waits, "
      "stale) VALUES ({}, pgvista.snapshot_before_commit(), pgvista.identity(), pg_catalog.pg_current_xact_id(), {}, "
      "{}, {}, {}, {}, {})",
      sql::quote_literal(program.name), sql::quote_literal(db::array_literal(queues)),
      sql::quote_literal(db::array_literal(tables)), sql::quote_literal(db::array_literal(program.takes)),
      sql::quote_literal(db::array_literal(program.repair)),
      sql::quote_literal(ivm::waits_function(program.name).sql()), stale.empty() ? "NULL" : sql::quote_literal(stale));
}

// In the order of their names; a part of the query is a table of the program's own, made with it.
std::vector<std::string> tables_to_lock(const ivm::Program& program) {
  std::vector<std::string> tables = names_sql(program.base_tables);
  std::sort(tables.begin(), tables.end());
  tables.erase(std::unique(tables.begin(), tables.end()), tables.end());
  std::erase_if(tables, [&](const std::string& name) {
    return std::any_of(program.stores.begin(), program.stores.end(),
                       [&](const ivm::Store& store) { return store.name.sql() == name; });
  });
  return tables;
}

std::map<sql::Name, std::vector<ivm::QueueColumn>> program_queues(const ivm::Program& program) {
  std::map<sql::Name, std::vector<ivm::QueueColumn>> queues;
  for (const ivm::Capture& one : program.captures) {
    // Each part of the query brings captures of its own.
    if (one.queue) queues[*one.queue].insert(queues[*one.queue].end(), one.queued.begin(), one.queued.end());
  }
  for (auto& [table, columns] : queues) {
    std::sort(columns.begin(), columns.end());
    columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
  }
  return queues;
}

// Filled under the settings that it is kept under.
std::vector<std::string> under_settings(const ivm::Program& program, std::vector<std::string> statements) {
  std::vector<std::string> out;
  for (const auto& [name, value] : program.settings)
    out.push_back(fmt::format("SET LOCAL {} TO {}", name, sql::quote_literal(value)));
  std::move(statements.begin(), statements.end(), std::back_inserter(out));
  for (const auto& [name, value] : program.settings) out.push_back(fmt::format("SET LOCAL {} TO DEFAULT", name));
  return out;
}

std::vector<std::string> finish_statements(const ivm::Program& program) {
  std::vector<std::string> out;
  for (const ivm::Store& store : program.stores) {
    for (std::string& sql : ivm::finish_statements(store)) out.push_back(std::move(sql));
  }
  return out;
}

constexpr const char* being_filled = "it is being filled";

Fill fill_of(const sql::Name& view, const ivm::Program& program, std::vector<std::string> done) {
  Fill out;
  out.program = {view,
                 program.name,
                 false,
                 queue_names(program_queues(program)),
                 tables_to_lock(program),
                 ivm::waits_function(program.name).sql()};
  std::vector<std::string> fills;
  for (const ivm::Store& store : program.stores) {
    for (std::string& sql : ivm::timed_fill(program, store)) fills.push_back(std::move(sql));
    fills.push_back("ANALYZE " + store.name.sql());
    out.stores.insert(store.name);
  }
  for (const ivm::Store& store : program.stores) fills.insert(fills.end(), store.filled.begin(), store.filled.end());
  out.statements = under_settings(program, std::move(fills));
  out.done = std::move(done);
  return out;
}

// What older snapshots see when a store was locked as a whole: it must be there before them.
std::string lock_rows_sql(const ivm::Program& program) {
  std::vector<std::string> rows;
  for (const ivm::Store& store : program.stores)
    rows.push_back(fmt::format("(pg_catalog.hashtext({}), -1)", sql::quote_literal(store.name.name)));
  return fmt::format("INSERT INTO pgvista.lock (view, slot) VALUES {} ON CONFLICT DO NOTHING", join(rows, ", "));
}

// A deferred program that notes what changes while the store is filled, and is gone when the view's own program has its
// rows.
void install_bridge(Step& step, const Subject& subject, const ivm::Program& bridge) {
  const std::vector<std::string> tables = tables_to_lock(bridge);
  const auto queues = program_queues(bridge);
  add(step, Phase::bridge, fmt::format("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", join(tables, ", ")));
  for (const auto& [table, columns] : queues) add(step, Phase::bridge, ivm::queue_sql(table, columns));
  add(step, Phase::bridge, ivm::create_statements(bridge));
  add(step, Phase::bridge, finish_statements(bridge));
  add(step, Phase::bridge,
      fmt::format("CREATE VIEW {} AS\n{}", catalog::anchor_name(bridge.name).sql(),
                  parse::print_checked(bridge.anchor)));
  add(step, Phase::bridge, lock_rows_sql(bridge));
  schema::ViewDefinition deferred = *subject.definition;
  deferred.maintenance = schema::Maintenance::deferred;
  add(step, Phase::bridge,
      catalog::program_row_sql(deferred, subject.name, bridge, std::string("filling for another")));
  add(step, Phase::bridge, deferred_row(bridge, queue_names(queues), tables, being_filled));
  step.bridge = as_installed(subject.name, bridge);
  step.fill = fill_of(subject.name, bridge, {});
}

// The bridge's stores have their rows and their indexes; what it heard of its own parts goes.
void take_over_stores(Step& step, const ivm::Program& bridge, const ivm::Program& program) {
  const InstalledProgram gone = as_installed(step.view, bridge);
  for (std::size_t i = 0; i < bridge.stores.size(); ++i) {
    const std::vector<ivm::InstalledCapture> heard = captures_of({gone}, bridge.stores[i].name);
    if (!heard.empty()) add(step, Phase::build, ivm::dispatch_sql(bridge.stores[i].name, {}, heard));
    add(step, Phase::build,
        fmt::format("ALTER TABLE {} RENAME TO {}", bridge.stores[i].name.sql(),
                    sql::quote_identifier(program.stores[i].name.name)));
    add(step, Phase::build,
        fmt::format("UPDATE pgvista.pace SET program = {}, store = {} WHERE store = {}",
                    sql::quote_literal(program.name), sql::quote_literal(program.stores[i].name.name),
                    sql::quote_literal(bridge.stores[i].name.name)));
  }
}

// The tables' writers are kept away until the new store is filled and the triggers are there: none is missed. From
// large tables it is filled beside them, and they wait for the rest alone.
void install(Step& step, const Context& context, const Subject& subject, const catalog::Maintained& entry) {
  const ivm::Program& program = *entry.program;
  if (entry.bridge) install_bridge(step, subject, *entry.bridge);
  const std::vector<std::string> tables = tables_to_lock(program);
  if (!tables.empty())
    add(step, Phase::build, fmt::format("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", join(tables, ", ")));
  if (entry.bridge)
    add(step, Phase::build, fmt::format("SELECT pgvista.drain_now({})", sql::quote_literal(entry.bridge->name)));
  const auto queues = program_queues(program);
  for (const auto& [table, columns] : queues) add(step, Phase::build, ivm::queue_sql(table, columns));
  if (entry.bridge) {
    take_over_stores(step, *entry.bridge, program);
    add(step, Phase::build, program.create);
  } else {
    add(step, Phase::build, ivm::create_statements(program));
    add(step, Phase::build,
        under_settings(program, entry.fills_itself ? finish_statements(program) : ivm::fill_statements(program)));
  }
  const bool kept = !program.store.name.empty();
  if (kept)
    add(step, Phase::build,
        fmt::format("CREATE VIEW {} AS\n{}", catalog::anchor_name(program.name).sql(),
                    parse::print_checked(program.anchor)));
  if (kept) add(step, Phase::build, lock_rows_sql(program));
  for (const std::string& owner :
       {subject.definition->owner.value_or(""), subject.live ? subject.live->owner : std::string{}}) {
    if (!kept || owner.empty() || owner == context.input.database.user) continue;
    // With the view: until it is there, nobody's right on its store is known (pgvista.set_rights).
    add(step, Phase::names,
        fmt::format("GRANT SELECT ON TABLE {}, {} TO {}", program.store.sql(), catalog::anchor_name(program.name).sql(),
                    sql::quote_identifier(owner)));
  }
  add(step, Phase::build,
      catalog::program_row_sql(*subject.definition, subject.name, program,
                               (entry.fills_itself ? "filling " : "") + entry.facts));
  if (!queues.empty())
    add(step, Phase::build, deferred_row(program, queue_names(queues), tables, entry.fills_itself ? being_filled : ""));
  if (entry.fills_itself)
    step.fill = fill_of(subject.name, program,
                        {fmt::format("UPDATE pgvista.program SET facts = {} WHERE program = {}",
                                     sql::quote_literal(entry.facts), sql::quote_literal(program.name))});
  step.installs = as_installed(subject.name, program);
}

const InstalledProgram* wanted(const catalog::Maintained* entry) { return entry ? entry->current : nullptr; }

}  // namespace

bool program_fits(const Input& input, const Subject& subject) {
  const catalog::Maintained* entry = maintained(input, subject);
  // Put aside, it may show its query.
  return !entry || (entry->current && (entry->current->shown || !entry->current->state.empty()));
}

const sql::Select* visible_query(const Input& input, const Subject& subject, sql::Select& storage) {
  const catalog::Maintained* entry = maintained(input, subject);
  if (!entry) return nullptr;
  if (entry->program) return &entry->program->visible;
  if (!entry->current) return nullptr;
  storage = parse::parse_select(entry->current->visible);
  return &storage;
}

void add_program(Step& step, const Context& context, const Subject& subject) {
  const catalog::Maintained* entry = with_program(context.input, subject);
  if (entry && entry->program && !entry->current) install(step, context, subject, *entry);
  for (const InstalledProgram& one : context.input.maintenance.installed) {
    const bool own = one.view == subject.name || (subject.live && one.view == subject.live->name);
    if (own && &one != wanted(entry)) step.removes.push_back(one);
  }
}

void add_read_only(Step& step, const Subject& subject, Phase phase, const sql::Name& name) {
  if (!subject.definition || !schema::maintained(*subject.definition)) return;
  add(step, phase,
      fmt::format("CREATE OR REPLACE TRIGGER {} INSTEAD OF INSERT OR UPDATE OR DELETE ON {} FOR EACH ROW EXECUTE "
                  "FUNCTION pgvista.refuse_write()",
                  schema::read_only_trigger, name.sql()));
}

void orphan_steps(const Context& context, Plan& plan) {
  for (const InstalledProgram& one : context.input.maintenance.installed) {
    const bool defined = std::any_of(context.input.views.begin(), context.input.views.end(), [&](const auto& view) {
      return view.name == one.view || view.renamed_from == one.view.name;
    });
    if (defined || context.input.database.find(one.view) || context.input.database.foreign.contains(one.view)) continue;
    Step step;
    step.view = one.view;
    step.action = Action::drop;
    step.reason = "the view is gone, and what kept it is still there";
    step.removes.push_back(one);
    plan.steps.push_back(std::move(step));
  }
}

// Where reading all of a table costs no more, no index is missed; one that was broken off is named all the same.
std::vector<Lacking> lacking_indexes(const Input& input) {
  std::vector<Lacking> out;
  for (std::size_t i = 0; i < input.views.size(); ++i) {
    for (const catalog::LackingIndex& one : input.maintenance.views[i].lacking) {
      const bool pays = one.without && one.with && *one.without > *one.with;
      if (pays || one.invalid) out.push_back({input.views[i].name, one});
    }
  }
  return out;
}

void missing_index_steps(const Context& context, Plan& plan) {
  std::set<std::string> made;
  for (std::size_t i = 0; i < context.input.views.size(); ++i) {
    if (!schema::maintained(context.input.views[i])) continue;
    Step step;
    step.view = context.input.views[i].name;
    step.action = Action::index;
    std::vector<std::string> places;
    for (const catalog::LackingIndex& one : context.input.maintenance.views[i].lacking) {
      const ivm::MissingIndex& index = one.index;
      if (!made.insert(index.sql()).second) continue;
      step.base_indexes.push_back(index);
      add(step, Phase::apart, index.sql());
      places.push_back(fmt::format("{} ({})", index.table.display(), index.column));
    }
    if (places.empty()) continue;
    step.reason = "its maintenance looks rows up by " + join(places, ", ");
    plan.steps.insert(plan.steps.begin(), std::move(step));
  }
}

std::optional<Step> leftover_step(const Context& context, const Subject& subject) {
  Step step = start_step(subject, Action::alter);
  add_program(step, context, subject);
  if (step.removes.empty() && !step.installs) return std::nullopt;
  const bool watches = schema::refreshed_on_change(*subject.definition);
  step.reason = step.installs ? "its tables are to tell when they change"
                : !watches && !step.removes.front().store.name.empty()
                    ? "a build of it that was broken off is still there"
                    : "its tables need no longer tell when they change";
  return step;
}

std::optional<Step> store_index_step(const Context& context, const Subject& subject) {
  const catalog::Maintained* entry = with_program(context.input, subject);
  if (!entry || !entry->current || !entry->indexes) return std::nullopt;
  Step step = start_step(subject, Action::index);
  step.reason = "its indexes are declared otherwise";
  for (const catalog::NewStoreIndex& one : entry->indexes->made) add(step, Phase::apart, one.concurrently);
  for (const sql::Name& one : entry->indexes->gone)
    add(step, Phase::apart, "DROP INDEX CONCURRENTLY IF EXISTS " + one.sql());
  add(step, Phase::settle, catalog::program_indexes_sql(*entry->program));
  step.store_indexes = entry->indexes;
  return step;
}

// The triggers are written anew from all programs that there are at that moment: as the builds go on, and as the old
// ones go.
void add_triggers(std::vector<Step>& steps, const std::vector<std::size_t>& closing,
                  std::vector<InstalledProgram> installed) {
  const auto dispatch = [&](Step& step, Phase phase, const sql::Name& table,
                            const std::vector<ivm::InstalledCapture>& before) {
    add(step, phase, ivm::dispatch_sql(table, captures_of(installed, table), before));
  };
  for (Step& step : steps) {
    if (!step.installs) continue;
    const auto all_before = [&](const InstalledProgram& program) {
      std::map<sql::Name, std::vector<ivm::InstalledCapture>> before;
      for (const sql::Name& table : tables_of(program.captures)) before[table] = captures_of(installed, table);
      return before;
    };
    if (step.bridge) {
      const auto before = all_before(*step.bridge);
      installed.push_back(*step.bridge);
      for (const auto& [table, captures] : before) dispatch(step, Phase::bridge, table, captures);
    }
    auto before = all_before(*step.installs);
    if (step.bridge) {
      before.merge(all_before(*step.bridge));
      std::erase_if(before, [&](const auto& one) { return step.fill->stores.contains(one.first); });
    }
    if (step.bridge) installed.pop_back();
    installed.push_back(*step.installs);
    for (const auto& [table, captures] : before) dispatch(step, Phase::build, table, captures);
    add(step, Phase::build, fmt::format("SELECT pgvista.set_marks({})", sql::quote_literal(step.installs->name)));
    if (step.bridge) add(step, Phase::build, removal_sql(*step.bridge, installed, {}));
  }
  for (const std::size_t number : closing) {
    for (const InstalledProgram& gone : steps[number].removes) {
      std::map<sql::Name, std::vector<ivm::InstalledCapture>> before;
      for (const sql::Name& table : tables_of(gone.captures)) before[table] = captures_of(installed, table);
      std::erase_if(installed, [&](const InstalledProgram& one) { return one.name == gone.name; });
      add(steps[number], Phase::drop, removal_sql(gone, installed, before));
    }
  }
}

std::vector<std::string> keep_writers_away(const std::vector<InstalledProgram>& gone) {
  std::set<std::string> tables;
  for (const InstalledProgram& program : gone) {
    for (const ivm::InstalledCapture& one : program.captures) {
      if (one.table_exists && one.capture.table.schema != "pgvista") tables.insert(one.capture.table.sql());
    }
  }
  if (tables.empty()) return {};
  return {fmt::format("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE",
                      join(std::vector<std::string>(tables.begin(), tables.end()), ", "))};
}

std::vector<std::string> removal_sql(const InstalledProgram& gone, const std::vector<InstalledProgram>& staying,
                                     const std::map<sql::Name, std::vector<ivm::InstalledCapture>>& before) {
  std::vector<std::string> out;
  for (const auto& [table, captures] : before) {
    // A table of the program's own goes with it, and its triggers with that.
    for (std::string& sql : ivm::dispatch_sql(table, captures_of(staying, table), captures))
      out.push_back(std::move(sql));
  }
  for (const sql::Name& table : queues_of({gone})) {
    if (!queues_of(staying).contains(table)) out.push_back(ivm::drop_queue_sql(table));
  }
  out.push_back(fmt::format("DROP VIEW IF EXISTS {}", catalog::anchor_name(gone.name).sql()));
  out.insert(out.end(), gone.removal.begin(), gone.removal.end());
  out.push_back(
      fmt::format("DELETE FROM pgvista.lock WHERE view = pg_catalog.hashtext({})", sql::quote_literal(gone.name)));
  out.push_back(fmt::format("DELETE FROM pgvista.stopped WHERE program = {}", sql::quote_literal(gone.name)));
  out.push_back(fmt::format("DELETE FROM pgvista.deferred WHERE program = {}", sql::quote_literal(gone.name)));
  out.push_back(fmt::format("DELETE FROM pgvista.pace WHERE program = {}", sql::quote_literal(gone.name)));
  out.push_back(fmt::format("DELETE FROM pgvista.program WHERE program = {}", sql::quote_literal(gone.name)));
  return out;
}

std::vector<std::string> removal_sql(const InstalledProgram& gone, std::vector<InstalledProgram>& installed) {
  std::map<sql::Name, std::vector<ivm::InstalledCapture>> before;
  for (const sql::Name& table : tables_of(gone.captures)) before[table] = captures_of(installed, table);
  const InstalledProgram copy = gone;
  std::erase_if(installed, [&](const InstalledProgram& one) { return one.name == copy.name; });
  return removal_sql(copy, installed, before);
}

}  // namespace pgvista::plan
