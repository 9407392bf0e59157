#include "plan/step_common.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace pgvista::plan {

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
