#pragma once
// The columns that a store keeps of a group so that aggregates can be computed from them: each can be added to by what
// changed rows say, and most can be taken away from.

#include <optional>
#include <string>

#include "ivm/values/facts.hpp"

namespace pgvista::ivm {

/// What an algebraic view's store keeps beside its key.
struct Hidden {
  enum class Kind {
    count,     // count(*) or count(x)
    sum,       // of x, as bigint or numeric
    smallest,  // of x
    largest,
    digits  // of a sum: how many of x have each number of decimal places (digits.hpp)
  };
  Kind kind = Kind::count;
  std::string name;
  std::optional<sql::Expr> argument;  // none for count(*)
  std::optional<sql::Expr> filter;
  bool wide = false;     // a sum that must be numeric
  bool certain = false;  // never NULL in a group that has rows
};

/// What the names of its columns begin with.
const char* prefix(Hidden::Kind kind);
/// The value over all rows of a group.
sql::Expr full_value(const Hidden& hidden);
/// What rows of this sign (1 or -1, an expression over them) add to it. Requires one that can be taken back.
sql::Expr added_value(const Hidden& hidden, const sql::Expr& sign);
/// The value with what is added.
sql::Expr combined(const Hidden& hidden, const sql::Expr& before, const sql::Expr& added);
/// Can rows be taken away by adding? Of a smallest or largest value the next one must be looked for.
bool can_be_taken_back(const Hidden& hidden);
/// May it be NaN or infinity, from which nothing can be taken away?
bool may_be_strange(const Hidden& hidden);

}  // namespace pgvista::ivm
