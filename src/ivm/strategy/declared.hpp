#pragma once
// What the header says of a view's store.

#include <set>
#include <string>

#include "ivm/values/program.hpp"
#include "ivm/values/request.hpp"

namespace pgvista::ivm {

/// Every word of the declared indexes: one of them may be a column.
std::set<std::string> indexed_columns(const Request& request);

/// What a declared index of this program's store is called.
std::string store_index_name(const std::string& program, const schema::IndexDefinition& index);

/// Adds to a program with a store: indexes, storage parameters, the key that readers tell rows apart by, and triggers
/// that tell programs of changed rows.
void add_declared(Program& program, const Request& request);

}  // namespace pgvista::ivm
