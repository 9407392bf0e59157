// What the triggers of the base tables do for one view.

#include <fmt/format.h>

#include <algorithm>

#include "ivm/change_log/change_log.hpp"
#include "ivm/functions/key_condition.hpp"
#include "ivm/functions/rows.hpp"
#include "ivm/triggers/install.hpp"
#include "plpgsql/print.hpp"
#include "sql/make.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;
using plpgsql::If;
using plpgsql::Run;
using plpgsql::Statements;

namespace {

const ColumnFact& fact_of(const Entry& entry, const std::string& name) { return *entry.table->column(name); }

// The entries of a table that an event matters to, by number.
std::vector<std::size_t> entries_of(const Shape& shape, const Name& table, Event event) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < shape.entries.size(); ++i) {
    const Entry& entry = shape.entries[i];
    if (entry.table->name == table && !(event == Event::update && entry.relevant.empty())) out.push_back(i);
  }
  return out;
}

// Every key is reached: at least only when there are changed rows, or rows that differ.
Expr any_change(const Shape& shape, const std::vector<std::size_t>& entries, Event event) {
  if (event != Event::update) return make::exists(make::select({}, {make::rows(transition_table(event))}));
  Exprs conditions;
  for (const std::size_t number : entries) {
    std::vector<ColumnFact> facts;
    for (const std::string& name : shape.entries[number].relevant)
      facts.push_back(fact_of(shape.entries[number], name));
    conditions.push_back(make::exists(differing_rows(image_columns(facts))));
  }
  return make::any_of(conditions);
}

// Where a threshold has no value, or comes or goes with its row, there is no range of rows between two values.
std::optional<Expr> missing_threshold(const Shape& shape, const std::vector<std::size_t>& entries, Event event) {
  Exprs conditions;
  for (const std::size_t number : entries) {
    std::set<std::string> columns;
    for (const KeyPath& path : shape.entries[number].paths) columns.insert(path.ranges.begin(), path.ranges.end());
    if (columns.empty()) continue;
    if (event != Event::update) return any_change(shape, {number}, event);
    for (const std::string& one : columns) {
      for (const char* rows : {new_rows, old_rows})
        conditions.push_back(make::exists(make::select({}, {make::rows(rows)}, make::is_null(make::name(one)))));
    }
  }
  if (conditions.empty()) return std::nullopt;
  return make::any_of(conditions);
}

Statements usual_body(const Logged& to, const ChangeLog& log, const Name& table, Event event, bool locks_only = false) {
  const Shape& shape = to.shape;
  const plpgsql::Statement everything = locks_only ? lock_all(to.names) : log.record_everything(to);
  if (event == Event::truncate) return {everything};
  const std::vector<std::size_t> entries = entries_of(shape, table, event);
  if (entries.empty()) return {};
  const bool rows_wait = log.waits() && to.style.noting == Noting::with_sign;
  const bool all = !rows_wait && std::any_of(entries.begin(), entries.end(), [&](std::size_t i) {
    return shape.entries[i].everything || shape.entries[i].columns.empty();
  });
  if (all) return {{If{{{any_change(shape, entries, event), {everything}}}}}};
  Statements rows =
      locks_only && !log.waits() ? Statements{hand_on(to, entries, event, true)} : log.record(to, entries, event);
  const auto missing = missing_threshold(shape, entries, event);
  return missing ? Statements{{If{{{*missing, {everything}}}, std::move(rows)}}} : rows;
}

// An UPDATE may have changed nothing that matters. Sums of hashes that differ prove that it did; equal ones prove
// nothing.
Expr surely_changed(const Shape& shape, const std::vector<std::size_t>& entries) {
  Exprs conditions;
  for (const std::size_t number : entries) {
    std::vector<std::string> names;
    for (const std::string& name : shape.entries[number].relevant) {
      if (fact_of(shape.entries[number], name).kind.hashable) names.push_back(name);
    }
    if (names.empty()) continue;
    const auto sum = [&](const char* rows) {
      const Expr hash = make::call("hash_record_extended", {make::row(make::columns("", names)), make::number(0)});
      return make::scalar(
          make::select({make::target(make::call("sum", {make::cast(hash, "numeric")}))}, {make::rows(rows)}));
    };
    conditions.push_back(make::op("<>", sum(new_rows), sum(old_rows)));
  }
  return make::any_of(conditions);
}

