#include "analyze/tables.hpp"
#include "base/suggest.hpp"
#include "catalog/meaning_parts.hpp"

namespace pgvista::catalog {

using schema::Relation;
using schema::ViewDefinition;

std::string hint_for(const MeaningTask& task, const Error& error, const ViewDefinition& view) {
  if (!error.hint.empty()) return error.hint;
  const std::size_t open = error.message.find('"');
  const std::size_t close = error.message.find('"', open + 1);
  std::string name = open == std::string::npos ? "" : error.message.substr(open + 1, close - open - 1);
  if (error.sqlstate == "42P01") {
    std::vector<std::string> names;
    const db::Rows rows = task.connection.query(
        "SELECT CASE WHEN nspname = ANY (current_schemas(false)) THEN relname ELSE nspname || '.' || relname END "
        "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE relkind IN ('r', 'v', 'm', 'p', 'f') AND nspname NOT IN ('pg_catalog', 'information_schema', "
        "'pgvista') "
        "AND nspname NOT LIKE 'pg\\_t%' LIMIT 5000");
    for (int row = 0; row < rows.size(); ++row) names.push_back(rows.text(row, 0));
    for (const ViewDefinition& known : task.views) names.push_back(known.name.name);
    // The very name in a schema that the search path does not reach is nearer than any other.
    for (const std::string& known : names) {
      if (known.size() > name.size() && known.ends_with("." + name)) return did_you_mean(known, {known});
    }
    return did_you_mean(name, names);
  }
  if (error.sqlstate == "42703") {
    if (open == std::string::npos) {  // column t.name does not exist
      const std::size_t start = error.message.find(' ');
      name = error.message.substr(start + 1, error.message.find(' ', start + 1) - start - 1);
    }
    if (const std::size_t dot = name.rfind('.'); dot != std::string::npos) name = name.substr(dot + 1);
    std::vector<std::string> names;
    analyze::for_each_table(view.tree, [&](const sql::TableRef& ref) {
      if (const Relation* relation = task.database.resolve(ref.schema, ref.name)) {
        for (const auto& column : relation->columns) names.push_back(column.name);
      }
    });
    return did_you_mean(name, names);
  }
  return error.hint;
}

}  // namespace pgvista::catalog
