// A C++ program that serves: its models' tables, paths that it gives to them, paths that it answers itself.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/http.hpp"
#include "support/shop.hpp"

namespace pgvista::test {

namespace {

Registry serving() {
  Registry registry = shop::registry();
  registry.path("/customers/", "shop_customer?select=id,name,orders:shop_order!shop_order_customer_id_fkey(id,amount)");
  registry.on("GET", "/spent/{customer}/", [](const HttpRequest& request, Database& db) {
    const auto orders = from<shop::Purchase>()
                            .where(col(&shop::Purchase::customer) == std::stoll(request.parameters.at("customer")))
                            .fetch(db);
    return HttpReply{200, "{\"orders\":" + std::to_string(orders.size()) + "}"};
  });
  registry.on("POST", "/echo/", [](const HttpRequest& request, Database&) {
    return HttpReply{
        202, request.body + request.query.at(0).second, "text/plain", {{"X-Kind", request.headers.at("x-kind")}}};
  });
  registry.on("GET", "/broken/", [](const HttpRequest&, Database& db) -> HttpReply {
    db.execute("SELECT nothing FROM nowhere");
    return {};
  });
  return registry;
}

// The program in a process of its own; ended by SIGTERM.
class Program {
 public:
  Program(const Registry& registry, const Workspace& work) : said_(work.folder().path() / "said") {
    pid_ = fork();
    if (pid_ != 0) return;
    setenv("DATABASE_URL", work.url().c_str(), 1);
    if (chdir(work.folder().path().c_str()) != 0) _exit(126);
    dup2(open(said_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    const std::vector<const char*> words = {"program", "runserver", "--port", "0", "--json"};
    _exit(run(static_cast<int>(words.size()), words.data(), registry));
  }
  ~Program() { end(); }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  int end() {
    if (pid_ <= 0) return -1;
    kill(pid_, SIGTERM);
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WEXITSTATUS(status);
  }
  int port(const Workspace& work) const {
    wait_until(
        [&] { return std::filesystem::exists(said_) && work.folder().read("said").find('\n') != std::string::npos; },
        "the program says where it is");
    return static_cast<int>(boost::json::parse(work.folder().read("said")).at("port").as_int64());
  }

 private:
  std::filesystem::path said_;
  pid_t pid_ = -1;
};

}  // namespace

TEST(ProgramPaths, AreServedBesideTheTables) {
  Workspace work;
  const Registry registry = serving();
  work.execute(registry.create_tables());
  work.execute(
      "INSERT INTO shop_country VALUES ('de', 'Germany'); INSERT INTO shop_customer (id, name, country_id, active) "
      "VALUES (1, 'Ada', 'de', true)");
  Program program(registry, work);
  const int port = program.port(work);
  wait_until([&] { return http(port, "GET", "/customers/1/").status == 200; }, "it serves");
  EXPECT_NE(http(port, "GET", "/customers/1/").body.find("\"orders\":[]"), std::string::npos);
  EXPECT_EQ(http(port, "GET", "/rest/v1/shop_customer?select=name").body, "[{\"name\":\"Ada\"}]");
  EXPECT_EQ(http(port, "GET", "/spent/1/").body, "{\"orders\":0}");
  const HttpAnswer echoed = http(port, "POST", "/echo/?x=%21", {{"X-Kind", "k"}}, "hello");
  EXPECT_EQ(echoed.status, 202);
  EXPECT_EQ(echoed.body, "hello!");
  EXPECT_EQ(echoed.header("X-Kind"), "k");
  EXPECT_EQ(http(port, "GET", "/broken/").status, 500);
  EXPECT_EQ(http(port, "GET", "/spent/x/").status, 500);
  EXPECT_EQ(http(port, "GET", "/spent/1/").status, 200);
  EXPECT_EQ(http(port, "PUT", "/spent/1/").status, 404);
  EXPECT_EQ(program.end(), 0);
}

}  // namespace pgvista::test
