#pragma once
// The query, for some keys only. The condition is put into the tree at every level that carries the key, since the
// planner does not push `= ANY (array)` through everything that it could go through.

#include <optional>
#include <vector>

#include "ivm/values/facts.hpp"

namespace pgvista::ivm {

/// Output `output` of the query shall be one of the values in an array, or NULL if another value says so.
struct Restriction {
  int output = 0;
  sql::Expr array;
  std::optional<sql::Expr> null;  // none: it is never NULL
};

/// Requires a normalized query whose outputs are spelled out (no star among the restricted ones), and keys that every
/// operator of the query carries. The rows are those of the query whose outputs fulfil all restrictions.
sql::Select restrict(sql::Select query, const std::vector<Restriction>& restrictions, const Facts& facts);

}  // namespace pgvista::ivm
