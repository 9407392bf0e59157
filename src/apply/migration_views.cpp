#include "apply/migration_views.hpp"

#include <algorithm>

#include "analyze/tables.hpp"

namespace pgvista::apply {

using migrate::Definition;
using migrate::State;
using schema::ViewDefinition;

namespace {

// A name without a schema can be any of that name: a view too many costs a question, one too few a wrong answer.
bool may_mean(const sql::TableRef& ref, const sql::Name& name) {
  return ref.name == name.name && (ref.schema.empty() || ref.schema == name.schema);
}

bool reads(const ViewDefinition& view, const std::set<sql::Name>& names) {
  bool found = false;
  analyze::for_each_table(view.tree, [&](const sql::TableRef& ref) {
    found =
        found || std::any_of(names.begin(), names.end(), [&](const sql::Name& name) { return may_mean(ref, name); });
  });
  const auto declared = [&](const std::string& text) {
    return std::any_of(names.begin(), names.end(), [&](const sql::Name& name) {
      return text == name.name || text == name.schema + "." + name.name;
    });
  };
  return found || std::any_of(view.depends_on.begin(), view.depends_on.end(), declared);
}

template <class Views>
void add_readers(const Views& views, std::set<sql::Name>& names) {
  for (bool grown = true; grown;) {
    grown = false;
    for (const auto& [name, view] : views) {
      if (!names.contains(name) && reads(*view, names)) grown = names.insert(name).second || grown;
    }
  }
}

template <class Views>
void add_read(const Views& views, std::set<sql::Name>& names) {
  std::vector<sql::Name> open(names.begin(), names.end());
  while (!open.empty()) {
    const auto view = views.find(open.back());
    open.pop_back();
    if (view == views.end()) continue;
    for (const auto& [name, other] : views) {
      if (!names.contains(name) && reads(*view->second, {name})) {
        names.insert(name);
        open.push_back(name);
      }
    }
  }
}

}  // namespace

std::vector<sql::Name> readers_of(const State& state, const std::set<sql::Name>& tables) {
  std::set<sql::Name> names = tables;
  add_readers(state.views, names);
  std::vector<sql::Name> out;
  for (const sql::Name& name : names) {
    if (state.views.contains(name)) out.push_back(name);
  }
  return out;
}

std::vector<ViewDefinition> views_around(const State& state, const ViewGoal& goal) {
  std::map<sql::Name, Definition> all = state.views;
  std::set<sql::Name> names(goal.make.begin(), goal.make.end());
  names.insert(goal.drop.begin(), goal.drop.end());
  for (const schema::Relation& relation : goal.taken) {
    const bool dropped = std::find(goal.drop.begin(), goal.drop.end(), relation.name) != goal.drop.end();
    const bool renamed = std::any_of(goal.renamed_from.begin(), goal.renamed_from.end(),
                                     [&](const auto& one) { return one.second == relation.name; });
    if (dropped || renamed) continue;
    if (!all.contains(relation.name))
      all[relation.name] = std::make_shared<const ViewDefinition>(borrowed_definition(relation));
    names.insert(relation.name);
  }
  add_readers(all, names);
  add_read(all, names);
  std::vector<ViewDefinition> out;
  for (const auto& [name, definition] : all) {
    if (!names.contains(name)) continue;
    out.push_back(*definition);
    const auto renamed = goal.renamed_from.find(name);
    out.back().renamed_from =
        renamed == goal.renamed_from.end() ? "" : renamed->second.schema + "." + renamed->second.name;
  }
  return out;
}

}  // namespace pgvista::apply
