// Queries of every kind go through our tree and come out meaning the same: each file of tests/golden/queries is one
// view.

#include <gtest/gtest.h>

#include "support/golden.hpp"
#include "support/workspace.hpp"

namespace pgvista::test {

TEST(Queries, MeanTheSameAsWhenRunDirectly) {
  Workspace work;
  for (GoldenCase& golden : golden_cases("queries")) {
    if (golden.has("setup")) work.execute(golden.section("setup"));
    const std::string name = golden.file.stem().string();
    work.view(name, golden.section("sql"));
  }
  EXPECT_NE("failed", work.sync());
  EXPECT_EQ("", work.sync()) << "a second sync does nothing";
  for (GoldenCase& golden : golden_cases("queries")) {
    const std::string name = golden.file.stem().string();
    std::string query = golden.section("sql");
    work.execute("CREATE TEMPORARY VIEW direct AS " + query);
    EXPECT_EQ(work.value("SELECT pg_get_viewdef('direct'::regclass)"),
              work.value("SELECT pg_get_viewdef('public." + name + "'::regclass)"))
        << golden.file;
    work.execute("DROP VIEW direct");
  }
}

// The server's own text of each view is read and printed by us, and means the same to the server.
TEST(Queries, OfTheServersOwnWritingSurviveOurPrinter) {
  Workspace work;
  for (GoldenCase& golden : golden_cases("queries")) {
    if (golden.has("setup")) work.execute(golden.section("setup"));
    work.execute("CREATE VIEW \"" + golden.file.stem().string() + "\" AS " + golden.section("sql"));
  }
  TemporaryFolder project;
  project.write("pgvista.toml", "");
  EXPECT_EQ(0, work.run({"inspectdb", "--output", (project.path() / "views").string()}).exit);
  const auto sync = work.run({"sync", "--json", "--project", project.path().string()});
  EXPECT_EQ(0, sync.exit) << sync.err;
  const auto document = boost::json::parse(sync.out);
  for (const auto& step : document.at("steps").as_array())
    EXPECT_EQ("adopt", step.at("action").as_string()) << step.at("view");
}

}  // namespace pgvista::test
