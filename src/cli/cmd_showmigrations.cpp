#include <fmt/format.h>

#include "cli/migrations.hpp"
#include "migrate/show.hpp"

namespace pgvista::cli {

namespace json = boost::json;

namespace {

ExitCode run_showmigrations(Session& session) {
  const MigrationStatus status = read_migration_status(session);
  const migrate::Graph graph(status.migrations, status.applied);
  std::set<std::string> changed;
  for (const Error& error : apply::changed_migrations(graph, status.applied)) changed.insert(error.file);
  json::array all;
  std::string text;
  for (const migrate::Migration* one : graph.order()) {
    const bool applied = graph.applied(one->id);
    const int steps = graph.steps_done(one->id);
    const auto found = status.applied.find(one->id);
    const bool differs = changed.contains(one->file);
    json::object entry{
        {"name", one->id},
        {"applied", applied},
        {"applied_at", applied && found != status.applied.end() ? json::value(found->second.at) : json::value(nullptr)},
        {"steps_done", steps},
        {"steps", one->operations.size()},
        {"changed", differs},
        {"faked", found != status.applied.end() && found->second.faked}};
    json::array dependencies;
    for (const std::string& id : graph.depends_on(one->id)) dependencies.emplace_back(id);
    entry["depends_on"] = std::move(dependencies);
    all.push_back(std::move(entry));
    text += fmt::format("[{}] {}{}{}\n",
                        applied     ? "X"
                        : steps > 0 ? "-"
                                    : " ",
                        one->id,
                        steps > 0 ? fmt::format("  ({} of {} operations done)", steps, one->operations.size()) : "",
                        differs ? "  (changed after it was applied)" : "");
  }
  // What the database has had, and nobody has a file of.
  for (const auto& [id, applied] : status.applied) {
    if (graph.find(id)) continue;
    all.push_back(json::object{{"name", id},
                               {"applied", applied.whole()},
                               {"applied_at", applied.at},
                               {"steps_done", std::max(applied.steps_done, 0)},
                               {"steps", nullptr},
                               {"changed", false},
                               {"faked", applied.faked},
                               {"depends_on", json::array{}},
                               {"missing", true}});
    text += fmt::format("[X] {}  (its file is gone)\n", id);
  }
  if (session.json()) {
    session.print_json(all);
  } else {
    session.print(text.empty() ? "there are no migrations\n" : text);
  }
  return ExitCode::done;
}

ExitCode run_sqlmigrate(Session& session) {
  const auto& given = session.arguments().positionals;
  if (given.size() != 1)
    throw Failure(usage_error("usage", "sqlmigrate takes one migration", "pgvista showmigrations lists them."));
  // No squashed migration hides those that it replaces: any file can be asked for.
  std::vector<migrate::Migration> migrations = migrate::read_folder(session.settings().root, offline_schema(session));
  for (migrate::Migration& one : migrations) one.replaces.clear();
  const migrate::Graph graph(std::move(migrations), {});
  const bool forwards = !session.arguments().has("--backwards");
  const migrate::Migration& one = migrate::named(graph, given.front());
  const std::string sql = migrate::sql_of(one, forwards);
  if (session.json()) {
    session.print_json(json::object{{"name", one.id},
                                    {"direction", forwards ? "forwards" : "backwards"},
                                    {"operations", operations_json(one)},
                                    {"sql", sql}});
  } else {
    session.print(sql);
  }
  return ExitCode::done;
}

}  // namespace

Command showmigrations_command() {
  return {"showmigrations", "List the migrations, and which of them the database has had", "", {}, run_showmigrations};
}

Command sqlmigrate_command() {
  return {"sqlmigrate",
          "Print a migration as SQL",
          "MIGRATION",
          {{"--backwards", "", "what takes it back"}},
          run_sqlmigrate};
}

}  // namespace pgvista::cli
