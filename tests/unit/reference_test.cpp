// docs/reference/ names every key that is read, with its type, and no other.

#include <gtest/gtest.h>

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

}  // namespace pgvista::test
