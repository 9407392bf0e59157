// What statements that change a part of a table cost the views of TPC-H's 22 queries: without a maintained view but
// with a REFRESH afterwards, followed row by row, with the view computed as a whole, as pgvista chooses at first, and
// when it has learned. Each in a transaction that is rolled back, on a private PostgreSQL in a temporary folder. Usage:
// pgvista_large [SCALE] [qNN…]

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "common.hpp"
#include "tpch.hpp"

using namespace pgvista;
using bench::Clock;
using bench::since;

namespace {

struct Change {
  std::string name;
  std::string sql;  // {}: which thousandths of the orders, or of the parts
};

const std::vector<Change>& changes() {
  static const std::vector<Change> all = {
      {"lines updated",
       "UPDATE lineitem SET l_quantity = l_quantity + 1, l_extendedprice = l_extendedprice + 7, l_receiptdate = "
       "l_receiptdate + 20 WHERE l_orderkey % 1000 < {}"},
      {"lines inserted",
       "INSERT INTO lineitem SELECT l_orderkey, l_partkey, l_suppkey, l_linenumber + 100, l_quantity, "
       "l_extendedprice, l_discount, l_tax, l_returnflag, l_linestatus, l_shipdate, l_commitdate, l_receiptdate, "
       "l_shipinstruct, l_shipmode, l_comment FROM lineitem WHERE l_orderkey % 1000 < {}"},
      {"lines deleted", "DELETE FROM lineitem WHERE l_orderkey % 1000 < {}"},
      {"orders updated",
       "UPDATE orders SET o_orderdate = o_orderdate + 30, o_orderpriority = '1-URGENT' WHERE o_orderkey % 1000 < {}"},
      {"supply updated",
       "UPDATE partsupp SET ps_supplycost = ps_supplycost + 1, ps_availqty = ps_availqty + 9 WHERE ps_partkey % 1000 "
       "< {}"}};
  return all;
}

constexpr int thousandths[] = {2, 10, 30, 100, 300, 1000};

class Bench {
 public:
  Bench(const std::string& url, const std::string& scale) : connection_(url) { bench::make_tpch(connection_, scale); }

  void run(const std::string& name, const std::string& query) {
    bench::sync_tpch(connection_, {});
    connection_.execute("CREATE MATERIALIZED VIEW refreshed AS " + query);
    const Times refreshed = each("REFRESH MATERIALIZED VIEW refreshed");
    connection_.execute("DROP MATERIALIZED VIEW refreshed");
    bench::sync_tpch(connection_, {{name, query}});
    const std::string rule =
        connection_.query("SELECT pg_get_functiondef('pgvista.whole_is_cheaper'::regproc)").text(0, 0);
    // The first change of a session that has made the views is not told from one that made them stale.
    connection_.execute("UPDATE lineitem SET l_quantity = l_quantity + 0 WHERE false");
    const Times first = each("", true);
    each("", true);
    const Times learned = each("", true);
    force(rule, false);
    const Times by_rows = each("");
    force(rule, true);
    const Times whole = each("");
    connection_.execute(rule);
    print(name, {refreshed, by_rows, whole, first, learned});
  }

  void summary() const {
    fmt::print("\n");
    summarize("at first", first_);
    summarize("learned", learned_);
  }

 private:
  using Times = std::vector<double>;

  // `learning`: what the triggers noted stays, though the change is taken back.
  Times each(const std::string& then, bool learning = false) {
    Times out;
    for (const Change& change : changes()) {
      for (const int part : thousandths)
        out.push_back(timed(fmt::format(fmt::runtime(change.sql), part), then, learning));
    }
    return out;
  }

  void force(const std::string& rule, bool whole) {
    const std::size_t body = rule.find("DECLARE");
    connection_.execute(fmt::format("{}BEGIN\n  RETURN {};\nEND $function$", rule.substr(0, body), whole));
  }

  double timed(const std::string& sql, const std::string& then, bool learning) {
    connection_.execute("VACUUM lineitem, orders, partsupp");
    connection_.execute("BEGIN");
    const auto start = Clock::now();
    connection_.execute(sql);
    if (!then.empty()) connection_.execute(then);
    const double out = since(start);
    const db::Rows learned =
        connection_.query(learning ? "SELECT coalesce(json_agg(p), '[]') FROM pgvista.pace AS p" : "SELECT '[]'");
    connection_.execute("ROLLBACK");
    if (learning)
      connection_.query(
          "WITH gone AS (DELETE FROM pgvista.pace) INSERT INTO pgvista.pace SELECT * FROM "
          "json_populate_recordset(NULL::pgvista.pace, $1::json) ON CONFLICT ON CONSTRAINT pace_pkey DO UPDATE SET "
          "microseconds = excluded.microseconds",
          {learned.text(0, 0)});
    return out;
  }

  // Of the times: REFRESH, by rows, whole, at first, when it has learned.
  void print(const std::string& name, const std::vector<Times>& times) {
    std::size_t i = 0;
    for (const Change& change : changes()) {
      for (const int part : thousandths) {
        const double best = std::min(times[0][i], times[1][i]);
        const double ratio = times[4][i] / best;
        first_.push_back(times[3][i] / best);
        learned_.push_back(ratio);
        fmt::print("{:<4} {:<15}{:>6.1f} %", name, change.name, part / 10.0);
        for (const Times& one : times) fmt::print("{:>10.1f}", one[i]);
        fmt::print("{:>7.2f}{:>7.2f}{}\n", first_.back(), ratio, ratio > 1.6 ? " !!" : ratio > 1.25 ? " !" : "");
        ++i;
      }
    }
    std::fflush(stdout);
  }

  static void summarize(const char* what, Times ratios) {
    std::sort(ratios.begin(), ratios.end());
    const auto at = [&](double part) { return ratios[static_cast<std::size_t>(part * (ratios.size() - 1))]; };
    const auto over = [&](double limit) {
      return std::count_if(ratios.begin(), ratios.end(), [&](double one) { return one > limit; });
    };
    fmt::print("{} / the cheaper: median {:.2f}, 90 % {:.2f}, most {:.2f}; above 1.25: {}, above 1.6: {} of {}\n", what,
               at(0.5), at(0.9), at(1), over(1.25), over(1.6), ratios.size());
  }

  db::Connection connection_;
  Times first_;
  Times learned_;
};

}  // namespace

int main(int argc, char** argv) {
  std::string scale = "0.02";
  std::vector<std::string> wanted;
  for (int i = 1; i < argc; ++i) {
    if (argv[i][0] == 'q')
      wanted.emplace_back(argv[i]);
    else
      scale = argv[i];
  }
  return bench::with_server([&](const std::filesystem::path&, const std::string& url) {
    Bench bench(url, scale);
    fmt::print("scale {}, ms{:>24}{:>10}{:>10}{:>10}{:>10}\n", scale, "REFRESH", "by rows", "whole", "at first",
               "learned");
    for (const auto& [name, query] : bench::tpch_statements("tpch_queries.sql")) {
      if (wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end()) bench.run(name, query);
    }
    bench.summary();
  });
}
