// A folder includes only downwards: the order of ARCHITECTURE.md, checked against every #include.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

namespace pgvista::test {

namespace fs = std::filesystem;

const std::map<std::string, std::set<std::string>>& allowed() {
  static const std::map<std::string, std::set<std::string>> folders = {
      {"base", {}},
      {"sql", {"base"}},
      {"parse", {"sql", "base"}},
      {"schema", {"sql", "base"}},
      {"analyze", {"schema", "parse", "sql", "base"}},
      {"ivm", {"analyze", "schema", "parse", "sql", "base"}},
      {"tables", {"analyze", "parse", "sql", "base"}},
      {"project", {"tables", "schema", "parse", "sql", "base"}},
      {"migrate", {"project", "tables", "analyze", "schema", "parse", "sql", "base"}},
      {"inspect", {"schema", "sql", "base"}},
      {"db", {"base"}},
      {"model", {"sql", "base"}},
      {"client", {"model", "db", "sql", "base"}},
      {"catalog", {"tables", "db", "ivm", "analyze", "schema", "parse", "sql", "base"}},
      {"ledger", {"catalog", "ivm", "db", "schema", "sql", "base"}},
      {"plan", {"catalog", "ivm", "analyze", "schema", "parse", "sql", "base"}},
      {"apply",
       {"ledger", "migrate", "project", "tables", "plan", "ivm", "catalog", "db", "analyze", "schema", "parse", "sql",
        "base"}},
      {"refresh", {"ledger", "catalog", "ivm", "db", "schema", "sql", "base"}},
      {"watch",
       {"ledger", "refresh", "project", "tables", "catalog", "ivm", "db", "analyze", "schema", "parse", "sql", "base"}},
      {"local", {"db", "sql", "base"}},
      {"rest", {"analyze", "schema", "parse", "sql", "base"}},
      {"server",
       {"rest", "refresh", "apply", "plan", "migrate", "project", "tables", "catalog", "ivm", "analyze", "schema",
        "parse", "sql", "db", "base"}},
      {"admin", {"server", "rest", "refresh", "catalog", "project", "analyze", "schema", "parse", "sql", "db", "base"}},
      {"cli", {"ledger",  "watch",   "admin",   "server",  "rest",   "client", "model",   "local",
               "ivm",     "refresh", "apply",   "migrate", "tables", "plan",   "catalog", "db",
               "inspect", "project", "analyze", "schema",  "parse",  "sql",    "base"}},
  };
  return folders;
}

TEST(Includes, GoDownwardsOnly) {
  int seen = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(fs::path(PGVISTA_SOURCE_DIR) / "src")) {
    if (!entry.is_regular_file()) continue;
    const std::string folder = fs::relative(entry.path(), fs::path(PGVISTA_SOURCE_DIR) / "src").begin()->string();
    ASSERT_TRUE(allowed().contains(folder)) << folder << " has no place in the order";
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      if (!line.starts_with("#include \"")) continue;
      const std::string path = line.substr(10, line.find('"', 10) - 10);
      const std::string target = path.substr(0, path.find('/'));
      ++seen;
      EXPECT_TRUE(target == folder || allowed().at(folder).contains(target)) << entry.path() << " includes " << path;
    }
  }
  EXPECT_GT(seen, 100);
}

TEST(Includes, OrderHasNoCycle) {
  for (const auto& [folder, below] : allowed()) {
    for (const std::string& target : below)
      EXPECT_FALSE(allowed().at(target).contains(folder)) << folder << " and " << target;
  }
}

TEST(Sources, StayNarrow) {
  constexpr std::size_t widest = 120;
  for (const char* const folder : {"src", "include", "tests", "bench", "fuzz", "examples"}) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(fs::path(PGVISTA_SOURCE_DIR) / folder)) {
      const fs::path extension = entry.path().extension();
      if (extension != ".cpp" && extension != ".hpp") continue;
      std::ifstream file(entry.path());
      int number = 0;
      for (std::string line; std::getline(file, line);) {
        ++number;
        // Characters, not bytes.
        const auto columns = std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; });
        EXPECT_LE(static_cast<std::size_t>(columns), widest) << entry.path() << ":" << number;
      }
    }
  }
}

TEST(Sources, StayShort) {
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(fs::path(PGVISTA_SOURCE_DIR) / "src")) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path());
    int lines = 0;
    for (std::string line; std::getline(file, line);) ++lines;
    EXPECT_LE(lines, 600) << entry.path();
  }
}

}  // namespace pgvista::test
