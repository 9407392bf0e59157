#pragma once
#include <string>

#include "schema/definition.hpp"

namespace pgvista::schema {

/// CREATE INDEX for a declared index under this name on this relation.
std::string create_index(const IndexDefinition& index, const std::string& name, const sql::Name& relation);

/// A storage parameter's name, quoted: the part before a dot ("toast.") is a word of its own.
std::string option_name(const std::string& name);

/// " WITH (a = 1, b = 'x')", or nothing.
std::string with_clause(const Options& options);

}  // namespace pgvista::schema
