// What keeping a view costs its writers: no view, the best hand-written trigger, ours in both modes, REFRESH. Medians
// and ratios of one run, on a private PostgreSQL in a temporary folder. Usage: pgvista_maintenance [--batches] [ROWS…];
// 0 rows: the rooms only; --batches: no one-row changes

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

#include "apply/sync.hpp"
#include "base/text.hpp"
#include "common.hpp"
#include "local/process.hpp"
#include "project/definitions.hpp"

using namespace pgvista;
using bench::Clock;
using bench::file;
using bench::since;

namespace {

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Case {
  std::string name;
  std::string query;
  std::string hand;  // a file in bench/maintenance
  std::string key;
};

struct Measured {
  double milliseconds = 0;  // median of one change, one client
  double per_second[3] = {0, 0, 0};
  std::vector<double> batches;  // seconds
};

constexpr int clients_of[3] = {1, 4, 8};

struct Batch {
  std::string name;
  std::string sql;
};

std::vector<Batch> batches(int customers) {
  std::vector<Batch> out;
  for (const int rows : {1000, 10000, 100000}) {
    out.push_back({fmt::format("INSERT {} rows", rows),
                   fmt::format("INSERT INTO sale (customer_id, product_id, quantity, amount) SELECT 1 + i % {}, 1 + i "
                               "% 100, i % 7, 2.5 FROM generate_series(1, {}) AS i",
                               customers, rows)});
  }
  out.push_back({"UPDATE 10 % of the rows", "UPDATE sale SET amount = amount + 1 WHERE id % 10 = 3"});
  out.push_back({"UPDATE all rows", "UPDATE sale SET amount = amount + 1"});
  out.push_back({"DELETE half of the rows", "DELETE FROM sale WHERE id % 2 = 1"});
  return out;
}

class Bench {
 public:
  Bench(const std::string& url, const Case& what, int rows, std::filesystem::path folder, bool batches_only)
      : url_(url),
        what_(what),
        rows_(rows),
        folder_(std::move(folder)),
        batches_only_(batches_only),
        connection_(url) {}

  void run() {
    connection_.execute("DROP SCHEMA IF EXISTS pgvista CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    connection_.execute(replace_all(file("bench/maintenance/tables.sql"), ":rows", std::to_string(rows_)));
    const Measured none = measure("");
    connection_.execute(file("bench/maintenance/" + what_.hand));
    const Measured hand = measure("");
    connection_.execute("DROP FUNCTION keep_insert CASCADE; DROP TABLE kept");
    const Measured immediate = ours("immediate");
    const Measured on_commit = ours("on_commit");
    sync({});
    connection_.execute("CREATE MATERIALIZED VIEW kept AS " + what_.query);
    const std::vector<double> refreshed_after = timed_batches("REFRESH MATERIALIZED VIEW kept");
    const double refresh = refreshed("REFRESH MATERIALIZED VIEW kept");
    connection_.execute("CREATE UNIQUE INDEX ON kept (" + what_.key + ")");
    const double concurrently = refreshed("REFRESH MATERIALIZED VIEW CONCURRENTLY kept");
    fmt::print("\n{}, {} rows\n{:<26}{:>12}{:>10}{:>12}{:>15}{:>15}\n", what_.name, rows_, "", "one row, ms", "x hand",
               "1 client/s", "4 clients/s", "8 clients/s");
    print("no view", none, none, hand);
    print("hand-written trigger", hand, none, hand);
    print("pgvista, immediate", immediate, none, hand);
    print("pgvista, on_commit", on_commit, none, hand);
    fmt::print("{:<26}{:>12.1f}   {:.0f} times immediate\n{:<26}{:>12.1f}\n", "REFRESH", refresh,
               refresh / std::max(immediate.milliseconds - none.milliseconds, 0.001), "REFRESH CONCURRENTLY",
               concurrently);
    fmt::print("{:<26}{:>10}{:>22}{:>22}{:>22}\n", "one statement, s", "no view", "and REFRESH", "immediate",
               "on_commit");
    const std::vector<Batch> all = batches(rows_ / 10);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto cell = [&](double seconds) {
        return fmt::format("{:.2f} ({:.1f}x, {:.2f})", seconds, seconds / none.batches[i],
                           seconds / refreshed_after[i]);
      };
      fmt::print("{:<26}{:>10.2f}{:>22}{:>22}{:>22}\n", all[i].name, none.batches[i],
                 fmt::format("{:.2f} ({:.1f}x)", refreshed_after[i], refreshed_after[i] / none.batches[i]),
                 cell(immediate.batches[i]), cell(on_commit.batches[i]));
    }
    std::fflush(stdout);
  }

