#pragma once
// What a header names beside its query: columns, roles, expressions of indexes. Looked at wherever definitions are
// used.

#include <string>
#include <vector>

#include "catalog/meaning.hpp"

namespace pgvista::catalog {

/// Errors of names that are nothing: unknown_column, column_type, unknown_role, each at its key or its index. Views
/// whose meaning is not known are left out; those with errors are not known any more. One round trip, and more for what
/// only the server can judge.
std::vector<Error> check_declared(db::Connection& connection, const std::vector<schema::ViewDefinition>& views,
                                  Meanings& meanings);

}  // namespace pgvista::catalog
