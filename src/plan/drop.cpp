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

// Views that no definition speaks of any more, or that are named to be dropped.
std::vector<const schema::Relation*> without_definition(const Context& context) {
  const schema::Database& database = context.input.database;
  const std::vector<sql::Name>& named = context.options.drop;
  std::vector<const schema::Relation*> out;
  for (const auto& [name, record] : database.records) {
    if (defined(context.input, name) || (!named.empty() && std::find(named.begin(), named.end(), name) == named.end()))
      continue;
    const schema::Relation* live = database.find(name);
    if (live && (live->view() || live->materialized()) && !live->extension_member) out.push_back(live);
  }
  return out;
}

// Renamed by hand: a new one is made in its place, and nobody else speaks of it.
std::vector<const schema::Relation*> renamed_by_hand(const Context& context) {
  const schema::Database& database = context.input.database;
  std::vector<const schema::Relation*> out;
  if (!context.options.drop.empty()) return out;
  for (const auto& [name, record] : database.records) {
    const schema::Oid oid = record.oid;
    const auto moved = database.relations.find(oid);
    if (moved == database.relations.end() || moved->second.name == name || moved->second.taken ||
        defined(context.input, moved->second.name) || database.records.contains(moved->second.name))
      continue;
    const bool left = std::any_of(database.leftovers.begin(), database.leftovers.end(),
                                  [&](const schema::Leftover& one) { return one.oid == oid; });
    if (!left && (moved->second.view() || moved->second.materialized())) out.push_back(&moved->second);
  }
  return out;
}

// Who reads it, and neither goes nor is made to read something else.
std::vector<std::string> readers_left(const Context& context, const Subjects& subjects, const schema::Relation& live,
                                      const std::vector<const schema::Relation*>& gone) {
  std::vector<std::string> out;
  for (const schema::Oid oid : context.input.database.readers(live.oid)) {
    const schema::Relation& reader = context.input.database.relations.at(oid);
    const bool goes_too = std::find(gone.begin(), gone.end(), &reader) != gone.end();
    const bool moves_on = std::any_of(subjects.all().begin(), subjects.all().end(), [&](const Subject& s) {
      return s.live == &reader && (s.change == Change::replace || s.change == Change::rebuild);
    });
    if (!goes_too && !moves_on) out.push_back(reader.name.display());
  }
  return out;
}

Error has_dependents(const schema::Relation& live, const std::vector<std::string>& readers, bool named) {
  Error error;
  error.code = "has_dependents";
  error.message = fmt::format("\"{}\" {}, but is read by {}", live.name.display(),
                              named ? "is to be dropped" : "has no definition any more", join(readers, ", "));
  error.hint = named ? "Drop or change those first." : "Drop those views first, or bring the definition back.";
  return error;
}

}  // namespace

void drop_steps(const Context& context, const Subjects& subjects, Plan& plan) {
  const bool named = !context.options.drop.empty();
  if (!context.options.only.empty() && !named) return;  // named views are no reason to look at others
  std::vector<const schema::Relation*> gone = without_definition(context);
  for (const schema::Relation* live : renamed_by_hand(context)) gone.push_back(live);
  if (!context.options.prune && !named) {
    for (const schema::Relation* live : gone)
      plan.strays.push_back({live->materialized() ? "materialized view" : "view", live->name});
    return;
  }
  for (const schema::Relation* live : gone) {  // in which order they go, closing_order() says
    if (const std::vector<std::string> readers = readers_left(context, subjects, *live, gone); !readers.empty()) {
      plan.errors.push_back(has_dependents(*live, readers, named));
      plan.views.push_back({live->name, Status::refused});
      continue;
    }
    Step step;
    step.view = live->name;
    step.action = Action::drop;
    step.live = live->oid;
    step.reason = named ? "it is dropped" : "its definition is gone";
    add(step, Phase::drop, fmt::format("DROP {} {}", object_word(live->kind), live->name.sql()));
    for (const catalog::InstalledProgram* one : context.input.maintenance.of(live->name)) step.removes.push_back(*one);
    plan.steps.push_back(std::move(step));
    plan.views.push_back({live->name, Status::dropped});
  }
}

}  // namespace pgvista::plan
