#pragma once
// What the commands of migrations share.

#include "apply/migrate.hpp"
#include "cli/session.hpp"
#include "migrate/detect.hpp"
#include "migrate/folder.hpp"
#include "migrate/graph.hpp"
#include "project/tables.hpp"

namespace pgvista::cli {

/// Where names without a schema stand when no database is asked.
std::string offline_schema(Session& session);

/// What the project defines: tables and views. Throws Failure with every error.
struct ProjectDefinitions {
  tables::Tables tables;
  std::vector<schema::ViewDefinition> views;
};
ProjectDefinitions read_project(Session& session, const std::string& default_schema);

/// What the migrations lack of the definitions, when nobody can be asked.
migrate::Detected missing_in_migrations(Session& session, const migrate::Graph& graph,
                                        const ProjectDefinitions& definitions);

/// A connection that relies on nothing of the session: also behind a pooler.
std::unique_ptr<db::Connection> connect_plainly(Session& session);

/// The database's side: its default schema and what it has had.
struct MigrationStatus {
  std::string default_schema;
  std::vector<migrate::Migration> migrations;
  migrate::AppliedMap applied;
};
MigrationStatus read_migration_status(Session& session);

boost::json::array operations_json(const migrate::Migration& migration);

}  // namespace pgvista::cli
