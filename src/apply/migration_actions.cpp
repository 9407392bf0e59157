#include "apply/migration_actions.hpp"

#include <algorithm>

namespace pgvista::apply {

using migrate::Migration;
using migrate::Operation;
using migrate::Script;

namespace {

template <class Visit>
void for_each_change(const Script& script, const Visit& visit) {
  for (const sql::ScriptStatement& statement : script.statements) {
    for (const sql::TableChange& change : statement.changes) visit(change);
  }
}

template <class... Changes>
bool does(const Script& script) {
  bool found = false;
  for_each_change(script, [&](const sql::TableChange& change) {
    found = found || (std::holds_alternative<Changes>(change) || ...);
  });
  return found;
}

// Columns that are dropped and added in one script: the server can only make them anew.
bool makes_anew(const Script& script) {
  bool found = false;
  for_each_change(script, [&](const sql::TableChange& change) {
    const auto* dropped = std::get_if<sql::DropColumn>(&change);
    if (!dropped) return;
    for_each_change(script, [&](const sql::TableChange& other) {
      const auto* added = std::get_if<sql::AddColumn>(&other);
      found = found || (added && added->table == dropped->table && added->column.name == dropped->column);
    });
  });
  return found;
}

bool moves_names_or_types(const Operation& operation) {
  return operation.kind != Operation::Kind::view &&
         (does<sql::RenameTable, sql::RenameColumn, sql::AlterType>(operation.up) || makes_anew(operation.up));
}

sql::Name whole(sql::Name name, const std::string& default_schema) {
  if (name.schema.empty()) name.schema = default_schema;
  return name;
}

// Follows names back to what they were before the first statement.
class Before {
 public:
  explicit Before(const std::string& default_schema) : default_schema_(default_schema) {}

  void follow(const sql::TableChange& change) {
    if (const auto* table = std::get_if<sql::RenameTable>(&change)) {
      const sql::Name from = whole(table->table, default_schema_);
      const sql::Name to{table->to.schema.empty() ? from.schema : table->to.schema, table->to.name};
      tables_[to] = name(from);
    }
    if (const auto* column = std::get_if<sql::RenameColumn>(&change)) {
      const sql::Name table = name(whole(column->table, default_schema_));
      columns_[{table, column->to}] = this->column(table, column->column);
    }
  }

  AlteredColumn of(const sql::Name& table, const std::string& column) const {
    const sql::Name before = name(whole(table, default_schema_));
    return {before, this->column(before, column)};
  }

 private:
  sql::Name name(const sql::Name& now) const {
    const auto found = tables_.find(now);
    return found == tables_.end() ? now : found->second;
  }
  std::string column(const sql::Name& table, const std::string& now) const {
    const auto found = columns_.find({table, now});
    return found == columns_.end() ? now : found->second;
  }

