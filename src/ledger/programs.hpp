#pragma once
// Programs that an older pgvista made, under the functions of this one.

#include "db/connection.hpp"

namespace pgvista::ledger {

/// Locks the tables that programs hear of against their writers, in one order. Requires a transaction.
void lock_tables(db::Connection& connection);

/// Writes their triggers anew, and what a row of pgvista.program has not had before. Requires the schema to be brought
/// up, and the tables locked since before: no writer has run an old trigger with a new function.
void bring_up_programs(db::Connection& connection);

}  // namespace pgvista::ledger
