#include "plan/step_common.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace pgvista::plan {

void make_schema(Step& step, const Context& context, Phase phase, const std::string& name) {
  const auto& schemas = context.input.database.schemas;
  if (std::find(schemas.begin(), schemas.end(), name) != schemas.end()) return;
  add(step, phase, "CREATE SCHEMA IF NOT EXISTS " + sql::quote_identifier(name));
  add(step, phase,
      fmt::format("INSERT INTO pgvista.made_schema (name) VALUES ({}) ON CONFLICT DO NOTHING",
                  sql::quote_literal(name)));
}

void add_lock(Step& step, const schema::Relation& live) {
  add(step, Phase::lock,
      fmt::format("ALTER {} {} OWNER TO {}", object_word(live.kind), live.name.sql(),
                  sql::quote_identifier(live.owner)));
}

std::string definition_diff(const Context& context, const Subject& subject) {
  if (!subject.live || !subject.meaning || !subject.definition_changed) return {};
  const auto live = context.input.meanings.live.find(subject.live->oid);
  return live == context.input.meanings.live.end() ? std::string{}
                                                   : line_diff(live->second, subject.meaning->canonical);
}

}  // namespace pgvista::plan
