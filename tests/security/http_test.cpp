// What a request may not be, and what an admin page may not cost.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "local/server.hpp"
#include "support/http.hpp"

namespace pgvista::test {

namespace {

std::string answered(int port, const std::string& bytes) {
  const RawSocket socket(port);
  socket.send(bytes);
  return socket.receive();
}

}  // namespace

// Two readers of one request must find the same end of it.
TEST(Http, RequestsThatCouldBeReadInTwoWaysAreRefused) {
  Workspace work;
  work.execute("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)");
  work.folder().write("pgvista.toml", "[server]\nanonymous_role = \"pg_read_all_data\"\n");
  const HttpServer server(work);
  const std::string second = "GET /rest/v1/t HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  const std::vector<std::string> heads = {"Host: x\r\nTransfer-Encoding: xchunked\r\n",
                                          "Host: x\r\nTransfer-Encoding: identity\r\nContent-Length: 3\r\n",
                                          "Host: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n",
                                          "Host: x\r\nTransfer-Encoding: gzip, chunked\r\n",
                                          "Host: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                                          "Host: x\r\nTransfer-Encoding:\r\n",
                                          "Host: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n",
                                          "Host: x\r\nContent-Length: +3\r\n",
                                          "Host: x\r\nContent-Length: 3, 3\r\n",
                                          "Content-Length: 0\r\n",
                                          "Host: x\r\nHost: y\r\n",
                                          "Host: x\r\nHost: x\r\n",
                                          "Host: x/y\r\n",
                                          "Host: a b\r\n",
                                          "Host: u@x\r\n"};
  for (const std::string& head : heads) {
    const std::string out = answered(server.port(), "POST /rest/v1/t HTTP/1.1\r\n" + head + "\r\n" + second);
    EXPECT_TRUE(out.starts_with("HTTP/1.1 400 ")) << head << out.substr(0, 200);
    EXPECT_EQ(out.find("HTTP/1.1 ", 5), std::string::npos) << "what follows is not run: " << head << out;
  }
  EXPECT_NE(
      answered(server.port(), "POST /rest/v1/t HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").find(" 400 "),
      std::string::npos);
  EXPECT_NE(answered(server.port(), "GET /rest/v1/t HTTP/1.0\r\n\r\n").find(" 200 "), std::string::npos)
      << "HTTP/1.0 needs no Host";
  EXPECT_NE(
      answered(server.port(), "GET /rest/v1/t HTTP/1.1\r\nHost: [::1]:8000\r\nConnection: close\r\n\r\n").find(" 200 "),
      std::string::npos);
}

// Nobody who has not signed in can use up the database's connections.
TEST(Http, VisitorsWithoutACookieKeepNoConnections) {
  Workspace work;
  const HttpServer server(work);
  for (int i = 0; i < 60; ++i) EXPECT_EQ(http(server.port(), "GET", "/admin/data").status, 200);
  EXPECT_LE(
      work.db().query("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgvista admin'").integer(0, 0),
      10);
}

// One who guesses shuts out himself, for that role.
TEST(Http, FailedSignInsShutOutNobodyElse) {
  Workspace work;
  work.execute("DO $$ BEGIN CREATE ROLE visitor LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
  work.folder().write("pgvista.toml", "[server]\nanonymous_role = \"pg_monitor\"\n");
  const HttpServer server(work);
  int last = 0;
  for (int i = 0; i < 15; ++i)
    last = http(server.port(), "POST", "/admin/sign-in", {}, "role=nobody_here&password=x").status;
  EXPECT_EQ(last, 429);
  EXPECT_EQ(http(server.port(), "POST", "/admin/sign-in", {}, "role=visitor&password=x").status, 303);
}

// A name in a URL is a name.
TEST(Http, AViewsNameIsNoOption) {
  Workspace work;
  TemporaryFolder other;
  other.write("pgvista.toml", "secret-token\n");
  const HttpServer server(work);
  const HttpAnswer page = http(server.port(), "GET", "/admin/");
  const std::string cookie = page.header("Set-Cookie").substr(0, page.header("Set-Cookie").find(';'));
  const std::size_t at = page.body.find("name=\"csrf\" value=\"");
  ASSERT_NE(at, std::string::npos);
  const std::string csrf = page.body.substr(at + 19, 48);
  for (const std::string& name : {"--project=" + other.path().string(), std::string("--database=postgresql://x"),
                                  std::string("--help"), std::string("--"), std::string("-h")}) {
    std::string encoded;
    for (const char c : name) encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    for (const char* const action : {"verify", "refresh", "repair"}) {
      const HttpAnswer answer =
          http(server.port(), "POST", "/admin/views/" + encoded + "/" + action,
               {{"Cookie", cookie}, {"Content-Type", "application/x-www-form-urlencoded"}}, "csrf=" + csrf);
      EXPECT_NE(answer.body.find("there is no view"), std::string::npos) << name << answer.body;
      EXPECT_EQ(answer.body.find("secret-token"), std::string::npos) << name;
    }
    EXPECT_NE(http(server.port(), "GET", "/admin/views/" + encoded, {{"Cookie", cookie}}).body.find("there is no view"),
              std::string::npos)
        << name;
  }
}

// The private server's sockets lie where nobody else can have put anything.
TEST(Http, TheSocketFolderOfALongPathIsNobodyElses) {
  TemporaryFolder folder;
  std::filesystem::path deep = folder.path();
  for (int i = 0; i < 4; ++i) deep /= "a_long_name_that_makes_the_path_too_long";
  std::filesystem::create_directories(deep);
  const local::Server server(deep);
  server.start();
  const std::string url = server.url("postgres");
  const std::size_t host = url.find("host=");
  std::string path = url.substr(host + 5);
  for (std::size_t at = path.find("%2F"); at != std::string::npos; at = path.find("%2F")) path.replace(at, 3, "/");
  struct stat facts {};
  ASSERT_EQ(lstat(path.c_str(), &facts), 0) << path;
  EXPECT_TRUE(S_ISDIR(facts.st_mode));
  EXPECT_EQ(facts.st_mode & 077, 0U);
  EXPECT_EQ(db::Connection(url).query("SELECT 1").integer(0, 0), 1);
  server.stop();
  EXPECT_NE(lstat(path.c_str(), &facts), 0) << "it goes with the server";
  server.start();
  EXPECT_NE(server.url("postgres"), url) << "and nobody can foresee the next";
  server.destroy();
}

}  // namespace pgvista::test