// The tables of an entry's family, as text[].
Expr family_of(const std::vector<const TableFact*>& tables) {
  Exprs names;
  for (const TableFact* table : tables) {
    names.push_back(make::text(table->name.sql()));
    for (const Name& part : table->descendants) names.push_back(make::text(part.sql()));
  }
  return make::cast(make::array(std::move(names)), "text", true);
}

// What the runtime's functions of what changes cost (runtime/pace.sql) are told of a statement class.
struct StatementClass {
  std::string name;
  Expr own;
  Expr others;
  int graph = 1;
};

StatementClass statement_class(const Shape& shape, const Name& table, Event event) {
  std::vector<const TableFact*> own;
  std::vector<const TableFact*> others;
  for (const Entry& entry : shape.entries) {
    std::vector<const TableFact*>& to = entry.table->name == table ? own : others;
    if (std::find(to.begin(), to.end(), entry.table) == to.end()) to.push_back(entry.table);
  }
  return {std::string(to_string(event)) + " of " + table.sql(), family_of(own), family_of(others),
          joined_at_once(shape)};
}

// Where a statement changed so many rows that it is cheaper, the view is computed as a whole instead of following each.
plpgsql::Statement unless_bulk(const Logged& to, const ChangeLog& log, const Name& table, Event event,
                               Statements body) {
  const Expr rows = make::name("pgv_rows");
  const Expr bulk = make::name("pgv_bulk");
  const Expr began = make::name("pgv_began");
  const StatementClass all = statement_class(to.shape, table, event);
  const Expr store = make::text(to.names.base);
  const Expr many = make::op(">", rows, make::number(rows_worth_asking));
  Exprs conditions = {make::call(Name{"pgvista", "whole_is_cheaper"},
                                 {store, make::text(all.name), rows, all.own, all.others, make::number(all.graph)})};
  if (event == Event::update) conditions.push_back(surely_changed(to.shape, entries_of(to.shape, table, event)));
  Statements asking = {{plpgsql::Assign{"pgv_bulk", make::all_of(conditions)}}};
  Statements out = {{If{{{bulk, {log.record_everything(to)}}}, std::move(body)}}};
  std::vector<plpgsql::Variable> variables = {
      {"pgv_rows", "bigint",
       make::scalar(make::select({make::target(make::count())}, {make::rows(transition_table(event))}))},
      {"pgv_bulk", "boolean", make::boolean(false)}};
  // What waits is done elsewhere.
  if (!log.waits()) {
    variables.push_back({"pgv_began", "timestamptz"});
    asking.push_back({plpgsql::Assign{"pgv_began", make::call("clock_timestamp")}});
    const std::string& program = to.names.top.empty() ? to.names.base : to.names.top;
    const Expr note =
        make::call(Name{"pgvista", "note_pace"}, {make::text(program), store, make::text(all.name), bulk, rows, all.own,
                                                  all.others, make::number(all.graph), began});
    out.push_back({If{{{many, {{Run{make::select({make::target(note)})}}}}}}});
  }
  out.insert(out.begin(), {If{{{many, std::move(asking)}}}});
  return {plpgsql::Block{std::move(variables), std::move(out)}};
}

// Rows of one table that are only added to sums are added as quickly one by one.
bool only_adds(const Shape& shape, const ChangeLog& log, Event event, const Style& style) {
  return event == Event::insert && !log.waits() && style.noting == Noting::with_sign && shape.entries.size() == 1;
}

// Nullopt: the event does not matter to the view.
std::optional<Capture> capture_of(const Logged& to, const ChangeLog& log, const BodyFor& body_for,
                                  const TableFact& table, Event event) {
  Statements body = usual_body(to, log, table.name, event);
  Capture out{table.name, event, {}};
  if (body_for) {
    if (auto own = body_for(table, event, {body, usual_body(to, log, table.name, event, true)})) {
      out.counted = own->counted;
      body = std::move(own->statements);
    }
  }
  if (body.empty()) return std::nullopt;
  if (event != Event::truncate && !only_adds(to.shape, log, event, to.style) && !to.shape.key.empty())
    body = {unless_bulk(to, log, table.name, event, std::move(body))};
  out.follows = plpgsql::declares(body);
  out.locks = !log.waits();
  out.body = plpgsql::print(body, 2);
  return out;
}

}  // namespace

