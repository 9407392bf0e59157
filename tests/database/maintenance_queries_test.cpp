// Every kind of query, by the strategy that it should have, under a few fixed changes.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/maintenance_cases.hpp"

namespace pgvista::test {

TEST(MaintenanceQueries, AreKeptByTheStrategyThatTheyShouldBe) {
  for (const char* const mode : {"immediate", "on_commit", "deferred"}) {
    SCOPED_TRACE(mode);
    Workspace work;
    work.execute(maintenance_schema());
    for (const MaintenanceCase& one : maintenance_cases()) work.view(one.name, maintained_view(one.query, mode));
    work.sync();
    for (const MaintenanceCase& one : maintenance_cases()) {
      const auto explained = work.json({"explain", one.name});
      // Rows that wait may be of another table: they cannot be added up.
      const bool waits = one.name == "inherited_child_sums" && mode == std::string("deferred");
      EXPECT_EQ(waits ? "recompute" : one.strategy, explained.at("strategy").as_string())
          << one.name << "\n"
          << boost::json::serialize(explained.at("reasons"));
    }
    Oracle oracle(work.db(), maintenance_cases());
    EXPECT_EQ(std::vector<std::string>{}, oracle.differing());
    for (const char* statement :
         {"INSERT INTO a VALUES (20, 1, 'n9', 3)", "UPDATE a SET name = 'n9', g = NULL WHERE id < 4",
          "DELETE FROM b WHERE id = 5", "UPDATE b SET a_id = 2 WHERE id IN (1, 3)",
          "INSERT INTO c VALUES (NULL, NULL, NULL)", "UPDATE p SET z = 9, k = k + 20 WHERE id = 1",
          "DELETE FROM a WHERE id = 2", "TRUNCATE c", "INSERT INTO i_child VALUES (1, 1, 1, NULL, 'x')"}) {
      work.execute(statement);
      drain_deferred(work.db());
      EXPECT_EQ(std::vector<std::string>{}, oracle.differing()) << statement;
      EXPECT_EQ("", ambiguous_keys(work.db())) << statement;
    }
    EXPECT_EQ(0, work.run({"verify"}).exit);
  }
}

// Scripts that once went wrong, as the random test writes them: views, then statements.
TEST(MaintenanceQueries, KeptCasesStayRight) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(PGVISTA_SOURCE_DIR) + "/tests/maintenance/cases")) {
    ++files;
    Workspace own;
    std::ifstream file(entry.path());
    std::vector<MaintenanceCase> views;
    std::vector<std::string> statements;
    std::string mode;
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with("-- view: ")) {
        mode = line.substr(9);
      } else if (line.starts_with("-- ")) {
        views.push_back({"kept_" + std::to_string(views.size()), "", line.substr(3)});
        own.view(views.back().name, maintained_view(views.back().query, mode));
      } else if (!line.empty()) {
        statements.push_back(line);
      }
    }
    own.execute(maintenance_schema());
    own.sync();
    Oracle oracle(own.db(), views);
    for (const std::string& statement : statements) {
      own.execute(statement);
      drain_deferred(own.db());
      EXPECT_EQ(std::vector<std::string>{}, oracle.differing()) << entry.path() << ": " << statement;
    }
  }
  EXPECT_GE(files, 2);
}

}  // namespace pgvista::test
