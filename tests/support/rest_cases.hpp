#pragma once
// The requests of tests/golden/rest, and what they come to without a server.

#include <string>

#include "rest/plan_cache.hpp"
#include "support/golden.hpp"

namespace pgvista::test {

/// As a server reads "METHOD /path", headers, an empty line and the body. "Token" is left out.
rest::Request request_of(const std::string& text);
/// Of the case's section "settings".
rest::Settings rest_settings_of(const GoldenCase& golden);
/// The schemas that the case serves.
std::vector<std::string> schemas_of(const GoldenCase& golden);
/// Of a request as request_of() takes it: every statement with its parameters, and what the plan says of the answer; or
/// the refusal.
std::string plan_text(const rest::Model& model, const rest::Settings& settings, const std::string& request,
                      rest::PlanCache* cache = nullptr);

/// Where what the case's database offers is recorded, under tests/golden/rest_sql.
std::filesystem::path api_file(const GoldenCase& golden);

}  // namespace pgvista::test