 private:
  static void print(const char* name, const Measured& one, const Measured& none, const Measured& hand) {
    fmt::print("{:<26}{:>12.3f}{:>10.2f}{:>12.0f}{:>10.0f} {:>3.0f}%{:>10.0f} {:>3.0f}%\n", name, one.milliseconds,
               one.milliseconds / hand.milliseconds, one.per_second[0], one.per_second[1],
               100 * one.per_second[1] / none.per_second[1], one.per_second[2],
               100 * one.per_second[2] / none.per_second[2]);
  }

  void sync(const std::vector<schema::ViewDefinition>& views) {
    plan::Options options;
    options.prune = true;
    options.create_indexes = true;
    const apply::Survey done = apply::sync(connection_, {views, ""}, options, {}, {});
    if (!done.plan.errors.empty()) throw Failure(done.plan.errors);
  }

  Measured ours(const std::string& mode) {
    std::vector<Error> errors;
    auto view = project::read_definition(
        "kept.sql", "kept", "/* pgvista\nkind = \"materialized\"\nmaintenance = \"" + mode + "\"\n*/\n" + what_.query,
        "public", errors);
    if (!view) throw Failure(errors);
    sync({*view});
    const Measured out = measure("SET CONSTRAINTS ALL IMMEDIATE");
    if (connection_.query("SELECT (SELECT count(*) FROM kept) - (SELECT count(*) FROM (" + what_.query + ") q)")
            .integer(0, 0) != 0)
      throw std::runtime_error("the view is wrong");
    return out;
  }

  double refreshed(const std::string& sql) {
    std::vector<double> times;
    for (int i = 0; i < 3; ++i) {
      const auto start = Clock::now();
      connection_.execute(sql);
      times.push_back(since(start));
    }
    return median(times);
  }

  // Each in a transaction that is rolled back, with what makes the view fresh.
  std::vector<double> timed_batches(const std::string& then) {
    std::vector<double> out;
    connection_.execute(fmt::format("DELETE FROM sale WHERE id > {}", rows_));
    connection_.execute("VACUUM (FULL, ANALYZE) sale");
    for (const Batch& batch : batches(rows_ / 10)) {
      connection_.execute("VACUUM ANALYZE sale");
      connection_.execute("BEGIN");
      const auto start = Clock::now();
      connection_.execute(batch.sql);
      if (!then.empty()) connection_.execute(then);
      out.push_back(since(start) / 1000);
      connection_.execute("ROLLBACK");
    }
    return out;
  }

  Measured measure(const std::string& then) {
    Measured out;
    if (!batches_only_) {
      for (int i = 0; i < 3; ++i) out.per_second[i] = throughput(clients_of[i]);
      out.milliseconds = one_row();
    }
    // The hand-written triggers know INSERT only; every measurement begins with the same rows.
    out.batches = timed_batches(then);
    return out;
  }

  static constexpr const char* insert =
      "INSERT INTO sale (customer_id, product_id, quantity, amount) VALUES ({}, {}, 3, 12.5)";

  double one_row() {
    const std::string sql = fmt::format(insert, "$1::int", "$2::int");
    PQclear(PQprepare(connection_.raw(), "one", sql.c_str(), 0, nullptr));
    std::vector<double> times;
    for (int n = 0; n < 3000; ++n) {
      const std::string customer = std::to_string(1 + n * 37 % (rows_ / 10));
      const std::string product = std::to_string(1 + n % 100);
      const char* values[] = {customer.c_str(), product.c_str()};
      const auto start = Clock::now();
      PGresult* result = PQexecPrepared(connection_.raw(), "one", 2, values, nullptr, nullptr, 0);
      times.push_back(since(start));
      const bool fine = PQresultStatus(result) == PGRES_COMMAND_OK;
      PQclear(result);
      if (!fine) throw std::runtime_error(PQerrorMessage(connection_.raw()));
    }
    connection_.execute("DEALLOCATE one");
    return median(times);
  }

