#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace pgvista::test {

class Refresh : public testing::Test {
 protected:
  void SetUp() override {
    work.execute(
        "CREATE TABLE t (a int PRIMARY KEY, b text); INSERT INTO t SELECT i, 'row ' || i FROM generate_series(1, 100) "
        "i");
  }
  void materialized(const std::string& name, const std::string& query, const std::string& header = "") {
    work.view(name, "/* pgvista\nkind = \"materialized\"\n" + header + "\n*/\n" + query);
  }
  std::string names(const boost::json::value& results) {
    std::string out;
    for (const auto& result : results.as_array()) {
      out += std::string(result.at("name").as_string()) + ":" +
             (result.at("mode").is_null() ? "refused" : std::string(result.at("mode").as_string())) + " ";
    }
    return out;
  }
  Workspace work;
};

TEST_F(Refresh, GoesInOrderThroughPlainViews) {
  materialized("z_base", "SELECT a FROM t");
  work.view("middle", "SELECT a FROM z_base");
  materialized("a_top", "SELECT count(*) AS n FROM middle");
  work.sync();
  work.execute("DELETE FROM t WHERE a > 10");
  EXPECT_EQ("z_base:full a_top:full ", names(work.json({"refresh"})));
  EXPECT_EQ("10", work.value("SELECT n FROM a_top"));
}

TEST_F(Refresh, ANamedViewTakesItsAncestorsAndOnRequestItsDependents) {
  materialized("a", "SELECT a FROM t");
  materialized("b", "SELECT a FROM a");
  materialized("c", "SELECT a FROM b");
  materialized("other", "SELECT a FROM t");
  work.sync();
  EXPECT_EQ("a:full b:full ", names(work.json({"refresh", "b"})));
  EXPECT_EQ("a:full b:full c:full ", names(work.json({"refresh", "a", "--with-dependents"})));
}

TEST_F(Refresh, ConcurrentlyIsProvedBeforeItIsTried) {
  materialized("good", "SELECT a FROM t", "indexes = [ { columns = [\"a\"], unique = true } ]");
  materialized("no_index", "SELECT a FROM t");
  materialized("partial", "SELECT a FROM t", "indexes = [ { columns = [\"a\"], unique = true, where = \"a > 0\" } ]");
  materialized("expression", "SELECT a FROM t", "indexes = [ { columns = [\"abs(a)\"], unique = true } ]");
  work.sync();
  const auto result = work.run({"refresh", "--concurrently"});
  EXPECT_EQ(1, result.exit);
  EXPECT_NE(std::string::npos, result.err.find("\"no_index\" cannot be refreshed concurrently: it has no unique index"))
      << result.err;
  EXPECT_NE(std::string::npos, result.err.find("its unique index partial_a_")) << result.err;
  EXPECT_NE(std::string::npos, result.err.find("is on an expression")) << result.err;
  const auto json = work.json({"refresh", "--concurrently"});
  EXPECT_NE(std::string::npos, names(json).find("good:concurrent")) << names(json);
  EXPECT_NE(std::string::npos, names(json).find("no_index:refused")) << names(json);
  EXPECT_EQ("no_index:full ", names(work.json({"refresh", "no_index", "--concurrently", "--fallback"})));
}

TEST_F(Refresh, AnUnpopulatedViewIsPopulatedPlainlyParentsFirst) {
  materialized("base", "SELECT a FROM t", "with_data = false\nindexes = [ { columns = [\"a\"], unique = true } ]");
  materialized("top", "SELECT a FROM base");
  work.sync();
  EXPECT_EQ("base:populate top:populate ", names(work.json({"refresh", "--concurrently"})));
  EXPECT_EQ("100", work.value("SELECT count(*) FROM top"));
}

TEST_F(Refresh, APlainViewNamedIsAUsageError) {
  work.view("v", "SELECT a FROM t");
  work.sync();
  EXPECT_EQ(2, work.run({"refresh", "v"}).exit);
  EXPECT_EQ(2, work.run({"refresh", "nothing"}).exit);
}

TEST_F(Refresh, ATimeoutFailsOneAndTheOthersGoOn) {
  materialized("slow", "SELECT a, pg_sleep(0.2) IS NULL AS s FROM t",
               "with_data = false\nstatement_timeout = \"50ms\"");
  materialized("fast", "SELECT a FROM t");
  work.sync();
  const auto result = work.run({"refresh", "--json"});
  EXPECT_EQ(1, result.exit);
  const auto json = boost::json::parse(result.out);
  for (const auto& view : json.as_array()) {
    if (view.at("name") == "slow") {
      EXPECT_EQ("57014", view.at("error").at("sqlstate").as_string());
    } else {
      EXPECT_TRUE(view.at("error").is_null());
    }
  }
  const auto status = work.json({"status", "slow"});
  EXPECT_FALSE(status.at(0).at("last_refresh").at("error").is_null()) << "failures are history too";
}

