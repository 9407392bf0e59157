#include "ivm/facts.hpp"

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

}  // namespace

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

const TableFact* Facts::table(const std::string& schema, const std::string& name) const {
  return lookup(tables, search_path, schema, name);
}
const sql::Select* Facts::view(const std::string& schema, const std::string& name) const {
  return lookup(views, search_path, schema, name);
}

sql::Select describable(sql::Select query, const Facts& facts) {
  sql::each<sql::FromItem>(query, [&](sql::FromItem& item) {
    const auto* ref = item.as<sql::TableRef>();
    const auto original = ref ? facts.originals.find({ref->schema, ref->name}) : facts.originals.end();
    if (original == facts.originals.end()) return;
    sql::SubqueryRef sub;
    sub.alias = ref->alias;
    if (sub.alias.name.empty()) sub.alias.name = ref->name;
    sub.query = original->second;
    item.node = std::move(sub);
  });
  return query;
}

}  // namespace pgvista::ivm
