#pragma once
// The filter operators: what a URL says, and what it becomes. One row an operator, for the grammar and for the SQL.

#include <optional>
#include <string_view>

namespace pgvista::rest {

enum class FilterOperator {
  // comparisons and patterns
  eq,
  neq,
  gt,
  gte,
  lt,
  lte,
  like,
  ilike,
  match,
  imatch,
  in,
  is,
  isdistinct,
  // of arrays, ranges and JSON
  cs,
  cd,
  ov,
  sl,
  sr,
  nxr,
  nxl,
  adj,
  // of texts; the last one stays the last
  fts,
  plfts,
  phfts,
  wfts
};

struct OperatorFacts {
  /// How its value is written in SQL. `comparison`: left op $1; `pattern`: the same, with * for %.
  enum class Form { comparison, pattern, list, is, text_search };
  std::string_view name;  // in a URL
  Form form = Form::comparison;
  std::string_view sql;     // the operator, or the function that makes a text search's query
  bool quantified = false;  // takes (any) and (all)
};

/// Facts of each operator: a switch without a default, so that the compiler finds one that is missing.
OperatorFacts facts_of(FilterOperator op);

/// The operator of this name; nullopt: there is none.
std::optional<FilterOperator> filter_operator(std::string_view name);

}  // namespace pgvista::rest
