// What requests come to, without a server: for each of tests/golden/rest its statements and their parameters, in
// tests/golden/rest_sql. What a server offers stands beside it; tests/server/rest_api_test.cpp asks one again.

#include <gtest/gtest.h>

#include <fstream>

#include "rest/openapi.hpp"
#include "rest/plan_cache.hpp"
#include "support/api_json.hpp"
#include "support/rest_cases.hpp"

namespace pgvista::test {

namespace {

namespace fs = std::filesystem;

class RestGolden : public ::testing::TestWithParam<GoldenCase> {};

}  // namespace

TEST_P(RestGolden, RequestsComeToTheSameStatements) {
  const GoldenCase& golden = GetParam();
  const rest::Model model(api_of(file_text(api_file(golden))));
  const rest::Settings settings = rest_settings_of(golden);
  std::string out;
  for (const auto& [name, text] : golden.sections) {
    if (!name.starts_with("request")) continue;
    if (text.find(" /rest/v1/") == std::string::npos) continue;
    out += "-- " + name + " --\n" + plan_text(model, settings, text);
  }
  GoldenCase made{api_file(golden).parent_path() / golden.file.filename(), {}};
  if (std::getenv("PGVISTA_UPDATE_GOLDEN")) {
    std::ofstream(made.file) << out;
    ADD_FAILURE() << "wrote " << made.file;
    return;
  }
  EXPECT_EQ(file_text(made.file), out) << made.file;
}

// A plan that is kept of another request of the same shape is the plan of this one.
TEST_P(RestGolden, KeptPlansAreTheSame) {
  const GoldenCase& golden = GetParam();
  const rest::Model model(api_of(file_text(api_file(golden))));
  const rest::Settings settings = rest_settings_of(golden);
  rest::PlanCache cache;
  for (int round = 0; round < 3; ++round) {
    for (const auto& [name, text] : golden.sections) {
      if (!name.starts_with("request") || text.find(" /rest/v1/") == std::string::npos) continue;
      EXPECT_EQ(plan_text(model, settings, text), plan_text(model, settings, text, &cache)) << name;
    }
  }
}

// What is served, as OpenAPI says it.
TEST_P(RestGolden, TheDescriptionIsTheSame) {
  const GoldenCase& golden = GetParam();
  const rest::Model model(api_of(file_text(api_file(golden))));
  const boost::json::object document = rest::openapi(model, "1").as_object();
  std::string out;
  for (const auto& [section, value] : document) {
    if (const auto* members = value.if_object()) {
      for (const auto& [name, one] : *members)
        out += std::string(section) + "/" + std::string(name) + " " + boost::json::serialize(one) + "\n";
    } else {
      out += std::string(section) + " " + boost::json::serialize(value) + "\n";
    }
  }
  std::filesystem::path file = api_file(golden);
  file.replace_extension(".openapi");
  if (std::getenv("PGVISTA_UPDATE_GOLDEN")) {
    std::ofstream(file) << out;
    ADD_FAILURE() << "wrote " << file;
    return;
  }
  EXPECT_EQ(file_text(file), out) << file;
}

INSTANTIATE_TEST_SUITE_P(Requests, RestGolden, ::testing::ValuesIn(golden_cases("rest")), GoldenName());

}  // namespace pgvista::test
