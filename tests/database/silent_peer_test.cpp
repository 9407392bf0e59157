// A server that stops answering and never closes: nobody waits for it without end, and all goes on when it is back.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "support/http.hpp"
#include "support/maintenance_cases.hpp"
#include "support/wire.hpp"

namespace pgvista::test {

namespace {

class SilentPeer : public ::testing::Test {
 protected:
  SilentPeer() : wire(work.url()) {
    work.execute("CREATE TABLE t (id int PRIMARY KEY, g int); INSERT INTO t VALUES (1, 1)");
    work.view("kept", maintained_view("SELECT g, count(*) AS n FROM t GROUP BY g", "deferred"));
    work.sync();
  }
  std::unique_ptr<Process> start(const std::vector<std::string>& words) {
    return work.start(words, {{"PGVISTA_DATABASE_URL", wire.url()}});
  }
  std::string beat() {
    return work.value(
        "SELECT coalesce(max(beat_at)::text, '') FROM pgvista.lease WHERE beat_at + lasts >= clock_timestamp()");
  }

  Workspace work;
  Wire wire;
};

}  // namespace

TEST_F(SilentPeer, WatchGoesOnWhenItIsBack) {
  const auto watch = start({"watch"});
  wait_until([&] { return !beat().empty(); }, "watch keeps the view");
  wire.freeze();
  wait_until([&] { return beat().empty(); }, "the lease has run out");
  work.execute("INSERT INTO t VALUES (2, 1)");
  wire.thaw();
  wait_until([&] { return work.value("SELECT n FROM kept") == "2"; }, "the change is applied");
  watch->signal(SIGTERM);
  EXPECT_EQ(0, watch->wait().exit);
}

TEST_F(SilentPeer, WatchEndsWhenItIsTold) {
  const auto watch = start({"watch"});
  wait_until([&] { return !beat().empty(); }, "watch keeps the view");
  wire.freeze();
  watch->signal(SIGTERM);
  EXPECT_EQ(0, watch->wait().exit);
}

TEST_F(SilentPeer, ACommandCanBeInterrupted) {
  work.view("other", "/* pgvista\nkind = \"materialized\"\n*/ SELECT id FROM t");
  const auto holder = work.connect();
  holder->execute("BEGIN; LOCK TABLE t");
  const auto sync = start({"sync"});
  wait_until(
      [&] {
        return work.value(
                   "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = "
                   "'Lock'") != "0";
      },
      "sync waits for the table");
  wire.freeze();
  sync->signal(SIGTERM);
  EXPECT_EQ(130, sync->wait().exit);
}

TEST_F(SilentPeer, ARequestIsAnsweredAllTheSame) {
  work.folder().write("pgvista.toml", "[server]\nstatement_timeout = \"1s\"\n");
  HttpServer server(work, {}, {{"PGVISTA_DATABASE_URL", wire.url()}});
  EXPECT_EQ(200, http(server.port(), "GET", "/rest/v1/t").status);
  wire.freeze();
  const int status = http(server.port(), "GET", "/rest/v1/t").status;
  EXPECT_TRUE(status == 503 || status == 504) << status;
  wire.thaw();
  wait_until([&] { return http(server.port(), "GET", "/rest/v1/t").status == 200; }, "it is served again");
}

}  // namespace pgvista::test
