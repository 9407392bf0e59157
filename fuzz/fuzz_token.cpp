// Tokens: whatever comes is refused, unless it was signed; nobody can sign here.

#include <cstdlib>

#include "rest/error.hpp"
#include "server/token.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pgvista;
  static const server::TokenVerifier verifier = [] {
    project::JwtSettings settings;
    settings.key = "nobody who fuzzes knows this secret, which is long";
    settings.audience = "us";
    return server::TokenVerifier(settings);
  }();
  try {
    verifier.verify(std::string(reinterpret_cast<const char*>(data), size), 1'800'000'000);
    std::abort();
  } catch (const rest::Refusal&) {
  }
  return 0;
}
