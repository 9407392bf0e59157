#include "ivm/triggers/dispatch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "ivm/change_log/queue.hpp"
#include "ivm/functions/names.hpp"
#include "ivm/functions/sound.hpp"
#include "plpgsql/print.hpp"
#include "sql/make.hpp"
#include "sql/print.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;
using plpgsql::Assign;
using plpgsql::If;
using plpgsql::Run;
using plpgsql::Statements;

namespace {

void append(Statements& to, Statements more) {
  for (plpgsql::Statement& one : more) to.push_back(std::move(one));
}

Name function_name(const Name& table, const std::string& what) {
  return {"pgvista", shorten_identifier("on_" + table_word(table), "_" + what)};
}

Name function_name(const Name& table, Event event) { return function_name(table, to_string(event)); }

std::string trigger_name(const std::string& what) { return "pgvista_" + what; }

const char* transition_tables(Event event) {
  switch (event) {
    case Event::insert: return " REFERENCING NEW TABLE AS new_rows";
    case Event::update: return " REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows";
    case Event::remove: return " REFERENCING OLD TABLE AS old_rows";
    case Event::truncate: break;
  }
  return "";
}

// What deferred views need of the table's changes, a note for each queue: its columns are those that any of them needs.
Statements queue_notes(Event event, const std::vector<InstalledCapture>& captures) {
  std::map<Name, std::vector<QueueColumn>> queues;
  for (const InstalledCapture& one : captures) {
    if (!one.capture.queue) continue;
    std::vector<QueueColumn>& columns = queues[*one.capture.queue];
    for (const QueueColumn& column : one.capture.queued) {
      if (std::find(columns.begin(), columns.end(), column) == columns.end()) columns.push_back(column);
    }
  }
  Statements out;
  for (auto& [queue, columns] : queues) {
    std::sort(columns.begin(), columns.end());
    for (plpgsql::Statement& one : queue_note(queue, event, columns)) out.push_back(std::move(one));
  }
  return out;
}

// Programs that were made before the database's defaults changed keep theirs: put in force for them alone.
Statements in_force(const Settings& settings) {
  Statements out;
  for (const auto& [name, value] : settings)
    out.push_back({Run{make::select(
        {make::target(make::call("set_config", {make::text(name), make::text(value), make::boolean(true)}))})}});
  return out;
}

// A transaction whose snapshot is older than the program sees none of its rows: it may add nothing to them.
plpgsql::Statement snapshot_check(const std::string& program) {
  const Expr isolation = make::call("current_setting", {make::text("transaction_isolation")});
  const Expr one_snapshot = InList{isolation, {make::text("read committed"), make::text("read uncommitted")}, true, {}};
  const Expr check = make::call(Name{"pgvista", "check_snapshot"}, {make::text(program)});
  return {If{{{one_snapshot, {{Run{make::select({make::target(check)})}}}}}}};
}

// What one program does. `settings`: those in force.
Statements run_capture(const InstalledCapture& one, const Settings& settings) {
  const bool other = one.settings != settings;
  Statements out;
  if (other) out = in_force(one.settings);
  // Asked before each: what came before may have written to a store that this one reads, too.
  if (one.capture.counted) {
    out.push_back({plpgsql::Comment{"Is this table the only one that the statement changes?"}});
    out.push_back({Assign{"pgv_alone", make::call(Name{"pgvista", "is_alone"}, {make::name("tg_relid")})}});
  }
  Statements body = {{plpgsql::Printed{one.capture.body}}};
  if (one.catches) body = {caught(one.program, make::name("tg_relid"), std::move(body))};
  append(out, std::move(body));
  if (other) append(out, in_force(settings));
  return out;
}

// Nothing but notes: without settings of its own it is quicker. Values as text depend on some.
plpgsql::Function note_trigger(Event event, const std::vector<InstalledCapture>& captures) {
  const bool text =
      std::any_of(captures.begin(), captures.end(), [](const auto& one) { return writes_text(one.capture.queued); });
  plpgsql::Function out;
  if (text) {
    for (const auto& [name, value] : captures.front().settings) out.settings.emplace_back(name, quote_literal(value));
  }
  out.body.variables = {{"pgv_sound", "boolean"}};
  out.body.statements = queue_notes(event, captures);
  return out;
}

plpgsql::Function program_trigger(Event event, const std::vector<InstalledCapture>& captures, bool counted) {
  const Settings settings = captures.empty() ? Settings{} : captures.front().settings;
  plpgsql::Function out;
  // Without jit: what a few rows change is soon counted, and compiling it may take a second where the planner knows
  // little of the tables.
  out.settings = function_settings(settings);
  if (std::any_of(captures.begin(), captures.end(),
                  [](const auto& one) { return !one.capture.queue && one.capture.follows; }))
    out.settings.emplace_back("plan_cache_mode", "force_generic_plan");
  out.body.variables = {{"pgv_alone", "boolean"}, {"pgv_sound", "boolean"}};
  Statements& body = out.body.statements;
  std::string checked;
  for (const InstalledCapture& one : captures) {
    if (one.capture.queue) continue;
    body.push_back({plpgsql::Comment{one.program}});
    if (one.program != checked) body.push_back(snapshot_check(one.program));
    if (one.program != checked && one.asks)
      body.push_back({Assign{"pgv_sound", make::call(sound_function(one.program), {make::name("tg_relid")})}});
    checked = one.program;
    Statements work = run_capture(one, settings);
    append(body, one.asks ? Statements{{If{{{make::name("pgv_sound"), std::move(work)}}}}} : std::move(work));
  }
  append(body, queue_notes(event, captures));
  if (counted && event != Event::truncate)
    body.push_back({Assign{"pgv_alone", make::call(Name{"pgvista", "close_statement"})}});
  return out;
}

std::string dispatcher(const Name& table, Event event, const std::vector<InstalledCapture>& captures, bool counted) {
  const bool only_notes =
      !captures.empty() && !counted &&
      std::all_of(captures.begin(), captures.end(), [](const auto& one) { return one.capture.queue.has_value(); });
  plpgsql::Function out = only_notes ? note_trigger(event, captures) : program_trigger(event, captures, counted);
  out.replace = true;
  out.name = function_name(table, event);
  out.returns = "trigger";
  out.security_definer = true;
  out.body.statements.push_back({plpgsql::Return{make::null()}});
  return plpgsql::print(out);
}

// `when`: "AFTER INSERT ON …", with its transition tables.
std::string listen(const sql::Name& table, const std::string& trigger, const std::string& function,
                   const std::string& when) {
  const std::string made =
      fmt::format("CREATE OR REPLACE TRIGGER {} {} FOR EACH STATEMENT EXECUTE FUNCTION {}()", trigger, when, function);
  return print(
      make::select({make::target(make::call(Name{"pgvista", "listen"}, {make::text(table.sql()), make::text(trigger),
                                                                        make::text(function), make::text(made)}))}));
}

// Who writes to a store has entered by the table that it is kept from.
bool locks_keys(const std::vector<InstalledCapture>& captures) {
  return std::any_of(captures.begin(), captures.end(), [](const InstalledCapture& one) {
    return one.capture.locks && one.capture.table.schema != "pgvista";
  });
}

// The clocks that whoever changes the table moves, with how old they may get.
std::map<Name, std::string> clocks_of(const std::vector<InstalledCapture>& captures) {
  std::map<Name, std::string> out;
  for (const InstalledCapture& one : captures) {
    if (one.clock && one.capture.table.schema != "pgvista") out[one.clock->table] = one.clock->every;
  }
  return out;
}

// It runs in the writer's session, which has a search path of its own: every name is whole.
plpgsql::Statement moved(const Name& clock, const std::string& every) {
  const auto own = [](const char* name) { return Name{"pg_catalog", name}; };
  const Expr older = make::cast(make::text(every), "interval");
  const Expr edge = make::op(Path{"pg_catalog", "-"}, make::call(own("now")), older);
  Select old =
      make::select({}, {make::table(clock, "c")}, make::op(Path{"pg_catalog", "<"}, make::column("c", "at"), edge));
  const Expr move = make::call(Name{"pgvista", "move_clock"},
                               {make::cast(make::text(clock.sql()), "regclass"), older, make::boolean(false)});
  return {If{{{make::exists(std::move(old)), {{Assign{"pgv_done", move}}}}}}};
}

// With a function of its own, so that it can be taken away by whoever may not change the table.
std::string enter_function(const Name& function, const std::vector<InstalledCapture>& captures) {
  plpgsql::Function out;
  out.replace = true;
  out.name = function;
  out.returns = "trigger";
  out.security_definer = true;
  out.body.variables = {{"pgv_done", "boolean"}};
  Statements& body = out.body.statements;
  if (locks_keys(captures)) body.push_back({Assign{"pgv_done", make::call(Name{"pgvista", "enter"})}});
  for (const auto& [clock, every] : clocks_of(captures)) body.push_back(moved(clock, every));
  body.push_back({plpgsql::Return{make::null()}});
  return plpgsql::print(out);
}

bool enters(const std::vector<InstalledCapture>& captures) {
  return locks_keys(captures) || !clocks_of(captures).empty();
}

}  // namespace

