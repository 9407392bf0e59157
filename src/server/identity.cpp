#include "server/identity.hpp"

#include <boost/json.hpp>
#include <chrono>

#include "base/text.hpp"
#include "rest/error.hpp"

namespace pgvista::server {

namespace json = boost::json;
using rest::Refusal;

Identity identify(const rest::Request& request, const TokenVerifier& verifier, TokenCache& tokens,
                  const std::string& stranger, bool open) {
  Identity out;
  bool claims_say_role = false;
  const std::string given = request.header("authorization");
  if (lower(given) == "bearer" || lower(given.substr(0, 7)) == "bearer ") {
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    const Claims& claims = tokens.claims(verifier, std::string(trim(std::string_view(given).substr(6))), now);
    out.role = claims.role;
    out.claims = claims.json;
    claims_say_role = !claims.role.empty();
    out.expires = claims.expires;
    out.anonymous = false;
    // SET ROLE none means the role that connected, which may do what no user should.
    if (lower(out.role) == "none") throw Refusal(401, "PGRST301", "The token's role is no role");
  }
  if (out.role.empty()) {
    out.role = open ? "none" : stranger;
    if (out.role.empty()) {
      Refusal refusal(401, "PGRST302", "Anonymous access is disabled");
      refusal.headers.emplace_back("WWW-Authenticate", "Bearer");
      throw refusal;
    }
  }
  if (!out.anonymous && !claims_say_role) {
    json::value claims = json::parse(out.claims);
    claims.as_object()["role"] = out.role;
    out.claims = json::serialize(claims);
  }
  if (out.claims.empty()) out.claims = open ? "{}" : json::serialize(json::object{{"role", out.role}});
  return out;
}

}  // namespace pgvista::server
