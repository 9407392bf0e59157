#include "server/transaction_settings.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "server/headers.hpp"
#include "sql/identifier.hpp"

namespace pgvista::server {

namespace json = boost::json;

StatementPtr TransactionSettings::of(const Exchange& exchange) {
  std::string made_of;
  if (!exchange.served->reads_request && exchange.plan.preferences.timezone.empty()) {
    const char end = '\0';
    made_of = exchange.who.role + end + exchange.who.claims + end + exchange.plan.schema +
              (exchange.plan.read_only ? "r" : "w");
    if (last_.first == made_of) return last_.second;
  }
  rest::Statement out;
  out.sql = "SELECT pg_catalog.set_config('role', " + out.parameter(exchange.who.role) +
            ", true), pg_catalog.set_config('request.jwt.claims', " + out.parameter(exchange.who.claims) + ", true)";
  const auto add = [&](const char* name, const std::string& value) {
    out.sql += fmt::format(", pg_catalog.set_config('{}', {}, true)", name, out.parameter(value));
  };
  std::string path = sql::quote_identifier(exchange.plan.schema);
  if (path != "public") path += ", public";
  add("search_path", path);
  if (exchange.plan.read_only) out.sql += ", pg_catalog.set_config('transaction_read_only', 'on', true)";
  if (!settings_.prepared_statements) {
    add("statement_timeout", settings_.statement_timeout);
    out.sql += ", pg_catalog.set_config('datestyle', 'ISO, MDY', true)";
  }
  if (exchange.served->reads_request) {
    add("request.method", exchange.request.method);
    add("request.path", exchange.request.path);
    add("request.headers", json::serialize(request_headers(exchange.request)));
    add("request.cookies", json::serialize(request_cookies(exchange.request)));
  }
  if (!exchange.plan.preferences.timezone.empty()) add("timezone", exchange.plan.preferences.timezone);
  const StatementPtr made = own(std::move(out));
  if (!made_of.empty()) last_ = {std::move(made_of), made};
  return made;
}

}  // namespace pgvista::server
