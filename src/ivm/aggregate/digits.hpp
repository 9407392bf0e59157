#pragma once
// How many decimal places the numbers of a sum have, as a number that can be added up and taken away from.

#include "sql/tree.hpp"

namespace pgvista::ivm {

/// What one value adds to the column that counts decimal places: 10 to the 15th of them. NULL of NULL, NaN, infinity.
sql::Expr places(const sql::Expr& value);
/// The sum with as many decimal places as the greatest that is left, as PostgreSQL gives it.
sql::Expr with_digits(sql::Expr sum, sql::Expr digits);

}  // namespace pgvista::ivm
