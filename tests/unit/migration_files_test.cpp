// Migration files: what is written is read again as it was.

#include <gtest/gtest.h>

#include "migrate/graph.hpp"
#include "project/definitions.hpp"
#include "support/failure_code.hpp"

namespace pgvista::test {

namespace {

schema::ViewDefinition read_view(const std::string& text) {
  std::vector<Error> errors;
  auto view = project::read_definition("v.sql", "v", text, "public", errors);
  for (const Error& error : errors) ADD_FAILURE() << format_error(error);
  return std::move(*view);
}

migrate::Migration empty(const std::string& id, const std::vector<std::string>& depends_on,
                         const std::vector<std::string>& replaces = {}) {
  return migrate::read_migration(id, id + ".sql", migrate::write_migration({id, depends_on, replaces, {}, {}}),
                                 "public");
}

std::vector<std::string> order(const migrate::Graph& graph) {
  std::vector<std::string> out;
  for (const migrate::Migration* one : graph.order()) out.push_back(one->id);
  return out;
}

}  // namespace

TEST(MigrationFiles, AViewsTextSaysAllOfIt) {
  const schema::ViewDefinition view = read_view(R"sql(/* pgvista
kind = "materialized"
name = "odd \"name\""
schema = "Some Schema"
maintenance = "on_commit"
strategy = "recompute"
key = ["a", "b c"]
comment = "it's *\u002F one\nand more"
column_comments = { a = "x", "b c" = "y" }
column_types = { a = "bigint" }
owner = "me"
grants = { reporting = ["select", "update"], public = ["select"] }
depends_on = ["x", "s.y"]
with_data = false
notify = true
storage = { fillfactor = 70, "toast.autovacuum_enabled" = false }
tablespace = "fast"
statement_timeout = "5s"
max_staleness = "1h"
[[indexes]]
columns = ["a DESC NULLS LAST", "lower(x)"]
name = "i"
unique = true
nulls_not_distinct = true
using = "btree"
where = "a > 1"
include = ["z"]
storage = { fillfactor = 80 }
tablespace = "t"
comment = "c"
[[indexes]]
columns = ["a"]
*/
SELECT a, "b c", x, z -- a comment
-- pgvista: reverse
FROM t WHERE b = 'text
more';
)sql");
  const schema::ViewDefinition again = read_view(migrate::view_text(view, "public", false));
  EXPECT_EQ(view.name, again.name);
  EXPECT_EQ(migrate::canonical_view(view), migrate::canonical_view(again));
  EXPECT_EQ(view.tree, again.tree);
  EXPECT_EQ(view.grants, again.grants);
  EXPECT_EQ(view.indexes.size(), again.indexes.size());
  EXPECT_EQ(view.comment, again.comment);
  const schema::ViewDefinition refreshed = read_view(
      "/* pgvista\nkind = \"materialized\"\nschedule = \"@daily\"\nrefresh_on_change = \"200ms\"\n*/ SELECT a FROM t");
  const schema::ViewDefinition refreshed_again = read_view(migrate::view_text(refreshed, "public", false));
  EXPECT_EQ("@daily 200ms", refreshed_again.schedule + " " + refreshed_again.refresh_on_change);
  EXPECT_EQ(std::string::npos, migrate::view_text(view, "public", false).find("\n-- pgvista: reverse"))
      << "it would begin another section";
  EXPECT_EQ("unwritable_query", failure_code([] {
              migrate::view_text(read_view("SELECT '\n-- pgvista: reverse\n' AS a"), "public", false);
            }));
}

// A key that a migration does not write is lost in it without a word.
TEST(MigrationFiles, EveryKeyOfAHeaderIsWritten) {
  const std::map<std::string, std::string> samples = {{"kind", "\"materialized\""},
                                                      {"maintenance", "\"deferred\""},
                                                      {"key", "[\"a\"]"},
                                                      {"column_comments", "{ a = \"x\" }"},
                                                      {"column_types", "{ a = \"bigint\" }"},
                                                      {"depends_on", "[\"x\"]"},
                                                      {"with_data", "false"},
                                                      {"grants", "{ public = [\"select\"] }"},
                                                      {"storage", "{ fillfactor = 70 }"},
                                                      {"check_option", "\"local\""},
                                                      {"schedule", "\"every 15m\""},
                                                      {"strategy", "\"recompute\""},
                                                      {"on_error", "\"fail\""},
                                                      {"stale_reads", "\"allow\""},
                                                      {"clock", "\"1 minute\""},
                                                      {"trust", "[\"public.f\"]"},
                                                      {"settings", "{ TimeZone = \"UTC\" }"},
                                                      {"indexes.columns", "[\"a\"]"},
                                                      {"indexes.include", "[\"b\"]"},
                                                      {"indexes.storage", "{ fillfactor = 70 }"}};
  for (const auto& [key, type] : project::header_keys()) {
    // The name of before is a question of one moment, and whole tables are written by what stands in them.
    if (key == "renamed_from" || key == "indexes") continue;
    // Written among the settings.
    if (key == "timezone") continue;
    const auto found = samples.find(key);
    const std::string value = found != samples.end()    ? found->second
                              : type == "true or false" ? "true"
                              : type == "duration"      ? "\"5s\""
                                                        : "\"b\"";
    const bool of_index = key.starts_with("indexes.");
    const std::string own = of_index ? key.substr(8) : key;
    const std::string columns = of_index && own != "columns" ? "columns = [\"a\"], " : "";
    const std::string line = of_index ? "indexes = [ { " + columns + own + " = " + value + " } ]" : key + " = " + value;
    const bool of_view = key.starts_with("security_") || key == "check_option";
    const bool of_kept = key == "strategy" || key == "on_error" || key == "stale_reads" || key == "trust" ||
                         key == "settings" || key == "clock";
    const std::string kind = of_view || key == "kind" ? "" : "kind = \"materialized\"\n";
    const std::string kept = of_kept ? "maintenance = \"immediate\"\n" : "";
    const schema::ViewDefinition view =
        read_view("/* pgvista\n" + kind + kept + line + "\n*/\nSELECT 1 AS a, 2 AS b\n");
    EXPECT_NE(std::string::npos, migrate::view_text(view, "public", true).find("\n" + own)) << line;
  }
}

TEST(MigrationFiles, WhatIsWrittenIsReadAgain) {
  migrate::DraftMigration draft{"0002_x", {"0001_a", "0001_b"}, {}, {}, {}};
  draft.operations.push_back({migrate::Operation::Kind::change, "one: two", false, "ALTER TABLE t ADD COLUMN c int;",
                              "ALTER TABLE t DROP COLUMN c;"});
  draft.operations.push_back(
      {migrate::Operation::Kind::sql, "free", false, "DO $$ BEGIN PERFORM 1; END $$;", std::nullopt});
  draft.operations.push_back({migrate::Operation::Kind::change, "index", true, "CREATE INDEX CONCURRENTLY i ON t (c);",
                              "DROP INDEX CONCURRENTLY IF EXISTS i;"});
  draft.operations.push_back(
      {migrate::Operation::Kind::view, "v", false, "/* pgvista\nname = \"v\"\n*/\nSELECT 1 AS a", ""});
  const std::string text = migrate::write_migration(draft);
  const migrate::Migration read = migrate::read_migration("0002_x", "0002_x.sql", text, "app");
  EXPECT_EQ(draft.depends_on, read.depends_on);
  ASSERT_EQ(4u, read.operations.size());
  EXPECT_EQ("one: two", read.operations[0].title);
  EXPECT_EQ(1u, read.operations[0].up.statements.size());
  EXPECT_FALSE(read.operations[1].down);
  EXPECT_TRUE(read.operations[2].outside_transaction);
  EXPECT_TRUE(read.stepwise());
  EXPECT_EQ("app.v", read.operations[3].after->name.display());
  EXPECT_EQ("free", read.irreversible(4)->title);
  EXPECT_EQ(nullptr, read.irreversible(1));
  EXPECT_EQ(text, migrate::write_migration(draft)) << "no change, no difference";
  // Blank lines and line ends are no change; a word is.
  EXPECT_EQ(read.checksum, migrate::read_migration("0002_x", "f", "\n" + text + "\n\n", "app").checksum);
  std::string other = text;
  other.replace(other.find("ADD COLUMN c"), 12, "ADD COLUMN d");
  EXPECT_NE(read.checksum, migrate::read_migration("0002_x", "f", other, "app").checksum);
}

TEST(MigrationFiles, OrderFollowsDependenciesThenNames) {
  const migrate::Graph graph({empty("0003_c", {"0002_b", "0002_a"}), empty("0002_b", {"0001_z"}),
                              empty("0002_a", {"0001_z"}), empty("0001_z", {}), empty("0001_y", {})},
                             {});
  EXPECT_EQ((std::vector<std::string>{"0001_y", "0001_z", "0002_a", "0002_b", "0003_c"}), order(graph));
  EXPECT_EQ((std::vector<std::string>{"0001_y", "0003_c"}), graph.leaves());
  EXPECT_EQ((std::set<std::string>{"0001_z", "0002_a"}), graph.ancestors("0002_a"));
  EXPECT_EQ((std::set<std::string>{"0001_z", "0002_a", "0002_b", "0003_c"}), graph.descendants("0001_z"));
  EXPECT_EQ("missing_migration", failure_code([] { migrate::Graph({empty("0001_a", {"0000_b"})}, {}); }));
  EXPECT_EQ("migration_cycle", failure_code([] {
              migrate::Graph({empty("0001_a", {"0001_b"}), empty("0001_b", {"0001_a"})}, {});
            }));
}

TEST(MigrationFiles, SquashedStandForThoseThatTheyReplace) {
  const std::vector<migrate::Migration> all{empty("0001_a", {}),
                                            empty("0001_squashed_0002_b", {}, {"0001_a", "0002_b"}),
                                            empty("0002_b", {"0001_a"}), empty("0003_c", {"0002_b"})};
  EXPECT_EQ((std::vector<std::string>{"0001_squashed_0002_b", "0003_c"}), order(migrate::Graph(all, {})));
  migrate::AppliedMap half;
  half["0001_a"].checksum = all[0].checksum;
  EXPECT_EQ((std::vector<std::string>{"0001_a", "0002_b", "0003_c"}), order(migrate::Graph(all, half)));
  migrate::AppliedMap both = half;
  both["0002_b"].checksum = all[2].checksum;
  const migrate::Graph graph(all, both);
  EXPECT_TRUE(graph.applied("0001_squashed_0002_b"));
  EXPECT_EQ(1u, graph.implied().size());
  EXPECT_EQ(1u, migrate::path_to(graph, "").size());
}

}  // namespace pgvista::test
