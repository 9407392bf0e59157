// What pgvista writes beside SELECT.

#include "base/text.hpp"
#include "sql/printer.hpp"

namespace pgvista::sql::detail {

void Printer::statement(const Statement& statement) {
  std::visit([&](const auto& inner) { node(inner); }, statement.node);
}

void Printer::note(const Note& note) {
  if (note.text.empty()) return;
  text(" /* " + replace_all(replace_all(note.text, "*/", "* /"), "/*", "/ *") + " */");
}

void Printer::assignments(const std::vector<Assignment>& list) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) text(", ");
    name(list[i].column);
    text(" = ");
    expression(*list[i].value);
  }
}

void Printer::conflict(const Conflict& conflict) {
  newline();
  text("ON CONFLICT (");
  for (std::size_t i = 0; i < conflict.arbiter.size(); ++i) {
    if (i > 0) text(", ");
    index_column(conflict.arbiter[i]);
  }
  text(conflict.set.empty() ? ") DO NOTHING" : ") DO UPDATE SET ");
  assignments(conflict.set);
  condition("WHERE ", conflict.where);
}

void Printer::returning(const std::vector<Target>& list) {
  if (list.empty()) return;
  newline();
  text("RETURNING");
  targets(list);
}

void Printer::node(const Insert& insert) {
  with_clause(insert.with, insert.recursive);
  text("INSERT");
  note(insert.note);
  text(" INTO ");
  node(insert.table);
  if (!insert.columns.empty()) {
    text(" ");
    name_list(insert.columns);
  }
  newline();
  select(*insert.query);
  if (insert.conflict) conflict(*insert.conflict);
  returning(insert.returning);
}

void Printer::node(const Update& update) {
  with_clause(update.with, false);
  text("UPDATE");
  note(update.note);
  text(" ");
  node(update.table);
  text(" SET ");
  assignments(update.set);
  items("FROM ", update.from);
  condition("WHERE ", update.where);
  returning(update.returning);
}

void Printer::node(const Delete& remove) {
  with_clause(remove.with, remove.recursive);
  text("DELETE");
  note(remove.note);
  text(" FROM ");
  node(remove.table);
  items("USING ", remove.using_items);
  condition("WHERE ", remove.where);
  returning(remove.returning);
}

void Printer::node(const LockTable& lock) {
  text("LOCK TABLE ");
  node(lock.table);
  text(" IN " + lock.mode + " MODE");
}

}  // namespace pgvista::sql::detail
