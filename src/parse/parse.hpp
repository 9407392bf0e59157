#pragma once
// Text -> tree, with PostgreSQL's own grammar (libpg_query, the grammar of PostgreSQL 15).

#include <string>
#include <string_view>

#include <pgvista/error.hpp>
#include "sql/tree.hpp"

namespace pgvista::parse {

/// Parses exactly one SELECT (or VALUES), with an optional semicolon and comments around it.
/// Throws Failure; its error's line and column are those of `text`. Codes: empty_definition, syntax_error,
/// newer_syntax, several_statements, not_a_select, unsupported_syntax.
sql::Select parse_select(std::string_view text);

/// One entry of an index's columns, as CREATE INDEX takes it: `a`, `total DESC NULLS LAST`, `lower(b)`, `c
/// text_pattern_ops`. Throws Failure (invalid_index).
sql::IndexColumn parse_index_column(std::string_view text);

/// One expression, as in an index's WHERE. Throws Failure (invalid_expression).
sql::Expr parse_expression(std::string_view text);

/// A type, as format_type prints one. Throws Failure (invalid_type).
sql::TypeName parse_type(std::string_view text);

/// Prints the tree and proves, by parsing it again, that the text means the tree.
/// Throws Failure (printer_mismatch), which would be an error of pgvista itself.
std::string print_checked(const sql::Select& query);

}  // namespace pgvista::parse
