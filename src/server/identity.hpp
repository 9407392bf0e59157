#pragma once
// Who asks: by the request's token, or as whoever comes without one.

#include <optional>
#include <string>

#include "rest/request.hpp"
#include "server/token.hpp"

namespace pgvista::server {

struct Identity {
  std::string role;    // of the database; "none": the role that connected
  std::string claims;  // as JSON
  bool anonymous = true;
  std::optional<long long> expires;  // of the token, seconds since 1970
};

/// `stranger`: the role of those without a token; "": they are refused. `open`: nobody signs in here. Throws
/// rest::Refusal (PGRST300 to PGRST303).
Identity identify(const rest::Request& request, const TokenVerifier& verifier, TokenCache& tokens,
                  const std::string& stranger, bool open);

}  // namespace pgvista::server
