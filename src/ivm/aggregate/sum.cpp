#include "ivm/aggregate/rules.hpp"

#include "sql/make.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;

std::optional<Expr> sum_rule(const AggregateCall& one) {
  if (one.call.arguments.size() != 1) return std::nullopt;
  return one.of_any(one.sum());
}

}  // namespace pgvista::ivm
