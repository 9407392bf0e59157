#pragma once
// What a generated function asks of the statement that it runs in (runtime/statement.sql).

#include "ivm/functions/names.hpp"

namespace pgvista::ivm {

/// Of several events of a statement (an upsert, MERGE), the rows of one may meet those of another, and each sees all
/// changes. How many are open stands in the state's bits 20 to 29.
sql::Expr one_event();

/// What one event has computed again, the next does not add to.
plpgsql::Statement mark_recounted(const Names& names);
sql::Expr not_recounted(const Names& names);

}  // namespace pgvista::ivm
