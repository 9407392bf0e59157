// Cases as plain files: definitions as the first migration takes them ("table NAME", "view NAME"), as they are then
// changed ("then …"; empty: removed), options, and what makemigrations says. What it writes is run: forwards it leads
// to the same as a migration of the new definitions from nothing, backwards to what was there before.

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "support/golden.hpp"
#include "support/structure.hpp"
#include "support/workspace.hpp"

namespace pgvista::test {

namespace {

// "table visit" -> tables/visit.sql
std::string file_of(const std::string& section) {
  const std::size_t space = section.find(' ');
  return section.substr(0, space) + "s/" + section.substr(space + 1) + ".sql";
}

bool defines(const std::string& section) { return section.starts_with("table ") || section.starts_with("view "); }

void write(Workspace& work, const GoldenCase& golden, const std::string& prefix) {
  for (const auto& [name, text] : golden.sections) {
    if (!name.starts_with(prefix) || !defines(name.substr(prefix.size()))) continue;
    const std::string file = file_of(name.substr(prefix.size()));
    if (trim(text).empty()) {
      work.folder().remove(file);
    } else {
      work.folder().write(file, text);
    }
  }
}

void succeed(Workspace& work, const std::vector<std::string>& words) {
  const ProcessResult result = work.run(words);
  ASSERT_EQ(0, result.exit) << join(words, " ") << "\n" << result.out << result.err;
}

std::vector<std::string> options_of(const GoldenCase& golden) {
  std::vector<std::string> out;
  for (const std::string& word :
       golden.has("options") ? split_lines(golden.section("options")) : std::vector<std::string>{}) {
    if (!word.empty()) out.push_back(word);
  }
  return out;
}

// The same definitions, migrated into an empty database.
std::string from_nothing(const GoldenCase& golden) {
  Workspace work;
  if (golden.has("setup")) work.execute(golden.section("setup"));
  write(work, golden, "");
  write(work, golden, "then ");
  succeed(work, {"makemigrations"});
  succeed(work, {"migrate", "--create-indexes"});
  return structure(work.db(), false);
}

void run_both_ways(Workspace& work, const GoldenCase& golden) {
  const std::string before = structure(work.db());
  succeed(work, {"migrate"});
  EXPECT_EQ(from_nothing(golden), structure(work.db(), false));
  EXPECT_EQ(0, work.run({"makemigrations", "--check"}).exit) << "what was written is all that there was";
  EXPECT_EQ("", work.planned()) << "sync finds nothing to do";
  EXPECT_EQ(0, work.run({"verify"}).exit);
  succeed(work, {"migrate", "0001"});
  EXPECT_EQ(before, structure(work.db()));
  succeed(work, {"migrate"});
  EXPECT_EQ(from_nothing(golden), structure(work.db(), false));
  succeed(work, {"migrate", "zero"});
}

}  // namespace

TEST(Makemigrations, AreAsWrittenAndRunBothWays) {
  for (GoldenCase& golden : golden_cases("makemigrations")) {
    SCOPED_TRACE(golden.file.string());
    Workspace work;
    if (golden.has("setup")) work.execute(golden.section("setup"));
    write(work, golden, "");
    succeed(work, {"makemigrations"});
    succeed(work, {"migrate", "--create-indexes"});
    write(work, golden, "then ");
    std::vector<std::string> words = options_of(golden);
    words.insert(words.begin(), {"makemigrations", "--dry-run"});
    const ProcessResult said = work.run(words);
    expect_golden(golden, "says", said.out + said.err + "exit " + std::to_string(said.exit) + "\n");
    if (said.exit != 0) continue;
    words.erase(words.begin() + 1);
    succeed(work, words);
    run_both_ways(work, golden);
  }
}

}  // namespace pgvista::test
