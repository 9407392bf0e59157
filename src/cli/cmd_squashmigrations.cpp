#include <fmt/format.h>

#include "cli/migrations.hpp"
#include "migrate/squash.hpp"
#include "project/settings.hpp"

namespace pgvista::cli {

namespace json = boost::json;

namespace {

ExitCode run_squashmigrations(Session& session) {
  const auto& given = session.arguments().positionals;
  if (given.empty() || given.size() > 2)
    throw Failure(usage_error("usage", "squashmigrations takes the last migration to squash, or the first and the last",
                              "pgvista showmigrations lists them."));
  const std::string schema = offline_schema(session);
  const migrate::Graph graph(migrate::read_folder(session.settings().root, schema), {});
  const migrate::DraftMigration draft = migrate::squash(graph, given.size() == 2 ? given[0] : "", given.back(), schema,
                                                        !session.settings().schema.empty());
  const std::string sql = migrate::write_migration(draft);
  const migrate::Migration read = migrate::read_migration(draft.id, "migrations/" + draft.id + ".sql", sql, schema);
  const bool writes = !session.arguments().has("--dry-run");
  std::string file = read.file;
  if (writes) file = project::shown_path(migrate::write_file(session.settings().root, draft.id, sql));
  if (session.json()) {
    json::array replaces;
    for (const std::string& id : draft.replaces) replaces.emplace_back(id);
    session.print_json(json::object{{"migrations", json::array{json::object{{"name", draft.id},
                                                                            {"file", file},
                                                                            {"operations", operations_json(read)},
                                                                            {"replaces", std::move(replaces)},
                                                                            {"sql", sql}}}},
                                    {"written", writes}});
    return ExitCode::done;
  }
  session.print(writes ? fmt::format("wrote {}: {} operations in the place of {} migrations\n", file,
                                     read.operations.size(), draft.replaces.size())
                       : sql);
  if (writes)
    session.say(
        "Keep the replaced files until every database has had them or the new one; then delete them and the key "
        "\"replaces\".");
  return ExitCode::done;
}

}  // namespace

Command squashmigrations_command() {
  return {"squashmigrations",
          "Put one migration in the place of several",
          "[FIRST] LAST",
          {{"--dry-run", "", "write nothing, print it"}},
          run_squashmigrations};
}

}  // namespace pgvista::cli
