#pragma once
// The schema pgvista of a user's database: which version it has, and what brings it to this program's.

#include <optional>
#include <string>

#include <pgvista/error.hpp>

#include "db/connection.hpp"

namespace pgvista::ledger {

/// Of the schema that this program makes: goes up with each numbered file of sql/.
int schema_version();

/// What a database has of it.
struct State {
  int schema_version = 0;       // 0: there is no such schema
  std::string program_version;  // of the pgvista that made it, or brought it up
  bool current = false;         // is it all that this program makes?

  bool older() const { return schema_version > 0 && schema_version < ledger::schema_version(); }
};

/// Two round trips. Readable by every role.
State read_state(db::Connection& connection);

/// Throws Failure (schema_newer, exit 1) where a newer pgvista made it: nothing of that is known here.
void refuse_newer(const State& state);

/// Throws Failure (schema_of_another, exit 1) where a superuser would run functions that another role owns.
void refuse_stranger(db::Connection& connection);

/// What to tell whoever may not bring an older one up (schema_older); nothing where it is not older.
std::optional<Error> older_schema(const State& state);

/// Makes it, or brings it up; does nothing where it is current. Requires a transaction, and the rights of its owner.
/// Where it is older, the tables of maintained views are locked against writers until the transaction ends: programs
/// that older versions made hear by new triggers from then on. Throws as refuse_newer.
void upgrade(db::Connection& connection);

/// Gives every object of ours the rights that it should have (sql/runtime/rights.sql). Requires a current schema.
void set_rights(db::Connection& connection);

}  // namespace pgvista::ledger
