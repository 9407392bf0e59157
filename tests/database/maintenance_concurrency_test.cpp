// Writers at the same time: every order of a few stories, and many writers at random.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <random>
#include <thread>

#include "base/text.hpp"
#include "catalog/deferred.hpp"
#include "support/interleaving.hpp"
#include "support/maintenance_cases.hpp"

namespace pgvista::test {

namespace {

unsigned seed() {
  const char* given = std::getenv("PGVISTA_SEED");
  const unsigned out = given ? static_cast<unsigned>(std::atoi(given)) : std::random_device{}();
  std::printf("seed %u (PGVISTA_SEED)\n", out);
  return out;
}

// Statements at random, at an isolation level by the seed. False: one failed with what no writer should see.
bool write_at_random(const Workspace& work, unsigned seed, int writes, bool truncates) {
  std::mt19937 random(seed);
  const auto connection = work.connect();
  const char* levels[] = {"read committed", "read committed", "repeatable read", "serializable"};
  connection->execute(std::string("SET deadlock_timeout = '10ms'; SET default_transaction_isolation = '") +
                      levels[seed % 4] + "'");
  bool fine = true;
  for (int n = 0; n < writes; ++n) {
    Choices choices(14);
    for (auto& one : choices) one = random() % 5040;
    try {
      connection->execute(random_statement(choices, connection->server_major(), truncates));
    } catch (const db::QueryFailure& failure) {
      if (connection->in_transaction()) connection->execute("ROLLBACK");
      const std::string& state = failure.error().sqlstate;
      const bool expected =
          state == "40001" || state == "40P01" || state.starts_with("23") || state == "21000" || state == "25P02";
      if (!expected) std::printf("%s %s\n", state.c_str(), failure.error().message.c_str());
      fine = fine && expected;
    }
  }
  return fine;
}

// Eight of them at once, until their end.
class RandomWriters {
 public:
  RandomWriters(const Workspace& work, unsigned seed, int writes, bool truncates) {
    for (unsigned i = 0; i < 8; ++i) {
      ++running_;
      threads_.emplace_back([this, &work, seed, i, writes, truncates] {
        if (!write_at_random(work, seed + i, writes, truncates)) strange_ = true;
        --running_;
      });
    }
  }
  bool running() const { return running_ > 0; }
  /// Waits for their end. False: one failed with what no writer should see.
  bool fine() {
    threads_.clear();
    return !strange_;
  }

