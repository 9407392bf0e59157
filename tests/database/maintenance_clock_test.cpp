// Views whose rows depend on the present time below aggregates and joins: a clock that is moved by whoever writes, by
// watch and by sync.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/text.hpp"
#include "support/interleaving.hpp"
#include "support/maintenance_cases.hpp"

namespace pgvista::test {

namespace {

constexpr const char* clock_schema =
    "CREATE TABLE cust (id int PRIMARY KEY, name text);"
    "CREATE TABLE ord (id int PRIMARY KEY, c int, amount int, at timestamptz, due date);"
    "CREATE INDEX ON ord (c); CREATE INDEX ON ord (at); CREATE INDEX ON ord (due);"
    "INSERT INTO cust SELECT i, 'c' || i FROM generate_series(1, 6) AS i;"
    "INSERT INTO ord SELECT i, 1 + i % 7, i % 5, now() - i * interval '7 hours', current_date - i % 40 FROM "
    "generate_series(1, 200) AS i";

// Each reads now() or current_date where no reader can compute it.
const std::vector<MaintenanceCase>& cases() {
  static const std::vector<MaintenanceCase> out = {
      {"last_month", "",
       "SELECT c, count(*) AS n, sum(amount) AS s FROM ord WHERE at > now() - interval '30 days' GROUP BY c"},
      {"joined", "",
       "SELECT cust.name, count(*) AS n FROM ord JOIN cust ON cust.id = ord.c WHERE ord.at <= now() GROUP BY "
       "cust.name"},
      {"filtered", "",
       "SELECT c, count(*) FILTER (WHERE at > now() - interval '7 days') AS week, sum(CASE WHEN due < current_date "
       "THEN "
       "amount END) AS late, count(*) AS n FROM ord GROUP BY c"},
      {"outer_join", "",
       "SELECT cust.id, count(ord.id) AS n FROM cust LEFT JOIN ord ON ord.c = cust.id AND ord.at > now() - interval '2 "
       "days' GROUP BY cust.id"},
      {"exists_one", "",
       "SELECT cust.id FROM cust WHERE EXISTS (SELECT FROM ord WHERE ord.c = cust.id AND ord.due >= current_date - 3)"},
      {"total", "", "SELECT count(*) AS n, max(at) AS latest FROM ord WHERE due < current_date"},
      {"every_row", "", "SELECT c, max(extract(epoch FROM now() - at)) AS age FROM ord GROUP BY c"},
      {"years", "",
       "SELECT extract(year FROM now()) - extract(year FROM at) AS years, count(*) AS n FROM ord GROUP BY 1"},
      {"distinct_ones", "", "SELECT DISTINCT c, at > now() - interval '5 days' AS young FROM ord"},
      {"ranked", "",
       "SELECT id, rank() OVER (PARTITION BY c ORDER BY amount DESC, id) AS place FROM ord WHERE at > now() - interval "
       "'10 days'"},
      {"latest", "", "SELECT DISTINCT ON (c) c, id, at FROM ord WHERE at <= now() ORDER BY c, at DESC, id"},
      {"united", "",
       "SELECT c, count(*) AS n FROM ord WHERE at > now() GROUP BY c UNION ALL SELECT id, 0 FROM cust WHERE NOT EXISTS "
       "(SELECT FROM ord WHERE ord.c = cust.id AND ord.at > now())"}};
  return out;
}

class MaintenanceClock : public ::testing::Test {
 protected:
  void keep(const std::vector<MaintenanceCase>& views, const std::string& mode, const std::string& more = {}) {
    for (const MaintenanceCase& one : views) work.view(one.name, maintained_view(one.query, mode, more));
    work.sync();
  }

  std::string clock_of(const std::string& view) {
    const std::string name = work.value("SELECT clock FROM pgvista.program WHERE name = '" + view + "'");
    return "pgvista." + name;
  }

