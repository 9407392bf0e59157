// A maintained view from its making to its end, and what happens to it in between.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/text.hpp"
#include "catalog/program_json.hpp"
#include "ivm/compile.hpp"
#include "sql/identifier.hpp"
#include "support/maintenance_cases.hpp"

namespace pgvista::test {

class MaintenanceLife : public ::testing::Test {
 protected:
  MaintenanceLife() {
    work.execute(
        "CREATE TABLE t (id int PRIMARY KEY, g int, v int NOT NULL DEFAULT 1); INSERT INTO t SELECT i, i % 3, i FROM "
        "generate_series(1, 12) i; CREATE INDEX ON t (g)");
  }

  void kept(const std::string& query, const std::string& mode = "immediate", const std::string& more = {}) {
    work.view("kept", maintained_view(query, mode, more));
  }
  void expect_equal(const std::string& why) { EXPECT_EQ(0, work.run({"verify"}).exit) << why; }
  std::vector<std::string> health(const std::string& view = "kept") {
    std::vector<std::string> out;
    const auto status = work.json({"status", view});
    for (const auto& text : status.at(0).at("health").as_array()) out.emplace_back(text.as_string());
    return out;
  }

  Workspace work;
  const std::string sums = "SELECT g, count(*) AS n, sum(v) AS s FROM t GROUP BY g";
};

TEST_F(MaintenanceLife, ClearTakesEverythingAway) {
  kept(sums);
  work.view("second", maintained_view("SELECT n, count(*) AS groups FROM kept GROUP BY n", "on_commit"));
  work.sync();
  EXPECT_NE("0", work.value("SELECT count(*) FROM pg_trigger WHERE tgrelid = 't'::regclass"));
  EXPECT_EQ(0, work.run({"clear", "--yes"}).exit);
  EXPECT_EQ("0 0", work.value("SELECT (SELECT count(*) FROM pg_trigger WHERE tgrelid = 't'::regclass) || ' ' || "
                              "(SELECT count(*) FROM pg_namespace WHERE nspname = 'pgvista')"));
}

TEST_F(MaintenanceLife, EveryChangeOfKindLeavesAnEqualView) {
  const std::string plain = sums;
  const std::vector<std::pair<std::string, std::string>> states = {
      {"immediate", maintained_view(sums, "immediate")},
      {"another query", maintained_view("SELECT g, sum(v) AS s FROM t GROUP BY g", "immediate")},
      {"on_commit", maintained_view("SELECT g, sum(v) AS s FROM t GROUP BY g", "on_commit")},
      {"manual", "/* pgvista\nkind = \"materialized\"\n*/ SELECT g, sum(v) AS s FROM t GROUP BY g"},
      {"immediate again", maintained_view("SELECT g, sum(v) AS s FROM t GROUP BY g", "immediate")},
      {"plain", "SELECT g, sum(v) AS s FROM t GROUP BY g"},
      {"maintained after plain", maintained_view("SELECT g, sum(v) AS s, max(v) AS m FROM t GROUP BY g", "immediate",
                                                 "indexes = [ { columns = [\"s\"] } ]")}};
  for (const auto& [name, text] : states) {
    work.view("kept", text);
    work.sync();
    EXPECT_EQ("", work.planned()) << name;
    work.execute("UPDATE t SET v = v + 1 WHERE id = 3");
    // A manual one is as it was filled.
    if (name == "manual") work.run({"refresh"});
    EXPECT_EQ(
        "0", work.value("SELECT count(*) FROM (SELECT g, s FROM kept EXCEPT ALL SELECT g, sum(v) FROM t GROUP BY g) d"))
        << name;
    const bool maintained = text.find("maintenance") != std::string::npos;
    EXPECT_EQ(maintained ? "1" : "0", work.value("SELECT count(*) FROM pgvista.program")) << name;
    EXPECT_EQ(maintained, work.value("SELECT count(*) FROM pg_trigger WHERE tgrelid = 't'::regclass") != "0") << name;
  }
}

TEST_F(MaintenanceLife, ViewsOverViewsAndADiamond) {
  kept(sums);
  work.view("doubled", maintained_view("SELECT g, s * 2 AS d FROM kept", "immediate"));
  work.view("counted", maintained_view("SELECT n, count(*) AS c FROM kept GROUP BY n", "on_commit"));
  work.view("diamond", maintained_view("SELECT k.g, sum(t.v) AS s, count(*) AS n FROM kept k JOIN t ON t.g = k.g JOIN "
                                       "doubled d ON d.g = k.g GROUP BY k.g",
                                       "immediate"));
  work.sync();
  EXPECT_EQ("", work.planned());
  for (const char* statement : {"INSERT INTO t VALUES (20, 1, 7), (21, NULL, 2), (22, 9, 3)",
                                "UPDATE t SET g = 2 WHERE id < 4", "DELETE FROM t WHERE g = 9", "UPDATE t SET v = 0"}) {
    work.execute(statement);
    expect_equal(statement);
  }
  // What is below gets a new store: what reads it follows.
  kept("SELECT g, count(*) AS n, sum(v + 1) AS s FROM t GROUP BY g");
  work.sync();
  EXPECT_EQ("", work.planned());
  work.execute("INSERT INTO t VALUES (30, 5, 5)");
  expect_equal("after the view below has changed");
}

TEST_F(MaintenanceLife, StatusFindsWhatWasDoneToTheTriggers) {
  work.execute(
      "CREATE TABLE p (id int, k int) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO "
      "(10)");
  kept("SELECT id, v FROM t");
  work.view("parts", maintained_view("SELECT k, count(*) AS n FROM p GROUP BY k", "immediate"));
  work.sync();
  EXPECT_TRUE(health().empty());
  work.execute("ALTER TABLE t DISABLE TRIGGER pgvista_update; UPDATE t SET v = 100 WHERE id = 1");
  ASSERT_EQ(1U, health().size());
  EXPECT_NE(std::string::npos, health().front().find("pgvista_update of t is disabled"));
  EXPECT_EQ(3, work.run({"verify"}).exit);
  work.execute("ALTER TABLE t ENABLE TRIGGER pgvista_update");
  EXPECT_EQ(0, work.run({"verify", "--repair"}).exit);
  work.execute("DROP TRIGGER pgvista_delete ON t; DELETE FROM t WHERE id = 2");
  EXPECT_NE(std::string::npos, health().front().find("pgvista_delete of t is missing"));
  work.execute("CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20)");
  EXPECT_NE(std::string::npos, health("parts").front().find("p2 was attached to p later"));
  work.sync();
  EXPECT_TRUE(health().empty());
  EXPECT_TRUE(health("parts").empty());
  work.execute("INSERT INTO p2 VALUES (1, 15)");
  expect_equal("after sync has mended both");
  work.execute("ALTER TABLE t RENAME COLUMN v TO w");
  ASSERT_FALSE(health().empty());
  EXPECT_NE(std::string::npos, health().front().find("renamed"));
}

TEST_F(MaintenanceLife, RepairWritesOnlyWhatDiffers) {
  kept("SELECT g, string_agg(v::text, ',' ORDER BY id) AS vs FROM t GROUP BY g");
  work.sync();
  const std::string store =
      "pgvista." + pgvista::sql::quote_identifier(work.value("SELECT store FROM pgvista.program"));
  work.execute("UPDATE " + store + " SET vs = 'wrong' WHERE g = 1");
  const std::string others =
      work.value("SELECT string_agg(ctid::text, ' ' ORDER BY g) FROM " + store + " WHERE g <> 1");
  const auto verdict = work.run({"verify", "--json"});
  EXPECT_EQ(3, verdict.exit);
  EXPECT_EQ("[[1]]", boost::json::serialize(boost::json::parse(verdict.out).at(0).at("keys")));
  EXPECT_EQ(0, work.run({"verify", "--repair"}).exit);
  EXPECT_EQ(others, work.value("SELECT string_agg(ctid::text, ' ' ORDER BY g) FROM " + store + " WHERE g <> 1"));
}

TEST_F(MaintenanceLife, WritersNeedNoPrivilegeAndGetNone) {
  kept(sums, "immediate", "grants = { maintenance_writer = [\"select\"] }");
  work.execute("DROP ROLE IF EXISTS maintenance_writer");
  work.execute("CREATE ROLE maintenance_writer LOGIN; GRANT INSERT, SELECT ON t TO maintenance_writer");
  work.sync();
  const auto writer = work.connect("maintenance_writer");
  writer->execute("INSERT INTO t VALUES (50, 1, 5)");
  EXPECT_EQ("5", writer->query("SELECT n FROM kept WHERE g = 1").text(0, 0));
  const std::string store =
      "pgvista." + pgvista::sql::quote_identifier(work.value("SELECT store FROM pgvista.program"));
  const std::string function = work.value("SELECT oid::regprocedure FROM pg_proc WHERE proname LIKE 'kept%_maintain'");
  for (const char* forbidden : {"INSERT INTO kept VALUES (9, 9, 9)", "DELETE FROM kept", "UPDATE kept SET n = 0"})
    EXPECT_THROW(writer->execute(forbidden), db::QueryFailure) << forbidden;
  EXPECT_THROW(writer->execute("DELETE FROM " + store), db::QueryFailure);
  EXPECT_THROW(writer->execute("SELECT " + function.substr(0, function.find('(')) + "(everything => true)"),
               db::QueryFailure);
  EXPECT_THROW(work.execute("DELETE FROM kept"), db::QueryFailure) << "nor may the owner write the view";
  expect_equal("nothing was written");
  work.execute("DROP OWNED BY maintenance_writer; DROP ROLE maintenance_writer");
}

// The server shows the statements that an error came through: whose they are, and what to run, stands in them.
TEST_F(MaintenanceLife, AnErrorSaysWhichViewWhichTableAndWhatToRun) {
  work.execute(
      "CREATE FUNCTION told(sql text) RETURNS text LANGUAGE plpgsql AS $$ DECLARE told text; BEGIN EXECUTE sql; RETURN "
      "'no error'; EXCEPTION WHEN OTHERS THEN GET STACKED DIAGNOSTICS told = PG_EXCEPTION_CONTEXT; RETURN told; END "
      "$$");
  for (const std::string query : {"SELECT id, 10 / v AS r FROM t", "SELECT g, sum(10 / v) AS r FROM t GROUP BY g"}) {
    for (const std::string mode : {"immediate", "on_commit"}) {
      kept(query, mode);
      work.sync();
      const std::string told =
          work.value("SELECT told('UPDATE t SET v = 0 WHERE id = 1; SET CONSTRAINTS ALL IMMEDIATE')");
      EXPECT_NE(std::string::npos,
                told.find("pgvista keeps the view kept: \"pgvista pause kept\" lets its writers go on"))
          << told;
      if (mode == "immediate") {
        EXPECT_NE(std::string::npos, told.find("a change of t; ")) << told;
      }
      EXPECT_EQ(0, work.run({"pause", "kept"}).exit);
      EXPECT_EQ("no error", work.value("SELECT told('UPDATE t SET v = 0 WHERE id = 1')"));
      work.execute("UPDATE t SET v = 1 WHERE id = 1");
    }
  }
}

// Whatever right is missing, the hint names all that are, and they are enough.
TEST_F(MaintenanceLife, AMissingRightIsNamed) {
  const std::string role = "keeper";
  work.execute("DO $$ BEGIN CREATE ROLE keeper LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
  work.execute("CREATE TABLE owned (id int PRIMARY KEY, g int, x int); GRANT USAGE, CREATE ON SCHEMA public TO keeper");
  work.execute("DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO keeper', current_database()); END $$");
  work.view("sums",
            "/* pgvista\nkind = \"materialized\"\nmaintenance = \"immediate\"\n*/ SELECT g, sum(x) AS s FROM owned "
            "GROUP BY g");
  for (const char* const given :
       {"SELECT", "TRIGGER", "UPDATE", "SELECT, TRIGGER", "SELECT, UPDATE", "TRIGGER, UPDATE"}) {
    work.execute(std::string("REVOKE ALL ON owned FROM keeper; GRANT ") + given + " ON owned TO keeper");
    const ProcessResult result = work.run({"sync", "--database", work.url_as(role)});
    EXPECT_EQ(result.exit, 1) << given;
    const std::string before = "Let its owner run: ";
    const std::size_t from = result.err.find(before);
    ASSERT_NE(from, std::string::npos) << given << result.err;
    work.execute(result.err.substr(from + before.size(), result.err.find('\n', from) - from - before.size()));
    EXPECT_EQ(work.run({"sync", "--database", work.url_as(role)}).exit, 0) << given << result.err;
    EXPECT_EQ(work.run({"clear", "--yes", "--database", work.url_as(role)}).exit, 0) << given;
  }
  work.execute("DROP OWNED BY keeper");
}

// What a restore or a hand has taken from our own tables costs no view.
TEST_F(MaintenanceLife, ALostRowOfOursIsMadeAnew) {
  work.execute("CREATE TABLE kept_of (id int PRIMARY KEY, g int, x int); INSERT INTO kept_of VALUES (1, 1, 1)");
  work.view("sums",
            "/* pgvista\nkind = \"materialized\"\nmaintenance = \"immediate\"\n*/ SELECT g, sum(x) AS s FROM kept_of "
            "GROUP BY g");
  work.sync();
  for (const char* const table : {"program", "view"}) {
    work.execute(std::string("DELETE FROM pgvista.") + table);
    EXPECT_FALSE(work.json({"status"}).at(0).at("in_sync").as_bool()) << table;
    work.sync({"--adopt"});
    EXPECT_EQ(work.planned(), "") << table;
    work.execute("UPDATE kept_of SET x = x + 1");
    EXPECT_EQ(work.run({"verify"}).exit, 0) << table;
  }
  work.execute("DELETE FROM pgvista.program");
  EXPECT_EQ(work.run({"clear", "--yes"}).exit, 0);
  EXPECT_EQ(work.value("SELECT count(*) FROM pg_namespace WHERE nspname = 'pgvista'"), "0");
  EXPECT_EQ(work.value("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'kept_of'::regclass"), "0");
}

TEST_F(MaintenanceLife, AFailureInsideFailsTheStatementAndNamesTheView) {
  kept("SELECT id, 100 / v AS share FROM t");
  work.sync();
  std::string context;
  const auto writer = work.connect();
  PGresult* result = PQexec(writer->raw(), "INSERT INTO t VALUES (60, 1, 0)");
  ASSERT_EQ(PGRES_FATAL_ERROR, PQresultStatus(result));
  context = PQresultErrorField(result, PG_DIAG_CONTEXT);
  PQclear(result);
  EXPECT_NE(std::string::npos, context.find("pgvista.kept_")) << context;
  EXPECT_EQ("0", work.value("SELECT count(*) FROM t WHERE id = 60"));
  expect_equal("nothing has changed");
}

TEST_F(MaintenanceLife, WhatCannotBeKeptIsRefusedWithItsReason) {
  work.execute(
      "CREATE TABLE secret (id int PRIMARY KEY); CREATE MATERIALIZED VIEW native AS SELECT 1 AS x; CREATE FUNCTION "
      "chance(int) RETURNS int LANGUAGE plpgsql VOLATILE AS 'BEGIN RETURN $1 * random(); END'");
  const std::vector<std::pair<std::string, std::string>> refused = {
      {"SELECT id, random() AS r FROM t", "random() is volatile"},
      {"SELECT public.chance(v) AS r, id FROM t", "chance() is volatile"},
      {"SELECT g, max(clock_timestamp()) AS latest FROM t GROUP BY g", "clock_timestamp() is volatile"},
      {"SELECT id, current_user AS who FROM t", "the present time or user"},
      {"SELECT x FROM native", "native"},
      {"SELECT 1 AS one", "reads no table"},
      {"SELECT id AS pgvista_key_1, v FROM t", "pgvista's own"}};
  for (const auto& [query, reason] : refused) {
    kept(query);
    const auto sync = work.run({"sync"});
    EXPECT_EQ(1, sync.exit) << query;
    EXPECT_NE(std::string::npos, sync.err.find(reason)) << query << "\n" << sync.err;
    // Of a function, what could be said of it.
    EXPECT_NE(std::string::npos, sync.err.find(reason.starts_with("chance") ? "IMMUTABLE" : "manual")) << sync.err;
    EXPECT_NE(std::string::npos, sync.err.find("views/kept.sql:")) << sync.err;
    EXPECT_EQ(1, work.run({"check"}).exit) << query;
    EXPECT_EQ("full", work.json({"explain", "kept"}).at("strategy").as_string()) << query;
  }
  EXPECT_EQ("0", work.value("SELECT count(*) FROM pg_class WHERE relname = 'kept'"))
      << "a refused sync changes nothing";
}

TEST_F(MaintenanceLife, TheTimeIsCutAtRead) {
  work.execute(
      "CREATE TABLE event (id int PRIMARY KEY, at timestamptz NOT NULL); INSERT INTO event VALUES (1, now() - interval "
      "'1 hour'), (2, now() - interval '3 days')");
  kept("SELECT id FROM event WHERE at > now() - interval '1 day'");
  work.sync();
  work.execute("INSERT INTO event VALUES (3, now()), (4, now() - interval '9 days')");
  EXPECT_EQ("1 3", work.value("SELECT string_agg(id::text, ' ' ORDER BY id) FROM kept"));
  expect_equal("the same at the same time");
}

// What is cut at read, and what readers tell rows apart by, is a part of the definition, though nothing else changes.
TEST_F(MaintenanceLife, WhatIsNotStoredCanBeChanged) {
  kept("SELECT id, v FROM t ORDER BY v, id LIMIT 1");
  work.sync();
  kept("SELECT id, v FROM t ORDER BY v, id LIMIT 2");
  EXPECT_NE("", work.sync());
  EXPECT_EQ("2", work.value("SELECT count(*) FROM kept"));
  work.run({"pause", "kept"});
  work.run({"resume", "kept"});
  EXPECT_EQ("2", work.value("SELECT count(*) FROM kept"));
  for (const std::string key : {"id", "next"}) {
    work.view("kept",
              "/* pgvista\nkind = \"materialized\"\nmaintenance = \"immediate\"\nkey = [\"" + key +
                  "\"]\nindexes = [{ columns = [\"id\"], unique = true }, { columns = [\"next\"], unique = true "
                  "}]\n*/\nSELECT id, id + 1 AS next, v FROM t");
    work.sync();
  }
  EXPECT_EQ("{next}", work.value("SELECT row_key FROM pgvista.program"));
}

// Each grouping of a ROLLUP is added up by itself: the total reads no table.
TEST_F(MaintenanceLife, GroupingsOfManyRowsAreAddedUp) {
  work.execute("INSERT INTO t SELECT i, i % 3, i FROM generate_series(13, 3000) i");
  work.execute("ALTER TABLE t ADD kind int NOT NULL DEFAULT 0; UPDATE t SET kind = id % 4; ANALYZE");
  kept("SELECT g, kind, sum(v) AS s, count(*) AS n FROM t GROUP BY ROLLUP (g, kind)");
  work.sync();
  const auto explained = work.json({"explain", "kept"});
  for (const auto& line : explained.at("tables").as_array()) {
    EXPECT_TRUE(line.at("table") != "t" || line.at("strategy") == "algebraic") << boost::json::serialize(line);
  }
  EXPECT_EQ("stacked", explained.at("strategy").as_string());
  for (const char* const change :
       {"UPDATE t SET v = v + 1 WHERE id < 20", "DELETE FROM t WHERE g = 1", "INSERT INTO t VALUES (4000, NULL, 7)",
        "UPDATE t SET g = NULL WHERE id % 5 = 0", "DELETE FROM t", "INSERT INTO t VALUES (1, 1, 5)"}) {
    work.execute(change);
    expect_equal(change);
  }
}

// A header's key needs an index only where the query does not say that it tells rows apart.
TEST_F(MaintenanceLife, AKeyThatTheQueryTellsNeedsNoIndex) {
  work.execute("CREATE TABLE one (id int PRIMARY KEY, t_id int)");
  const auto run = [&](const std::string& key, const std::string& query) {
    work.view("kept",
              "/* pgvista\nkind = \"materialized\"\nmaintenance = \"immediate\"\nkey = [" + key + "]\n*/\n" + query);
    return work.run({"sync"});
  };
  const std::string joined = "SELECT one.id, t.id AS t_id, t.v FROM one LEFT JOIN t ON t.id = one.t_id";
  EXPECT_EQ(0, run("\"id\"", joined).exit);
  EXPECT_EQ("{id}", work.value("SELECT row_key FROM pgvista.program"));
  EXPECT_NE(0, run("\"t_id\"", joined).exit);
  EXPECT_EQ(0, run("\"g\", \"v\"", "SELECT DISTINCT g, v FROM t").exit);
  EXPECT_NE(0, run("\"v\"", "SELECT DISTINCT g, v FROM t").exit);
  EXPECT_NE(0, run("\"id\"", "SELECT one.id FROM one RIGHT JOIN t ON one.id = t.v").exit) << "NULL, for many";
}

// An index comes and goes beside readers and writers: the store, and what keeps it, stay.
TEST_F(MaintenanceLife, AnIndexAloneIsNoNewStore) {
  const auto indexed = [&](const std::string& list) { kept(sums, "immediate", "indexes = [" + list + "]"); };
  const auto installed = [&] { return work.value("SELECT program || ' ' || store_oid FROM pgvista.program"); };
  const auto indexes = [&] {
    return work.value(
        "SELECT coalesce(string_agg(d, ' ' ORDER BY d COLLATE \"C\"), '') FROM (SELECT substring(pg_get_indexdef("
        "i.indexrelid) FROM 'btree (\\([^)]*\\))') AS d FROM pg_index AS i JOIN pgvista.program AS p ON p.store_oid = "
        "i.indrelid WHERE i.indisvalid) AS x WHERE d !~ '[[(]g[])]'");
  };
  indexed("{ columns = [\"n\"] }");
  work.sync();
  const std::string before = installed();
  // Somebody has written and not committed: no store could be filled now.
  const auto writer = work.connect();
  writer->execute("BEGIN; UPDATE t SET v = v + 1 WHERE id = 1");
  const auto other = work.connect();
  other->execute("BEGIN; LOCK TABLE t IN ROW EXCLUSIVE MODE");
  writer->execute("COMMIT");
  indexed("{ columns = [\"s\"], unique = true }, { columns = [\"n\"] }");
  EXPECT_EQ("index kept\n", work.sync());
  EXPECT_EQ(before, installed());
  EXPECT_EQ("(n) (s)", indexes());
  EXPECT_EQ("", work.planned());
  indexed("{ columns = [\"s\"] }");
  EXPECT_EQ("index kept\n", work.sync());
  EXPECT_EQ("(s)", indexes());
  EXPECT_EQ(before, installed());
  other->execute("COMMIT");
  // One that cannot be made leaves nothing behind.
  indexed("{ columns = [\"n\"], unique = true }");
  const ProcessResult refused = work.run({"sync"});
  EXPECT_EQ(1, refused.exit);
  EXPECT_NE(std::string::npos, refused.err.find("index of \"kept\" failed: could not create unique index"))
      << refused.err;
  EXPECT_EQ("(s)", indexes());
  EXPECT_EQ("0", work.value("SELECT count(*) FROM pg_index WHERE NOT indisvalid"));
  work.execute("UPDATE t SET v = v + 1; DELETE FROM t WHERE g = 2 AND id > 3");
  expect_equal("after all of it");
  // Any way from one set of them to another, and back to one that was there before.
  const std::vector<std::string> columns = {"n", "s", "s, n"};
  std::mt19937 random(7);
  for (int step = 0, now = 1 << 1; step < 16; ++step) {
    const int next = static_cast<int>(random() % 8);
    std::vector<std::string> lists, there;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (((next >> i) & 1) == 0) continue;
      there.push_back("(" + columns[i] + ")");
      lists.push_back("{ columns = [\"" + replace_all(columns[i], ", ", "\", \"") + "\"] }");
    }
    if (random() % 2 == 0) std::reverse(lists.begin(), lists.end());
    std::sort(there.begin(), there.end());
    indexed(join(lists, ", "));
    EXPECT_EQ(next == now ? "" : "index kept\n", work.sync()) << step << ": " << join(there, " ");
    EXPECT_EQ(join(there, " "), indexes()) << step;
    EXPECT_EQ("", work.planned());
    EXPECT_EQ(before, installed());
    now = next;
  }
}

// Strategies are chosen by the tables' statistics, when a view is made: it stays as it is until it is asked for anew.
TEST_F(MaintenanceLife, RecompileChoosesByTheStatistics) {
  work.execute("CREATE TABLE child (t_id int); CREATE INDEX ON child (t_id); INSERT INTO child SELECT 1; ANALYZE");
  kept("SELECT g, count(*) AS n FROM t WHERE EXISTS (SELECT FROM child WHERE child.t_id = t.id) GROUP BY g");
  work.sync();
  const auto strategy = [&] { return std::string(work.json({"explain", "kept"}).at("strategy").as_string()); };
  const auto reasons = [&] { return boost::json::serialize(work.json({"explain", "kept"}).at("reasons")); };
  EXPECT_EQ("recompute", strategy());
  EXPECT_EQ(std::string::npos, reasons().find("--recompile"));
  work.execute("INSERT INTO t SELECT i, i % 3, i FROM generate_series(13, 5000) i; ANALYZE");
  EXPECT_EQ("", work.sync());
  EXPECT_EQ("", work.sync({"--create-indexes"}));
  EXPECT_EQ("recompute", strategy()) << "what keeps it, and not what would";
  EXPECT_NE(std::string::npos, reasons().find("--recompile"));
  const auto warned = [&] { return boost::json::serialize(work.json({"check"})).find("statistics_moved"); };
  EXPECT_NE(std::string::npos, warned());
  const auto outgrown = [&] { return boost::json::serialize(work.json({"status"}).at(0).at("statistics_moved")); };
  EXPECT_EQ("[\"public.t\"]", outgrown());
  EXPECT_NE(std::string::npos, work.run({"status"}).out.find("public.t has ten times more or fewer rows since"));
  EXPECT_NE("", work.sync({"--recompile"}));
  EXPECT_EQ("[]", outgrown());
  EXPECT_EQ("stacked", strategy());
  EXPECT_EQ(std::string::npos, warned());
  // One that reads another, and was made with it, is the same whenever it is asked.
  work.view("above", maintained_view("SELECT n, count(*) AS groups FROM kept GROUP BY n", "immediate"));
  EXPECT_NE("", work.sync({"--recompile"}));
  EXPECT_EQ(std::string::npos, warned());
  EXPECT_EQ(std::string::npos, boost::json::serialize(work.json({"explain", "above"})).find("--recompile"));
  EXPECT_EQ("", work.sync({"--prune", "--recompile"})) << "nothing to do";
  EXPECT_NE(std::string::npos, reasons().find("about 1667 rows"));
  EXPECT_EQ("", work.sync({"--recompile"})) << "the same again";
  work.execute("INSERT INTO child SELECT i FROM generate_series(1, 100) i");
  expect_equal("kept in the new way");
  // Many more, and the same way all the same: that was looked at, and is not said again.
  work.execute("INSERT INTO t SELECT i, i % 3, i FROM generate_series(5001, 60000) i; ANALYZE");
  EXPECT_EQ("[\"public.t\"]", outgrown());
  EXPECT_EQ("", work.sync({"--recompile"}));
  EXPECT_EQ("[]", outgrown());
}

TEST_F(MaintenanceLife, MissingIndexesAreNamedAndMade) {
  work.execute("CREATE TABLE child (id int PRIMARY KEY, t_id int, x int)");
  kept("SELECT child.id, t.v, child.x FROM child JOIN t ON t.id = child.t_id");
  const auto explained = work.json({"explain", "kept"});
  EXPECT_EQ("[{\"table\":\"child\",\"column\":\"t_id\",\"sql\":\"CREATE INDEX ON public.child (t_id)\"}]",
            boost::json::serialize(explained.at("missing_indexes")));
  EXPECT_EQ("recompute", explained.at("strategy").as_string());
  EXPECT_EQ("[\"id\"]", boost::json::serialize(explained.at("key")));
  EXPECT_FALSE(explained.at("sql").as_array().empty());
  // Of a table that nobody has counted it is not said what it costs.
  EXPECT_FALSE(work.json({"plan"}).as_object().contains("missing_indexes"));
  work.execute("INSERT INTO child SELECT i, 1, i FROM generate_series(1, 20000) i; ANALYZE child");
  // All rows of one value are found no quicker by an index.
  EXPECT_FALSE(work.json({"plan"}).as_object().contains("missing_indexes"));
  work.execute("UPDATE child SET t_id = id; ANALYZE child");
  const auto planned = work.json({"plan"}).at("missing_indexes").as_array().at(0).as_object();
  EXPECT_EQ("child", planned.at("table").as_string());
  work.sync();
  const auto missing = work.json({"status"}).as_array().at(0).at("missing_indexes").as_array().at(0).as_object();
  EXPECT_GT(missing.at("cost_without").as_double(), 10 * missing.at("cost_with").as_double());
  EXPECT_NE(std::string::npos, work.run({"check"}).out.find("child has no index on t_id"));
  // Broken off, it is built anew.
  work.execute("CREATE INDEX CONCURRENTLY wanted_too ON child (x)");
  work.sync({"--create-indexes"});
  const std::string made =
      "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = "
      "'child'::regclass AND pg_get_indexdef(i.indexrelid) LIKE '%(t_id)' AND i.indisvalid";
  EXPECT_EQ("1", work.value(made));
  work.execute(
      "UPDATE pg_index SET indisvalid = false WHERE indrelid = 'child'::regclass AND "
      "pg_get_indexdef(indexrelid) LIKE '%(t_id)'");
  EXPECT_NE(std::string::npos, work.run({"status"}).out.find("child has an invalid index on t_id"));
  work.sync({"--create-indexes"});
  EXPECT_EQ("1", work.value(made));
  EXPECT_TRUE(work.json({"status"}).as_array().at(0).at("missing_indexes").as_array().empty());
  EXPECT_TRUE(work.json({"explain", "kept"}).at("missing_indexes").as_array().empty());
  EXPECT_EQ("", work.planned());
}

// With a million times the rows nothing would be read sequentially for one changed row: no plan has a Seq Scan of the
// table.
TEST_F(MaintenanceLife, OneChangedRowReadsNoTableAsAWhole) {
  work.execute(
      "INSERT INTO t SELECT i, i % 5000, 1 FROM generate_series(100, 50000) i; CREATE TABLE child (id int PRIMARY KEY, "
      "t_id int, x text); INSERT INTO child SELECT i, i % 50000, 'x' FROM generate_series(1, 50000) i; "
      "CREATE INDEX ON child (t_id)");
  work.execute("VACUUM ANALYZE");
  kept(
      "SELECT t.g, count(child.id) AS n, string_agg(child.x, ',' ORDER BY child.id) AS xs FROM t LEFT JOIN child ON "
      "child.t_id = t.id GROUP BY t.g");
  work.view("projected", maintained_view("SELECT child.id, t.v FROM child JOIN t ON t.id = child.t_id", "immediate"));
  // Its groups are added to, also by the first statement of a session and inside a function.
  work.view("totals",
            maintained_view("SELECT g % 10 AS k, sum(v) AS s, count(*) AS n FROM t GROUP BY g % 10", "immediate"));
  work.sync();
  const auto scans = [&] {
    return work.value(
        "SELECT string_agg(seq_scan::text, ' ' ORDER BY relname) FROM pg_stat_user_tables WHERE relname IN ('t', "
        "'child')");
  };
  // A session that ends tells the server what it counted.
  const auto change = [&](int number) {
    const std::string n = std::to_string(number);
    work.connect()->execute("UPDATE t SET v = 5 WHERE id = 20" + n + "; UPDATE child SET x = 'y' WHERE id = 30" + n +
                            "; INSERT INTO child VALUES (6000" + n + ", 200, 'z'); DELETE FROM child WHERE id = 31" +
                            n);
    work.connect()->execute("DO $$ BEGIN FOR i IN 1..5 LOOP UPDATE t SET v = v + 1 WHERE id = 40" + n +
                            "; END LOOP; END $$");
    wait_until(
        [&] {
          return work.value("SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = 'child'") ==
                 std::to_string(50000 + number);
        },
        "the server has counted the change");
  };
  change(1);
  const std::string before = scans();
  change(2);
  EXPECT_EQ(before, scans());
  expect_equal("and the rows are right");
}

TEST_F(MaintenanceLife, OnCommitIsAppliedAtCommitOrWhenAsked) {
  kept("SELECT id, v FROM t", "on_commit");
  work.sync();
  work.execute("BEGIN; UPDATE t SET v = 77 WHERE id = 1");
  EXPECT_EQ("1", work.value("SELECT v FROM kept WHERE id = 1"));
  work.execute("SET CONSTRAINTS ALL IMMEDIATE");
  EXPECT_EQ("77", work.value("SELECT v FROM kept WHERE id = 1"));
  work.execute("UPDATE t SET v = 78 WHERE id = 1");
  EXPECT_EQ("78", work.value("SELECT v FROM kept WHERE id = 1"));
  work.execute("ROLLBACK");
  EXPECT_EQ("1", work.value("SELECT v FROM kept WHERE id = 1"));
  work.execute("BEGIN; UPDATE t SET v = 79 WHERE id = 1; COMMIT");
  EXPECT_EQ("79", work.value("SELECT v FROM kept WHERE id = 1"));
  EXPECT_EQ("0", work.value("SELECT count(*) FROM pgvista.pending"));
}

TEST_F(MaintenanceLife, PartitionsReadAloneAndEqualValuesThatLookDifferent) {
  work.execute(
      "CREATE TABLE par (id int, g int, n numeric) PARTITION BY LIST (g); CREATE TABLE par1 PARTITION OF par FOR "
      "VALUES IN (1); CREATE TABLE par2 PARTITION OF par DEFAULT; CREATE TABLE c (id int, x int, s text, a int[])");
  work.view("alone", maintained_view("SELECT id, g FROM par1", "immediate"));
  work.view("forms", maintained_view("SELECT n, n::text AS shown, count(*) AS c FROM par GROUP BY n", "immediate"));
  work.view("rows", maintained_view("SELECT x, count(c) AS n FROM c GROUP BY x", "immediate"));
  work.view("arrays",
            maintained_view("SELECT a, string_agg(s, ',' ORDER BY id) AS ss, x FROM c GROUP BY a, x", "immediate"));
  work.view("top_rollup",
            maintained_view("SELECT x, count(*) AS n FROM c GROUP BY ROLLUP (x) ORDER BY count(*) DESC, x LIMIT 1",
                            "immediate"));
  work.view("strange",
            maintained_view("SELECT id, coalesce(s, '') || E';\\n$query$ $pgvista$' AS s FROM c", "immediate"));
  work.sync();
  for (const char* statement :
       {"INSERT INTO par VALUES (1, 1, 1), (2, 2, 2)", "UPDATE par SET g = 1, n = 1.00 WHERE id = 2",
        "UPDATE par SET n = 1.00", "INSERT INTO c VALUES (1, 1, 'a', '{1}'), (2, 1, NULL, '{1,2}'), (3, 2, 'b', NULL)",
        "UPDATE c SET a = '{}' WHERE id = 1", "DELETE FROM c WHERE id = 2",
        "INSERT INTO c SELECT i, i, 'x', ARRAY[i] FROM generate_series(10, 2500) i"}) {
    work.execute(statement);
    expect_equal(statement);
  }
}

// A view that cannot be kept is one view's matter.
TEST_F(MaintenanceLife, OneRefusedViewLeavesTheOthersAlone) {
  Workspace work;
  work.execute("CREATE TABLE t (id int PRIMARY KEY, g int); INSERT INTO t VALUES (1, 1)");
  work.view("a_good", maintained_view("SELECT g, count(*) AS n FROM t GROUP BY g", "immediate"));
  work.view("b_bad", maintained_view("SELECT id, random() AS r FROM t", "immediate"));
  work.view("c_reads_bad", "SELECT id FROM b_bad");
  work.view("d_good", "SELECT * FROM a_good");
  const ProcessResult done = work.run({"sync"});
  EXPECT_EQ(done.exit, 1);
  EXPECT_NE(done.err.find("\"b_bad\" cannot be kept incrementally"), std::string::npos) << done.err;
  EXPECT_NE(done.err.find("\"c_reads_bad\" is left as it is"), std::string::npos) << done.err;
  EXPECT_EQ(work.value("SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relkind = 'v' AND "
                       "relnamespace = 'public'::regnamespace"),
            "a_good d_good");
  work.execute("INSERT INTO t VALUES (2, 1)");
  EXPECT_EQ(work.value("SELECT n FROM d_good"), "2");
  work.view("b_bad", maintained_view("SELECT id FROM t", "immediate"));
  EXPECT_EQ(work.sync(), "create b_bad\ncreate c_reads_bad\n");
}

// From large tables a store is filled while their writers go on; with fill_beside = 0 every table is large.
TEST_F(MaintenanceLife, WritersGoOnWhileItIsFilled) {
  work.folder().write("pgvista.toml", "[maintenance]\nfill_beside = 0\n");
  work.execute(
      "CREATE TABLE gate (open boolean); CREATE FUNCTION slowly(i int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ "
      "BEGIN IF i = 12 THEN PERFORM pg_catalog.pg_advisory_lock_shared(77); PERFORM "
      "pg_catalog.pg_advisory_unlock_shared(77); END IF; RETURN i; END $$");
  const auto gate = work.connect();
  int id = 100;
  for (const std::string mode : {"immediate", "on_commit", "deferred"}) {
    for (const std::string query :
         {"SELECT g, count(*) AS n, sum(slowly(v)) AS s FROM t GROUP BY g", "SELECT id, g, slowly(v) AS v FROM t",
          "SELECT a.g, count(*) AS n, max(slowly(a.v)) AS m FROM t a JOIN t b ON b.g = a.g GROUP BY a.g",
          // A part of the query has a store of its own, filled first.
          "SELECT count(*) AS n, sum(x.s) AS s FROM (SELECT g, sum(slowly(v)) AS s FROM t GROUP BY g HAVING sum(v) > "
          "1) x"}) {
      SCOPED_TRACE(mode + ": " + query);
      gate->execute("SELECT pg_advisory_lock(77)");
      kept(query, mode);
      const auto run = work.start({"sync"});
      wait_until(
          [&] {
            return work.value(
                       "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND NOT granted") !=
                   "0";
          },
          "the store is being filled");
      const auto writer = work.connect();
      writer->execute("SET statement_timeout = '10s'");
      ++id;
      EXPECT_NO_THROW(writer->execute(
          "INSERT INTO t VALUES (" + std::to_string(id) +
          ", 1, 7); UPDATE t SET g = 2 WHERE id = 4; DELETE FROM t WHERE id = " + std::to_string(id - 1)));
      EXPECT_NO_THROW(writer->execute("BEGIN; INSERT INTO t VALUES (" + std::to_string(1000 + id) + ", 2, 9)"));
      gate->execute("SELECT pg_advisory_unlock(77)");
      writer->execute("COMMIT");
      const ProcessResult done = run->wait();
      EXPECT_EQ(0, done.exit) << done.err;
      if (mode == "deferred") {
        EXPECT_EQ(0, work.run({"watch", "--once"}).exit);
      }
      expect_equal("after the fill");
      EXPECT_EQ("", work.planned());
      writer->execute("UPDATE t SET v = v + 1 WHERE id < 4");
      if (mode == "deferred") {
        EXPECT_EQ(0, work.run({"watch", "--once"}).exit);
      }
      expect_equal("and kept from then on");
      EXPECT_EQ("1 1", work.value("SELECT (SELECT count(*) FROM pgvista.program) || ' ' || (SELECT count(*) FROM "
                                  "pg_class WHERE relnamespace = 'pgvista'::regnamespace AND relkind = 'v')"));
    }
  }
}

// What a newer pgvista has mended reaches databases that an older one has made: its functions, and the programs of
// views.
TEST_F(MaintenanceLife, AnOlderSchemaIsBroughtUp) {
  kept(sums);
  work.view("plain", "SELECT id FROM t");
  work.sync();
  const std::string body = "SELECT pg_get_functiondef('pgvista.is_recounted'::regproc)";
  const std::string before = work.value(body);
  work.execute(
      "CREATE OR REPLACE FUNCTION pgvista.is_recounted(program text) RETURNS boolean LANGUAGE sql AS 'SELECT true'; "
      "UPDATE pgvista.version SET made_of = 'older'");
  EXPECT_EQ("", work.sync());
  EXPECT_EQ(before, work.value(body));
  const std::string program = work.value("SELECT program FROM pgvista.program");
  work.execute("UPDATE pgvista.program SET facts = 'of an older compiler'");
  EXPECT_EQ("", work.sync()) << "the same program comes of it";
  EXPECT_EQ(program, work.value("SELECT program FROM pgvista.program"));
  work.execute("UPDATE pgvista.program SET facts = 'of an older compiler', program = 'older'");
  EXPECT_NE("", work.sync());
  work.execute("INSERT INTO t VALUES (40, 1, 3)");
  expect_equal("afterwards");
}

// A column that the view does not read makes no other program of it. The document in the ledger is the whole of it.
TEST_F(MaintenanceLife, TablesThatChangedMayComeToTheSameProgram) {
  kept(sums);
  work.sync();
  const std::string state = "SELECT program || ' ' || store_oid || ' ' || content FROM pgvista.program";
  const std::string before = work.value(state);
  const std::string facts = work.value("SELECT facts FROM pgvista.program");
  work.execute("ALTER TABLE t ADD COLUMN more text; CREATE UNIQUE INDEX ON t (v, id)");
  EXPECT_EQ("", work.sync());
  EXPECT_EQ(before, work.value(state));
  EXPECT_NE(facts, work.value("SELECT facts FROM pgvista.program"));
  const ivm::Program program =
      catalog::program_of(boost::json::parse(work.value("SELECT definition FROM pgvista.program")));
  EXPECT_EQ(ivm::content_hash(program), work.value("SELECT content FROM pgvista.program"));
}

TEST_F(MaintenanceLife, TheHeadersKeyIsHeeded) {
  kept(sums, "immediate", "key = [\"g\"]");
  work.sync();
  EXPECT_EQ("{g}", work.value("SELECT row_key FROM pgvista.program"));
  kept("SELECT id, g, v FROM t", "immediate", "key = [\"g\"]");
  const ProcessResult refused = work.run({"sync"});
  EXPECT_EQ(1, refused.exit);
  EXPECT_NE(std::string::npos, refused.err.find("nothing says that the key (g) tells the rows")) << refused.err;
  kept("SELECT id, g, v FROM t", "immediate", "key = [\"id\"]\nindexes = [ { columns = [\"id\"], unique = true } ]");
  work.sync();
  EXPECT_EQ("{id}", work.value("SELECT row_key FROM pgvista.program"));
}

TEST_F(MaintenanceLife, WhatAFunctionReadsIsNoReasonToSayThatItReadsNothing) {
  work.execute(
      "CREATE FUNCTION labels() RETURNS SETOF t LANGUAGE plpgsql STABLE AS 'BEGIN RETURN QUERY SELECT * FROM t; END'");
  kept("SELECT * FROM labels()");
  const ProcessResult refused = work.run({"sync"});
  EXPECT_EQ(1, refused.exit);
  EXPECT_NE(std::string::npos, refused.err.find("labels() is stable")) << refused.err;
}

// A part that is read by itself has sisters that are not its view's to hear.
TEST_F(MaintenanceLife, APartThatIsReadAloneIsInOrder) {
  work.execute(
      "CREATE TABLE pt (id int PRIMARY KEY, v int) PARTITION BY RANGE (id); CREATE TABLE pt1 PARTITION OF pt FOR "
      "VALUES "
      "FROM (0) TO (10); CREATE TABLE pt2 PARTITION OF pt FOR VALUES FROM (10) TO (20)");
  kept("SELECT count(*) AS n, sum(v) AS s FROM pt1");
  work.sync();
  EXPECT_TRUE(health().empty());
  EXPECT_EQ("", work.planned());
}

TEST_F(MaintenanceLife, RowsWithoutColumnsAreCounted) {
  kept("SELECT id FROM t WHERE EXISTS (SELECT FROM other)");
  work.execute("CREATE TABLE other (id int)");
  work.sync();
  work.execute("INSERT INTO other VALUES (1)");
  expect_equal("one came");
}

// Whoever owns the view reads it from its first moment, and so does everybody who may.
TEST_F(MaintenanceLife, AnOwnerReadsTheStore) {
  work.execute("DO $$ BEGIN CREATE ROLE keeper NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
  kept(sums, "immediate", "owner = \"keeper\"");
  work.sync();
  EXPECT_EQ("3", work.value("SELECT count(*) FROM kept"));
  work.execute("DROP VIEW kept");
  work.sync();
  EXPECT_EQ("3", work.value("SELECT count(*) FROM kept"));
}

}  // namespace pgvista::test
