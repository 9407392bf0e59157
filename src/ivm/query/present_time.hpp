#pragma once
// The present time in a query: what tells it, and a clock, a table of one row, in its place.

#include "ivm/values/facts.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

/// Does the node tell the time, the user or the session: now(), current_date, age(x)?
bool is_timely(sql::ConstNode node);
/// Is it the time of the transaction or of now, and not of the user or the session?
bool tells_time(sql::ConstNode node);

/// The table of one row, of this name, that a view's present time is read from. Its column is `at`.
TableFact clock_table(const sql::Name& clock);
/// What stands for its rows where it does not exist yet.
sql::Select clock_rows();

/// Does the query tell the time of the transaction? That of clock_timestamp() nothing can keep.
bool reads_time(const sql::Select& query);
/// The query as of a clock: each expression of the time alone is a scalar subquery over it.
sql::Select by_clock(sql::Select query, const sql::Name& clock, const Facts& facts);

/// A comparison with the time that is about rows of one table.
struct TimedCondition {
  sql::Name table;
  std::string alias;  // what the comparison calls the table by
  sql::Expr by_clock;
  sql::Expr by_time;  // the same, with the time of the transaction
};
/// Those of a query as of a clock, each once.
std::vector<TimedCondition> timed_conditions(const sql::Select& query, const sql::Name& clock, const Facts& facts);

}  // namespace pgvista::ivm
