#include "schema/api.hpp"

#include <algorithm>

namespace pgvista::schema {

const ApiRelation* Api::find(const std::string& schema, const std::string& name) const {
  for (const auto& [oid, relation] : relations) {
    if (relation.served && relation.name.name == name && relation.name.schema == schema) return &relation;
  }
  return nullptr;
}

std::vector<std::string> ApiRelation::column_names() const {
  std::vector<std::string> out;
  for (const ApiColumn& one : columns) {
    if (one.told) out.push_back(one.name);
  }
  return out;
}

Api told_to(const Api& api, const std::string& role) {
  const auto known = api.roles.find(role);
  if (role == "none" || (known != api.roles.end() && known->second.superuser)) return api;
  const ApiRole own = known == api.roles.end() ? ApiRole{} : known->second;
  const auto given = [&](const Grantees& grantees) {
    const auto granted = [&](Oid one) { return grantees.contains(one); };
    return granted(0) || std::any_of(own.rights_of.begin(), own.rights_of.end(), granted);
  };
  const auto uses = [&](const std::string& schema) {
    if (own.all_rows) return true;
    const auto users = api.schema_users.find(schema);
    return users != api.schema_users.end() && given(users->second);
  };
  Api out = api;
  for (auto& [oid, relation] : out.relations) {
    if (own.all_rows || given(relation.grantees)) {
      relation.served = relation.served && uses(relation.name.schema);
      continue;
    }
    bool any = false;
    for (ApiColumn& column : relation.columns) any |= column.told = given(column.grantees);
    relation.served = relation.served && any && uses(relation.name.schema);
    // clang 14 takes no structured binding into a lambda.
    const auto untold = [&columns = relation](const std::string& name) { return !columns.column(name)->told; };
    if (std::any_of(relation.key.begin(), relation.key.end(), untold)) relation.key.clear();
  }
  std::erase_if(out.functions, [&](const ApiFunction& one) { return !uses(one.name.schema) || !given(one.grantees); });
  return out;
}

}  // namespace pgvista::schema
