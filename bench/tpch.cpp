// What one changed row costs the views of TPC-H's 22 queries, beside running each query once. Rows of lineitem, orders
// and partsupp, spread over each table, one at a time; times and pages of the statement with its triggers, less those
// of the same statement without a view. On a private PostgreSQL in a temporary folder.
// Usage: pgvista_tpch [SCALE…] [qNN…]

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <map>
#include <vector>

#include "common.hpp"
#include "tpch.hpp"

using namespace pgvista;
using bench::Clock;
using bench::Named;
using bench::since;

namespace {

constexpr int samples = 60;

const std::vector<Named>& changes() {
  static const std::vector<Named> all = bench::tpch_statements("tpch_changes.sql");
  return all;
}

struct Cost {
  double milliseconds = 0;
  double pages = 0;
};

class Bench {
 public:
  Bench(const std::string& url, const std::string& scale) : connection_(url) {
    bench::make_tpch(connection_, scale);
    connection_.execute(
        "CREATE FUNCTION pg_temp.change(sql text, part float8) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE sql "
        "USING part; END $$");
    for (const Named& one : changes()) without_[one.name] = measured(one);
  }

  // One line: the query, the view, and what its changes cost.
  void run(const std::string& name, const std::string& query) {
    std::vector<double> times;
    for (int i = 0; i < 3; ++i) {
      const auto start = Clock::now();
      connection_.execute("CREATE TEMPORARY TABLE result AS " + query + "; DROP TABLE result");
      times.push_back(since(start));
    }
    std::sort(times.begin(), times.end());
    const auto start = Clock::now();
    bench::sync_tpch(connection_, {{name, query}});
    const double built = since(start);
    fmt::print("{:<4}{:>10.1f}{:>9.1f}", name, times[1], built / 1000);
    double worst = 0;
    for (const Named& one : changes()) {
      const std::vector<Cost> all = measured(one);
      const std::vector<Cost>& none = without_.at(one.name);
      std::vector<double> extra, pages;
      for (int i = 0; i < samples; ++i) {
        const auto at = static_cast<std::size_t>(i);
        extra.push_back(all[at].milliseconds - none[at].milliseconds);
        pages.push_back(all[at].pages - none[at].pages);
      }
      std::sort(extra.begin(), extra.end());
      std::sort(pages.begin(), pages.end());
      worst = std::max(worst, extra[samples - 4]);
      fmt::print("{:>9.2f}/{:<6.2f}{:>5.0f}/{:<6.0f}", extra[samples / 2], extra[samples - 4], pages[samples / 2],
                 pages[samples - 1]);
    }
    fmt::print("{:>9.1f}\n", times[1] / std::max(worst, 0.001));
    std::fflush(stdout);
  }

 private:
  std::vector<Cost> measured(const Named& change) {
    std::vector<Cost> out;
    for (int i = 0; i < samples + 2; ++i) {
      connection_.execute("BEGIN");
      const auto start = Clock::now();
      const db::Rows rows =
          connection_.query("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) SELECT pg_temp.change($1, $2::float8)",
                            {change.sql, std::to_string((std::max(i - 2, 0) + 0.5) / samples)});
      const double time = since(start);
      connection_.execute("ROLLBACK");
      const auto plan = boost::json::parse(rows.text(0, 0)).at(0).at("Plan").as_object();
      const double pages =
          plan.at("Shared Hit Blocks").to_number<double>() + plan.at("Shared Read Blocks").to_number<double>();
      if (i > 1) out.push_back({time, pages});
    }
    return out;
  }

  db::Connection connection_;
  std::map<std::string, std::vector<Cost>> without_;
};

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> scales;
  std::vector<std::string> wanted;
  for (int i = 1; i < argc; ++i) (argv[i][0] == 'q' ? wanted : scales).emplace_back(argv[i]);
  if (scales.empty()) scales = {"0.01", "0.1"};
  return bench::with_server([&](const std::filesystem::path&, const std::string& url) {
    for (const std::string& scale : scales) {
      Bench bench(url, scale);
      fmt::print("\nscale {}; for each change: ms median/95 %, pages median/most; then query / worst 95 %\n", scale);
      fmt::print("{:<4}{:>10}{:>9}", "", "query, ms", "made, s");
      for (const Named& one : changes()) fmt::print("{:>27}", one.name);
      fmt::print("{:>9}\n", "times");
      for (const auto& [name, query] : bench::tpch_statements("tpch_queries.sql")) {
        if (wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end()) bench.run(name, query);
      }
    }
  });
}
