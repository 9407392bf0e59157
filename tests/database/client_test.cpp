// The typed face on a real server: structs in, structs out.

#include <gtest/gtest.h>
#include <pgvista/error.hpp>

#include "support/shop.hpp"
#include "support/failure_code.hpp"
#include "support/workspace.hpp"

namespace pgvista::test {

using namespace shop;

class Client : public ::testing::Test {
 protected:
  Client() : db(work.url()) {
    db.execute(registry().create_tables());
    norway.code = "NO";
    norway.name = "Norway";
    db.insert(norway);
    ola.name = "Ola";
    ola.country = "NO";
    db.insert(ola);
    kari.name = "Kari";
    kari.note = "asks for invoices";
    kari.country = "NO";
    db.insert(kari);
  }

  Purchase buy(const Customer& customer, const char* amount, const std::string& status = "new") {
    Purchase out;
    out.customer = customer.id;
    out.amount = Decimal(amount);
    out.status = status;
    out.placed_at = TimestampTz{std::chrono::sys_days{std::chrono::year{2026} / 3 / 4}} + std::chrono::hours{5};
    db.insert(out);
    return out;
  }

  Workspace work;
  Database db;
  Country norway;
  Customer ola;
  Customer kari;
};

TEST_F(Client, RowsComeBackAsTheyWereWritten) {
  EXPECT_NE(0, ola.id);
  Purchase one = buy(ola, "-0.00", "paid");
  one.amount = Decimal("12345678901234567890.0001200");
  one.referrer = kari.id;
  one.tags = {"a", "", "with, comma"};
  db.update(one);
  const Purchase back = from<Purchase>().where(col(&Purchase::id) == one.id).get(db);
  EXPECT_EQ("12345678901234567890.0001200", back.amount.text());
  EXPECT_EQ(one.placed_at, back.placed_at);
  EXPECT_EQ(one.tags, back.tags);
  EXPECT_EQ(kari.id, back.referrer->key);
  EXPECT_FALSE(back.customer.loaded());
}

TEST_F(Client, LoadingTakesOneQuery) {
  buy(ola, "3");
  Purchase referred = buy(kari, "4");
  referred.referrer = ola.id;
  db.update(referred);
  const auto rows =
      from<Purchase>().with(&Purchase::customer).with(&Purchase::referrer).order_by(col(&Purchase::id).asc()).fetch(db);
  ASSERT_EQ(2U, rows.size());
  EXPECT_EQ("Ola", rows[0].customer->name);
  EXPECT_FALSE(rows[0].referrer);
  EXPECT_EQ("Kari", rows[1].customer->name);
  EXPECT_EQ("Ola", (*rows[1].referrer)->name);
}

TEST_F(Client, GroupsAggregatesAndSubqueries) {
  buy(ola, "10", "paid");
  buy(ola, "2.50", "refunded");
  buy(kari, "1");
  const auto rows = from<Purchase>()
                        .group_by(col(&Purchase::customer, &Customer::name))
                        .select(col(&Purchase::customer, &Customer::name), count(), sum(col(&Purchase::amount)))
                        .order_by(col(&Purchase::customer, &Customer::name).asc())
                        .fetch(db);
  ASSERT_EQ(2U, rows.size());
  EXPECT_EQ(std::make_tuple(std::string("Kari"), std::int64_t{1}, Decimal(1)), rows[0]);
  EXPECT_EQ(std::make_tuple(std::string("Ola"), std::int64_t{2}, Decimal("12.5")), rows[1]);
  const auto [number, total, most] =
      from<Purchase>()
          .where(col(&Purchase::status) == "nothing like it" || col(&Purchase::amount) > 100)
          .aggregate(db, count(), sum(col(&Purchase::amount)), max(col(&Purchase::status)));
  EXPECT_EQ(0, number);
  EXPECT_FALSE(total);
  EXPECT_FALSE(most);
  EXPECT_EQ(1, from<Customer>()
                   .where(exists(from<Purchase>().where(col(&Purchase::customer) == outer(&Customer::id) &&
                                                        col(&Purchase::amount) > 5)))
                   .count(db));
  EXPECT_TRUE(from<Purchase>().where(extract(DatePart::year, col(&Purchase::placed_at)) == 2026).exists(db));
  EXPECT_EQ(2, from<Customer>().exclude(col(&Customer::note) == "something else").count(db))
      << "a NULL is not excluded";
}

TEST_F(Client, ManyRowsByCopyAndInBoundedMemory) {
  std::vector<Purchase> rows(5000);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].customer = i % 2 == 0 ? ola.id : kari.id;
    rows[i].amount = Decimal(static_cast<long long>(i)) + Decimal("0.25");
    if (i % 3 == 0) rows[i].tags = {std::to_string(i)};
  }
  db.insert_all(rows);
  EXPECT_EQ(5000, from<Purchase>().count(db));
  Decimal total;
  std::int64_t seen = 0;
  from<Purchase>().each(db, [&](const Purchase& one) {
    total = total + one.amount;
    ++seen;
  });
  EXPECT_EQ(5000, seen);
  EXPECT_EQ(total, *std::get<0>(from<Purchase>().aggregate(db, sum(col(&Purchase::amount)))));
}

