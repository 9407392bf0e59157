#pragma once
// What a function in PL/pgSQL computes with: its variables, and its expressions and queries. Nothing of the order in
// which it does.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/tree.hpp"

namespace pgvista::parse {

struct PlpgsqlBody {
  struct Variable {
    std::string name;
    std::string type;  // as it was declared; "" where it has none of its own (parameters, FOUND, loop variables)
  };
  std::vector<Variable> variables;
  std::vector<sql::Select> queries;  // an expression is a SELECT of it; names of variables stand as columns
};

/// Of a whole CREATE FUNCTION. nullopt: it cannot be read, or does what its text does not tell (EXECUTE, cursors,
/// transactions), or writes.
std::optional<PlpgsqlBody> parse_plpgsql(const std::string& definition);

}  // namespace pgvista::parse
