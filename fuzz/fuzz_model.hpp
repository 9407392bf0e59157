#pragma once
// What the fuzzed requests are planned against: the shapes that matter, without a database.

#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "rest/plan.hpp"

namespace pgvista::fuzz {

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out(1);
  for (const char c : text) {
    if (c == '\n') {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

inline const rest::Model& model() {
  static const rest::Model all([] {
    schema::Api api;
    api.schemas = {"public"};
    const auto relation = [&](schema::Oid oid, const char* name,
                              const std::vector<std::pair<const char*, const char*>>& columns,
                              std::vector<std::string> key) {
      schema::ApiRelation one;
      one.oid = oid;
      one.row_type = oid + 1000;
      one.name = {"public", name};
      one.served = one.insertable = one.updatable = one.deletable = true;
      for (const auto& [column, type] : columns) {
        schema::ApiColumn made;
        made.name = column;
        made.type = type;
        made.type_oid = std::string(type) == "jsonb" ? 3802 : std::string(type) == "integer" ? 23 : 25;
        made.category = std::string(type) == "integer" ? 'N' : 'S';
        made.number = static_cast<int>(one.columns.size()) + 1;
        one.columns.push_back(std::move(made));
      }
      one.key = std::move(key);
      api.relations.emplace(oid, std::move(one));
    };
    relation(1, "client", {{"id", "integer"}, {"name", "text"}}, {"id"});
    relation(2, "project", {{"id", "integer"}, {"name", "text"}, {"client_id", "integer"}, {"data", "jsonb"}}, {"id"});
    relation(3, "task", {{"id", "integer"}, {"name", "text"}, {"project_id", "integer"}, {"parent_id", "integer"}},
             {"id"});
    relation(4, "person", {{"id", "integer"}, {"name", "text"}}, {"id"});
    relation(5, "task_person", {{"task_id", "integer"}, {"person_id", "integer"}, {"hours", "integer"}},
             {"task_id", "person_id"});
    relation(6, "rate", {{"country", "text"}, {"year", "integer"}}, {"country", "year"});
    api.foreign_keys = {{"project_client", 2, {"client_id"}, 1, {"id"}},
                        {"task_project", 3, {"project_id"}, 2, {"id"}},
                        {"task_parent", 3, {"parent_id"}, 3, {"id"}},
                        {"tp_task", 5, {"task_id"}, 3, {"id"}},
                        {"tp_person", 5, {"person_id"}, 4, {"id"}}};
    schema::ApiFunction add;
    add.name = {"public", "add"};
    add.parameters = {{"a", "integer", 23, true, false}, {"b", "integer", 23, false, false}};
    add.type = "integer";
    add.type_oid = 23;
    schema::ApiFunction echo;
    echo.name = {"public", "echo"};
    echo.parameters = {{"", "json", 114, true, false}};
    echo.type = "json";
    echo.type_oid = 114;
    api.functions = {add, echo};
    api.types = {{"text", "pg_catalog.text"}, {"int", "pg_catalog.int4"}};
    return api;
  }());
  return all;
}

// The text of a statement is ours: printable, with quotes in pairs, and without a byte that only a request can have.
inline void require_clean(const rest::Plan& plan) {
  const auto check = [](const rest::Statement& statement) {
    for (const char c : statement.sql) {
      const bool ours = (c >= ' ' && c < 127) || c == '\n';
      if (!ours || c == '\\' || c == ';' || c == '`') {
        std::cerr << "not ours: " << statement.sql << std::endl;
        std::abort();
      }
    }
  };
  for (const rest::Statement& one : plan.before) check(one);
  check(plan.main);
  if (plan.count) check(*plan.count);
  if (plan.planned) check(*plan.planned);
}

}  // namespace pgvista::fuzz
