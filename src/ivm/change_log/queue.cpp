#include "ivm/change_log/queue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "ivm/functions/key_condition.hpp"
#include "ivm/functions/rows.hpp"
#include "sql/known_types.hpp"
#include "sql/make.hpp"
#include "sql/print.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;
using plpgsql::Assign;
using plpgsql::If;
using plpgsql::Run;

namespace {

// Types may change under a name: each has a column of its own.
std::string column_name(const QueueColumn& column, const char* prefix) {
  return sql::shorten_identifier(prefix + column.name, "_" + stable_hash_hex(column.name + " " + column.type, 4));
}

// Types of PostgreSQL itself, whose name means the same under every search path. Arrays of them are stored; everything
// else (arrays, domains, enums, types of extensions) as text.
bool has_array(const std::string& type) {
  const KnownType* known = known_type(base_type(type));
  return known && known->can(in_queues);
}

std::string stored_type(const QueueColumn& column) { return has_array(column.type) ? column.type + "[]" : "text[]"; }

// What runs in a writer's session has no search path of its own: every name is whole.
Expr own(const char* function, Exprs arguments = {}) {
  return make::call(Name{"pg_catalog", function}, std::move(arguments));
}
Expr own_op(const char* name, Expr left, Expr right) {
  return make::op(Path{"pg_catalog", name}, std::move(left), std::move(right));
}
Expr own_count() {
  Expr out = make::count();
  out.as<FunctionCall>()->name = {"pg_catalog", "count"};
  return out;
}

Expr collected(const QueueColumn& column) {
  const Expr value = make::name(column.name);
  return own("array_agg", {has_array(column.type) ? value : make::cast(value, "text")});
}

// Each column's array, under the name that it has in the queue.
std::vector<Target> collected_columns(const std::vector<QueueColumn>& columns, const char* prefix) {
  std::vector<Target> out;
  for (const QueueColumn& one : columns) out.push_back(make::target(collected(one), column_name(one, prefix)));
  return out;
}

std::vector<std::string> names_of(const std::vector<Target>& targets) {
  std::vector<std::string> out;
  for (const Target& one : targets) out.push_back(one.alias);
  return out;
}

template <class T>
void append(std::vector<T>& to, const std::vector<T>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

// An array has its limits, and so many rows are computed as a whole anyway: beyond this number only that is noted.
constexpr int most_noted = 150'000;
FromItem at_most(const char* rows) {
  Select out = make::select({make::target(make::every_column())}, {make::rows(rows)});
  out.limit = make::number(most_noted + 1);
  return make::subquery(std::move(out), "r");
}
Expr too_many(Expr count) { return own_op(">", std::move(count), make::number(most_noted)); }
Expr any(Expr count) { return own_op(">", std::move(count), make::number(0)); }

Insert note_into(const Name& side, std::vector<std::string> columns, Select values) {
  Insert out;
  out.table = make::table(side);
  out.columns = std::move(columns);
  out.query = std::move(values);
  return out;
}

// Of an INSERT or a DELETE.
Insert note_rows(const Name& side, const char* rows, const char* count_column, const std::vector<Target>& collected) {
  std::vector<std::string> columns = {count_column, "everything"};
  append(columns, names_of(collected));
  std::vector<Target> values = {make::target(own_count()), make::target(too_many(own_count()))};
  append(values, collected);
  Select out = make::select(std::move(values), {at_most(rows)});
  out.having = any(own_count());
  return note_into(side, std::move(columns), std::move(out));
}

// Old and new rows come in the same order: where nothing of interest changed, the arrays are the same to the bit.
Insert note_update(const Name& side, const std::vector<QueueColumn>& columns) {
  const auto counted = [](std::vector<Target> collected, const char* rows, const char* alias) {
    collected.insert(collected.begin(), make::target(own_count(), "pgv_rows"));
    return make::subquery(make::select(std::move(collected), {at_most(rows)}), alias);
  };
  const std::vector<Target> fresh = collected_columns(columns, "n_");
  const std::vector<Target> old = collected_columns(columns, "o_");
  std::vector<std::string> names = {"n_rows", "o_rows", "everything"};
  const Expr count = make::column("n", "pgv_rows");
  std::vector<Target> values = make::targets({count, count, too_many(count)});
  for (const auto* list : {&fresh, &old}) {
    append(names, names_of(*list));
    append(values, make::targets(make::columns("", names_of(*list))));
  }
  const auto record = [](const std::vector<Target>& list) {
    return make::cast(make::row(make::columns("", names_of(list))), "record");
  };
  return note_into(
      side, std::move(names),
      make::select(
          std::move(values), {counted(fresh, new_rows, "n"), counted(old, old_rows, "o")},
          make::all_of({any(count), make::any_of({too_many(count), own_op("*<>", record(fresh), record(old))})})));
}

// The statement's INSERT into one side.
Insert insert_note(const Name& side, Event event, const std::vector<QueueColumn>& columns) {
  switch (event) {
    case Event::insert: return note_rows(side, new_rows, "n_rows", collected_columns(columns, "n_"));
    case Event::remove: return note_rows(side, old_rows, "o_rows", collected_columns(columns, "o_"));
    case Event::truncate: return note_into(side, {"everything"}, make::values({{make::boolean(true)}}));
    case Event::update: break;
  }
  if (!columns.empty()) return note_update(side, columns);
  Select changed = make::select({make::target(own_count())}, {make::rows(new_rows)});
  changed.having = any(own_count());
  return note_into(side, {"n_rows"}, std::move(changed));
}

// What waits between two snapshots, of all sides: what was not yet visible in the first, and is in the second.
std::vector<Select> window(const Name& table, const std::vector<std::string>& columns) {
  const Expr xid = make::column("q", "xid");
  const Expr between =
      make::all_of({make::op(">=", xid, make::name("pgv_low")), make::op("<", xid, make::name("pgv_high"))});
  const Expr mine = make::all_of(
      {make::op("=", xid, make::name("pgv_own")), make::op("<", make::column("q", "at"), make::name("pgv_since"))});
  const Expr waits =
      make::all_of({make::any_of({make::equals_any(xid, make::name("pgv_open")), between}),
                    make::call("pg_visible_in_snapshot", {xid, make::name("pgv_to")}), make::negation(mine)});
  std::vector<Select> out;
  for (int side = 0; side < queue_sides; ++side)
    out.push_back(
        make::select(make::targets(make::columns("q", columns)), {make::table(queue_table(table, side), "q")}, waits));
  return out;
}

std::vector<QueueColumn> queue_columns(const Entry& entry) {
  std::vector<QueueColumn> out;
  for (const auto* list : {&entry.relevant, &entry.columns}) {
    for (const std::string& name : *list) {
      const QueueColumn one{name, entry.table->column(name)->type};
      if (std::find(out.begin(), out.end(), one) == out.end()) out.push_back(one);
    }
  }
  return out;
}

// The net change of an entry's rows, as texts of their columns (c1, c2, …) and how often each came or went (s).
Select net_rows(const Entry& entry, const std::vector<QueueColumn>& columns) {
  std::vector<std::string> needed = {"n_rows", "o_rows"};
  std::vector<std::string> names;
  std::vector<Target> values;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    needed.push_back(column_name(columns[i], "n_"));
    needed.push_back(column_name(columns[i], "o_"));
    names.push_back(fmt::format("c{}", i + 1));
    values.push_back(make::target(make::cast(make::column("u", names.back()), "text"), names.back()));
  }
  const auto rows = [&](const char* prefix, const char* count, int sign) {
    Exprs arrays;
    for (const QueueColumn& one : columns) arrays.push_back(make::column("q", column_name(one, prefix)));
    const Expr call = columns.empty() ? make::call("generate_series", {make::number(1), make::column("q", count)})
                                      : make::call("unnest", arrays);
    return make::select({make::target(make::every_column("v")), make::target(make::number(sign), "s")},
                        {make::function(call, "v", names)});
  };
  Select out;
  for (const Target& one : values) out.group_by.push_back(*one.value);
  const Expr sum = make::call("sum", {make::column("u", "s")});
  values.push_back(make::target(make::cast(sum, "int4"), "s"));
  out.targets = std::move(values);
  out.from = {make::cross_join(
      make::subquery(make::union_all(window(entry.table->name, needed)), "q"),
      make::lateral(make::subquery(make::union_all({rows("n_", "n_rows", 1), rows("o_", "o_rows", -1)}), "u")))};
  out.having = make::op("<>", sum, make::number(0));
  return out;
}

plpgsql::Statement note_entry(int level, const Names& names, const Entry& entry, std::size_t number, Noting noting) {
  const std::vector<QueueColumn> columns = queue_columns(entry);
  std::vector<std::string> wanted;
  for (const Noted& one : noted_columns(entry, noting)) {
    const auto at = std::find(columns.begin(), columns.end(), QueueColumn{one.column.name, one.column.type});
    wanted.push_back(fmt::format("c{}", at - columns.begin() + 1));
  }
  const auto as_text = [](const std::string& one) {
    return make::cast(make::call("array_agg", {make::column("d", one)}), "text");
  };
  Exprs arrays;
  for (const std::string& one : wanted) arrays.push_back(as_text(one));
  Select rows = net_rows(entry, columns);
  if (noting == Noting::with_sign) {
    arrays.push_back(as_text("s"));
  } else if (wanted.empty()) {
    arrays.push_back(make::text(""));
  } else {
    Select distinct = make::select(make::targets(make::columns("", wanted)), {make::subquery(std::move(rows), "n")});
    distinct.distinct = true;
    rows = std::move(distinct);
  }
  Select values = make::select(make::targets({make::number(level), make::text(names.function("pending").sql()),
                                              make::number(static_cast<long long>(number)),
                                              make::cast(make::array(arrays), "text", true), make::boolean(false)}),
                               {make::subquery(std::move(rows), "d")});
  values.having = make::op(">", make::count(), make::number(0));
  return {Run{insert_pending(std::move(values))}};
}

// Those that were open when the first snapshot was taken.
plpgsql::Variable open_transactions() {
  Select open = make::select({make::target(make::call("pg_snapshot_xip", {make::name("pgv_from")}))});
  return {"pgv_open", "xid8[]", make::array_of(std::move(open))};
}

}  // namespace

