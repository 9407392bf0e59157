#include "inspect/inspect.hpp"

namespace pgvista::inspect {

std::string table_file(const sql::Table& table) {
  std::string out = sql::create_table_sql(table) + ";\n";
  for (const sql::IndexDefinition& index : table.indexes)
    out += sql::create_index(index, index.name, table.name) + ";\n";
  const auto comment = [&](const sql::Name& of, const std::string& column, const std::optional<std::string>& text,
                           const char* what) {
    if (text) out += sql::comment_sql(of, column, text, what) + ";\n";
  };
  comment(table.name, {}, table.comment, "TABLE");
  for (const sql::TableColumn& column : table.columns) comment(table.name, column.name, column.comment, "TABLE");
  for (const sql::IndexDefinition& index : table.indexes)
    comment({table.name.schema, index.name}, {}, index.comment, "INDEX");
  return out;
}

}  // namespace pgvista::inspect
