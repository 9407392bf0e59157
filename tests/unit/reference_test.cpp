// docs/reference/ names every key that is read, with its type, and no other.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "base/text.hpp"
#include "project/definitions.hpp"
#include "project/settings.hpp"

namespace pgvista::test {

namespace {

// "| `key` | type | …": the page's rows.
std::map<std::string, std::string> documented(const std::string& page) {
  std::ifstream file(std::string(PGVISTA_SOURCE_DIR) + "/docs/reference/" + page);
  std::map<std::string, std::string> out;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| `")) continue;
    const std::size_t end = line.find('`', 3);
    const std::size_t type = line.find("| ", end) + 2;
    out[line.substr(3, end - 3)] = std::string(trim(line.substr(type, line.find('|', type) - type)));
  }
  return out;
}

}  // namespace

TEST(Reference, HasEveryKeyOfAHeader) { EXPECT_EQ(documented("view-header.md"), project::header_keys()); }

TEST(Reference, HasEveryKeyOfTheSettings) { EXPECT_EQ(documented("pgvista-toml.md"), project::settings_keys()); }

// What a page shows of a view's header can be copied as it stands.
TEST(Reference, HeadersOfThePagesAreRead) {
  namespace fs = std::filesystem;
  std::vector<fs::path> pages{fs::path(PGVISTA_SOURCE_DIR) / "README.md"};
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(fs::path(PGVISTA_SOURCE_DIR) / "docs")) {
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  }
  int read = 0;
  for (const fs::path& page : pages) {
    std::ifstream file(page);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const std::string opening = "```sql\n/* pgvista\n";
    for (std::size_t at = text.find(opening); at != std::string::npos; at = text.find(opening, at + 1)) {
      const std::size_t begin = at + std::string_view("```sql\n").size();
      std::string block = text.substr(begin, text.find("```", begin) - begin);
      // Some show the header alone.
      if (trim(block).ends_with("*/")) block += "SELECT 1 AS one\n";
      std::vector<Error> errors;
      project::read_definition(page.filename(), "shown", block, "public", errors);
      for (const Error& error : errors) ADD_FAILURE() << format_error(error) << "\n" << block;
      ++read;
    }
  }
  EXPECT_GE(read, 2);
}

}  // namespace pgvista::test
