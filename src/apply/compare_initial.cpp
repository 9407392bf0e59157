#include "apply/compare_initial.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "catalog/read.hpp"
#include "catalog/table_facts.hpp"

namespace pgvista::apply {

namespace {

Error difference(const std::string& what, std::vector<std::string> lines) {
  Error error;
  error.code = "not_as_migrated";
  error.message = what;
  error.detail = join(lines, "\n");
  error.hint =
      "Make the two alike, then run migrate --fake-initial again; or write the migration down as done, whatever there "
      "is: --fake.";
  return error;
}

std::vector<std::string> differences(const catalog::TableFacts& declared, const catalog::TableFacts& live) {
  std::vector<std::string> out;
  for (const auto& [what, text] : declared) {
    const auto found = live.find(what);
    if (found == live.end()) {
      out.push_back(fmt::format("{}: {}, is not there", what, text));
    } else if (found->second != text) {
      out.push_back(fmt::format("{}: {}, is {} in the database", what, text, found->second));
    }
  }
  // One that would refuse rows, or that the project's programs do not know of.
  for (const auto& [what, text] : live) {
    if (!declared.contains(what) && what.starts_with("column "))
      out.push_back(fmt::format("{}: {}, is in the database alone", what, text));
  }
  return out;
}

void compare_tables(db::Connection& connection, const migrate::State& state, const std::vector<sql::Name>& there,
                    std::vector<Error>& errors) {
  for (const auto& [name, table] : state.tables.all()) {
    if (std::find(there.begin(), there.end(), name) == there.end()) {
      errors.push_back(difference(fmt::format("the table \"{}\" is missing", name.display()), {}));
      continue;
    }
    const std::vector<std::string> lines = differences(catalog::declared_table_facts(connection, state.tables, table),
                                                       catalog::live_table_facts(connection, name));
    if (!lines.empty())
      errors.push_back(
          difference(fmt::format("the table \"{}\" is not as the migration makes it", name.display()), lines));
  }
}

}  // namespace

bool initial_is_there(db::Connection& connection, const migrate::State& state, const MigrationProject& project,
                      const Limits& limits) {
  db::Transaction transaction(connection);
  std::vector<sql::Name> there;
  for (const auto& [name, table] : state.tables.all()) {
    if (!connection.query("SELECT pg_catalog.to_regclass($1) IS NOT NULL", {name.sql()}).boolean(0, 0)) continue;
    there.push_back(name);
  }
  std::vector<schema::ViewDefinition> views;
  for (const auto& [name, definition] : state.views) views.push_back(*definition);
  const schema::Database database = catalog::read_database(connection, names_in(views));
  const bool any_view =
      std::any_of(views.begin(), views.end(), [&](const auto& view) { return database.find(view.name) != nullptr; });
  if (there.empty() && !any_view) return false;
  std::vector<Error> errors;
  compare_tables(connection, state, there, errors);
  if (!errors.empty()) throw Failure(std::move(errors));
  if (views.empty()) return true;
  // The planner compares views; what it finds equal becomes ours.
  const Project all{views, project.schema};
  plan::Options adopting;
  adopting.adopt = true;  // to hear how a view differs
  const Survey found = survey(connection, all, adopting, limits);
  errors = found.plan.errors;
  for (const plan::Step& step : found.plan.steps) {
    if (step.action != plan::Action::adopt)
      errors.push_back(difference(
          fmt::format("the view \"{}\" is not as the migration makes it: {}", step.view.display(), step.reason),
          {step.diff}));
  }
  if (!errors.empty()) throw Failure(std::move(errors));
  sync_within(connection, all, {}, limits, {});
  transaction.commit();
  return true;
}

}  // namespace pgvista::apply
