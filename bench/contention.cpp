// What maintained views leave of the throughput of writers who meet on the same keys: transactions a second and
// deadlocks of eight writers, without views and with four, on keys that all share and on keys of each writer's own. On
// a private PostgreSQL in a temporary folder. Usage: pgvista_contention [SECONDS]

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>
#include <vector>

#include "apply/sync.hpp"
#include "common.hpp"
#include "project/definitions.hpp"

using namespace pgvista;
using bench::Clock;
using bench::since;

namespace {

constexpr int writers = 8;
constexpr int keys = 20;  // that all share, and that each writer has

const char* const tables = R"(
CREATE TABLE category (id int PRIMARY KEY, name text);
CREATE TABLE customer (id int PRIMARY KEY, category_id int REFERENCES category, name text);
CREATE TABLE product (id int PRIMARY KEY, price numeric(8, 2));
CREATE TABLE sale (id bigserial PRIMARY KEY, customer_id int REFERENCES customer, product_id int REFERENCES product,
  amount int);
INSERT INTO category SELECT n, 'category ' || n FROM generate_series(0, 179) n;
INSERT INTO customer SELECT n, n, 'customer ' || n FROM generate_series(0, 179) n;
INSERT INTO product SELECT n, n + 0.5 FROM generate_series(0, 179) n;
INSERT INTO sale (customer_id, product_id, amount) SELECT n % 180, n / 180 % 180, n % 7
  FROM generate_series(1, 36000) n;
CREATE INDEX ON sale (customer_id);
CREATE INDEX ON sale (product_id);
CREATE INDEX ON customer (category_id);
)";

const std::vector<std::pair<std::string, std::string>> views = {
    {"per_customer", "SELECT customer_id, sum(amount) AS total, count(*) AS n FROM sale GROUP BY customer_id"},
    {"per_category",
     "SELECT c.category_id, sum(s.amount * p.price) AS total, max(s.amount) AS most FROM sale s JOIN customer c ON "
     "c.id = "
     "s.customer_id JOIN product p ON p.id = s.product_id GROUP BY c.category_id"},
    {"sold",
     "SELECT s.id, s.amount, c.name, p.price FROM sale s JOIN customer c ON c.id = s.customer_id JOIN product p ON "
     "p.id = s.product_id"},
    {"customers",
     "SELECT c.id, c.name, count(s.id) AS n, avg(s.amount) AS mean FROM customer c LEFT JOIN sale s ON "
     "s.customer_id = c.id AND s.amount > 2 GROUP BY c.id, c.name"},
};

// What one writer does, at random over its keys.
class Writer {
 public:
  Writer(const std::string& url, int number, int first, int statements)
      : connection_(url), random_(static_cast<unsigned>(number)), first_(first), statements_(statements) {}

  // One transaction. False: the server took it back, as it was in a deadlock.
  bool run() {
    try {
      if (statements_ > 1) connection_.execute("BEGIN");
      for (int i = 0; i < statements_; ++i) connection_.execute(statement());
      if (statements_ > 1) connection_.execute("COMMIT");
      return true;
    } catch (const db::QueryFailure& failure) {
      if (failure.error().sqlstate != "40P01") throw;
      if (connection_.in_transaction()) connection_.execute("ROLLBACK");
      return false;
    }
  }

 private:
  int any(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  int key() { return first_ + any(keys); }

  std::string statement() {
    const int kind = any(10);
    if (kind < 4)
      return fmt::format("INSERT INTO sale (customer_id, product_id, amount) VALUES ({}, {}, {})", key(), key(),
                         any(7));
    // One of the newest sales of a customer, as they come.
    const std::string some = fmt::format(
        "id = (SELECT id FROM sale WHERE customer_id = {} ORDER BY id DESC OFFSET {} LIMIT 1)", key(), any(20));
    if (kind < 7) return fmt::format("UPDATE sale SET amount = {} WHERE {}", any(7), some);
    if (kind < 8) return fmt::format("UPDATE sale SET customer_id = {} WHERE {}", key(), some);
    if (kind < 9) return "DELETE FROM sale WHERE " + some;
    return fmt::format("UPDATE customer SET name = 'name {}' WHERE id = {}", any(1000), key());
  }

  db::Connection connection_;
  std::mt19937 random_;
  int first_ = 0;
  int statements_ = 1;
};

struct Throughput {
  double a_second = 0;
  int deadlocks = 0;
};

Throughput measured(const std::string& url, bool shared, int statements, double seconds) {
  std::atomic<int> done = 0, deadlocks = 0;
  std::atomic<bool> failed = false;
  const auto start = Clock::now();
  std::vector<std::thread> threads;
  for (int i = 0; i < writers; ++i)
    threads.emplace_back([&, i] {
      try {
        Writer writer(url, i, shared ? 0 : (i + 1) * keys, statements);
        while (since(start) < seconds * 1000) (writer.run() ? done : deadlocks) += 1;
      } catch (const std::exception& failure) {
        fmt::print("{}\n", failure.what());
        failed = true;
      }
    });
  for (std::thread& one : threads) one.join();
  if (failed) throw std::runtime_error("a writer failed");
  return {done * 1000.0 / since(start), deadlocks};
}

void sync(db::Connection& connection, const std::string& mode) {
  std::vector<Error> errors;
  std::vector<schema::ViewDefinition> definitions;
  for (const auto& [name, query] : views) {
    if (mode.empty()) break;
    auto view = project::read_definition(
        name + ".sql", name, "/* pgvista\nkind = \"materialized\"\nmaintenance = \"" + mode + "\"\n*/\n" + query,
        "public", errors);
    if (!view) throw Failure(errors);
    definitions.push_back(*view);
  }
  plan::Options options;
  options.prune = true;
  const apply::Survey done = apply::sync(connection, {definitions, ""}, options, {}, {});
  if (!done.plan.errors.empty()) throw Failure(done.plan.errors);
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::stod(argv[1]) : 10;
  return bench::with_server([&](const std::filesystem::path&, const std::string& url) {
    db::Connection connection(url);
    fmt::print("{} writers, {} s each: transactions a second, of those without views, deadlocks\n", writers, seconds);
    fmt::print("{:<10}{:<12}{:<12}{:>10}{:>9}{:>11}\n", "keys", "statements", "views", "a second", "", "deadlocks");
    for (const bool shared : {true, false}) {
      for (const int statements : {1, 3}) {
        double without = 0;
        for (const std::string mode : {"", "immediate", "on_commit"}) {
          connection.execute("DROP SCHEMA IF EXISTS pgvista CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
          connection.execute(tables);
          sync(connection, mode);
          connection.execute("VACUUM ANALYZE");
          const Throughput one = measured(url, shared, statements, seconds);
          if (mode.empty()) without = one.a_second;
          fmt::print("{:<10}{:<12}{:<12}{:>10.0f}{:>8.1f}%{:>11}\n", shared ? "shared" : "own", statements,
                     mode.empty() ? "none" : mode, one.a_second, 100 * one.a_second / without, one.deadlocks);
          std::fflush(stdout);
        }
      }
    }
  });
}
