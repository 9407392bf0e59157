#include "support/golden.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "base/text.hpp"

namespace pgvista::test {

namespace fs = std::filesystem;

const std::string& GoldenCase::section(const std::string& name) const {
  static const std::string none;
  for (const auto& [key, text] : sections) {
    if (key == name) return text;
  }
  ADD_FAILURE() << file << " has no section " << name;
  return none;
}

bool GoldenCase::has(const std::string& name) const {
  return std::any_of(sections.begin(), sections.end(), [&](const auto& section) { return section.first == name; });
}

std::string file_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<GoldenCase> golden_cases(const std::string& folder) {
  std::vector<GoldenCase> out;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(fs::path(PGVISTA_SOURCE_DIR) / "tests/golden" / folder)) {
    if (entry.path().extension() != ".txt") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    GoldenCase golden{entry.path(), {}};
    for (const std::string& line : split_lines(text)) {
      if (line.starts_with("-- ") && line.ends_with(" --")) {
        golden.sections.emplace_back(line.substr(3, line.size() - 6), "");
      } else if (!golden.sections.empty()) {
        golden.sections.back().second += line + "\n";
      }
    }
    out.push_back(std::move(golden));
  }
  std::sort(out.begin(), out.end(), [](const GoldenCase& a, const GoldenCase& b) { return a.file < b.file; });
  EXPECT_FALSE(out.empty()) << "no golden cases in " << folder;
  return out;
}

void expect_golden(GoldenCase& golden, const std::string& section, const std::string& actual) {
  std::string text = actual;
  if (!text.empty() && text.back() != '\n') text += '\n';
  if (std::getenv("PGVISTA_UPDATE_GOLDEN")) {
    bool found = false;
    for (auto& [name, content] : golden.sections) {
      if (name != section) continue;
      content = text;
      found = true;
    }
    if (!found) golden.sections.emplace_back(section, text);
    std::ofstream file(golden.file, std::ios::binary);
    for (const auto& [name, content] : golden.sections) file << "-- " << name << " --\n" << content;
    ADD_FAILURE() << "wrote " << golden.file;
    return;
  }
  EXPECT_EQ(golden.section(section), text) << golden.file;
}

}  // namespace pgvista::test
