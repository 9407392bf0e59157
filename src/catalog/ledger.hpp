#pragma once
// What is written in the schema pgvista of its views (ledger/schema.hpp makes it); readable by every role.

#include <optional>
#include <string>

#include "db/connection.hpp"
#include "schema/live.hpp"

namespace pgvista::catalog {

/// Fills in `records` and `leftovers`.
void read_ledger(db::Connection& connection, schema::Database& database);

/// Behind an INSERT or DELETE: tells servers that LISTEN, at commit, that the catalogue is another.
inline constexpr const char* tell_schema_changed = "RETURNING pg_catalog.pg_notify('pgvista_schema', '')";

/// We have written its stored query ourselves, and it means what it meant: nobody has changed it by hand.
void note_rule(db::Connection& connection, const sql::Name& view);

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
