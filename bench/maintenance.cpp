// What keeping a view costs its writers: no view, the best hand-written trigger, ours in both modes, REFRESH. Medians and
// ratios of one run, on a private PostgreSQL in a temporary folder. Usage: pgvista_maintenance [ROWS…]; 0 rows: the rooms only

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "apply/sync.hpp"
#include "base/text.hpp"
#include "local/server.hpp"
#include "project/definitions.hpp"

using namespace pgvista;
using Clock = std::chrono::steady_clock;

namespace {

double since(Clock::time_point start) { return std::chrono::duration<double, std::milli>(Clock::now() - start).count(); }

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

std::string file(const std::string& name) {
  std::ifstream in(std::string(PGVISTA_SOURCE_DIR) + "/" + name);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Case {
  std::string name;
  std::string query;
  std::string hand;  // a file in bench/maintenance
  std::string one;   // the one-row change: {0} is a number of the client's own, {1} the number of customers
};

struct Measured {
  double milliseconds = 0;  // median of one change, one client
  double per_second[3] = {0, 0, 0};
  double bulk = 0;  // 100,000 rows
};

constexpr int clients_of[3] = {1, 4, 8};

class Bench {
 public:
  Bench(const std::string& url, const Case& what, int rows) : url_(url), what_(what), rows_(rows), connection_(url) {}

  void run() {
    connection_.execute("DROP SCHEMA IF EXISTS pgvista CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    connection_.execute(replace_all(file("bench/maintenance/tables.sql"), ":rows", std::to_string(rows_)));
    const Measured none = measure();
    connection_.execute(file("bench/maintenance/" + what_.hand));
    const Measured hand = measure();
    connection_.execute("DROP FUNCTION keep_insert CASCADE; DROP TABLE kept");
    const Measured immediate = ours("immediate");
    const Measured on_commit = ours("on_commit");
    sync({});
    connection_.execute("CREATE MATERIALIZED VIEW kept AS " + what_.query);
    const double refresh = refreshed("REFRESH MATERIALIZED VIEW kept");
    connection_.execute("CREATE UNIQUE INDEX ON kept (" + std::string(what_.hand == "hand_join.sql" ? "name, category" : what_.hand == "hand_json.sql" ? "id"
                                                                                                                                                       : "customer_id") +
                        ")");
    const double concurrently = refreshed("REFRESH MATERIALIZED VIEW CONCURRENTLY kept");
    fmt::print("\n{}, {} rows\n{:<26}{:>12}{:>10}{:>12}{:>12}{:>12}{:>16}\n", what_.name, rows_, "", "one row, ms", "x hand", "1 client/s", "4 clients/s", "8 clients/s", "100,000 rows, s");
    print("no view", none, none, hand);
    print("hand-written trigger", hand, none, hand);
    print("pgvista, immediate", immediate, none, hand);
    print("pgvista, on_commit", on_commit, none, hand);
    fmt::print("{:<26}{:>12.1f}   {:.0f} times ours\n{:<26}{:>12.1f}\n", "REFRESH", refresh, refresh / std::max(immediate.milliseconds - none.milliseconds, 0.001), "REFRESH CONCURRENTLY", concurrently);
    std::fflush(stdout);
  }

 private:
  static void print(const char* name, const Measured& one, const Measured& none, const Measured& hand) {
    fmt::print("{:<26}{:>12.3f}{:>10.2f}{:>12.0f}{:>8.0f} {:>2.0f}%{:>8.0f} {:>2.0f}%{:>12.2f} ({:.1f}x)\n", name, one.milliseconds, one.milliseconds / hand.milliseconds, one.per_second[0], one.per_second[1],
               100 * one.per_second[1] / none.per_second[1], one.per_second[2], 100 * one.per_second[2] / none.per_second[2], one.bulk, one.bulk / none.bulk);
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
    auto view = project::read_definition("kept.sql", "kept", "/* pgvista\nkind = \"materialized\"\nmaintenance = \"" + mode + "\"\n*/\n" + what_.query, "public", errors);
    if (!view) throw Failure(errors);
    sync({*view});
    const Measured out = measure();
    if (connection_.query("SELECT (SELECT count(*) FROM kept) - (SELECT count(*) FROM (" + what_.query + ") q)").integer(0, 0) != 0) throw std::runtime_error("the view is wrong");
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

  Measured measure() {
    Measured out;
    for (int i = 0; i < 3; ++i) {
      std::vector<double> times;
      out.per_second[i] = throughput(clients_of[i], times);
      if (i == 0) out.milliseconds = median(times);
    }
    connection_.execute("BEGIN");
    const auto start = Clock::now();
    connection_.execute(fmt::format("INSERT INTO sale (customer_id, product_id, quantity, amount) SELECT 1 + i % {}, 1 + i % 100, i % 7, 2.5 FROM generate_series(1, 100000) AS i", rows_ / 10));
    connection_.execute("SET CONSTRAINTS ALL IMMEDIATE");
    out.bulk = since(start) / 1000;
    connection_.execute("ROLLBACK");
    connection_.execute("VACUUM ANALYZE sale");
    return out;
  }

  // Each client changes customers of its own.
  double throughput(int clients, std::vector<double>& times) {
    std::atomic<bool> stop{false};
    std::atomic<long long> done{0};
    std::vector<std::thread> threads;
    for (int client = 0; client < clients; ++client) {
      threads.emplace_back([&, client] {
        db::Connection connection(url_);
        PQclear(PQprepare(connection.raw(), "one", what_.one.c_str(), 0, nullptr));
        const int customers = rows_ / 10;
        for (int n = 0; !stop; ++n) {
          const std::string customer = std::to_string(1 + (client + 8 * (n * 37 % (customers / 8))) % customers);
          const std::string product = std::to_string(1 + (client + 8 * (n % 12)) % 100);
          const char* values[] = {customer.c_str(), product.c_str()};
          const auto start = Clock::now();
          PGresult* result = PQexecPrepared(connection.raw(), "one", 2, values, nullptr, nullptr, 0);
          const bool fine = PQresultStatus(result) == PGRES_COMMAND_OK;
          if (!fine) fmt::print("{}", PQresultErrorMessage(result));
          PQclear(result);
          if (clients == 1) times.push_back(since(start));
          ++done;
        }
      });
    }
    const auto start = Clock::now();
    while (since(start) < 1500) usleep(20000);
    stop = true;
    const double elapsed = since(start);
    for (std::thread& thread : threads) thread.join();
    return static_cast<double>(done) / elapsed * 1000;
  }

  std::string url_;
  const Case& what_;
  int rows_;
  db::Connection connection_;
};

// The rooms query of examples/rooms as it is written: one renamed bed.
void rooms(const std::string& url, int count) {
  db::Connection connection(url);
  connection.execute("DROP SCHEMA IF EXISTS pgvista CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public; SET rooms.count = " + std::to_string(count));
  connection.execute(file("examples/rooms/schema.sql"));
  connection.execute(file("examples/rooms/generate.sql"));
  const std::string text = file("examples/rooms/views/rooms_related_objects.sql");
  int round = 0;
  const auto rename = [&] {
    std::vector<double> times;
    ++round;
    for (int i = 0; i < 200; ++i) {
      const auto start = Clock::now();
      connection.execute(fmt::format("UPDATE rooms_bed SET name = 'bed {} {}' WHERE id = {}", round, i, 1 + i * 7 % count));
      times.push_back(since(start));
    }
    return median(times);
  };
  const auto sync = [&](const std::string& mode) {
    std::vector<Error> errors;
    const std::string header = mode.empty() ? text : replace_all(text, "kind    = \"materialized\"", "kind = \"materialized\"\nmaintenance = \"" + mode + "\"");
    auto view = project::read_definition("rooms_related_objects.sql", "rooms_related_objects", header, "public", errors);
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
  fmt::print("{:>8} rooms: a renamed bed {:.2f} ms without a view, {:.2f} immediate, {:.2f} on_commit; REFRESH {:.0f} ms ({:.0f} times the maintenance)\n", count, none, immediate, on_commit, refresh, refresh / (immediate - none));
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<int> sizes;
  for (int i = 1; i < argc; ++i) sizes.push_back(std::atoi(argv[i]));
  if (sizes.empty()) sizes = {10000, 100000, 1000000};
  char folder[] = "/tmp/pgvista_bench_XXXXXX";
  if (!mkdtemp(folder)) return 1;
  chmod(folder, 0755);
  const std::string insert = "INSERT INTO sale (customer_id, product_id, quantity, amount) VALUES ($1::int, $2::int, 3, 12.5)";
  const std::vector<Case> cases = {
      {"single-table aggregate", "SELECT customer_id, count(*) AS n, sum(quantity) AS quantity, sum(amount) AS amount FROM sale GROUP BY customer_id", "hand_aggregate.sql", insert},
      {"three-table join, aggregate", "SELECT c.name, p.category, count(*) AS n, sum(s.amount) AS amount FROM sale s JOIN customer c ON c.id = s.customer_id JOIN product p ON p.id = s.product_id GROUP BY c.name, p.category", "hand_join.sql", insert},
      {"left join, jsonb_agg", "SELECT c.id, c.name, jsonb_agg(s ORDER BY s.id) AS sales FROM customer c LEFT JOIN sale s ON s.customer_id = c.id GROUP BY c.id", "hand_json.sql", insert}};
  int exit = 0;
  try {
    local::Server server(folder);
    server.start();
    for (const int rows : sizes) {
      for (const Case& one : rows > 0 ? cases : std::vector<Case>{}) Bench(server.url(), one, rows).run();
    }
    fmt::print("\n");
    for (const int count : {500, 5000, 50000}) rooms(server.url(), count);
    server.stop();
  } catch (const std::exception& failure) {
    fmt::print("{}\n", failure.what());
    exit = 1;
  }
  std::filesystem::remove_all(folder);
  return exit;
}
