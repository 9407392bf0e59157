#include "plan/step_common.hpp"

namespace pgvista::plan {

// Options, comments, grants and owner alone: the body stays untouched.
std::optional<Step> alter_step(const Context& context, const Subject& subject) {
  std::vector<std::string> statements = declare_sql(context, subject, subject.name, subject.live);
  if (statements.empty()) return std::nullopt;
  Step step = start_step(subject, Action::alter);
  step.reason = "its declared options differ";
  add(step, Phase::make, std::move(statements));
  return step;
}

}  // namespace pgvista::plan
