#include "cli/migrations.hpp"

#include <fmt/format.h>

#include "apply/migration_ledger.hpp"
#include "catalog/read.hpp"

namespace pgvista::cli {

namespace json = boost::json;

std::string offline_schema(Session& session) {
  return session.settings().schema.empty() ? "public" : session.settings().schema;
}

ProjectDefinitions read_project(Session& session, const std::string& default_schema) {
  project::TableDefinitions tables =
      project::read_tables(session.settings().root, default_schema, session.program().tables);
  project::Definitions views =
      project::read_definitions(session.settings().root, default_schema, session.program().views);
  std::vector<Error> errors = std::move(tables.errors);
  errors.insert(errors.end(), views.errors.begin(), views.errors.end());
  for (const schema::ViewDefinition& view : views.views) {
    if (!tables.tables.find(view.name)) continue;
    Error error;
    error.code = "name_taken";
    error.message = fmt::format("\"{}\" is defined as a table and as a view", view.name.display());
    error.hint = "Give one of them another name.";
    schema::locate(error, view, 0);
    errors.push_back(std::move(error));
  }
  if (!errors.empty()) throw Failure(std::move(errors));
  return {std::move(tables.tables), std::move(views.views)};
}

migrate::Detected missing_in_migrations(Session& session, const migrate::Graph& graph,
                                        const ProjectDefinitions& definitions) {
  const migrate::Asker nobody = [](const migrate::Question&) { return migrate::Answer{}; };
  const std::string& schema = definitions.tables.default_schema();
  return migrate::detect(graph.state(schema), definitions.tables, definitions.views, nobody,
                         {false, !session.settings().schema.empty(), {}});
}

std::unique_ptr<db::Connection> connect_plainly(Session& session) {
  auto connection = std::make_unique<db::Connection>(session.url());
  session.compare_schema(*connection);
  connection->set_project(session.project_name(*connection));
  catalog::use_schema_in_transactions(*connection, session.settings().schema);
  return connection;
}

MigrationStatus read_migration_status(Session& session) {
  MigrationStatus out;
  const auto connection = connect_plainly(session);
  const db::Transaction transaction(*connection);
  out.default_schema = session.settings().schema;
  if (out.default_schema.empty())
    out.default_schema = connection->query("SELECT coalesce(current_schema(), 'public')").text(0, 0);
  if (session.settings().schema.empty() && out.default_schema != "public" &&
      std::filesystem::exists(session.settings().root / "migrations")) {
    // makemigrations asks no database: both must know the same.
    throw Failure(usage_error(
        "unknown_schema",
        fmt::format("names without a schema stand in \"{}\" in this database, and pgvista.toml does not say so",
                    out.default_schema),
        fmt::format("Write there: [database] schema = \"{}\". The migrations of a project must not depend on whose "
                    "search path runs them.",
                    out.default_schema)));
  }
  out.applied = apply::read_applied(*connection);
  out.migrations = migrate::read_folder(session.settings().root, out.default_schema);
  return out;
}

json::array operations_json(const migrate::Migration& migration) {
  json::array out;
  for (const migrate::Operation& operation : migration.operations) {
    const char* kind = migrate::to_string(operation.kind);
    out.push_back(
        json::object{{"kind", kind}, {"title", operation.title}, {"transaction", !operation.outside_transaction}});
  }
  return out;
}

}  // namespace pgvista::cli
