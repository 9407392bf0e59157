// A database that was dumped and restored elsewhere: other oids, the same views.

#include <gtest/gtest.h>

#include "local/server.hpp"
#include "support/workspace.hpp"

namespace pgvista::test {

TEST(DumpRestore, LeavesEverythingAsDefined) {
  Workspace work;
  work.execute("CREATE TABLE t (id int PRIMARY KEY, a text, b int); INSERT INTO t SELECT i, 'row ' || i, i FROM generate_series(1, 50) i");
  work.view("m", "/* pgvista\nkind = \"materialized\"\nindexes = [ { columns = [\"id\"], unique = true }, { columns = [\"lower(a)\"] } ]\n*/ SELECT id, a FROM t WHERE a IN ('row 1', 'row 2')");
  work.view("v", "SELECT m.id FROM m");
  work.sync();
  Workspace restored;
  work.folder().write("copy.sh", "set -e\n$BIN/pg_dump \"$FROM\" | $BIN/psql -q -v ON_ERROR_STOP=1 \"$TO\" >/dev/null\n");
  const std::string bin = local::find_postgresql().string();
  Process copy({"/bin/bash", "copy.sh"}, work.folder().path().string(), {{"FROM", work.url()}, {"TO", restored.url()}, {"BIN", bin}});
  const ProcessResult result = copy.wait();
  if (result.exit != 0) GTEST_FAIL() << result.err;
  const auto plan = work.run({"sync", "--json", "--database", restored.url()});
  EXPECT_EQ(0, plan.exit) << plan.err;
  EXPECT_EQ("", steps_of(boost::json::parse(plan.out)));
}

}  // namespace pgvista::test
