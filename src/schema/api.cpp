#include "schema/api.hpp"

namespace pgvista::schema {

const ApiRelation* Api::find(const std::string& schema, const std::string& name) const {
  for (const auto& [oid, relation] : relations) {
    if (relation.served && relation.name.name == name && relation.name.schema == schema) return &relation;
  }
  return nullptr;
}

}  // namespace pgvista::schema
