// Plans as plain files: tables, views as they are synced, views as they are then changed, and what plan says of it.
// Sections: setup, "view NAME" (synced first), by-hand (SQL run after that), "then NAME" (the file's new text; empty:
// removed), plan.

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "support/golden.hpp"
#include "support/workspace.hpp"

namespace pgvista::test {

TEST(Plans, AreAsWritten) {
  for (GoldenCase& golden : golden_cases("plans")) {
    Workspace work;
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
    std::vector<std::string> words{"plan", "--sql"};
    if (golden.has("options")) {
      for (const std::string& word : split_lines(golden.section("options"))) words.push_back(word);
    }
    const ProcessResult result = work.run(words);
    expect_golden(golden, "plan", result.out + result.err + "exit " + std::to_string(result.exit) + "\n");
  }
}

}  // namespace pgvista::test
