#pragma once
// Strategy recursive: the rows of a WITH RECURSIVE query. What a changed row begins is followed by the query's own
// step; what it ends is taken away by it.
//
// UNION ALL: the rows R are the least bag with R = start + step(R), and the step adds up over its input. So a row that
// comes adds the rows P = new + step(P), where `new` is what it gives in `start` and, joined with R, in `step`; a row
// that goes takes such rows away, with the tables as they are without it. UNION: the same where rows come; where they
// go, what hung on them is looked at again, and stays where other rows still lead to it (delete and rederive: Gupta,
// Mumick and Subrahmanian, Maintaining Views Incrementally, 1993).

#include "ivm/query/recursion.hpp"
#include "ivm/triggers/install.hpp"

namespace pgvista::ivm {

/// Fills in the program's store, functions and captures. Requires is_recursion(query).
void generate_recursive(Program& program, const Names& names, const sql::Select& query, const Facts& facts,
                        const ChangeLog& log, const std::string& title);

}  // namespace pgvista::ivm
