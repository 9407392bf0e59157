#pragma once
// The one printer of PL/pgSQL. It owns indentation, PERFORM against SELECT, dollar quotes and the place of INTO.

#include <string>

#include "plpgsql/tree.hpp"

namespace pgvista::plpgsql {

/// `depth`: of the first line too, two blanks each; each statement ends its line.
std::string print(const Statements& statements, int depth);

/// CREATE FUNCTION …, with its comment above it.
std::string print(const Function& function);

/// "-- line" for each line of a text.
std::string comment_lines(const std::string& text);

}  // namespace pgvista::plpgsql
