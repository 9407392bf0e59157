#pragma once
#include "apply/survey.hpp"

namespace pgvista::apply {

/// Writes down what the views are now, where that is not what the ledger says. Must run in the transaction that made
/// them so, after the ledger's schema exists. Returns whether anything had to be written.
bool write_records(db::Connection& connection, const Project& project, const Survey& survey);

/// Would write_records write something? (The database as it was surveyed.)
bool records_outdated(const Project& project, const Survey& survey);

}  // namespace pgvista::apply
