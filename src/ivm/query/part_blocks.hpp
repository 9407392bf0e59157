#pragma once
// Which blocks of a query are kept by themselves, and how they are read.

#include "ivm/values/facts.hpp"

namespace pgvista::ivm {

/// Is it a plain block with GROUP BY or aggregates, and nothing else that makes other rows of them?
bool is_grouped(const sql::Select& block, const Facts& facts);
/// Has it one row, whatever the tables hold? Aggregates without GROUP BY and HAVING.
bool is_one_row(const sql::Select& block, const Facts& facts);

/// Is every table that it reads a part, which is kept by itself?
bool reads_parts_only(const sql::Select& query, const Facts& facts);

/// One row, always: such a block, or one that reads nothing but rows that are one.
bool has_one_row(const sql::Select& block, const Facts& facts);

/// Does it read nothing in FROM but what has one row at most?
bool reads_one_row(const sql::Select& block, const Facts& facts);

/// The first grouped block that this one reads as a table, by itself or among others in a set operation, or compares
/// its groups with by HAVING; of a set operation, a grouped branch. nullptr: there is none that is not kept by itself
/// already.
const sql::Select* part_of_groups(const sql::Select& block, const Facts& facts);
/// The first set operation below that reads nothing of the blocks around it.
const sql::Select* part_of_branches(const sql::Select& query);

/// Scalar subqueries in WHERE, or shown, that read the one row of a part, as a join with that row.
sql::Select scalars_joined(sql::Select query, const Facts& facts);

}  // namespace pgvista::ivm
