#include "server/framing.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/text.hpp"

namespace pgvista::server {

namespace http = boost::beast::http;

namespace {

std::vector<std::string_view> values_of(const http::request_header<>& header, http::field name) {
  std::vector<std::string_view> out;
  const auto [first, last] = header.equal_range(name);
  for (auto one = first; one != last; ++one) out.push_back(trim({one->value().data(), one->value().size()}));
  return out;
}

// A name, an address in brackets, a port: no list, no path, no user, no blank.
bool is_host(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto code = static_cast<unsigned char>(c);
    return code > 0x20 && code != 0x7f && std::string_view("/\\?#@,<>\"{}|^`").find(c) == std::string_view::npos;
  });
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string framing_fault(const http::request_header<>& header) {
  const auto hosts = values_of(header, http::field::host);
  const auto codings = values_of(header, http::field::transfer_encoding);
  const auto lengths = values_of(header, http::field::content_length);
  if (hosts.size() > 1) return "there are two Host headers";
  if (header.version() >= 11 && hosts.empty()) return "there is no Host header";
  if (!hosts.empty() && !is_host(hosts.front())) return "the Host header names no host";
  if (!codings.empty() && header.version() < 11) return "HTTP/1.0 has no Transfer-Encoding";
  if (codings.size() > 1 || (!codings.empty() && lower(codings.front()) != "chunked"))
    return "the only Transfer-Encoding that is taken is chunked";
  if (!codings.empty() && !lengths.empty()) return "there is a Content-Length beside a Transfer-Encoding";
  if (lengths.size() > 1 || (!lengths.empty() && !is_number(lengths.front()))) return "the Content-Length is no number";
  return {};
}

}  // namespace pgvista::server
