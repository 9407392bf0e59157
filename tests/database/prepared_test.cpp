// Transactions that are prepared, and committed later by another session: on a server of their own, which allows them.

#include <gtest/gtest.h>
#include <signal.h>

#include "local/server.hpp"
#include "support/maintenance_cases.hpp"

namespace pgvista::test {

namespace {

class Prepared : public ::testing::Test {
 protected:
  Prepared() {
    const local::Server server(folder.path() / "server");
    server.start();
    db::Connection(server.url("postgres"), "test").execute("ALTER SYSTEM SET max_prepared_transactions = 4");
    server.stop();
    server.start();
    url = server.url("postgres");
    connection = std::make_unique<db::Connection>(url, "test");
    folder.write("pgvista.toml", "");
    connection->execute("CREATE TABLE t (id int PRIMARY KEY, g int, v int); INSERT INTO t VALUES (1, 1, 1)");
  }
  ~Prepared() override {
    connection.reset();
    local::Server(folder.path() / "server").destroy();
  }

  std::unique_ptr<Process> start(const std::vector<std::string>& words) const {
    std::vector<std::string> command{PGVISTA_PROGRAM};
    command.insert(command.end(), words.begin(), words.end());
    return std::make_unique<Process>(command, folder.path().string(),
                                     std::map<std::string, std::string>{{"PGVISTA_DATABASE_URL", url}});
  }
  void kept(const std::string& mode, const std::string& more) {
    folder.write("views/kept.sql",
                 maintained_view("SELECT g, count(*) AS n, sum(v) AS s FROM t GROUP BY g", mode, more));
    ASSERT_EQ(0, start({"sync"})->wait().exit);
  }
  std::string value(const std::string& sql) const { return connection->query(sql).text(0, 0); }

  TemporaryFolder folder;
  std::string url;
  std::unique_ptr<db::Connection> connection;
};

}  // namespace

TEST_F(Prepared, ADeferredViewIsKeptThroughThem) {
  kept("deferred", "");
  const auto watch = start({"watch"});
  wait_until([&] { return value("SELECT count(*) FROM pgvista.lease WHERE holder <> ''") != "0"; },
             "watch keeps the view");
  connection->execute("BEGIN; INSERT INTO t VALUES (2, 1, 5); PREPARE TRANSACTION 'p'");
  EXPECT_EQ("1", value("SELECT n FROM kept"));
  connection->execute("COMMIT PREPARED 'p'");
  wait_until([&] { return value("SELECT n || ' ' || s FROM kept") == "2 6"; }, "the prepared change is shown");
  connection->execute("UPDATE t SET v = 9 WHERE id = 1");
  wait_until([&] { return value("SELECT s FROM kept") == "14"; }, "a change after a long pause is shown");
  watch->signal(SIGTERM);
  EXPECT_EQ(0, watch->wait().exit);
}

TEST_F(Prepared, ImmediateAndCommitViewsAreKeptThroughThem) {
  for (const char* const mode : {"immediate", "on_commit"}) {
    kept(mode, "notify = true");
    connection->execute("BEGIN; INSERT INTO t VALUES (2, 1, 5); PREPARE TRANSACTION 'p'");
    EXPECT_EQ("1", value("SELECT n FROM kept")) << mode;
    connection->execute("COMMIT PREPARED 'p'");
    EXPECT_EQ("2 6", value("SELECT n || ' ' || s FROM kept")) << mode;
    connection->execute("BEGIN; DELETE FROM t WHERE id = 2; PREPARE TRANSACTION 'p'");
    connection->execute("ROLLBACK PREPARED 'p'");
    EXPECT_EQ("2 6", value("SELECT n || ' ' || s FROM kept")) << mode;
    connection->execute("DELETE FROM t WHERE id = 2");
  }
}

TEST_F(Prepared, ListenersAreToldByWatch) {
  kept("immediate", "notify = true");
  const ProcessResult status = start({"status", "kept"})->wait();
  EXPECT_NE(std::string::npos, status.out.find("tells listeners")) << status.out;
  const auto watch = start({"watch"});
  connection->execute("LISTEN pgvista");
  connection->execute("BEGIN; INSERT INTO t VALUES (2, 1, 5); PREPARE TRANSACTION 'p'");
  connection->execute("COMMIT PREPARED 'p'");
  bool told = false;
  wait_until(
      [&] {
        connection->query("SELECT 1");
        PGnotify* const one = PQnotifies(connection->raw());
        told |= one && std::string_view(one->extra) == "public.kept";
        PQfreemem(one);
        return told;
      },
      "the listener is told");
  EXPECT_EQ("0", value("SELECT count(*) FROM pgvista.told"));
  watch->signal(SIGTERM);
  EXPECT_EQ(0, watch->wait().exit);
}

}  // namespace pgvista::test
