#include "plan/step_common.hpp"

namespace pgvista::plan {

std::optional<Step> populate_step(const Context& context, const Subject& subject) {
  if (!subject.materialized() || !subject.live || subject.new_object()) return std::nullopt;
  const bool unpopulated = !subject.live->populated && subject.definition && with_data(context, subject);
  const auto record = context.input.database.records.find(subject.live->name);
  const bool due = record != context.input.database.records.end() && record->second.refresh_due;
  if (!unpopulated && !subject.refresh_after && !due) return std::nullopt;
  Step step = start_step(subject, Action::populate);
  step.reason = unpopulated ? "it holds no rows" : "what it reads through views has changed";
  const bool concurrently = subject.live->populated && subject.live->key_index();
  add(step, Phase::after,
      std::string("REFRESH MATERIALIZED VIEW ") + (concurrently ? "CONCURRENTLY " : "") + subject.name.sql());
  return step;
}

}  // namespace pgvista::plan
