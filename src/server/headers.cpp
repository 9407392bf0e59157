#include "server/headers.hpp"

#include <regex>
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "rest/error.hpp"

namespace pgvista::server {

namespace json = boost::json;
using rest::Refusal;

namespace {

// Of this machine, by a name that no name server has a say in.
bool names_this_machine(const std::string& host) {
  static const std::regex own(R"((localhost|\[::1\]|127(\.[0-9]{1,3}){3})(:[0-9]{1,5})?)");
  return host.empty() || std::regex_match(host, own);
}

}  // namespace

void keep_strangers_out(const rest::Request& request) {
  const std::string host = lower(request.header("host"));
  const std::string name = host;
  if (!names_this_machine(host))
    throw Refusal(
        403, "PGVISTA103",
        "This server is for this machine only, and is not called \"" + std::string(prefix_utf8(name, 100)) + "\"",
        nullptr, "Set anonymous_role or [server.jwt] in pgvista.toml to serve others.");
  const bool embedded =
      request.header("sec-fetch-site") == "cross-site" && request.header("sec-fetch-mode") != "navigate";
  const std::string origin = embedded ? "another site" : request.header("origin");
  if (!origin.empty() && lower(origin) != "http://" + host && lower(origin) != "https://" + host)
    throw Refusal(403, "PGVISTA103", "Pages of other sites may not ask this server", nullptr,
                  "Set anonymous_role or [server.jwt] in pgvista.toml to serve them.");
}

std::optional<long long> wanted_age(const rest::Request& request) {
  for (const std::string& one : rest::header_list(request.header("cache-control"))) {
    const std::string word = lower(one);
    if (word == "no-cache") return 0;
    if (!word.starts_with("max-age=") || word.size() > 18) continue;
    const std::string digits = word.substr(8);
    if (!digits.empty() && digits.find_first_not_of("0123456789") == std::string::npos) return std::stoll(digits);
  }
  return std::nullopt;
}

std::string etag_of(const std::string& body) {
  return fmt::format("W/\"{:016x}\"", std::hash<std::string_view>{}(body));
}

bool etag_matches(const std::string& header, const std::string& etag) {
  const std::vector<std::string> all = rest::header_list(header);
  return std::any_of(all.begin(), all.end(),
                     [&](const std::string& one) { return one == "*" || one == etag || "W/" + one == etag; });
}

json::object request_headers(const rest::Request& request) {
  json::object out;
  for (const auto& [name, value] : request.headers) {
    if (name != "cookie" && name != "authorization" && invalid_utf8(value) == std::string::npos) out[name] = value;
  }
  return out;
}

json::object request_cookies(const rest::Request& request) {
  json::object out;
  for (const auto& [name, value] : rest::cookies_of(request)) {
    if (invalid_utf8(name) == std::string::npos && invalid_utf8(value) == std::string::npos) out[name] = value;
  }
  return out;
}

bool may_be_set(std::string_view name, std::string_view value) {
  const std::string plain = lower(name);
  constexpr std::string_view of_a_name = "abcdefghijklmnopqrstuvwxyz0123456789-_.!#$%&'*+^`|~";
  return !plain.empty() && plain.find_first_not_of(of_a_name) == std::string::npos && plain != "content-length" &&
         plain != "transfer-encoding" && plain != "connection" &&
         value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

}  // namespace pgvista::server
