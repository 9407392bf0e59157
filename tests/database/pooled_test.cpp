// Behind a pooler, where a session is another client's with the next transaction.

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "support/pgbouncer.hpp"
#include "support/workspace.hpp"

namespace pgvista::test {

// The next client of a pooled session finds it as if pgvista had never had it: whatever the command.
TEST(Pooled, NoCommandLeavesAnythingInASession) {
  Workspace work;
  work.execute(
      "CREATE SCHEMA app; CREATE TABLE app.visit (id int PRIMARY KEY, page text NOT NULL, ms int); "
      "INSERT INTO app.visit SELECT i, 'p' || i % 7, i FROM generate_series(1, 200) i");
  work.folder().write("pgvista.toml", "[database]\nschema = \"app\"\n[maintenance]\nfill_beside = 0\n");
  const PgBouncer bouncer(work.url());
  // Sessions to spare: what one command sets in one, another would find.
  std::vector<std::unique_ptr<db::Connection>> sessions;
  for (int i = 0; i < 4; ++i) {
    sessions.push_back(std::make_unique<db::Connection>(bouncer.url()));
    sessions.back()->execute("BEGIN");
  }
  for (const auto& one : sessions) one->execute("COMMIT");
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"--database", bouncer.url()});
    return work.run(words);
  };
  work.view("plain", "SELECT page, ms FROM visit");
  work.view("stored",
            "/* pgvista\nkind = \"materialized\"\nindexes = [ { columns = [\"page\"], unique = true } ]\n*/ SELECT "
            "page, count(*) AS n FROM plain GROUP BY page");
  for (const char* const mode : {"immediate", "on_commit", "deferred"}) {
    work.view(std::string("kept_") + mode, std::string("/* pgvista\nkind = \"materialized\"\nmaintenance = \"") + mode +
                                               "\"\n*/ SELECT page, sum(ms) AS ms FROM visit GROUP BY page");
  }
  const std::vector<std::vector<std::string>> commands = {{"check"},
                                                          {"plan"},
                                                          {"sync"},
                                                          {"status"},
                                                          {"refresh"},
                                                          {"refresh", "--concurrently", "stored"},
                                                          {"verify"},
                                                          {"verify", "--repair"},
                                                          {"pause", "kept_immediate"},
                                                          {"resume", "kept_immediate"},
                                                          {"explain", "kept_on_commit"},
                                                          {"inspectdb", "--format", "cpp", "visit"},
                                                          {"watch", "--once"},
                                                          {"sync"},
                                                          {"clear", "--yes"}};
  for (const std::vector<std::string>& command : commands) {
    const ProcessResult result = run(command);
    EXPECT_EQ(result.exit, command.front() == "plan" ? 3 : 0) << join(command, " ") << result.out << result.err;
    if (command.front() == "sync") {
      EXPECT_EQ(
          "5", work.value(
                   "SELECT count(*) FROM pg_class WHERE relnamespace = 'app'::regnamespace AND relkind IN ('v', 'm')"));
      EXPECT_EQ("", work.planned());
    }
    // All that the pool holds, at once.
    for (const auto& one : sessions) {
      one->execute("BEGIN");
      EXPECT_EQ("\"$user\", public", one->query("SHOW search_path").text(0, 0)) << join(command, " ");
      EXPECT_EQ(
          "0",
          one->query("SELECT count(*) FROM pg_settings WHERE source = 'session' AND name NOT IN ('application_name', "
                     "'client_encoding', 'DateStyle', 'TimeZone', 'IntervalStyle', 'standard_conforming_strings')")
              .text(0, 0))
          << join(command, " ")
          << one->query("SELECT string_agg(name || '=' || setting, ', ') FROM pg_settings WHERE source = 'session'")
                 .at(0, 0);
    }
    for (const auto& one : sessions) one->execute("COMMIT");
    EXPECT_EQ("0", work.value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")) << join(command, " ");
    EXPECT_EQ("0", work.value("SELECT count(*) FROM pg_class WHERE relpersistence = 't'")) << join(command, " ");
  }
}

}  // namespace pgvista::test
