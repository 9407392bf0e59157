#pragma once
#include "plan/steps.hpp"

namespace pgvista::plan {

inline Step start_step(const Subject& subject, Action action) {
  Step step;
  step.view = subject.name;
  step.action = action;
  step.reason = subject.reason;
  if (subject.live) step.live = subject.live->oid;
  if (subject.definition) step.file = subject.definition->source.file;
  return step;
}

inline void add(Step& step, Phase phase, std::string sql) { step.statements.push_back({std::move(sql), phase}); }

inline void add(Step& step, Phase phase, std::vector<std::string> statements) {
  for (std::string& sql : statements) add(step, phase, std::move(sql));
}

/// Takes ACCESS EXCLUSIVE on a view and on nothing below it: LOCK TABLE would lock its base tables too.
/// The schema, where there is none yet, and the note that it was made for views.
void make_schema(Step& step, const Context& context, Phase phase, const std::string& name);
void add_lock(Step& step, const schema::Relation& live);

/// The canonical difference, for people.
std::string definition_diff(const Context& context, const Subject& subject);

}  // namespace pgvista::plan
