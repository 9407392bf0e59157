#pragma once
// The one printer. It parenthesises every operator, so that no precedence rule can change a meaning, and its output
// parses back to the same tree (a property test holds it to that).

#include <string>
#include <vector>

#include "sql/tree.hpp"

namespace pgvista::sql {

/// Where in the output a node begins that was read from `source` (a byte offset in the text it was read from).
struct Mark {
  std::size_t output = 0;
  int source = -1;
};

struct Printed {
  std::string text;
  std::vector<Mark> marks;  // ascending by output
};

std::string print(const Select& query);
Printed print_marked(const Select& query);
std::string print(const Expr& expression);
/// `depth`: of its lines behind the first, two blanks each.
std::string print(const Statement& statement, int depth = 0);
std::string print(const Expr& expression, int depth);
/// As PL/pgSQL runs a query whose rows nobody takes: PERFORM for SELECT. Requires a plain SELECT.
std::string print_performed(const Select& query, int depth);
std::string print(const IndexColumn& column);
std::string print(const TypeName& type);

/// The source offset of the node that stands at, or last before, this offset of the output; -1 where none does.
int source_offset(const Printed& printed, std::size_t output_offset);

}  // namespace pgvista::sql
