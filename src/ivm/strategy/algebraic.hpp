#pragma once
// Strategy algebraic: sums and counts of a group change by what the changed rows add and take away; the group is not
// read.

#include <optional>
#include <set>
#include <string>

#include "ivm/aggregate/hidden.hpp"
#include "ivm/triggers/install.hpp"

namespace pgvista::ivm {

/// A column of the view, as an expression over the store's columns.
struct AlgebraicColumn {
  ColumnFact column;
  sql::Expr value;
  bool at_read = false;  // it may fail, or mean nothing, for what changed rows add: it is computed from the whole
                         // group, when it is read
};

struct AlgebraicShape {
  sql::Select groups;          // SELECT key, hidden … FROM … GROUP BY key: the store's rows
  Shape shape;                 // of `groups`, by as much of the key as one table tells
  std::vector<KeyColumn> key;  // all of it
  std::vector<Hidden> hidden;  // count(*) first
  bool keep_empty = false;     // a query without GROUP BY: one row always
  bool extremes = false;       // min or max: where it goes itself, the group is counted again
  std::vector<AlgebraicColumn> columns;
  std::optional<sql::Expr> having;
};

/// What is asked of an algebraic strategy beside its query.
struct AlgebraicWish {
  std::set<std::string> indexed;  // columns that stand in an index
  bool by_settings = true;        // does something in the query depend on settings?
};

/// nullopt: the query is not of that kind; `reasons` says what is in the way.
std::optional<AlgebraicShape> algebraic_shape(const sql::Select& query, const std::vector<ColumnFact>& outputs,
                                              const Facts& facts, const AlgebraicWish& wish,
                                              std::vector<std::string>& reasons);

/// Is it a generated column of the store?
bool generated(const AlgebraicShape& algebraic, const AlgebraicColumn& column);

/// The query that gives the store's rows, generated columns too.
sql::Select stored_rows(const AlgebraicShape& algebraic);

void generate_algebraic(Program& program, const Names& names, const AlgebraicShape& algebraic, const Facts& facts,
                        const ChangeLog& log, const std::string& title);

}  // namespace pgvista::ivm
