#pragma once
// A live database -> what it offers to be served. Reads system catalogues and pgvista's ledger; no lock on any relation
// of the user.

#include <string>
#include <vector>

#include "db/connection.hpp"
#include "schema/api.hpp"

namespace pgvista::catalog {

/// The relations and functions of these schemas, and what they lead through. A fixed number of round trips, and one for
/// each maintained view. Throws Failure (unknown_schema) for a schema that does not exist.
schema::Api read_api(db::Connection& connection, const std::vector<std::string>& schemas);

/// Does a function, a policy, a view or a default of this database read or write settings of the request, beside the
/// claims? And does one set settings of any kind?
std::pair<bool, bool> uses_settings(db::Connection& connection);

/// Of everything that read_api reads: equal while nothing of it has changed. Cheap.
std::string api_fingerprint(db::Connection& connection);

}  // namespace pgvista::catalog
