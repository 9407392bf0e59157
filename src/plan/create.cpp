#include <fmt/format.h>

#include "plan/step_common.hpp"

namespace pgvista::plan {

Step create_step(const Context& context, const Subject& subject) {
  Step step = start_step(subject, Action::create);
  const Phase phase = subject.beside ? Phase::build : Phase::make;
  const sql::Name name = subject.beside ? context.beside.at(subject.name) : subject.name;
  make_schema(step, context, subject.beside ? Phase::build : Phase::lock, name.schema);
  add_program(step, context, subject);
  add(step, phase, create_sql(context, subject, name, false, subject.beside));
  const Attached attached = attached_sql(context, subject, name);
  add(step, phase, attached.make);
  add_read_only(step, subject, phase, name);
  add(step, phase, declare_sql(context, subject, name, nullptr));
  if (subject.beside) {
    step.built.push_back(name);
    add(step, Phase::make,
        fmt::format("ALTER {} {} RENAME TO {}", object_word(subject.kind), name.sql(),
                    sql::quote_identifier(subject.name.name)));
  }
  add(step, Phase::names, attached.settle);
  return step;
}

}  // namespace pgvista::plan
