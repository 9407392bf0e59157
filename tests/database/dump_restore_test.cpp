// A database that was dumped and restored elsewhere: other oids, the same views.

#include <gtest/gtest.h>

#include "support/dump.hpp"

namespace pgvista::test {

TEST(DumpRestore, LeavesEverythingAsDefined) {
  Workspace work;
  work.execute("CREATE TABLE t (id int PRIMARY KEY, a text, b int); INSERT INTO t SELECT i, 'row ' || i, i FROM generate_series(1, 50) i");
  work.view("m", "/* pgvista\nkind = \"materialized\"\nindexes = [ { columns = [\"id\"], unique = true }, { columns = [\"lower(a)\"] } ]\n*/ SELECT id, a FROM t WHERE a IN ('row 1', 'row 2')");
  work.view("v", "SELECT m.id FROM m");
  work.sync();
  Workspace restored;
  copy_database(work, restored);
  const auto plan = work.run({"sync", "--json", "--database", restored.url()});
  EXPECT_EQ(0, plan.exit) << plan.err;
  EXPECT_EQ("", steps_of(boost::json::parse(plan.out)));
}

TEST(DumpRestore, AMaintainedViewGoesOnByItself) {
  Workspace work;
  work.execute("CREATE TABLE t (id int PRIMARY KEY, g int, a text); INSERT INTO t SELECT i, i % 5, 'row ' || i FROM generate_series(1, 50) i");
  work.view("sums", "/* pgvista\nkind = \"materialized\"\nmaintenance = \"immediate\"\n*/ SELECT g, count(*) AS n FROM t GROUP BY g");
  work.view("texts", "/* pgvista\nkind = \"materialized\"\nmaintenance = \"on_commit\"\n*/ SELECT g, string_agg(a, ',' ORDER BY id) AS texts FROM t GROUP BY g");
  work.sync();
  Workspace restored;
  copy_database(work, restored);
  restored.execute("INSERT INTO t VALUES (60, 1, 'new'); DELETE FROM t WHERE id < 10; UPDATE t SET g = 7 WHERE id = 20");
  EXPECT_EQ(0, work.run({"verify", "--database", restored.url()}).exit);
  EXPECT_EQ(0, work.run({"sync", "--database", restored.url()}).exit);
  restored.execute("DELETE FROM t WHERE g = 2");
  EXPECT_EQ(0, work.run({"verify", "--database", restored.url()}).exit);
}

}  // namespace pgvista::test
