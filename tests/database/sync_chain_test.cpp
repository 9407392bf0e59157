// Several views at once: what a change of one reaches, and in which order things have to happen.

#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace pgvista::test {

class SyncChain : public testing::Test {
 protected:
  void SetUp() override {
    work.execute(
        "CREATE TABLE t (id int PRIMARY KEY, a text, b int); INSERT INTO t SELECT i, 'row ' || i, i FROM "
        "generate_series(1, 50) i");
  }
  void materialized(const std::string& name, const std::string& query, const std::string& header = "") {
    work.view(name, "/* pgvista\nkind = \"materialized\"\n" + header + "\n*/\n" + query);
  }
  Workspace work;
};

TEST_F(SyncChain, AnUnmanagedReaderOfAViewBelowABuildNeedsNoForce) {
  work.view("plain", "SELECT id FROM t");
  materialized("m", "SELECT id FROM plain");
  work.sync();
  work.execute("CREATE VIEW stranger AS SELECT * FROM plain");
  work.view("plain", "SELECT id, a FROM t");
  materialized("m", "SELECT id, a FROM plain");
  EXPECT_EQ("replace plain\nswap m\n", work.planned());
  work.sync();
  EXPECT_EQ("", work.sync());
  EXPECT_EQ("50", work.value("SELECT count(a) FROM m"));
}

TEST_F(SyncChain, ANewFunctionChangesNothingAboutChains) {
  materialized("m", "SELECT id, a, b FROM t");
  work.view("d", "SELECT id, a FROM m");
  work.view("e", "SELECT d.id, m.a FROM d JOIN m USING (id)");
  materialized("f", "SELECT e.* FROM e");
  work.sync();
  work.execute("CREATE FUNCTION something() RETURNS int LANGUAGE sql AS 'SELECT 1'");
  EXPECT_EQ("", work.planned());
}

TEST_F(SyncChain, AParentsRenameAndItsReadersChangeGoTogether) {
  materialized("m", "SELECT id, a, b FROM t");
  materialized("reader", "SELECT id FROM m");
  work.sync();
  const std::string before = work.oid("m");
  work.folder().remove("views/m.sql");
  materialized("m9", "SELECT id, a, b FROM t", "renamed_from = \"m\"");
  materialized("reader", "SELECT id, a FROM m9");
  EXPECT_EQ("rename m9\nswap reader\n", work.sync());
  EXPECT_EQ(before, work.oid("m9"));
  EXPECT_EQ("", work.sync());
}

TEST_F(SyncChain, TheOldNameMayBeUsedAgain) {
  work.view("x", "SELECT id FROM t");
  work.sync();
  const std::string before = work.oid("x");
  work.view("y", "/* pgvista\nrenamed_from = \"x\"\n*/ SELECT id FROM t");
  work.view("x", "SELECT a FROM t");
  work.sync();
  EXPECT_EQ(before, work.oid("y"));
  EXPECT_EQ("row 1", work.value("SELECT a FROM x ORDER BY length(a), a LIMIT 1"));
  EXPECT_EQ("", work.sync());
}

TEST_F(SyncChain, ANamedViewTakesChangedDependentsAlong) {
  materialized("m", "SELECT id, a FROM t");
  work.view("d", "SELECT id, a FROM m");
  materialized("kind_changes", "SELECT id FROM m");
  work.sync();
  materialized("m", "SELECT id, a FROM t WHERE id > 3");
  work.view("d", "SELECT id AS ident, a FROM m");
  work.view("kind_changes", "SELECT id FROM m");
  work.sync({"m"});
  EXPECT_EQ("", work.sync());
  EXPECT_EQ("47", work.value("SELECT count(ident) FROM d"));
}

TEST_F(SyncChain, ForceMakesAStrangerAnewWhereItsColumnsChangeTheirType) {
  materialized("m", "SELECT id, b FROM t");
  work.sync();
  work.execute(
      "CREATE VIEW stranger AS SELECT id, b FROM m; CREATE VIEW above AS SELECT b FROM stranger; COMMENT ON VIEW "
      "stranger IS 'kept'; GRANT SELECT (b) ON stranger TO PUBLIC");
  materialized("m", "SELECT id, b::bigint AS b FROM t");
  work.sync({"--force"});
  EXPECT_EQ("kept", work.value("SELECT obj_description('stranger'::regclass)"));
  EXPECT_EQ("bigint", work.value("SELECT pg_typeof(b)::text FROM above LIMIT 1"));
  EXPECT_EQ("t", work.value("SELECT has_column_privilege('pg_monitor', 'stranger', 'b', 'select')"));
}