TEST_F(Refresh, ALockThatIsNotToBeHadExitsWithFour) {
  materialized("m", "SELECT a FROM t");
  work.sync();
  work.folder().write("pgvista.toml", "[refresh]\nlock_timeout = \"30ms\"\nlock_retries = 2\n");
  const auto other = work.connect();
  other->execute("BEGIN; SELECT * FROM m LIMIT 1");
  EXPECT_EQ(4, work.run({"refresh"}).exit);
  other->execute("COMMIT");
  EXPECT_EQ(0, work.run({"refresh"}).exit);
}

// It asks again and again, and between two attempts readers come by.
TEST_F(Refresh, ALockIsAskedForAgainAndNoReaderWaitsBehindIt) {
  materialized("m", "SELECT a FROM t");
  work.sync();
  const auto other = work.connect();
  other->execute("BEGIN; SELECT * FROM m LIMIT 1");
  const auto run = work.start({"refresh"});
  wait_until([&] { return run->err_so_far().find("trying again") != std::string::npos; },
             "the refresh says that it waits");
  const auto reader = work.connect();
  reader->execute("SET statement_timeout = '5s'");
  for (int i = 0; i < 5; ++i) EXPECT_NO_THROW(reader->query("SELECT * FROM m"));
  other->execute("COMMIT");
  EXPECT_EQ(0, run->wait().exit);
}

TEST_F(Refresh, OnlyTheNamedViewWhereThatIsAsked) {
  materialized("m", "SELECT a FROM t");
  materialized("n", "SELECT a FROM m");
  work.sync();
  work.execute("INSERT INTO t SELECT max(a) + 1 FROM t");
  EXPECT_EQ(0, work.run({"refresh", "n", "--only"}).exit);
  EXPECT_EQ("f", work.value("SELECT (SELECT count(*) FROM n) = (SELECT count(*) FROM t)"));
  EXPECT_EQ(0, work.run({"refresh", "n"}).exit);
  EXPECT_EQ("t", work.value("SELECT (SELECT count(*) FROM n) = (SELECT count(*) FROM t)"));
}

TEST_F(Refresh, TimeoutsOfTheUrlHold) {
  materialized("m", "SELECT a FROM t");
  work.sync();
  work.folder().write("pgvista.toml", "[refresh]\nlock_timeout = \"10min\"\nlock_retries = 0\n");
  const auto other = work.connect();
  other->execute("BEGIN; SELECT * FROM m LIMIT 1");
  EXPECT_EQ(4,
            work.run({"refresh"}, {{"PGVISTA_DATABASE_URL", work.url() + "&options=-c%20lock_timeout%3D30ms"}}).exit);
  other->execute("COMMIT");
}

TEST_F(Refresh, RequestsThatArriveMeanwhileCauseExactlyOneMore) {
  work.execute(
      "CREATE TABLE gate (open boolean); INSERT INTO gate VALUES (true); CREATE FUNCTION wait_gate() RETURNS int "
      "LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_lock_shared(77); PERFORM pg_advisory_unlock_shared(77); RETURN "
      "1; END $$");
  materialized("m", "SELECT a, public.wait_gate() AS w FROM (SELECT 1 AS a) q");
  work.sync();
  const auto gate = work.connect();
  gate->execute("SELECT pg_advisory_lock(77)");
  const auto runs_now = [&] { return work.value("SELECT count(*) FROM pgvista.refresh_run WHERE mode = 'full'"); };
  auto first = work.start({"refresh"});
  wait_until([&] { return runs_now() == "1"; }, "the first refresh runs");
  std::vector<std::unique_ptr<Process>> later;
  for (int i = 0; i < 3; ++i) later.push_back(work.start({"refresh"}));
  wait_until(
      [&] {
        return work.value(
                   "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgvista' AND datname = "
                   "current_database()") == "4";
      },
      "all four are connected");
  // Each has asked for the refresh lock in vain once its last statement is the try.
  wait_until(
      [&] {
        return work.value(
                   "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgvista' AND datname = "
                   "current_database() AND query LIKE '%try_advisory_lock%'") >= "3" ||
               work.value(
                   "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgvista' AND datname = "
                   "current_database() AND query LIKE '%refresh_run r WHERE r.schema%'") != "0";
      },
      "the others wait");
  wait_until(
      [&] {
        return work.value(
                   "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgvista' AND datname = "
                   "current_database() AND (query LIKE '%try_advisory_lock%' OR query LIKE '%refresh_run r WHERE%')") ==
               "3";
      },
      "three wait");
  gate->execute("SELECT pg_advisory_unlock(77)");
  EXPECT_EQ(0, first->wait().exit);
  for (auto& run : later) EXPECT_EQ(0, run->wait().exit);
  EXPECT_EQ("2", runs_now());
}

