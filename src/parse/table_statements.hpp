#pragma once
// Scripts of migrations and definitions of tables: statements, and what they do to tables.

#include <string_view>
#include <vector>

#include <pgvista/error.hpp>
#include "sql/table.hpp"

namespace pgvista::parse {

/// All statements of a script. What does nothing to tables, or more than is known here, is there without changes or
/// marked as not complete. Throws Failure (syntax_error, newer_syntax), its line and column those of `text`.
std::vector<sql::ScriptStatement> parse_script(std::string_view text);

/// A type's name as all tables print it. Throws Failure (invalid_type).
std::string canonical_type(std::string_view text);

/// An expression as all tables print it. Throws Failure (invalid_expression).
std::string canonical_expression(std::string_view text);

}  // namespace pgvista::parse
