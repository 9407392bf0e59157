#include "ivm/aggregate/rules.hpp"

#include "sql/make.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;

// Every value is true where none is false.
std::optional<Expr> all_rule(const AggregateCall& one) {
  if (one.call.arguments.size() != 1) return std::nullopt;
  Expr others = one.counted_where(Logical{Logical::Form::negation, {one.argument()}, {}});
  return one.of_any(make::op("=", std::move(others), make::number(0)));
}

std::optional<Expr> any_rule(const AggregateCall& one) {
  if (one.call.arguments.size() != 1) return std::nullopt;
  Expr hits = one.counted_where(one.argument());
  return one.of_any(make::op(">", std::move(hits), make::number(0)));
}

}  // namespace pgvista::ivm
