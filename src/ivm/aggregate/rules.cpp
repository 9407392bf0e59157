#include "ivm/aggregate/rules.hpp"

#include <fmt/format.h>

#include <map>

#include "sql/make.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;

std::string HiddenColumns::add(Hidden wanted) {
  for (const Hidden& known : columns_) {
    if (known.kind == wanted.kind && known.argument == wanted.argument && known.filter == wanted.filter)
      return known.name;
  }
  // The first counts the rows of the group.
  wanted.name = columns_.empty() ? "pgvista_rows" : fmt::format("{}_{}", prefix(wanted.kind), columns_.size());
  columns_.push_back(std::move(wanted));
  return columns_.back().name;
}

Expr AggregateCall::column(Hidden wanted) const { return make::name(columns.add(std::move(wanted))); }

Expr AggregateCall::counted() const {
  return column({Hidden::Kind::count, "", argument_is_there ? std::nullopt : std::optional(argument()), filter});
}

Expr AggregateCall::counted_where(const Expr& condition) const {
  return column({Hidden::Kind::count, "", std::nullopt, filter ? make::all_of({*filter, condition}) : condition});
}

Expr AggregateCall::sum() const { return column({Hidden::Kind::sum, "", argument(), filter, false, certain()}); }

Expr AggregateCall::of_any(Expr value) const {
  if (certain()) return value;
  return make::choose(make::op(">", counted(), make::number(0)), std::move(value));
}

const AggregateRule* aggregate_rule(const std::string& name) {
  static const std::map<std::string, AggregateRule> rules = {
      {"count", count_rule},  {"sum", sum_rule},     {"avg", average_rule},
      {"min", smallest_rule}, {"max", largest_rule}, {"bool_and", all_rule},
      {"every", all_rule},    {"bool_or", any_rule}, {"regr_count", regr_count_rule},
  };
  const auto found = rules.find(name);
  return found == rules.end() ? nullptr : &found->second;
}

}  // namespace pgvista::ivm