TEST_F(Client, AKeyIsGivenInAllCopiedRowsOrInNone) {
  std::vector<Purchase> rows(2);
  rows[0].customer = rows[1].customer = ola.id;
  rows[1].id = 77;
  EXPECT_EQ("invalid_value", failure_code([&] { db.insert_all(rows); }));
  EXPECT_EQ(0, from<Purchase>().count(db));
  rows[0].id = 76;
  db.insert_all(rows);
  EXPECT_EQ(2, from<Purchase>().count(db));
}

TEST_F(Client, ChangesAndTransactions) {
  const Purchase one = buy(ola, "10");
  buy(kari, "20");
  EXPECT_EQ(
      1, from<Purchase>()
             .where(col(&Purchase::customer, &Customer::name) == "Ola")
             .update(db, set(&Purchase::amount, col(&Purchase::amount) * 3), set(&Purchase::referrer, std::nullopt)));
  EXPECT_EQ(Decimal(30), from<Purchase>().where(col(&Purchase::id) == one.id).get(db).amount);
  {
    Transaction outer_one(db);
    from<Purchase>().remove(db);
    {
      Transaction inner(db);
      db.execute("DELETE FROM shop_customer");
    }
    EXPECT_EQ(2, from<Customer>().count(db)) << "the savepoint was rolled back alone";
  }
  EXPECT_EQ(2, from<Purchase>().count(db));
  Country again;
  again.code = "NO";
  again.name = "Noreg";
  db.upsert(again);
  EXPECT_EQ("Noreg", from<Country>().get(db).name);
  db.remove(one);
  EXPECT_EQ("no_row", failure_code([&] { db.update(one); }));
  EXPECT_EQ("no_row", failure_code([&] { from<Purchase>().where(col(&Purchase::id) == one.id).get(db); }));
  EXPECT_EQ("several_rows", failure_code([&] { from<Customer>().get(db); }));
}

TEST_F(Client, BadValuesAreNamedBeforeAnythingIsSent) {
  Purchase bad;
  bad.customer = ola.id;
  bad.status = "lost";
  EXPECT_EQ("invalid_value", failure_code([&] { db.insert(bad); }));
  Country longer;
  longer.code = "NOR";
  EXPECT_EQ("invalid_value", failure_code([&] { db.insert(longer); }));
  // And the table itself knows the same limits.
  EXPECT_THROW(db.execute("INSERT INTO shop_country VALUES ('NOR', 'x')"), Failure);
  EXPECT_THROW(db.execute("UPDATE shop_order SET status = 'lost'; INSERT INTO shop_order (customer_id, status, amount, "
                          "placed_at) VALUES (1, 'lost', 1, now())"),
               Failure);
}

TEST_F(Client, RetriesWhatCouldNotBeSerialized) {
  buy(ola, "1");
  Database other(work.url());
  int attempts = 0;
  retry(db, Isolation::serializable, [&] {
    const auto total = *std::get<0>(from<Purchase>().aggregate(db, sum(col(&Purchase::amount))));
    if (++attempts == 1) other.execute("UPDATE shop_order SET amount = amount + 1");
    from<Purchase>().update(db, set(&Purchase::amount, total));
  });
  EXPECT_EQ(2, attempts);
  EXPECT_EQ(Decimal(2), from<Purchase>().get(db).amount);
}

TEST_F(Client, ViewsOfStructsAreMadeKeptAndRead) {
  buy(ola, "10", "paid");
  for (const model::ViewFile& view : registry().view_files()) work.view(view.name, view.text);
  work.sync();
  buy(kari, "5", "refunded");
  const auto rows = from<CountrySpend>().fetch(db);
  ASSERT_EQ(1U, rows.size());
  EXPECT_EQ("NO", rows[0].country);
  EXPECT_EQ(2, rows[0].orders);
  EXPECT_EQ(Decimal(15), rows[0].total);
  EXPECT_EQ(Decimal(5), rows[0].refunded);
  const auto spender =
      from<Spender>().with(&Spender::customer).where(col(&Spender::customer, &Customer::name) == "Kari").get(db);
  EXPECT_EQ("Kari", spender.customer->name);
  EXPECT_EQ(Decimal(5), spender.total);
  EXPECT_EQ(1U, from<Country>()
                    .join<CountrySpend>(col(&CountrySpend::country) == col(&Country::code))
                    .select(col(&Country::name), col(&CountrySpend::total))
                    .fetch(db)
                    .size());
}

