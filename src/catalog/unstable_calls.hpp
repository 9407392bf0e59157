#pragma once
// Which functions of a query may give another result another time, as the server has them declared.

#include <string>
#include <vector>

#include "db/connection.hpp"
#include "ivm/values/facts.hpp"

namespace pgvista::catalog {

class FunctionProver;

/// Functions, operators and conversions of the query that are not immutable. `trusted`: functions ("schema.name") that
/// the user says are; `prover` looks into others. Makes a temporary view and takes it back.
std::vector<ivm::UnstableCall> read_unstable_calls(db::Connection& connection, const sql::Select& query,
                                                   const std::vector<std::string>& trusted, FunctionProver& prover);

/// Those of the names that no function has, or that are no schema.name.
std::vector<std::string> names_of_no_function(db::Connection& connection, const std::vector<std::string>& names);

}  // namespace pgvista::catalog
