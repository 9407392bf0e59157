#pragma once
// How each table's changes lead to the key, for people; and the indexes that the tables lack for it.

#include <set>

#include "ivm/key/shape.hpp"
#include "ivm/values/program.hpp"

namespace pgvista::ivm {

/// Adds lines to `tables` and `missing_indexes` of the program. `parts`: stores of parts of the query.
void describe_tables(Program& program, const Shape& shape, const char* strategy, const std::set<sql::Name>& parts);

/// The table should have an index on this column: a part's store gets one, another table's is missing.
void want_index(Program& program, const TableFact& table, const std::string& column);

}  // namespace pgvista::ivm
