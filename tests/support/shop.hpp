#pragma once
// The models of the tests of the typed face.

#include <pgvista/pgvista.hpp>

namespace shop {

using namespace pgvista;

/// Shared by several models.
struct Common {
  std::string name;
  std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(Common, (), (name, note))

struct Country {
  static constexpr auto table = "shop_country";
  std::string code;
  std::string name;
  static void define(Table<Country>& t);
};
BOOST_DESCRIBE_STRUCT(Country, (), (code, name))

struct Customer : Common {
  static constexpr auto table = "shop_customer";
  std::int64_t id{};
  Ref<Country, std::string> country;
  bool active = true;
};
BOOST_DESCRIBE_STRUCT(Customer, (Common), (id, country, active))

struct Purchase {
  static constexpr auto table = "shop_order";
  std::int64_t id{};
  Ref<Customer> customer;
  std::optional<Ref<Customer>> referrer;
  std::string status = "new";
  Decimal amount;
  TimestampTz placed_at{};
  std::optional<std::vector<std::string>> tags;
  static void define(Table<Purchase>& t);
};
BOOST_DESCRIBE_STRUCT(Purchase, (), (id, customer, referrer, status, amount, placed_at, tags))

struct CountrySpend {
  static constexpr auto table = "country_spend";
  std::string country;
  std::int64_t orders{};
  Decimal total;
  std::optional<Decimal> refunded;
  static void define(View<CountrySpend>& v);
};
BOOST_DESCRIBE_STRUCT(CountrySpend, (), (country, orders, total, refunded))

struct Spender {
  static constexpr auto table = "spender";
  Ref<Customer> customer;
  std::optional<Decimal> total;
  static void define(View<Spender>& v);
};
BOOST_DESCRIBE_STRUCT(Spender, (), (customer, total))

Registry registry();

}  // namespace shop
