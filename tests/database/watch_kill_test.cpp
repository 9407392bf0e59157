// kill -9 of the watching process and of the server, at random points, under writers: nothing is lost, nothing applied
// twice.

#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "local/server.hpp"
#include "support/maintenance_cases.hpp"

namespace pgvista::test {

namespace {

// A server that nothing else uses, and that may be killed with all its processes.
class Killable {
 public:
  Killable() {
    server().start();
    db::Connection admin(url());
    admin.execute("ALTER SYSTEM SET fsync = off; ");
    admin.execute("ALTER SYSTEM SET autovacuum = off");
    admin.execute("SELECT pg_reload_conf()");
  }
  ~Killable() {
    try {
      server().destroy();
    } catch (const Failure& failure) {
      ADD_FAILURE() << failure.error().message << " " << failure.error().detail;
    }
  }
  Killable(const Killable&) = delete;
  Killable& operator=(const Killable&) = delete;

  const TemporaryFolder& folder() const { return folder_; }
  std::string url() const { return server().url("postgres"); }

  void kill_and_start() {
    const pid_t master = postmaster();
    const std::vector<pid_t> others = children(master);
    kill(master, SIGKILL);
    for (const pid_t one : others) kill(one, SIGKILL);
    const auto gone = [](pid_t one) {
      const std::string state = stat_after_name(one);
      return state.empty() || state[0] == 'Z';
    };
    wait_until([&] { return gone(master) && std::all_of(others.begin(), others.end(), gone); },
               "all its processes are gone");
    // One that is dead but was not reaped yet would pass for a running server.
    for (const char* file : {"data/postmaster.pid", "run/.s.PGSQL.5432.lock"})
      std::filesystem::remove(folder_.path() / ".pgvista" / file);
    server().start();
  }

 private:
  local::Server server() const { return local::Server(folder_.path()); }

  pid_t postmaster() const {
    std::ifstream file(folder_.path() / ".pgvista" / "data" / "postmaster.pid");
    pid_t out = 0;
    file >> out;
    return out;
  }

  static std::string stat_after_name(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    std::getline(file, text);
    return text.substr(std::min(text.rfind(')') + 2, text.size()));
  }

  static std::vector<pid_t> children(pid_t parent) {
    std::vector<pid_t> out;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      const std::string name = entry.path().filename().string();
      if (name.find_first_not_of("0123456789") != std::string::npos) continue;
      const std::string text = stat_after_name(std::stoi(name));
      if (text.size() > 2 && std::stoi(text.substr(2)) == parent) out.push_back(std::stoi(name));
    }
    return out;
  }

  TemporaryFolder folder_;
};

// Writes until it is told to stop, through whatever happens to the server.
void write(const std::string& url, unsigned seed, const std::atomic<bool>& stop, std::atomic<long>& done) {
  std::mt19937 random(seed);
  std::unique_ptr<db::Connection> connection;
  while (!stop) {
    try {
      if (!connection || connection->lost()) connection = std::make_unique<db::Connection>(url, "writer");
      const std::string id = std::to_string(1 + random() % 400);
      switch (random() % 5) {
        case 0:
          connection->execute("UPDATE sale SET amount = amount + 1 WHERE id = (SELECT min(id) FROM sale) + " + id);
          break;
        // As many as come, so that the table stays small.
        case 1:
          connection->execute("DELETE FROM sale WHERE id IN (SELECT id FROM sale WHERE customer = " +
                              std::to_string(1 + random() % 20) + " ORDER BY id LIMIT 18)");
          break;
        case 2:
          connection->execute("UPDATE customer SET name = name || 'x' WHERE id = " + std::to_string(1 + random() % 20));
          break;
        default:
          connection->execute(
              "BEGIN; INSERT INTO sale (customer, amount) SELECT 1 + i % 20, i FROM generate_series(1, 5) i; INSERT "
              "INTO sale (customer, amount) VALUES (3, 3); COMMIT");
      }
      ++done;
    } catch (const Failure&) {
      connection.reset();
      std::this_thread::yield();
    }
  }
}

long long applied(const std::string& url) {
  try {
    return db::Connection(url).query("SELECT sum(batches) FROM pgvista.deferred").integer(0, 0);
  } catch (const Failure&) {
    return 0;  // it is just coming up
  }
}

}  // namespace

