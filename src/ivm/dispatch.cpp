#include "ivm/dispatch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "ivm/generate.hpp"
#include "ivm/queue.hpp"
#include "ivm/sound.hpp"

namespace pgvista::ivm {

namespace {

std::string function_name(const sql::Name& table, const std::string& what) {
  return sql::Name{"pgvista", sql::shorten_identifier("on_" + table_word(table), "_" + what)}.sql();
}

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
std::string queue_notes(Event event, const std::vector<InstalledCapture>& captures) {
  std::map<sql::Name, std::vector<QueueColumn>> queues;
  for (const InstalledCapture& one : captures) {
    if (!one.capture.queue) continue;
    std::vector<QueueColumn>& columns = queues[*one.capture.queue];
    for (const QueueColumn& column : one.capture.queued) {
      if (std::find(columns.begin(), columns.end(), column) == columns.end()) columns.push_back(column);
    }
  }
  std::string out;
  for (auto& [queue, columns] : queues) {
    std::sort(columns.begin(), columns.end());
    out += queue_note(queue, event, columns);
  }
  return out;
}

// Nothing but notes: without settings of its own it is quicker. Values as text depend on some.
std::string note_trigger(const sql::Name& table, Event event, const std::string& notes, const std::string& settings) {
  return fmt::format(
      "CREATE OR REPLACE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER{} AS {}\n{}DECLARE\n  "
      "pgv_sound boolean;\nBEGIN\n{}  RETURN NULL;\nEND\n{}",
      function_name(table, to_string(event)), settings, sql::dollar_tag("dispatch", notes), body_begin, notes,
      sql::dollar_tag("dispatch", notes));
}

// Programs that were made before the database's defaults changed keep theirs: put in force for them alone.
std::string in_force(const Settings& settings) {
  std::string out;
  for (const auto& [name, value] : settings)
    out += fmt::format("  PERFORM set_config({}, {}, true);\n", sql::quote_literal(name), sql::quote_literal(value));
  return out;
}

// A transaction whose snapshot is older than the program sees none of its rows: it may add nothing to them.
std::string snapshot_check(const std::string& program) {
  return fmt::format(
      "  IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN\n    PERFORM "
      "pgvista.check_snapshot({});\n  END IF;\n",
      sql::quote_literal(program));
}

std::string dispatcher(const sql::Name& table, Event event, const std::vector<InstalledCapture>& captures,
                       bool counted) {
  const std::string notes = queue_notes(event, captures);
  const bool text =
      std::any_of(captures.begin(), captures.end(), [](const auto& one) { return writes_text(one.capture.queued); });
  const bool only_notes =
      std::all_of(captures.begin(), captures.end(), [](const auto& one) { return one.capture.queue.has_value(); });
  const Settings settings = captures.empty() ? Settings{} : captures.front().settings;
  if (only_notes && !captures.empty() && !counted)
    return note_trigger(table, event, notes, text ? set_clauses(settings) : std::string{});
  std::string body;
  std::string checked;
  for (const InstalledCapture& one : captures) {
    if (one.capture.queue) continue;
    body += fmt::format("  -- {}\n", one.program);
    if (one.program != checked) body += snapshot_check(one.program);
    if (one.program != checked && one.asks)
      body += fmt::format("  pgv_sound := {}(TG_RELID);\n", sound_function(one.program));
    checked = one.program;
    const bool other = one.settings != settings;
    if (one.asks) body += "  IF pgv_sound THEN\n";
    if (other) body += in_force(one.settings);
    // Asked before each: what came before may have written to a store that this one reads, too.
    if (one.capture.counted)
      body +=
          "  -- Is this table the only one that the statement changes?\n  pgv_alone := pgvista.is_alone(TG_RELID);\n";
    body += one.catches ? caught(one.program, "TG_RELID", one.capture.body) : one.capture.body;
    if (other) body += in_force(settings);
    if (one.asks) body += "  END IF;\n";
  }
  body += notes;
  const char* end = counted && event != Event::truncate ? "  pgv_alone := pgvista.close_statement();\n" : "";
  // Without jit: what a few rows change is soon counted, and compiling it may take a second where the planner knows
  // little of the tables.
  return fmt::format(
      "CREATE OR REPLACE FUNCTION {0}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER{6}{5} AS "
      "{4}\n{7}{1}BEGIN\n{2}{3}  RETURN NULL;\nEND\n{4}",
      function_name(table, to_string(event)), "DECLARE\n  pgv_alone boolean;\n  pgv_sound boolean;\n", body, end,
      sql::dollar_tag("dispatch", body),
      body.find("DECLARE") == std::string::npos ? "" : " SET plan_cache_mode = force_generic_plan",
      function_settings(settings), body_begin);
}

// `when`: "AFTER INSERT ON …", with its transition tables.
std::string listen(const sql::Name& table, const std::string& trigger, const std::string& function,
                   const std::string& when) {
  const auto text = [](const std::string& value) { return sql::quote_literal(value); };
  const std::string made =
      fmt::format("CREATE OR REPLACE TRIGGER {} {} FOR EACH STATEMENT EXECUTE FUNCTION {}()", trigger, when, function);
  return fmt::format("SELECT pgvista.listen({}, {}, {}, {})", text(table.sql()), text(trigger), text(function),
                     text(made));
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
    const bool needed = !own.empty() || (counted && event != Event::truncate);
    if (!needed && !exists(trigger)) continue;
    if (needed && no_table) continue;
    if (!needed) {
      // With the trigger, under whatever name the table goes now.
      out.push_back(fmt::format("DROP FUNCTION IF EXISTS {}() CASCADE", function_name(table, to_string(event))));
      continue;
    }
    out.push_back(dispatcher(table, event, own, counted));
    out.push_back(fmt::format("REVOKE ALL ON FUNCTION {}() FROM PUBLIC", function_name(table, to_string(event))));
    const char* word = event == Event::insert   ? "INSERT"
                       : event == Event::update ? "UPDATE"
                       : event == Event::remove ? "DELETE"
                                                : "TRUNCATE";
    const std::string function = function_name(table, to_string(event));
    const std::string when = fmt::format("AFTER {} ON {}{}", word, table.sql(), transition_tables(event));
    out.push_back(listen(table, trigger, function, when));
  }
  if (no_table || (!counted && !exists("pgvista_open"))) return out;
  const std::string open = "pgvista.open_statement";
  out.push_back(
      counted ? listen(table, "pgvista_open", open, fmt::format("BEFORE INSERT OR UPDATE OR DELETE ON {}", table.sql()))
              : fmt::format("DROP TRIGGER IF EXISTS pgvista_open ON {}", table.sql()));
  return out;
}

}  // namespace pgvista::ivm
