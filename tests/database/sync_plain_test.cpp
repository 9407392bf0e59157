// Plain views: what counts as a change, and how each change is made.

#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace pgvista::test {

class SyncPlain : public testing::Test {
 protected:
  void SetUp() override { work.execute("CREATE TABLE t (a int PRIMARY KEY, b varchar(20) NOT NULL, c timestamptz)"); }
  Workspace work;
};

TEST_F(SyncPlain, CreatesThenDoesNothing) {
  work.view("v", "SELECT a, b FROM t");
  EXPECT_EQ("create v\n", work.sync());
  EXPECT_EQ("", work.sync());
  EXPECT_EQ("", work.planned());
}

TEST_F(SyncPlain, WritingItOtherwiseIsNoChange) {
  work.view("v", "SELECT a, upper(b) AS b FROM t WHERE b = ANY (ARRAY['x', 'y']) AND a IN (1, 2)");
  work.sync();
  const std::string before = work.oid("v");
  work.view("v",
            "-- a comment\nselect\n  T.A, UPPER(t.b) as b\nfrom PUBLIC.t\nwhere b in ('x', 'y') and (a = any (array[1, "
            "2]));");
  EXPECT_EQ("", work.planned());
  EXPECT_EQ("", work.sync());
  EXPECT_EQ(before, work.oid("v"));
}

TEST_F(SyncPlain, ALiteralAnOrderAndAnAliasAreChanges) {
  work.view("v", "SELECT a, b FROM t WHERE b = 'x'");
  work.sync();
  for (const std::string query : {"SELECT a, b FROM t WHERE b = 'X'", "SELECT a, b FROM t WHERE b = 'X' ORDER BY a",
                                  "SELECT a, b AS b2 FROM t WHERE b = 'X' ORDER BY a"}) {
    work.view("v", query);
    EXPECT_NE("", work.planned()) << query;
    work.sync();
    EXPECT_EQ("", work.planned()) << query;
  }
}

TEST_F(SyncPlain, ShowsTheCanonicalDifference) {
  work.view("v", "SELECT a FROM t WHERE b = 'x'");
  work.sync();
  work.view("v", "SELECT a FROM t WHERE b = 'X'");
  const auto plan = work.json({"plan"});
  const std::string diff(plan.at("steps").at(0).at("diff").as_string());
  EXPECT_NE(std::string::npos, diff.find("- ")) << diff;
  EXPECT_NE(std::string::npos, diff.find("'X'")) << diff;
}

TEST_F(SyncPlain, AppendedColumnsReplaceInPlaceAndKeepOptions) {
  work.view("v", "/* pgvista\nsecurity_barrier = true\n*/ SELECT a FROM t");
  work.sync();
  work.execute("ALTER VIEW v SET (check_option = local)");
  const std::string before = work.oid("v");
  work.view("v", "/* pgvista\nsecurity_barrier = true\n*/ SELECT a, b FROM t");
  EXPECT_EQ("replace v\n", work.sync());
  EXPECT_EQ(before, work.oid("v"));
  EXPECT_EQ("{check_option=local,security_barrier=true}",
            work.value("SELECT array(SELECT unnest(reloptions) ORDER BY 1)::text FROM pg_class WHERE relname = 'v'"));
}

TEST_F(SyncPlain, OptionsAloneLeaveTheBodyUntouched) {
  work.view("v", "SELECT a FROM t");
  work.sync();
  const std::string rule = work.value("SELECT xmin FROM pg_rewrite WHERE ev_class = 'v'::regclass");
  work.view("v",
            "/* pgvista\nsecurity_barrier = true\ncomment = \"it's one\"\ncolumn_comments = { a = \"the key\" "
            "}\ngrants = { public = [\"select\"] }\n*/ SELECT a FROM t");
  EXPECT_EQ("alter v\n", work.sync());
  EXPECT_EQ("", work.planned());
  EXPECT_EQ(rule, work.value("SELECT xmin FROM pg_rewrite WHERE ev_class = 'v'::regclass"));
  EXPECT_EQ("it's one", work.value("SELECT obj_description('v'::regclass)"));
  EXPECT_EQ("the key", work.value("SELECT col_description('v'::regclass, 1)"));
  EXPECT_EQ("t", work.value("SELECT has_table_privilege('pg_monitor', 'v', 'select')"));
}

