#pragma once
// The clock of a view whose rows depend on the present time: a store of one row, which its parts read as another
// table.

#include "ivm/change_log/change_log.hpp"
#include "ivm/query/present_time.hpp"

namespace pgvista::ivm {

/// The query of a program's rows as it can be asked before the program is there: its clock has no table yet.
sql::Select stored_before(const Program& program);

/// Does the program read that clock?
bool reads_clock(const Program& program, const sql::Name& clock);

/// Adds the clock, before all other stores; and for each table with such conditions what moves it where rows are
/// written that the clock would judge otherwise than the time of their transaction. Requires that triggers follow at
/// once, or note, what changes (not deferred).
void add_clock(Program& program, const Clock& clock, const std::vector<TimedCondition>& conditions, const Facts& facts,
               bool moved_by_writers);

}  // namespace pgvista::ivm
