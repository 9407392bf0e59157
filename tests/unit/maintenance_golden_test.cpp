// What the compiler makes of each kind of query, without a server: tests/golden/maintenance/. What it was told by a
// server stands beside it; tests/database/maintenance_golden_test.cpp asks one again.

#include <gtest/gtest.h>

#include <fstream>

#include "support/golden.hpp"
#include "support/programs.hpp"

namespace pgvista::test {

TEST(MaintenanceGolden, ProgramsAreWhatTheyWere) {
  std::ifstream file(std::string(PGVISTA_SOURCE_DIR) + "/tests/golden/maintenance/facts.jsonl");
  const ivm::Facts known = facts_of({std::istreambuf_iterator<char>(file), {}});
  ASSERT_FALSE(known.tables.empty());
  for (GoldenCase& golden : golden_cases("maintenance")) {
    SCOPED_TRACE(golden.file);
    ivm::Facts facts = known;
    replay(facts, answers_of(golden.section("server")));
    std::string mode = golden.section("mode");
    mode.pop_back();
    const std::string name = golden.file.stem();
    expect_golden(golden, "program",
                  program_text(ivm::compile(program_request(name, golden.section("canonical"), mode, facts), facts)));
  }
}

}  // namespace pgvista::test
