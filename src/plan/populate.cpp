#include <algorithm>

#include "plan/step_common.hpp"

namespace pgvista::plan {

namespace {

bool has_key_index(const schema::Relation& live) {
  return std::any_of(live.indexes.begin(), live.indexes.end(),
                     [](const schema::LiveIndex& index) { return index.unique && index.valid && !index.partial && !index.on_expressions; });
}

}  // namespace

std::optional<Step> populate_step(const Context& context, const Subject& subject) {
  if (!subject.materialized() || !subject.live || subject.new_object()) return std::nullopt;
  const bool unpopulated = !subject.live->populated && subject.definition && with_data(context, subject);
  const auto record = context.input.database.records.find(subject.live->name);
  const bool due = record != context.input.database.records.end() && record->second.refresh_due;
  if (!unpopulated && !subject.refresh_after && !due) return std::nullopt;
  Step step = start_step(subject, Action::populate);
  step.reason = unpopulated ? "it holds no rows" : "what it reads through views has changed";
  const bool concurrently = subject.live->populated && has_key_index(*subject.live);
  add(step, Phase::after, std::string("REFRESH MATERIALIZED VIEW ") + (concurrently ? "CONCURRENTLY " : "") + subject.name.sql());
  return step;
}

}  // namespace pgvista::plan
