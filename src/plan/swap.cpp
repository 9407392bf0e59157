#include <fmt/format.h>

#include "plan/new_object.hpp"

namespace pgvista::plan {

namespace {

// The old object's indexes and statistics give their names to the new one's before it is dropped.
void away_names(Step& step, const Subject& subject, const sql::Name& away) {
  const schema::Relation& live = *subject.live;
  int number = 0;
  for (const schema::LiveIndex& index : live.indexes) {
    add(step, Phase::away,
        fmt::format("ALTER INDEX {} RENAME TO {}", sql::Name{subject.name.schema, index.name}.sql(),
                    sql::quote_identifier(fmt::format("{}_{}", away.name, ++number))));
  }
  if (!live.details) return;
  for (const schema::ExtendedStatistics& item : live.details->statistics) {
    add(step, Phase::away,
        fmt::format("ALTER STATISTICS {} RENAME TO {}", item.name.sql(),
                    sql::quote_identifier(fmt::format("{}_{}", away.name, ++number))));
  }
}

}  // namespace

void add_new_object(Step& step, const Context& context, const Subject& subject) {
  const schema::Relation& live = *subject.live;
  const Phase phase = subject.beside ? Phase::build : Phase::make;
  const sql::Name name = subject.beside ? context.beside.at(subject.name) : subject.name;
  const sql::Name away = away_name(live.name);

  add_program(step, context, subject);
  add(step, phase, create_sql(context, subject, name, false, subject.beside));
  const Attached attached = attached_sql(context, subject, name);
  add(step, phase, attached.make);
  step.lost = attached.lost;
  add(step, phase, restore_sql(context, subject, name));
  add_read_only(step, subject, phase, name);
  add(step, phase, declare_sql(context, subject, name, subject.live, false));

  if (live.taken) {
    if (subject.beside)
      add(step, Phase::make,
          fmt::format("ALTER {} {} RENAME TO {}", object_word(subject.kind), name.sql(),
                      sql::quote_identifier(subject.name.name)));
    add(step, Phase::names, attached.settle);
    return;
  }
  add_lock(step, live);
  add(step, Phase::away,
      fmt::format("ALTER {} {} RENAME TO {}", object_word(live.kind), subject.name.sql(),
                  sql::quote_identifier(away.name)));
  away_names(step, subject, away);
  step.replaced.push_back({live.oid, {subject.name.schema, away.name}});
  if (subject.beside) {
    step.built.push_back(name);
    add(step, Phase::make,
        fmt::format("ALTER {} {} RENAME TO {}", object_word(subject.kind), name.sql(),
                    sql::quote_identifier(subject.name.name)));
  }
  add(step, Phase::drop,
      fmt::format("DROP {} {}", object_word(live.kind), sql::Name{subject.name.schema, away.name}.sql()));
  add(step, Phase::names, attached.settle);
}

// Built beside the old one, indexed and analysed, then exchanged in a short transaction.
Step swap_step(const Context& context, const Subject& subject) {
  Step step = start_step(subject, Action::swap);
  step.diff = definition_diff(context, subject);
  add_new_object(step, context, subject);
  return step;
}

}  // namespace pgvista::plan
