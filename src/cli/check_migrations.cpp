#include "cli/check_migrations.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/migrations.hpp"

namespace pgvista::cli {

namespace {

// Free SQL is not followed: what it does to the project's tables goes unseen.
void check_free_sql(const migrate::Graph& graph, const migrate::State& state, std::vector<Error>& warnings) {
  for (const migrate::Migration* migration : graph.order()) {
    for (const migrate::Operation& operation : migration->operations) {
      if (operation.kind != migrate::Operation::Kind::sql) continue;
      for (const sql::ScriptStatement& statement : operation.up.statements) {
        for (const sql::TableChange& change : statement.changes) {
          const sql::Table* table = state.tables.table_of(change);
          if (!table) continue;
          Error error;
          error.code = "unseen_change";
          error.message =
              fmt::format("{} changes the table \"{}\" in a section \"sql\", which makemigrations does not follow",
                          statement.word, table->name.display());
          error.hint = "Write it in a section \"change\": then the project's state follows.";
          migrate::locate(error, *migration, operation.up.offset + statement.begin);
          warnings.push_back(std::move(error));
        }
      }
    }
  }
}

void check_account(const migrate::Graph& graph, const MigrationStatus& status, std::vector<Error>& warnings) {
  const auto warn = [&](std::string code, std::string message, std::string hint) {
    Error error;
    error.code = std::move(code);
    error.message = std::move(message);
    error.hint = std::move(hint);
    warnings.push_back(std::move(error));
  };
  for (const auto& [id, applied] : status.applied) {
    const migrate::Migration* there = graph.find(id);
    if (!there)
      warn("missing_migration_file", fmt::format("this database has had {}, and its file is gone", id),
           "Put it back, or squash properly: pgvista squashmigrations.");
    if (there && !applied.whole())
      warn("half_applied",
           fmt::format("{} of {} operations of {} are done", applied.steps_done, there->operations.size(), id),
           "pgvista migrate goes on with it.");
  }
}

void check_files(Session& session, const MigrationStatus& status, MigrationFindings& out) {
  const migrate::Graph graph(status.migrations, status.applied);
  for (const migrate::Conflict& one : graph.conflicts()) out.errors.push_back(migrate::conflict_error(one));
  for (Error& error : apply::changed_migrations(graph, status.applied)) out.errors.push_back(std::move(error));
  if (!out.errors.empty()) return;
  out.pending = migrate::path_to(graph, "").size();
  check_account(graph, status, out.warnings);
  const ProjectDefinitions definitions = read_project(session, status.default_schema);
  check_free_sql(graph, graph.state(status.default_schema), out.warnings);
  const migrate::Detected missing = missing_in_migrations(session, graph, definitions);
  for (const auto* list : {&missing.operations, &missing.concurrent}) {
    for (const migrate::Draft& draft : *list) {
      Error error;
      error.code = "missing_migration";
      error.message = "no migration says: " + draft.title;
      error.hint = "pgvista makemigrations";
      out.warnings.push_back(std::move(error));
    }
  }
}

}  // namespace

MigrationFindings check_migrations(Session& session) {
  MigrationFindings out;
  try {
    const MigrationStatus status = read_migration_status(session);
    if (!status.migrations.empty()) check_files(session, status, out);
  } catch (const Failure& failure) {
    if (failure.error().exit == ExitCode::unreachable || failure.error().exit == ExitCode::interrupted) throw;
    out.errors.insert(out.errors.end(), failure.errors().begin(), failure.errors().end());
  }
  return out;
}

}  // namespace pgvista::cli
