#include "ivm/aggregate/digits.hpp"

#include "sql/make.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;

namespace {

// A number of 15 digits for each number of places.
constexpr int digits_a_place = 15;
constexpr int most_places = 8700;  // a numeric has no room for more

}  // namespace

Expr places(const Expr& value) {
  const Expr scale{make::call(Name{"pg_catalog", "scale"}, {make::cast(value, "numeric")})};
  Expr power = make::cast(make::op("*", make::number(digits_a_place), scale), "text");
  return make::choose(
      make::op("<=", scale, make::number(most_places)),
      make::cast(make::op("||", Expr{Constant{Constant::Type::string, "1E", {}}}, std::move(power)), "numeric"));
}

Expr with_digits(Expr sum, Expr digits) {
  Expr length{make::call(Name{"pg_catalog", "length"}, {make::cast(std::move(digits), "text")})};
  return Expr{make::call(Name{"pg_catalog", "round"},
                         {std::move(sum), make::op("/", make::op("-", std::move(length), make::number(1)),
                                                   make::number(digits_a_place))})};
}

}  // namespace pgvista::ivm