TEST(WatchKill, NothingIsLostAndNothingAppliedTwice) {
  const char* given = std::getenv("PGVISTA_KILLS");
  const int rounds = given ? std::atoi(given) : 200;
  Killable server;
  const TemporaryFolder& folder = server.folder();
  folder.write("pgvista.toml", "[watch]\nlease = \"100ms\"\npoll = \"5ms\"\nrotate_bytes = 65536\n");
  const std::string sums =
      "SELECT customer, count(*) AS n, sum(amount) AS total, max(amount) AS most FROM sale GROUP BY customer";
  const std::string named =
      "SELECT c.name, count(*) AS n, sum(s.amount) AS total FROM sale s JOIN customer c ON c.id = s.customer GROUP BY "
      "c.name";
  const std::string listed =
      "SELECT c.id, c.name, string_agg(s.id::text, ',' ORDER BY s.id) AS ids FROM customer c LEFT JOIN sale s ON "
      "s.customer = c.id GROUP BY c.id";
  for (const auto& [name, query] :
       std::vector<std::pair<std::string, std::string>>{{"sums", sums}, {"named", named}, {"listed", listed}})
    folder.write("views/" + name + ".sql", maintained_view(query, "deferred"));
  db::Connection(server.url())
      .execute(
          "CREATE TABLE customer (id int PRIMARY KEY, name text); INSERT INTO customer SELECT i, 'c' || i FROM "
          "generate_series(1, 20) i;"
          "CREATE TABLE sale (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, customer int, amount numeric(12, "
          "2)); CREATE INDEX ON sale (customer);"
          "INSERT INTO sale (customer, amount) SELECT 1 + i % 20, i FROM generate_series(1, 400) i");
  const std::map<std::string, std::string> environment{{"PGVISTA_DATABASE_URL", server.url()}};
  const auto run = [&](const std::vector<std::string>& words) {
    std::vector<std::string> command{PGVISTA_PROGRAM};
    command.insert(command.end(), words.begin(), words.end());
    return std::make_unique<Process>(command, folder.path().string(), environment);
  };
  ASSERT_EQ(0, run({"sync", "--create-indexes"})->wait().exit);
  std::atomic<bool> stop{false};
  std::atomic<long> done{0};
  // Whatever fails, they end.
  struct Writers {
    std::atomic<bool>& stop;
    std::vector<std::thread> threads;
    void end() {
      stop = true;
      for (std::thread& thread : threads) thread.join();
      threads.clear();
    }
    ~Writers() { end(); }
  } writers{stop, {}};
  for (unsigned i = 0; i < 2; ++i) writers.threads.emplace_back([&, i] { write(server.url(), 7 + i, stop, done); });
  std::mt19937 random(20261122);
  auto watch = run({"watch", "--quiet"});
  long long batches = 0;
  for (int round = 0; round < rounds; ++round) {
    // Mostly when it has begun to apply, and then anywhere; else anywhere from its start on.
    if (round % 4 != 0) wait_until([&] { return applied(server.url()) > batches; }, "a batch");
    batches = applied(server.url());
    const long until = done + 3 + static_cast<long>(random() % 40);
    wait_until([&] { return done >= until; }, "the writers go on");
    // Every tenth time the server goes, and the process lives through it.
    if (round % 10 == 9) {
      server.kill_and_start();
      continue;
    }
    watch->signal(SIGKILL);
    watch->wait();
    watch = run({"watch", "--quiet"});
  }
  writers.end();
  EXPECT_EQ(0, run({"wait", "sums", "named", "listed", "--timeout", "60s"})->wait().exit);
  db::Connection connection(server.url());
  batches = applied(server.url());
  EXPECT_EQ(std::vector<std::string>{},
            Oracle(connection, {{"sums", "", sums}, {"named", "", named}, {"listed", "", listed}}).differing());
  EXPECT_GT(batches, rounds / 2) << "batches must have been applied between the kills for this to prove anything";
  std::printf("%d kills, %ld writes, %lld batches\n", rounds, done.load(), batches);
  watch->signal(SIGTERM);
  EXPECT_EQ(0, watch->wait().exit);
}

}  // namespace pgvista::test
