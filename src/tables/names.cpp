// Columns inside expressions.

#include <algorithm>

#include "analyze/dependencies.hpp"
#include "base/text.hpp"
#include "parse/parse.hpp"
#include "sql/print.hpp"
#include "sql/visit.hpp"
#include "tables/tables.hpp"

namespace pgvista::tables {

namespace {

bool rename_in(sql::Expr& expression, const std::string& from, const std::string& to) {
  bool found = false;
  sql::each<sql::ColumnRef>(expression, [&](sql::ColumnRef& column) {
    if (column.parts.empty() || column.parts.back() != from) return;
    column.parts.back() = to;
    found = true;
  });
  return found;
}

}  // namespace

std::string rename_in_expression(const std::string& expression, const std::string& from, const std::string& to) {
  if (expression.empty()) return expression;
  sql::Expr tree = parse::parse_expression(expression);
  return rename_in(tree, from, to) ? sql::print(tree) : expression;
}

std::string index_columns_name(const sql::IndexDefinition& index) {
  std::vector<std::string> names;
  std::vector<std::string> all = index.columns;
  for (const std::string& column : index.include) all.push_back(sql::quote_identifier(column));
  for (const std::string& column : all) {
    sql::IndexColumn tree = parse::parse_index_column(column);
    std::string name = tree.column;
    if (tree.expression) {
      name = analyze::output_name({"", std::move(tree.expression), {}});
      if (name == "?column?") name = "expr";
    }
    std::string numbered = name;
    for (int number = 1; std::find(names.begin(), names.end(), numbered) != names.end(); ++number)
      numbered = name + std::to_string(number);
    names.push_back(std::move(numbered));
  }
  return join(names, "_");
}

std::string rename_in_index_column(const std::string& column, const std::string& from, const std::string& to) {
  sql::IndexColumn tree = parse::parse_index_column(column);
  bool found = tree.column == from;
  if (found) tree.column = to;
  if (tree.expression) found = rename_in(*tree.expression, from, to) || found;
  return found ? sql::print(tree) : column;
}

bool names_column(const std::string& expression, const std::string& column) {
  if (expression.empty()) return false;
  sql::Expr tree = parse::parse_expression(expression);
  return rename_in(tree, column, column);
}

bool index_uses(const sql::IndexDefinition& index, const std::string& column) {
  const auto uses = [&](const std::string& one) {
    sql::IndexColumn tree = parse::parse_index_column(one);
    return tree.column == column || (tree.expression && rename_in(*tree.expression, column, column));
  };
  return std::any_of(index.columns.begin(), index.columns.end(), uses) ||
         std::find(index.include.begin(), index.include.end(), column) != index.include.end() ||
         names_column(index.where, column);
}

}  // namespace pgvista::tables
