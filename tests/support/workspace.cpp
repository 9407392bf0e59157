#include "support/workspace.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "base/text.hpp"
#include "local/server.hpp"

namespace pgvista::test {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

TemporaryFolder::TemporaryFolder() {
  char name[] = "/tmp/pgvista-test-XXXXXX";
  path_ = mkdtemp(name);
  chmod(path_.c_str(), 0755);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void TemporaryFolder::write(const std::string& name, const std::string& text) const {
  fs::create_directories((path_ / name).parent_path());
  std::ofstream(path_ / name, std::ios::binary) << text;
}

void TemporaryFolder::remove(const std::string& name) const { fs::remove(path_ / name); }

std::string TemporaryFolder::read(const std::string& name) const {
  std::ifstream file(path_ / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TestServer& TestServer::instance() {
  static TestServer server;
  return server;
}

TestServer::TestServer() {
  char name[] = "/tmp/pgvista-server-XXXXXX";
  folder_ = mkdtemp(name);
  chmod(folder_.c_str(), 0755);
  const local::Server server(folder_);
  server.start();
  db::Connection connection(url("postgres"));
  connection.execute("ALTER SYSTEM SET fsync = off");
  connection.execute("ALTER SYSTEM SET autovacuum = off");
  connection.execute("SELECT pg_reload_conf()");
}

void TestServer::allow_prepared_transactions() {
  db::Connection(url("postgres")).execute("ALTER SYSTEM SET max_prepared_transactions = 4");
  const local::Server server(folder_);
  server.stop();
  server.start();
}

void TestServer::stop() {
  local::Server(folder_).destroy();
  fs::remove_all(folder_);
}

std::string TestServer::url(const std::string& database) const { return local::Server(folder_).url(database); }

Workspace::Workspace() {
  static int number = 0;
  database_ = fmt::format("test_{}", ++number);
  db::Connection admin(TestServer::instance().url("postgres"));
  admin.execute("CREATE DATABASE " + database_ + " TEMPLATE template0");
  url_ = TestServer::instance().url(database_);
  connection_ = std::make_unique<db::Connection>(url_, "test");
  folder_.write("pgvista.toml", "");
  fs::create_directories(folder_.path() / "views");
}

Workspace::~Workspace() {
  connection_.reset();
  db::Connection admin(TestServer::instance().url("postgres"));
  admin.execute("DROP DATABASE " + database_ + " WITH (FORCE)");
}

std::string Workspace::url_as(const std::string& user) const {
  return replace_all(url_, "//postgres@", "//" + user + "@");
}

std::unique_ptr<db::Connection> Workspace::connect(const std::string& user) const {
  return std::make_unique<db::Connection>(user.empty() ? url_ : url_as(user), "test");
}

std::unique_ptr<Process> Workspace::start(const std::vector<std::string>& words,
                                          const std::map<std::string, std::string>& environment) const {
  std::vector<std::string> command{PGVISTA_PROGRAM};
  command.insert(command.end(), words.begin(), words.end());
  std::map<std::string, std::string> all{{"PGVISTA_DATABASE_URL", url_}};
  for (const auto& [name, value] : environment) all[name] = value;
  return std::make_unique<Process>(command, folder_.path().string(), all);
}

ProcessResult Workspace::run(const std::vector<std::string>& words,
                             const std::map<std::string, std::string>& environment) const {
  return start(words, environment)->wait();
}

boost::json::value Workspace::json(const std::vector<std::string>& words) const {
  std::vector<std::string> all = words;
  all.emplace_back("--json");
  const ProcessResult result = run(all);
  boost::system::error_code failure;
  boost::json::value document = boost::json::parse(result.out, failure);
  EXPECT_FALSE(failure) << result.out << result.err;
  return document;
}

std::string steps_of(const boost::json::value& plan) {
  std::string out;
  for (const boost::json::value& step : plan.at("steps").as_array()) {
    out += std::string(step.at("action").as_string()) + " " + std::string(step.at("view").as_string()) + "\n";
  }
  return out;
}

std::string Workspace::sync(const std::vector<std::string>& more) const {
  std::vector<std::string> words{"sync", "--json"};
  words.insert(words.end(), more.begin(), more.end());
  const ProcessResult result = run(words);
  EXPECT_EQ(0, result.exit) << result.out << result.err;
  return result.exit == 0 ? steps_of(boost::json::parse(result.out)) : "failed";
}

std::string Workspace::planned(const std::vector<std::string>& more) const {
  std::vector<std::string> words{"plan"};
  words.insert(words.end(), more.begin(), more.end());
  return steps_of(json(words));
}

void wait_until(const std::function<bool()>& condition, const std::string& what) {
  const auto start = std::chrono::steady_clock::now();
  while (!condition()) {
    const auto waited = std::chrono::steady_clock::now() - start;
    if (waited > 60s) {
      FAIL() << "waited in vain until " << what;
    }
    // What passes quickly is not missed. After that, asking without a pause would use up the ports of this machine:
    // each connection to a server keeps one for a minute, and who finds none waits for half of that.
    if (waited < 50ms) {
      std::this_thread::yield();
    } else {
      std::this_thread::sleep_for(10ms);
    }
  }
}

}  // namespace pgvista::test
