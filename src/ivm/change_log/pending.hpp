#pragma once
// on_commit: what a statement changed waits in pgvista.pending, a row for each statement and base table, until the
// transaction commits. Values wait as text: a column's array as one text where that is exact under every setting.

#include "ivm/functions/style.hpp"

namespace pgvista::ivm {

/// A column that waits, as one text of an array of its values.
struct Noted {
  ColumnFact column;
  bool plain = false;  // its array as text is the same under every setting, and holds no arrays
};

/// The columns that wait for an entry, in their order; a sign follows them where there is one.
std::vector<Noted> noted_columns(const Entry& entry, Noting noting);

/// The INSERT that notes the changed rows of one entry (its number counts from 1); nothing is noted when nothing
/// changed. nullopt: nothing of it matters.
std::optional<plpgsql::Statement> note_statement(const Program& program, const Names& names, const Entry& entry,
                                                 std::size_t number, Event event, Noting noting);
/// … that every key is reached.
plpgsql::Statement note_everything(const Program& program, const Names& names);

/// The rows of an entry that wait in the variable pgv_notes, as a SELECT of the entry's columns and pgv_sign.
sql::Select noted_rows(const Entry& entry, std::size_t number, Noting noting);

/// INSERT INTO pgvista.pending (level, drain, entry, columns, first).
sql::Insert insert_pending(sql::Select values);

/// The function `pending`: takes this view's notes and hands them to `maintain`. The style's shortcut runs first, and
/// may RETURN; pgv_notes holds the notes, pgv_entries the numbers of their entries (0: everything).
plpgsql::Function pending_function(const Names& names, const Shape& shape, const Style& style);

/// Does anything of it depend on settings such as DateStyle, so that they must be the same when it is written and read?
bool depends_on_settings(const Entry& entry, Noting noting);

}  // namespace pgvista::ivm
