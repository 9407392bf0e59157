#include "plan/step_common.hpp"

namespace pgvista::plan {

// CREATE OR REPLACE VIEW keeps the object and all that hangs on it, but for the options, which it drops where it does
// not repeat them.
Step replace_step(const Context& context, const Subject& subject) {
  Step step = start_step(subject, Action::replace);
  if (subject.change == Change::repoint) step.reason = subject.reason;
  step.diff = definition_diff(context, subject);
  add_program(step, context, subject);
  add_lock(step, *subject.live);
  add(step, Phase::make, create_sql(context, subject, subject.name, true, false));
  add_read_only(step, subject, Phase::make, subject.name);
  if (subject.definition && !schema::maintained(*subject.definition) && !step.removes.empty()) {
    add(step, Phase::make,
        std::string("DROP TRIGGER IF EXISTS ") + schema::read_only_trigger + " ON " + subject.name.sql());
  }
  // The options went with the statement; the rest is brought in line as for any live view.
  add(step, Phase::make, declare_sql(context, subject, subject.name, subject.live, false));
  return step;
}

}  // namespace pgvista::plan
