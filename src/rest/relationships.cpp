#include "rest/relationships.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "rest/error.hpp"

namespace pgvista::rest {

namespace json = boost::json;
using schema::Api;
using schema::ApiForeignKey;
using schema::ApiRelation;
using Columns = std::vector<std::string>;
using Form = Relationship::Form;

namespace {

std::vector<std::pair<std::string, std::string>> paired(const Columns& left, const Columns& right) {
  std::vector<std::pair<std::string, std::string>> out;
  for (std::size_t i = 0; i < left.size(); ++i) out.emplace_back(left[i], right[i]);
  return out;
}

// A foreign key as a table has it, or as a view shows it that shows the columns.
struct Side {
  const ApiRelation* relation;
  Columns columns;
};

// The table itself, and every view that shows all of these columns of it. Of columns shown twice, the first.
std::vector<Side> shown_by(const Api& api, const ApiRelation& table, const Columns& columns) {
  std::vector<Side> out{{&table, columns}};
  for (const auto& [oid, view] : api.relations) {
    if (!view.view()) continue;
    Columns shown;
    for (const std::string& name : columns) {
      const auto* column = table.column(name);
      const auto found = std::find_if(view.columns.begin(), view.columns.end(), [&](const auto& one) {
        return column && one.source == table.oid && one.source_column == column->number;
      });
      if (found != view.columns.end()) shown.push_back(found->name);
    }
    if (shown.size() == columns.size()) out.push_back({&view, shown});
  }
  return out;
}

bool same_set(Columns left, Columns right) {
  std::sort(left.begin(), left.end());
  std::sort(right.begin(), right.end());
  return left == right;
}

bool unique_in(const ApiRelation& table, const Columns& columns) {
  return same_set(table.key, columns) || std::any_of(table.unique.begin(), table.unique.end(),
                                                     [&](const Columns& one) { return same_set(one, columns); });
}

bool contains_all(const Columns& all, const Columns& some) {
  return std::all_of(some.begin(), some.end(),
                     [&](const std::string& one) { return std::find(all.begin(), all.end(), one) != all.end(); });
}

using Found = std::vector<Relationship>;

// In both directions.
void add_foreign_key(const Api& api, const ApiForeignKey& key, Found& out) {
  const ApiRelation& table = api.relations.at(key.table);
  const ApiRelation& target = api.relations.at(key.target);
  const bool unique = unique_in(table, key.columns);
  for (const Side& here : shown_by(api, table, key.columns)) {
    for (const Side& there : shown_by(api, target, key.target_columns)) {
      Relationship one;
      one.form = unique ? Form::one_to_one : Form::to_one;
      one.constraint = key.name;
      one.from = here.relation->oid;
      one.to = there.relation->oid;
      one.holds_key = true;
      one.columns = paired(here.columns, there.columns);
      Relationship back = one;
      back.form = unique ? Form::one_to_one : Form::to_many;
      std::swap(back.from, back.to);
      back.holds_key = false;
      back.columns = paired(there.columns, here.columns);
      out.push_back(std::move(one));
      out.push_back(std::move(back));
    }
  }
}

// A table whose key, or a unique set, is made of two foreign keys joins what they lead to.
void add_junction(const Api& api, const ApiForeignKey& left, const ApiForeignKey& right, Found& out) {
  const ApiRelation& junction = api.relations.at(left.table);
  Columns both = left.columns;
  both.insert(both.end(), right.columns.begin(), right.columns.end());
  const bool by_key = contains_all(junction.key, both);
  const bool by_unique = !by_key && std::any_of(junction.unique.begin(), junction.unique.end(),
                                                [&](const Columns& one) { return same_set(one, both); });
  if (!by_key && !by_unique) return;
  for (const Side& from : shown_by(api, api.relations.at(left.target), left.target_columns)) {
    for (const Side& to : shown_by(api, api.relations.at(right.target), right.target_columns)) {
      Relationship one;
      one.form = Form::many_to_many;
      one.constraint = left.name;
      one.other_constraint = right.name;
      one.from = from.relation->oid;
      one.to = to.relation->oid;
      one.junction = junction.oid;
      one.by_unique = by_unique;
      one.columns = paired(from.columns, left.columns);
      one.junction_columns = paired(right.columns, to.columns);
      out.push_back(std::move(one));
    }
  }
}

void add_computed(const Api& api, const schema::ApiFunction& function, Found& out) {
  if (function.parameters.size() != 1 || !function.relation) return;
  for (const auto& [oid, relation] : api.relations) {
    if (function.parameters[0].type_oid != relation.row_type) continue;
    Relationship one;
    one.form = Form::computed;
    one.constraint = function.name.name;
    one.from = oid;
    one.to = function.relation;
    one.function = &function;
    one.single = !function.set || function.single;
    out.push_back(std::move(one));
  }
}

}  // namespace

Relationships::Relationships(const Api& api) : api_(api) {
  std::map<schema::Oid, std::vector<const ApiForeignKey*>> by_table;
  for (const ApiForeignKey& key : api.foreign_keys) {
    by_table[key.table].push_back(&key);
    add_foreign_key(api, key, all_);
  }
  for (const auto& [oid, keys] : by_table) {
    for (const ApiForeignKey* left : keys) {
      for (const ApiForeignKey* right : keys) {
        if (left != right) add_junction(api, *left, *right, all_);
      }
    }
  }
  for (const schema::ApiFunction& function : api.functions) add_computed(api, function, all_);
  for (std::size_t i = 0; i < all_.size(); ++i) by_origin_[all_[i].from].push_back(i);
}

std::vector<const Relationship*> Relationships::of(schema::Oid from) const {
  std::vector<const Relationship*> out;
  if (const auto found = by_origin_.find(from); found != by_origin_.end()) {
    for (const std::size_t i : found->second) out.push_back(&all_[i]);
  }
  return out;
}

std::vector<const Relationship*> Relationships::matching(const ApiRelation& from, const std::string& target,
                                                         const std::string& hint) const {
  std::vector<const Relationship*> out;
  for (const Relationship* one : of(from.oid)) {
    const ApiRelation& to = api_.relations.at(one->to);
    if (!to.served || to.name.schema != from.name.schema) continue;
    if (one->form == Form::computed) {
      if (one->function->name.name == target && hint.empty()) out.push_back(one);
      continue;
    }
    const bool pair = one->form == Form::many_to_many;
    const auto single = [&](bool own, const std::string& name) {
      return !pair && one->columns.size() == 1 && (own ? one->columns[0].first : one->columns[0].second) == name;
    };
    const bool self = one->from == one->to && !pair;
    // Of a table with a key to itself: its name means the rows that point here, the column's name the row that this one
    // points to.
    const bool named = target == to.name.name && (!self || !hint.empty() || !one->holds_key);
    // A view that shows the key of the other table would make every such name ambiguous.
    const bool by_constraint = !pair && !to.view() && target == one->constraint && (!self || one->holds_key);
    const bool by_column = one->holds_key && !to.view() && single(true, target);
    if (!named && !by_constraint && !by_column) continue;
    if (hint.empty()) {
      out.push_back(one);
      continue;
    }
    bool hinted = hint == one->constraint ||
                  (pair && (hint == api_.relations.at(one->junction).name.name || hint == one->other_constraint));
    if (self) {
      // organizations!auditor(*): the rows whose auditor is this one. The way there is auditor(*).
      hinted = !one->holds_key && (single(false, hint) || hint == one->constraint);
    } else {
      hinted = hinted || single(true, hint) || single(false, hint);
    }
    if (hinted) out.push_back(one);
  }
  return out;
}

const Relationship& Relationships::find(const ApiRelation& from, const std::string& target,
                                        const std::string& hint) const {
  std::vector<const Relationship*> found = matching(from, target, hint);
  // A function that bears the name was written to be the answer.
  const auto computed =
      std::find_if(found.begin(), found.end(), [](const Relationship* one) { return one->form == Form::computed; });
  if (computed != found.end()) return **computed;
  if (found.size() > 1) {
    const auto strong =
        std::stable_partition(found.begin(), found.end(), [](const Relationship* one) { return !one->by_unique; });
    if (strong != found.begin()) found.erase(strong, found.end());
  }
  if (found.empty()) refuse_none(from, target, hint);
  if (found.size() > 1) refuse_many(from, target, found);
  return *found.front();
}

void Relationships::refuse_none(const ApiRelation& from, const std::string& target, const std::string& hint) const {
  const std::string with_hint = hint.empty() ? "" : fmt::format(" using the hint '{}'", hint);
  std::vector<std::string> names;
  bool known = false;
  for (const Relationship* one : of(from.oid)) {
    if (!api_.relations.at(one->to).served) continue;
    const std::string& name = one->form == Form::computed ? one->constraint : api_.relations.at(one->to).name.name;
    known |= name == target;
    names.push_back(name);
  }
  const auto guess = known ? std::nullopt : nearest(target, names);
  throw Refusal(
      400, "PGRST200",
      fmt::format("Could not find a relationship between '{}' and '{}' in the schema cache", from.name.name, target),
      json::value(fmt::format("Searched for a foreign key relationship between '{}' and '{}'{} in the schema '{}', but "
                              "no matches were found.",
                              from.name.name, target, with_hint, from.name.schema)),
      guess ? fmt::format("Perhaps you meant '{}' instead of '{}'.", *guess, target) : "");
}

std::string Relationships::word(const Relationship& one) const {
  const auto columns = [](const auto& pairs, bool first) {
    std::vector<std::string> names;
    for (const auto& pair : pairs) names.push_back(first ? pair.first : pair.second);
    return join(names, ", ");
  };
  const ApiRelation& from = api_.relations.at(one.from);
  const ApiRelation& to = api_.relations.at(one.to);
  if (one.form == Form::many_to_many) {
    return fmt::format("{} using {}({}) and {}({})", api_.relations.at(one.junction).name.name, one.constraint,
                       columns(one.columns, false), one.other_constraint, columns(one.junction_columns, true));
  }
  return fmt::format("{} using {}({}) and {}({})", one.constraint, from.name.name, columns(one.columns, true),
                     to.name.name, columns(one.columns, false));
}

void Relationships::refuse_many(const ApiRelation& from, const std::string& target,
                                const std::vector<const Relationship*>& found) const {
  static constexpr const char* words[] = {"many-to-one", "one-to-many", "one-to-one", "many-to-many", "computed"};
  json::array details;
  std::vector<std::string> hints;
  for (const Relationship* one : found) {
    const ApiRelation& to = api_.relations.at(one->to);
    details.push_back(json::object{{"cardinality", words[static_cast<int>(one->form)]},
                                   {"embedding", fmt::format("{} with {}", from.name.name, to.name.name)},
                                   {"relationship", word(*one)}});
    hints.push_back(
        fmt::format("'{}!{}'", to.name.name,
                    one->form == Form::many_to_many ? api_.relations.at(one->junction).name.name : one->constraint));
  }
  throw Refusal(
      300, "PGRST201",
      fmt::format("Could not embed because more than one relationship was found for '{}' and '{}'", from.name.name,
                  target),
      std::move(details),
      fmt::format("Try changing '{}' to one of the following: {}. Find the desired relationship in the 'details' key.",
                  target, join(hints, ", ")));
}

}  // namespace pgvista::rest
