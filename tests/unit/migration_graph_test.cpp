// Which migrations run, in what order, and which cannot: graphs of files that nobody had to write to a disk.

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "migrate/graph.hpp"
#include "migrate/squash.hpp"
#include "support/failure_code.hpp"

namespace pgvista::test {

namespace {

// Each file: id, header, operations.
migrate::Migration file(const std::string& id, const std::string& header, const std::string& body = {}) {
  return migrate::read_migration(id, id + ".sql", "/* pgvista migration\n" + header + "\n*/\n" + body, "public");
}

std::string after(const std::string& ids) { return "depends_on = [" + ids + "]"; }

constexpr const char* page =
    "-- pgvista: change: Make page\nCREATE TABLE page (id int, note text);\n"
    "-- pgvista: reverse\nDROP TABLE page;\n";
constexpr const char* widen =
    "-- pgvista: change: Widen\nALTER TABLE page ADD COLUMN a int;\n"
    "-- pgvista: reverse\nALTER TABLE page DROP COLUMN a;\n";
constexpr const char* forget = "-- pgvista: change: Forget\nALTER TABLE page DROP COLUMN note;\n";
constexpr const char* show = "-- pgvista: view: Show\n/* pgvista\nname = \"shown\"\n*/\nSELECT note FROM page\n";

std::string path(const migrate::Graph& graph, const std::string& target) {
  std::vector<std::string> out;
  for (const migrate::PathStep& step : migrate::path_to(graph, target))
    out.push_back((step.forwards ? "+" : "-") + step.migration->id);
  return join(out, " ");
}

migrate::Graph line(const migrate::AppliedMap& applied) {
  return migrate::Graph({file("0001_page", "", page), file("0002_widen", after("\"0001_page\""), widen),
                         file("0003_show", after("\"0002_widen\""), show)},
                        applied);
}

const migrate::Applied whole{};
const migrate::Applied half{"", "", 0, 1};

}  // namespace

TEST(MigrationGraph, PathsLeadThereAndBack) {
  EXPECT_EQ("+0001_page +0002_widen +0003_show", path(line({}), ""));
  EXPECT_EQ("+0001_page +0002_widen", path(line({}), "0002"));
  EXPECT_EQ("+0003_show", path(line({{"0001_page", whole}, {"0002_widen", whole}}), ""));
  EXPECT_EQ("-0003_show -0002_widen",
            path(line({{"0001_page", whole}, {"0002_widen", whole}, {"0003_show", whole}}), "0001_page"));
  EXPECT_EQ("-0002_widen -0001_page", path(line({{"0001_page", whole}, {"0002_widen", whole}}), "zero"));
  // Of one that is under way, what was done is taken back.
  EXPECT_EQ("-0002_widen -0001_page", path(line({{"0001_page", whole}, {"0002_widen", half}}), "zero"));
  EXPECT_EQ(1, line({{"0002_widen", half}}).steps_done("0002_widen"));
  EXPECT_EQ(0, line({{"0002_widen", whole}}).steps_done("0002_widen"));
}

TEST(MigrationGraph, NamesAreThoseOfOne) {
  const migrate::Graph graph = line({});
  EXPECT_EQ("0003_show", migrate::named(graph, "0003").id);
  EXPECT_EQ("unknown_migration", failure_code([&] { migrate::named(graph, "0004"); }));
  EXPECT_EQ("unknown_migration", failure_code([&] { migrate::named(graph, "0003_shoe"); }));
  EXPECT_EQ("ambiguous_migration", failure_code([&] { migrate::named(graph, "000"); }));
}

TEST(MigrationGraph, WhatHasNoReverseIsNotTakenBack) {
  const migrate::Graph graph({file("0001_page", "", page), file("0002_forget", after("\"0001_page\""), forget)},
                             {{"0001_page", whole}, {"0002_forget", whole}});
  EXPECT_EQ("irreversible", failure_code([&] { migrate::path_to(graph, "zero"); }));
  EXPECT_EQ("irreversible", failure_code([&] { migrate::path_to(graph, "0001"); }));
}

TEST(MigrationGraph, EndsThatMeetAreAConflict) {
  const auto with = [](const std::string& left, const std::string& right) {
    return migrate::Graph({file("0001_page", "", page), file("0002_left", after("\"0001_page\""), left),
                           file("0002_right", after("\"0001_page\""), right)},
                          {});
  };
  EXPECT_EQ("conflicting_migrations", failure_code([&] { migrate::path_to(with(widen, forget), ""); }));
  // One takes a column that a view of the other reads.
  const migrate::Graph meeting = with(show, forget);
  EXPECT_EQ("conflicting_migrations", failure_code([&] { migrate::path_to(meeting, ""); }));
  ASSERT_EQ(1u, meeting.conflicts().size());
  EXPECT_EQ("0002_right takes something from the table page, which a view of 0002_left reads",
            meeting.conflicts().front().meeting);
  EXPECT_NE(std::string::npos, migrate::conflict_error(meeting.conflicts().front()).message.find("takes something"));
  // Apart they may run in any order.
  EXPECT_EQ("+0001_page +0002_left +0002_right",
            path(with(show, "-- pgvista: change: Other\nCREATE TABLE other (id int);\n"), ""));
  EXPECT_EQ(1u, with("-- pgvista: change: Drop\nDROP INDEX some_index;\n",
                     "-- pgvista: change: Rename\nALTER INDEX some_index RENAME TO other_index;\n")
                    .conflicts()
                    .size());
}

TEST(MigrationGraph, WhatIsMissingOrGoesInACircleIsRefused) {
  EXPECT_EQ("missing_migration", failure_code([] {
              migrate::Graph({file("0002_a", after("\"0001_pag\"")), file("0001_page", "")}, {});
            }));
  EXPECT_EQ("migration_cycle", failure_code([] {
              migrate::Graph({file("0001_a", after("\"0002_b\"")), file("0002_b", after("\"0001_a\""))}, {});
            }));
  // Only some of what is replaced was had, and the rest is not there.
  EXPECT_EQ(
      "missing_migration", failure_code([] {
        migrate::Graph({file("0001_all", "replaces = [\"0001_page\", \"0002_widen\"]", page)}, {{"0001_page", whole}});
      }));
}

TEST(MigrationGraph, SquashingSaysWhatItCannot) {
  const auto squash = [](const migrate::Graph& graph, const std::string& from, const std::string& to) {
    return failure_code([&] { migrate::squash(graph, from, to, "public", false); });
  };
  EXPECT_EQ("cannot_squash", squash(line({}), "0003", "0001"));
  EXPECT_EQ("cannot_squash", squash(line({}), "0001", "0001"));
  const migrate::Graph squashed(
      {file("0001_all", "replaces = [\"0001_page\"]", page), file("0002_widen", after("\"0001_all\""), widen)}, {});
  EXPECT_EQ("cannot_squash", squash(squashed, "", "0002"));
  // One that is left out comes between them.
  const migrate::Graph between({file("0001_page", "", page), file("0002_a", after("\"0001_page\""), widen),
                                file("0002_b", "", "-- pgvista: change: B\nCREATE TABLE b (id int);\n"),
                                file("0003_c", after("\"0002_a\", \"0002_b\""))},
                               {});
  EXPECT_EQ("", squash(between, "", "0003"));
}

TEST(MigrationGraph, SquashedRenamesAreRenames) {
  const migrate::Graph graph(
      {file("0001_page", "", page),
       file("0002_names", after("\"0001_page\""),
            "-- pgvista: change: Rename\nALTER TABLE page RENAME COLUMN note TO remark;\n"
            "ALTER TABLE page RENAME TO sheet;\nALTER TABLE sheet RENAME COLUMN remark TO words;\n"
            "ALTER TABLE sheet ADD COLUMN n int NOT NULL DEFAULT 7;\n"
            "-- pgvista: reverse\nALTER TABLE sheet RENAME TO page;\n"),
       file("0003_view", after("\"0002_names\""),
            "-- pgvista: view: Show\n/* pgvista\nname = \"shown\"\n*/\n"
            "SELECT words FROM sheet\n"),
       file("0004_rename", after("\"0003_view\""),
            "-- pgvista: view: Rename\n/* pgvista\nname = \"seen\"\n*/\nSELECT words FROM sheet\n"
            "-- pgvista: before\n/* pgvista\nname = \"shown\"\n*/\nSELECT words FROM sheet\n")},
      {});
  const migrate::DraftMigration whole_history = migrate::squash(graph, "", "0004", "public", false);
  EXPECT_EQ((std::vector<std::string>{"0001_page", "0002_names", "0003_view", "0004_rename"}), whole_history.replaces);
  const auto text_of = [](const migrate::DraftMigration& draft) {
    std::string out;
    for (const migrate::Draft& one : draft.operations) out += one.up + "\n";
    return out;
  };
  EXPECT_NE(std::string::npos, text_of(whole_history).find("CREATE TABLE sheet")) << text_of(whole_history);
  EXPECT_EQ(std::string::npos, text_of(whole_history).find("RENAME")) << text_of(whole_history);
  // A table that was there before may have rows: they go the way that they were told.
  const std::string later = text_of(migrate::squash(graph, "0002", "0004", "public", false));
  EXPECT_NE(std::string::npos, later.find("RENAME COLUMN note TO remark")) << later;
  EXPECT_NE(std::string::npos, later.find("seen")) << later;
}

// What is wrong in a file is told with its place, all of it at once.
TEST(MigrationFiles, ErrorsHaveTheirPlace) {
  const std::string head = "/* pgvista migration\n*/\n";
  struct Case {
    std::string text;
    std::string code;
    int line;
  };
  const std::vector<Case> cases = {
      {"SELECT 1;\n", "invalid_migration", 1},
      {"/* pgvista migration\ntransactions = false\n*/\n", "unknown_key", 2},
      {"/* pgvista migration\ndepends_on = 3\n*/\n", "invalid_value", 2},
      {"/* pgvista migration\nx = = 3\n*/\n", "invalid_toml", 2},
      {head + "SELECT 1;\n", "invalid_migration", 3},
      {head + "-- a comment\n\n", "", 0},
      {head + "-- pgvista: chang: x\n", "invalid_migration", 3},
      {head + "-- pgvista: sql, later: x\nSELECT 1;\n", "invalid_migration", 3},
      {head + "-- pgvista: view, outside a transaction: x\n", "invalid_migration", 3},
      {head + "-- pgvista: reverse\nSELECT 1;\n", "invalid_migration", 3},
      {head + "-- pgvista: view: x\n\n", "invalid_migration", 4},
      {head + "-- pgvista: view: x\n/* pgvista\nname = \"v\"\n*/\nSELEC 1\n", "syntax_error", 7},
      {head + "-- pgvista: view: x\nSELECT 1 AS one\n", "invalid_name", 4},
      {head + "-- pgvista: sql: x\n\nSELEC 1;\n", "syntax_error", 5},
      {head + "-- pgvista: sql: x\nBEGIN;\n", "transaction_control", 4},
      {head + "-- pgvista: change: x\nCREATE TABLE a (id int) INHERITS (b);\n", "unsupported_table", 4},
      {head + "-- pgvista: change: x\nCREATE INDEX CONCURRENTLY i ON a (id);\n", "not_in_transaction", 4},
      {head + "-- pgvista: change, outside a transaction: x\nCREATE INDEX CONCURRENTLY ON a (id);\n",
       "invalid_migration", 4},
      {head + "-- pgvista: sql, outside a transaction: x\nSELECT 1;\nSELECT 2;\n", "invalid_migration", 5},
      {head + "-- pgvista: sql: \xff\n", "invalid_encoding", 3},
  };
  for (const Case& one : cases) {
    try {
      migrate::read_migration("0001_x", "0001_x.sql", one.text, "public");
      EXPECT_EQ("", one.code) << one.text;
    } catch (const Failure& failure) {
      EXPECT_EQ(one.code, failure.error().code) << one.text << failure.error().message;
      EXPECT_EQ(one.line, failure.error().line) << one.text << failure.error().message;
      EXPECT_EQ("0001_x.sql", failure.error().file) << one.text;
    }
  }
}

}  // namespace pgvista::test
