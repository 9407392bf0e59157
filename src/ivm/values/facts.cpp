#include "ivm/values/facts.hpp"

#include <algorithm>

#include "sql/print.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

namespace {

template <class Map>
auto lookup(const Map& map, const std::vector<std::string>& path, const std::string& schema, const std::string& name)
    -> decltype(&map.begin()->second) {
  if (!schema.empty()) {
    const auto found = map.find({schema, name});
    return found == map.end() ? nullptr : &found->second;
  }
  for (const std::string& candidate : path) {
    if (const auto found = map.find({candidate, name}); found != map.end()) return &found->second;
  }
  return nullptr;
}

template <class Map>
auto answer(Question::Kind kind, const sql::Select& query, const Facts& facts, const Map& known)
    -> decltype((known.begin()->second)) {
  Question question{kind, describable(query, facts)};
  const std::string text = sql::print(question.query);
  auto found = known.find(text);
  if (found == known.end() && facts.answers->ask) {
    facts.answers->ask(question, *facts.answers);
    found = known.find(text);
  }
  if (found == known.end()) throw Unanswered{std::move(question)};
  return found->second;
}

void add_concerned(const sql::Select& query, const Facts& facts, Facts& out);

void add_relation(const sql::Name& name, const Facts& facts, Facts& out) {
  if (const auto level = facts.levels.find(name); level != facts.levels.end()) out.levels.insert(*level);
  if (const auto original = facts.originals.find(name); original != facts.originals.end()) {
    if (out.originals.insert(*original).second) add_concerned(original->second, facts, out);
  }
  if (const auto view = facts.views.find(name); view != facts.views.end()) {
    if (out.views.insert(*view).second) add_concerned(view->second, facts, out);
  }
  const auto table = facts.tables.find(name);
  if (table == facts.tables.end() || !out.tables.insert(*table).second) return;
  // A maintained view's name stands for its store.
  if (table->second.name != name) add_relation(table->second.name, facts, out);
}

void add_concerned(const sql::Select& query, const Facts& facts, Facts& out) {
  sql::each<const sql::TableRef>(query, [&](const sql::TableRef& ref) {
    for (const std::string& schema : ref.schema.empty() ? facts.search_path : std::vector<std::string>{ref.schema})
      add_relation({schema, ref.name}, facts, out);
  });
}

}  // namespace

const std::vector<ColumnFact>& output_columns(const sql::Select& query, const Facts& facts) {
  return answer(Question::Kind::columns, query, facts, facts.answers->columns);
}

const std::vector<UnstableCall>& unstable_calls(const sql::Select& query, const Facts& facts) {
  return answer(Question::Kind::unstable, query, facts, facts.answers->unstable);
}

bool calls_of_kind(const sql::Select& query, UnstableCall::Kind kind, const Facts& facts) {
  const std::vector<UnstableCall>& calls = unstable_calls(query, facts);
  return std::any_of(calls.begin(), calls.end(), [&](const UnstableCall& one) { return one.kind == kind; });
}

Facts concerning(const sql::Select& query, const Facts& facts) {
  Facts out;
  out.server_major = facts.server_major;
  out.search_path = facts.search_path;
  out.aggregates = facts.aggregates;
  out.set_returning = facts.set_returning;
  out.settings = facts.settings;
  out.functions = facts.functions;
  for (const auto& [key, function] : facts.functions) add_concerned(function.body, facts, out);
  out.answers = facts.answers;
  add_concerned(query, facts, out);
  return out;
}

std::string set_clauses(const Settings& settings) {
  std::string out;
  for (const auto& [name, value] : settings) out += " SET " + name + " TO " + sql::quote_literal(value);
  return out;
}

const ColumnFact* TableFact::column(const std::string& wanted) const {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const ColumnFact& column) { return column.name == wanted; });
  return found == columns.end() ? nullptr : &*found;
}

bool TableFact::unique(const std::string& column) const {
  return std::any_of(unique_keys.begin(), unique_keys.end(),
                     [&](const auto& key) { return key.size() == 1 && key.front() == column; });
}

std::vector<sql::Name> TableFact::family() const {
  std::vector<sql::Name> out = {name};
  out.insert(out.end(), ancestors.begin(), ancestors.end());
  for (const Parent& one : parents) out.push_back(one.name);
  out.insert(out.end(), descendants.begin(), descendants.end());
  return out;
}

const TableFact* Facts::table(const std::string& schema, const std::string& name) const {
  return lookup(tables, search_path, schema, name);
}
const sql::Select* Facts::view(const std::string& schema, const std::string& name) const {
  return lookup(views, search_path, schema, name);
}

sql::Select describable(sql::Select query, const Facts& facts, const sql::Name& but) {
  sql::each<sql::FromItem>(query, [&](sql::FromItem& item) {
    const auto* ref = item.as<sql::TableRef>();
    const auto original = ref ? facts.originals.find({ref->schema, ref->name}) : facts.originals.end();
    if (original == facts.originals.end() || original->first == but) return;
    sql::SubqueryRef sub;
    sub.alias = ref->alias;
    if (sub.alias.name.empty()) sub.alias.name = ref->name;
    sub.query = original->second;
    item.node = std::move(sub);
  });
  return query;
}

}  // namespace pgvista::ivm
