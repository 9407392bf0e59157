// Whatever two sets of tables: the operations that are detected lead from one to the other, and their reverses back.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "migrate/detect.hpp"
#include "migrate/squash.hpp"

namespace pgvista::test {

namespace {

using sql::Table;
using sql::TableColumn;
using sql::TableConstraint;
using tables::Tables;

std::string pick(const std::vector<std::string>& from) { return *rc::gen::elementOf(from); }
bool chance(int percent) { return *rc::gen::inRange(0, 100) < percent; }

TableColumn column(const std::string& name) {
  TableColumn out;
  out.name = name;
  out.type = pick({"integer", "bigint", "text", "timestamp with time zone", "numeric(10, 2)", "text[]"});
  out.not_null = chance(30);
  if (chance(30)) out.default_value = pick({"0", "now()", "'x'", "'it''s'"});
  if (chance(15)) out.comment = pick({"one", "it's"});
  return out;
}

TableConstraint constraint(TableConstraint::Kind kind, std::vector<std::string> columns) {
  TableConstraint out;
  out.kind = kind;
  out.columns = std::move(columns);
  return out;
}

sql::IndexDefinition index(const Table& table) {
  sql::IndexDefinition out;
  out.columns = {table.columns.front().name};
  if (chance(40)) out.columns.push_back("(lower(\"Odd name\"))");
  if (chance(30)) out.where = "(a > 1)";
  out.unique = chance(30);
  if (chance(20)) out.method = "brin";
  return out;
}

// Names from a small lot, so that two sets share some.
Table table(const std::string& name) {
  Table out;
  out.name = {"public", name};
  out.columns.push_back(column("a"));
  out.columns.push_back(column("Odd name"));
  for (const char* other : {"b", "c", "d", "e"}) {
    if (chance(60)) out.columns.push_back(column(other));
  }
  if (chance(80)) out.constraints.push_back(constraint(TableConstraint::Kind::primary_key, {"a"}));
  if (chance(40)) out.constraints.push_back(constraint(TableConstraint::Kind::unique, {"Odd name"}));
  if (chance(40)) {
    TableConstraint check = constraint(TableConstraint::Kind::check, {"a"});
    check.expression = pick({"(a > 0)", "(a > 1)"});
    if (chance(50)) check.name = pick({"named", "called"});
    out.constraints.push_back(check);
  }
  if (chance(50)) out.indexes.push_back(index(out));
  if (chance(20)) out.comment = "a table";
  return out;
}

void add_key(Table& from, const Table& to) {
  TableConstraint key = constraint(TableConstraint::Kind::foreign_key, {"a"});
  key.target = to.name;
  key.target_columns = {"a"};
  key.on_delete = pick({"", "CASCADE", "SET NULL"});
  key.deferrable = chance(20);
  from.constraints.push_back(key);
}

std::vector<Table> some_tables() {
  std::vector<Table> out;
  for (const char* name : {"t1", "t2", "t3", "T four"}) {
    if (chance(60)) out.push_back(table(name));
  }
  for (Table& from : out) {
    for (const Table& to : out) {
      if (chance(15)) add_key(from, to);  // in circles, too
    }
  }
  return out;
}

// As definitions are: without names where none are given.
Tables declared(const std::vector<Table>& all) {
  Tables out("public", false);
  for (const Table& one : all) out.apply(sql::CreateTable{one, false});
  return out;
}

// Without the names and the order that definitions leave open, as text.
std::string plain(const Tables& tables) {
  std::map<sql::Name, Table> out = tables.all();
  for (auto& [name, one] : out) {
    for (auto& each : one.constraints) each.name.clear();
    for (auto& each : one.indexes) each.name.clear();
    std::sort(one.columns.begin(), one.columns.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    std::sort(one.constraints.begin(), one.constraints.end(),
              [](const auto& a, const auto& b) { return sql::constraint_sql(a) < sql::constraint_sql(b); });
    std::sort(one.indexes.begin(), one.indexes.end(),
              [](const auto& a, const auto& b) { return sql::index_text(a) < sql::index_text(b); });
  }
  std::string text;
  for (const auto& [name, one] : out) {
    text += sql::create_table_sql(one) + "\n" + one.comment.value_or("") + "\n";
    for (const auto& each : one.indexes) text += sql::index_text(each) + "\n";
    for (const auto& each : one.columns) text += each.comment.value_or("") + "\n";
  }
  return text;
}

migrate::Migration written(const std::string& id, const std::string& before, const migrate::Detected& detected) {
  migrate::DraftMigration draft{
      id, before.empty() ? std::vector<std::string>{} : std::vector<std::string>{before}, {}, detected.operations, {}};
  const std::string text = migrate::write_migration(draft);
  return migrate::read_migration(id, id + ".sql", text, "public");
}

void take_back(Tables& tables, const migrate::Migration& migration) {
  for (auto operation = migration.operations.rbegin(); operation != migration.operations.rend(); ++operation) {
    for (const sql::ScriptStatement& statement : operation->down->statements) {
      for (const sql::TableChange& change : statement.changes) tables.apply(change);
    }
  }
}

// Renames are taken half of the time; asked of the same thing, the answer is the same.
migrate::Asker answers(bool renames) {
  return [renames](const migrate::Question& question) {
    return migrate::Answer{renames && question.kind == migrate::Question::Kind::rename, {}};
  };
}

}  // namespace

RC_GTEST_PROP(Migrations, LeadFromOneStateToTheOtherAndBack, ()) {
  const Tables first = declared(some_tables());
  const Tables second = declared(some_tables());
  const migrate::Asker asker = answers(*rc::gen::arbitrary<bool>());
  const migrate::DetectOptions options{*rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>(), {}};

  migrate::State state;
  const migrate::Detected initial = migrate::detect(state, first, {}, asker, {});
  const migrate::Migration one = written("0001_a", "", initial);
  migrate::advance(state, one);
  RC_ASSERT(plain(state.tables) == plain(first));
  RC_ASSERT(migrate::detect(state, first, {}, asker, options).empty());

  const Tables before = state.tables;
  migrate::Detected found = migrate::detect(state, second, {}, asker, options);
  found.operations.insert(found.operations.end(), found.concurrent.begin(), found.concurrent.end());
  const migrate::Migration two = written("0002_b", "0001_a", found);
  migrate::advance(state, two);
  RC_ASSERT(plain(state.tables) == plain(second));
  const migrate::Detected more = migrate::detect(state, second, {}, asker, options);
  for (const migrate::Draft& one : more.operations) RC_LOG() << "still: " << one.up << "\n";
  for (const migrate::Draft& one : more.concurrent) RC_LOG() << "still: " << one.up << "\n";
  for (const migrate::Operation& one : two.operations) RC_LOG() << "ran: " << one.up.text;
  RC_ASSERT(more.empty());
  take_back(state.tables, two);
  RC_ASSERT(plain(state.tables) == plain(before));
}

RC_GTEST_PROP(Migrations, SquashedLeadToTheSame, ()) {
  const Tables first = declared(some_tables());
  const Tables second = declared(some_tables());
  const migrate::Asker asker = answers(*rc::gen::arbitrary<bool>());
  migrate::State state;
  std::vector<migrate::Migration> all;
  all.push_back(written("0001_a", "", migrate::detect(state, first, {}, asker, {})));
  migrate::advance(state, all[0]);
  all.push_back(written("0002_b", "0001_a", migrate::detect(state, second, {}, asker, {})));
  migrate::advance(state, all[1]);
  const migrate::DraftMigration squashed = migrate::squash(migrate::Graph(all, {}), "", "0002_b", "public", false);
  migrate::State again;
  migrate::advance(again, migrate::read_migration(squashed.id, "x.sql", migrate::write_migration(squashed), "public"));
  RC_ASSERT(plain(again.tables) == plain(state.tables));
}

}  // namespace pgvista::test
