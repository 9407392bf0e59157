#pragma once
// What the maintenance compiler must know of this database.

#include "db/connection.hpp"
#include "ivm/facts.hpp"
#include "schema/live.hpp"

namespace pgvista::catalog {

/// Facts of all tables in `database` that are relations to read from, and of its functions. `describe` and `unstable` of the
/// result ask the connection, which must outlive it.
ivm::Facts read_facts(db::Connection& connection, const schema::Database& database);

/// A fingerprint of the facts that a query depends on.
std::string facts_fingerprint(const ivm::Facts& facts, const sql::Select& query);

}  // namespace pgvista::catalog
