// The server as a process: its limits, its end, a database that goes and comes back, the cache, events.

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "base/text.hpp"
#include "support/http.hpp"
#include "support/pgbouncer.hpp"

namespace pgvista::test {

namespace json = boost::json;

namespace {

std::string schema_sql() {
  std::ifstream file(std::string(PGVISTA_SOURCE_DIR) + "/tests/server/schema.sql");
  return {std::istreambuf_iterator<char>(file), {}};
}

constexpr const char* kept_view = R"(/* pgvista
kind = "materialized"
maintenance = "immediate"
notify = true
grants = { web_anon = ["select"] }
*/
SELECT client_id, count(*) AS n, max(name) AS last FROM project WHERE client_id IS NOT NULL GROUP BY client_id
)";

struct Served {
  explicit Served(const std::string& settings = {}, bool kept = false) {
    work.execute(schema_sql());
    work.folder().write("pgvista.toml", "[server]\nworkers = 2\nanonymous_role = \"web_anon\"\n" + settings);
    if (kept) {
      work.view("kept", kept_view);
      work.sync();
    }
  }
  Workspace work;
};

std::string metric(int port, const std::string& name) {
  const std::string text = http(port, "GET", "/metrics").body;
  const std::size_t at = text.find("\npgvista_" + name + " ");
  return at == std::string::npos ? ""
                                 : text.substr(at + name.size() + 10, text.find('\n', at + 1) - at - name.size() - 10);
}

}  // namespace

TEST(Server, EveryByteOfARequestStaysOutOfTheSql) {
  // What the server ran is what PostgreSQL says that it ran.
  Served served("transaction_end = \"commit-allow-override\"\naggregates = true\n");
  const std::string database = served.work.value("SELECT current_database()");
  served.work.execute("ALTER DATABASE " + database + " SET log_statement = 'all'; ALTER DATABASE " + database +
                      " SET log_parameter_max_length = 0; ALTER DATABASE " + database +
                      " SET log_parameter_max_length_on_error = 0");
  HttpServer server(served.work);
  const std::string mark = "zq'\"x$1;--";
  const std::string encoded = "zq%27%22x%241%3B--";
  const std::vector<std::string> targets = {"/rest/v1/project?name=eq." + encoded,
                                            "/rest/v1/project?name=in.(" + encoded + ",b)",
                                            "/rest/v1/project?name=like." + encoded,
                                            "/rest/v1/project?or=(name.eq." + encoded + ",id.eq.1)",
                                            "/rest/v1/project?select=%22zq%27x%22:name",
                                            "/rest/v1/project?select=data->>zqx",
                                            "/rest/v1/client?select=name,%22zq%27%22:project(%22zq%22:name)",
                                            "/rest/v1/task?words=fts(zqx).a",
                                            "/rest/v1/project?limit=5&offset=1&data->zq->>zq=eq.zq",
                                            "/rest/v1/rpc/greet?names=" + encoded,
                                            "/rest/v1/client/" + encoded,
                                            "/rest/v1/project?select=id::zq",
                                            "/rest/v1/zq%27?select=zq",
                                            "/rest/v1/project?select=zq%27(id)",
                                            "/rest/v1/project?select=id,client!zq%27(id)",
                                            "/rest/v1/project?order=zq%27.asc"};
  const auto statements = [&] {
    std::ifstream log(TestServer::instance().folder() / ".pgvista" / "log");
    std::string out;
    for (std::string line; std::getline(log, line);) {
      if (line.find("execute ") != std::string::npos || line.find("STATEMENT: ") != std::string::npos)
        out += line + "\n";
    }
    return out;
  };
  for (const std::string& target : targets) {
    http(server.port(), "GET", target);
    EXPECT_EQ(statements().find("zq"), std::string::npos) << target << "\n" << statements();
  }
  const std::vector<std::pair<std::string, std::string>> writes = {
      {"/rest/v1/client", "{\"name\":\"zq'\\\"\"}"},
      {"/rest/v1/client?columns=name", "[{\"name\":\"zq2'\"}]"},
      {"/rest/v1/client", "{\"zq'\":1}"},
      {"/rest/v1/project",
       "{\"name\":\"zq\",\"client\":{\"create\":{\"name\":\"zq';--\"}},\"task\":[{\"name\":\"zq\"}]}"},
      {"/rest/v1/rpc/greet", "{\"names\":[\"zq'\"]}"}};
  for (const auto& [target, body] : writes) {
    http(server.port(), "POST", target,
         {{"Content-Type", "application/json"},
          {"Prefer", "return=representation, timezone=zq'"},
          {"X-Zq", "zq'"},
          {"Cookie", "zq=zq'"}},
         body);
    http(server.port(), "POST", target, {{"Content-Type", "application/json"}, {"Prefer", "return=representation"}},
         body);
    EXPECT_EQ(statements().find("zq"), std::string::npos) << target << "\n" << statements();
  }
  EXPECT_EQ(served.work.value("SELECT count(*) FROM client WHERE name LIKE 'zq%'"), "3");
  EXPECT_NE(statements().find("INSERT INTO public.client"), std::string::npos);
  EXPECT_NE(statements().find("to_tsquery"), std::string::npos);
}

