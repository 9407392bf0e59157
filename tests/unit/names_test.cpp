// A program's structs may be called what they are called, beside `using namespace pgvista`.

#include <gtest/gtest.h>

#include <pgvista/pgvista.hpp>
#include <sstream>

using namespace pgvista;

struct Order {
  std::int64_t id{};
  std::string status;
};
BOOST_DESCRIBE_STRUCT(Order, (), (id, status))
struct Row {
  std::int64_t id{};
};
BOOST_DESCRIBE_STRUCT(Row, (), (id))
struct Part {
  std::int64_t id{};
  Date made{};
  std::int64_t weight{};
  static void define(Table<Part>& t) { t.column(&Part::weight, column_type("integer")); }
};
BOOST_DESCRIBE_STRUCT(Part, (), (id, made, weight))
struct Place {
  std::int64_t id{};
};
BOOST_DESCRIBE_STRUCT(Place, (), (id))
struct Output {};
struct Program {};
struct Assignment {};
struct Aggregate {};
struct Related {};
struct Grouped {};
struct Filled {};
struct When {};
struct Conflict {};

namespace pgvista::test {

namespace {

std::string code_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Failure& failure) {
    return failure.error().code + ": " + failure.error().message;
  }
  return {};
}

}  // namespace

TEST(Names, OfAProgramsStructsMeetNoneOfOurs) {
  EXPECT_EQ("SELECT id, status FROM \"order\" ORDER BY status, id DESC",
            from<::Order>().order_by(col(&::Order::status), col(&::Order::id).desc()).statement().sql);
  EXPECT_EQ("SELECT id FROM \"row\"", from<::Row>().statement().sql);
  EXPECT_EQ("SELECT id FROM place", from<::Place>().statement().sql);
}

TEST(Names, WhatIsNotGroupedIsNamed) {
  EXPECT_EQ("not_grouped: Order::status is selected beside groups that it is no part of", code_of([] {
              from<::Order>().group_by(lower(col(&::Order::status))).select(col(&::Order::status), count()).statement();
            }));
  EXPECT_EQ("", code_of([] {
              from<::Order>()
                  .group_by(lower(col(&::Order::status)))
                  .select(upper(lower(col(&::Order::status))), count())
                  .statement();
            }));
  EXPECT_EQ("", code_of([] {
              from<::Order>().group_by(col(&::Order::id)).select(col(&::Order::status), count()).statement();
            }));
  EXPECT_EQ(
      "", code_of([] { from<::Order>().group_by(row<::Order>()).select(col(&::Order::status), count()).statement(); }));
  EXPECT_EQ("", code_of([] { from<::Order>().select(lower(col(&::Order::status))).statement(); }));
}

TEST(Names, AValueThatItsColumnCannotHoldIsNamed) {
  const auto said = [](const ::Part& part) { return code_of([&] { model::validate(model::info<::Part>(), &part); }); };
  EXPECT_EQ("", said({1, Date{std::chrono::days{0}}, 2147483647}));
  EXPECT_EQ("", said({1, Date::max(), -2147483648}));
  EXPECT_EQ("invalid_value: Part::made is no moment that a column of type date can hold",
            said({1, Date{std::chrono::days{-2000000000}}, 1}));
  EXPECT_EQ("invalid_value: Part::weight is 2147483648, which a column of type integer cannot hold",
            said({1, {}, 2147483648}));
}

TEST(Names, ADecimalIsPrinted) {
  std::ostringstream out;
  out << Decimal("12.50");
  EXPECT_EQ("12.50", out.str());
}

}  // namespace pgvista::test