 private:
  std::atomic<int> running_{0};
  std::atomic<bool> strange_{false};
  std::vector<std::jthread> threads_;
};

// Every n-th query of tests/maintenance as a view, from a place that a seed gives, in a mode by its number.
std::vector<MaintenanceCase> every_nth(const Workspace& work, int n, unsigned first,
                                       const std::function<std::string(int)>& mode) {
  std::vector<MaintenanceCase> out;
  int number = static_cast<int>(first % static_cast<unsigned>(n));
  for (const MaintenanceCase& one : maintenance_cases()) {
    if (++number % n != 0) continue;
    out.push_back(one);
    work.view(one.name, maintained_view(one.query, mode(number)));
  }
  work.sync();
  return out;
}

// After a deadlock writers would take turns, and no more meet.
void without_turns(Workspace& work) {
  work.execute(
      "CREATE OR REPLACE FUNCTION pgvista.look_for_deadlocks(began bigint) RETURNS void LANGUAGE sql AS 'SELECT'");
}

// All of them are for make soak; here they take turns over stories, modes and strategies.
std::vector<const char*> levels(int& turn,
                                std::vector<const char*> all = {"READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"}) {
  if (std::getenv("PGVISTA_ALL_LEVELS")) return all;
  return {all[static_cast<std::size_t>(turn++) % all.size()]};
}

}  // namespace

class MaintenanceConcurrency : public ::testing::Test {
 protected:
  static void tell(const std::string& with, const Finding& finding) {
    ADD_FAILURE() << finding.story << " (" << with << ", " << finding.isolation << ", order " << finding.order
                  << "): " << finding.what;
  }
};

TEST_F(MaintenanceConcurrency, EveryOrderOfEveryStory) {
  int turn = 0;
  for (const Story& story : stories()) {
    for (const std::string mode : {"immediate", "on_commit"}) {
      for (const std::string strategy : {"", "strategy = \"recompute\""}) {
        if (!strategy.empty() && !story.recompute_too) continue;
        Workspace work;
        work.execute(story.schema);
        work.view("kept", maintained_view(story.query, mode, strategy));
        work.sync();
        without_turns(work);
        for (const char* isolation : levels(turn)) {
          for (const Finding& finding : run_story(work, story, isolation)) tell(mode + " " + strategy, finding);
        }
      }
    }
  }
}

// Whatever is open or half done: drained to a snapshot, the view is its query at that snapshot.
TEST_F(MaintenanceConcurrency, EveryOrderOfEveryStoryDeferred) {
  int turn = 0;
  for (const Story& story : stories()) {
    for (const std::string strategy : {"", "strategy = \"recompute\""}) {
      if (!strategy.empty() && !story.recompute_too) continue;
      Workspace work;
      work.execute(story.schema);
      work.view("kept", maintained_view(story.query, "deferred", strategy));
      work.sync();
      const auto drainer = work.connect();
      const auto programs = catalog::read_deferred(*drainer);
      Oracle oracle(*drainer, {{"kept", "", story.query}});
      const auto compare = [&] {
        std::string out;
        catalog::drain_together(*drainer, programs, [&] {
          out = oracle.differing().empty() ? "" : "the view differs from its query at its snapshot";
        });
        return out;
      };
      for (const char* isolation : levels(turn, {"READ COMMITTED", "REPEATABLE READ"})) {
        for (const Finding& finding : run_story(work, story, isolation, compare)) tell("deferred " + strategy, finding);
      }
    }
  }
}

TEST_F(MaintenanceConcurrency, AViewMadeWhileAWriterIsOpenMissesNothing) {
  Workspace work;
  work.execute("CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 1)");
  work.view("kept", maintained_view("SELECT id, v FROM t", "immediate"));
  const auto writer = work.connect();
  writer->execute("BEGIN; INSERT INTO t VALUES (2, 2)");
  auto sync = work.start({"sync"});
  wait_until(
      [&] { return work.value("SELECT count(*) FROM pg_locks WHERE relation = 't'::regclass AND NOT granted") == "1"; },
      "sync waits for the writer");
  writer->execute("INSERT INTO t VALUES (3, 3); COMMIT");
  EXPECT_EQ(0, sync->wait().exit);
  EXPECT_EQ("3", work.value("SELECT count(*) FROM kept"));
}

TEST_F(MaintenanceConcurrency, WritersOfDifferentKeysDoNotWait) {
  Workspace work;
  work.execute(
      "CREATE TABLE t (id int PRIMARY KEY, g int, v text); INSERT INTO t SELECT i, i % 50, 'x' FROM generate_series(1, "
      "500) i; CREATE INDEX ON t (g)");
  work.view("kept", maintained_view("SELECT g, string_agg(v, ',' ORDER BY id) AS vs FROM t GROUP BY g", "immediate"));
  work.view("counted", maintained_view("SELECT g, count(*) AS n FROM t GROUP BY g", "immediate"));
  work.sync();
  const auto first = work.connect();
  first->execute("BEGIN; UPDATE t SET v = 'y' WHERE g = 1; DELETE FROM t WHERE id = 51");
  const auto second = work.connect();
  second->execute("SET lock_timeout = '10s'; UPDATE t SET v = 'z' WHERE g = 2; DELETE FROM t WHERE id = 52");
  first->execute("COMMIT");
  EXPECT_EQ(0, work.run({"verify"}).exit);
}

// Two transactions of several statements meet on keys of a view in opposite order. From then on they take turns.
TEST_F(MaintenanceConcurrency, WritersTakeTurnsAfterADeadlock) {
  Workspace work;
  work.execute(
      "CREATE TABLE t (id int PRIMARY KEY, g int, v int); INSERT INTO t SELECT i, i % 3, 1 FROM "
      "generate_series(1, 30) i");
  work.view("kept", maintained_view("SELECT g, sum(v) AS s FROM t GROUP BY g", "immediate"));
  work.sync();
  const auto add = [](int group, int id) {
    return fmt::format("UPDATE t SET v = v + 1 WHERE g = {} AND id = {}", group, id);
  };
  const auto waiting = [&] {
    return work.value("SELECT count(*) FROM pg_locks WHERE relation = 'pgvista.turn'::regclass AND NOT granted");
  };
  const auto deadlocks = [&] {
    work.db().execute("SELECT pg_stat_clear_snapshot()");
    return work.value("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
  };
  // The first that looks only notes how many there were.
  const auto first = work.connect();
  first->execute("BEGIN");
  first->execute(add(0, 3));
  const std::string before = deadlocks();
  {
    const auto second = work.connect();
    second->execute("SET deadlock_timeout = '10ms'");
    second->execute("BEGIN");
    second->execute(add(1, 4));
    EXPECT_EQ("0", waiting()) << "nobody takes turns yet";
    std::jthread other([&] { first->execute(add(1, 7)); });
    wait_until([&] { return work.value("SELECT count(*) FROM pg_locks WHERE NOT granted") == "1"; }, "the first waits");
    try {
      second->execute(add(0, 6));
      ADD_FAILURE() << "no deadlock";
    } catch (const db::QueryFailure& failure) {
      EXPECT_EQ("40P01", failure.error().sqlstate);
    }
    second->execute("ROLLBACK");
  }
  first->execute("COMMIT");
  wait_until([&] { return deadlocks() != before; }, "the server has counted the deadlock");
  EXPECT_EQ(0, work.run({"verify"}).exit);
  if (work.db().server_major() < 15) return;  // there the counts cost too much to be looked at

  work.execute("ALTER FUNCTION pgvista.take_turn(boolean) SET lock_timeout = '60s'");
  first->execute("BEGIN");
  first->execute(add(0, 3));
  const auto second = work.connect();
  second->execute("BEGIN");
  std::jthread other([&] {
    second->execute(add(1, 4));
    second->execute(add(0, 6));
    second->execute("COMMIT");
  });
  const auto third = work.connect();
  std::jthread alone([&] { third->execute(add(2, 5)); });
  wait_until([&] { return waiting() == "2"; }, "both wait for their turn, and hold nothing");
  first->execute(add(1, 7));
  first->execute("COMMIT");
  other.join();
  alone.join();
  EXPECT_EQ(0, work.run({"verify"}).exit);

  // Nobody is held up for long by one who does not go on.
  work.execute("ALTER FUNCTION pgvista.take_turn(boolean) SET lock_timeout = '10ms'");
  first->execute("BEGIN");
  first->execute(add(0, 3));
  second->execute("BEGIN");
  second->execute(add(1, 4));
  second->execute("COMMIT");
  first->execute("ROLLBACK");
  EXPECT_EQ(0, work.run({"verify"}).exit);
}

// A row that was there before and is there after changes no sum above it: nobody waits for the group's row.
TEST_F(MaintenanceConcurrency, WhatChangesNothingAboveWaitsForNobody) {
  Workspace work;
  work.execute(
      "CREATE TABLE t (id int PRIMARY KEY, g int); CREATE TABLE child (id int PRIMARY KEY, t_id int, v int); INSERT "
      "INTO "
      "t SELECT i, 1 FROM generate_series(1, 9) i; INSERT INTO child SELECT i, i % 9 + 1, 5 FROM generate_series(1, "
      "36) "
      "i; CREATE INDEX ON child (t_id)");
  work.view("kept", maintained_view("SELECT g, count(*) AS n FROM t WHERE EXISTS (SELECT FROM child WHERE child.t_id = "
                                    "t.id AND child.v > 1) GROUP BY g",
                                    "immediate"));
  work.sync();
  const auto first = work.connect();
  first->execute("BEGIN; UPDATE child SET v = 6 WHERE id = 1; DELETE FROM child WHERE id = 10");
  const auto second = work.connect();
  second->execute("SET lock_timeout = '10s'; UPDATE child SET v = 7 WHERE id = 2; DELETE FROM child WHERE id = 11");
  first->execute("COMMIT");
  EXPECT_EQ(0, work.run({"verify"}).exit);
}

TEST_F(MaintenanceConcurrency, VeryManyKeysInOneStatement) {
  Workspace work;
  work.execute(
      "CREATE TABLE t (id int PRIMARY KEY, g int, v text); INSERT INTO t SELECT i, i, 'x' FROM generate_series(1, "
      "1000) i; CREATE INDEX ON t (g)");
  work.view("kept", maintained_view("SELECT g, string_agg(v, ',' ORDER BY id) AS vs FROM t GROUP BY g", "immediate"));
  work.view("committed",
            maintained_view("SELECT g, string_agg(v, ',' ORDER BY id) AS vs FROM t GROUP BY g", "on_commit"));
  work.sync();
  work.execute("INSERT INTO t SELECT i, i % 120000, 'y' FROM generate_series(2000, 150000) i");
  work.execute("UPDATE t SET v = 'z' WHERE id % 3 = 0");
  EXPECT_EQ(0, work.run({"verify"}).exit);
}

// Eight writers over several views; readers compare in their own snapshots meanwhile.
TEST_F(MaintenanceConcurrency, ManyWritersAtRandom) {
  Workspace work;
  work.execute(maintenance_schema());
  const unsigned start = seed();
  const std::vector<MaintenanceCase> views =
      every_nth(work, 4, start, [](int number) { return number % 8 == 0 ? "on_commit" : "immediate"; });
  if (start % 2 == 0) without_turns(work);
  const char* wanted = std::getenv("PGVISTA_WRITES");
  RandomWriters writers(work, start, wanted ? std::atoi(wanted) : 120, false);
  const auto reader = work.connect();
  Oracle in_snapshot(*reader, views);
  int looks = 0;
  while (writers.running()) {
    reader->execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
    EXPECT_EQ(std::vector<std::string>{}, in_snapshot.differing()) << "in a snapshot, seed " << start;
    reader->execute("COMMIT");
    if (HasFailure()) break;
    ++looks;
  }
  EXPECT_TRUE(writers.fine());
  EXPECT_GT(looks, 0);
  EXPECT_EQ(std::vector<std::string>{}, Oracle(work.db(), views).differing()) << "at rest, seed " << start;
}

// Eight writers, two that drain, and every view its query at every snapshot that it is brought to.
TEST_F(MaintenanceConcurrency, ManyWritersAtRandomDeferred) {
  Workspace work;
  work.execute(maintenance_schema());
  const unsigned start = seed();
  const std::vector<MaintenanceCase> views = every_nth(work, 5, start, [](int) { return "deferred"; });
  RandomWriters writers(work, start, 120, true);
  std::vector<std::jthread> threads;
  const auto programs = catalog::read_deferred(work.db());
  std::atomic<int> looks{0};
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      const auto drainer = work.connect();
      Oracle oracle(*drainer, views);
      while (writers.running()) {
        try {
          catalog::drain_together(*drainer, programs, [&] {
            EXPECT_EQ(std::vector<std::string>{}, oracle.differing()) << "in a snapshot, seed " << start;
          });
          ++looks;
        } catch (const Failure& failure) {
          // A writer that truncates two tables may come between, as between any two reads.
          const std::string& state = failure.error().sqlstate;
          EXPECT_TRUE(state == "40001" || state == "40P01") << failure.error().message;
        }
      }
    });
  }
  threads.clear();
  EXPECT_TRUE(writers.fine());
  EXPECT_GT(looks, 0);
  drain_deferred(work.db());
  EXPECT_EQ(std::vector<std::string>{}, Oracle(work.db(), views).differing()) << "at rest, seed " << start;
}

}  // namespace pgvista::test
