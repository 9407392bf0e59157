#pragma once
// Columns by the names of what they are read from.

#include "ivm/values/facts.hpp"

namespace pgvista::ivm {

/// The server leaves a qualifier out where one item alone is in scope. Here every column gets the name of its item,
/// where that can be told: so that the same column is the same expression everywhere. Left as they are: merged columns
/// of USING, outputs that ORDER BY names, columns of what is not known. The query has no CTE.
void qualify(sql::Select& query, const Facts& facts);

}  // namespace pgvista::ivm