TEST_F(SyncPlain, DroppedRenamedReorderedAndRetypedColumnsMakeANewObject) {
  work.view("v", "SELECT a, b FROM t");
  work.sync();
  for (const std::string query :
       {"SELECT a FROM t", "SELECT a AS z FROM t", "SELECT b, a AS z FROM t", "SELECT b::text AS b, a AS z FROM t"}) {
    work.view("v", query);
    EXPECT_EQ("recreate v\n", work.sync()) << query;
    EXPECT_EQ("", work.sync()) << query;
  }
}

TEST_F(SyncPlain, WhatItManagesIsRebuiltInOrder) {
  work.view("v", "SELECT a, b FROM t");
  work.view("w", "SELECT a FROM v");
  work.view("x", "SELECT a + 1 AS a1 FROM w");
  EXPECT_EQ("create v\ncreate w\ncreate x\n", work.sync());
  const std::string w = work.oid("w");
  work.execute("COMMENT ON VIEW w IS 'kept'; GRANT SELECT ON w TO PUBLIC");
  work.view("v", "SELECT b, a FROM t");
  work.sync();
  EXPECT_EQ(w, work.oid("w")) << "a plain view on it is re-pointed, its object kept";
  EXPECT_EQ("kept", work.value("SELECT obj_description('w'::regclass)"));
  EXPECT_EQ("", work.sync());
  work.execute("INSERT INTO t VALUES (1, 'x')");
  EXPECT_EQ("2", work.value("SELECT a1 FROM x"));
}

TEST_F(SyncPlain, AColumnsTypeThatChangesBelowReachesTheTop) {
  work.view("v", "SELECT a FROM t");
  work.view("w", "SELECT a FROM v");
  work.sync();
  work.view("v", "SELECT a::bigint AS a FROM t");
  work.sync();
  EXPECT_EQ("bigint", work.value("SELECT pg_typeof(a)::text FROM (SELECT (SELECT a FROM w LIMIT 1) AS a) q"));
  EXPECT_EQ("", work.sync());
}

TEST_F(SyncPlain, WhatItDoesNotManageIsRefusedByName) {
  work.view("v", "SELECT a, b FROM t");
  work.sync();
  work.execute("CREATE VIEW stranger AS SELECT a FROM v");
  work.view("v", "SELECT b, a FROM t");
  const auto result = work.run({"sync"});
  EXPECT_EQ(1, result.exit);
  EXPECT_NE(std::string::npos, result.err.find("stranger")) << result.err;
  EXPECT_NE(std::string::npos, result.err.find("--force")) << result.err;
  EXPECT_EQ("a", work.value("SELECT attname FROM pg_attribute WHERE attrelid = 'v'::regclass AND attnum = 1"))
      << "nothing changed";
  const auto json = work.json({"sync"});
  EXPECT_EQ("force_required", json.at("error").at("code").as_string());
  EXPECT_EQ("force-required", json.at("views").at(0).at("status").as_string());
}

TEST_F(SyncPlain, ForceKeepsTheStrangerExactly) {
  work.view("v", "SELECT a, b FROM t");
  work.sync();
  work.execute(
      "CREATE ROLE someone; GRANT SELECT ON v TO someone; CREATE VIEW stranger WITH (security_barrier) AS SELECT a "
      "FROM v; COMMENT ON VIEW stranger IS 'mine'; "
      "ALTER VIEW stranger OWNER TO someone; GRANT SELECT (a) ON stranger TO PUBLIC");
  const std::string state =
      "SELECT concat_ws('|', pg_get_userbyid(relowner), relacl, reloptions, obj_description(oid), (SELECT attacl FROM "
      "pg_attribute WHERE attrelid = c.oid AND attname = 'a')) FROM pg_class c WHERE relname = 'stranger'";
  const std::string before = work.value(state);
  work.view("v", "SELECT b, a FROM t");
  const auto json = work.json({"sync", "--force"});
  EXPECT_EQ("forced", json.at("views").at(0).at("status").as_string()) << boost::json::serialize(json);
  EXPECT_EQ(before, work.value(state));
  work.execute("INSERT INTO t VALUES (7, 'x')");
  EXPECT_EQ("7", work.value("SELECT a FROM stranger"));
  EXPECT_EQ("", work.sync());
  work.execute("DROP VIEW stranger; REVOKE ALL ON v FROM someone; DROP ROLE someone");
}

