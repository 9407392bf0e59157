// The program is killed at random points of a sync; the next run completes, and readers never see anything broken.

#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <random>
#include <thread>

#include "support/workspace.hpp"

namespace pgvista::test {

TEST(Kill, TheNextRunCompletesWhereverTheLastOneWasKilled) {
  Workspace work;
  work.execute(
      "CREATE TABLE t (a int PRIMARY KEY, b text); INSERT INTO t SELECT i, 'row ' || i FROM generate_series(1, 3000) "
      "i");
  const auto write = [&](int round) {
    const std::string limit = std::to_string(3000 - round);
    work.view("base",
              "/* pgvista\nkind = \"materialized\"\nindexes = [ { columns = [\"a\"], unique = true } ]\n*/ SELECT a, b "
              "FROM t WHERE a <= " +
                  limit);
    work.view("plain", "SELECT a FROM base");
    work.view("top",
              "/* pgvista\nkind = \"materialized\"\nindexes = [ { columns = [\"n\"], unique = true } ]\n*/ SELECT "
              "count(*) AS n FROM base HAVING count(*) > " +
                  std::to_string(round));
  };
  write(0);
  work.sync();
  const auto start = std::chrono::steady_clock::now();
  write(1);
  work.sync();
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);

  std::mt19937 random(20240607);
  int killed = 0;
  for (int round = 2; round < 42; ++round) {
    write(round);
    auto run = work.start({"sync"});
    // Anywhere from its start to a little after its usual end.
    std::this_thread::sleep_for(std::chrono::microseconds(random() % static_cast<unsigned>(whole.count() * 11 / 10)));
    run->signal(SIGKILL);
    killed += run->wait().exit == 128 + SIGKILL ? 1 : 0;
    // Old or new, but whole.
    const int n = std::stoi(work.value("SELECT n FROM top"));
    EXPECT_TRUE(n == 3000 - round || n == 3000 - round + 1) << n;
    EXPECT_EQ(std::to_string(n), work.value("SELECT count(*) FROM plain"));
    work.sync();
    EXPECT_EQ(std::to_string(3000 - round), work.value("SELECT n FROM top"));
    EXPECT_EQ("", work.planned());
    EXPECT_EQ("0", work.value("SELECT count(*) FROM pg_class WHERE relname LIKE 'pgvista\\_%' AND relnamespace = "
                              "'public'::regnamespace"));
  }
  EXPECT_GT(killed, 10) << "most runs must have been killed in the middle for this to prove anything";
}

}  // namespace pgvista::test
