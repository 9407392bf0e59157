#pragma once
// Parts of a query that are kept by themselves: which subquery one is, and how its program becomes part of the whole's.

#include <string>
#include <vector>

#include "ivm/key/shape.hpp"
#include "ivm/query/tail.hpp"
#include "ivm/values/program.hpp"
#include "ivm/values/request.hpp"

namespace pgvista::ivm {

/// The place of a SELECT among those of a query, from 0; -1: it is none of them.
int number_of(const sql::Select& query, const sql::Select* wanted);
/// Gives every column of a query that becomes a table a name of its own.
void name_columns(sql::Select& query);
/// Of a grouped query, without the aggregates that stand for a NULL of a type: they could not be added to.
sql::Select with_plain_nulls(sql::Select query, const std::vector<ColumnFact>& outputs, const Facts& facts);
/// Does it show columns of one recursion, perhaps of some rows and in an order, and compute nothing?
bool reads_recursion(const sql::Select& query, const Facts& facts);

/// The innermost subquery with window functions; nullptr: there is none below the whole.
const sql::Select* window_block_below(const sql::Select& query);

/// The names of these columns; none where one of them is no output of the view.
std::vector<std::string> shown_names(const std::vector<std::size_t>& numbers, const std::vector<ColumnFact>& outputs);

/// Blockers for declared indexes on what the store does not hold under that name.
void block_indexes(const Request& request, const Tail& tail, Program& program);
void block_renamed_indexes(const Request& request, const sql::Select& query, Program& program);

/// Higher than that of every maintained view or part among these tables.
int level_above(const std::vector<Entry>& entries, const Facts& facts);

/// The program begins with those of its parts.
void take_parts(Program& program, const Program& parts);
/// One more part, after the others.
void append_part(Program& to, Program part);

}  // namespace pgvista::ivm