TEST_F(SyncPlain, TriggersAndRulesOfAViewComeBack) {
  work.view("v", "SELECT a, b FROM t");
  work.sync();
  work.execute(
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO t VALUES (NEW.a, 'trigger'); "
      "RETURN NEW; END $$; "
      "CREATE TRIGGER instead INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f(); ALTER VIEW v ALTER COLUMN b "
      "SET DEFAULT 'dflt'; "
      "CREATE RULE away AS ON DELETE TO v DO INSTEAD NOTHING; COMMENT ON TRIGGER instead ON v IS 'a trigger''s'; "
      "COMMENT ON RULE away ON v IS 'a rule''s'");
  work.view("v", "SELECT b, a FROM t");
  work.sync();
  work.execute("INSERT INTO v (a) VALUES (3)");
  EXPECT_EQ("trigger", work.value("SELECT b FROM t WHERE a = 3"));
  EXPECT_EQ("'dflt'::character varying",
            work.value("SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'v'::regclass"));
  EXPECT_EQ("a trigger's",
            work.value("SELECT obj_description(oid, 'pg_trigger') FROM pg_trigger WHERE tgname = 'instead'"));
  EXPECT_EQ("a rule's",
            work.value("SELECT obj_description(oid, 'pg_rewrite') FROM pg_rewrite WHERE rulename = 'away'"));
}

TEST_F(SyncPlain, AFunctionOnTheRowTypeIsRefused) {
  work.view("v", "SELECT a, b FROM t");
  work.sync();
  work.execute("CREATE FUNCTION rows_of_v() RETURNS SETOF v LANGUAGE sql AS 'SELECT * FROM v'");
  work.view("v", "SELECT b, a FROM t");
  const auto result = work.run({"sync", "--force"});
  EXPECT_EQ(1, result.exit);
  EXPECT_NE(std::string::npos, result.err.find("rows_of_v")) << result.err;
}

TEST_F(SyncPlain, AViewChangedByHandIsShownAndMadeRight) {
  work.view("v", "SELECT a FROM t");
  work.sync();
  work.execute("CREATE OR REPLACE VIEW v AS SELECT a FROM t WHERE a > 5");
  const auto plan = work.json({"plan"});
  EXPECT_EQ("it was changed by hand", plan.at("steps").at(0).at("reason").as_string());
  EXPECT_EQ(3, work.run({"plan"}).exit);
  EXPECT_EQ("replace v\n", work.sync());
  EXPECT_EQ("", work.sync());
}

TEST_F(SyncPlain, AStarFollowsItsTable) {
  work.view("v", "SELECT * FROM t");
  work.sync();
  work.execute("ALTER TABLE t ADD COLUMN d int");
  EXPECT_EQ("replace v\n", work.planned());
  work.sync();
  EXPECT_EQ("", work.sync());
}

TEST_F(SyncPlain, ARenamedColumnBelowIsAnErrorOfTheDefinition) {
  work.view("v", "SELECT a, b FROM t");
  work.sync();
  work.execute("ALTER TABLE t RENAME COLUMN b TO name");
  const auto result = work.run({"plan"});
  EXPECT_EQ(1, result.exit);
  EXPECT_NE(std::string::npos, result.err.find("views/v.sql:1:11: error: column \"b\" does not exist")) << result.err;
}

