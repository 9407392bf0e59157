#include <fmt/format.h>

#include "plan/step_common.hpp"

namespace pgvista::plan {

// The object stays, and so does everything that hangs on it.
Step rename_step(const Context& context, const Subject& subject) {
  Step step = start_step(subject, Action::rename);
  const schema::Relation& live = *subject.live;
  step.reason = fmt::format("it was {}", live.name.display());
  const std::string alter = std::string("ALTER ") + object_word(live.kind) + " ";
  sql::Name now = live.name;
  if (now.schema != subject.name.schema) {
    make_schema(step, context, Phase::rename, subject.name.schema);
    add(step, Phase::rename, alter + now.sql() + " SET SCHEMA " + sql::quote_identifier(subject.name.schema));
    now.schema = subject.name.schema;
  }
  if (now.name != subject.name.name)
    add(step, Phase::rename, alter + now.sql() + " RENAME TO " + sql::quote_identifier(subject.name.name));
  return step;
}

}  // namespace pgvista::plan