TEST_F(Refresh, IndependentViewsRunAtOnceWithJobs) {
  // A sequence tells another transaction at once, and for good, that its query has begun.
  work.execute(
      "CREATE SEQUENCE begun_1; CREATE SEQUENCE begun_2; "
      "CREATE FUNCTION meet(mine int, other int) RETURNS int LANGUAGE plpgsql AS $$ DECLARE there bool; BEGIN "
      "PERFORM nextval('public.begun_' || mine); "
      "LOOP EXECUTE format('SELECT is_called FROM public.begun_%s', other) INTO there; EXIT WHEN there; PERFORM "
      "pg_sleep(0.001); END LOOP; "
      "RETURN 1; END $$");
  materialized("one", "SELECT public.meet(1, 2) AS x", "with_data = false\nstatement_timeout = \"30s\"");
  materialized("two", "SELECT public.meet(2, 1) AS x", "with_data = false\nstatement_timeout = \"30s\"");
  work.sync();
  EXPECT_EQ(0, work.run({"refresh", "--jobs", "2"}).exit) << "each waits until the other runs";
}

TEST_F(Refresh, StatusTellsStaleFromFresh) {
  materialized("m", "SELECT a FROM t");
  work.sync();
  const auto stale = [&] { return work.json({"status", "m"}).at(0).at("stale"); };
  work.run({"refresh"});
  // A session that ends tells the server what it counted.
  work.connect()->execute("UPDATE t SET b = 'x' WHERE a = 1");
  wait_until([&] { return stale() == boost::json::value(true); }, "the server has counted the change");
  work.run({"refresh"});
  EXPECT_EQ(boost::json::value(false), stale());
}

TEST_F(Refresh, ARefreshByHandIsNoticed) {
  materialized("m", "SELECT a FROM t", "indexes = [ { columns = [\"a\"], unique = true } ]");
  work.sync();
  work.run({"refresh"});
  work.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY m");
  const auto last = work.json({"status", "m"}).at(0).at("last_refresh");
  EXPECT_TRUE(last.at("by_hand").as_bool());
  EXPECT_FALSE(last.at("at").is_null()) << "this server keeps commit times";
  work.run({"refresh"});
  EXPECT_FALSE(work.json({"status", "m"}).at(0).at("last_refresh").at("by_hand").as_bool());
}

TEST_F(Refresh, VerifyFindsAndRepairMends) {
  materialized("m", "SELECT a, b, json_build_object('a', a) AS j, point(a, 1) AS p FROM t", "key = [\"a\"]");
  work.sync();
  EXPECT_EQ(0, work.run({"verify"}).exit);
  work.execute("UPDATE t SET b = 'changed' WHERE a = 7; DELETE FROM t WHERE a = 9");
  const auto result = work.run({"verify", "--json"});
  EXPECT_EQ(3, result.exit) << result.err;
  const auto json = boost::json::parse(result.out).at(0);
  EXPECT_FALSE(json.at("equal").as_bool());
  EXPECT_EQ(1, json.at("missing").as_int64());
  EXPECT_EQ(2, json.at("extra").as_int64());
  EXPECT_EQ("[[7],[9]]", boost::json::serialize(json.at("keys")));
  EXPECT_EQ(0, work.run({"verify", "--repair"}).exit);
  EXPECT_EQ(0, work.run({"verify"}).exit);
}

TEST_F(Refresh, VerifyCountsDuplicates) {
  materialized("m", "SELECT 1 AS x FROM t WHERE a <= 3");
  work.sync();
  work.execute("DELETE FROM t WHERE a = 3");
  const auto json = work.json({"verify"}).at(0);
  EXPECT_EQ(0, json.at("missing").as_int64());
  EXPECT_EQ(1, json.at("extra").as_int64());
}

TEST_F(Refresh, ViewsOfOtherSchemasCanBeNamed) {
  work.execute("CREATE SCHEMA stats; CREATE SCHEMA \"Odd.Schema\"");
  materialized("m", "SELECT a FROM public.t", "schema = \"stats\"");
  materialized("v", "SELECT a FROM public.t", "schema = \"Odd.Schema\"");
  work.sync();
  for (const char* const name : {"m", "stats.m", "v", "Odd.Schema.v", "\"Odd.Schema\".v", "\"Odd.Schema\".\"v\""}) {
    const ProcessResult result = work.run({"refresh", name});
    EXPECT_EQ(0, result.exit) << name << result.err;
  }
  materialized("m_too", "SELECT a FROM public.t", "name = \"m\"\nschema = \"Odd.Schema\"");
  EXPECT_EQ(2, work.run({"refresh", "m"}).exit) << "it may be either";
}

}  // namespace pgvista::test
