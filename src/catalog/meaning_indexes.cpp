#include <fmt/format.h>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "catalog/meaning_parts.hpp"
#include "catalog/read.hpp"
#include "sql/index.hpp"

namespace pgvista::catalog {

using schema::Database;
using schema::Relation;
using schema::ViewDefinition;

namespace {

// A declared index on the temporary table of its view.
struct Tried {
  std::size_t view;
  std::size_t index;
  const std::string& table;
  std::string name() const { return fmt::format("{}_{}", table, index); }
};

std::string quoted_search_path(const Database& database) {
  std::vector<std::string> quoted;
  for (const std::string& schema : database.search_path) quoted.push_back(sql::quote_identifier(schema));
  return join(quoted, ", ");
}

void try_index(const MeaningTask& task, const Tried& tried, Meanings& out) {
  const ViewDefinition& view = task.views[tried.view];
  const schema::IndexDefinition& index = view.indexes[tried.index];
  task.connection.execute("SAVEPOINT index");
  try {
    schema::IndexDefinition plain = index;
    plain.tablespace.clear();
    task.connection.execute(sql::create_index(plain, tried.name(), {"pg_temp", tried.table}));
  } catch (const db::QueryFailure& failure) {
    if (task.connection.lost()) throw;
    task.connection.execute("ROLLBACK TO SAVEPOINT index");
    Error error = failure.error();
    std::vector<std::string> names;
    for (const auto& column : out.views[tried.view].columns) names.push_back(column.name);
    error.message = fmt::format("index {}: {}", schema::index_name(view, index), error.message);
    const std::size_t open = failure.error().message.find('"');
    const std::size_t close = failure.error().message.find('"', open + 1);
    if (error.sqlstate == "42703" && close != std::string::npos)
      error.hint = did_you_mean(failure.error().message.substr(open + 1, close - open - 1), names);
    error.file = view.source.file;
    error.line = index.line;
    error.column = 1;
    out.errors.push_back(std::move(error));
    out.views[tried.view].known = false;
  }
}

void read_live_indexes(const MeaningTask& task, std::size_t i, Meanings& out) {
  const Relation* live = live_of(task.database, task.views[i]);
  if (!live || live->indexes.empty()) return;
  if (live->indexes.front().definition.empty()) read_index_definitions(task.connection, task.database, {live->oid});
  for (const auto& index : live->indexes)
    out.live_indexes[index.oid] = canonical_index(index.definition, index.tablespace);
}

}  // namespace

void learn_indexes(const MeaningTask& task, std::size_t i, Meanings& out) {
  const ViewNumbers wanted = unmatched_indexes(task, i);
  Meaning& meaning = out.views[i];
  meaning.indexes.resize(task.views[i].indexes.size());
  if (wanted.empty()) return;
  const std::string table = fmt::format("pgvista_table_{}", i);
  std::vector<std::string> columns;
  for (const auto& column : meaning.columns) {
    std::string text = sql::quote_identifier(column.name) + " " + column.type;
    if (!column.collation.empty()) text += " COLLATE " + sql::quote_identifier(column.collation);
    columns.push_back(std::move(text));
  }
  // The types' names are those of the session's own search path.
  task.connection.query("SELECT pg_catalog.set_config('search_path', $1, true)", {quoted_search_path(task.database)});
  task.connection.execute("CREATE TEMPORARY TABLE " + table + " (" + join(columns, ", ") + ")");
  for (const std::size_t k : wanted) try_index(task, {i, k, table}, out);
  // Read as the live ones are: with an empty search path.
  task.connection.execute("SET LOCAL search_path = ''");
  const db::Rows rows = task.connection.query(
      "SELECT c.relname, pg_catalog.pg_get_indexdef(c.oid) FROM pg_catalog.pg_class c "
      "WHERE c.relnamespace = pg_catalog.pg_my_temp_schema() AND c.relkind = 'i'");
  for (int row = 0; row < rows.size(); ++row) {
    for (const std::size_t k : wanted) {
      if (rows.at(row, 0) == Tried{i, k, table}.name())
        meaning.indexes[k] = canonical_index(rows.text(row, 1), task.views[i].indexes[k].tablespace);
    }
  }
  read_live_indexes(task, i, out);
}

}  // namespace pgvista::catalog
