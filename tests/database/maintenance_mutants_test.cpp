// What the generated SQL is careful about is needed: with any of it taken out, some story goes wrong.

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "support/interleaving.hpp"
#include "support/maintenance_cases.hpp"

namespace pgvista::test {

namespace {

// Rewrites the installed functions; the number of those that changed.
int mutate(Workspace& work, const std::string& from, const std::string& to) {
  int changed = 0;
  const db::Rows rows = work.db().query("SELECT pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.pronamespace = 'pgvista'::regnamespace");
  for (int row = 0; row < rows.size(); ++row) {
    const std::string text = rows.text(row, 0);
    const std::string mutant = replace_all(text, from, to);
    if (mutant == text) continue;
    work.execute(mutant);
    ++changed;
  }
  return changed;
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
  bool wrong(const std::string& query, const std::vector<std::string>& statements, const std::string& from, const std::string& to, const std::string& mode = "immediate") {
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
  EXPECT_GT(findings(story("both sides of a join are inserted"), "READ COMMITTED", lock, "PERFORM FROM (SELECT 1 AS view, 1 AS slot, true AS turn) AS l; RETURN false; " + lock), 0U);
  EXPECT_GT(findings(story("both sides of a join are inserted"), "REPEATABLE READ", lock, "RETURN false; " + lock), 0U);
}

TEST_F(MaintenanceMutants, WithoutFollowingThePathAgainAMovedRowIsMissed) {
  EXPECT_GT(findings(story("a middle row is moved while its child is inserted"), "READ COMMITTED", "pgv_held := pgv_slots || pgv_held;", "EXIT;"), 0U);
}

TEST_F(MaintenanceMutants, WithoutTheOldImagesTheOldKeyStays) {
  EXPECT_TRUE(wrong("SELECT a_id, string_agg(s, ',' ORDER BY id) AS ss FROM b GROUP BY a_id", {"UPDATE b SET a_id = 1 WHERE id = 2"}, "FROM old_rows EXCEPT ALL", "FROM old_rows WHERE false EXCEPT ALL"));
}

TEST_F(MaintenanceMutants, WithoutTheBranchForNullNullKeysStay) {
  EXPECT_TRUE(wrong("SELECT a_id, string_agg(s, ',' ORDER BY id) AS ss FROM b GROUP BY a_id", {"UPDATE b SET s = 'new' WHERE a_id IS NULL"}, "AND pgv_null_01", "AND false AND pgv_null_01"));
}

TEST_F(MaintenanceMutants, WithoutTheCountOfStatementsACascadeIsAddedWrongly) {
  const std::string query = "SELECT a.name, count(*) AS n, sum(b.x) AS s FROM a JOIN b ON b.a_id = a.id GROUP BY a.name";
  EXPECT_TRUE(wrong(query, {"DELETE FROM a WHERE id = 2"}, "IF pgv_alone AND", "IF true AND"));
  EXPECT_FALSE(wrong(query, {"DELETE FROM a WHERE id = 2"}, "IF pgv_alone AND", "IF pgv_alone AND true AND")) << "and only because of that";
}

TEST_F(MaintenanceMutants, WithoutTheTriggerDepthConstraintsMadeImmediateAddTwice) {
  const std::string query = "SELECT a.name, count(*) AS n, sum(b.x) AS s FROM a JOIN b ON b.a_id = a.id GROUP BY a.name";
  const std::vector<std::string> both = {"BEGIN", "SET CONSTRAINTS ALL IMMEDIATE", "WITH n AS (INSERT INTO a VALUES (50, 1, 'new', 2) RETURNING id) INSERT INTO b SELECT 50, 1, 2, 's1' FROM n", "WITH u AS (UPDATE a SET name = 'other' WHERE id = 1) INSERT INTO b VALUES (51, 1, 2, 's1')", "COMMIT"};
  EXPECT_TRUE(wrong(query, both, "pg_trigger_depth() = 1 AND", "true AND", "on_commit"));
  EXPECT_FALSE(wrong(query, both, "pg_trigger_depth() = 1 AND", "pg_trigger_depth() = 1 AND true AND", "on_commit")) << "and only because of that";
}

TEST_F(MaintenanceMutants, WithoutTheMarkOfWhatWasCountedAgainOneStatementAddsTwice) {
  const std::string query = "SELECT a_id, count(*) AS n, max(x) AS most FROM b GROUP BY a_id";
  const std::vector<std::string> upsert = {"INSERT INTO b VALUES (1, 1, 3, 's'), (90, 1, 2, 't') ON CONFLICT (id) DO UPDATE SET x = 0, a_id = 1"};
  EXPECT_TRUE(wrong(query, upsert, "OR NOT pgvista.is_recounted(", "OR true OR pgvista.is_recounted("));
  EXPECT_FALSE(wrong(query, upsert, "OR NOT pgvista.is_recounted(", "OR NOT  pgvista.is_recounted(")) << "and only because of that";
}

}  // namespace pgvista::test
