#pragma once
// The schema pgvista: what pgvista knows of its views. Made at the first sync; readable by every role.

#include <optional>
#include <string>

#include "db/connection.hpp"
#include "schema/live.hpp"

namespace pgvista::catalog {

/// Creates the schema and its tables where they are missing. Must run in a transaction.
void create_ledger(db::Connection& connection);

/// Gives every object of ours the rights that it should have (ivm/rights). Requires a ledger of this version.
void set_rights(db::Connection& connection);

/// Has it everything that this version writes? Requires the ledger.
bool ledger_is_current(db::Connection& connection);

/// Fills in `records` and `leftovers`.
void read_ledger(db::Connection& connection, schema::Database& database);

/// Behind an INSERT or DELETE: tells servers that LISTEN, at commit, that the catalogue is another.
inline constexpr const char* tell_schema_changed = "RETURNING pg_catalog.pg_notify('pgvista_schema', '')";

void write_record(db::Connection& connection, const schema::Record& record);
void forget_record(db::Connection& connection, const sql::Name& name);
void set_refresh_due(db::Connection& connection, const sql::Name& name, bool due);

/// Notes an object made beside a view, in the transaction that makes it: the next run may clean it up.
void note_leftover(db::Connection& connection, const sql::Name& name);
/// Notes an old object that will wait for its drop under this name.
void note_replaced(db::Connection& connection, schema::Oid oid, const sql::Name& name);
/// Forgets those that are gone, or are no leftovers because they bear another name now.
void forget_leftovers(db::Connection& connection);

}  // namespace pgvista::catalog
