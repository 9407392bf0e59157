#pragma once
// Rows as generated functions read them: the transition tables, arrays of columns, and what tells rows apart.

#include "ivm/key/shape.hpp"
#include "ivm/values/program.hpp"

namespace pgvista::ivm {

/// The transition tables.
inline constexpr const char* new_rows = "new_rows";
inline constexpr const char* old_rows = "old_rows";
/// The one that every row of an event is in, new where both are.
const char* transition_table(Event event);

/// A SELECT of the columns that an entry's paths read, of the rows whose relevant columns changed, old and new; rows
/// that only moved about are left out.
sql::Select changed_rows(const Entry& entry, Event event);

/// What stands in one of the transition tables and not in the other, both ways.
sql::Select differing_rows(const std::vector<sql::Target>& compared);

/// Parallel arrays as rows: a FROM item under this alias, with a column of each name. `kinds` are the types of their
/// elements.
sql::FromItem unnested(const sql::Exprs& arrays, const std::vector<TypeFact>& kinds, const std::string& alias,
                       const std::vector<std::string>& columns);

/// May values of the type be compared by a collation? An array of them has none of its column's.
bool may_have_collation(const TypeFact& type);
/// `rows`, whose columns are these of the table and `more`, with the collations that they have there.
sql::Select as_in_table(const TableFact& table, const std::vector<std::string>& columns,
                        const std::vector<sql::Target>& more, sql::Select rows);

/// A column for EXCEPT, under its own name: types without equality as text.
sql::Target comparable_column(const ColumnFact& fact);
/// The text of a column by which all values are told apart that look different, under a name of ours.
sql::Target image_column(const ColumnFact& fact);
/// Comparable columns, and beside a column whose equal values may look different its text.
std::vector<sql::Target> image_columns(const std::vector<ColumnFact>& facts);

}  // namespace pgvista::ivm
