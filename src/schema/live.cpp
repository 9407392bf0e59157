#include "schema/live.hpp"

#include <algorithm>

namespace pgvista::schema {

const LiveIndex* Relation::key_index() const {
  const auto found = std::find_if(indexes.begin(), indexes.end(), [](const LiveIndex& index) {
    return index.unique && index.valid && !index.partial && !index.on_expressions;
  });
  return found == indexes.end() ? nullptr : &*found;
}

const Relation* Database::find(const sql::Name& name) const {
  const auto found = by_name.find(name);
  return found == by_name.end() ? nullptr : &relations.at(found->second);
}

const Relation* Database::resolve(const std::string& schema, const std::string& name) const {
  if (!schema.empty()) return find({schema, name});
  for (const std::string& candidate : search_path) {
    if (const Relation* relation = find({candidate, name})) return relation;
  }
  return nullptr;
}

std::vector<Oid> Database::readers(Oid oid) const {
  std::vector<Oid> out;
  for (const auto& [reader, relation] : relations) {
    if (std::find(relation.reads.begin(), relation.reads.end(), oid) != relation.reads.end()) out.push_back(reader);
  }
  return out;
}

}  // namespace pgvista::schema
