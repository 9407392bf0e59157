#include "cli/migrations.hpp"

#include "apply/migration_ledger.hpp"
#include "catalog/read.hpp"

namespace pgvista::cli {

namespace json = boost::json;

std::string offline_schema(Session& session) { return session.settings().schema.empty() ? "public" : session.settings().schema; }

ProjectDefinitions read_project(Session& session, const std::string& default_schema) {
  project::TableDefinitions tables = project::read_tables(session.settings().root, default_schema, session.program().tables);
  project::Definitions views = project::read_definitions(session.settings().root, default_schema, session.program().views);
  std::vector<Error> errors = std::move(tables.errors);
  errors.insert(errors.end(), views.errors.begin(), views.errors.end());
  if (!errors.empty()) throw Failure(std::move(errors));
  return {std::move(tables.tables), std::move(views.views)};
}

migrate::Detected missing_in_migrations(Session& session, const migrate::Graph& graph, const ProjectDefinitions& definitions) {
  const migrate::Asker nobody = [](const migrate::Question&) { return migrate::Answer{}; };
  const std::string& schema = definitions.tables.default_schema();
  return migrate::detect(graph.state(schema), definitions.tables, definitions.views, nobody, {false, !session.settings().schema.empty(), {}});
}

std::unique_ptr<db::Connection> connect_plainly(Session& session) {
  auto connection = std::make_unique<db::Connection>(session.url());
  catalog::use_schema_in_transactions(*connection, session.settings().schema);
  return connection;
}

MigrationStatus read_migration_status(Session& session) {
  MigrationStatus out;
  const auto connection = connect_plainly(session);
  const db::Transaction transaction(*connection);
  out.default_schema = session.settings().schema;
  if (out.default_schema.empty()) out.default_schema = connection->query("SELECT coalesce(current_schema(), 'public')").text(0, 0);
  out.applied = apply::read_applied(*connection);
  out.migrations = migrate::read_folder(session.settings().root, out.default_schema);
  return out;
}

json::array operations_json(const migrate::Migration& migration) {
  json::array out;
  for (const migrate::Operation& operation : migration.operations) {
    const char* kind = operation.kind == migrate::Operation::Kind::change ? "change" : operation.kind == migrate::Operation::Kind::view ? "view"
                                                                                                                                        : "sql";
    out.push_back(json::object{{"kind", kind}, {"title", operation.title}, {"transaction", !operation.outside_transaction}});
  }
  return out;
}

}  // namespace pgvista::cli
