#pragma once
// How each table's changes lead to the key, for people; and the indexes that the tables lack for it.

#include <set>

#include "ivm/key/shape.hpp"
#include "ivm/values/program.hpp"

namespace pgvista::ivm {

/// Adds lines to `tables` and `missing_indexes` of the program. `parts`: stores of parts of the query.
void describe_tables(Program& program, const Shape& shape, const char* strategy, const std::set<sql::Name>& parts);

}  // namespace pgvista::ivm
