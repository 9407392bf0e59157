#include "ivm/aggregate/rules.hpp"

#include "sql/make.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;

// A group that has just lost its last row is there until it is deleted: nothing is divided by zero.
std::optional<Expr> average_rule(const AggregateCall& one) {
  if (one.call.arguments.size() != 1) return std::nullopt;
  const Expr count = one.counted();
  const Expr sum = make::cast(one.sum(), "numeric");
  return make::choose(make::op(">", count, make::number(0)), make::op("/", sum, count));
}

}  // namespace pgvista::ivm