void add_for_family(Program& program, const TableFact& table, Capture capture, bool parents) {
  program.captures.push_back(capture);
  for (const Parent& one : parents ? table.parents : std::vector<Parent>{}) {
    capture.table = one.name;
    program.captures.push_back(capture);
  }
  for (const auto* family : {&table.descendants, &table.ancestors}) {
    for (const Name& relative : *family) {
      capture.table = relative;
      program.captures.push_back(capture);
    }
  }
}

namespace {

// The columns of a changed row that following it takes.
std::set<std::string> followed_columns(const Shape& shape, const TableFact& table) {
  std::set<std::string> out;
  for (const Entry& entry : shape.entries) {
    if (entry.table->name != table.name) continue;
    out.insert(entry.columns.begin(), entry.columns.end());
    out.insert(entry.relevant.begin(), entry.relevant.end());
  }
  return out;
}

// Changes through a table that this one inherits from: they may be of other tables' rows, and lack columns of its own.
// Rows of others reach keys that come to what they were; what is added up, or cannot be followed, is computed anew.
// No row comes that way.
void add_parents(Program& program, const Logged& to, const ChangeLog& log, const TableFact& table,
                 const std::optional<std::vector<QueueColumn>>& queued, bool adds) {
  const std::set<std::string> needed = followed_columns(to.shape, table);
  bool covered = true;
  for (const Parent& parent : table.parents) {
    const std::set<std::string> seen(parent.columns.begin(), parent.columns.end());
    const bool followed = std::includes(seen.begin(), seen.end(), needed.begin(), needed.end());
    covered &= followed;
    for (const Event event : {Event::update, Event::remove, Event::truncate}) {
      Capture out{parent.name, event, {}};
      if (queued) {
        out.queue = table.name;
        out.queued = *queued;
        program.captures.push_back(std::move(out));
        continue;
      }
      const bool whole = adds || !followed;
      Statements body = {log.record_everything(to)};
      if (whole && event != Event::truncate)
        body = {{If{{{make::exists(make::select({}, {make::rows(transition_table(event))})), std::move(body)}}}}};
      if (!whole) body = usual_body(to, log, table.name, event);
      if (body.empty()) continue;
      out.locks = !log.waits();
      out.counted = true;
      out.body = plpgsql::print(body, 2);
      program.captures.push_back(std::move(out));
    }
  }
  if (queued && !table.parents.empty() && !covered)
    program.blockers.push_back(
        {fmt::format("what changes \"{}\" through a table that it inherits from lacks columns that "
                     "are followed: no queue can keep it; use \"immediate\" or \"on_commit\"",
                     table.name.display()),
         table.name.name});
  if (!table.parents.empty() && (adds || !covered))
    program.reasons.push_back(fmt::format(
        "changes of \"{}\" through a table that it inherits from compute all rows again", table.name.display()));
}

}  // namespace

void add_captures(Program& program, const Names& names, const Shape& shape, const Style& style, const ChangeLog& log,
                  const BodyFor& body_for) {
  std::vector<Name> done;
  for (const Entry& entry : shape.entries) {
    const TableFact& table = *entry.table;
    if (!table.part && entry.relevant.size() == table.columns.size()) program.whole_rows[table.name] = entry.relevant;
    if (std::find(done.begin(), done.end(), table.name) != done.end()) continue;
    done.push_back(table.name);
    const auto queued = log.queued(shape, table);
    add_parents(program, {program, names, shape, style}, log, table, queued, bool(body_for));
    for (const Event event : {Event::insert, Event::update, Event::remove, Event::truncate}) {
      if (queued) {
        const bool matters = event != Event::update || !entries_of(shape, table.name, event).empty();
        if (matters) add_for_family(program, table, {table.name, event, {}, table.name, *queued});
      } else if (auto capture = capture_of({program, names, shape, style}, log, body_for, table, event)) {
        add_for_family(program, table, std::move(*capture));
      }
    }
    for (Name& one : table.family()) program.base_tables.push_back(std::move(one));
  }
}

}  // namespace pgvista::ivm