TEST_F(Client, EveryTypeTravelsThere) {
  const auto same = [&](const auto& given) {
    using T = std::remove_cvref_t<decltype(given)>;
    Statement statement{"SELECT $1::" + std::string(Type<T>::name), {parameter(given)}};
    return Type<T>::decode(db.run(statement).bytes(0, 0)) == given;
  };
  EXPECT_TRUE(same(std::int16_t{-3}));
  EXPECT_TRUE(same(std::int32_t{1} << 30));
  EXPECT_TRUE(same(std::int64_t{-1} << 62));
  EXPECT_TRUE(same(1.5F));
  EXPECT_TRUE(same(-2.25));
  EXPECT_TRUE(same(true));
  EXPECT_TRUE(same(std::string("ö\n")));
  for (const char* number : {"0", "0.000", "-1", "10000", "99999999.9999", "0.00001",
                             "1234567890123456789012345678901234567890.5", "NaN", "Infinity", "-Infinity"}) {
    EXPECT_TRUE(same(Decimal(number))) << number;
    EXPECT_EQ(number,
              Type<Decimal>::decode(db.run("SELECT '" + std::string(number) + "'::numeric").bytes(0, 0)).text());
  }
  EXPECT_TRUE(same(Bytes{std::byte{0}, std::byte{255}}));
  EXPECT_TRUE(same(Date{std::chrono::year{1999} / 12 / 31}));
  EXPECT_TRUE(same(Timestamp{std::chrono::microseconds{-5}}));
  EXPECT_TRUE(same(TimestampTz{std::chrono::microseconds{1700000000000001}}));
  EXPECT_TRUE(same(TimestampTz::max()));
  EXPECT_TRUE(same(TimeOfDay{std::chrono::hours{23}}));
  EXPECT_TRUE(same(Interval{std::chrono::microseconds{7}, -2, 14}));
  EXPECT_TRUE(same(Uuid::parse("123e4567-e89b-12d3-a456-426614174000")));
  EXPECT_TRUE(same(Json{"{\"a\": [1, null]}"}));
  EXPECT_TRUE(same(std::vector<std::int32_t>{1, 2, 3}));
  EXPECT_TRUE(same(std::vector<std::optional<std::string>>{"a", std::nullopt}));
  EXPECT_TRUE(same(std::vector<Decimal>{}));
  EXPECT_TRUE(same(Range<std::int32_t>{1, 5, true, false, false}));
  EXPECT_TRUE(same(Range<Date>{std::nullopt, Date{std::chrono::year{2026} / 1 / 1}, false, false, false}));
  EXPECT_EQ("2026-01-01 | 2026-01-01 00:00:00+00",
            work.value("SELECT '2026-01-01'::date::text || ' | 2026-01-01 00:00:00+00'"));
}

/// A type of the program's own, which travels as text.
struct Address {
  std::string text;
  bool operator==(const Address&) const = default;
};

}  // namespace pgvista::test

template <>
struct pgvista::Type<pgvista::test::Address>
    : pgvista::TextType<pgvista::Type<pgvista::test::Address>, pgvista::test::Address> {
  static constexpr const char* name = "inet";
  static std::string print(const pgvista::test::Address& value) { return value.text; }
  static pgvista::test::Address parse(std::string_view text) { return {std::string(text)}; }
};

namespace pgvista::test {

enum class Mood { good, bad };
BOOST_DESCRIBE_ENUM(Mood, good, bad)

struct Visitor {
  std::int64_t id{};
  Address address;
  std::vector<Address> others;
  Mood mood{};
  std::vector<Mood> moods;
  std::string network;  // inet, too, as a string
  Range<std::int32_t> hours;
  static void define(Table<Visitor>& t) {
    t.column(&Visitor::network, column_type("inet"))
        .column(&Visitor::mood, column_type("mood"))
        .column(&Visitor::moods, column_type("mood[]"));
  }
};
BOOST_DESCRIBE_STRUCT(Visitor, (), (id, address, others, mood, moods, network, hours))

TEST_F(Client, TypesOfOnesOwnTravelAsText) {
  db.execute("CREATE TYPE mood AS ENUM ('good', 'bad')");
  db.execute(Registry().add<Visitor>().create_tables());
  Visitor one;
  one.address = {"10.0.0.1/32"};
  one.others = {{"10.0.0.2/32"}, {"::1/128"}};
  one.mood = Mood::bad;
  one.moods = {Mood::bad, Mood::good};
  one.network = "192.168.0.0/24";
  one.hours = {9, 17, true, false, false};
  db.insert(one);
  one.mood = Mood::good;
  db.update(one);
  const Visitor back = from<Visitor>()
                           .where(col(&Visitor::address) == Address{"10.0.0.1/32"} &&
                                  col(&Visitor::mood) == Mood::good && range_contains(col(&Visitor::hours), 12))
                           .get(db);
  EXPECT_EQ(one.address, back.address);
  EXPECT_EQ(one.others, back.others);
  EXPECT_EQ(one.moods, back.moods);
  EXPECT_EQ(one.network, back.network);
  EXPECT_EQ(one.hours, back.hours);
  const auto both = from<Visitor>()
                        .select(col(&Visitor::address))
                        .union_all(from<Visitor>().select(col(&Visitor::address)))
                        .fetch(db);
  EXPECT_EQ(one.address, std::get<0>(both.at(1)));
  EXPECT_EQ(
      1, from<Visitor>().where(in(col(&Visitor::address), from<Visitor>().select(col(&Visitor::address)))).count(db));
}

}  // namespace pgvista::test
