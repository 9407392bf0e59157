// Indexes: matched by definition, made and dropped without touching the data.

#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace pgvista::test {

class SyncIndex : public testing::Test {
 protected:
  void SetUp() override {
    work.execute(
        "CREATE TABLE t (a int, b text, c int, d tsvector); INSERT INTO t SELECT i, 'row ' || i, i % 7, "
        "to_tsvector('row ' || i) FROM generate_series(1, 100) i");
  }
  void view(const std::string& indexes) {
    work.view("m", "/* pgvista\nkind = \"materialized\"\nindexes = [" + indexes + "]\n*/\nSELECT a, b, c, d FROM t");
  }
  std::string indexes() {
    return work.value(
        "SELECT coalesce(string_agg(indexname, ',' ORDER BY indexname), '') FROM pg_indexes WHERE tablename = 'm'");
  }
  Workspace work;
};

TEST_F(SyncIndex, EveryKindIsMadeAndThenKnown) {
  // Known from PostgreSQL 15 on.
  const std::string nulls = work.db().server_major() >= 15 ? ", nulls_not_distinct = true" : "";
  view(R"x({ columns = ["a"], unique = true }, { columns = ["b"], unique = true)x" + nulls +
       R"x( }, { columns = ["a DESC NULLS LAST", "lower(b)"] },
          { name = "search", columns = ["d"], using = "gin", where = "c > 2" }, { columns = ["b text_pattern_ops"] },
            { columns = ["c"], include = ["a", "b"] },
          { columns = ["(a + c)"], storage = { fillfactor = 70 }, comment = "sums" },
          { columns = ["c"], using = "hash" })x");
  work.sync();
  EXPECT_EQ("8", work.value("SELECT count(*) FROM pg_index WHERE indrelid = 'm'::regclass"));
  EXPECT_EQ("sums", work.value("SELECT obj_description(indexrelid) FROM pg_index WHERE indrelid = 'm'::regclass AND "
                               "obj_description(indexrelid) IS NOT NULL"));
  EXPECT_EQ("", work.sync());
  EXPECT_EQ("", work.planned());
}

TEST_F(SyncIndex, ChangesAloneLeaveTheData) {
  view(R"x({ columns = ["a"] })x");
  work.sync();
  const std::string file = work.value("SELECT relfilenode FROM pg_class WHERE relname = 'm'");
  view(R"x({ columns = ["a"] }, { columns = ["c"] })x");
  EXPECT_EQ("index m\n", work.sync());
  EXPECT_EQ("m_a_idx,m_c_idx", indexes());
  EXPECT_EQ(file, work.value("SELECT relfilenode FROM pg_class WHERE relname = 'm'"));
}

TEST_F(SyncIndex, AreMatchedByDefinitionNotByName) {
  view(R"x({ columns = ["a"] })x");
  work.sync();
  work.execute("DROP INDEX m_a_idx; CREATE INDEX made_by_hand ON m USING btree (a ASC)");
  EXPECT_EQ("", work.planned());
  EXPECT_EQ("", work.sync());
  EXPECT_EQ("made_by_hand", indexes());
}

TEST_F(SyncIndex, OfOneNameButAnotherDefinitionAreReplaced) {
  view(R"x({ name = "i", columns = ["a"] })x");
  work.sync();
  view(R"x({ name = "i", columns = ["a DESC"] })x");
  EXPECT_EQ("index m\n", work.sync());
  EXPECT_NE(std::string::npos, work.value("SELECT indexdef FROM pg_indexes WHERE indexname = 'i'").find("a DESC"));
  EXPECT_EQ("", work.sync());
}

TEST_F(SyncIndex, StraysAreReportedAndDroppedWithPrune) {
  view(R"x({ columns = ["a"] }, { columns = ["c"] })x");
  work.sync();
  view(R"x({ columns = ["a"] })x");
  const auto plan = work.json({"plan"});
  EXPECT_TRUE(plan.at("steps").as_array().empty());
  EXPECT_EQ("m_c_idx", plan.at("strays").at(0).at("name").as_string());
  EXPECT_EQ("index", plan.at("strays").at(0).at("kind").as_string());
  EXPECT_EQ("index m\n", work.sync({"--prune"}));
  EXPECT_EQ("m_a_idx", indexes());
}

TEST_F(SyncIndex, AnInvalidOneIsRebuilt) {
  view(R"x({ columns = ["a"] })x");
  work.sync();
  work.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'm_a_idx'::regclass");
  EXPECT_EQ("index m\n", work.sync());
  EXPECT_EQ("t", work.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'm_a_idx'::regclass"));
}

TEST_F(SyncIndex, LongNamesAreShortenedTheSameWay) {
  work.view("a_view_with_a_name_that_is_long_enough_to_leave_little_room",
            "/* pgvista\nkind = \"materialized\"\nindexes = [ { columns = [\"a\", \"b\", \"c\"] } ]\n*/\nSELECT a, b, "
            "c FROM t");
  work.sync();
  const std::string name = work.value("SELECT indexname FROM pg_indexes WHERE tablename LIKE 'a_view%'");
  EXPECT_LE(name.size(), 63u);
  EXPECT_EQ("", work.sync());
  work.execute("DROP INDEX \"" + name + "\"");
  work.sync();
  EXPECT_EQ(name, work.value("SELECT indexname FROM pg_indexes WHERE tablename LIKE 'a_view%'"));
}

TEST_F(SyncIndex, OnAMissingColumnIsAnErrorWithTheNearestName) {
  work.view(
      "m", "/* pgvista\nkind = \"materialized\"\nindexes = [ { columns = [\"totl\"] } ]\n*/\nSELECT a AS total FROM t");
  const auto result = work.run({"check"});
  EXPECT_EQ(1, result.exit);
  EXPECT_NE(std::string::npos,
            result.out.find("views/m.sql:3:1: error: index m_totl_idx: column \"totl\" does not exist"))
      << result.out;
  EXPECT_NE(std::string::npos, result.out.find("Did you mean \"total\"?")) << result.out;
}

TEST_F(SyncIndex, OfANewerServerAreRefusedByNameOnAnOldOne) {
  view(R"x({ columns = ["b"], unique = true, nulls_not_distinct = true })x");
  const auto result = work.run({"sync"});
  const bool known = work.db().server_major() >= 15;
  EXPECT_EQ(known ? 0 : 1, result.exit);
  EXPECT_EQ(known, result.err.find("needs PostgreSQL 15") == std::string::npos) << result.err;
}

}  // namespace pgvista::test
