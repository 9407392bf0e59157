#include "plan/new_object.hpp"

namespace pgvista::plan {

// A plain view, or a change of kind: nothing to keep readers away from for long.
Step recreate_step(const Context& context, const Subject& subject) {
  Step step = start_step(subject, Action::recreate);
  step.diff = definition_diff(context, subject);
  add_new_object(step, context, subject);
  return step;
}

}  // namespace pgvista::plan
