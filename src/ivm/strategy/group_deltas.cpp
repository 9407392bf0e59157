#include "ivm/strategy/group_deltas.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

#include "ivm/functions/rows.hpp"
#include "sql/make.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;

namespace {

constexpr const char* changed = "pgv_changed";

// A smallest or largest value among the rows that came, or those that went.
Hidden of_sign(Hidden one, const char* comparison, const Expr& sign) {
  const Expr wanted = make::op(comparison, sign, make::number(0));
  one.filter = one.filter ? make::all_of({*one.filter, wanted}) : wanted;
  return one;
}

std::string argument_column(std::size_t i) { return "pgv_argument_" + std::to_string(i + 1); }

std::string filter_column(std::size_t i) { return "pgv_filter_" + std::to_string(i + 1); }

Select every_row(Select query) {
  return make::select({make::target(make::every_column())}, {make::subquery(std::move(query), "d")});
}

// Equal values may look different, and different ones the same where few digits are shown.
Expr same_value(const Expr& one, const Expr& other) {
  const auto image = [](const Expr& value) { return make::collate(make::cast(value, "text"), "C"); };
  return make::all_of({make::not_distinct(one, other), make::not_distinct(image(one), image(other))});
}

}  // namespace

GroupDeltas::GroupDeltas(const AlgebraicShape& algebraic, const Facts& facts) : algebraic_(algebraic), facts_(facts) {
  for (const Hidden& one : algebraic.hidden) hidden_.push_back(one.name);
  for (const Target& target : algebraic.groups.targets) {
    if (key_.size() + hidden_.size() < algebraic.groups.targets.size()) key_.push_back(target.alias);
  }
}

std::string GroupDeltas::taken_column(std::size_t hidden) { return "pgv_taken_" + std::to_string(hidden + 1); }

// The names that the groups' query gives to its references to a table.
std::vector<std::string> GroupDeltas::references(const TableFact& table) const {
  std::vector<std::string> out;
  for (const FromItem& item : algebraic_.groups.from) {
    each<const TableRef>(item, [&](const TableRef& ref) {
      if (facts_.table(ref.schema, ref.name) == &table) out.push_back(name_of(ref));
    });
  }
  return out;
}

// The rows of the groups' query with changed rows in the place of these references.
Select GroupDeltas::over_changed(const std::map<std::string, ChangedRows>& changed_rows) const {
  Select query;
  query.from = algebraic_.groups.from;
  query.where = algebraic_.groups.where;
  for (FromItem& item : query.from) {
    each<TableRef>(item, [&](TableRef& ref) {
      const auto found = changed_rows.find(name_of(ref));
      if (found == changed_rows.end()) return;
      ref.alias.name = found->first;
      ref.schema = "";
      ref.name = found->second.rows;
    });
  }
  return query;
}

// What these rows add to the groups, in the order of the key.
Select GroupDeltas::grouped(const std::string& alias, const ChangedRows& rows) const {
  Select query = over_changed({{alias, rows}});
  query.group_by = algebraic_.groups.group_by;
  for (std::size_t i = 0; i < key_.size(); ++i) query.targets.push_back(algebraic_.groups.targets[i]);
  const Expr sign = rows.sign == 0 ? column(alias, sign_column) : make::number(rows.sign);
  for (std::size_t i = 0; i < algebraic_.hidden.size(); ++i) {
    const Hidden& one = algebraic_.hidden[i];
    const bool added = rows.sign > 0 || !can_be_taken_back(one);
    const Expr value = rows.sign > 0             ? full_value(one)
                       : !can_be_taken_back(one) ? full_value(of_sign(one, ">", sign))
                       : rows.sign < 0           ? make::minus(full_value(one))
                                                 : added_value(one, sign);
    query.targets.push_back({one.name, value, {}});
    if (added && rows.sign <= 0) query.targets.push_back({taken_column(i), full_value(of_sign(one, "<", sign)), {}});
  }
  return query;
}

// The change of a join of a table to itself, with the table as it is now: what each reference alone says, less what
// two of them say together, and so on.
Select GroupDeltas::grouped_self_join(const std::vector<std::string>& aliases, const AllRows& rows) const {
  std::vector<Select> terms;
  for (std::size_t subset = 1; subset < (std::size_t{1} << aliases.size()); ++subset) {
    std::map<std::string, ChangedRows> replaced;
    Exprs weights;
    int sign = -1;
    for (std::size_t i = 0; i < aliases.size(); ++i) {
      if ((subset >> i & 1) == 0) continue;
      replaced.emplace(aliases[i], rows[i]);
      sign *= rows[i].sign == 0 ? -1 : -rows[i].sign;
      if (rows[i].sign == 0) weights.push_back(column(aliases[i], sign_column));
    }
    weights.push_back(make::number(sign));
    terms.push_back(term(replaced, make::chain("*", weights)));
  }
  return sum_of(make::union_all(std::move(terms)));
}