  // pgbench; each client changes customers of its own. The median of three runs.
  double throughput(int clients) {
    const std::filesystem::path script = folder_ / "one.sql";
    std::ofstream(script)
        << fmt::format(
               "\\set customer 1 + :client_id + 8 * random(0, {})\n\\set product 1 + :client_id + 8 * random(0, 11)\n",
               rows_ / 10 / 8 - 1)
        << fmt::format(insert, ":customer", ":product") << ";\n";
    std::vector<double> rates;
    for (int round = 0; round < 3; ++round) {
      const local::Outcome outcome =
          local::run_process({(local::find_postgresql() / "pgbench").string(), "--no-vacuum", "--protocol=prepared",
                              "--client=" + std::to_string(clients), "--jobs=" + std::to_string(std::min(clients, 2)),
                              "--time=2", "--file=" + script.string(), url_},
                             {}, folder_);
      const std::size_t found = outcome.output.find("tps = ");
      if (outcome.status != 0 || found == std::string::npos) throw std::runtime_error(outcome.output);
      rates.push_back(std::atof(outcome.output.c_str() + found + 6));
    }
    return median(rates);
  }

  std::string url_;
  const Case& what_;
  int rows_;
  std::filesystem::path folder_;
  bool batches_only_;
  db::Connection connection_;
};

// The rooms query of examples/rooms as it is written: one renamed bed.
void rooms(const std::string& url, int count) {
  db::Connection connection(url);
  connection.execute(
      "DROP SCHEMA IF EXISTS pgvista CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public; SET rooms.count = " +
      std::to_string(count));
  connection.execute(file("examples/rooms/schema.sql"));
  connection.execute(file("examples/rooms/generate.sql"));
  const std::string text = file("examples/rooms/views/rooms_related_objects.sql");
  int round = 0;
  const auto rename = [&] {
    std::vector<double> times;
    ++round;
    for (int i = 0; i < 200; ++i) {
      const auto start = Clock::now();
      connection.execute(
          fmt::format("UPDATE rooms_bed SET name = 'bed {} {}' WHERE id = {}", round, i, 1 + i * 7 % count));
      times.push_back(since(start));
    }
    return median(times);
  };
  const auto sync = [&](const std::string& mode) {
    std::vector<Error> errors;
    const std::string header = mode.empty() ? text
                                            : replace_all(text, "kind    = \"materialized\"",
                                                          "kind = \"materialized\"\nmaintenance = \"" + mode + "\"");
    auto view =
        project::read_definition("rooms_related_objects.sql", "rooms_related_objects", header, "public", errors);
    if (!view) throw Failure(errors);
    const apply::Survey done = apply::sync(connection, {{*view}, ""}, {}, {}, {});
    if (!done.plan.errors.empty()) throw Failure(done.plan.errors);
  };
  const double none = rename();
  sync("immediate");
  const double immediate = rename();
  sync("on_commit");
  const double on_commit = rename();
  sync("");
  const auto start = Clock::now();
  connection.execute("REFRESH MATERIALIZED VIEW rooms_related_objects");
  const double refresh = since(start);
  fmt::print(
      "{:>8} rooms: a renamed bed {:.2f} ms without a view, {:.2f} immediate, {:.2f} on_commit; REFRESH {:.0f} ms "
      "({:.0f} times the maintenance)\n",
      count, none, immediate, on_commit, refresh, refresh / (immediate - none));
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<int> sizes;
  bool batches_only = false;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--batches") {
      batches_only = true;
    } else {
      sizes.push_back(std::atoi(argv[i]));
    }
  }
  if (sizes.empty()) sizes = {10000, 100000, 1000000};
  const std::vector<Case> cases = {
      {"single-table aggregate",
       "SELECT customer_id, count(*) AS n, sum(quantity) AS quantity, sum(amount) AS amount FROM sale GROUP BY "
       "customer_id",
       "hand_aggregate.sql", "customer_id"},
      {"three-table join, aggregate",
       "SELECT c.name, p.category, count(*) AS n, sum(s.amount) AS amount FROM sale s JOIN customer c ON c.id = "
       "s.customer_id JOIN product p ON p.id = s.product_id GROUP BY c.name, p.category",
       "hand_join.sql", "name, category"},
      {"left join, jsonb_agg",
       "SELECT c.id, c.name, jsonb_agg(s ORDER BY s.id) AS sales FROM customer c LEFT JOIN sale s ON s.customer_id = "
       "c.id GROUP BY c.id",
       "hand_json.sql", "id"}};
  return bench::with_server([&](const std::filesystem::path& folder, const std::string& url) {
    for (const int rows : sizes) {
      for (const Case& one : rows > 0 ? cases : std::vector<Case>{}) Bench(url, one, rows, folder, batches_only).run();
    }
    fmt::print("\n");
    for (const int count : batches_only ? std::vector<int>{} : std::vector<int>{500, 5000, 50000}) rooms(url, count);
  });
}
