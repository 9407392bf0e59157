#include <algorithm>

#include "base/text.hpp"
#include "sql/table.hpp"

namespace pgvista::sql {

namespace {

std::string in_parentheses(const std::vector<std::string>& names) { return "(" + quote_list(names) + ")"; }

std::string foreign_key_sql(const TableConstraint& key) {
  std::string out = "FOREIGN KEY " + in_parentheses(key.columns) + " REFERENCES " + key.target.sql();
  if (!key.target_columns.empty()) out += " " + in_parentheses(key.target_columns);
  if (key.match_full) out += " MATCH FULL";
  if (!key.on_update.empty()) out += " ON UPDATE " + key.on_update;
  if (!key.on_delete.empty()) out += " ON DELETE " + key.on_delete;
  return out;
}

std::string body_sql(const TableConstraint& constraint) {
  using Kind = TableConstraint::Kind;
  switch (constraint.kind) {
    case Kind::check:
      return "CHECK " + parenthesised(constraint.expression) + (constraint.no_inherit ? " NO INHERIT" : "");
    case Kind::foreign_key: return foreign_key_sql(constraint);
    case Kind::primary_key:
    case Kind::unique: break;
  }
  std::string out = constraint.kind == Kind::primary_key ? "PRIMARY KEY "
                    : constraint.nulls_not_distinct      ? "UNIQUE NULLS NOT DISTINCT "
                                                         : "UNIQUE ";
  out += in_parentheses(constraint.columns);
  if (!constraint.include.empty()) out += " INCLUDE " + in_parentheses(constraint.include);
  return out;
}

}  // namespace

std::string parenthesised(const std::string& expression) {
  return expression.starts_with('(') && closing_parenthesis(expression, 0) + 1 == expression.size()
             ? expression
             : "(" + expression + ")";
}

std::string column_sql(const TableColumn& column) {
  std::string out = quote_identifier(column.name) + " " + column.type;
  if (!column.collation.empty()) out += " COLLATE " + column.collation;
  if (!column.identity.empty()) out += " GENERATED " + column.identity + " AS IDENTITY";
  if (!column.generated.empty()) out += " GENERATED ALWAYS AS " + parenthesised(column.generated) + " STORED";
  if (column.not_null) out += " NOT NULL";
  if (!column.default_value.empty()) out += " DEFAULT " + column.default_value;
  return out;
}

std::string constraint_sql(const TableConstraint& constraint) {
  std::string out = constraint.name.empty() ? "" : "CONSTRAINT " + quote_identifier(constraint.name) + " ";
  out += body_sql(constraint);
  if (constraint.deferrable) out += constraint.deferred ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE";
  return out;
}

std::string create_table_sql(const Table& table, const std::vector<std::size_t>& later) {
  std::vector<std::string> lines;
  for (const TableColumn& column : table.columns) lines.push_back(column_sql(column));
  for (std::size_t i = 0; i < table.constraints.size(); ++i) {
    if (std::find(later.begin(), later.end(), i) == later.end()) lines.push_back(constraint_sql(table.constraints[i]));
  }
  return "CREATE TABLE " + table.name.sql() + (lines.empty() ? " ()" : " (\n  " + join(lines, ",\n  ") + "\n)");
}

std::string comment_sql(const Name& relation, const std::string& column, const std::optional<std::string>& comment,
                        const char* what) {
  const std::string path = relation.sql() + (column.empty() ? "" : "." + quote_identifier(column));
  return std::string("COMMENT ON ") + (column.empty() ? what : "COLUMN") + " " + path + " IS " +
         (comment && !comment->empty() ? quote_literal(*comment) : "NULL");
}

}  // namespace pgvista::sql