std::string table_word(const sql::Name& table) {
  const std::string out = table.schema + "_" + table.name;
  // a_b.c is not a.b_c.
  return table.schema.find('_') == std::string::npos ? out : out + "_" + stable_hash_hex(table.sql(), 6);
}

std::string queue_base(const sql::Name& table) { return "queue_" + table_word(table); }

sql::Name queue_table(const sql::Name& table, int side) {
  return {"pgvista", sql::shorten_identifier(queue_base(table), fmt::format("_{}", side))};
}

std::vector<QueueColumn> queued_columns(const Shape& shape, const TableFact& table) {
  std::vector<QueueColumn> out;
  for (const Entry& entry : shape.entries) {
    if (entry.table != &table) continue;
    for (const QueueColumn& one : queue_columns(entry)) {
      if (std::find(out.begin(), out.end(), one) == out.end()) out.push_back(one);
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string queue_sql(const sql::Name& table, const std::vector<QueueColumn>& columns) {
  Exprs sides;
  for (int side = 0; side < queue_sides; ++side) sides.push_back(make::text(queue_table(table, side).sql()));
  Exprs names;
  Exprs types;
  for (const QueueColumn& one : columns) {
    for (const char* prefix : {"n_", "o_"}) {
      names.push_back(make::text(sql::quote_identifier(column_name(one, prefix))));
      types.push_back(make::text(stored_type(one)));
    }
  }
  return print(make::select({make::target(
      make::call(Name{"pgvista", "ensure_queue"}, {make::array(sides), make::cast(make::array(names), "text", true),
                                                   make::cast(make::array(types), "text", true)}))}));
}

std::string drop_queue_sql(const sql::Name& table) {
  std::vector<std::string> sides;
  for (int side = 0; side < queue_sides; ++side) sides.push_back(queue_table(table, side).sql());
  return "DROP TABLE IF EXISTS " + join(sides, ", ");
}

bool writes_text(const std::vector<QueueColumn>& columns) {
  return std::any_of(columns.begin(), columns.end(), [](const QueueColumn& one) { return !has_array(one.type); });
}

namespace {

// Columns that are gone or renamed: the views that read them are put aside, and the others are computed as a whole.
plpgsql::Statement columns_check(const Name& table, Event event, const std::vector<QueueColumn>& columns) {
  const plpgsql::Statement fine{Assign{"pgv_sound", make::boolean(true)}};
  if (columns.empty() || event == Event::truncate) return fine;
  std::vector<std::string> names;
  for (const QueueColumn& one : columns) names.push_back(one.name);
  Select read = make::select(make::targets(make::columns("r", names)), {make::rows(transition_table(event), "r")});
  read.limit = make::number(0);
  const Expr stopped = make::call(
      Name{"pgvista", "stop_queue"},
      {make::text(queue_table(table, 0).sql()), make::name("tg_relid"), make::name("sqlstate"), make::name("sqlerrm")});
  return {
      plpgsql::Block{{},
                     {{Run{std::move(read)}}, fine},
                     {plpgsql::Handler{{"syntax_error_or_access_rule_violation"}, {{Assign{"pgv_sound", stopped}}}}}}};
}

}  // namespace

plpgsql::Statements queue_note(const sql::Name& table, Event event, const std::vector<QueueColumn>& columns) {
  const auto insert = [&](int side) {
    return plpgsql::Statements{{Run{insert_note(queue_table(table, side), event, columns)}}};
  };
  const auto turn = [](int side) { return own_op("=", make::call(Name{"pgvista", "queue_side"}), make::number(side)); };
  const Expr sound = make::name("pgv_sound");
  const Expr noted = own("nextval", {make::cast(make::text("pgvista.noted"), "regclass")});
  return {columns_check(table, event, columns),
          {plpgsql::Comment{"One insert a statement, into the side of the queue whose turn it is."}},
          {If{{{make::negation(sound), {{Run{insert_note(queue_table(table, 0), Event::truncate, {})}}}},
               {turn(0), insert(0)},
               {turn(1), insert(1)}},
              insert(2)}},
          {If{{{make::name("found"), {{Run{make::select({make::target(noted)})}}}}}}}};
}

plpgsql::Function take_function(int level, const Names& names, const Shape& shape, const Style& style) {
  std::vector<const TableFact*> tables;
  std::vector<Select> counted;
  Exprs listed;
  plpgsql::Statements notes;
  for (std::size_t i = 0; i < shape.entries.size(); ++i) {
    const Entry& entry = shape.entries[i];
    if (entry.table->part) continue;
    notes.push_back(note_entry(level, names, entry, i + 1, style.noting));
    if (std::find(tables.begin(), tables.end(), entry.table) != tables.end()) continue;
    tables.push_back(entry.table);
    append(counted, window(entry.table->name, {"n_rows", "o_rows", "everything"}));
    listed.push_back(make::text(entry.table->name.sql()));
    for (const Name& part : entry.table->descendants) listed.push_back(make::text(part.sql()));
  }
  if (tables.empty())
    counted.push_back(make::select({make::target(make::number(0), "n_rows"), make::target(make::number(0), "o_rows"),
                                    make::target(make::boolean(false), "everything")}));
  const Expr rows = make::name("pgv_rows");
  const Expr all = make::name("pgv_all");
  const Expr sum = make::call("sum", {make::op("+", make::column("w", "n_rows"), make::column("w", "o_rows"))});
  const Expr some = make::call("bool_or", {make::column("w", "everything")});
  const Expr is_bulk =
      make::call(Name{"pgvista", "is_bulk"}, {rows, make::cast(make::array(std::move(listed)), "text", true)});
  const Insert everything =
      insert_pending(make::values({{make::number(level), make::text(names.function("pending").sql()), make::number(0),
                                    make::null(), make::boolean(false)}}));
  plpgsql::Function out;
  out.comment = "What waits for this view between two snapshots, noted for its maintenance.";
  out.name = names.function("take");
  out.parameters = {
      {"pgv_from", "pg_snapshot"}, {"pgv_to", "pg_snapshot"}, {"pgv_own", "xid8"}, {"pgv_since", "timestamptz"}};
  out.returns = "bigint";
  out.settings = function_settings(style.settings);
  out.settings.emplace_back("enable_seqscan", "off");
  out.body.variables = {open_transactions(),
                        {"pgv_low", "xid8", make::call("pg_snapshot_xmax", {make::name("pgv_from")})},
                        {"pgv_high", "xid8", make::call("pg_snapshot_xmax", {make::name("pgv_to")})},
                        {"pgv_rows", "bigint"},
                        {"pgv_all", "boolean"}};
  out.body.statements = {
      {Run{make::select(
               make::targets({make::coalesce({sum, make::number(0)}), make::coalesce({some, make::boolean(false)})}),
               {make::subquery(make::union_all(std::move(counted)), "w")}),
           {"pgv_rows", "pgv_all"}}},
      {If{{{make::any_of({all, make::all_of({make::op(">", rows, make::number(bulk_keys)), is_bulk})}),
            {{Run{everything}}}},
           {make::op(">", rows, make::number(0)), std::move(notes)}}}},
      {plpgsql::Return{make::extremum(true, {rows, make::cast(all, "int4")})}}};
  return out;
}

sql::Name waits_function(const std::string& program) { return Names{program}.function("waits"); }

void add_waits_function(Program& program) {
  std::set<sql::Name> queues;
  for (const Capture& one : program.captures) {
    if (one.queue) queues.insert(*one.queue);
  }
  plpgsql::Function out;
  out.name = waits_function(program.name);
  out.parameters = {{"pgv_from", "pg_snapshot"}};
  out.returns = "boolean";
  out.stable = true;
  out.settings = {{"search_path", "pg_catalog, pg_temp"}, {"enable_seqscan", "off"}};
  out.columns_first = false;
  out.body.variables = {open_transactions()};
  const Expr xid = make::column("q", "xid");
  for (const sql::Name& queue : queues) {
    for (int side = 0; side < queue_sides; ++side) {
      const FromItem notes = make::table(queue_table(queue, side), "q");
      const Expr later = make::op(">=", xid, make::call("pg_snapshot_xmax", {make::name("pgv_from")}));
      const FromItem opened = make::function(make::call("unnest", {make::name("pgv_open")}), "o", {"xid"});
      const Expr same = make::op("=", xid, make::column("o", "xid"));
      out.body.statements.push_back(
          {If{{{make::any_of({make::exists(make::select({}, {notes}, later)),
                              make::exists(make::select({}, {make::join(Join::Type::inner, opened, notes, same)}))}),
                {{plpgsql::Return{make::boolean(true)}}}}}}});
    }
  }
  out.body.statements.push_back({plpgsql::Return{make::boolean(false)}});
  add_function(program, out);
}

std::string queue_text(const Capture& capture) {
  if (!capture.queue) return {};
  std::string out = "queue " + capture.queue->sql();
  for (const QueueColumn& one : capture.queued) out += " " + one.name + ":" + one.type;
  return out;
}

}  // namespace pgvista::ivm
