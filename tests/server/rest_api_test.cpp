// What a server offers of the tables of tests/golden/rest is what tests/golden/rest_sql says. With
// PGVISTA_UPDATE_GOLDEN it is written there.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "catalog/api.hpp"
#include "support/api_json.hpp"
#include "support/rest_cases.hpp"
#include "support/workspace.hpp"

namespace pgvista::test {

TEST(RestApi, IsWhatTheFilesSay) {
  const std::vector<GoldenCase> cases = golden_cases("rest");
  std::string mentioned;
  for (const GoldenCase& one : cases) mentioned += file_text(one.file);
  std::map<std::filesystem::path, const GoldenCase*> databases;
  for (const GoldenCase& one : cases) databases.emplace(api_file(one), &one);
  const std::string tables = file_text(std::filesystem::path(PGVISTA_SOURCE_DIR) / "tests/server/schema.sql");
  for (const auto& [file, golden] : databases) {
    SCOPED_TRACE(file.string());
    Workspace work;
    work.execute(tables);
    if (file.filename() != "api.jsonl" && golden->has("sql")) work.execute(golden->section("sql"));
    if (file.filename() != "api.jsonl" && golden->has("view kept")) {
      work.view("kept", golden->section("view kept"));
      work.sync();
    }
    const std::string api = api_text(catalog::read_api(work.db(), schemas_of(*golden)), mentioned);
    if (std::getenv("PGVISTA_UPDATE_GOLDEN")) {
      std::filesystem::create_directories(file.parent_path());
      std::ofstream(file) << api;
      ADD_FAILURE() << "wrote " << file;
      continue;
    }
    EXPECT_EQ(file_text(file), api);
  }
}

}  // namespace pgvista::test
