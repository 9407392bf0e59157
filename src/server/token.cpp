#include "server/token.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <jwt.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "rest/error.hpp"

#include <pgvista/error.hpp>

namespace pgvista::server {

namespace json = boost::json;

namespace {

constexpr long long leeway_seconds = 30;
constexpr std::size_t most_cached = 2000;
constexpr std::size_t shortest_secret = 32;

[[noreturn]] void refuse(const char* code, const std::string& message, json::value details = nullptr) {
  rest::Refusal refusal(401, code, message, std::move(details));
  refusal.headers.emplace_back("WWW-Authenticate",
                               fmt::format("Bearer error=\"invalid_token\", error_description=\"{}\"", message));
  throw refusal;
}

std::optional<std::string> base64url_decoded(std::string text) {
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  if (text.find('=') != std::string::npos ||
      text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") != std::string::npos)
    return std::nullopt;
  const std::size_t padding = (4 - text.size() % 4) % 4;
  text.append(padding, '=');
  std::string out(text.size() / 4 * 3, '\0');
  const int length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(text.data()),
                      static_cast<int>(text.size()));
  if (length < 0 || padding == 3) return std::nullopt;
  out.resize(static_cast<std::size_t>(length) - padding);
  return out;
}

std::optional<json::value> parsed(const std::string& text) {
  boost::system::error_code failure;
  json::value out = json::parse(text, failure);
  if (failure || !out.is_object()) return std::nullopt;
  return out;
}

// No time is later, so that something can be added to it.
constexpr long long end_of_time = 1'000'000'000'000'000;

std::optional<long long> time_claim(const json::object& claims, const char* name) {
  const json::value* value = claims.if_contains(name);
  if (!value || value->is_null()) return std::nullopt;
  if (value->is_int64()) return std::clamp(value->get_int64(), std::int64_t{-end_of_time}, std::int64_t{end_of_time});
  if (value->is_uint64()) return end_of_time;
  if (value->is_double()) return static_cast<long long>(std::clamp(value->get_double(), -1e15, 1e15));
  refuse("PGRST303", fmt::format("The JWT '{}' claim must be a number", name));
}

void check_audience(const json::object& claims, const std::string& wanted) {
  const json::value* value = claims.if_contains("aud");
  if (!value || value->is_null()) return;
  if (value->is_string()) {
    if (!wanted.empty() && value->get_string() != wanted) refuse("PGRST303", "JWT not in audience");
    return;
  }
  const json::array* all = value->if_array();
  if (!all || !std::all_of(all->begin(), all->end(), [](const json::value& one) { return one.is_string(); }))
    refuse("PGRST303", "The JWT 'aud' claim must be a string or an array of strings");
  if (!wanted.empty() && !all->empty() &&
      std::none_of(all->begin(), all->end(), [&](const json::value& one) { return one.get_string() == wanted; }))
    refuse("PGRST303", "JWT not in audience");
}

}  // namespace

TokenVerifier::TokenVerifier(const project::JwtSettings& settings) : settings_(settings) {
  if (settings_.key.empty()) return;
  const jwt_alg_t algorithm = jwt_str_alg(settings_.algorithm.c_str());
  if (algorithm == JWT_ALG_INVAL || algorithm == JWT_ALG_NONE)
    throw Failure(usage_error("invalid_settings", fmt::format("\"{}\" is no algorithm for tokens", settings_.algorithm),
                              "One of HS256, HS384, HS512, RS256, RS384, RS512, ES256, ES384, ES512."));
  const bool secret = settings_.algorithm.starts_with("HS");
  const bool pem = settings_.key.find("-----BEGIN") != std::string::npos;
  if (secret && pem)
    throw Failure(usage_error("invalid_settings", "a public key is no secret: anybody could sign with it",
                              "Set algorithm = \"RS256\" or \"ES256\" under [server.jwt]."));
  if (!secret && !pem)
    throw Failure(usage_error("invalid_settings", fmt::format("{} takes a public key in PEM form", settings_.algorithm),
                              "Set public_key_file under [server.jwt]."));
  if (secret && settings_.key.size() < shortest_secret)
    throw Failure(usage_error("invalid_settings",
                              fmt::format("the secret for tokens must have {} characters or more", shortest_secret),
                              "Make one with: openssl rand -base64 32"));
}

Claims TokenVerifier::verify(const std::string& token, long long now) const {
  if (!configured()) throw rest::Refusal(500, "PGRST300", "Server lacks JWT secret");
  if (token.empty()) refuse("PGRST301", "Empty JWT is sent in Authorization header");
  const auto dots = std::count(token.begin(), token.end(), '.');
  if (dots != 2) refuse("PGRST301", fmt::format("Expected 3 parts in JWT; got {}", dots + 1));
  // The header is the sender's word: it must agree with what was configured before any key is used.
  const auto header_text = base64url_decoded(token.substr(0, token.find('.')));
  const auto header = header_text ? parsed(*header_text) : std::nullopt;
  const json::value* named = header ? header->get_object().if_contains("alg") : nullptr;
  if (!named || !named->is_string()) refuse("PGRST301", "JWT couldn't be decoded");
  if (named->get_string() != settings_.algorithm)
    refuse("PGRST301", "Wrong or unsupported encoding algorithm",
           json::value(fmt::format("This server takes {}.", settings_.algorithm)));
  jwt_t* raw = nullptr;
  const int failed = jwt_decode(&raw, token.c_str(), reinterpret_cast<const unsigned char*>(settings_.key.data()),
                                static_cast<int>(settings_.key.size()));
  const std::unique_ptr<jwt_t, void (*)(jwt_t*)> decoded(raw, jwt_free);
  if (failed != 0 || !decoded || jwt_alg_str(jwt_get_alg(decoded.get())) != settings_.algorithm)
    refuse("PGRST301", "No suitable key or wrong key type", json::value("None of the keys was able to decode the JWT"));
  // What a token says to be critical must be understood (RFC 7515, 4.1.11): of that there is nothing.
  const std::unique_ptr<char, void (*)(char*)> critical(jwt_get_headers_json(decoded.get(), "crit"),
                                                        [](char* owned) { std::free(owned); });
  if (critical) refuse("PGRST301", "The JWT has critical headers, which are not understood", nullptr);
  const std::unique_ptr<char, void (*)(char*)> text(jwt_get_grants_json(decoded.get(), nullptr),
                                                    [](char* owned) { std::free(owned); });
  auto claims = text ? parsed(text.get()) : std::nullopt;
  if (!claims) refuse("PGRST303", "Parsing claims failed");
  json::object& all = claims->get_object();
  Claims out;
  out.expires = time_claim(all, "exp");
  out.not_before = time_claim(all, "nbf");
  const auto issued = time_claim(all, "iat");
  check_times(out, now);
  if (issued && *issued > now + leeway_seconds) refuse("PGRST303", "JWT issued at future");
  check_audience(all, settings_.audience);
  // A role that is no text is none that exists.
  if (const json::value* role = all.if_contains(settings_.role_claim); role && !role->is_null())
    out.role = role->is_string() ? std::string(role->get_string()) : json::serialize(*role);
  out.json = json::serialize(all);
  return out;
}

void TokenVerifier::check_times(const Claims& claims, long long now) const {
  if (claims.expires && now > *claims.expires + leeway_seconds) refuse("PGRST303", "JWT expired");
  if (claims.not_before && *claims.not_before > now + leeway_seconds) refuse("PGRST303", "JWT not yet valid");
}

const Claims& TokenCache::claims(const TokenVerifier& verifier, const std::string& token, long long now) {
  const auto found = known_.find(token);
  if (found != known_.end()) {
    if (!found->second.expires || now <= *found->second.expires + leeway_seconds) return found->second;
    known_.erase(found);
  }
  if (known_.size() >= most_cached) known_.clear();
  return known_.emplace(token, verifier.verify(token, now)).first->second;
}

}  // namespace pgvista::server