TEST(Server, LimitsAreAnsweredAndTheNextRequestIsServed) {
  Served served("max_url = 300\nmax_body = 2000\njson_depth = 5\nembed_depth = 2\n");
  HttpServer server(served.work);
  EXPECT_EQ(http(server.port(), "GET", "/rest/v1/client?name=eq." + std::string(400, 'x')).status, 414);
  EXPECT_EQ(http(server.port(), "GET", "/rest/v1/client", {{"X-Long", std::string(60'000, 'x')}}).status, 431);
  EXPECT_EQ(http(server.port(), "POST", "/rest/v1/client", {{"Content-Type", "application/json"}},
                 "{\"name\":\"" + std::string(3000, 'x') + "\"}")
                .status,
            413);
  EXPECT_EQ(
      http(server.port(), "POST", "/rest/v1/client", {{"Content-Type", "application/json"}}, "{\"name\":[[[[[[1]]]]]]}")
          .status,
      400);
  EXPECT_EQ(http(server.port(), "GET", "/rest/v1/client?select=project(task(task(id)))").status, 400);
  EXPECT_EQ(http(server.port(), "GET", "/rest/v1/client?or=(and(or(and(id.eq.1))))").status, 400);
  EXPECT_EQ(http(server.port(), "GET", "/rest/v1/client?limit=1").status, 200);
}

TEST(Server, BrokenAndSlowClientsAreLetGo) {
  Served served(
      "header_timeout = \"300ms\"\nbody_timeout = \"300ms\"\nidle_timeout = \"300ms\"\nmax_connections = 20\n");
  HttpServer server(served.work, {"--metrics-port", "0"});
  for (const std::string& bytes :
       {std::string("GET / HT"), std::string("GET /rest/v1/client HTTP/1.1\r\nHost: x\r\nX: "),
        std::string("POST /rest/v1/client HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"na"), std::string()}) {
    const RawSocket socket(server.port());
    socket.send(bytes);
    EXPECT_EQ(socket.receive().find("200 OK"), std::string::npos) << bytes;
  }
  for (const std::string& bytes :
       {std::string("\x16\x03\x01\x02\x00\x01"), std::string("HELLO\r\n\r\n"), std::string("GET / HTTP/9.9\r\n\r\n"),
        std::string("GET /rest/v1/client HTTP/1.1\r\nContent-Length: -1\r\n\r\n"),
        std::string("GET /rest/v1/%zz HTTP/1.1\r\nHost: x\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")}) {
    const RawSocket socket(server.port());
    socket.send(bytes);
    EXPECT_NE(socket.receive().find(" 400 "), std::string::npos) << bytes;
  }
  // More of them than are taken: the others wait in vain, and when they go the server is there.
  {
    std::vector<std::unique_ptr<RawSocket>> crowd;
    for (int i = 0; i < 40; ++i) crowd.push_back(std::make_unique<RawSocket>(server.port()));
    for (const auto& one : crowd) EXPECT_EQ(one->receive(), "");
  }
  EXPECT_EQ(http(server.port(), "GET", "/rest/v1/client?limit=1").status, 200);
}

TEST(Server, SeveralRequestsOnOneConnection) {
  Served served;
  HttpServer server(served.work);
  const RawSocket socket(server.port());
  socket.send(
      "GET /rest/v1/client?id=eq.1 HTTP/1.1\r\nHost: x\r\n\r\nGET /rest/v1/client?id=eq.2 HTTP/1.1\r\nHost: "
      "x\r\n\r\nPOST /rest/v1/rpc/add HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: "
      "100-continue\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_NE(socket.receive("100 Continue\r\n\r\n").find("Bolt"), std::string::npos);
  socket.send(
      "8\r\n{\"a\":40,\r\n6\r\n\"b\":2}\r\n0\r\n\r\nGET /rest/v1/client?id=eq.3 HTTP/1.1\r\nHost: x\r\nConnection: "
      "close\r\n\r\n");
  const std::string rest = socket.receive();
  EXPECT_NE(rest.find("\r\n\r\n42"), std::string::npos) << rest;
  EXPECT_NE(rest.find("Idle & Co"), std::string::npos) << rest;
}

TEST(Server, TerminationLetsRequestsFinish) {
  Served served;
  served.work.execute(
      "CREATE TABLE gate (id int PRIMARY KEY); INSERT INTO gate VALUES (1); GRANT ALL ON gate TO web_anon");
  HttpServer server(served.work);
  served.work.execute("BEGIN; UPDATE gate SET id = 1");
  HttpAnswer answer;
  std::thread waiting([&] {
    answer = http(server.port(), "PATCH", "/rest/v1/gate?id=eq.1",
                  {{"Content-Type", "application/json"}, {"Prefer", "return=representation"}}, "{\"id\":2}");
  });
  wait_until(
      [&] { return served.work.connect()->query("SELECT count(*) FROM pg_locks WHERE NOT granted").integer(0, 0) > 0; },
      "the request waits for the lock");
  server.process().signal(SIGTERM);
  wait_until(
      [&] {
        try {
          const RawSocket late(server.port());
          return false;
        } catch (const std::runtime_error&) {
          return true;
        }
      },
      "nobody new is let in");
  served.work.execute("COMMIT");
  waiting.join();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "[{\"id\":2}]");
  EXPECT_EQ(server.process().wait().exit, 0);
}

TEST(Server, ALostDatabaseIsSaidAndComesBack) {
  Served served;
  HttpServer server(served.work);
  EXPECT_EQ(http(server.port(), "GET", "/rest/v1/client?limit=1").status, 200);
  const std::string name = served.work.value("SELECT current_database()");
  const auto outside = std::make_unique<db::Connection>(TestServer::instance().url("postgres"));
  outside->execute("ALTER DATABASE " + name + " ALLOW_CONNECTIONS false");
  outside->query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name = 'pgvista "
      "runserver'",
      {name});
  wait_until([&] { return http(server.port(), "GET", "/rest/v1/client?limit=1").status == 503; },
             "the loss is noticed");
  const HttpAnswer refused = http(server.port(), "GET", "/rest/v1/client?limit=1");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.header("Retry-After"), "1");
  EXPECT_EQ(refused.body.find("password"), std::string::npos);
  outside->execute("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
  wait_until([&] { return http(server.port(), "GET", "/rest/v1/client?limit=1").status == 200; }, "it is there again");
}

TEST(Server, RolesAndClaimsDoNotLeakIntoOtherRequests) {
  const std::string secret = "a secret that is long enough for a test";
  Served served("[server.jwt]\nsecret = \"" + secret + "\"\n");
  HttpServer server(served.work);
  std::vector<std::thread> crowd;
  std::atomic<int> wrong = 0;
  for (const std::string who : {"ada", "ben", "cy", ""}) {
    crowd.emplace_back([&, who] {
      for (int i = 0; i < 200; ++i) {
        const std::string claims = "{\"role\":\"web_user\",\"sub\":\"" + who + "\"}";
        const HttpAnswer answer = who.empty() ? http(server.port(), "GET", "/rest/v1/secret?select=owner")
                                              : http(server.port(), "GET", "/rest/v1/secret?select=owner",
                                                     {{"Authorization", "Bearer " + token(claims, secret)}});
        const std::string expected = who == "cy" ? "[]" : "[{\"owner\":\"" + who + "\"}]";
        // Some fail on purpose among them: what they break must not concern the others.
        if (i % 7 == 0) http(server.port(), "GET", "/rest/v1/project?select=id&id=eq.x" + std::to_string(i));
        if (who.empty() ? answer.status != 401 : answer.body != expected) ++wrong;
      }
    });
  }
  for (std::thread& one : crowd) one.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Server, TheCacheIsNeverBehindACommit) {
  Served served("cache_bytes = 1000000\n", true);
  const int health = free_port();
  HttpServer server(served.work, {"--metrics-port", std::to_string(health)});
  const std::string target = "/rest/v1/kept?client_id=eq.1&select=n";
  long long expected = 2;
  for (int i = 0; i < 200; ++i) {
    // Each loop has a cache of its own: the third and the fourth find an answer there.
    for (int again = 0; again < 4; ++again)
      EXPECT_EQ(http(server.port(), "GET", target).body, "[{\"n\":" + std::to_string(expected) + "}]") << i;
    served.work.execute("INSERT INTO project (name, client_id) VALUES ('again', 1)");
    ++expected;
  }
  EXPECT_GT(std::stoi(metric(health, "cache_hits_total")), 300);
}

TEST(Server, EtagsSpareTheBody) {
  Served served;
  HttpServer server(served.work);
  const HttpAnswer first = http(server.port(), "GET", "/rest/v1/client?order=id");
  ASSERT_FALSE(first.header("ETag").empty());
  const HttpAnswer again =
      http(server.port(), "GET", "/rest/v1/client?order=id", {{"If-None-Match", first.header("ETag")}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(again.header("ETag"), first.header("ETag"));
  served.work.execute("UPDATE client SET name = 'Other' WHERE id = 1");
  EXPECT_EQ(http(server.port(), "GET", "/rest/v1/client?order=id", {{"If-None-Match", first.header("ETag")}}).status,
            200);
}

TEST(Server, EventsTellChangesAsTheyCommit) {
  Served served({}, true);
  HttpServer server(served.work);
  const auto stream = event_stream(server.port(), "/rest/v1/kept?n=gt.0&select=client_id,n");
  const RawSocket& socket = *stream;
  served.work.execute("INSERT INTO project (name, client_id) VALUES ('x', 1), ('y', 3)");
  const std::string told = socket.receive("\"client_id\":3");
  EXPECT_NE(told.find("data: {\"key\":[1],\"row\":{\"client_id\":1,\"n\":3}}"), std::string::npos) << told;
  served.work.execute(
      "BEGIN; INSERT INTO project (name, client_id) VALUES ('rolled back', 2); ROLLBACK; DELETE FROM project WHERE "
      "client_id = 3");
  EXPECT_NE(socket.receive("event: delete").find("event: delete"), std::string::npos);
  // More than is worth telling.
  served.work.execute(
      "INSERT INTO client (id, name) SELECT i, 'many ' || i FROM generate_series(1000, 3000) i; INSERT INTO project "
      "(name, client_id) SELECT 'z', i FROM generate_series(1000, 3000) i");
  EXPECT_NE(socket.receive("event: reset").find("event: reset"), std::string::npos);
  EXPECT_EQ(http(server.port(), "GET", "/rest/v1/client", {{"Accept", "text/event-stream"}}).status, 406);
}

// Who asks for some rows hears nothing of others: not even their keys.
TEST(Server, EventsKeepToTheFilter) {
  Served served({}, true);
  HttpServer server(served.work);
  served.work.execute("INSERT INTO project (name, client_id) VALUES ('a', 1), ('b', 2), ('c', 3)");
  const auto stream = event_stream(server.port(), "/rest/v1/kept?client_id=in.(1,3)&select=client_id,n");
  const RawSocket& socket = *stream;
  served.work.execute(
      "INSERT INTO project (name, client_id) VALUES ('d', 2); DELETE FROM project WHERE client_id = 2; INSERT INTO "
      "project (name, client_id) VALUES ('e', 1); DELETE FROM project WHERE client_id = 3");
  const std::string told = socket.receive("event: delete\ndata: {\"key\":[3]}");
  EXPECT_NE(told.find("\"client_id\":1"), std::string::npos) << told;
  EXPECT_NE(told.find("event: delete\ndata: {\"key\":[3]}"), std::string::npos) << told;
  EXPECT_EQ(told.find("[2]"), std::string::npos) << told;
}

// As the database answers: a value that is another one each time it is asked for tells who was told by one answer.
TEST(Server, WhoAsksTheSameIsToldByOneQuestionOfEachWorker) {
  constexpr std::size_t workers = 2;
  Served served({}, true);
  served.work.execute("CREATE FUNCTION asked(kept) RETURNS float8 LANGUAGE sql VOLATILE AS 'SELECT random()'");
  HttpServer server(served.work);
  const std::string path = "/rest/v1/kept?n=gt.0&select=client_id,n,asked";
  std::vector<std::unique_ptr<RawSocket>> same;
  for (int i = 0; i < 20; ++i) same.push_back(event_stream(server.port(), path));
  const auto other = event_stream(server.port(), "/rest/v1/kept?n=gt.-1&select=client_id,n,asked");
  const auto told = [&] {
    served.work.execute("INSERT INTO project (name, client_id) VALUES ('x', 1)");
    std::set<std::string> out;
    for (const auto& socket : same) out.insert(socket->receive("\n\n"));
    return out;
  };
  const std::set<std::string> first = told();
  EXPECT_LE(first.size(), workers);
  EXPECT_NE(first.begin()->find("\"asked\":"), std::string::npos) << *first.begin();
  EXPECT_FALSE(first.contains(other->receive("\n\n")));
  // Those that came first may go, and new ones come; the others stay.
  same.erase(same.begin(), same.begin() + 2);
  for (int i = 0; i < 2; ++i) same.push_back(event_stream(server.port(), path));
  const std::set<std::string> second = told();
  EXPECT_LE(second.size(), workers);
  for (const std::string& one : second) EXPECT_FALSE(first.contains(one)) << one;
  // Nobody hears of what happens: all of them end, and the server goes on.
  served.work.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'");
  for (const auto& socket : same) EXPECT_EQ(socket->receive("\n\n"), "");
  event_stream(server.port(), path);
}

// A client that has gone is worked for no more.
TEST(Server, AClosedStreamAsksForNothing) {
  Served served({}, true);
  const int health = free_port();
  HttpServer server(served.work, {"--metrics-port", std::to_string(health)});
  {
    const auto stream = event_stream(server.port(), "/rest/v1/kept");
    for (int i = 0; i < 200; ++i)
      served.work.execute("INSERT INTO project (name, client_id) VALUES ('x" + std::to_string(i) + "', 1)");
  }
  const auto busy = [&] {
    return served.work.value(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pgvista "
        "runserver' AND state = 'active'");
  };
  wait_until([&] { return metric(server.metrics_port(), "event_subscribers") != "1"; }, "the stream is closed");
  wait_until([&] { return busy() == "0"; }, "nobody works for it");
  EXPECT_EQ(200, http(server.port(), "GET", "/rest/v1/kept").status);
}

TEST(Server, ThroughPgbouncerInTransactionMode) {
  Served served("prepared_statements = false\n[server.jwt]\nsecret = \"a secret that is long enough for a test\"\n");
  PgBouncer bouncer(served.work.url());
  HttpServer server(served.work, {}, {{"PGVISTA_DATABASE_URL", bouncer.url()}});
  for (int i = 0; i < 30; ++i) {
    EXPECT_EQ(http(server.port(), "GET", "/rest/v1/client?id=eq.1&select=name").body, "[{\"name\":\"Acme\"}]");
    EXPECT_EQ(http(server.port(), "GET", "/rest/v1/secret?select=what",
                   {{"Authorization", "Bearer " + token("{\"role\":\"web_user\",\"sub\":\"ada\"}",
                                                        "a secret that is long enough for a test")}})
                  .body,
              "[{\"what\":\"likes tea\"}]");
    EXPECT_EQ(http(server.port(), "POST", "/rest/v1/rpc/add", {{"Content-Type", "application/json"}}, "{\"a\":1}").body,
              "2");
  }
}

TEST(Server, TlsByConfiguration) {
  Served served("[server.tls]\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\n");
  const std::string folder = served.work.folder().path().string();
  ASSERT_EQ(std::system(("openssl req -x509 -newkey rsa:2048 -nodes -keyout " + folder + "/key.pem -out " + folder +
                         "/cert.pem -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 >/dev/null 2>&1")
                            .c_str()),
            0);
  auto process = served.work.start({"runserver", "--port", "0", "--json"});
  wait_until([&] { return process->out_so_far().find('\n') != std::string::npos; }, "the server says where it is");
  const std::string url(json::parse(process->out_so_far()).at("url").as_string());
  EXPECT_TRUE(url.starts_with("https://"));
  const std::string fetch =
      "curl -s --cacert " + folder + "/cert.pem -o " + folder + "/answer " + url + "/rest/v1/client?id=eq.1";
  wait_until(
      [&] {
        return std::system(fetch.c_str()) == 0 && served.work.folder().read("answer").find("Acme") != std::string::npos;
      },
      "the server serves");
  EXPECT_NE(std::system(("curl -s --tls-max 1.1 -k -o /dev/null " + url).c_str()), 0);
}

TEST(Server, HealthAndMetricsOnAPortOfTheirOwn) {
  Served served;
  const int port = free_port();
  HttpServer server(served.work, {"--metrics-port", std::to_string(port)});
  wait_until([&] { return http(server.metrics_port(), "GET", "/ready").status == 200; }, "it is ready");
  EXPECT_EQ(http(server.metrics_port(), "GET", "/live").status, 200);
  http(server.port(), "GET", "/rest/v1/client");
  http(server.port(), "GET", "/rest/v1/nothing_of_that_name");
  EXPECT_EQ(metric(server.metrics_port(), "requests_total{status=\"4xx\"}"), "1");
  EXPECT_NE(http(server.port(), "GET", "/rest/v1/client").header("Server-Timing").find("transaction;dur="),
            std::string::npos);
  EXPECT_EQ(http(server.port(), "GET", "/metrics").status, 404);
}

TEST(Server, AnOpenServerIsForThisMachineAlone) {
  Workspace work;
  work.execute("CREATE TABLE mine (id int PRIMARY KEY)");
  work.folder().write("pgvista.toml", "[server]\nworkers = 1\n");
  HttpServer server(work);
  EXPECT_EQ(http(server.port(), "GET", "/rest/v1/mine").status, 200);
  EXPECT_EQ(http(server.port(), "GET", "/rest/v1/mine", {{"Origin", "http://evil.test"}}).status, 403);
  const RawSocket socket(server.port());
  socket.send("GET /rest/v1/mine HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n");
  EXPECT_NE(socket.receive().find("403"), std::string::npos);
  EXPECT_EQ(work.run({"runserver", "--host", "0.0.0.0", "--port", "0"}).exit, 2);
  EXPECT_EQ(work.run({"runserver", "--port", std::to_string(server.port())}).exit, 2);
}

// What a header allows holds as soon as it is written.
TEST(Server, TheAgeThatAHeaderAllowsNeedsNoRestart) {
  Served served;
  const auto write = [&](const std::string& allowed) {
    served.work.view("names", "/* pgvista\nkind = \"materialized\"\n" + allowed +
                                  "[grants]\nweb_anon = [\"select\"]\n*/ SELECT id, name FROM client");
  };
  write("");
  served.work.sync();
  ASSERT_EQ(served.work.run({"refresh", "names"}).exit, 0);
  HttpServer server(served.work);
  const auto source = [&] { return http(server.port(), "GET", "/rest/v1/names").header("Pgvista-Source"); };
  EXPECT_EQ(source(), "stored");
  // It reads the files every ten seconds, and when it is told to.
  write("max_staleness = \"1ms\"\n");
  served.work.execute("NOTIFY pgrst, 'reload schema'");
  wait_until([&] { return source() == "query"; }, "the rows are too old");
  write("max_staleness = \"1h\"\n");
  served.work.execute("NOTIFY pgrst, 'reload schema'");
  wait_until([&] { return source() == "stored"; }, "they are young enough");
}

TEST(Server, SettingsThatWouldServeWhatNobodyMeantAreRefused) {
  for (const char* const settings :
       {"[server.jwt]\naudience = \"us\"\n", "[server.jwt]\nsecret = \"short\"\n",
        "[server]\nanonymous_role = \"no_such_role\"\n", "[server]\nschemas = [\"nowhere\"]\n",
        "[server.paths]\n\"rooms\" = \"x\"\n", "[server.paths]\n\"/admin/\" = \"x\"\n", "[server]\nmax_body = 1\n",
        "[server]\nprot = 1\n", "[server.tls]\ncertificate = \"missing.pem\"\n"}) {
    Workspace work;
    work.folder().write("pgvista.toml", settings);
    const ProcessResult result = work.run({"runserver", "--port", "0"});
    EXPECT_EQ(result.exit, 2) << settings << result.err;
    EXPECT_EQ(result.out, "") << settings;
  }
}

TEST(Server, TheAdminPageAsksWhoItIs) {
  Served served;
  served.work.execute(
      "DO $$ BEGIN CREATE ROLE boss LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$; GRANT SELECT ON client "
      "TO boss");
  HttpServer server(served.work);
  EXPECT_NE(http(server.port(), "GET", "/admin/").body.find("Sign in"), std::string::npos);
  EXPECT_EQ(http(server.port(), "POST", "/admin/data/client/1", {}, "csrf=&c_name=x").status, 401);
  EXPECT_EQ(http(server.port(), "POST", "/admin/sign-in", {{"Origin", "http://evil.test"}}, "role=boss").status, 403);
  EXPECT_EQ(http(server.port(), "POST", "/admin/sign-in", {}, "role=no_such_role&password=x").status, 401);
  const HttpAnswer in = http(server.port(), "POST", "/admin/sign-in", {}, "role=boss&password=x");
  ASSERT_EQ(in.status, 303);
  const std::string cookie = in.header("Set-Cookie").substr(0, in.header("Set-Cookie").find(';'));
  EXPECT_NE(in.header("Set-Cookie").find("HttpOnly; SameSite=Strict"), std::string::npos);
  EXPECT_NE(http(server.port(), "GET", "/admin/data/client", {{"Cookie", cookie}}).body.find("Acme"),
            std::string::npos);
  EXPECT_NE(http(server.port(), "GET", "/admin/data/person", {{"Cookie", cookie}}).body.find("permission denied"),
            std::string::npos);
  // A row that rows of a table refer to that this role may not read.
  const HttpAnswer row = http(server.port(), "GET", "/admin/data/client/1", {{"Cookie", cookie}});
  EXPECT_EQ(row.status, 200);
  EXPECT_NE(row.body.find("Acme"), std::string::npos) << row.body;
  EXPECT_EQ(http(server.port(), "POST", "/admin/data/client/1", {{"Cookie", cookie}}, "c_name=x&csrf=wrong").status,
            403);
  EXPECT_NE(http(server.port(), "GET", "/admin/", {{"Cookie", cookie}})
                .header("Content-Security-Policy")
                .find("default-src 'none'"),
            std::string::npos);
}

}  // namespace pgvista::test
