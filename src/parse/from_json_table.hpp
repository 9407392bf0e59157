#pragma once
// Only parse.cpp includes this.

#include "parse/from_json.hpp"
#include "sql/table.hpp"

namespace pgvista::parse {

/// What a statement does to tables. Throws Unsupported for an expression outside the closed set.
void read_statement(const Reader& reader, std::string_view tag, const boost::json::object& node,
                    sql::ScriptStatement& out);

/// As all tables print it: "int4" and "integer" are one.
std::string type_text(sql::TypeName type);

}  // namespace pgvista::parse
