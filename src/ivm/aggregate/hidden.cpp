#include "ivm/aggregate/hidden.hpp"

#include "ivm/aggregate/digits.hpp"
#include "sql/make.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;

const char* prefix(Hidden::Kind kind) {
  switch (kind) {
    case Hidden::Kind::count: return "pgvista_count";
    case Hidden::Kind::sum: return "pgvista_sum";
    case Hidden::Kind::smallest: return "pgvista_min";
    case Hidden::Kind::largest: return "pgvista_max";
    case Hidden::Kind::digits: return "pgvista_digits";
  }
  return "";
}

namespace {

// The aggregate that a column holds.
const char* function(Hidden::Kind kind) {
  switch (kind) {
    case Hidden::Kind::count: return "count";
    case Hidden::Kind::sum:
    case Hidden::Kind::digits: return "sum";
    case Hidden::Kind::smallest: return "min";
    case Hidden::Kind::largest: return "max";
  }
  return "";
}

}  // namespace

bool can_be_taken_back(const Hidden& hidden) {
  return hidden.kind != Hidden::Kind::smallest && hidden.kind != Hidden::Kind::largest;
}

bool may_be_strange(const Hidden& hidden) { return hidden.kind == Hidden::Kind::sum && hidden.wide; }

Expr full_value(const Hidden& one) {
  if (one.kind == Hidden::Kind::digits) {
    Expr sum = make::call(Name{"pg_catalog", "sum"}, {places(*one.argument)});
    if (one.filter) sum = make::filtered(std::move(sum), *one.filter);
    return make::coalesce({std::move(sum), make::number(0)});
  }
  FunctionCall call;
  call.name = {function(one.kind)};
  if (one.argument) {
    call.arguments.push_back(*one.argument);
  } else {
    call.star = true;
  }
  if (one.filter) call.filter = *one.filter;
  Expr value{std::move(call)};
  if (one.kind != Hidden::Kind::sum) return value;
  value = make::cast(std::move(value), one.wide ? "numeric" : "int8");
  return one.certain ? value : Expr{Coalesce{{std::move(value), make::number(0)}, {}}};
}

Expr added_value(const Hidden& one, const Expr& sign) {
  FunctionCall call;
  call.name = {"sum"};
  Expr value = sign;
  std::optional<Expr> filter = one.filter;
  if (one.kind == Hidden::Kind::digits) {
    value = make::op("*", sign, places(*one.argument));
  } else if (one.kind == Hidden::Kind::sum) {
    value = make::op("*", sign, make::cast(*one.argument, one.wide ? "numeric" : "int8"));
  } else if (one.argument) {
    // A row counts even where a field of it is NULL, which IS NOT NULL would deny.
    const Expr there = make::op("=", make::call("num_nonnulls", {*one.argument}), make::number(1));
    filter = filter ? make::all_of({*filter, there}) : there;
  }
  call.arguments = {std::move(value)};
  if (filter) call.filter = *filter;
  return make::coalesce({std::move(call), make::number(0)});
}

Expr combined(const Hidden& hidden, const Expr& before, const Expr& added) {
  if (can_be_taken_back(hidden)) return make::op("+", before, added);
  return make::extremum(hidden.kind == Hidden::Kind::largest, {before, added});
}

}  // namespace pgvista::ivm