TEST_F(SyncChain, WhatThePruneDropsIsInNobodysWay) {
  materialized("m", "SELECT id FROM t");
  work.view("reader", "SELECT id FROM m");
  work.sync();
  work.folder().remove("views/reader.sql");
  materialized("m", "SELECT id FROM t WHERE id > 0");
  const auto refused = work.run({"sync"});
  EXPECT_EQ(1, refused.exit);
  EXPECT_NE(std::string::npos, refused.err.find("--prune drops it")) << refused.err;
  work.sync({"--prune"});
  EXPECT_EQ("0", work.value("SELECT count(*) FROM pg_class WHERE relname = 'reader'"));
  EXPECT_EQ("", work.sync());
}

TEST_F(SyncChain, RevokedRightsOfTheOwnerStayRevoked) {
  materialized("m", "SELECT id FROM t");
  work.sync();
  work.execute(
      "REVOKE DELETE, TRUNCATE ON m FROM postgres; CREATE ROLE other; GRANT other TO postgres; GRANT SELECT ON m TO "
      "other WITH GRANT OPTION");
  const std::string acl = work.value("SELECT relacl::text FROM pg_class WHERE relname = 'm'");
  materialized("m", "SELECT id FROM t WHERE id > 0");
  work.sync();
  EXPECT_EQ(acl, work.value("SELECT relacl::text FROM pg_class WHERE relname = 'm'"));
  work.execute("REVOKE ALL ON m FROM other, postgres");
  materialized("m", "SELECT id FROM t WHERE id > 1");
  work.sync();
  EXPECT_EQ("{}", work.value("SELECT relacl::text FROM pg_class WHERE relname = 'm'"));
  work.execute("DROP MATERIALIZED VIEW m; DROP ROLE other");
}

TEST_F(SyncChain, ToastOptionsAndACommentThatLooksLikeSqlSurvive) {
  materialized("m", "SELECT id, a FROM t");
  work.sync();
  work.execute("ALTER MATERIALIZED VIEW m SET (toast.autovacuum_enabled = false)");
  materialized("m", "SELECT id, a FROM t WHERE id > 0", "comment = \"use UPDATE t SET (a, b) to fill\"");
  work.sync();
  EXPECT_EQ("{autovacuum_enabled=false}", work.value("SELECT t.reloptions::text FROM pg_class c JOIN pg_class t ON "
                                                     "t.oid = c.reltoastrelid WHERE c.relname = 'm'"));
  EXPECT_EQ("use UPDATE t SET (a, b) to fill", work.value("SELECT obj_description('m'::regclass)"));
  EXPECT_EQ("", work.sync());
}

TEST_F(SyncChain, ARebuiltIndexKeepsWhatItHad) {
  materialized("m", "SELECT id, a FROM t", "indexes = [ { name = \"i\", columns = [\"lower(a)\"] } ]");
  work.sync();
  work.execute(
      "ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 77; ALTER MATERIALIZED VIEW m CLUSTER ON i; UPDATE pg_index SET "
      "indisvalid = false WHERE indexrelid = 'i'::regclass");
  EXPECT_EQ("index m\n", work.sync());
  EXPECT_EQ("77 t t", work.value("SELECT concat_ws(' ', attstattarget, indisclustered, indisvalid) FROM pg_attribute "
                                 "JOIN pg_index ON indexrelid = attrelid WHERE attrelid = 'i'::regclass"));
}

TEST_F(SyncChain, StatisticsOnAColumnThatGoesGoWithIt) {
  materialized("m", "SELECT id, a, b FROM t");
  work.sync();
  work.execute("CREATE STATISTICS gone ON (lower(a)), id FROM m; CREATE STATISTICS kept ON id, b FROM m");
  materialized("m", "SELECT id, b FROM t");
  work.sync();
  EXPECT_EQ("kept", work.value("SELECT string_agg(stxname, ',') FROM pg_statistic_ext WHERE stxrelid = 'm'::regclass"));
}

TEST_F(SyncChain, PlanOfAChangeWaitsForNoRefresh) {
  materialized("m", "SELECT id, a FROM t", "indexes = [ { columns = [\"lower(a)\"] } ]");
  work.view("v", "SELECT id FROM t");
  work.sync();
  const auto other = work.connect();
  other->execute("BEGIN; REFRESH MATERIALIZED VIEW m; LOCK TABLE v IN ACCESS EXCLUSIVE MODE");
  materialized("m", "SELECT id, a FROM t WHERE id > 0", "indexes = [ { columns = [\"lower(a)\"] } ]");
  // LOCK TABLE on a view locks what it reads too: only the views themselves are to be locked here.
  other->execute("ROLLBACK; BEGIN; REFRESH MATERIALIZED VIEW m");
  const auto plan = work.run({"plan", "--json"});
  EXPECT_EQ(3, plan.exit) << plan.err;
  EXPECT_EQ("swap m\n", steps_of(boost::json::parse(plan.out)));
  EXPECT_EQ(0, work.run({"status"}).exit);
  other->execute("ROLLBACK");
}

