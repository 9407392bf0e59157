#include "plan/step_common.hpp"

namespace pgvista::plan {

// Nothing to run: from now on the ledger knows it.
Step adopt_step(const Context& context, const Subject& subject) {
  (void)context;
  Step step = start_step(subject, Action::adopt);
  step.reason = subject.change == Change::none ? "it exists and is equal" : "it exists and is taken over";
  return step;
}

}  // namespace pgvista::plan
