#include "schema/create_index.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace pgvista::schema {

std::string option_name(const std::string& name) {
  const std::size_t dot = name.find('.');
  return dot == std::string::npos ? sql::quote_identifier(name) : sql::quote_identifier(name.substr(0, dot)) + "." + sql::quote_identifier(name.substr(dot + 1));
}

std::string with_clause(const Options& options) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : options) {
    parts.push_back(option_name(name) + " = " + sql::quote_literal(value));
  }
  return parts.empty() ? std::string{} : " WITH (" + join(parts, ", ") + ")";
}

std::string create_index(const IndexDefinition& index, const std::string& name, const sql::Name& relation) {
  std::string out = fmt::format("CREATE {}INDEX {} ON {} USING {} ({})", index.unique ? "UNIQUE " : "", sql::quote_identifier(name),
                                relation.sql(), index.method.empty() ? "btree" : sql::quote_identifier(index.method), join(index.columns, ", "));
  if (!index.include.empty()) {
    std::vector<std::string> quoted;
    for (const std::string& column : index.include) quoted.push_back(sql::quote_identifier(column));
    out += " INCLUDE (" + join(quoted, ", ") + ")";
  }
  if (index.nulls_not_distinct) out += " NULLS NOT DISTINCT";
  out += with_clause(index.storage);
  if (!index.tablespace.empty()) out += " TABLESPACE " + sql::quote_identifier(index.tablespace);
  if (!index.where.empty()) out += " WHERE " + index.where;
  return out;
}

}  // namespace pgvista::schema
