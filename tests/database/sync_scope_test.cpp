// Whose a view is: adoption, pruning, clearing, roles; and what plan costs and takes.

#include <gtest/gtest.h>

#include "apply/sync.hpp"
#include "project/definitions.hpp"
#include "support/workspace.hpp"

namespace pgvista::test {

class SyncScope : public testing::Test {
 protected:
  void SetUp() override { work.execute("CREATE TABLE t (a int PRIMARY KEY, b text)"); }
  Workspace work;
};

TEST_F(SyncScope, AnEqualViewIsAdopted) {
  work.execute("CREATE VIEW v AS SELECT a FROM t; CREATE MATERIALIZED VIEW m AS SELECT b FROM t");
  work.view("v", "SELECT a FROM t");
  work.view("m", "/* pgvista\nkind = \"materialized\"\n*/ SELECT b FROM t");
  const auto json = work.json({"sync"});
  EXPECT_EQ("adopt m\nadopt v\n", steps_of(json));
  EXPECT_EQ("adopted", json.at("views").at(0).at("status").as_string());
  EXPECT_EQ("", work.sync());
}

TEST_F(SyncScope, ADifferentOneIsRefusedUnlessAdopted) {
  work.execute("CREATE VIEW v AS SELECT a FROM t WHERE a > 1");
  work.view("v", "SELECT a FROM t");
  const auto refused = work.run({"sync"});
  EXPECT_EQ(1, refused.exit);
  EXPECT_NE(std::string::npos, refused.err.find("\"v\"")) << refused.err;
  EXPECT_EQ("not_managed", work.json({"sync"}).at("error").at("code").as_string());
  EXPECT_EQ("adopt v\nreplace v\n", work.sync({"--adopt"}));
  EXPECT_EQ("", work.sync());
}

TEST_F(SyncScope, ATableInTheWayIsAlwaysRefused) {
  work.view("t", "SELECT 1 AS x");
  for (const char* option : {"--adopt", "--force"}) {
    const auto result = work.run({"sync", option});
    EXPECT_EQ(1, result.exit);
    EXPECT_NE(std::string::npos, result.err.find("there is a table named \"t\" already")) << result.err;
  }
}

TEST_F(SyncScope, AFileThatIsGoneIsReportedAndPruned) {
  work.view("a", "SELECT a FROM t");
  work.view("b", "SELECT a FROM a");
  work.view("keep", "SELECT 1 AS x");
  work.sync();
  work.folder().remove("views/a.sql");
  work.folder().remove("views/b.sql");
  const auto result = work.run({"sync"});
  EXPECT_EQ(0, result.exit);
  EXPECT_NE(std::string::npos, result.out.find("view a is defined nowhere")) << result.out;
  const auto json = work.json({"sync", "--prune"});
  EXPECT_EQ(2u, json.at("steps").as_array().size());
  EXPECT_EQ("keep", work.value("SELECT string_agg(relname, ',') FROM pg_class WHERE relkind = 'v' AND relnamespace = "
                               "'public'::regnamespace"));
}

TEST_F(SyncScope, PruneDoesNotTakeAReaderAlong) {
  work.view("a", "SELECT a FROM t");
  work.sync();
  work.execute("CREATE VIEW stranger AS SELECT a FROM a");
  work.folder().remove("views/a.sql");
  const auto result = work.run({"sync", "--prune"});
  EXPECT_EQ(1, result.exit);
  EXPECT_NE(std::string::npos, result.err.find("stranger")) << result.err;
}

TEST_F(SyncScope, ClearDropsWhatItMadeNothingElse) {
  work.execute("CREATE VIEW theirs AS SELECT a FROM t");
  work.view("v", "SELECT a FROM t");
  work.view("m", "/* pgvista\nkind = \"materialized\"\n*/ SELECT a FROM v");
  work.sync();
  const auto json = work.json({"clear", "--yes"});
  EXPECT_EQ(3u, json.at("dropped").as_array().size());
  EXPECT_EQ("theirs", work.value("SELECT string_agg(relname, ',') FROM pg_class WHERE relkind IN ('v', 'm') AND "
                                 "relnamespace = 'public'::regnamespace"));
  EXPECT_EQ("f", work.value("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'pgvista')"));
}

TEST_F(SyncScope, ClearIsRefusedWhileAStrangerReads) {
  work.view("v", "SELECT a FROM t");
  work.sync();
  work.execute("CREATE VIEW stranger AS SELECT a FROM v");
  EXPECT_EQ(1, work.run({"clear", "--yes"}).exit);
  EXPECT_EQ("v", work.value("SELECT relname FROM pg_class WHERE relname = 'v'"));
}

TEST_F(SyncScope, ARoleThatMayOnlyReadCanPlan) {
  work.view("v", "SELECT a FROM t");
  work.view("m", "/* pgvista\nkind = \"materialized\"\n*/ SELECT a FROM v");
  work.sync();
  work.execute("CREATE ROLE only_reads LOGIN; GRANT SELECT ON t, v, m TO only_reads");
  const std::map<std::string, std::string> as_reader = {{"PGVISTA_DATABASE_URL", work.url_as("only_reads")}};
  EXPECT_EQ(0, work.run({"plan"}, as_reader).exit) << work.run({"plan"}, as_reader).err;
  work.view("v", "SELECT a FROM t WHERE a > 0");
  EXPECT_EQ(3, work.run({"plan"}, as_reader).exit);
  const auto refused = work.run({"sync"}, as_reader);
  EXPECT_EQ(1, refused.exit);
  EXPECT_NE(std::string::npos, refused.err.find("42501")) << refused.err;
  EXPECT_NE(std::string::npos, refused.err.find("hint:")) << refused.err;
  work.execute("REVOKE TEMPORARY ON DATABASE " + work.value("SELECT current_database()") + " FROM PUBLIC");
  const auto recorded = work.run({"plan"}, as_reader);
  EXPECT_EQ(3, recorded.exit) << recorded.err;
  EXPECT_NE(std::string::npos, recorded.err.find("temporary views are impossible")) << recorded.err;
  work.execute("REVOKE ALL ON t, v, m FROM only_reads; DROP ROLE only_reads");
}

TEST_F(SyncScope, AReadOnlyDatabaseCanBePlannedNotSynced) {
  work.view("v", "SELECT a FROM t");
  work.sync();
  const std::map<std::string, std::string> read_only = {{"PGOPTIONS", "-c default_transaction_read_only=on"}};
  EXPECT_EQ(0, work.run({"plan"}, read_only).exit);
  work.view("v", "select  a from t");
  EXPECT_EQ(0, work.run({"plan"}, read_only).exit) << "only written otherwise";
  work.view("v", "SELECT a, b FROM t");
  EXPECT_EQ(3, work.run({"plan"}, read_only).exit);
  const auto refused = work.run({"sync"}, read_only);
  EXPECT_EQ(1, refused.exit);
  EXPECT_NE(std::string::npos, refused.err.find("25006")) << refused.err;
}

TEST_F(SyncScope, PlanDoesNotWaitForALockOnTheLiveView) {
  work.view("v", "SELECT a FROM t");
  work.view("m",
            "/* pgvista\nkind = \"materialized\"\nindexes = [ { columns = [\"lower(b)\"] } ]\n*/ SELECT a, b FROM t");
  work.sync();
  const auto other = work.connect();
  other->execute("BEGIN; LOCK TABLE v IN ACCESS EXCLUSIVE MODE; DROP MATERIALIZED VIEW m");
  EXPECT_EQ(0, work.run({"plan"}).exit);
  other->execute("ROLLBACK");
}

TEST_F(SyncScope, UnchangedViewsCostNoRoundTripEach) {
  for (int i = 0; i < 40; ++i) work.view("v" + std::to_string(i), "SELECT a + " + std::to_string(i) + " AS a FROM t");
  work.sync();
  const project::Definitions read = project::read_definitions(work.folder().path(), "public");
  const auto connection = work.connect();
  const long long before = connection->round_trips();
  EXPECT_FALSE(apply::survey(*connection, {read.views, ""}, {}).plan.pending());
  EXPECT_LT(connection->round_trips() - before, 40) << "fewer than one a view";
  // A change of one costs that one, not all.
  work.view("v7", "SELECT a + 70 AS a FROM t");
  EXPECT_EQ("replace v7\n", work.planned());
}

TEST_F(SyncScope, AFunctionMadeLaterThatTheTextWouldNowMeanIsNoticed) {
  work.execute("CREATE SCHEMA app; CREATE FUNCTION public.f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'");
  work.folder().write("pgvista.toml", "[database]\nschema = \"app\"\n");
  work.view("v", "SELECT f(a) AS x FROM t");
  work.sync();
  work.execute("CREATE FUNCTION app.f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 2'");
  EXPECT_EQ("replace v\n", work.planned());
}

TEST_F(SyncScope, ASchemaOfTheSettingsIsMade) {
  work.folder().write("pgvista.toml", "[database]\nschema = \"reports\"\n");
  work.view("v", "SELECT a FROM t");
  work.view("w", "SELECT a FROM v");
  EXPECT_EQ("create v\ncreate w\n", work.sync());
  EXPECT_EQ("", work.sync());
  EXPECT_EQ("reports.v", work.value("SELECT 'reports.v'::regclass::text"));
}

TEST_F(SyncScope, TheLedgerIsReadableByEveryRole) {
  work.view("v", "SELECT a FROM t");
  work.sync();
  EXPECT_EQ("t", work.value("SELECT has_table_privilege('pg_monitor', 'pgvista.view', 'select')"));
  EXPECT_EQ("f", work.value("SELECT has_table_privilege('pg_monitor', 'pgvista.view', 'insert')"));
}

// Our own tree against the server's pg_depend: a column that it knows and we do not would be an error of ours.
TEST_F(SyncScope, ViewsComeAfterEverythingThatTheServerSaysTheyRead) {
  work.view("z", "SELECT a FROM t");
  work.view("y", "WITH q AS (SELECT * FROM z) SELECT q.a, (SELECT max(a) FROM x2) AS m FROM q");
  work.view("x2", "SELECT a FROM z WHERE EXISTS (SELECT FROM t WHERE t.a = z.a)");
  work.view("a", "SELECT y FROM y");
  EXPECT_EQ("create z\ncreate x2\ncreate y\ncreate a\n", work.sync());
}

TEST_F(SyncScope, AViewRenamedByHandIsAStray) {
  work.view("v", "SELECT a FROM t");
  work.sync();
  work.execute("ALTER VIEW v RENAME TO w");
  for (int round = 0; round < 2; ++round) {
    EXPECT_NE(std::string::npos, work.run({"plan"}).out.find("stray     view w")) << round;
    work.sync();
  }
  EXPECT_EQ("drop w\n", work.sync({"--prune"}));
  EXPECT_EQ("t", work.value("SELECT to_regclass('w') IS NULL AND to_regclass('v') IS NOT NULL"));
}

TEST_F(SyncScope, WhatWasAdoptedStaysHoweverOftenItWasRebuilt) {
  work.execute("CREATE VIEW theirs AS SELECT a FROM t");
  work.view("theirs", "SELECT a FROM t");
  work.sync();
  work.view("theirs", "SELECT b, a FROM t");
  work.sync();
  work.view("theirs", "/* pgvista\nkind = \"materialized\"\nmaintenance = \"immediate\"\n*/ SELECT a, b FROM t");
  work.sync();
  work.execute("INSERT INTO t VALUES (1, 'x')");
  EXPECT_EQ(0, work.run({"clear", "--yes"}).exit);
  EXPECT_EQ("1 x", work.value("SELECT a || ' ' || b FROM theirs"));
  EXPECT_EQ("f", work.value("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'pgvista')"));
}

// What a header names is looked at by every command, at its line.
TEST_F(SyncScope, AHeaderThatNamesNothingIsAnErrorEverywhere) {
  const std::vector<std::pair<std::string, int>> headers = {
      {"key = [\"nosuch\"]", 5},
      {"indexes = [ { columns = [\"nosuch\"] } ]", 5},
      {"indexes = [ { columns = [\"a\"], include = [\"nosuch\"] } ]", 5},
      {"indexes = [ { columns = [\"a\"], where = \"nosuch > 1\" } ]", 5},
      {"owner = \"nosuch\"", 5},
      {"grants = { nosuch = [\"select\"] }", 5},
      {"column_comments = { nosuch = \"x\" }", 5},
      {"depends_on = [\"nosuch\"]", 5}};
  for (const std::string maintenance : {"immediate", "manual"}) {
    for (const auto& [line, number] : headers) {
      work.view("v", "/* pgvista\nkind = \"materialized\"\nmaintenance = \"" + maintenance + "\"\n\n" + line +
                         "\n*/ SELECT a, b FROM t");
      for (const char* const command : {"plan", "sync", "check"}) {
        const ProcessResult result = work.run({command});
        EXPECT_EQ(1, result.exit) << command << " " << line << result.out << result.err;
        EXPECT_NE(std::string::npos, (result.out + result.err).find("views/v.sql:" + std::to_string(number) + ":"))
            << command << " " << line << "\n"
            << result.out << result.err;
      }
    }
  }
}

}  // namespace pgvista::test
