#include "plan/undeclare.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "plan/steps.hpp"

namespace pgvista::plan {

using schema::ViewDefinition;

namespace {

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

void indexes(const ViewDefinition& before, const ViewDefinition& after, std::vector<std::string>& out) {
  // A plain view has none; those of a store are made with it.
  if (schema::object_kind(before) != schema::Kind::materialized ||
      schema::object_kind(after) != schema::Kind::materialized)
    return;
  for (const schema::IndexDefinition& index : before.indexes) {
    const std::string name = schema::index_name(before, index);
    const auto same = std::find_if(after.indexes.begin(), after.indexes.end(), [&](const auto& other) {
      return schema::index_text(other) == schema::index_text(index);
    });
    const bool name_stays = std::any_of(after.indexes.begin(), after.indexes.end(),
                                        [&](const auto& other) { return schema::index_name(after, other) == name; });
    const std::string path = sql::Name{after.name.schema, name}.sql();
    if (same == after.indexes.end()) {
      if (!name_stays) out.push_back("DROP INDEX IF EXISTS " + path);
      continue;
    }
    const std::string called = schema::index_name(after, *same);
    if (called != name && !name_stays)
      out.push_back("ALTER INDEX IF EXISTS " + path + " RENAME TO " + sql::quote_identifier(called));
    if (index.comment && !same->comment)
      out.push_back("COMMENT ON INDEX " + sql::Name{after.name.schema, called}.sql() + " IS NULL");
  }
}

void comments(const ViewDefinition& before, const ViewDefinition& after, const std::vector<std::string>& columns,
              std::vector<std::string>& out) {
  if (before.comment && !after.comment)
    out.push_back(fmt::format("COMMENT ON {} {} IS NULL", object_word(schema::object_kind(after)), after.name.sql()));
  for (const auto& [column, comment] : before.column_comments) {
    if (!after.column_comments.contains(column) && contains(columns, column))
      out.push_back(fmt::format("COMMENT ON COLUMN {}.{} IS NULL", after.name.sql(), sql::quote_identifier(column)));
  }
}

const std::vector<std::string> every_privilege = {"select",   "insert",     "update", "delete",
                                                  "truncate", "references", "trigger"};

void grants(const ViewDefinition& before, const ViewDefinition& after, std::vector<std::string>& out) {
  for (const auto& [role, privileges] : before.grants) {
    const auto kept = after.grants.find(role);
    std::vector<std::string> gone;
    const bool all = contains(privileges, "all");
    for (const std::string& privilege : all ? every_privilege : privileges) {
      if (kept == after.grants.end() || !(contains(kept->second, privilege) || contains(kept->second, "all")))
        gone.push_back(privilege);
    }
    if (!gone.empty())
      out.push_back(fmt::format("REVOKE {} ON TABLE {} FROM {}", join(gone, ", "), after.name.sql(),
                                lower(role) == "public" ? "PUBLIC" : sql::quote_identifier(role)));
  }
}

void options(const ViewDefinition& before, const ViewDefinition& after, std::vector<std::string>& out) {
  if (schema::object_kind(before) != schema::object_kind(after)) return;
  std::vector<std::string> reset;
  if (schema::object_kind(after) == schema::Kind::materialized) {
    for (const auto& [name, value] : before.storage) {
      if (!after.storage.contains(name)) reset.push_back(sql::option_name(name));
    }
    if (before.tablespace && !after.tablespace)
      out.push_back(fmt::format("ALTER MATERIALIZED VIEW {} SET TABLESPACE pg_default", after.name.sql()));
  } else {
    if (before.security_invoker && !after.security_invoker) reset.emplace_back("security_invoker");
    if (before.security_barrier && !after.security_barrier) reset.emplace_back("security_barrier");
    if (before.check_option && !after.check_option) reset.emplace_back("check_option");
  }
  if (!reset.empty())
    out.push_back(fmt::format("ALTER {} {} RESET ({})", object_word(schema::object_kind(after)), after.name.sql(),
                              join(reset, ", ")));
}

}  // namespace

std::vector<std::string> undeclare_sql(const ViewDefinition& before, const ViewDefinition& after,
                                       const std::vector<std::string>& columns) {
  std::vector<std::string> out;
  indexes(before, after, out);
  comments(before, after, columns, out);
  grants(before, after, out);
  options(before, after, out);
  return out;
}

}  // namespace pgvista::plan
