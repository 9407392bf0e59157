#include "ivm/aggregate/rules.hpp"

#include "sql/make.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;

std::optional<Expr> count_rule(const AggregateCall& one) {
  if (one.call.star) return one.column({Hidden::Kind::count, "", std::nullopt, one.filter});
  if (one.call.arguments.size() != 1) return std::nullopt;
  return one.counted();
}

}  // namespace pgvista::ivm