std::string trigger_name(Event event) { return trigger_name(to_string(event)); }

std::vector<std::string> trigger_names(const std::vector<InstalledCapture>& captures) {
  std::vector<std::string> out;
  bool counted = false;
  for (const InstalledCapture& one : captures) {
    counted |= one.capture.counted;
    const std::string name = trigger_name(to_string(one.capture.event));
    if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  }
  if (!counted) return out;
  for (const Event event : {Event::insert, Event::update, Event::remove}) {
    const std::string name = trigger_name(to_string(event));
    if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  }
  out.push_back(trigger_name("open"));
  return out;
}

std::vector<std::string> dispatch_sql(const sql::Name& table, const std::vector<InstalledCapture>& all,
                                      const std::vector<InstalledCapture>& before) {
  const std::vector<std::string> there = trigger_names(before);
  const auto gone = [](const InstalledCapture& one) { return !one.table_exists; };
  const bool no_table = std::any_of(all.begin(), all.end(), gone) || std::any_of(before.begin(), before.end(), gone);
  const auto exists = [&](const std::string& trigger) {
    return std::find(there.begin(), there.end(), trigger) != there.end();
  };
  std::vector<std::string> out;
  std::vector<InstalledCapture> captures = all;
  std::stable_sort(captures.begin(), captures.end(), [](const auto& a, const auto& b) {
    return std::tie(a.level, a.program) < std::tie(b.level, b.program);
  });
  const bool counted =
      std::any_of(captures.begin(), captures.end(), [](const auto& one) { return one.capture.counted; });
  for (const Event event : {Event::insert, Event::update, Event::remove, Event::truncate}) {
    std::vector<InstalledCapture> own;
    std::copy_if(captures.begin(), captures.end(), std::back_inserter(own),
                 [&](const auto& one) { return one.capture.event == event; });
    const std::string trigger = trigger_name(to_string(event));
    const std::string function = function_name(table, event).sql();
    const bool needed = !own.empty() || (counted && event != Event::truncate);
    if (!needed && !exists(trigger)) continue;
    if (needed && no_table) continue;
    if (!needed) {
      // With the trigger, under whatever name the table goes now.
      out.push_back(fmt::format("DROP FUNCTION IF EXISTS {}() CASCADE", function));
      continue;
    }
    out.push_back(dispatcher(table, event, own, counted));
    out.push_back(fmt::format("REVOKE ALL ON FUNCTION {}() FROM PUBLIC", function));
    const char* word = event == Event::insert   ? "INSERT"
                       : event == Event::update ? "UPDATE"
                       : event == Event::remove ? "DELETE"
                                                : "TRUNCATE";
    const std::string when = fmt::format("AFTER {} ON {}{}", word, table.sql(), transition_tables(event));
    out.push_back(listen(table, trigger, function, when));
  }
  const std::string event = "BEFORE INSERT OR UPDATE OR DELETE ON " + table.sql();
  const Name enter = function_name(table, "enter");
  if (enters(captures) && !no_table) {
    out.push_back(enter_function(enter, captures));
    out.push_back(fmt::format("REVOKE ALL ON FUNCTION {}() FROM PUBLIC", enter.sql()));
    out.push_back(listen(table, trigger_name("enter"), enter.sql(), event));
  } else if (enters(before)) {
    out.push_back(fmt::format("DROP FUNCTION IF EXISTS {}() CASCADE", enter.sql()));
  }
  if (no_table || (!counted && !exists("pgvista_open"))) return out;
  out.push_back(counted ? listen(table, "pgvista_open", "pgvista.open_statement", event)
                        : fmt::format("DROP TRIGGER IF EXISTS pgvista_open ON {}", table.sql()));
  return out;
}

}  // namespace pgvista::ivm
