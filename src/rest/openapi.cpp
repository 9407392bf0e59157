#include "rest/openapi.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "sql/known_types.hpp"

namespace pgvista::rest {

namespace json = boost::json;
using schema::ApiColumn;
using schema::ApiFunction;
using schema::ApiRelation;

namespace {

json::object type_schema(const std::string& type) {
  if (type.ends_with("[]")) return {{"type", "array"}, {"items", type_schema(type.substr(0, type.size() - 2))}};
  const sql::KnownType* known = sql::known_type(sql::without_modifier(type));
  if (known && known->json != "string") {
    json::object out;
    if (!known->json.empty()) out["type"] = known->json;
    if (!known->json_format.empty()) out["format"] = known->json_format;
    return out;
  }
  json::object out{{"type", "string"}};
  if (known && !known->json_format.empty()) out["format"] = known->json_format;
  const std::size_t open = type.find('(');
  if (type.starts_with("character") && open != std::string::npos && type[open + 1] >= '0' && type[open + 1] <= '9')
    out["maxLength"] = std::stoi(type.substr(open + 1));
  return out;
}

json::object column_schema(const Model& model, const ApiRelation& relation, const ApiColumn& column) {
  json::object out = type_schema(column.type);
  if (!column.choices.empty()) out["enum"] = json::array(column.choices.begin(), column.choices.end());
  std::string text = column.comment;
  if (std::find(relation.key.begin(), relation.key.end(), column.name) != relation.key.end())
    text += text.empty() ? "Part of the key." : " Part of the key.";
  for (const Relationship* one : model.relationships.of(relation.oid)) {
    const ApiRelation& to = model.api.relations.at(one->to);
    if (!to.served || !one->holds_key || one->columns.size() != 1 || one->columns[0].first != column.name) continue;
    text += fmt::format("{}Leads to {}.{}.", text.empty() ? "" : " ", to.name.name, one->columns[0].second);
  }
  if (!text.empty()) out["description"] = text;
  if (column.generated) out["readOnly"] = true;
  if (!column.not_null) out["nullable"] = true;
  return out;
}

json::object relation_schema(const Model& model, const ApiRelation& relation) {
  json::object properties;
  json::array required;
  for (const ApiColumn& column : relation.columns) {
    if (!column.told) continue;
    properties[column.name] = column_schema(model, relation, column);
    if (column.not_null && column.default_value.empty() && !column.generated)
      required.push_back(json::string(column.name));
  }
  json::object out{{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) out["required"] = std::move(required);
  if (!relation.comment.empty()) out["description"] = relation.comment;
  return out;
}

json::object parameter(const std::string& name, const char* in, const std::string& text, bool required = false) {
  return {{"name", name},
          {"in", in},
          {"required", required},
          {"description", text},
          {"schema", json::object{{"type", "string"}}}};
}

json::array parameters(std::initializer_list<const char*> names) {
  json::array out;
  for (const char* name : names) out.push_back(json::object{{"$ref", std::string("#/components/parameters/") + name}});
  return out;
}

json::object content(const json::object& body) {
  return {{"content", json::object{{"application/json", json::object{{"schema", body}}}}}};
}

json::object answers(int status, const char* text, const json::object& body) {
  json::object good{{"description", text}};
  if (!body.empty()) good["content"] = content(body)["content"];
  return {{std::to_string(status), good}, {"default", json::object{{"$ref", "#/components/responses/Error"}}}};
}

json::object operation(const ApiRelation& relation, const std::string& what, json::array parameters,
                       json::object responses, const json::object& body = {}) {
  json::object out{{"tags", json::array{json::string(relation.name.name)}},
                   {"summary", what},
                   {"parameters", std::move(parameters)},
                   {"responses", std::move(responses)}};
  if (!body.empty()) out["requestBody"] = content(body);
  return out;
}

json::object collection_path(const ApiRelation& relation, const json::object& reference) {
  json::object out;
  json::array reading = parameters({"select", "order", "limit", "offset", "Prefer"});
  for (const std::string& column : relation.column_names()) {
    reading.push_back(parameter(column, "query", "A filter: eq.5, gte.2, like.a*, in.(1,2), is.null, not.…"));
  }
  const json::object list{{"type", "array"}, {"items", reference}};
  out["get"] = operation(relation, relation.comment.empty() ? "Rows of " + relation.name.name : relation.comment,
                         reading, answers(200, "Rows", list));
  if (relation.insertable)
    out["post"] = operation(relation, "Makes rows", parameters({"select", "columns", "on_conflict", "Prefer"}),
                            answers(201, "Made", list), reference);
  if (relation.updatable)
    out["patch"] = operation(relation, "Changes the rows that the filters choose", reading,
                             answers(200, "Changed", list), reference);
  if (relation.deletable)
    out["delete"] =
        operation(relation, "Deletes the rows that the filters choose", reading, answers(200, "Deleted", list));
  return out;
}

json::object row_path(const ApiRelation& relation, const json::object& reference) {
  json::object out;
  json::array key = parameters({"select", "Prefer"});
  key.push_back(parameter("key", "path", "The key: " + join(relation.key, ","), true));
  out["get"] = operation(relation, "One row by its key", key, answers(200, "The row", reference));
  if (relation.insertable && relation.updatable)
    out["put"] = operation(relation, "Makes or replaces the row", key, answers(200, "The row", reference), reference);
  if (relation.updatable)
    out["patch"] = operation(relation, "Changes the row", key, answers(200, "The row", reference), reference);
  if (relation.deletable)
    out["delete"] = operation(relation, "Deletes the row", key, answers(200, "The row", reference));
  return out;
}

json::object function_path(const ApiFunction& function) {
  json::object properties;
  json::array required;
  json::array query;
  for (const schema::ApiParameter& one : function.parameters) {
    if (one.name.empty()) continue;
    properties[one.name] = type_schema(one.type);
    if (one.required) required.push_back(json::string(one.name));
    query.push_back(parameter(one.name, "query", one.type, one.required));
  }
  json::object body{{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) body["required"] = std::move(required);
  json::object call{{"tags", json::array{"functions"}},
                    {"summary", function.comment.empty() ? "Calls " + function.name.name : function.comment},
                    {"responses", answers(200, "What it returns", {})}};
  json::object post = call;
  post["requestBody"] = content(body);
  json::object out{{"post", std::move(post)}};
  if (function.volatility == 'v') return out;
  call["parameters"] = std::move(query);
  out["get"] = std::move(call);
  return out;
}

json::object components(json::object schemas) {
  json::object shared{{"select", parameter("select", "query", "Columns and embedded resources: id,name,other(*)")},
                      {"order", parameter("order", "query", "name.asc,id.desc.nullslast")},
                      {"limit", parameter("limit", "query", "At most so many rows")},
                      {"offset", parameter("offset", "query", "Skips so many rows")},
                      {"columns", parameter("columns", "query", "Columns to be written")},
                      {"on_conflict", parameter("on_conflict", "query", "Columns that tell whether a row is there")},
                      {"Prefer", parameter("Prefer", "header",
                                           "return=representation, count=exact, resolution=merge-duplicates, "
                                           "missing=default, handling=strict, max-affected=1")}};
  schemas["Error"] =
      json::object{{"type", "object"},
                   {"properties", json::object{{"code", json::object{{"type", "string"}}},
                                               {"message", json::object{{"type", "string"}}},
                                               {"details", json::object{{"nullable", true}}},
                                               {"hint", json::object{{"type", "string"}, {"nullable", true}}}}}};
  json::object error{{"description", "What went wrong"}};
  error["content"] = content({{"$ref", "#/components/schemas/Error"}})["content"];
  return {{"parameters", std::move(shared)},
          {"schemas", std::move(schemas)},
          {"responses", json::object{{"Error", std::move(error)}}},
          {"securitySchemes",
           json::object{{"bearer", json::object{{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"}}}}}};
}

}  // namespace

json::value openapi(const Model& model, const std::string& version) {
  json::object paths;
  json::object schemas;
  for (const auto& [oid, relation] : model.api.relations) {
    if (!relation.served || relation.name.schema != model.api.schemas.front()) continue;
    const std::string& name = relation.name.name;
    schemas[name] = relation_schema(model, relation);
    const json::object reference{{"$ref", "#/components/schemas/" + name}};
    paths["/" + name] = collection_path(relation, reference);
    if (!relation.key.empty()) paths["/" + name + "/{key}"] = row_path(relation, reference);
  }
  for (const ApiFunction& function : model.api.functions) {
    if (function.name.schema == model.api.schemas.front())
      paths["/rpc/" + function.name.name] = function_path(function);
  }
  return json::object{
      {"openapi", "3.0.3"},
      {"info", json::object{{"title", "pgvista"},
                            {"description", "The relations of the schema " + model.api.schemas.front() +
                                                ". The grammar of filters, embedding and preferences is PostgREST's."},
                            {"version", version}}},
      {"servers", json::array{json::object{{"url", "/rest/v1"}}}},
      {"paths", std::move(paths)},
      {"components", components(std::move(schemas))},
      {"security", json::array{json::object{}, json::object{{"bearer", json::array{}}}}}};
}

}  // namespace pgvista::rest
