#include "support/api_json.hpp"

#include <boost/describe.hpp>
#include <boost/json.hpp>

#include <algorithm>

#include "base/text.hpp"
#include "support/name_json.hpp"

namespace pgvista::schema {
BOOST_DESCRIBE_STRUCT(ApiColumn, (),
                      (name, type, type_oid, category, composite, not_null, default_value, generated, choices, comment,
                       number, source, source_column, grantees, told))
BOOST_DESCRIBE_STRUCT(ApiForeignKey, (), (name, table, columns, target, target_columns, on_delete))
BOOST_DESCRIBE_STRUCT(ApiRelation, (),
                      (oid, name, kind, row_type, served, columns, key, unique, insertable, updatable, deletable,
                       populated, comment, rows, definition, over_maintained, maintenance, notifies, security_invoker,
                       grantees))
BOOST_DESCRIBE_STRUCT(ApiParameter, (), (name, type, type_oid, required, variadic))
BOOST_DESCRIBE_STRUCT(ApiFunction, (),
                      (oid, name, parameters, volatility, set, single, relation, columns, type, type_oid, nothing,
                       composite, category, comment, grantees))
}  // namespace pgvista::schema

namespace pgvista::test {

namespace json = boost::json;
using schema::Oid;

namespace {

constexpr Oid first_user_oid = 16384;

// Every number of a user's object.
void collect(const json::value& value, std::set<std::uint64_t>& out) {
  if (value.is_uint64() && value.get_uint64() >= first_user_oid) out.insert(value.get_uint64());
  if (value.is_int64() && value.get_int64() >= first_user_oid)
    out.insert(static_cast<std::uint64_t>(value.get_int64()));
  if (const auto* list = value.if_array()) {
    for (const json::value& one : *list) collect(one, out);
  }
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object) collect(member.value(), out);
  }
}

void renumber(json::value& value, const std::vector<std::uint64_t>& known) {
  const auto place = [&](std::uint64_t number) {
    return first_user_oid +
           static_cast<std::uint64_t>(std::lower_bound(known.begin(), known.end(), number) - known.begin());
  };
  if (value.is_uint64() && value.get_uint64() >= first_user_oid) value = place(value.get_uint64());
  if (value.is_int64() && value.get_int64() >= first_user_oid)
    value = place(static_cast<std::uint64_t>(value.get_int64()));
  if (auto* list = value.if_array()) {
    for (json::value& one : *list) renumber(one, known);
  }
  if (auto* object = value.if_object()) {
    for (auto& member : *object) renumber(member.value(), known);
  }
}

// Whose rights it has (the roles of the tests are made in any order), and how many rows the server guesses.
void leave_out_what_differs(schema::Api& api) {
  for (auto& [oid, relation] : api.relations) {
    relation.grantees.clear();
    relation.rows = -1;
    for (schema::ApiColumn& column : relation.columns) column.grantees.clear();
  }
  for (schema::ApiFunction& function : api.functions) function.grantees.clear();
  api.schema_users.clear();
  api.roles.clear();
}

}  // namespace

std::string api_text(schema::Api api, const std::string& mentioned) {
  leave_out_what_differs(api);
  // What keeps views has names that the server has a part in.
  std::erase_if(api.relations, [](const auto& one) { return one.second.name.schema == "pgvista"; });
  std::erase_if(api.foreign_keys, [&](const schema::ApiForeignKey& one) {
    return !api.relation(one.table) || !api.relation(one.target);
  });
  std::erase_if(api.types, [&](const auto& one) { return mentioned.find("::" + one.first) == std::string::npos; });
  std::erase_if(api.timezones, [&](const std::string& one) { return mentioned.find(one) == std::string::npos; });
  json::array lines = {json::object{{"schemas", json::value_from(api.schemas)}},
                       json::object{{"types", json::value_from(api.types)}},
                       json::object{{"timezones", json::value_from(api.timezones)}}};
  for (const auto& [oid, relation] : api.relations)
    lines.push_back(json::object{{"relation", json::value_from(relation)}});
  for (const auto& one : api.foreign_keys) lines.push_back(json::object{{"foreign_key", json::value_from(one)}});
  for (const auto& one : api.functions) lines.push_back(json::object{{"function", json::value_from(one)}});
  json::value all = std::move(lines);
  std::set<std::uint64_t> numbers;
  collect(all, numbers);
  renumber(all, {numbers.begin(), numbers.end()});
  std::string out;
  for (const json::value& line : all.as_array()) out += json::serialize(line) + "\n";
  return out;
}

schema::Api api_of(const std::string& text) {
  schema::Api out;
  for (const std::string& line : split_lines(text)) {
    if (line.empty()) continue;
    const json::object one = json::parse(line).as_object();
    const json::value& value = one.begin()->value();
    const std::string_view what = one.begin()->key();
    if (what == "schemas") out.schemas = json::value_to<std::vector<std::string>>(value);
    if (what == "types") out.types = json::value_to<std::map<std::string, std::string>>(value);
    if (what == "timezones") out.timezones = json::value_to<std::set<std::string>>(value);
    if (what == "foreign_key") out.foreign_keys.push_back(json::value_to<schema::ApiForeignKey>(value));
    if (what == "function") out.functions.push_back(json::value_to<schema::ApiFunction>(value));
    if (what != "relation") continue;
    auto relation = json::value_to<schema::ApiRelation>(value);
    out.relations.emplace(relation.oid, std::move(relation));
  }
  return out;
}

}  // namespace pgvista::test