TEST_F(SyncChain, RolesWithACommaConverge) {
  work.execute("CREATE ROLE \"we,ird\"");
  work.view("v", "/* pgvista\ngrants = { \"we,ird\" = [\"select\"] }\n*/ SELECT id FROM t");
  work.sync();
  EXPECT_EQ("", work.sync());
  work.execute("DROP VIEW v; DROP ROLE \"we,ird\"");
}

TEST_F(SyncChain, VerifyRepairsAWholeChain) {
  materialized("a", "SELECT id FROM t");
  materialized("b", "SELECT id FROM a");
  work.view("p", "SELECT id FROM b");
  materialized("c", "SELECT count(*) AS n FROM p");
  work.sync();
  work.execute("DELETE FROM t WHERE id > 10");
  EXPECT_EQ(0, work.run({"verify", "--repair"}).exit);
  EXPECT_EQ("10", work.value("SELECT n FROM c"));
}

TEST_F(SyncChain, VerifyTellsOfEachViewByItself) {
  materialized("empty", "SELECT id FROM t", "with_data = false");
  work.execute(
      "CREATE TYPE pair AS (x int, j json); CREATE FUNCTION look(int) RETURNS text LANGUAGE plpgsql STABLE AS 'BEGIN "
      "RETURN (SELECT a FROM " +
      // From 17 on a refresh runs with a search path of its own.
      std::string(work.db().server_major() >= 17 ? "public." : "") + "t WHERE t.id = $1); END'");
  materialized("composite", "SELECT id, ROW(id, '{}')::pair AS p FROM t");
  materialized("with_function", "SELECT id, look(id) AS l FROM t");
  work.sync();
  const auto result = work.run({"verify"});
  EXPECT_EQ(1, result.exit);
  EXPECT_NE(std::string::npos, result.out.find("equal     composite")) << result.out << result.err;
  EXPECT_NE(std::string::npos, result.out.find("equal     with_function")) << result.out << result.err;
  EXPECT_NE(std::string::npos, result.err.find("\"empty\" holds no rows")) << result.err;
}

TEST_F(SyncChain, ClearLeavesWhatWasThereBefore) {
  work.execute("CREATE VIEW by_hand AS SELECT id FROM t");
  work.view("by_hand", "SELECT id FROM t");
  work.view("ours", "SELECT id FROM by_hand");
  work.sync();
  work.run({"clear", "--yes"});
  EXPECT_EQ("by_hand", work.value("SELECT string_agg(relname, ',') FROM pg_class WHERE relkind = 'v' AND relnamespace "
                                  "= 'public'::regnamespace"));
}

TEST_F(SyncChain, ARefreshSharesNoneThatBeganBeforeItsParentsWereDone) {
  work.execute(
      "CREATE FUNCTION gate() RETURNS boolean LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_lock_shared(78); PERFORM "
      "pg_advisory_unlock_shared(78); RETURN true; END'");
  materialized("parent", "SELECT id FROM t WHERE public.gate()");
  materialized("child", "SELECT count(*) AS n FROM parent");
  work.sync();
  const auto gate = work.connect();
  gate->execute("SELECT pg_advisory_lock(78)");
  auto first = work.start({"refresh"});
  const std::string running =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query "
      "LIKE 'REFRESH%'";
  wait_until([&] { return work.value(running) == "1"; }, "the first refresh is at the parent");
  work.execute("INSERT INTO t VALUES (1000, 'new', 1)");
  auto second = work.start({"refresh"});
  wait_until(
      [&] {
        return work.value(
                   "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = "
                   "'pgvista' AND state = 'idle' AND (query LIKE '%try_advisory%' OR query LIKE '%refresh_run r "
                   "WHERE%')") == "1";
      },
      "the second waits");
  gate->execute("SELECT pg_advisory_unlock(78)");
  EXPECT_EQ(0, first->wait().exit);
  EXPECT_EQ(0, second->wait().exit);
  EXPECT_EQ("51", work.value("SELECT n FROM child"));
}

}  // namespace pgvista::test
