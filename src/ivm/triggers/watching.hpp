#pragma once
// A program that keeps no rows: its triggers note that something changed, for what is refreshed on change.

#include "ivm/values/program.hpp"

namespace pgvista::ivm {

/// A program without a store: it only notes that a statement changed rows of these tables, or of what belongs to them.
/// `salt`: makes its name another one.
Program watching_program(const sql::Name& view, const std::vector<const TableFact*>& tables,
                         const std::string& salt = {});

}  // namespace pgvista::ivm
