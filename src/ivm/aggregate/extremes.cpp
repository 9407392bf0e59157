#include "ivm/aggregate/rules.hpp"

#include "sql/make.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;

std::optional<Expr> smallest_rule(const AggregateCall& one) {
  if (one.call.arguments.size() != 1) return std::nullopt;
  return one.column({Hidden::Kind::smallest, "", one.argument(), one.filter});
}

std::optional<Expr> largest_rule(const AggregateCall& one) {
  if (one.call.arguments.size() != 1) return std::nullopt;
  return one.column({Hidden::Kind::largest, "", one.argument(), one.filter});
}

}  // namespace pgvista::ivm
