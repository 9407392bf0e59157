#include "rest/nested_names.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "rest/error.hpp"
#include "rest/write.hpp"

namespace pgvista::rest {

namespace json = boost::json;
using schema::ApiColumn;
using schema::ApiRelation;
using Form = Relationship::Form;

Plain plain_rows(Action action) {
  return action == Action::insert ? Plain::make : action == Action::put ? Plain::replace : Plain::put;
}

NestedNames::NestedNames(const Model& model, const Selection& selection, Plain plain) : model_(model), plain_(plain) {
  learn_aliases(selection);
}

const Relationship* NestedNames::relationship(const ApiRelation& relation, std::string_view key) const {
  const std::size_t mark = key.find('!');
  const std::string name(key.substr(0, mark));
  if (relation.column(name)) return nullptr;
  if (const Relationship* found =
          named(relation, name, mark == std::string_view::npos ? "" : std::string(key.substr(mark + 1))))
    return found;
  // As the request calls it in its select.
  const auto alias = aliases_.find(name);
  return alias == aliases_.end() ? nullptr : named(relation, alias->second.first, alias->second.second);
}

const Relationship* NestedNames::named(const ApiRelation& relation, const std::string& name,
                                       const std::string& hint) const {
  try {
    const Relationship& found = model_.relationships.find(relation, name, hint);
    return found.form == Form::computed ? nullptr : &found;
  } catch (const Refusal& refusal) {
    if (refusal.code == "PGRST201") throw;
    return nullptr;
  }
}

void NestedNames::learn_aliases(const Selection& selection) {
  for (const SelectItem& item : selection.items) {
    if (!item.embedded) continue;
    if (!item.alias.empty()) aliases_.try_emplace(item.alias, item.field.name, item.hint);
    learn_aliases(*item.embedded);
  }
}

std::vector<const ApiColumn*> NestedNames::columns(const ApiRelation& relation, const json::object& object,
                                                   const FixedColumns& fixed) const {
  std::vector<const ApiColumn*> out;
  for (const auto& member : object) {
    const std::string name(member.key());
    const ApiColumn* column = relation.column(name);
    if ((name == "through" && !column) || (!column && relationship(relation, member.key()))) continue;
    if (!column) column = &column_named(relation, name);
    // What was read comes back with what only the server writes.
    const bool names = std::find(relation.key.begin(), relation.key.end(), name) != relation.key.end();
    if (plain_ != Plain::make && column->generated && !names) continue;
    if (std::none_of(fixed.begin(), fixed.end(), [&](const auto& one) { return one.first == name; }))
      out.push_back(column);
  }
  return out;
}

bool only_points(const ApiRelation& relation, const json::object& object) {
  const bool paired = object.contains("through") && !relation.column("through");
  return object.size() - (paired ? 1 : 0) == relation.key.size() && relation.columns.size() > relation.key.size();
}

std::pair<std::string, const json::object*> to_one_word(const ApiRelation& target, const json::object& value) {
  if (value.size() == 1 && value.begin()->value().is_object()) {
    const std::string word(value.begin()->key());
    if (word == "create" || word == "replace" || word == "connect" || word == "update")
      return {word == "replace" ? "create" : word, &value.begin()->value().get_object()};
    if (!target.column(word)) return {"create", &value};
  }
  return {"create", &value};
}

bool is_words_of_many(const json::object& value) {
  static const std::vector<std::string> words = {"create", "connect", "update", "disconnect", "delete", "replace"};
  return !value.empty() && std::all_of(value.begin(), value.end(), [](const auto& member) {
    return std::find(words.begin(), words.end(), std::string(member.key())) != words.end() &&
           member.value().is_structured();
  });
}

bool means_the_only_one(const ApiRelation& target, const Relationship& one, const json::object& item) {
  return one.form == Form::one_to_one && std::none_of(target.key.begin(), target.key.end(),
                                                      [&](const std::string& name) { return item.contains(name); });
}

json::object keyed(const ApiRelation& relation, const json::object& item) {
  json::object out;
  for (const std::string& name : relation.key) {
    if (!item.contains(name))
      refuse_nested(fmt::format("an item names no row of '{}': its key \"{}\" is missing", relation.name.name, name));
    out[name] = item.at(name);
  }
  return out;
}

const json::object* through_of(const json::object& item) {
  const json::value* through = item.if_contains("through");
  if (!through) return nullptr;
  if (!through->is_object()) refuse_nested("\"through\" holds the columns of the table of pairs: an object");
  return &through->get_object();
}

JsonPath below(JsonPath path, const std::string& step) {
  path.push_back(step);
  return path;
}

}  // namespace pgvista::rest
