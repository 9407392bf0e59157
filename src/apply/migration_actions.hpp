#pragma once
// The operations of a migration in the direction that they run, and what they stand in the way of. Pure.

#include <vector>

#include "apply/take_away.hpp"
#include "migrate/graph.hpp"

namespace pgvista::apply {

/// One operation in the direction that it runs.
struct Action {
  const migrate::Operation* operation = nullptr;
  const migrate::Script* script = nullptr;  // null: of a view
  migrate::Definition from;
  migrate::Definition to;
  int left = 0;  // how many of the migration's operations are in force behind it
};

/// From one number of operations in force to another: forwards, or backwards and in reverse.
std::vector<Action> actions_between(const migrate::Migration& migration, int from, int to);

/// Where the next step of a migration ends that is run an operation at a time: mostly behind one operation. Where names
/// or types of tables change, neither definition of a view fits half of it: up to the last view it is one step.
int next_stop(const migrate::Migration& migration, int at, bool forwards);

/// How views and tables meet in operations that run together.
struct ViewOrder {
  bool types = false;                  // a column's type changes, or it is made anew
  bool views_last = false;             // the views must wait until all statements have run
  std::size_t take_at = 0;             // the action before which views step aside
  std::vector<AlteredColumn> blocked;  // columns that views stand in the way of, by the names that they have then
  std::vector<sql::Name> away_first;   // views that go, or step aside, before anything else
};
ViewOrder view_order(const std::vector<Action>& actions, const std::string& default_schema);

/// The index that a statement builds concurrently, or null.
const sql::CreateIndex* concurrent_index(const migrate::Script& script);

/// Tables that a script is about, under the names before and after, in the default schema where none is written.
void add_tables(const migrate::Script& script, const std::string& default_schema, std::set<sql::Name>& out);

}  // namespace pgvista::apply
