#pragma once
// A project folder and a database of its own for one test, on the server of this test process.

#include <boost/json.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "db/connection.hpp"
#include "support/process.hpp"

namespace pgvista::test {

/// Starts the private server of this process (a temporary folder, a unix socket) and stops it at the end.
class TestServer {
 public:
  static TestServer& instance();
  void stop();
  /// From here on; it is started again for that.
  void allow_prepared_transactions();
  std::string url(const std::string& database) const;
  const std::filesystem::path& folder() const { return folder_; }

 private:
  TestServer();
  std::filesystem::path folder_;
};

/// A folder under /tmp that any user may enter, gone at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  void write(const std::string& name, const std::string& text) const;
  void remove(const std::string& name) const;
  std::string read(const std::string& name) const;

 private:
  std::filesystem::path path_;
};

class Workspace {
 public:
  Workspace();
  ~Workspace();

  const std::string& url() const { return url_; }
  db::Connection& db() { return *connection_; }
  std::unique_ptr<db::Connection> connect(const std::string& user = {}) const;
  std::string url_as(const std::string& user) const;

  /// Writes views/NAME.sql
  void view(const std::string& name, const std::string& text) const { folder_.write("views/" + name + ".sql", text); }
  const TemporaryFolder& folder() const { return folder_; }

  /// Runs the built program in the project with this database.
  ProcessResult run(const std::vector<std::string>& words,
                    const std::map<std::string, std::string>& environment = {}) const;
  std::unique_ptr<Process> start(const std::vector<std::string>& words,
                                 const std::map<std::string, std::string>& environment = {}) const;
  /// Runs with --json and parses stdout, whatever the exit code.
  boost::json::value json(const std::vector<std::string>& words) const;

  /// sync, expected to succeed; and the actions of its steps as "action view" lines.
  std::string sync(const std::vector<std::string>& more = {}) const;
  /// The same of plan, without doing it.
  std::string planned(const std::vector<std::string>& more = {}) const;

  /// One value as text.
  std::string value(const std::string& sql) { return connection_->query(sql).text(0, 0); }
  void execute(const std::string& sql) { connection_->execute(sql); }
  std::string oid(const std::string& relation) { return value("SELECT '" + relation + "'::regclass::oid"); }

 private:
  TemporaryFolder folder_;
  std::string database_;
  std::string url_;
  std::unique_ptr<db::Connection> connection_;
};

/// Polls until the condition holds; fails the test after a long time.
void wait_until(const std::function<bool()>& condition, const std::string& what);

/// "action view" lines of a plan's or sync's JSON.
std::string steps_of(const boost::json::value& plan);

}  // namespace pgvista::test
