#include <fmt/format.h>

#include "migrate/graph.hpp"

namespace pgvista::migrate {

namespace {

void advance_tables(State& state, const Migration& migration, const Script& script) {
  for (const sql::ScriptStatement& statement : script.statements) {
    for (const sql::TableChange& change : statement.changes) {
      try {
        state.tables.apply(change);
      } catch (const Failure& failure) {
        Error error = failure.error();
        locate(error, migration, script.offset + statement.begin);
        error.hint = "The migrations do not fit together: was one changed by hand, or do two branches do the same?";
        throw Failure(std::move(error));
      }
    }
  }
}

void advance_view(State& state, const Migration& migration, const Operation& operation) {
  if (operation.before) state.views.erase(operation.before->name);
  if (!operation.after) return;
  if (!state.views.insert_or_assign(operation.after->name, operation.after).second && !operation.before) {
    Error error;
    error.code = "inconsistent_change";
    error.message = fmt::format("the view \"{}\" is there already", operation.after->name.display());
    error.hint = "The migrations do not fit together: do two branches create the same view?";
    locate(error, migration, operation.up.offset);
    throw Failure(std::move(error));
  }
}

}  // namespace

void advance(State& state, const Migration& migration) {
  advance(state, migration, static_cast<int>(migration.operations.size()));
}

void advance(State& state, const Migration& migration, int operations) {
  for (int i = 0; i < operations; ++i) advance(state, migration, migration.operations[static_cast<std::size_t>(i)]);
}

void advance(State& state, const Migration& migration, const Operation& operation) {
  if (operation.kind == Operation::Kind::change) advance_tables(state, migration, operation.up);
  if (operation.kind == Operation::Kind::view) advance_view(state, migration, operation);
}

}  // namespace pgvista::migrate
