// What the generated SQL is careful about is needed: with any of it taken out, some story goes wrong.

#include <gtest/gtest.h>

#include "support/interleaving.hpp"
#include "support/maintenance_cases.hpp"

namespace pgvista::test {

namespace {

int mutate(Workspace& work, const std::string& from, const std::string& to) {
  return rewrite_functions(work.db(), {{from, to}});
}

const Story& story(const std::string& name) {
  for (const Story& one : stories()) {
    if (one.name == name) return one;
  }
  throw std::runtime_error("no story " + name);
}

}  // namespace

class MaintenanceMutants : public ::testing::Test {
 protected:
  // Does the story go wrong with this taken out of what keeps its view?
  std::size_t findings(const Story& one, const std::string& isolation, const std::string& from, const std::string& to) {
    Workspace work;
    work.execute(one.schema);
    work.view("kept", maintained_view(one.query, "immediate"));
    work.sync();
    EXPECT_GT(mutate(work, from, to), 0) << from;
    return run_story(work, one, isolation).size();
  }

  // Do these statements, in a session of their own, leave the view wrong?
  bool wrong(const std::string& query, const std::vector<std::string>& statements, const std::string& from,
             const std::string& to, const std::string& mode = "immediate") {
    Workspace work;
    work.execute(maintenance_schema());
    work.view("kept", maintained_view(query, mode));
    work.sync();
    EXPECT_GT(mutate(work, from, to), 0) << from;
    for (const std::string& statement : statements) work.execute(statement);
    return !Oracle(work.db(), {{"kept", "", query}}).differing().empty();
  }
};

TEST_F(MaintenanceMutants, WithoutTheLocksAReaderOfOldRowsWins) {
  const std::string lock = "INSERT INTO pgvista.lock AS l (view, slot) SELECT number, s FROM";
  EXPECT_GT(findings(story("both sides of a join are inserted"), "READ COMMITTED", lock,
                     "PERFORM FROM (SELECT 1 AS view, 1 AS slot, true AS turn) AS l; RETURN false; " + lock),
            0U);
  EXPECT_GT(findings(story("both sides of a join are inserted"), "REPEATABLE READ", lock, "RETURN false; " + lock), 0U);
}

TEST_F(MaintenanceMutants, WithoutFollowingThePathAgainAMovedRowIsMissed) {
  EXPECT_GT(findings(story("a middle row is moved while its child is inserted"), "READ COMMITTED",
                     "pgv_held := (pgv_slots || pgv_held);", "EXIT;"),
            0U);
}

TEST_F(MaintenanceMutants, WithoutTheOldImagesTheOldKeyStays) {
  EXPECT_TRUE(wrong("SELECT a_id, string_agg(s, ',' ORDER BY id) AS ss FROM b GROUP BY a_id",
                    {"UPDATE b SET a_id = 1 WHERE id = 2"}, "FROM old_rows\n", "FROM old_rows WHERE false\n"));
}

TEST_F(MaintenanceMutants, WithoutTheBranchForNullNullKeysStay) {
  EXPECT_TRUE(wrong("SELECT a_id, string_agg(s, ',' ORDER BY id) AS ss FROM b GROUP BY a_id",
                    {"UPDATE b SET s = 'new' WHERE a_id IS NULL"}, "AND pgv_null_01", "AND false AND pgv_null_01"));
}

TEST_F(MaintenanceMutants, WithoutTheCountOfEventsASelfJoinCountsTheRowsOfTwoTwice) {
  const std::string query = "SELECT count(*) AS n, sum(l.v * r.v) AS s FROM a l JOIN a r ON r.g = l.g";
  const std::vector<std::string> upsert = {
      "INSERT INTO a VALUES (1, 1, 'x', 9), (30, 1, 'y', 4) ON CONFLICT (id) DO UPDATE SET v = 9, g = 1"};
  const std::string one = "(((pgvista.open_state() >> 20) & 1023) = 1)";
  EXPECT_TRUE(wrong(query, upsert, one, "true"));
  EXPECT_FALSE(wrong(query, upsert, one, "(true AND " + one + ")")) << "and only because of that";
}

TEST_F(MaintenanceMutants, WithoutTheNumberOfKeysOnlyTheFirstIsComputed) {
  const std::string query = "SELECT b.id, b.s, a.name FROM b LEFT JOIN a ON a.id = b.a_id";
  const std::vector<std::string> updates = {"UPDATE b SET s = 'new' WHERE id < 5"};
  const std::string one = "IF (cardinality(pgv_keys_01) = 1) THEN";
  EXPECT_TRUE(wrong(query, updates, one, "IF (cardinality(pgv_keys_01) >= 1) THEN"));
  EXPECT_FALSE(wrong(query, updates, one, "IF (cardinality(pgv_keys_01) = 1 ) THEN"));
}

TEST_F(MaintenanceMutants, WithoutTheNumberOfChangedRowsOnlyTheFirstIsFollowed) {
  const std::string query = "SELECT b.id, b.s, a.name FROM b LEFT JOIN a ON a.id = b.a_id";
  const std::vector<std::string> updates = {"UPDATE a SET name = 'new' WHERE id < 5"};
  const std::string one = "IF (cardinality(e2_1) = 1) THEN";
  EXPECT_TRUE(wrong(query, updates, one, "IF (cardinality(e2_1) >= 1) THEN"));
  EXPECT_FALSE(wrong(query, updates, one, "IF (cardinality(e2_1) = 1 ) THEN"));
}

TEST_F(MaintenanceMutants, WithoutLookingForTheNextOneAnOldExtremeStays) {
  const std::string query = "SELECT a_id, min(x) AS low, max(x) AS high FROM b GROUP BY a_id";
  const std::vector<std::string> updates = {"UPDATE b SET x = 2"};
  EXPECT_TRUE(wrong(query, updates, "IF pgv_again THEN", "IF false THEN"));
  EXPECT_FALSE(wrong(query, updates, "IF pgv_again THEN", "IF (true AND pgv_again) THEN"));
}

TEST_F(MaintenanceMutants, WithoutBothEndsOfTheRangeAThresholdMovesOverRows) {
  const std::string query = "SELECT g, count(*) AS n FROM a WHERE v > (SELECT max(x) FROM b) GROUP BY g";
  const std::vector<std::string> updates = {"UPDATE a SET v = id", "DELETE FROM b WHERE x > 1",
                                            "UPDATE b SET x = x + 4"};
  EXPECT_TRUE(wrong(query, updates, "min(t2.max) AS max", "max(t2.max) AS max"));
  EXPECT_FALSE(wrong(query, updates, "min(t2.max) AS max", "(min(t2.max)) AS max"));
}

TEST_F(MaintenanceMutants, WithoutTheCountOfStatementsACascadeIsAddedWrongly) {
  const std::string query =
      "SELECT a.name, count(*) AS n, sum(b.x) AS s FROM a JOIN b ON b.a_id = a.id GROUP BY a.name";
  EXPECT_TRUE(wrong(query, {"DELETE FROM a WHERE id = 2"}, "IF (pgv_alone AND", "IF (true AND"));
  EXPECT_FALSE(wrong(query, {"DELETE FROM a WHERE id = 2"}, "IF (pgv_alone AND", "IF (pgv_alone AND true AND"))
      << "and only because of that";
}

TEST_F(MaintenanceMutants, WithoutTheTriggerDepthConstraintsMadeImmediateAddTwice) {
  const std::string query =
      "SELECT a.name, count(*) AS n, sum(b.x) AS s FROM a JOIN b ON b.a_id = a.id GROUP BY a.name";
  const std::vector<std::string> both = {
      "BEGIN", "SET CONSTRAINTS ALL IMMEDIATE",
      "WITH n AS (INSERT INTO a VALUES (50, 1, 'new', 2) RETURNING id) INSERT INTO b SELECT 50, 1, 2, 's1' FROM n",
      "WITH u AS (UPDATE a SET name = 'other' WHERE id = 1) INSERT INTO b VALUES (51, 1, 2, 's1')", "COMMIT"};
  EXPECT_TRUE(wrong(query, both, "(pg_trigger_depth() = 1) AND", "true AND", "on_commit"));
  EXPECT_FALSE(wrong(query, both, "(pg_trigger_depth() = 1) AND", "(pg_trigger_depth() = 1) AND true AND", "on_commit"))
      << "and only because of that";
}

TEST_F(MaintenanceMutants, WithoutTheSettingsOfTheFunctionsThoseOfTheWriterShow) {
  const std::string query = "SELECT id, concat(make_date(2024, 1, 1 + id)) AS d FROM b";
  const std::vector<std::string> other = {"SET datestyle = 'SQL, DMY'", "INSERT INTO b VALUES (20, 1, 2, 't')",
                                          "RESET datestyle"};
  EXPECT_TRUE(wrong(query, other, "SET \"DateStyle\" TO 'ISO, MDY'", ""));
  EXPECT_FALSE(wrong(query, other, "SET \"DateStyle\" TO 'ISO, MDY'", "SET \"DateStyle\" TO 'ISO, YMD'"))
      << "and only because of that";
}

TEST_F(MaintenanceMutants, WithoutThePreferenceOfColumnsAColumnNamedAsAVariableStopsWriters) {
  Workspace work;
  work.execute("CREATE TABLE odd (id int PRIMARY KEY, new int)");
  work.view("kept", maintained_view("SELECT id, new FROM odd", "immediate"));
  work.sync();
  work.execute("INSERT INTO odd VALUES (1, 1)");
  EXPECT_NO_THROW(work.execute("UPDATE odd SET new = 2"));
  EXPECT_GT(mutate(work, "#variable_conflict use_column", "#variable_conflict error"), 0);
  EXPECT_THROW(work.execute("UPDATE odd SET new = 3"), db::QueryFailure);
}

TEST_F(MaintenanceMutants, WithoutTheCheckOfTheSnapshotAnOldOneLeavesOldRows) {
  const auto differs = [](bool taken_out) {
    Workspace work;
    work.execute(maintenance_schema());
    const std::string query = "SELECT b.id, a.name FROM b JOIN a ON a.id = b.a_id";
    work.view("kept", maintained_view(query, "immediate"));
    const auto old = work.connect();
    old->execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class");
    work.sync();
    EXPECT_TRUE(!taken_out || mutate(work, "PERFORM pgvista.check_snapshot(", "PERFORM length(") > 0);
    try {
      old->execute("UPDATE a SET name = 'x'; COMMIT");
    } catch (const db::QueryFailure&) {
      old->execute("ROLLBACK");
    }
    return !Oracle(work.db(), {{"kept", "", query}}).differing().empty();
  };
  EXPECT_TRUE(differs(true));
  EXPECT_FALSE(differs(false)) << "and only because of that";
}

TEST_F(MaintenanceMutants, WithoutTheQuestionWhetherAllIsThereARenameStopsWriters) {
  const auto stops = [](bool taken_out) {
    Workspace work;
    work.execute(maintenance_schema());
    work.view("kept", maintained_view("SELECT b.id, a.name FROM b JOIN a ON a.id = b.a_id", "immediate"));
    work.sync();
    EXPECT_TRUE(!taken_out ||
                mutate(work, "RETURN pgvista.stop_maintenance(", "RETURN true OR pgvista.stop_maintenance(") > 0);
    work.execute("SET client_min_messages = error; ALTER TABLE a RENAME name TO other");
    try {
      work.execute("INSERT INTO b VALUES (90, 1, 1, 's')");
      return false;
    } catch (const db::QueryFailure&) {
      return true;
    }
  };
  EXPECT_TRUE(stops(true));
  EXPECT_FALSE(stops(false)) << "and only because of that";
}

TEST_F(MaintenanceMutants, WithoutTheMarkOfWhatWasCountedAgainOneStatementAddsTwice) {
  const std::string query = "SELECT a_id, count(*) AS n, max(x) AS most FROM b GROUP BY a_id";
  const std::vector<std::string> upsert = {
      "INSERT INTO b VALUES (1, 1, 3, 's'), (90, 1, 2, 't') ON CONFLICT (id) DO UPDATE SET x = 0, a_id = 1"};
  EXPECT_TRUE(wrong(query, upsert, "IF (NOT pgvista.is_recounted(", "IF (true OR pgvista.is_recounted("));
  EXPECT_FALSE(wrong(query, upsert, "IF (NOT pgvista.is_recounted(", "IF (NOT  pgvista.is_recounted("))
      << "and only because of that";
}

TEST_F(MaintenanceMutants, WithoutTheCountOfDecimalPlacesASumKeepsThoseOfRowsThatAreGone) {
  const auto differs = [](bool taken_out) {
    Workspace work;
    work.execute("CREATE TABLE m (g int, n numeric); INSERT INTO m VALUES (1, 1.5)");
    const std::string query = "SELECT g, sum(n) AS s FROM m GROUP BY g";
    work.view("kept", maintained_view(query, "immediate"));
    work.sync();
    const std::string adds = "s.pgvista_digits_3 + excluded.pgvista_digits_3";
    const std::string keeps = "GREATEST(s.pgvista_digits_3, excluded.pgvista_digits_3)";
    EXPECT_TRUE(!taken_out || mutate(work, adds, keeps) > 0);
    work.execute("INSERT INTO m VALUES (1, 2.250)");
    work.execute("DELETE FROM m WHERE n = 2.250");
    return !Oracle(work.db(), {{"kept", "", query}}).differing().empty();
  };
  EXPECT_TRUE(differs(true));
  EXPECT_FALSE(differs(false)) << "and only because of that";
}

TEST_F(MaintenanceMutants, WithoutTheCountOfEventsARecursionTakesStepsTwice) {
  const std::string query =
      "WITH RECURSIVE r AS (SELECT id, v, 0 AS steps FROM a WHERE g = 1 UNION ALL SELECT a.id, a.v, r.steps + 1 FROM r "
      "JOIN a ON a.v = r.v + 1) SELECT id, v, steps FROM r";
  const std::vector<std::string> upsert = {
      "INSERT INTO a VALUES (1, 1, 'x', 1), (30, 1, 'y', 2), (31, 0, 'z', 3) ON CONFLICT (id) DO UPDATE SET v = 2"};
  const std::string one = "(((pgvista.open_state() >> 20) & 1023) = 1)";
  EXPECT_TRUE(wrong(query, upsert, one, "true"));
  EXPECT_FALSE(wrong(query, upsert, one, "(true AND " + one + ")")) << "and only because of that";
}

TEST_F(MaintenanceMutants, WithoutTheRowsThatOthersLeadToARecursionLosesThem) {
  const std::string query =
      "WITH RECURSIVE r AS (SELECT a_id, x FROM b UNION SELECT r.a_id, b.x FROM r JOIN b ON b.a_id = r.x) SELECT a_id, "
      "x FROM r";
  const std::vector<std::string> deletes = {"DELETE FROM b WHERE id < 6"};
  const std::string kept = "FROM pgvista_again\n";
  EXPECT_TRUE(wrong(query, deletes, kept, "FROM pgvista_again WHERE false\n"));
  EXPECT_FALSE(wrong(query, deletes, kept, "FROM pgvista_again WHERE true\n"));
}

TEST_F(MaintenanceMutants, WithoutTheTableAsItWasAnUpdateTakesMoreAwayThanWasThere) {
  const std::string query =
      "WITH RECURSIVE r AS (SELECT v, 0 AS steps FROM a WHERE v = 0 UNION ALL SELECT a.v, r.steps + 1 FROM r JOIN a ON "
      "a.v = r.v + 1 WHERE r.steps < 3) SELECT v, steps FROM r";
  const std::vector<std::string> updates = {"UPDATE a SET v = CASE v WHEN 1 THEN 9 ELSE 2 END WHERE id IN (1, 3)"};
  const std::string without = "(n.id = t.id)";
  EXPECT_TRUE(wrong(query, updates, without, "false"));
  EXPECT_FALSE(wrong(query, updates, without, "(t.id = n.id)"));
}

}  // namespace pgvista::test
