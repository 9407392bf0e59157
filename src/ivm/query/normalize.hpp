#pragma once
// The query in the form that the rest of the compiler reads: WITH clauses and plain views put in where they are named
// (recursive ones as queries of their own), grouping sets spelled out as a UNION ALL of plain GROUP BYs. The rows are
// the same.

#include <string>
#include <vector>

#include "ivm/values/facts.hpp"

namespace pgvista::ivm {

/// Only the putting in of WITH clauses and plain views.
/// The same; `blockers`: what cannot be put in.
sql::Select inlined(sql::Select query, const Facts& facts, std::vector<Blocker>& blockers);
sql::Select inlined(sql::Select query, const Facts& facts);

/// Gives aggregates whose result depends on the order of their input, and that leave it open, the order of their
/// input's text. The result is one of those that the query as written allows, and the same one each time.
void steady(sql::Select& query);

/// Spells grouping sets out. After the tail of the query has been split off, which orders by what is grouped.
void spell_out_grouping_sets(sql::Select& query, const Facts& facts, std::vector<Blocker>& blockers);

}  // namespace pgvista::ivm
