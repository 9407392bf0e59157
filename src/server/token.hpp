#pragma once
// JSON Web Tokens: who asks, and until when.

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "project/settings.hpp"

namespace pgvista::server {

struct Claims {
  std::string role;                  // "": the token names none
  std::string json;                  // all of them
  std::optional<long long> expires;  // seconds since 1970
  std::optional<long long> not_before;
};

class TokenVerifier {
 public:
  /// Throws Failure (invalid_settings, exit 2) for a key that does not fit the algorithm.
  explicit TokenVerifier(const project::JwtSettings& settings);

  bool configured() const { return !settings_.key.empty(); }
  /// Of a token as it came after "Bearer ". `now`: seconds since 1970. Throws rest::Refusal (PGRST300 to PGRST303).
  Claims verify(const std::string& token, long long now) const;

 private:
  void check_times(const Claims& claims, long long now) const;

  project::JwtSettings settings_;
};

/// The claims of tokens that were verified before. One loop's own.
class TokenCache {
 public:
  const Claims& claims(const TokenVerifier& verifier, const std::string& token, long long now);

 private:
  std::unordered_map<std::string, Claims> known_;
};

}  // namespace pgvista::server
