// Small inputs that were once taken for something else.

#include <gtest/gtest.h>

#include <filesystem>

#include "migrate/migration.hpp"
#include "migrate/show.hpp"
#include "project/definitions.hpp"
#include "project/tables.hpp"
#include "rest/error.hpp"
#include "server/headers.hpp"
#include "support/api_json.hpp"
#include "support/failure_code.hpp"
#include "support/rest_cases.hpp"
#include "support/workspace.hpp"

namespace pgvista::test {

namespace {

bool is_let_in(const std::string& host) {
  rest::Request request;
  request.headers["host"] = host;
  try {
    server::keep_strangers_out(request);
    return true;
  } catch (const rest::Refusal&) {
    return false;
  }
}

}  // namespace

TEST(Attacks, OnlyNamesOfThisMachineAreLetIn) {
  for (const char* const host : {"localhost", "localhost:80", "127.0.0.1:8812", "127.1.2.3", "[::1]", "[::1]:80", ""})
    EXPECT_TRUE(is_let_in(host)) << host;
  for (const char* const host : {"127.evil.example", "127.0.0.1.evil.example:8812", "[::1].evil", "[::1]evil:8812",
                                 "localhost.evil.example", "evil.example", "127.0.0.1:80:evil"})
    EXPECT_FALSE(is_let_in(host)) << host;
}

TEST(Attacks, AFormKeepsItsHash) {
  EXPECT_EQ((rest::Pairs{{"name", "C#"}, {"b", "x y"}}), rest::read_form("name=C#&b=x+y"));
}

TEST(Attacks, HeadersThatFrameAMessageAreNotSet) {
  EXPECT_TRUE(server::may_be_set("X-Note", "a value"));
  for (const auto& [name, value] :
       {std::pair{"X: y\r\nSet-Cookie", "a"}, std::pair{"Content-Length", "1"},
        std::pair{"Transfer-Encoding", "chunked"}, std::pair{"X", "a\r\nY: b"}, std::pair{"", ""}})
    EXPECT_FALSE(server::may_be_set(name, value)) << name;
}

// Each names its neighbours again: the statement would grow with the power of the depth.
TEST(Attacks, ConditionsOnEmbeddedResourcesHaveAnEnd) {
  const rest::Model model(
      api_of(file_text(std::filesystem::path(PGVISTA_SOURCE_DIR) / "tests/golden/rest_sql/api.jsonl")));
  const auto repeated = [](const std::string& one) {
    std::string out = one;
    for (int i = 0; i < 20; ++i) out += "," + one;
    return "(" + out + ")";
  };
  const std::string plan =
      plan_text(model, {},
                "GET /rest/v1/client?select=id,a:project(id,b:client(id,c:project(id)))&or=" + repeated("a.is.null") +
                    "&a.or=" + repeated("b.is.null") + "&a.b.or=" + repeated("c.is.null"));
  EXPECT_TRUE(plan.starts_with("400 ")) << plan.substr(0, 200);
}

// What cannot be read must not pass for being gone: --prune would drop it.
TEST(Attacks, FilesThatCannotBeReadAreErrors) {
  const TemporaryFolder folder;
  folder.write("views/a.sql", "SELECT 1 AS one");
  std::filesystem::create_directory(folder.path() / "views/d.sql");
  std::filesystem::create_symlink("nowhere.sql", folder.path() / "views/e.sql");
  EXPECT_EQ(2U, project::read_definitions(folder.path(), "public").errors.size());
  const TemporaryFolder other;
  other.write("views", "no folder");
  EXPECT_EQ(1U, project::read_definitions(other.path(), "public").errors.size());
}

TEST(Attacks, ADeepKeyIsAnError) {
  const TemporaryFolder folder;
  std::string key = "x";
  for (int i = 0; i < 50'000; ++i) key += ".a";
  folder.write("views/a.sql", "/* pgvista\n" + key + " = 1\n*/ SELECT 1 AS one");
  ASSERT_EQ(1U, project::read_definitions(folder.path(), "public").errors.size());
}

TEST(Attacks, WordsOfTheGrammarAreValuesOfOptions) {
  const TemporaryFolder folder;
  folder.write("tables/t.sql",
               "CREATE TABLE t (id int); CREATE INDEX i ON t (id) WITH (deduplicate_items = off, fillfactor = 70);");
  const project::TableDefinitions read = project::read_tables(folder.path(), "public");
  ASSERT_TRUE(read.errors.empty());
  const sql::Table* table = read.tables.find({"public", "t"});
  ASSERT_TRUE(table && table->indexes.size() == 1);
  EXPECT_EQ("off", table->indexes.front().storage.at("deduplicate_items"));
}

// The semicolon behind a comment is none.
TEST(Attacks, ACommentAtTheEndSwallowsNothing) {
  migrate::DraftMigration draft;
  draft.id = "0001_v";
  draft.operations.push_back({migrate::Operation::Kind::view, "create view v", false,
                              "/* pgvista\nname = \"v\"\n*/\nSELECT 1 AS one -- end", ""});
  const migrate::Migration read =
      migrate::read_migration("0001_v", "0001_v.sql", migrate::write_migration(draft), "public");
  EXPECT_EQ(std::string::npos, migrate::sql_of(read, true).find("-- end;"));
}

}  // namespace pgvista::test
