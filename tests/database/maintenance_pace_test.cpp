// Changes of many rows: followed, or the view computed as a whole, by what either has cost.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/maintenance_cases.hpp"
#include "support/workspace.hpp"

namespace pgvista::test {

class MaintenancePace : public ::testing::Test {
 protected:
  MaintenancePace() {
    work.execute(
        "CREATE TABLE shop (id int PRIMARY KEY, city int NOT NULL); CREATE TABLE sale (id int PRIMARY KEY, shop int "
        "NOT "
        "NULL, paid int NOT NULL); CREATE INDEX ON sale (shop); INSERT INTO shop SELECT i, i % 7 FROM "
        "generate_series(1, 100) AS i; INSERT INTO sale SELECT i, 1 + i % 100, i FROM generate_series(1, 4000) AS i; "
        "ANALYZE");
  }

  void kept(const std::string& query) {
    work.view("kept", "/* pgvista\nkind = \"materialized\"\nmaintenance = \"immediate\"\n*/\n" + query);
    work.sync();
  }
  // From here on, either way is known to cost this much, in microseconds a row.
  void cost(const std::string& followed, const std::string& whole) {
    work.execute(fmt::format(
        "TRUNCATE pgvista.pace; INSERT INTO pgvista.pace SELECT p.program, p.store, e || ' of public.sale', w, m, CASE "
        "WHEN w THEN {} ELSE {} END FROM pgvista.program AS p, unnest(ARRAY['insert', 'update', 'delete']) AS e, "
        "unnest(ARRAY[false, true]) AS w, generate_series(3, 6) AS m",
        whole, followed));
  }
  // The ways that were taken and measured since.
  std::string noted(const std::string& way) {
    return work.value(fmt::format(
        "SELECT coalesce(string_agg(DISTINCT split_part(change, ' ', 1), ' ' ORDER BY split_part(change, ' ', 1)), '') "
        "FROM pgvista.pace WHERE {} AND microseconds NOT IN (0.001, 1000000, 970000)",
        way));
  }

