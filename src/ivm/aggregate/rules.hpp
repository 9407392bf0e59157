#pragma once
// How an aggregate is computed from the hidden columns of its group. A rule is a file of its own.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ivm/aggregate/hidden.hpp"

namespace pgvista::ivm {

/// The hidden columns that are wanted so far, each once.
class HiddenColumns {
 public:
  explicit HiddenColumns(std::vector<Hidden>& columns) : columns_(columns) {}
  /// The name of the column, which is added where there is none that is the same.
  std::string add(Hidden wanted);

 private:
  std::vector<Hidden>& columns_;
};

/// One call of an aggregate: no DISTINCT, no order that matters.
struct AggregateCall {
  const sql::FunctionCall& call;
  std::optional<sql::Expr> filter;
  bool argument_is_there = false;  // its one argument is never NULL
  bool group_may_be_empty = false;
  HiddenColumns& columns;

  const sql::Expr& argument() const { return call.arguments.front(); }
  /// Has the group a value for sure?
  bool certain() const { return argument_is_there && !filter && !group_may_be_empty; }
  /// A hidden column, as an expression.
  sql::Expr column(Hidden wanted) const;
  /// How many values there are that are not NULL.
  sql::Expr counted() const;
  /// How many rows a condition holds for, among those that the filter leaves.
  sql::Expr counted_where(const sql::Expr& condition) const;
  /// The sum of its argument.
  sql::Expr sum() const;
  /// The value; NULL of no values at all.
  sql::Expr of_any(sql::Expr value) const;
};

/// nullopt: not with these arguments.
using AggregateRule = std::function<std::optional<sql::Expr>(const AggregateCall&)>;

/// The rule of one of PostgreSQL's aggregates; nullptr where it is recomputed.
const AggregateRule* aggregate_rule(const std::string& name);

std::optional<sql::Expr> count_rule(const AggregateCall& one);
std::optional<sql::Expr> sum_rule(const AggregateCall& one);
std::optional<sql::Expr> average_rule(const AggregateCall& one);
std::optional<sql::Expr> smallest_rule(const AggregateCall& one);
std::optional<sql::Expr> largest_rule(const AggregateCall& one);
std::optional<sql::Expr> all_rule(const AggregateCall& one);
std::optional<sql::Expr> any_rule(const AggregateCall& one);
std::optional<sql::Expr> regr_count_rule(const AggregateCall& one);

}  // namespace pgvista::ivm
