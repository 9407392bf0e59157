#include "ivm/aggregate/rules.hpp"

#include "sql/make.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;

std::optional<Expr> regr_count_rule(const AggregateCall& one) {
  if (one.call.arguments.size() != 2) return std::nullopt;
  return one.counted_where(
      make::all_of({make::is_not_null(one.call.arguments[0]), make::is_not_null(one.call.arguments[1])}));
}

}  // namespace pgvista::ivm
