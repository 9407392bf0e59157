#include "plan/plan.hpp"

#include <algorithm>

#include "plan/steps.hpp"

namespace pgvista::plan {

namespace {

void add_own_steps(const Context& context, Subject& subject, Plan& plan) {
  if (subject.adopt) plan.steps.push_back(adopt_step(context, subject));
  if (subject.renamed) plan.steps.push_back(rename_step(context, subject));
  switch (subject.change) {
    case Change::create: plan.steps.push_back(create_step(context, subject)); return;
    case Change::replace:
    case Change::repoint: plan.steps.push_back(replace_step(context, subject)); return;
    case Change::rebuild: {
      const bool stays = subject.materialized() && subject.live->materialized();
      plan.steps.push_back(stays ? swap_step(context, subject) : recreate_step(context, subject));
      return;
    }
    case Change::none: break;
  }
  if (!subject.definition || !subject.live || !subject.selected || !subject.meaning->known ||
      subject.status == Status::refused) {
    if (subject.refresh_after) {
      if (auto step = populate_step(context, subject)) plan.steps.push_back(std::move(*step));
    }
    return;
  }
  if (auto step = leftover_step(context, subject)) plan.steps.push_back(std::move(*step));
  if (auto step = store_index_step(context, subject)) plan.steps.push_back(std::move(*step));
  if (auto step = alter_step(context, subject)) plan.steps.push_back(std::move(*step));
  if (subject.materialized()) {
    if (auto step = index_step(context, subject, plan)) plan.steps.push_back(std::move(*step));
    if (auto step = populate_step(context, subject)) plan.steps.push_back(std::move(*step));
  }
}

Status status_of(const Subject& subject, bool has_steps, bool adopted) {
  if (subject.status != Status::exists) return subject.status;
  if (subject.change == Change::create) return Status::created;
  if (!has_steps) return Status::exists;
  return adopted ? Status::adopted : Status::updated;
}

void add_status(const Subject& subject, Plan& plan, const Options& options) {
  const auto own = [&](const Step& step) { return step.view == subject.name; };
  const auto steps = std::count_if(plan.steps.begin(), plan.steps.end(), own);
  const bool adopted = subject.adopt && steps == 1;
  if (!subject.definition && steps == 0) return;
  if (!subject.selected && steps == 0) return;
  const Status status = subject.definition ? status_of(subject, steps > 0, adopted)
                        : options.force    ? Status::forced
                                           : Status::force_required;
  plan.views.push_back({subject.name, status});
}

}  // namespace

std::vector<schema::Oid> relations_to_detail(const Input& input, const Options& options) {
  Plan scratch;
  Subjects subjects(input, options);
  Options forced = options;
  forced.force = true;  // what would be reached if it were allowed
  std::vector<Error> skipped;
  decide(subjects, input, forced, scratch, skipped);
  std::vector<schema::Oid> out;
  for (const Subject& subject : subjects.all()) {
    const bool described = subject.definition && !subject.definition->column_comments.empty();
    if (subject.live && (subject.change == Change::rebuild || subject.change == Change::repoint || described))
      out.push_back(subject.live->oid);
  }
  return out;
}

Plan make_plan(const Input& input, const Options& options) {
  Plan plan;
  plan.errors = input.meanings.errors;
  plan.errors.insert(plan.errors.end(), input.maintenance.errors.begin(), input.maintenance.errors.end());
  plan.recorded_only = input.meanings.recorded_only;
  const std::size_t own = plan.errors.size();
  Subjects subjects(input, options);
  std::vector<Error> skipped;
  decide(subjects, input, options, plan, skipped);
  subjects.sort();
  Context context{input, options, {}};
  for (const Subject& subject : subjects.all()) {
    if (subject.beside) {
      context.beside[subject.name] = beside_name(subject.name);
    } else if (subject.renamed) {
      context.beside[subject.name] = subject.live->name;  // what is built before the rename finds it there
    }
  }
  for (Subject& subject : subjects.all()) {
    add_own_steps(context, subject, plan);
    add_status(subject, plan, options);
    if (subject.refresh_after) plan.refresh_due.push_back(subject.name);
    for (std::size_t i = 0; subject.definition && subject.materialized() && i < subject.definition->indexes.size();
         ++i) {
      const schema::LiveIndex* index = match_index(context, subject, i);
      plan.index_names[subject.name].push_back(
          index ? index->name : schema::index_name(*subject.definition, subject.definition->indexes[i]));
    }
  }
  drop_steps(context, subjects, plan);
  orphan_steps(context, plan);
  if (options.create_indexes) {
    missing_index_steps(context, plan);
  } else {
    plan.lacking = lacking_indexes(input);
  }
  plan.closing = closing_order(plan.steps, input.database);
  add_triggers(plan.steps, plan.closing, input.maintenance.installed);
  // A view whose definition is wrong, or that cannot be kept, is left out, with those that read it.
  plan.blocked = plan.errors.size() > own || (options.all_or_nothing && plan.errors.size() + skipped.size() > 0);
  plan.errors.insert(plan.errors.end(), skipped.begin(), skipped.end());
  return plan;
}

}  // namespace pgvista::plan
