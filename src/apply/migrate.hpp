#pragma once
// Runs migrations: one migrator at a time, each migration whole or not at all, or an operation at a time where it says
// so.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "apply/sync.hpp"
#include "migrate/graph.hpp"

namespace pgvista::apply {

struct MigrateRequest {
  std::string target;         // as migrate::path_to takes it
  bool fake = false;          // only write down that it is done
  bool fake_initial = false;  // of first migrations whose tables and views are there already, after comparing
  bool create_indexes = false;
};

struct MigrationRun {
  std::string id;
  bool forwards = true;
  std::string status;  // "applied", "unapplied", "faked"
  double duration_ms = 0;
  std::vector<std::string> operations = {};  // titles, in the order that they ran
  std::vector<plan::ViewStatus> views = {};  // what became of those that it looked at
};

struct MigrationWatcher {
  Watcher views;  // of the views' part of each
  std::function<void(const migrate::Migration&, bool forwards)> begins = [](const auto&, bool) {};
  std::function<void(const migrate::Migration&, const std::string& title, int number, int of)> operation =
      [](const auto&, const std::string&, int, int) {};
  std::function<void(const MigrationRun&)> finished = [](const MigrationRun&) {};
};

/// Everything about the project that a migrator needs.
struct MigrationProject {
  const std::vector<migrate::Migration>& migrations;
  std::string schema;          // put in front of the search path; may be empty
  std::string default_schema;  // where names without a schema stand
};

using Connect = std::function<std::unique_ptr<db::Connection>()>;

/// Connections must begin their transactions with the project's search path: nothing here relies on a session.
/// Returns what was done. Throws Failure; what was done before stays, and is told to the watcher as it is done.
std::vector<MigrationRun> migrate(const Connect& connect, const MigrationProject& project,
                                  const MigrateRequest& request, const Limits& limits, const MigrationWatcher& watcher);

/// Migrations that were changed after they were applied.
std::vector<Error> changed_migrations(const migrate::Graph& graph, const migrate::AppliedMap& applied);

}  // namespace pgvista::apply
