#pragma once
// Putting a maintained view aside by hand, and bringing it back.

#include "apply/sync.hpp"
#include "catalog/maintenance.hpp"

namespace pgvista::apply {

/// The view is not kept until it is resumed; its writers and readers go on. One short transaction.
/// Throws Failure (not_maintained, exit 2; already_paused, exit 1).
void pause(db::Connection& connection, const std::vector<catalog::InstalledProgram>& installed, const sql::Name& view,
           const Limits& limits);

/// Computes the rows anew and keeps them again. Views over small tables: in one transaction that holds their writers
/// away meanwhile, and so are views that others read. Over large ones (`fill_beside`): beside the old rows, as sync
/// does. A deferred view is computed by the next batch of `watch`, which holds nobody. Throws Failure (not_maintained,
/// exit 2; not_paused, not_resumable, exit 1; what the query itself fails with).
void resume(db::Connection& connection, const std::vector<catalog::InstalledProgram>& installed, const sql::Name& view,
            const Project& project, const Limits& limits, const Watcher& watcher);

/// resume() of a view that was put aside after an error, by a program: its query is computed first, while nothing is
/// locked, so that one that still fails holds nobody up.
void bring_back(db::Connection& connection, const std::vector<catalog::InstalledProgram>& installed,
                const sql::Name& view, const Project& project, const Limits& limits, const Watcher& watcher);

}  // namespace pgvista::apply
