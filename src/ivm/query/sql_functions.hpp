#pragma once
// Calls of functions in SQL, with their bodies put in their places: then what they read is read by the query.

#include "ivm/values/facts.hpp"

namespace pgvista::ivm {

/// The function that a plain call means; nullptr: it cannot be looked into.
const SqlFunction* looked_into(const sql::FunctionCall& call, const Facts& facts);
/// Its arguments in the order of the parameters, by whatever way they are given.
sql::Exprs arguments_in_order(const sql::FunctionCall& call, const SqlFunction& function);
/// The one call of FROM f(…); nullptr: there are more, or ordinality, or a list of columns.
const sql::FunctionCall* only_call(const sql::FunctionRef* ref);

/// The call of a function that gives one value. `body`: the function's, as it is to be put in; `number` makes its names
/// others than those around it.
sql::Expr put_in(const SqlFunction& function, sql::Select body, const sql::Exprs& arguments, int number,
                 const Facts& facts);
/// FROM a function that gives rows.
sql::FromItem rows_put_in(const SqlFunction& function, sql::Select body, const sql::FunctionRef& ref, int number);

/// Takes the casts of arguments away that are of their columns' own types: a condition is an equality of columns then.
void drop_idle_casts(sql::Select& query, const Facts& facts);

}  // namespace pgvista::ivm