  const std::string& default_schema_;
  std::map<sql::Name, sql::Name> tables_;
  std::map<std::pair<sql::Name, std::string>, std::string> columns_;
};

}  // namespace

std::vector<Action> actions_between(const Migration& migration, int from, int to) {
  std::vector<Action> out;
  const bool forwards = to > from;
  for (int at = from; at != to; at += forwards ? 1 : -1) {
    const Operation& operation = migration.operations[static_cast<std::size_t>(forwards ? at : at - 1)];
    Action action;
    action.operation = &operation;
    action.left = forwards ? at + 1 : at - 1;
    if (operation.kind != Operation::Kind::view) {
      action.script = forwards ? &operation.up : &*operation.down;
    } else {
      action.from = forwards ? operation.before : operation.after;
      action.to = forwards ? operation.after : operation.before;
    }
    out.push_back(std::move(action));
  }
  return out;
}

int next_stop(const Migration& migration, int at, bool forwards) {
  const auto& operations = migration.operations;
  const int last = static_cast<int>(operations.size());
  const auto outside = [&](int i) { return operations[static_cast<std::size_t>(i)].outside_transaction; };
  const int own = forwards ? at : at - 1;
  if (outside(own)) return forwards ? at + 1 : at - 1;
  // Between two that no transaction holds.
  int low = own;
  int high = own + 1;
  while (low > 0 && !outside(low - 1)) --low;
  while (high < last && !outside(high)) ++high;
  int begin = low;
  while (begin < high && !moves_names_or_types(operations[static_cast<std::size_t>(begin)])) ++begin;
  int end = high;
  while (end > low && operations[static_cast<std::size_t>(end - 1)].kind != Operation::Kind::view) --end;
  if (forwards) return begin == at && begin < end ? end : at + 1;
  return end == at && begin < end ? begin : at - 1;
}

ViewOrder view_order(const std::vector<Action>& actions, const std::string& default_schema) {
  ViewOrder out;
  bool renames = false;
  bool any_view = false;
  std::set<sql::Name> made;
  std::set<sql::Name> gone;
  for (const Action& action : actions) {
    any_view = any_view || !action.script;
    if (!action.script) continue;
    out.types = out.types || does<sql::AlterType>(*action.script) || makes_anew(*action.script);
    renames = renames || does<sql::RenameTable, sql::RenameColumn>(*action.script);
    for_each_change(*action.script, [&](const sql::TableChange& change) {
      if (std::holds_alternative<sql::CreateTable>(change)) made.insert(whole(sql::subject(change), default_schema));
      if (std::holds_alternative<sql::DropTable>(change)) gone.insert(whole(sql::subject(change), default_schema));
    });
  }
  // A table that takes the name of a view, or a view that of a table.
  const bool clash = std::any_of(actions.begin(), actions.end(), [&](const Action& one) {
    return (one.from && made.contains(one.from->name)) || (one.to && gone.contains(one.to->name));
  });
  out.views_last = out.types || (any_view && (renames || clash));
  if (!out.views_last) return out;
  Before before(default_schema);
  // Views follow renames by themselves: they step aside as late as they can, and come back under the names of then.
  const auto needs = [](const Action& one) {
    return one.script && (does<sql::AlterType, sql::DropColumn, sql::DropTable>(*one.script));
  };
  if (out.types)
    out.take_at = static_cast<std::size_t>(std::find_if(actions.begin(), actions.end(), needs) - actions.begin());
  for (std::size_t i = 0; i < actions.size(); ++i) {
    const Action& action = actions[i];
    if (!action.script) {
      // Where a type changes no definition holds in between; otherwise only those that go stand in the way.
      if (action.from && (out.types || !action.to)) out.away_first.push_back(action.from->name);
      continue;
    }
    for_each_change(*action.script, [&](const sql::TableChange& change) {
      if (const auto* type = std::get_if<sql::AlterType>(&change))
        out.blocked.push_back(before.of(type->table, type->column));
      if (const auto* column = std::get_if<sql::DropColumn>(&change); column && (any_view || out.types))
        out.blocked.push_back(before.of(column->table, column->column));
      if (const auto* table = std::get_if<sql::DropTable>(&change); table && any_view)
        out.blocked.push_back(before.of(table->table, ""));
      if (i >= out.take_at) before.follow(change);
    });
  }
  return out;
}

const sql::CreateIndex* concurrent_index(const Script& script) {
  const sql::CreateIndex* out = nullptr;
  for_each_change(script, [&](const sql::TableChange& change) {
    const auto* index = std::get_if<sql::CreateIndex>(&change);
    if (index && index->concurrently) out = index;
  });
  return out;
}

void add_tables(const Script& script, const std::string& default_schema, std::set<sql::Name>& out) {
  for_each_change(script, [&](const sql::TableChange& change) {
    out.insert(whole(sql::subject(change), default_schema));
    if (const auto* renamed = std::get_if<sql::RenameTable>(&change)) out.insert(whole(renamed->to, default_schema));
  });
}

}  // namespace pgvista::apply
