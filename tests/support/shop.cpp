#include "support/shop.hpp"

namespace shop {

void Country::define(Table<Country>& t) { t.primary_key(&Country::code).column(&Country::code, max_length(2)); }

void Purchase::define(Table<Purchase>& t) {
  t.column(&Purchase::status, choices({"new", "paid", "refunded"}), default_to("new"))
      .column(&Purchase::customer, on_delete(OnDelete::cascade))
      .column(&Purchase::amount, comment("in euros"))
      .index(&Purchase::customer, &Purchase::placed_at)
      .check("amount_is_positive", "amount >= 0");
}

void CountrySpend::define(View<CountrySpend>& v) {
  v.materialized(Maintenance::immediate)
      .as(from<Purchase>()
              .group_by(col(&Purchase::customer, &Customer::country))
              .into(field(&CountrySpend::country, col(&Purchase::customer, &Customer::country)),
                    field(&CountrySpend::orders, count()), field(&CountrySpend::total, sum(col(&Purchase::amount))),
                    field(&CountrySpend::refunded,
                          sum(col(&Purchase::amount)).filter(col(&Purchase::status) == "refunded"))))
      .unique(&CountrySpend::country)
      .index(&CountrySpend::total);
}

void Spender::define(View<Spender>& v) {
  v.sql("SELECT customer_id, sum(amount) AS total FROM shop_order GROUP BY customer_id");
}

Registry registry() { return Registry().add<Country, Customer, Purchase, CountrySpend, Spender>(); }

}  // namespace shop
