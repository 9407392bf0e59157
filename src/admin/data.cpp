#include "admin/data.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "rest/error.hpp"

namespace pgvista::admin {

using schema::ApiRelation;

Found ask(Visit& visit, const std::string& method, const std::vector<std::string>& segments, const rest::Pairs& query,
          const std::string& body, const std::string& prefer) {
  if (!visit.served) throw rest::Refusal(503, "PGRST002", "The catalogue has not been read yet");
  rest::Request request;
  request.method = method;
  request.query = query;
  request.body = body;
  request.headers["accept"] = "application/json";
  if (!prefer.empty()) request.headers["prefer"] = prefer;
  rest::Settings settings;
  settings.aggregates = true;
  Found out;
  out.plan = rest::make_plan(visit.served->model, settings, request, segments);
  db::Connection& connection = visit.db();
  db::Transaction transaction(connection, out.plan.read_only ? "READ ONLY" : "");
  for (const rest::Statement& one : out.plan.before) connection.query(one.sql, one.values);
  out.rows.emplace(connection.query(out.plan.main.sql, out.plan.main.values));
  if (out.plan.count) out.total = connection.query(out.plan.count->sql, out.plan.count->values).integer(0, 0);
  if (out.plan.by_key && method != "GET" && out.plan.affected_only && out.rows->affected() == 0)
    throw rest::Refusal(404, "PGRST116", "There is no such row any more");
  transaction.commit();
  return out;
}

const ApiRelation& relation_of(const Visit& visit, const std::string& name) {
  const ApiRelation* found =
      visit.served ? visit.served->model.api.find(visit.served->model.api.schemas.front(), name) : nullptr;
  if (!found) throw rest::Refusal(404, "PGRST205", fmt::format("There is no table or view \"{}\"", name));
  return *found;
}

std::string label_column(const ApiRelation& relation) {
  for (const char* name : {"name", "title", "label", "username", "email", "code"}) {
    if (relation.column(name)) return name;
  }
  for (const schema::ApiColumn& column : relation.columns) {
    if (column.category == 'S' && column.choices.empty()) return column.name;
  }
  return relation.key.empty() ? relation.columns.front().name : relation.key.front();
}

std::string field_name(const std::string& name) {
  return "\"" + replace_all(replace_all(name, "\\", "\\\\"), "\"", "\\\"") + "\"";
}

std::string key_segment(const std::vector<std::string>& values) {
  std::vector<std::string> out;
  for (const std::string& value : values) out.push_back(rest::percent_encoded(value));
  return join(out, ",");
}

std::string api_address(const std::vector<std::string>& segments, const rest::Pairs& query) {
  std::string out = "/rest/v1";
  for (const std::string& one : segments) out += "/" + one;
  for (std::size_t i = 0; i < query.size(); ++i)
    out +=
        (i == 0 ? "?" : "&") + query[i].first + "=" + replace_all(rest::percent_encoded(query[i].second), "%2C", ",");
  return out;
}

const rest::Relationship* leads_to(const Visit& visit, const ApiRelation& relation, const std::string& column) {
  for (const rest::Relationship* one : visit.served->model.relationships.of(relation.oid)) {
    const ApiRelation* target = visit.served->model.api.relation(one->to);
    if (one->holds_key && one->columns.size() == 1 && one->columns[0].first == column && target && target->served &&
        !target->view() && !target->key.empty())
      return one;
  }
  return nullptr;
}

}  // namespace pgvista::admin
