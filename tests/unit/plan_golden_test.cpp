// Plans without a server: for each of tests/golden/plans and plans_kept, what is to be done, from what was read of its
// database once (tests/golden/plan_steps). tests/database/plans_test.cpp asks a server again.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "support/survey_json.hpp"

namespace pgvista::test {

namespace {

class PlanGolden : public ::testing::TestWithParam<GoldenCase> {};

}  // namespace

TEST_P(PlanGolden, TheStepsAreWhatTheyWere) {
  const GoldenCase& golden = GetParam();
  const TemporaryFolder folder;
  const std::vector<schema::ViewDefinition> views = definitions_of(golden, folder);
  const apply::Survey survey = survey_of(file_text(recorded(golden, ".jsonl")), views);
  const plan::Plan plan =
      plan::make_plan({views, survey.graph, survey.database, survey.meanings, survey.maintenance}, options_of(golden));
  const std::filesystem::path file = recorded(golden, ".txt");
  if (std::getenv("PGVISTA_UPDATE_GOLDEN")) {
    std::ofstream(file) << plan_text(plan);
    ADD_FAILURE() << "wrote " << file;
    return;
  }
  EXPECT_EQ(file_text(file), plan_text(plan)) << file;
}

INSTANTIATE_TEST_SUITE_P(Plans, PlanGolden, ::testing::ValuesIn(plan_cases()), GoldenName());

}  // namespace pgvista::test
