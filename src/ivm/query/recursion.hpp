#pragma once
// WITH RECURSIVE by its parts: what it begins with, and the step that is taken from each row to the next ones.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/callback.hpp"
#include "ivm/values/facts.hpp"

namespace pgvista::ivm {

/// SELECT columns FROM x, with x AS (start UNION [ALL] step). Plain: a block of inner joins, of which each row of a
/// table that it joins adds or takes away rows by itself.
struct Recursion {
  std::string name;  // that the step calls the recursion by
  bool all = false;  // UNION ALL: equal rows stay
  std::vector<sql::Select> start;
  std::vector<sql::Select> step;  // one block; none where it is not plain, or there are clauses that look at all rows
  std::vector<ColumnFact> columns;
  std::set<int> never_null;  // columns that hold no NULL
};

/// SELECT all columns FROM the recursive part of WITH, as a query of its own; those that SEARCH and CYCLE make, where
/// `reads` names them. nullopt: two columns have one name.
std::optional<sql::Select> recursion_alone(sql::CommonTable table, const std::set<std::string>& reads);
/// Is it one of these?
bool is_recursion(const sql::Select& query);

/// Its parts. Requires is_recursion(query), with the columns that it gives.
Recursion recursion_of(const sql::Select& query, const std::vector<ColumnFact>& columns, const Facts& facts);

/// Does each row of what the block joins give a row by itself, and one at most?
bool is_plain_block(const sql::Select& block, const Facts& facts);

/// Is the table joined once at most in each of these blocks, and read nowhere else in them?
bool joined_plainly(const std::vector<sql::Select>& blocks, const TableFact& table, const Facts& facts);

/// The block with another FROM item in the place of the first relation that `is_meant`, under the name that the block
/// calls it by; nullopt: there is none.
std::optional<sql::Select> with_replaced(sql::Select block, Callback<bool(const sql::TableRef&)> is_meant,
                                         const sql::FromItem& by);

}  // namespace pgvista::ivm
