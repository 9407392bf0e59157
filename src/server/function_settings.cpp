#include "server/function_settings.hpp"

#include <boost/json.hpp>
#include <set>

#include "base/text.hpp"
#include "rest/error.hpp"
#include "server/headers.hpp"

namespace pgvista::server {

namespace json = boost::json;
using rest::Refusal;

namespace {

void add_headers(const std::string& headers, Response& response) {
  boost::system::error_code failure;
  const json::value all = json::parse(headers, failure);
  const auto bad = [] {
    throw Refusal(500, "PGRST111",
                  "response.headers guc must be a JSON array composed of objects with a single key and a string value");
  };
  if (failure || !all.is_array()) bad();
  std::set<std::string> given;
  for (const json::value& one : all.get_array()) {
    if (!one.is_object() || one.get_object().size() != 1 || !one.get_object().begin()->value().is_string()) bad();
    const std::string name(one.get_object().begin()->key());
    const std::string value(one.get_object().begin()->value().get_string());
    const std::string plain = lower(name);
    if (!may_be_set(name, value)) bad();
    // The first of a name takes the place of ours, the others stand beside it.
    if (given.insert(plain).second) {
      response.set(name, value);
    } else {
      response.headers.emplace_back(name, value);
    }
  }
}

}  // namespace

rest::Statement function_settings_statement() {
  return {
      "SELECT pg_catalog.current_setting('response.headers', true), pg_catalog.current_setting('response.status', "
      "true)",
      {}};
}

void add_function_settings(const PGresult* rows, Response& response) {
  if (!rows || PQntuples(rows) == 0) return;
  if (const std::string headers = PQgetvalue(rows, 0, 0); !headers.empty()) add_headers(headers, response);
  if (const std::string status = PQgetvalue(rows, 0, 1); !status.empty()) {
    if (status.size() != 3 || status.find_first_not_of("0123456789") != std::string::npos || status[0] < '2' ||
        status[0] > '5')
      throw Refusal(500, "PGRST112", "response.status guc must be a valid status code");
    response.status = std::stoi(status);
  }
}

}  // namespace pgvista::server
