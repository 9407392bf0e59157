#pragma once
// Strategy recompute: the query again, for the affected keys only.

#include "ivm/functions/key_condition.hpp"
#include "ivm/triggers/install.hpp"

namespace pgvista::ivm {

/// Fills in the program's store, functions and captures.
void generate_recompute(Program& program, const Names& names, const Shape& shape, const Facts& facts,
                        const ChangeLog& log, const std::string& title);

/// SELECT these columns FROM (query).
sql::Select rows_of(const sql::Select& query, const std::vector<ColumnFact>& outputs);

/// The shape's rows of the keys in the variables (ivm/functions/key_condition), under the names of its outputs.
sql::Select rows_of_keys(const Shape& shape, const Facts& facts, KeyNumber number);

/// CREATE TABLE for the rows of a query, empty, and the right to read it for nobody but the owner; and what fills its
/// columns with those rows.
void add_store(Program& program, const Names& names, const sql::Select& rows, const std::vector<std::string>& columns,
               const std::string& title, int fillfactor);

}  // namespace pgvista::ivm
