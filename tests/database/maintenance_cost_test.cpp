// What a changed row costs does not grow with the tables: pages that the server touched, for each query of TPC-H.

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>

#include "support/maintenance_cases.hpp"

namespace pgvista::test {

namespace {

constexpr int samples = 9;

class Tpch {
 public:
  explicit Tpch(const std::string& scale) {
    work_.execute(tpch_schema());
    work_.execute(tpch_rows(scale));
    work_.execute(
        "CREATE FUNCTION pg_temp.change(sql text, part float8) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE sql "
        "USING part; END $$");
  }

  void keep(const MaintenanceCase& one) {
    if (!kept_.empty()) std::filesystem::remove(work_.folder().path() / "views" / (kept_ + ".sql"));
    kept_ = one.name;
    work_.view(one.name, maintained_view(one.query, "immediate"));
    work_.sync({"--prune", "--create-indexes"});
    work_.execute("VACUUM ANALYZE");
  }

  // Of a statement with its triggers: the median over rows that are spread over the table.
  double pages(const MaintenanceCase& change) {
    std::vector<double> out;
    for (int i = -1; i < samples; ++i) {
      work_.execute("BEGIN");
      const db::Rows rows =
          work_.db().query("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) SELECT pg_temp.change($1, $2::float8)",
                           {change.query, std::to_string((std::max(i, 0) + 0.5) / samples)});
      work_.execute("ROLLBACK");
      const boost::json::value explained = boost::json::parse(rows.text(0, 0));
      const auto& plan = explained.at(0).at("Plan");
      // The first one fills the caches of the session.
      if (i >= 0)
        out.push_back(plan.at("Shared Hit Blocks").to_number<double>() +
                      plan.at("Shared Read Blocks").to_number<double>());
    }
    std::sort(out.begin(), out.end());
    return out[samples / 2];
  }

 private:
  Workspace work_;
  std::string kept_;
};

// Sums of a part that is joined to tables, which stay as they are: a group of many rows is not read for one of them.
const MaintenanceCase sums_over_a_part = {
    "nations", "",
    "SELECT n_name, sum(q.revenue) AS revenue, count(*) AS customers FROM (SELECT o_custkey, sum(l_extendedprice) AS "
    "revenue FROM orders JOIN lineitem ON l_orderkey = o_orderkey GROUP BY o_custkey) q JOIN customer ON c_custkey = "
    "q.o_custkey JOIN nation ON n_nationkey = c_nationkey GROUP BY n_name"};

}  // namespace

TEST(MaintenanceCost, AChangedRowTouchesAsManyPagesInLargerTables) {
  Tpch small("0.02");
  Tpch large("0.06");
  std::vector<MaintenanceCase> cases = tpch_cases();
  cases.push_back(sums_over_a_part);
  for (const MaintenanceCase& one : cases) {
    small.keep(one);
    large.keep(one);
    for (const MaintenanceCase& change : tpch_changes()) {
      // Indexes of larger tables have one more level here and there.
      EXPECT_LE(large.pages(change), small.pages(change) * 1.3 + 24) << one.name << ": " << change.name;
    }
  }
}

}  // namespace pgvista::test