  // What a view's query comes to at the time of its clock, in words of our own.
  MaintenanceCase as_of_clock(MaintenanceCase one) {
    const std::string at = "(SELECT clock.at FROM " + clock_of(one.name) + " AS clock)";
    one.query = replace_all(replace_all(one.query, "now()", at), "current_date", at + "::date");
    return one;
  }

  std::vector<MaintenanceCase> as_of_clocks() {
    std::vector<MaintenanceCase> out;
    for (const MaintenanceCase& one : cases()) out.push_back(as_of_clock(one));
    return out;
  }

  void move_all(const std::string& by) {
    for (const MaintenanceCase& one : cases())
      work.execute(fmt::format("UPDATE {} SET at = at + interval '{}'", clock_of(one.name), by));
  }

  std::string age_of(const std::string& view) {
    return work.value("SELECT round(extract(epoch FROM now() - at) / 60) FROM " + clock_of(view));
  }

  boost::json::object status_of(const std::string& view) const { return work.json({"status", view}).at(0).as_object(); }

  Workspace work;
};

}  // namespace

TEST_F(MaintenanceClock, RowsComeAndGoWithTheTime) {
  work.execute(clock_schema);
  for (const char* const mode : {"immediate", "on_commit", "deferred"}) {
    SCOPED_TRACE(mode);
    keep(cases(), mode);
    Oracle oracle(work.db(), as_of_clocks());
    EXPECT_EQ(std::vector<std::string>{}, oracle.differing());
    int id = work.value("SELECT max(id) FROM ord") == "" ? 0 : std::stoi(work.value("SELECT max(id) FROM ord"));
    const auto step = [&](const std::string& statement) {
      work.execute(statement);
      drain_deferred(work.db());
      EXPECT_EQ(std::vector<std::string>{}, oracle.differing()) << statement;
    };
    for (const char* const by :
         {"3 hours", "1 day", "-2 days", "9 days", "40 days", "-400 days", "357 days 21 hours"}) {
      SCOPED_TRACE(by);
      move_all(by);
      step("SELECT");
      step(fmt::format("INSERT INTO ord VALUES ({}, 3, 2, now() - interval '1 day', current_date - 2)", ++id));
      step(fmt::format("UPDATE ord SET at = at + interval '{}', due = due + 1 WHERE id % 7 = 1", by));
      step("UPDATE ord SET c = 1 + (c + 1) % 7, at = NULL WHERE id % 50 = 2");
      step("DELETE FROM ord WHERE id % 41 = 5");
      step(
          fmt::format("BEGIN; UPDATE {} SET at = at + interval '5 days'; UPDATE ord SET at = at - interval '1 day' "
                      "WHERE id % 9 = 3; UPDATE cust SET name = name || '+' WHERE id = 2; COMMIT",
                      clock_of("joined")));
    }
    EXPECT_EQ(0, work.run({"verify"}).exit);
    move_all("1 day");
    EXPECT_EQ(0, work.run({"verify", "--repair"}).exit);
  }
}

// A row of the present is there at once, however old the clock may get; nobody waits for it otherwise.
TEST_F(MaintenanceClock, WhoWritesAtTheEdgeMovesIt) {
  work.execute(clock_schema);
  const std::vector<MaintenanceCase> views = {
      {"joined", "", "SELECT c, count(*) AS n FROM ord WHERE at <= now() GROUP BY c"},
      {"filtered", "", "SELECT c, count(*) FILTER (WHERE at <= now()) AS n, count(*) AS rows FROM ord GROUP BY c"}};
  for (const char* const mode : {"immediate", "on_commit"}) {
    SCOPED_TRACE(mode);
    keep(views, mode, "clock = \"1 day\"");
    const auto expect = [&](const std::string& statement, bool moves) {
      for (const MaintenanceCase& one : views)
        work.execute("UPDATE " + clock_of(one.name) + " SET at = now() - interval '10 minutes'");
      work.execute(statement);
      for (const MaintenanceCase& one : views) EXPECT_EQ(moves ? "0" : "10", age_of(one.name)) << statement;
      if (moves) {
        EXPECT_EQ(std::vector<std::string>{}, Oracle(work.db(), views).differing());
      }
    };
    expect("INSERT INTO ord SELECT max(id) + 1, 2, 1, now(), current_date FROM ord", true);
    expect("UPDATE ord SET at = now() - interval '5 minutes' WHERE id = 3", true);
    expect("INSERT INTO ord SELECT max(id) + 1, 2, 1, now() - interval '1 hour', current_date FROM ord", false);
    expect("INSERT INTO ord SELECT max(id) + 1, 2, 1, now() + interval '1 hour', current_date FROM ord", false);
    expect("DELETE FROM ord WHERE id = 4", false);
  }
}

TEST_F(MaintenanceClock, TheNextWriterWatchAndSyncMoveIt) {
  work.execute(clock_schema);
  const auto set_back = [&] {
    work.execute("UPDATE " + clock_of("last_month") + " SET at = now() - interval '10 minutes'");
  };
  keep({cases()[0]}, "immediate", "clock = \"5 minutes\"");
  set_back();
  EXPECT_EQ(1, work.run({"status", "--json"}).out.find("\"every_seconds\":3E2") != std::string::npos ||
                   work.run({"status", "--json"}).out.find("\"every_seconds\":300") != std::string::npos);
  EXPECT_TRUE(status_of("last_month").at("stale").as_bool());
  EXPECT_NE(std::string::npos,
            boost::json::serialize(status_of("last_month").at("health")).find("its present time is 10 min"));
  EXPECT_EQ("10", work.value("SELECT round(pgvista.clock_ms('last_month'::regclass) / 60000.0)"));
  work.execute("UPDATE ord SET amount = 9 WHERE id = 1");
  EXPECT_EQ("0", age_of("last_month"));
  EXPECT_FALSE(status_of("last_month").at("stale").as_bool());
  set_back();
  work.sync();
  EXPECT_EQ("0", age_of("last_month"));
  for (const char* const mode : {"immediate", "deferred"}) {
    keep({cases()[0]}, mode, "clock = \"5 minutes\"");
    set_back();
    EXPECT_EQ(0, work.run({"watch", "--once"}).exit);
    EXPECT_EQ("0", age_of("last_month")) << mode;
  }
  // Writers of a deferred view leave it to watch.
  set_back();
  work.execute("UPDATE ord SET amount = 7 WHERE id = 1");
  EXPECT_EQ("10", age_of("last_month"));
  drain_deferred(work.db());
  EXPECT_EQ("0", age_of("last_month"));
  EXPECT_EQ(std::vector<std::string>{}, Oracle(work.db(), {as_of_clock(cases()[0])}).differing());
}

TEST_F(MaintenanceClock, EveryOrderOfAMoveAndAWriter) {
  for (const char* const mode : {"immediate", "on_commit"}) {
    for (const std::size_t number : {0, 3, 6}) {
      Workspace own;
      own.execute(clock_schema);
      const MaintenanceCase& one = cases()[number];
      own.view("kept", maintained_view(one.query, mode));
      own.sync();
      own.execute(
          "CREATE OR REPLACE FUNCTION pgvista.look_for_deadlocks(began bigint) RETURNS void LANGUAGE sql AS 'SELECT'");
      const std::string clock = "pgvista." + own.value("SELECT clock FROM pgvista.program");
      const std::string at = "(SELECT clock.at FROM " + clock + " AS clock)";
      Story story;
      story.name = one.name;
      story.query = replace_all(replace_all(one.query, "now()", at), "current_date", at + "::date");
      story.reset = fmt::format(
          "UPDATE {} SET at = now() + interval '1 minute'; DELETE FROM ord WHERE id > 900; UPDATE ord SET at = now() + "
          "interval '10 days' WHERE id = 1",
          clock);
      // The row is on the other side of the edge, as each clock has it.
      const std::string edge = number == 3 ? "now() - interval '36 hours'" : "now() - interval '29 days 12 hours'";
      // A group that there is, and one that nobody else writes to.
      for (const std::string& change : {fmt::format("UPDATE ord SET at = {} WHERE id = 1", edge),
                                        fmt::format("INSERT INTO ord VALUES (901, 77, 3, {}, current_date)", edge)}) {
        story.writers = {{change}, {fmt::format("UPDATE {} SET at = at + interval '1 day'", clock)}};
        for (const char* const isolation : {"READ COMMITTED", "REPEATABLE READ"}) {
          for (const Finding& finding : run_story(own, story, isolation))
            ADD_FAILURE() << mode << " " << finding.story << " (" << finding.isolation << ", order " << finding.order
                          << "): " << finding.what;
        }
      }
    }
  }
}

// The clock goes on, and nothing crosses an edge: few pages are touched, however many rows there are.
TEST_F(MaintenanceClock, AMoveCostsWhatItConcerns) {
  const auto pages = [](int rows) {
    Workspace own;
    own.execute(clock_schema);
    own.execute(
        fmt::format("INSERT INTO ord SELECT i, 1 + i % 7, 1, now() - i * interval '7 hours', current_date - 90 "
                    "FROM generate_series(1000, {}) AS i; ANALYZE",
                    1000 + rows));
    for (const std::size_t number : {0, 1, 2, 3, 5})
      own.view(cases()[number].name, maintained_view(cases()[number].query, "immediate"));
    own.sync();
    own.execute("VACUUM ANALYZE");
    own.execute(
        "CREATE FUNCTION pg_temp.change(sql text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE sql; END $$");
    double out = 0;
    for (const std::size_t number : {0, 1, 2, 3, 5}) {
      const std::string clock =
          own.value("SELECT clock FROM pgvista.program WHERE name = '" + cases()[number].name + "'");
      const std::string move =
          fmt::format("SELECT pg_temp.change('UPDATE pgvista.{} SET at = at + interval ''1 second''')", clock);
      own.execute(move);  // fills the caches of the session
      const db::Rows rows_of = own.db().query("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) " + move);
      const boost::json::value explained = boost::json::parse(rows_of.text(0, 0));
      const auto& plan = explained.at(0).at("Plan");
      out += plan.at("Shared Hit Blocks").to_number<double>() + plan.at("Shared Read Blocks").to_number<double>();
    }
    return out;
  };
  EXPECT_LE(pages(40'000), pages(2'000) * 1.3 + 48);
}

TEST_F(MaintenanceClock, TheHeaderSaysHowOldItMayGet) {
  work.execute(clock_schema);
  work.view("last_month", maintained_view(cases()[0].query, "immediate", "clock = \"soon\""));
  const boost::json::value checked = work.json({"check"});
  EXPECT_EQ("invalid_value", checked.at("errors").at(0).at("code").as_string());
  keep({cases()[0]}, "immediate");
  const std::string before = clock_of("last_month");
  EXPECT_NE(std::string::npos, work.run({"explain", "last_month"}).out.find("the present time is that of a clock"));
  keep({cases()[0]}, "immediate", "clock = \"1 hour\"");
  EXPECT_EQ("01:00:00", work.value("SELECT clock_every FROM pgvista.program"));
  // Nothing of it stays behind.
  work.folder().remove("views/last_month.sql");
  work.sync({"--prune"});
  EXPECT_EQ("0", work.value("SELECT count(*) FROM pg_class WHERE relname LIKE '%clock%' AND relnamespace = "
                            "'pgvista'::regnamespace"));
  // What is cut at read needs none.
  work.view("plain", maintained_view("SELECT id FROM ord WHERE at > now() - interval '30 days'", "immediate",
                                     "clock = \"1 minute\""));
  work.sync();
  EXPECT_EQ("", work.value("SELECT clock FROM pgvista.program"));
}

}  // namespace pgvista::test
