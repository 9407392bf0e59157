#include "ivm/functions/maintain.hpp"

#include <algorithm>

#include "ivm/functions/key_condition.hpp"
#include "ivm/functions/rows.hpp"
#include "sql/make.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;
using plpgsql::Assign;
using plpgsql::Comment;
using plpgsql::ExitWhen;
using plpgsql::If;
using plpgsql::Return;
using plpgsql::Run;
using plpgsql::Statements;

namespace {

const Expr slots = make::name("pgv_slots");
const Expr held = make::name("pgv_held");
const Expr escalated = make::name("pgv_escalated");

Expr no_slots(Expr value) { return make::cast(std::move(value), "int8", true); }

// What a path locks: what its hops tell, and the key that it reaches.
Expr path_slots(const Shape& shape, const QueryGraph& graph, const KeyPath& path) {
  Exprs key;
  const std::vector<std::string> names = key_names(shape.key);
  for (std::size_t i = 0; i < names.size(); ++i) key.push_back(hashed_value(shape.key[i].kind, column("k", names[i])));
  Exprs all = path.slots;
  if (all.empty()) all.push_back(no_slots(make::array({})));
  all.push_back(make::choose(reached(graph, path), key_slot(std::move(key))));
  return make::chain("||", all);
}

// Old and new values as one row: the smallest and the largest of each.
FromItem ranges(FromItem values, const std::string& alias, const std::vector<std::string>& columns) {
  std::vector<Target> targets;
  for (const std::string& name : columns) {
    targets.push_back(make::target(make::call("min", {column(alias, name)}), name));
    targets.push_back(make::target(make::call("max", {column(alias, name)}), range_end(name)));
  }
  return make::subquery(make::select(std::move(targets), {std::move(values)}), alias);
}

// One path as a SELECT of keys and slots. `one`: of one changed row.
Select path_select(const Shape& shape, std::size_t number, const KeyPath& path, bool locking, bool one) {
  const Entry& entry = shape.entries[number];
  const QueryGraph& graph = (*shape.graphs)[static_cast<std::size_t>(path.graph)];
  Exprs arrays;
  std::vector<TypeFact> kinds;
  for (std::size_t i = 0; i < entry.columns.size(); ++i) {
    const Expr all = make::name(parameter_name(number, i));
    arrays.push_back(one ? make::array({make::element(all, 1)}) : all);
    kinds.push_back(entry.table->column(entry.columns[i])->kind);
  }
  const std::string& alias = graph.references[static_cast<std::size_t>(path.reference)].alias;
  FromItem changed = unnested(arrays, kinds, alias, entry.columns);
  if (!path.ranges.empty()) {
    changed = ranges(std::move(changed), alias, entry.columns);
  } else if (path.compares) {
    const Select rows = make::select({make::target(make::every_column())}, {std::move(changed)});
    changed = make::subquery(as_in_table(*entry.table, entry.columns, {}, rows), alias);
  }
  const SubqueryRef keys = make::lateral(make::subquery(make::values(path.keys), "k", key_names(shape.key)));
  Select out = make::select({make::target(make::every_column("k")), make::target(reached(graph, path), "reached"),
                             make::target(locking ? path_slots(shape, graph, path) : no_slots(make::null()), "slots")},
                            {make::cross_join(joined(graph, path, changed), keys)});
  out.note.text = path.text;
  return out;
}

// The slots that were found, with those known before.
Expr all_slots() {
  Select found = make::select(
      {make::target(make::distinct(make::call("array_agg", {make::name("slot")})))},
      {make::cross_join(make::rows("reached", "r"),
                        make::lateral(make::function(make::call("unnest", {column("r", "slots")}), "s", {"slot"})))},
      make::is_not_null(make::name("slot")));
  return make::op("||", slots, make::scalar(std::move(found)));
}

// The keys and slots that the changed rows of one entry reach, added to those found so far.
plpgsql::Statement add_reached(const Shape& shape, std::size_t number, bool locking, bool one) {
  std::vector<Select> selects;
  for (const KeyPath& path : shape.entries[number].paths)
    selects.push_back(path_select(shape, number, path, locking, one));
  const std::vector<std::string> names = key_names(shape.key);
  std::vector<Target> targets = {make::target(all_slots())};
  std::vector<std::string> variables = {"pgv_slots"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    variables.push_back(keys_variable(i));
    targets.push_back(
        make::target(make::op("||", make::name(variables.back()), make::call("array_agg", {make::name(names[i])}))));
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!shape.key[i].nullable) continue;
    variables.push_back(null_variable(i));
    const Expr among = make::call("bool_or", {make::is_null(make::name(names[i]))});
    targets.push_back(
        make::target(make::any_of({make::name(variables.back()), make::coalesce({among, make::boolean(false)})})));
  }
  Select keys =
      make::select(make::targets(make::columns("", names)), {make::rows("reached", "r")}, column("r", "reached"));
  keys.distinct = true;
  Select all = make::select(std::move(targets), {make::subquery(std::move(keys), "k")});
  all.with = {make::with("reached", make::union_all(std::move(selects)), CommonTable::Materialized::always)};
  return {Run{std::move(all), variables}};
}

// Does one changed row lead to many of another table? The planner takes an array for ten rows, and ten times many may
// be reason enough to read all of that table.
bool spreads(const Entry& entry) {
  return std::any_of(entry.paths.begin(), entry.paths.end(), [](const KeyPath& path) {
    return std::any_of(path.lookups.begin(), path.lookups.end(),
                       [](const auto& lookup) { return !lookup.first->unique(lookup.second); });
  });
}

