// Plans without a server: for each of tests/golden/plans and plans_kept, what is to be done, from what was read of its
// database once (tests/golden/plan_steps). tests/database/plans_test.cpp asks a server again.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "plan/undeclare.hpp"
#include "support/survey_json.hpp"

namespace pgvista::test {

namespace {

class PlanGolden : public ::testing::TestWithParam<GoldenCase> {};

std::vector<schema::ViewDefinition> definitions_before(const GoldenCase& golden) {
  GoldenCase before = golden;
  std::erase_if(before.sections, [](const auto& section) { return section.first.starts_with("then "); });
  const TemporaryFolder folder;
  return definitions_of(before, folder);
}

}  // namespace

TEST_P(PlanGolden, TheStepsAreWhatTheyWere) {
  const GoldenCase& golden = GetParam();
  const TemporaryFolder folder;
  const std::vector<schema::ViewDefinition> views = definitions_of(golden, folder);
  const apply::Survey survey = survey_of(file_text(recorded(golden, ".jsonl")), views);
  // What a definition declared and declares no more.
  std::string undeclared;
  const std::vector<schema::ViewDefinition> before = definitions_before(golden);
  for (const schema::ViewDefinition& view : views) {
    const auto old = std::find_if(before.begin(), before.end(), [&](const auto& one) { return one.name == view.name; });
    if (old == before.end()) continue;
    for (const std::string& sql : plan::undeclare_sql(*old, view, {"id", "city"})) undeclared += sql + "\n";
  }
  const plan::Plan plan =
      plan::make_plan({views, survey.graph, survey.database, survey.meanings, survey.maintenance}, options_of(golden));
  const std::filesystem::path file = recorded(golden, ".txt");
  if (std::getenv("PGVISTA_UPDATE_GOLDEN")) {
    std::ofstream(file) << plan_text(plan);
    if (!undeclared.empty()) std::ofstream(recorded(golden, ".undeclared")) << undeclared;
    ADD_FAILURE() << "wrote " << file;
    return;
  }
  EXPECT_EQ(file_text(file), plan_text(plan)) << file;
  EXPECT_EQ(file_text(recorded(golden, ".undeclared")), undeclared);
}

INSTANTIATE_TEST_SUITE_P(Plans, PlanGolden, ::testing::ValuesIn(plan_cases()), GoldenName());

}  // namespace pgvista::test
