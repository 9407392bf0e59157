#pragma once
// Strategy recompute: the query again, for the affected keys only.

#include "ivm/generate.hpp"

namespace pgvista::ivm {

/// Fills in the program's store, functions and captures.
void generate_recompute(Program& program, const Names& names, const Shape& shape, const Facts& facts, Mode mode,
                        const std::string& title);

/// SELECT these columns FROM (query).
sql::Select rows_of(const sql::Select& query, const std::vector<ColumnFact>& outputs);

/// CREATE TABLE for the rows of a query, empty, and the right to read it for nobody but the owner.
void add_store(Program& program, const Names& names, const std::string& query, const std::string& title,
               int fillfactor);

}  // namespace pgvista::ivm
