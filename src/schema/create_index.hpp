#pragma once
#include <string>

#include "schema/definition.hpp"

namespace pgvista::schema {

/// CREATE INDEX for a declared index under this name on this relation.
std::string create_index(const IndexDefinition& index, const std::string& name, const sql::Name& relation);

/// " WITH (a = 1, b = 'x')", or nothing.
std::string with_clause(const Options& options);

}  // namespace pgvista::schema
