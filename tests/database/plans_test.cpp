// Plans as plain files: tables, views as they are synced, views as they are then changed, and what plan says of it.
// Sections: setup, "view NAME" (synced first), by-hand (SQL run after that), "then NAME" (the file's new text; empty:
// removed), plan.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "base/text.hpp"
#include "support/survey_json.hpp"

namespace pgvista::test {

namespace {

// The database and the files as the case has them before the plan.
void prepare(const GoldenCase& golden, Workspace& work) {
  if (golden.has("setup")) work.execute(golden.section("setup"));
  bool synced = false;
  for (const auto& [name, text] : golden.sections) {
    if (!name.starts_with("view ")) continue;
    work.view(name.substr(5), text);
    synced = true;
  }
  if (synced) work.sync();
  if (golden.has("by-hand")) work.execute(golden.section("by-hand"));
  for (const auto& [name, text] : golden.sections) {
    if (!name.starts_with("then ")) continue;
    if (trim(text).empty()) {
      work.folder().remove("views/" + name.substr(5) + ".sql");
    } else {
      work.view(name.substr(5), text);
    }
  }
}

}  // namespace

TEST(Plans, AreAsWritten) {
  for (GoldenCase& golden : golden_cases("plans")) {
    SCOPED_TRACE(golden.file.filename().string());
    Workspace work;
    prepare(golden, work);
    std::vector<std::string> words{"plan", "--sql"};
    if (golden.has("options")) {
      for (const std::string& word : split_lines(golden.section("options"))) words.push_back(word);
    }
    const ProcessResult result = work.run(words);
    expect_golden(golden, "plan", result.out + result.err + "exit " + std::to_string(result.exit) + "\n");
  }
}

// What the tests without a server plan from is what is read here; it comes to the same plan.
TEST(Plans, ComeToTheStepsThatAreRecorded) {
  const bool update = std::getenv("PGVISTA_UPDATE_GOLDEN") != nullptr;
  for (const GoldenCase& golden : plan_cases()) {
    SCOPED_TRACE(golden.file.filename().string());
    Workspace work;
    prepare(golden, work);
    const TemporaryFolder folder;
    const std::vector<schema::ViewDefinition> views = definitions_of(golden, folder);
    const auto connection = work.connect();
    const apply::Survey survey =
        apply::survey(*connection, {views, "public", nullptr, maintenance_of(golden)}, options_of(golden));
    const apply::Survey again = survey_of(survey_text(survey), views);
    const plan::Plan plan =
        plan::make_plan({views, again.graph, again.database, again.meanings, again.maintenance}, options_of(golden));
    EXPECT_EQ(plan_text(survey.plan), plan_text(plan));
    if (update) {
      std::filesystem::create_directories(recorded(golden, "").parent_path());
      std::ofstream(recorded(golden, ".jsonl")) << survey_text(survey);
      std::ofstream(recorded(golden, ".txt")) << plan_text(survey.plan);
      ADD_FAILURE() << "wrote " << recorded(golden, "");
      continue;
    }
    // Names of programs, and the indexes of their keys, are of one major version.
    const apply::Survey of_file = survey_of(file_text(recorded(golden, ".jsonl")), views);
    const bool same_major = of_file.database.server_version / 10000 == survey.database.server_version / 10000;
    if (same_major || !golden.file.string().ends_with("plans_kept/" + golden.file.filename().string())) {
      EXPECT_EQ(file_text(recorded(golden, ".txt")), plan_text(survey.plan));
    }
  }
}

}  // namespace pgvista::test