  Workspace work;
  const std::string learned = "SELECT count(*) FROM pgvista.pace WHERE change <> 'fill'";
  const std::string cities =
      "SELECT shop.city, count(*) AS n, sum(sale.paid) AS paid FROM sale JOIN shop ON shop.id = sale.shop GROUP BY "
      "shop.city";
  const std::string lines = "SELECT sale.id, sale.paid, shop.city FROM sale LEFT JOIN shop ON shop.id = sale.shop";
  const std::vector<std::string> changes = {
      "INSERT INTO sale SELECT i, 1 + i % 100, i FROM generate_series(5001, 5600) AS i",
      "UPDATE sale SET paid = paid + 1 WHERE id > 5000", "DELETE FROM sale WHERE id > 5000"};
};

TEST_F(MaintenancePace, WhatHasCostLessIsTaken) {
  for (const std::string& query : {cities, lines}) {
    kept(query);
    for (const bool whole : {true, false}) {
      cost(whole ? "1000000" : "0.001", whole ? "0.001" : "1000000");
      for (const std::string& change : changes) {
        work.execute(change);
        EXPECT_EQ(0, work.run({"verify"}).exit) << change;
      }
      EXPECT_EQ("delete insert update", noted(whole ? "whole" : "NOT whole")) << query;
      EXPECT_EQ("", noted(whole ? "NOT whole" : "whole")) << query;
    }
  }
}

// One statement with several events, some of which are followed and some not.
TEST_F(MaintenancePace, EventsOfOneStatementMayGoEitherWay) {
  std::vector<std::string> statements = {
      "WITH gone AS (DELETE FROM sale WHERE id % 6 = 3), moved AS (UPDATE sale SET paid = paid + 5, shop = 1 + (shop + "
      "3) % 100 WHERE id % 6 = 1) INSERT INTO sale SELECT i, 1 + i % 50, 9 FROM generate_series(4001, 5000) AS i"};
  if (work.db().server_major() >= 15)
    statements.emplace_back(
        "MERGE INTO sale USING generate_series(1, 6000, 2) AS i ON i = sale.id WHEN MATCHED AND i % 3 = 0 THEN DELETE "
        "WHEN MATCHED THEN UPDATE SET paid = paid + 5, shop = 1 + (shop + 3) % 100 WHEN NOT MATCHED THEN INSERT VALUES "
        "(i, 1 + i % 50, 9)");
  for (const std::string& query : {cities, lines}) {
    kept(query);
    for (const std::string& statement : statements) {
      for (const char* const followed : {"insert", "update", "delete"}) {
        cost("1000000", "0.001");
        work.execute(
            fmt::format("UPDATE pgvista.pace SET microseconds = CASE WHEN whole THEN 1000000 ELSE 0.001 END WHERE "
                        "change LIKE '{} %'",
                        followed));
        work.execute(statement);
        EXPECT_EQ(0, work.run({"verify"}).exit) << query << " " << followed;
        EXPECT_EQ("delete insert update", noted("true"));
        work.execute(
            "DELETE FROM sale WHERE id % 4 = 1 OR id > 4000; INSERT INTO sale SELECT i, 1 + i % 100, i FROM "
            "generate_series(1, 4000) AS i ON CONFLICT DO NOTHING");
      }
    }
  }
}

// … and what one event has computed as a whole, the next must not add to.
TEST_F(MaintenancePace, WithoutTheMarkOfTheWholeTheNextEventAddsOnceMore) {
  kept(cities);
  const auto differs = [&](const char* by) {
    EXPECT_GT(rewrite_functions(work.db(), {{"(NOT pgvista.is_recounted(", by}}), 0);
    cost("1000000", "0.001");
    work.execute(
        "UPDATE pgvista.pace SET microseconds = CASE WHEN whole THEN 1000000 ELSE 0.001 END WHERE change LIKE "
        "'insert %'");
    work.execute(
        "INSERT INTO sale SELECT i, 1 + i % 50, 9 FROM generate_series(1, 6000, 2) AS i ON CONFLICT (id) DO UPDATE SET "
        "paid = sale.paid + 5");
    return work.run({"verify"}).exit != 0;
  };
  EXPECT_FALSE(differs("(NOT  pgvista.is_recounted(")) << "as it is";
  EXPECT_GT(rewrite_functions(work.db(), {{"(NOT  pgvista.is_recounted(", "(NOT pgvista.is_recounted("}}), 0);
  work.execute("DELETE FROM sale WHERE id > 4000");
  EXPECT_TRUE(differs("(true OR pgvista.is_recounted("));
}

// What a few rows cost is not measured; nor is anything in a transaction of one snapshot, which sees nobody else's.
TEST_F(MaintenancePace, FewRowsAndOneSnapshotTellNothing) {
  kept(cities);
  work.execute("UPDATE sale SET paid = paid + 1 WHERE id <= 100");
  work.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; UPDATE sale SET paid = paid + 1 WHERE id <= 300; COMMIT");
  EXPECT_EQ("0", work.value(learned));
  work.execute("UPDATE sale SET paid = paid + 1 WHERE id <= 101");
  EXPECT_EQ("1", work.value(learned));
  EXPECT_EQ(0, work.run({"verify"}).exit);
}

// What nothing has taught yet is told by how long the store took to fill: of a part, of a view filled beside its
// writers.
TEST_F(MaintenancePace, AtFirstTheFillSaysWhatTheWholeCosts) {
  const std::string parts =
      "SELECT n, count(*) AS shops FROM (SELECT shop, count(*) AS n FROM sale GROUP BY shop) q GROUP BY n";
  for (const char* const beside : {"16000000", "0"}) {
    work.folder().write("pgvista.toml", fmt::format("[maintenance]\nfill_beside = {}\n", beside));
    for (const std::string& query : {cities, lines, parts}) {
      kept(query);
      const std::string stores =
          "SELECT count(*) FROM pg_class WHERE relnamespace = 'pgvista'::regnamespace AND relkind = 'r' "
          "AND relname LIKE 'kept%'";
      EXPECT_EQ(work.value(stores),
                work.value("SELECT count(*) FROM pgvista.pace AS p JOIN pg_class AS c ON c.relname = "
                           "p.store JOIN pgvista.program AS g ON g.program = p.program WHERE "
                           "p.change = 'fill' AND p.microseconds BETWEEN 1 AND 60000000"))
          << query << " " << beside;
      for (const bool whole : {true, false}) {
        work.execute("DELETE FROM pgvista.pace WHERE change <> 'fill'");
        work.execute(fmt::format("UPDATE pgvista.pace SET microseconds = {}", whole ? "0.001" : "1e12"));
        work.execute("UPDATE sale SET paid = paid + 1, shop = 1 + shop * id % 100 WHERE id <= 600");
        EXPECT_EQ("update", noted(whole ? "whole AND change <> 'fill'" : "NOT whole")) << query;
        EXPECT_EQ(0, work.run({"verify"}).exit);
      }
    }
  }
}

TEST_F(MaintenancePace, NobodyWaitsToNoteIt) {
  kept("SELECT id / 1000 AS thousand, sum(paid) AS paid FROM sale GROUP BY 1");
  cost("0.001", "1000000");
  const auto other = work.connect();
  other->execute("BEGIN; UPDATE sale SET paid = paid + 1 WHERE id <= 200");
  work.execute("SET lock_timeout = '10s'; UPDATE sale SET paid = paid + 1 WHERE id > 3800");
  other->execute("COMMIT");
  EXPECT_EQ("update", noted("NOT whole"));
  EXPECT_EQ(0, work.run({"verify"}).exit);
}

// What was slow once is tried again in the end: each time the whole is taken instead, it is taken for a little quicker.
TEST_F(MaintenancePace, NothingIsSlowForEver) {
  kept(cities);
  cost("1000000", "0.001");
  work.execute(changes.front());
  EXPECT_EQ("970000", work.value("SELECT microseconds FROM pgvista.pace WHERE NOT whole AND change LIKE 'insert %' AND "
                                 "magnitude = pgvista.magnitude(600)"));
}

TEST_F(MaintenancePace, IsShownAndGoesWithItsView) {
  kept(cities);
  work.execute(changes.front());
  EXPECT_EQ("1", work.value(learned));
  const auto shown = work.json({"explain", "kept"}).at("paces").as_array();
  ASSERT_EQ(1U, shown.size());
  EXPECT_EQ("insert of public.sale", shown.at(0).at("change").as_string());
  EXPECT_EQ(256, shown.at(0).at("rows").as_int64());
  EXPECT_LT(0, shown.at(0).at("microseconds").as_double());
  EXPECT_NE(std::string::npos, work.run({"explain", "kept"}).out.find("insert of public.sale, 256 rows and more: "));
  kept(lines);
  EXPECT_EQ("0", work.value(learned));
}

}  // namespace pgvista::test