Statements derive_entry(const Shape& shape, std::size_t number, bool locking) {
  constexpr std::size_t much = 16;  // paths, that are not written twice
  const Entry& entry = shape.entries[number];
  if (entry.paths.empty()) return {};
  const Expr rows = make::name(parameter_name(number, 0));
  std::vector<plpgsql::Branch> branches;
  if (spreads(entry) && entry.paths.size() <= much)
    branches.push_back({make::op("=", make::call("cardinality", {rows}), make::number(1)),
                        {add_reached(shape, number, locking, true)}});
  branches.push_back({make::is_not_null(rows), {add_reached(shape, number, locking, false)}});
  return {{If{std::move(branches)}}};
}

Statements derive(const Shape& shape, bool locking) {
  Statements out = {{Assign{"pgv_slots", make::null()}}};
  for (std::size_t i = 0; i < shape.key.size(); ++i) {
    out.push_back({Assign{keys_variable(i), make::null()}});
    if (shape.key[i].nullable) out.push_back({Assign{null_variable(i), make::boolean(false)}});
  }
  for (std::size_t i = 0; i < shape.entries.size(); ++i) {
    if (shape.entries[i].columns.empty()) continue;
    const Statements one = derive_entry(shape, i, locking);
    out.insert(out.end(), one.begin(), one.end());
  }
  return out;
}

// Rows whose keys and locks they tell themselves need not be followed a second time.
Expr told_by_changed_rows(const Shape& shape) {
  Exprs others;
  for (std::size_t i = 0; i < shape.entries.size(); ++i) {
    const Entry& entry = shape.entries[i];
    const bool alone =
        std::all_of(entry.paths.begin(), entry.paths.end(), [](const KeyPath& path) { return path.hops.empty(); });
    if (!alone && !entry.columns.empty()) others.push_back(make::is_null(make::name(parameter_name(i, 0))));
  }
  return make::all_of(others);
}

// Lock, then derive again in a new statement, until nothing new is found: a row on the way may have been moved
// meanwhile.
plpgsql::Statement derive_loop(const Shape& shape, const Names& names) {
  Statements body = derive(shape, true);
  body.push_back({ExitWhen{make::any_of({escalated, make::is_null(slots), make::op("<@", slots, held)})}});
  Select missing = make::select({make::target(make::name("s"))}, {make::function(make::call("unnest", {slots}), "s")},
                                Expr(Quantified{{"<>"}, true, make::name("s"), held, {}}));
  missing.distinct = true;
  missing.order_by = make::order_by({make::name("s")});
  body.push_back({Assign{"pgv_escalated", make::call(Name{"pgvista", "lock_keys"},
                                                     {make::text(names.base), make::array_of(std::move(missing))})}});
  body.push_back({Assign{"pgv_held", make::op("||", slots, held)}});
  body.push_back({ExitWhen{told_by_changed_rows(shape)}});
  return {plpgsql::Loop{std::move(body)}};
}

// Are the keys nearly all that there are, and is everything locked already?
Expr nearly_all(const Names& names, bool locking) {
  const Expr number = make::call("cardinality", {make::name(keys_variable(0))});
  const Expr half = make::op("*", Constant{Constant::Type::decimal, "0.5", {}}, column("c", "reltuples"));
  const Expr store = make::cast(make::text(names.store().sql()), "regclass");
  const Expr rows = make::scalar(make::select({make::target(half)}, {make::table({"", "pg_class"}, "c")},
                                              make::op("=", column("c", "oid"), store)));
  return make::all_of(
      {locking ? escalated : make::op(">", number, make::number(bulk_keys)), make::op(">", number, rows)});
}

Statements some_keys(const Names& names, const Shape& shape, const Apply& apply, bool locking) {
  Statements out = locking ? Statements{derive_loop(shape, names)} : derive(shape, false);
  const Statements done = {{Return{}}};
  out.push_back({If{{{make::is_null(make::name(keys_variable(0))), done}}}});
  out.push_back({If{{{make::name("locks_only"), done}}}});
  Statements keys = apply.keys;
  keys.push_back({Return{}});
  out.push_back({Comment{"Nearly all keys, and everything is locked already: all of them."}});
  out.push_back({If{{{make::negation(nearly_all(names, locking)), std::move(keys)}}}});
  return out;
}

std::vector<plpgsql::Variable> key_variables(const Shape& shape) {
  std::vector<plpgsql::Variable> out;
  for (std::size_t i = 0; i < shape.key.size(); ++i) {
    out.push_back({keys_variable(i), shape.key[i].type + "[]"});
    if (shape.key[i].nullable) out.push_back({null_variable(i), "boolean"});
  }
  out.push_back({"pgv_slots", "bigint[]"});
  out.push_back({"pgv_held", "bigint[]", make::text("{}")});
  out.push_back({"pgv_escalated", "boolean", make::boolean(false)});
  return out;
}

}  // namespace

plpgsql::Function maintain_function(const Names& names, const Shape& shape, const Apply& apply, const Style& style,
                                    const std::string& title) {
  const bool locking = style.locks;
  plpgsql::Function out;
  out.comment = title;
  out.name = names.function("maintain");
  out.parameters = parameters(shape);
  out.settings = function_settings(style.settings);
  out.body.variables = key_variables(shape);
  Statements& body = out.body.statements;
  if (!shape.key.empty())
    body.push_back({If{{{make::negation(make::name("everything")), some_keys(names, shape, apply, locking)}}}});
  if (locking) body.push_back(lock_all(names));
  body.push_back({Comment{"Everything: TRUNCATE, or a change that reaches every key."}});
  body.insert(body.end(), apply.everything.begin(), apply.everything.end());
  return out;
}

}  // namespace pgvista::ivm
