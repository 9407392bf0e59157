#pragma once
// What the maintenance compiler must know of this database.

#include "db/connection.hpp"
#include "ivm/compile.hpp"
#include "ivm/facts.hpp"
#include "schema/live.hpp"

namespace pgvista::catalog {

/// Facts of all tables in `database` that are relations to read from, and of its functions. `describe` and `unstable`
/// of the result ask the connection, which must outlive it.
ivm::Facts read_facts(db::Connection& connection, const schema::Database& database);

/// What a session of the database begins with, unless its role, its client or itself say otherwise.
ivm::Settings default_settings(db::Connection& connection);

/// A fingerprint of the facts that a query depends on, as a compiler of that generation writes it down.
std::string facts_fingerprint(const ivm::Facts& facts, const sql::Select& query, int generation = ivm::generation);
/// The same as 0.1.0 wrote it down, for types that it knew rightly: whether one of its programs still fits.
std::string facts_fingerprint_of_0_1(const ivm::Facts& facts, const sql::Select& query);

}  // namespace pgvista::catalog
