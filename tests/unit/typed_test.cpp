// The typed face without a database: the SQL that it writes, its values on the wire.

#include <gtest/gtest.h>
#include <pgvista/error.hpp>
#include <rapidcheck/gtest.h>

#include "support/failure_code.hpp"
#include "support/shop.hpp"

namespace shop {

std::string sql(const Statement& statement) { return statement.sql; }

TEST(TypedSql, OneTableNeedsNoQualifiers) {
  const auto query = from<Purchase>()
                         .where(col(&Purchase::status) == "paid" && col(&Purchase::amount) > Decimal(3))
                         .order_by(col(&Purchase::placed_at).desc().nulls_last())
                         .limit(5);
  EXPECT_EQ(
      "SELECT id, customer_id, referrer_id, status, amount, placed_at, tags FROM shop_order WHERE status = $1 AND "
      "amount > $2 ORDER BY placed_at DESC NULLS LAST LIMIT 5",
      sql(query.statement()));
  EXPECT_EQ(2U, query.statement().parameters.size());
}

TEST(TypedSql, JoinsFollowThePath) {
  EXPECT_EQ(
      "SELECT shop_order.id FROM shop_order JOIN shop_customer AS customer ON customer.id = shop_order.customer_id "
      "JOIN shop_country AS customer_country ON customer_country.code = customer.country_id WHERE "
      "customer_country.name = $1",
      sql(from<Purchase>()
              .where(col(&Purchase::customer, &Customer::country, &Country::name) == "Norway")
              .select(col(&Purchase::id))
              .statement()));
  // The key of the row behind a foreign key is here already.
  EXPECT_EQ(
      "SELECT id FROM shop_order WHERE customer_id = $1",
      sql(from<Purchase>().where(col(&Purchase::customer, &Customer::id) == 3).select(col(&Purchase::id)).statement()));
  // A nullable foreign key keeps the rows without one.
  EXPECT_EQ(
      "SELECT referrer.name FROM shop_order LEFT JOIN shop_customer AS referrer ON referrer.id = "
      "shop_order.referrer_id",
      sql(from<Purchase>().select(col(&Purchase::referrer, &Customer::name)).statement()));
}

TEST(TypedSql, ParenthesesStandWhereTheyMustAndNowhereElse) {
  const auto a = col(&Purchase::id) == 1;
  const auto b = col(&Purchase::id) == 2;
  const auto c = col(&Purchase::id) == 3;
  const auto where = [](const auto& condition) {
    const std::string text = sql(from<Purchase>().where(condition).select(col(&Purchase::id)).statement());
    return text.substr(text.find("WHERE ") + 6);
  };
  EXPECT_EQ("id = $1 OR id = $2 AND id = $3", where(a || (b && c)));
  EXPECT_EQ("(id = $1 OR id = $2) AND id = $3", where((a || b) && c));
  EXPECT_EQ("NOT (id = $1 OR id = $2)", where(!(a || b)));
  EXPECT_EQ("id - (id - $1::bigint) = $2", where(col(&Purchase::id) - (col(&Purchase::id) - 1) == 0));
  EXPECT_EQ("id - id - $1::bigint = $2", where(col(&Purchase::id) - col(&Purchase::id) - 1 == 0));
  EXPECT_EQ("(id + id) * $1::bigint > $2", where((col(&Purchase::id) + col(&Purchase::id)) * 2 > 0));
  EXPECT_EQ("(id = $1) IS NOT TRUE", [&] {
    const std::string text = sql(from<Purchase>().exclude(a).select(col(&Purchase::id)).statement());
    return text.substr(text.find("WHERE ") + 6);
  }());
}

TEST(TypedSql, GroupsAggregatesAndHaving) {
  const auto monthly = from<Purchase>()
                           .where(col(&Purchase::status).in({"new", "paid"}))
                           .group_by(trunc(DatePart::month, col(&Purchase::placed_at)))
                           .having(count() > 2)
                           .select(trunc(DatePart::month, col(&Purchase::placed_at)), count(),
                                   sum(col(&Purchase::amount)).filter(col(&Purchase::status) == "paid"),
                                   count(col(&Purchase::customer)).distinct());
  static_assert(std::is_same_v<decltype(monthly)::RowType,
                               std::tuple<TimestampTz, std::int64_t, std::optional<Decimal>, std::int64_t>>);
  EXPECT_EQ(
      "SELECT date_trunc('month', placed_at), count(*), sum(amount) FILTER (WHERE status = $1), count(DISTINCT "
      "customer_id) FROM shop_order WHERE status IN ($2, $3) GROUP BY date_trunc('month', placed_at) HAVING count(*) > "
      "$4",
      sql(monthly.statement()));
}

TEST(TypedSql, SubqueriesNameTheRowsAround) {
  EXPECT_EQ(
      "SELECT shop_customer.id FROM shop_customer WHERE EXISTS (SELECT FROM shop_order WHERE shop_order.customer_id = "
      "shop_customer.id)",
      sql(from<Customer>()
              .where(exists(from<Purchase>().where(col(&Purchase::customer) == outer(&Customer::id))))
              .select(col(&Customer::id))
              .statement()));
  EXPECT_EQ(
      "SELECT shop_customer.id, (SELECT max(shop_order.amount) FROM shop_order WHERE shop_order.customer_id = "
      "shop_customer.id) FROM shop_customer",
      sql(from<Customer>()
              .select(col(&Customer::id), scalar(from<Purchase>()
                                                     .where(col(&Purchase::customer) == outer(&Customer::id))
                                                     .select(max(col(&Purchase::amount)))))
              .statement()));
  // The same table inside and outside.
  EXPECT_EQ(
      "SELECT shop_order.id FROM shop_order WHERE shop_order.id IN (SELECT shop_order_2.id FROM shop_order AS "
      "shop_order_2 WHERE shop_order_2.status = $1)",
      sql(from<Purchase>()
              .where(in(col(&Purchase::id),
                        from<Purchase>().where(col(&Purchase::status) == "paid").select(col(&Purchase::id))))
              .select(col(&Purchase::id))
              .statement()));
}

TEST(TypedSql, JoinsToAViewUnionsAndCases) {
  EXPECT_EQ(
      "SELECT shop_country.name, country_spend.total FROM shop_country JOIN country_spend ON country_spend.country = "
      "shop_country.code",
      sql(from<Country>()
              .join<CountrySpend>(col(&CountrySpend::country) == col(&Country::code))
              .select(col(&Country::name), col(&CountrySpend::total))
              .statement()));
  EXPECT_EQ("SELECT name FROM shop_country UNION ALL SELECT status FROM shop_order",
            sql(from<Country>()
                    .select(col(&Country::name))
                    .union_all(from<Purchase>().select(col(&Purchase::status)))
                    .statement()));
  EXPECT_EQ("SELECT CASE WHEN active THEN $1::text ELSE $2 END FROM shop_customer",
            sql(from<Customer>().select(when(col(&Customer::active), "yes").otherwise("no")).statement()));
}

TEST(TypedSql, ColumnsOfABaseStruct) {
  EXPECT_EQ("SELECT name FROM shop_customer WHERE note IS NULL",
            sql(from<Customer>().where(col(&Customer::note).is_null()).select(col(&Customer::name)).statement()));
}

TEST(TypedSql, UpdatesAndDeletes) {
  EXPECT_EQ("UPDATE shop_order SET status = $1, amount = amount * $2::numeric WHERE id = $3",
            sql(model::update_statement(*from<Purchase>().where(col(&Purchase::id) == 7).spec(),
                                        {set(&Purchase::status, std::string("paid")).named,
                                         set(&Purchase::amount, col(&Purchase::amount) * 2).named})));
  EXPECT_EQ(
      "DELETE FROM shop_order WHERE id IN (SELECT shop_order.id FROM shop_order JOIN shop_customer AS customer ON "
      "customer.id = shop_order.customer_id WHERE NOT customer.active)",
      sql(model::delete_statement(*from<Purchase>().where(!col(&Purchase::customer, &Customer::active)).spec())));
}

TEST(TypedSql, DefinitionsCarryTheirValues) {
  const ViewSql text = view_sql<CountrySpend>();
  EXPECT_EQ(
      "CREATE VIEW country_spend AS SELECT customer.country_id AS country, count(*) AS orders, sum(shop_order.amount) "
      "AS total, sum(shop_order.amount) FILTER (WHERE shop_order.status = 'refunded') AS refunded FROM shop_order JOIN "
      "shop_customer AS customer ON customer.id = shop_order.customer_id GROUP BY customer.country_id",
      text.create);
  EXPECT_EQ("", text.refresh) << "what keeps itself is refreshed by nobody";
}

TEST(TypedErrors, AreSaidAtOnce) {
  EXPECT_EQ("not_loaded", pgvista::test::failure_code([] { return Purchase().customer->id; }));
  EXPECT_EQ("no_outer_query", pgvista::test::failure_code([] {
              return from<Purchase>().where(col(&Purchase::customer) == outer(&Customer::id)).statement();
            }));
  EXPECT_EQ("bad_value", pgvista::test::failure_code([] { return Decimal("1e5"); }));
  EXPECT_EQ("bad_value", pgvista::test::failure_code([] { return Uuid::parse("12"); }));
}

RC_GTEST_PROP(Decimals, ComputeExactlyAndTravelUnchanged, (int a, int b)) {
  const auto text = [](int n) {
    return (n < 0 ? "-" : "") + std::to_string(std::abs(n / 100)) + "." + (std::abs(n % 100) < 10 ? "0" : "") +
           std::to_string(std::abs(n % 100));
  };
  a %= 1000000000;
  b %= 1000000000;
  RC_ASSERT((Decimal(text(a)) + Decimal(text(b))) == Decimal(text(a + b)));
  RC_ASSERT((Decimal(text(a)) - Decimal(text(b))) == Decimal(text(a - b)));
  RC_ASSERT((Decimal(text(a)) < Decimal(text(b))) == (a < b));
  std::string bytes;
  Type<Decimal>::encode(Decimal(text(a)), bytes);
  const Decimal back = Type<Decimal>::decode(bytes);
  RC_ASSERT(back == Decimal(text(a)));
}

}  // namespace shop
