#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "plan/step_common.hpp"

namespace pgvista::plan {

namespace {

bool defined(const Input& input, const sql::Name& name) {
  return std::any_of(input.views.begin(), input.views.end(), [&](const schema::ViewDefinition& view) {
    if (view.name == name) return true;
    const schema::Relation* live = catalog::live_of(input.database, view);
    return live && live->name == name;
  });
}

}  // namespace

void drop_steps(const Context& context, const Subjects& subjects, Plan& plan) {
  const schema::Database& database = context.input.database;
  const std::vector<sql::Name>& named = context.options.drop;
  if (!context.options.only.empty() && named.empty()) return;  // named views are no reason to look at others
  const bool drops = context.options.prune || !named.empty();
  std::vector<const schema::Relation*> gone;
  for (const auto& [name, record] : database.records) {
    if (defined(context.input, name) || (!named.empty() && std::find(named.begin(), named.end(), name) == named.end()))
      continue;
    const schema::Relation* live = database.find(name);
    if (!live || !(live->view() || live->materialized()) || live->extension_member) continue;
    if (!drops) plan.strays.push_back({live->materialized() ? "materialized view" : "view", name});
    gone.push_back(live);
  }
  // Renamed by hand: a new one is made in its place, and nobody else speaks of it.
  for (const auto& known : database.records) {
    const schema::Record& record = known.second;
    const auto moved = database.relations.find(record.oid);
    if (moved == database.relations.end() || moved->second.name == known.first || moved->second.taken ||
        defined(context.input, moved->second.name) || database.records.contains(moved->second.name))
      continue;
    const schema::Relation& live = moved->second;
    const bool left = std::any_of(database.leftovers.begin(), database.leftovers.end(),
                                  [&](const schema::Leftover& one) { return one.oid == record.oid; });
    if (left || !(live.view() || live.materialized()) || !named.empty()) continue;
    if (!drops) plan.strays.push_back({live.materialized() ? "materialized view" : "view", live.name});
    gone.push_back(&live);
  }
  if (!drops) return;
  for (const schema::Relation* live : gone) {  // in which order they go, closing_order() says
    std::vector<std::string> readers;
    for (const schema::Oid oid : database.readers(live->oid)) {
      const schema::Relation& reader = database.relations.at(oid);
      const bool goes_too = std::find(gone.begin(), gone.end(), &reader) != gone.end();
      const bool moves_on = std::any_of(subjects.all().begin(), subjects.all().end(), [&](const Subject& s) {
        return s.live == &reader && (s.change == Change::replace || s.change == Change::rebuild);
      });
      if (!goes_too && !moves_on) readers.push_back(reader.name.display());
    }
    if (!readers.empty()) {
      Error error;
      error.code = "has_dependents";
      error.message =
          fmt::format("\"{}\" {}, but is read by {}", live->name.display(),
                      named.empty() ? "has no definition any more" : "is to be dropped", join(readers, ", "));
      error.hint =
          named.empty() ? "Drop those views first, or bring the definition back." : "Drop or change those first.";
      plan.errors.push_back(std::move(error));
      plan.views.push_back({live->name, Status::refused});
      continue;
    }
    Step step;
    step.view = live->name;
    step.action = Action::drop;
    step.live = live->oid;
    step.reason = named.empty() ? "its definition is gone" : "it is dropped";
    add(step, Phase::drop, fmt::format("DROP {} {}", object_word(live->kind), live->name.sql()));
    for (const catalog::InstalledProgram* one : context.input.maintenance.of(live->name)) step.removes.push_back(*one);
    plan.steps.push_back(std::move(step));
    plan.views.push_back({live->name, Status::dropped});
  }
}

}  // namespace pgvista::plan
