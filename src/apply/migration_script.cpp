#include "apply/migration_script.hpp"

#include <fmt/format.h>

#include <utility>

#include "apply/concurrent_index.hpp"
#include "apply/migration_actions.hpp"
#include "base/text.hpp"
#include "parse/table_statements.hpp"

namespace pgvista::apply {

using migrate::Migration;
using migrate::Script;

void ScriptRunner::run(const Migration& migration, const Script& script) {
  for (const sql::ScriptStatement& statement : script.statements) {
    try {
      if (statement.complete) fire_deferred();
      changed_rows_ = changed_rows_ || !statement.complete;
      connection_.execute(script.text.substr(statement.begin, statement.end - statement.begin));
    } catch (const db::QueryFailure& failure) {
      Error error = failure.error();
      if (error.code != "connection_lost") {
        migrate::locate(error, migration, script.offset + statement.begin + failure.position().value_or(0));
        if (error.sqlstate == "2BP01")
          error.hint =
              "What depends on it must go or change before: a view of the project in the same migration, others by "
              "hand.";
        if (error.sqlstate == "42P07" && migration.depends_on.empty())
          error.hint =
              "Was the database made otherwise? pgvista migrate --fake-initial compares, and goes on from there.";
      }
      throw Failure(std::move(error));
    }
  }
}

void ScriptRunner::fire_deferred() {
  if (!std::exchange(changed_rows_, false) || !connection_.in_transaction()) return;
  connection_.execute("SET CONSTRAINTS ALL IMMEDIATE");
  // As they were: those that are deferred by their own definition.
  const db::Rows rows = connection_.query(
      "SELECT DISTINCT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.conname) FROM "
      "pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace WHERE c.condeferred");
  std::vector<std::string> names;
  for (int row = 0; row < rows.size(); ++row) names.push_back(rows.text(row, 0));
  if (!names.empty()) connection_.execute("SET CONSTRAINTS " + join(names, ", ") + " DEFERRED");
}

namespace {

// Outside a transaction nothing says in which schema a name is meant.
void check_whole_names(const Migration& migration, const Script& script, const std::string& schema) {
  for (const sql::ScriptStatement& statement : script.statements) {
    for (const sql::TableChange& change : statement.changes) {
      if (schema.empty() || !sql::subject(change).schema.empty()) continue;
      Error error;
      error.code = "name_without_schema";
      error.message = fmt::format("outside a transaction \"{}\" needs its schema", sql::subject(change).name);
      error.hint = fmt::format("Write {}.", sql::Name{schema, sql::subject(change).name}.sql());
      migrate::locate(error, migration, script.offset + statement.begin);
      throw Failure(std::move(error));
    }
  }
}

// An index of that name that nobody of ours has built. Expressions are the server's to spell: columns are compared.
void check_built(const Migration& migration, const Script& script, const sql::CreateIndex& wanted,
                 const std::string& definition) {
  const auto statements = parse::parse_script(definition);
  const auto& built = std::get<sql::CreateIndex>(statements.front().changes.front()).index;
  bool same = built.unique == wanted.index.unique && built.method == wanted.index.method &&
              built.columns.size() == wanted.index.columns.size() &&
              built.where.empty() == wanted.index.where.empty() && built.include == wanted.index.include;
  for (std::size_t i = 0; same && i < built.columns.size(); ++i) {
    const bool expression = wanted.index.columns[i].find('(') != std::string::npos;
    same = expression || built.columns[i].substr(0, built.columns[i].find(' ')) ==
                             wanted.index.columns[i].substr(0, wanted.index.columns[i].find(' '));
  }
  if (same) return;
  Error error;
  error.code = "name_taken";
  error.message = fmt::format("there is another index named \"{}\" already", wanted.index.name);
  error.detail = definition;
  error.hint = "Drop or rename it, or give this one another name.";
  migrate::locate(error, migration, script.offset);
  throw Failure(std::move(error));
}

}  // namespace

void run_outside(db::Connection& connection, const Migration& migration, const Script& script,
                 const std::string& schema, const std::function<void(const std::string&)>& say) {
  check_whole_names(migration, script, schema);
  if (const sql::CreateIndex* index = concurrent_index(script)) {
    const auto there = index_on(connection, index->table, index->index.name);
    if (there && there->valid) return check_built(migration, script, *index, there->definition);
    if (there) drop_broken(connection, *there, say);
  }
  ScriptRunner(connection).run(migration, script);
}

}  // namespace pgvista::apply
