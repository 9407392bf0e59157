#pragma once
// Deferred maintenance: what a statement changed waits in the queue of its base table, one row a statement, until
// pgvista watch takes it. A queue has three tables that take turns, so that drained ones can be truncated. A note holds
// the columns that any deferred view needs, each as one array of the new rows and one of the old.

#include "ivm/change_log/pending.hpp"

namespace pgvista::ivm {

inline constexpr int queue_sides = 3;

/// "public_sale", a word for a table in the names of what belongs to it, no other table's.
std::string table_word(const sql::Name& table);
/// "queue_public_sale", what the three tables' names begin with.
std::string queue_base(const sql::Name& table);
sql::Name queue_table(const sql::Name& table, int side);

/// The columns of a base table that a view needs: those that matter at all, and those that lead to its key.
std::vector<QueueColumn> queued_columns(const Shape& shape, const TableFact& table);

/// Makes a queue, or adds what it lacks.
std::string queue_sql(const sql::Name& table, const std::vector<QueueColumn>& columns);
std::string drop_queue_sql(const sql::Name& table);

/// Is a column of these kept as text, which settings of the writer must not change?
bool writes_text(const std::vector<QueueColumn>& columns);
/// Statements of a trigger that note a statement's changes in one queue. They run without a search path of their own:
/// every name is whole. They use the variable pgv_sound.
plpgsql::Statements queue_note(const sql::Name& table, Event event, const std::vector<QueueColumn>& columns);

/// The function `take` of one store, from snapshot to snapshot, without the notes of one transaction until a moment: it
/// notes what the queues hold for the store in pgvista.pending, as a transaction would have, rows that came and went
/// again left out; returns the number of changed rows. A great part of all rows: everything.
plpgsql::Function take_function(int level, const Names& names, const Shape& shape, const Style& style);

/// The function `waits` of a whole program: is there a note that this snapshot does not hold?
void add_waits_function(Program& program);
sql::Name waits_function(const std::string& program);

/// What a capture says of its queue, for comparing.
std::string queue_text(const Capture& capture);

}  // namespace pgvista::ivm