// SELECT key, what is aggregated, weight
Select GroupDeltas::term(const std::map<std::string, ChangedRows>& replaced, Expr weight) const {
  Select out = over_changed(replaced);
  for (std::size_t i = 0; i < key_.size(); ++i) out.targets.push_back(algebraic_.groups.targets[i]);
  for (std::size_t i = 0; i < algebraic_.hidden.size(); ++i) {
    const Hidden& one = algebraic_.hidden[i];
    if (one.argument) out.targets.push_back({argument_column(i), *one.argument, {}});
    if (one.filter) out.targets.push_back({filter_column(i), *one.filter, {}});
  }
  out.targets.push_back({sign_column, std::move(weight), {}});
  return out;
}

Select GroupDeltas::sum_of(Select terms) const {
  Select out = make::select(make::targets(make::columns("", key_)), {make::subquery(std::move(terms), "t")});
  for (std::size_t i = 0; i < algebraic_.hidden.size(); ++i) {
    Hidden one = algebraic_.hidden[i];
    if (one.argument) one.argument = column("t", argument_column(i));
    if (one.filter) one.filter = column("t", filter_column(i));
    out.targets.push_back({one.name, added_value(one, column("t", sign_column)), {}});
  }
  out.group_by = make::columns("", key_);
  return out;
}

Select GroupDeltas::grouped(const std::vector<std::string>& aliases, const AllRows& rows) const {
  return aliases.size() == 1 ? grouped(aliases.front(), rows.front()) : grouped_self_join(aliases, rows);
}

Select GroupDeltas::of(const TableFact& table, Event event) const {
  const std::vector<std::string> aliases = references(table);
  if (event != Event::update) {
    const ChangedRows rows{transition_table(event), event == Event::insert ? 1 : -1};
    return every_row(grouped(aliases, AllRows(aliases.size(), rows)));
  }
  const auto rows = [&](const char* name, int sign) {
    std::vector<Target> targets = columns_of(table);
    targets.push_back(make::target(make::number(sign), sign_column));
    return make::select(std::move(targets), {make::rows(name)});
  };
  Select out = every_row(grouped(aliases, AllRows(aliases.size(), {changed, 0})));
  out.with = {make::with(changed, make::union_all({rows(new_rows, 1), rows(old_rows, -1)}),
                         aliases.size() == 1 ? CommonTable::Materialized::never : CommonTable::Materialized::unset)};
  return without_zeros(std::move(out));
}

// `rows`: of each reference, its columns and pgv_sign, +1 for new rows, −1 for old ones.
Select GroupDeltas::of_signed(const TableFact& table, std::vector<Select> rows) const {
  AllRows names;
  std::vector<CommonTable> with;
  for (Select& one : rows) {
    names.push_back({rows.size() == 1 ? std::string(changed) : fmt::format("{}_{}", changed, names.size() + 1), 0});
    with.push_back(make::with(names.back().rows, std::move(one),
                              rows.size() == 1 ? CommonTable::Materialized::never : CommonTable::Materialized::unset));
  }
  Select out = every_row(grouped(references(table), names));
  out.with = std::move(with);
  return without_zeros(std::move(out));
}

Select GroupDeltas::without_zeros(Select out) const {
  Exprs differs;
  for (std::size_t i = 0; i < hidden_.size(); ++i) {
    const Expr value = make::name(hidden_[i]);
    differs.push_back(can_be_taken_back(algebraic_.hidden[i])
                          ? make::op("<>", value, make::number(0))
                          : make::negation(same_value(value, make::name(taken_column(i)))));
  }
  out.where = make::any_of(differs);
  return out;
}

std::vector<Target> GroupDeltas::columns_of(const TableFact& table) const {
  std::vector<Target> out;
  std::set<std::string> known;
  for (const Entry& entry : algebraic_.shape.entries) {
    if (entry.table != &table) continue;
    for (const std::string& name : entry.relevant) {
      if (known.insert(name).second) out.push_back(make::target(make::name(name)));
    }
  }
  if (out.empty()) out.push_back(make::target(make::null(), "pgv_none"));
  return out;
}

}  // namespace pgvista::ivm
