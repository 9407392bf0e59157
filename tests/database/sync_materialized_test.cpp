// Materialized views: built beside the old one, swapped, everything kept.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "support/workspace.hpp"

namespace pgvista::test {

class SyncMaterialized : public testing::Test {
 protected:
  void SetUp() override {
    work.execute(
        "CREATE TABLE t (a int PRIMARY KEY, b text NOT NULL, c int); INSERT INTO t SELECT i, 'row ' || i, i % 7 FROM "
        "generate_series(1, 200) i");
  }
  void materialized(const std::string& name, const std::string& query, const std::string& header = "") {
    work.view(name, "/* pgvista\nkind = \"materialized\"\n" + header + "\n*/\n" + query);
  }
  Workspace work;
};

TEST_F(SyncMaterialized, CreatesFilledAndIndexedThenDoesNothing) {
  materialized("m", "SELECT a, b FROM t",
               "indexes = [ { columns = [\"a\"], unique = true }, { columns = [\"lower(b)\"] } ]");
  EXPECT_EQ("create m\n", work.sync());
  EXPECT_EQ("200", work.value("SELECT count(*) FROM m"));
  EXPECT_EQ("m_a_key,m_lower_b_idx",
            work.value("SELECT string_agg(indexname, ',' ORDER BY indexname) FROM pg_indexes WHERE tablename = 'm'"));
  EXPECT_EQ("", work.sync());
}

TEST_F(SyncMaterialized, AChangedQuerySwaps) {
  materialized("m", "SELECT a, b FROM t", "indexes = [ { columns = [\"a\"], unique = true } ]");
  work.sync();
  const std::string before = work.oid("m");
  materialized("m", "SELECT a, b FROM t WHERE a <= 100", "indexes = [ { columns = [\"a\"], unique = true } ]");
  EXPECT_EQ("swap m\n", work.sync());
  EXPECT_NE(before, work.oid("m"));
  EXPECT_EQ("100", work.value("SELECT count(*) FROM m"));
  EXPECT_EQ("m_a_key", work.value("SELECT string_agg(indexname, ',') FROM pg_indexes WHERE tablename = 'm'"));
  EXPECT_EQ(
      "0",
      work.value(
          "SELECT count(*) FROM pg_class WHERE relname LIKE 'pgvista\\_%' AND relnamespace = 'public'::regnamespace"))
      << "nothing is left over";
  EXPECT_EQ("", work.sync());
}

// Everything that can be told of a relation by the catalogues, oids and places in files left out.
const char* const whole_state = R"(
SELECT concat_ws(E'\n', c.relkind, pg_get_userbyid(c.relowner), (SELECT array_agg(x::text ORDER BY x::text)
  FROM unnest(c.relacl) x)::text,
  (SELECT array_agg(x ORDER BY x) FROM unnest(c.reloptions) x)::text, c.relispopulated,
    obj_description(c.oid, 'pg_class'),
  (SELECT string_agg(concat_ws(' ', attname, attacl::text, attstattarget, (SELECT array_agg(o)
    FROM unnest(attoptions) o WHERE o LIKE 'n\_distinct%')::text, attstorage, attcompression,
      col_description(attrelid, attnum)), E'\n' ORDER BY attname)
     FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attname <> 'extra'),
  (SELECT string_agg(concat_ws(' ', pg_get_indexdef(i.indexrelid), i.indisclustered, obj_description(i.indexrelid,
    'pg_class'), pg_get_userbyid(ic.relowner),
     (SELECT string_agg(attstattarget::text, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = i.indexrelid)),
       E'\n' ORDER BY ic.relname)
     FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid WHERE i.indrelid = c.oid),
  (SELECT string_agg(concat_ws(' ', pg_get_statisticsobjdef(s.oid), obj_description(s.oid, 'pg_statistic_ext'),
    pg_get_userbyid(stxowner), to_jsonb(s) ->> 'stxstattarget'), E'\n' ORDER BY stxname)
     FROM pg_statistic_ext s WHERE stxrelid = c.oid))
FROM pg_class c WHERE c.oid = 'm'::regclass)";

// What others give a view while its new one is built would be lost with the old one: nothing is done, and the next sync
// keeps it.
TEST_F(SyncMaterialized, WhatOthersChangeMeanwhileIsNotLost) {
  work.execute("CREATE TABLE held (g int); INSERT INTO held VALUES (1), (2)");
  work.view("m", "/* pgvista\nkind = \"materialized\"\n*/ SELECT g FROM held");
  work.sync();
  const std::string waits =
      "/* pgvista\nkind = \"materialized\"\n*/ SELECT g, pg_advisory_xact_lock_shared(77)::text AS held FROM held";
  work.view("m", waits);
  for (const char* const change : {"GRANT SELECT ON m TO pg_monitor", "CREATE INDEX by_hand ON m (g)",
                                   "CREATE VIEW over_it AS SELECT g FROM m", "COMMENT ON COLUMN m.g IS 'late'"}) {
    work.execute("SELECT pg_advisory_lock(77)");
    const auto running = work.start({"sync"});
    const auto apart = work.connect();
    wait_until(
        [&] {
          return apart
                     ->query("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = 77")
                     .text(0, 0) == "1";
        },
        "the new one is being built");
    apart->execute(change);
    work.execute("SELECT pg_advisory_unlock(77)");
    const ProcessResult done = running->wait();
    EXPECT_EQ(1, done.exit) << change;
    EXPECT_NE(std::string::npos, done.err.find("changed by somebody else")) << change << done.err;
    EXPECT_EQ("1", work.value("SELECT count(*) FROM pg_attribute WHERE attrelid = 'm'::regclass AND attnum > 0"));
    work.execute("DROP VIEW IF EXISTS over_it");
  }
  work.sync();
  EXPECT_EQ("t", work.value("SELECT has_table_privilege('pg_monitor', 'm', 'SELECT')"));
  EXPECT_EQ("late", work.value("SELECT col_description('m'::regclass, 1)"));
  EXPECT_EQ("t", work.value("SELECT to_regclass('by_hand') IS NOT NULL"));
  EXPECT_EQ("0",
            work.value("SELECT count(*) FROM pg_class WHERE relname LIKE 'pgvista\\_%' AND relkind IN ('v', 'm')"));
}

TEST_F(SyncMaterialized, AfterASwapEverythingIsAsBefore) {
  materialized(
      "m", "SELECT a, b, c FROM t",
      "indexes = [ { columns = [\"a\"], unique = true, comment = \"the key\" } ]\nstorage = { fillfactor = 70 }");
  work.sync();
  work.execute(
      "CREATE ROLE owner_role; CREATE ROLE reader; CREATE ROLE passer; GRANT owner_role TO postgres; GRANT CREATE ON "
      "SCHEMA public TO owner_role; GRANT SELECT ON t TO owner_role;");
  work.execute(
      "ALTER MATERIALIZED VIEW m OWNER TO owner_role; GRANT SELECT ON m TO PUBLIC; GRANT SELECT, UPDATE ON m TO passer "
      "WITH GRANT OPTION; GRANT SELECT (b), UPDATE (c) ON m TO reader");
  work.execute("SET ROLE passer; GRANT SELECT ON m TO reader; RESET ROLE");
  work.execute(
      "COMMENT ON MATERIALIZED VIEW m IS 'it''s \"kept\"'; COMMENT ON COLUMN m.b IS 'a column'; ALTER MATERIALIZED "
      "VIEW m SET (autovacuum_enabled = off); ALTER MATERIALIZED VIEW m ALTER COLUMN c SET STATISTICS 77; "
      "ALTER MATERIALIZED VIEW m ALTER COLUMN c SET (n_distinct = 7); ALTER MATERIALIZED VIEW m ALTER COLUMN b SET "
      "STORAGE EXTERNAL; CREATE INDEX by_hand ON m (b DESC NULLS LAST, c); CREATE INDEX partial_by_hand ON m (c) "
      "INCLUDE (a) WHERE c > 2; "
      "CREATE INDEX expression_by_hand ON m (lower(b), (c + 1)); ALTER INDEX expression_by_hand ALTER COLUMN 1 SET "
      "STATISTICS 33; COMMENT ON INDEX by_hand IS 'mine'; ALTER MATERIALIZED VIEW m CLUSTER ON by_hand; "
      "CREATE STATISTICS m_stats (ndistinct, mcv) ON a, c FROM m; CREATE STATISTICS m_expr ON (c * 2), b FROM m; "
      "COMMENT ON STATISTICS m_stats IS 'both'; ALTER STATISTICS m_stats SET STATISTICS 55");
  const std::string before = work.value(whole_state);
  materialized(
      "m", "SELECT a, c, b, 1 AS extra FROM t WHERE a > 0",
      "indexes = [ { columns = [\"a\"], unique = true, comment = \"the key\" } ]\nstorage = { fillfactor = 70 }");
  EXPECT_EQ("swap m\n", work.sync());
  EXPECT_EQ(before, work.value(whole_state));
  EXPECT_EQ("", work.sync());
  work.execute(
      "DROP MATERIALIZED VIEW m; REVOKE ALL ON SCHEMA public FROM owner_role; REVOKE ALL ON t FROM owner_role; DROP "
      "ROLE owner_role; DROP ROLE reader; DROP ROLE passer");
}

TEST_F(SyncMaterialized, DefaultPrivilegesDoNotLeakIntoTheNewObject) {
  materialized("m", "SELECT a FROM t");
  work.sync();
  work.execute("CREATE ROLE newcomer; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO newcomer");
  materialized("m", "SELECT a FROM t WHERE a > 0");
  work.sync();
  EXPECT_EQ("f", work.value("SELECT has_table_privilege('newcomer', 'm', 'select')"));
  work.execute("ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM newcomer; DROP ROLE newcomer");
}

TEST_F(SyncMaterialized, PlainViewsOnItAreRepointed) {
  materialized("m", "SELECT a, b FROM t");
  work.view("v", "SELECT a FROM m");
  work.sync();
  const std::string v = work.oid("v");
  materialized("m", "SELECT a, b FROM t WHERE a <= 10");
  work.sync();
  EXPECT_EQ(v, work.oid("v"));
  EXPECT_EQ("10", work.value("SELECT count(*) FROM v"));
  EXPECT_EQ("", work.sync());
}

TEST_F(SyncMaterialized, OneThatNamesItIsSwappedOneBehindAPlainViewIsRefreshed) {
  materialized("base", "SELECT a, b FROM t");
  materialized("named", "SELECT count(*) AS n FROM base");
  work.view("plain", "SELECT a FROM base");
  materialized("behind", "SELECT count(*) AS n FROM plain", "indexes = [ { columns = [\"n\"], unique = true } ]");
  work.sync();
  const std::string behind = work.oid("behind");
  const std::string named = work.oid("named");
  materialized("base", "SELECT a, b FROM t WHERE a <= 10");
  const std::string steps = work.sync();
  EXPECT_NE(std::string::npos, steps.find("swap base")) << steps;
  EXPECT_NE(std::string::npos, steps.find("swap named")) << steps;
  EXPECT_NE(std::string::npos, steps.find("populate behind")) << steps;
  EXPECT_NE(named, work.oid("named"));
  EXPECT_EQ(behind, work.oid("behind"));
  EXPECT_EQ("10", work.value("SELECT n FROM named"));
  EXPECT_EQ("10", work.value("SELECT n FROM behind"));
  EXPECT_EQ("", work.sync());
}

TEST_F(SyncMaterialized, AChangedPlainViewBelowIsRefreshedAfter) {
  work.view("plain", "SELECT a FROM t WHERE a <= 10");
  materialized("m", "SELECT count(*) AS n FROM plain");
  work.sync();
  work.view("plain", "SELECT a FROM t WHERE a <= 20");
  EXPECT_EQ("replace plain\npopulate m\n", work.sync());
  EXPECT_EQ("20", work.value("SELECT n FROM m"));
}

TEST_F(SyncMaterialized, ViewAndMaterializedTheOneAndTheOther) {
  work.view("x", "SELECT a FROM t");
  work.view("reader", "SELECT a FROM x");
  work.sync();
  work.execute("GRANT SELECT ON x TO PUBLIC; COMMENT ON VIEW x IS 'same'");
  materialized("x", "SELECT a FROM t");
  work.sync();
  EXPECT_EQ("m", work.value("SELECT relkind FROM pg_class WHERE relname = 'x'"));
  EXPECT_EQ("same", work.value("SELECT obj_description('x'::regclass)"));
  EXPECT_EQ("", work.sync());
  work.view("x", "SELECT a FROM t");
  work.sync();
  EXPECT_EQ("v", work.value("SELECT relkind FROM pg_class WHERE relname = 'x'"));
  EXPECT_EQ("t", work.value("SELECT has_table_privilege('pg_monitor', 'x', 'select')"));
  EXPECT_EQ("", work.sync());
}

// What others made on a view and the new one cannot have is named before it goes, and once it is gone.
TEST_F(SyncMaterialized, WhatCannotBeKeptIsNamed) {
  materialized("m", "SELECT a, b, c FROM t", R"(indexes = [ { columns = ["a"], unique = true } ])");
  work.sync();
  work.execute("CREATE INDEX by_b ON m (b); CREATE INDEX by_c ON m (c); CREATE STATISTICS m_both ON a, c FROM m");
  materialized("m", "SELECT a, b FROM t", R"(indexes = [ { columns = ["a"], unique = true } ])");
  EXPECT_NE(work.run({"plan"}).out.find("without index by_c, statistics m_both, which it cannot have"),
            std::string::npos);
  EXPECT_NE(work.run({"sync"}).out.find("without index by_c, statistics m_both, which it cannot have"),
            std::string::npos);
  work.view("m", "SELECT a, b FROM t");
  const auto lost = work.json({"sync"}).at("steps").as_array().at(0).at("lost").as_array();
  EXPECT_EQ(R"(["index by_b"])", boost::json::serialize(lost));
}

// False is not the default of every option of storage.
TEST_F(SyncMaterialized, StorageIsAsDeclared) {
  materialized("m", "SELECT a, b FROM t");
  work.sync();
  materialized("m", "SELECT a, b FROM t",
               R"(storage = { fillfactor = 70, autovacuum_enabled = false, "toast.autovacuum_enabled" = false })");
  EXPECT_EQ("alter m\n", work.sync());
  EXPECT_EQ("{autovacuum_enabled=false,fillfactor=70}",
            work.value("SELECT reloptions FROM pg_class WHERE relname = 'm'"));
  EXPECT_EQ("{autovacuum_enabled=false}",
            work.value("SELECT t.reloptions FROM pg_class c JOIN pg_class t ON t.oid = c.reltoastrelid WHERE c.relname "
                       "= 'm'"));
  EXPECT_EQ("", work.sync());
}

TEST_F(SyncMaterialized, WhatGoesWithAnExtensionStillDoes) {
  work.execute("CREATE EXTENSION pgcrypto");
  materialized("m", "SELECT a, b FROM t");
  work.sync();
  work.execute(
      "CREATE INDEX by_b ON m (b); ALTER INDEX by_b DEPENDS ON EXTENSION pgcrypto; ALTER MATERIALIZED VIEW m DEPENDS "
      "ON EXTENSION pgcrypto");
  materialized("m", "SELECT a, b FROM t WHERE a > 1");
  EXPECT_EQ("swap m\n", work.sync());
  EXPECT_EQ("2", work.value("SELECT count(*) FROM pg_depend WHERE deptype = 'x' AND objid IN ('m'::regclass, "
                            "'by_b'::regclass)"));
}

TEST_F(SyncMaterialized, UnmanagedMaterializedViewsComeBackExactly) {
  materialized("m", "SELECT a, b FROM t");
  work.sync();
  work.execute(
      "CREATE MATERIALIZED VIEW theirs WITH (fillfactor = 50) AS SELECT a FROM m; CREATE UNIQUE INDEX theirs_key ON "
      "theirs (a); COMMENT ON MATERIALIZED VIEW theirs IS 'theirs'; "
      "CREATE MATERIALIZED VIEW empty_one AS SELECT b FROM m WITH NO DATA");
  materialized("m", "SELECT a, b FROM t WHERE a <= 5");
  EXPECT_EQ(1, work.run({"sync"}).exit);
  work.sync({"--force"});
  EXPECT_EQ("5", work.value("SELECT count(*) FROM theirs"));
  EXPECT_EQ("theirs", work.value("SELECT obj_description('theirs'::regclass)"));
  EXPECT_EQ("{fillfactor=50}", work.value("SELECT reloptions FROM pg_class WHERE relname = 'theirs'"));
  EXPECT_EQ("theirs_key", work.value("SELECT indexname FROM pg_indexes WHERE tablename = 'theirs'"));
  EXPECT_EQ("f", work.value("SELECT relispopulated FROM pg_class WHERE relname = 'empty_one'"));
}

TEST_F(SyncMaterialized, WithoutDataStaysEmptyAndAPopulatedOneStaysPopulated) {
  materialized("m", "SELECT a FROM t", "with_data = false");
  work.sync();
  EXPECT_EQ("f", work.value("SELECT relispopulated FROM pg_class WHERE relname = 'm'"));
  EXPECT_EQ("", work.sync());
  work.execute("REFRESH MATERIALIZED VIEW m");
  EXPECT_EQ("", work.sync());
  materialized("m", "SELECT a FROM t WHERE a > 1", "with_data = false");
  work.sync();
  EXPECT_EQ("t", work.value("SELECT relispopulated FROM pg_class WHERE relname = 'm'"));
}

TEST_F(SyncMaterialized, OneEmptiedByHandIsFilledAgain) {
  materialized("m", "SELECT a FROM t");
  work.sync();
  work.execute("REFRESH MATERIALIZED VIEW m WITH NO DATA");
  EXPECT_EQ("populate m\n", work.sync());
  EXPECT_EQ("200", work.value("SELECT count(*) FROM m"));
}

TEST_F(SyncMaterialized, ReadersGoOnReadingThroughASwap) {
  work.execute("INSERT INTO t SELECT i, 'row ' || i, i % 7 FROM generate_series(201, 20000) i");
  materialized("m", "SELECT a, b FROM t", "indexes = [ { columns = [\"a\"], unique = true } ]");
  work.view("v", "SELECT a FROM m");
  work.sync();
  std::atomic<bool> stop = false;
  std::atomic<int> reads = 0;
  std::string failure;
  std::thread reader([&] {
    const auto connection = work.connect();
    while (!stop) {
      try {
        connection->query("SELECT count(*) FROM v");
        connection->query("SELECT b FROM m WHERE a = 5");
        ++reads;
      } catch (const Failure& error) {
        failure = error.error().message;
        return;
      }
    }
  });
  for (int round = 0; round < 5; ++round) {
    const int before = reads;
    materialized("m", "SELECT a, b FROM t WHERE a > " + std::to_string(-round),
                 "indexes = [ { columns = [\"a\"], unique = true } ]");
    work.sync();
    wait_until([&] { return reads > before + 2 || !failure.empty(); }, "the reader has read again");
  }
  stop = true;
  reader.join();
  EXPECT_EQ("", failure);
}

TEST_F(SyncMaterialized, ALockThatIsNotToBeHadIsRetriedThenTold) {
  materialized("m", "SELECT a FROM t");
  work.sync();
  work.folder().write("pgvista.toml", "[sync]\nlock_timeout = \"20ms\"\nlock_retries = 1\n");
  const auto other = work.connect();
  other->execute("BEGIN; SELECT * FROM m LIMIT 1");
  materialized("m", "SELECT a FROM t WHERE a > 1");
  const auto refused = work.run({"sync"});
  EXPECT_EQ(4, refused.exit) << refused.err;
  EXPECT_EQ("200", work.value("SELECT count(*) FROM m"));
  EXPECT_EQ("0", work.value("SELECT count(*) FROM pg_class WHERE relname LIKE 'pgvista\\_new\\_%'"))
      << "what was built beside is gone";
  other->execute("COMMIT");
  EXPECT_EQ("swap m\n", work.sync());
}

TEST_F(SyncMaterialized, AFailedBuildLeavesTheOldView) {
  materialized("m", "SELECT a FROM t");
  work.sync();
  const std::string before = work.oid("m");
  materialized("m", "SELECT 1 / (a - 5) AS a FROM t");
  const auto result = work.run({"sync"});
  EXPECT_EQ(1, result.exit);
  EXPECT_NE(std::string::npos, result.err.find("division by zero")) << result.err;
  EXPECT_EQ(before, work.oid("m"));
  EXPECT_EQ("0", work.value("SELECT count(*) FROM pg_class WHERE relname LIKE 'pgvista\\_new\\_%'"));
}

TEST_F(SyncMaterialized, CleaningUpTouchesOnlyWhatItMade) {
  materialized("m", "SELECT a FROM t");
  work.sync();
  work.execute("CREATE MATERIALIZED VIEW pgvista_new_theirs AS SELECT 1 AS x");
  materialized("m", "SELECT a FROM t WHERE a > 1");
  work.sync();
  EXPECT_EQ("1", work.value("SELECT count(*) FROM pgvista_new_theirs"));
}

TEST_F(SyncMaterialized, TwoRunsAtOnceOneFindsNothingToDo) {
  materialized("m", "SELECT a FROM t", "indexes = [ { columns = [\"a\"], unique = true } ]");
  std::vector<std::unique_ptr<Process>> runs;
  for (int i = 0; i < 4; ++i) runs.push_back(work.start({"sync", "--json"}));
  int created = 0;
  for (auto& run : runs) {
    const ProcessResult result = run->wait();
    EXPECT_EQ(0, result.exit) << result.err;
    created += static_cast<int>(boost::json::parse(result.out).at("steps").as_array().size());
  }
  EXPECT_EQ(1, created);
}

}  // namespace pgvista::test
