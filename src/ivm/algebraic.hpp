#pragma once
// Strategy algebraic: sums and counts of a group change by what the changed rows add and take away; the group is not read.

#include <optional>

#include "ivm/generate.hpp"

namespace pgvista::ivm {

/// What an algebraic view's store keeps beside its key.
struct Hidden {
  enum class Kind { count,  // count(*) or count(x)
                    sum,    // of x, as bigint or numeric
                    smallest,
                    largest };
  Kind kind = Kind::count;
  std::string name;
  std::optional<sql::Expr> argument;  // none for count(*)
  std::optional<sql::Expr> filter;
  bool wide = false;     // a sum that must be numeric
  bool certain = false;  // never NULL in a group that has rows
};

struct AlgebraicShape {
  sql::Select groups;                                     // SELECT key, hidden … FROM … GROUP BY key: the store's rows
  Shape shape;                                            // of `groups`, by as much of the key as one table tells
  std::vector<KeyColumn> key;                             // all of it
  std::vector<Hidden> hidden;                             // count(*) first
  bool keep_empty = false;                                // a query without GROUP BY: one row always
  bool extremes = false;                                  // min or max: rows taken away mean the group again
  std::vector<std::pair<ColumnFact, sql::Expr>> columns;  // the view's columns as expressions over the store's
  std::optional<sql::Expr> having;
};

/// nullopt: the query is not of that kind; `reasons` says what is in the way.
std::optional<AlgebraicShape> algebraic_shape(const sql::Select& query, const std::vector<ColumnFact>& outputs, const Facts& facts, std::vector<std::string>& reasons);

/// The value of a hidden column over all rows of a group.
sql::Expr full_value(const Hidden& hidden);

void generate_algebraic(Program& program, const Names& names, const AlgebraicShape& algebraic, const Facts& facts, Mode mode, const std::string& title);

}  // namespace pgvista::ivm
