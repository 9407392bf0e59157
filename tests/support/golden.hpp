#pragma once
// Cases in plain files: sections that begin with a line "-- name --".

#include <filesystem>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace pgvista::test {

struct GoldenCase {
  std::filesystem::path file;
  std::vector<std::pair<std::string, std::string>> sections;  // in order; texts end with a newline

  const std::string& section(const std::string& name) const;
  bool has(const std::string& name) const;
  /// For the messages of a test that has it as its parameter.
  friend void PrintTo(const GoldenCase& golden, std::ostream* out) { *out << golden.file.filename(); }
};

/// Names a parameterised test by its file.
struct GoldenName {
  template <class Info>
  std::string operator()(const Info& info) const {
    return info.param.file.stem();
  }
};

/// "" of a file that is not there.
std::string file_text(const std::filesystem::path& file);

/// All *.txt under tests/golden/FOLDER.
std::vector<GoldenCase> golden_cases(const std::string& folder);

/// Compares with the case's section; with PGVISTA_UPDATE_GOLDEN set, writes it instead (and fails, so that nobody
/// mistakes that for a passing test).
void expect_golden(GoldenCase& golden, const std::string& section, const std::string& actual);

}  // namespace pgvista::test
