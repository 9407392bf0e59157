#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "plan/step_common.hpp"
#include "sql/index.hpp"

namespace pgvista::plan {

using schema::LiveIndex;

namespace {

sql::Name path_of(const Subject& subject, const LiveIndex& index) { return {subject.name.schema, index.name}; }

std::string drop_index(const Subject& subject, const LiveIndex& index) {
  return "DROP INDEX " + path_of(subject, index).sql();
}

// Which live index of a declared name must give way; null where the name is free.
const LiveIndex* holder_of(const Subject& subject, const std::string& name) {
  const auto found = std::find_if(subject.live->indexes.begin(), subject.live->indexes.end(),
                                  [&](const LiveIndex& index) { return index.name == name; });
  return found == subject.live->indexes.end() ? nullptr : &*found;
}

}  // namespace

// The data stays: indexes are made, rebuilt when invalid, dropped when they are strays and --prune says so.
std::optional<Step> index_step(const Context& context, const Subject& subject, Plan& plan) {
  Step step = start_step(subject, Action::index);
  std::vector<schema::Oid> kept;
  std::vector<std::string> reasons;
  for (std::size_t i = 0; i < subject.definition->indexes.size(); ++i) {
    const schema::IndexDefinition& index = subject.definition->indexes[i];
    const LiveIndex* live = match_index(context, subject, i);
    const std::string name = live ? live->name : schema::index_name(*subject.definition, index);
    if (live) kept.push_back(live->oid);
    if (live && live->valid) {
      if (index.comment && index.comment != live->comment) {
        add(step, Phase::make,
            fmt::format("COMMENT ON INDEX {} IS {}", path_of(subject, *live).sql(),
                        sql::quote_literal(*index.comment)));
        reasons.push_back(fmt::format("the comment on {} differs", name));
      }
      continue;
    }
    const LiveIndex* old = live ? live : holder_of(subject, name);
    if (old) kept.push_back(old->oid);
    reasons.push_back(live  ? fmt::format("{} is invalid", name)
                      : old ? fmt::format("{} is defined otherwise", name)
                            : fmt::format("{} is missing", name));
    // Made first, under a passing name, and only then exchanged: readers do not wait for the build.
    const std::string passing = old ? passing_index_name(subject.name, name) : name;
    NewIndex made =
        new_index_sql(subject.name, subject.name, sql::create_index(index, passing, subject.name), passing, name, live,
                      index.comment ? index.comment
                      : old         ? old->comment
                                    : std::nullopt);
    add(step, Phase::make, std::move(made.make));
    if (old) add(step, Phase::drop, drop_index(subject, *old));
    add(step, Phase::settle, std::move(made.settle));
  }
  for (const LiveIndex& index : subject.live->indexes) {
    if (std::find(kept.begin(), kept.end(), index.oid) != kept.end()) continue;
    if (!context.options.prune) {
      plan.strays.push_back({"index", path_of(subject, index)});
      continue;
    }
    add(step, Phase::make, drop_index(subject, index));
    reasons.push_back(fmt::format("{} is declared nowhere", index.name));
  }
  if (step.statements.empty()) return std::nullopt;
  step.reason = join(reasons, "; ");
  return step;
}

}  // namespace pgvista::plan
