#pragma once
// pgvista.migration: which migrations a database has had.

#include "db/connection.hpp"
#include "migrate/graph.hpp"

namespace pgvista::apply {

/// Is there an account of migrations at all?
bool has_migration_ledger(db::Connection& connection);
migrate::AppliedMap read_applied(db::Connection& connection);
bool migrations_applied(db::Connection& connection);

/// Keeps every other migrator from recording anything until the transaction ends. Readers do not wait.
void lock_migration_ledger(db::Connection& connection);

void record_applied(db::Connection& connection, const migrate::Migration& migration, double duration_ms, bool faked);
/// `steps_done` of its operations are done; none: it is forgotten.
void record_steps(db::Connection& connection, const migrate::Migration& migration, int steps_done);
void forget_applied(db::Connection& connection, const std::string& id);

}  // namespace pgvista::apply
