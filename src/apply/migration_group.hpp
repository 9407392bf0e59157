#pragma once
// Runs the operations of a migration that belong together: statements of its file, and what its views become of them.

#include "apply/migration_actions.hpp"
#include "apply/migration_views.hpp"

namespace pgvista::apply {

struct Group {
  const migrate::Migration& migration;
  const std::vector<Action>& actions;  // in the order in which they run
  int left;                            // how many of the migration's operations are in force behind it
  /// What is applied, with that many of the migration's operations.
  std::function<migrate::State(int operations)> state_at;
};

/// What all groups of a run share.
struct GroupSettings {
  const MigrationProject& project;
  const Limits& limits;
  const Watcher& watcher;
  bool create_indexes;
};

/// In one transaction, and `record` with it; where nothing but views changes, side by side with what is there, as sync
/// does it. A lock that is not to be had is tried for again from the start: `told` may hear of an operation twice.
/// Returns what became of the views that it looked at. Throws Failure.
std::vector<plan::ViewStatus> run_group(db::Connection& connection, const GroupSettings& settings, const Group& group,
                                        const std::function<void(const Action&)>& told,
                                        const std::function<void()>& record);

}  // namespace pgvista::apply
