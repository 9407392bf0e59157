// Migrations without a server: for each of tests/golden/makemigrations what is written, what it runs both ways, and
// both as one, in tests/golden/migration_sql. tests/database/makemigrations_test.cpp runs them.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "base/text.hpp"
#include "migrate/detect.hpp"
#include "migrate/folder.hpp"
#include "migrate/show.hpp"
#include "migrate/squash.hpp"
#include "project/definitions.hpp"
#include "project/tables.hpp"
#include "support/golden.hpp"
#include "support/workspace.hpp"

namespace pgvista::test {

namespace {

class MigrationGolden : public ::testing::TestWithParam<GoldenCase> {};

// "table visit" -> tables/visit.sql
std::string file_of(const std::string& section) {
  const std::size_t space = section.find(' ');
  return section.substr(0, space) + "s/" + section.substr(space + 1) + ".sql";
}

void write(const TemporaryFolder& folder, const GoldenCase& golden, const std::string& prefix) {
  for (const auto& [name, text] : golden.sections) {
    if (!name.starts_with(prefix + "table ") && !name.starts_with(prefix + "view ")) continue;
    const std::string file = file_of(name.substr(prefix.size()));
    trim(text).empty() ? folder.remove(file) : folder.write(file, text);
  }
}

// As the case's flags answer.
struct Flags {
  std::map<std::string, std::string> renamed;
  std::map<std::string, std::string> values;
  std::vector<std::string> refused;
  bool concurrent = false;

  explicit Flags(const GoldenCase& golden) {
    const std::vector<std::string> words =
        golden.has("options") ? split_lines(golden.section("options")) : std::vector<std::string>{};
    for (std::size_t i = 0; i < words.size(); ++i) {
      concurrent |= words[i] == "--concurrent-indexes";
      if (i + 1 >= words.size()) continue;
      const std::string& given = words[i + 1];
      const std::size_t equals = given.find('=');
      if (words[i] == "--rename") renamed[given.substr(0, equals)] = given.substr(equals + 1);
      if (words[i] == "--default") values[given.substr(0, equals)] = given.substr(equals + 1);
      if (words[i] == "--drop" || words[i] == "--no-default") refused.push_back(given);
    }
  }

  std::optional<migrate::Answer> operator()(const migrate::Question& question) const {
    using Kind = migrate::Question::Kind;
    const auto& given = question.kind == Kind::rename ? renamed : values;
    if (const auto found = given.find(question.object); found != given.end())
      return question.kind == Kind::rename
                 ? migrate::Answer{found->second == question.to || found->second.ends_with("." + question.to), {}}
                 : migrate::Answer{false, found->second};
    for (const auto& [object, to] : renamed) {
      if (question.kind == Kind::rename && to == question.to) return migrate::Answer{};
    }
    const bool refuses = std::find(refused.begin(), refused.end(), question.object) != refused.end();
    return refuses || !question.likely ? std::optional(migrate::Answer{}) : std::nullopt;
  }
};

migrate::Detected detected(const TemporaryFolder& folder, const migrate::Graph& graph, const Flags& flags) {
  const project::TableDefinitions tables = project::read_tables(folder.path(), "public");
  const project::Definitions views = project::read_definitions(folder.path(), "public");
  if (!tables.errors.empty()) throw Failure(tables.errors);
  if (!views.errors.empty()) throw Failure(views.errors);
  return migrate::detect(graph.state("public"), tables.tables, views.views, flags,
                         {flags.concurrent, false, flags.values});
}

// Writes what is missing, and tells its text.
std::string make(const TemporaryFolder& folder, const Flags& flags) {
  const std::vector<migrate::Migration> there = migrate::read_folder(folder.path(), "public");
  const migrate::Graph graph(there, {});
  const migrate::Detected found = detected(folder, graph, flags);
  std::string out;
  std::vector<std::string> leaves = graph.leaves();
  int ahead = 0;
  std::string name;
  for (const auto* operations : {&found.operations, &found.concurrent}) {
    if (operations->empty()) continue;
    migrate::DraftMigration draft;
    name = ahead > 0 ? name + "_concurrently" : migrate::migration_name(*operations, there.empty());
    draft.id = migrate::next_id(there, name, ahead++);
    draft.depends_on = leaves;
    draft.operations = *operations;
    leaves = {draft.id};
    const std::string text = migrate::write_migration(draft);
    migrate::write_file(folder.path(), draft.id, text);
    out += "-- migrations/" + draft.id + ".sql\n" + text + "\n";
  }
  return out;
}

std::string both_ways(const migrate::Graph& graph) {
  std::string out;
  for (const bool forwards : {true, false}) {
    for (const migrate::Migration* one : graph.order()) {
      out += fmt::format("== {} {}\n", one->id, forwards ? "forwards" : "backwards");
      try {
        out += migrate::sql_of(*one, forwards) + "\n";
      } catch (const Failure& failure) {
        out += failure.error().code + ": " + failure.error().message + "\n";
      }
    }
  }
  return out;
}

std::string squashed(const migrate::Graph& graph) {
  try {
    return "== as one\n" +
           migrate::write_migration(migrate::squash(graph, "", graph.order().back()->id, "public", false));
  } catch (const Failure& failure) {
    return "== as one\n" + failure.error().code + ": " + failure.error().message + "\n";
  }
}

std::string outcome(const GoldenCase& golden) {
  const TemporaryFolder folder;
  const Flags flags(golden);
  write(folder, golden, "");
  try {
    make(folder, flags);
    write(folder, golden, "then ");
    const std::string written = make(folder, flags);
    // What the program says holds what is written here.
    const std::string& says = golden.section("says");
    if (says.ends_with("exit 0\n")) {
      EXPECT_NE(std::string::npos, says.find(written)) << written;
    }
  } catch (const Failure& failure) {
    std::string out;
    for (const Error& one : failure.errors()) out += one.code + ": " + one.message + "\n";
    return out;
  }
  const std::vector<migrate::Migration> all = migrate::read_folder(folder.path(), "public");
  const migrate::Graph graph(all, {});
  EXPECT_TRUE(detected(folder, graph, flags).empty()) << "what was written is all that there was";
  EXPECT_EQ(all.size(), migrate::path_to(graph, "").size());
  return both_ways(graph) + squashed(graph);
}

}  // namespace

TEST_P(MigrationGolden, IsWhatItWas) {
  const GoldenCase& golden = GetParam();
  const std::string out = outcome(golden);
  const std::filesystem::path file =
      std::filesystem::path(PGVISTA_SOURCE_DIR) / "tests/golden/migration_sql" / golden.file.filename();
  if (std::getenv("PGVISTA_UPDATE_GOLDEN")) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << out;
    ADD_FAILURE() << "wrote " << file;
    return;
  }
  EXPECT_EQ(file_text(file), out) << file;
}

INSTANTIATE_TEST_SUITE_P(Makemigrations, MigrationGolden, ::testing::ValuesIn(golden_cases("makemigrations")),
                         GoldenName());

}  // namespace pgvista::test