TEST_F(SyncPlain, ARenameKeepsTheObject) {
  work.view("old_name", "SELECT a FROM t");
  work.view("reader", "SELECT a FROM old_name");
  work.sync();
  const std::string before = work.oid("old_name");
  work.folder().remove("views/old_name.sql");
  work.view("new_name", "/* pgvista\nrenamed_from = \"old_name\"\n*/ SELECT a FROM t");
  work.view("reader", "SELECT a FROM new_name");
  const std::string steps = work.sync();
  EXPECT_EQ("rename new_name\n", steps);
  EXPECT_EQ(before, work.oid("new_name"));
  EXPECT_EQ("", work.sync());
}

TEST_F(SyncPlain, AMoveToAnotherSchemaKeepsTheObject) {
  work.view("v", "SELECT a FROM t");
  work.sync();
  work.execute("CREATE SCHEMA reports");
  const std::string before = work.oid("v");
  work.view("v", "/* pgvista\nschema = \"reports\"\nrenamed_from = \"public.v\"\n*/ SELECT a FROM t");
  EXPECT_EQ("rename v\n", work.sync());
  EXPECT_EQ(before, work.oid("reports.v"));
}

TEST_F(SyncPlain, ANamedViewTakesItsAncestorsOnly) {
  work.view("a", "SELECT a FROM t");
  work.view("b", "SELECT a FROM a");
  work.view("c", "SELECT a FROM t");
  EXPECT_EQ("create a\ncreate b\n", work.sync({"b"}));
  EXPECT_EQ("create c\n", work.sync());
}

TEST_F(SyncPlain, DryRunDoesNothing) {
  work.view("v", "SELECT a FROM t");
  EXPECT_EQ("create v\n", work.sync({"--dry-run"}));
  EXPECT_EQ("f", work.value("SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'v')"));
  EXPECT_EQ("f", work.value("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'pgvista')"));
}

TEST_F(SyncPlain, OneBadDefinitionStopsThoseThatReadIt) {
  work.view("good", "SELECT a FROM t");
  work.view("bad", "SELECT nothing FROM t");
  work.view("worse", "SELECT nothing FROM bad");
  const auto made = [&] {
    return work.value(
        "SELECT coalesce(string_agg(relname, ' '), '') FROM pg_class WHERE relname IN ('good', 'bad', 'worse')");
  };
  EXPECT_EQ(1, work.run({"sync", "--all-or-nothing"}).exit);
  EXPECT_EQ("", made());
  const ProcessResult sync = work.run({"sync"});
  EXPECT_EQ(1, sync.exit);
  EXPECT_NE(std::string::npos, sync.err.find("views/bad.sql:1:8")) << sync.err;
  EXPECT_EQ("good", made());
  work.view("bad", "SELECT a AS nothing FROM t");
  EXPECT_EQ("create bad\ncreate worse\n", work.sync());
}

TEST_F(SyncPlain, AFailureInTheMiddleLeavesAllAsItWas) {
  work.view("a", "SELECT a FROM t");
  work.view("z", "/* pgvista\nkind = \"materialized\"\n*/ SELECT 1 / (a - a) AS boom FROM t");
  work.execute("INSERT INTO t VALUES (1, 'x')");
  const auto result = work.run({"sync"});
  EXPECT_EQ(1, result.exit);
  EXPECT_NE(std::string::npos, result.err.find("create of \"z\" failed: division by zero")) << result.err;
  EXPECT_EQ("0", work.value("SELECT count(*) FROM pg_class WHERE relname IN ('a', 'z')"));
}

TEST_F(SyncPlain, NamesOfEveryKindWork) {
  work.execute("CREATE TABLE \"We.ird \"\"T\\\" (\"Sel ect\" int)");
  work.view("strange",
            "/* pgvista\nname = 'We\"ird.View\\x'\n*/ SELECT \"Sel ect\" AS \"A.b\", 'it''s \\' AS \"q\"\"q\" FROM "
            "\"We.ird \"\"T\\\"");
  work.view("UpperCase", "SELECT 1 AS x");
  work.sync();
  EXPECT_EQ("", work.sync());
  EXPECT_EQ("2", work.value("SELECT count(*) FROM pg_class WHERE relname IN ('We\"ird.View\\x', 'UpperCase')"));
}

}  // namespace pgvista::test
