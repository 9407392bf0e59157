#pragma once
// A door between a program under test and the server, which counts what the program says and can stop it at a word.

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "support/workspace.hpp"

namespace pgvista::test {

/// Where a message of the program is stopped.
enum class Moment { before, after };  // it reached the server

/// Passes on what the program and the server say. The `at`th message of the program that changes something (none that
/// only reads), counted from 1, calls `act`, before or after it was passed on; where it answers false before, the
/// message is lost. At its end all is closed.
class Wire {
 public:
  Wire(const std::string& server_url, int at, Moment moment, std::function<bool()> act);
  /// One that stops nothing by itself.
  explicit Wire(const std::string& server_url) : Wire(server_url, 0, Moment::before, [] { return true; }) {}
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  /// The server's URL through this door.
  const std::string& url() const { return url_; }
  /// From now on nothing is passed on, and nothing is closed: as if the way were broken.
  void freeze() { set_frozen(true); }
  void thaw() { set_frozen(false); }
  int messages() const { return messages_; }
  bool acted() const { return acted_; }

 private:
  void set_frozen(bool frozen);
  void wait_for_thaw();
  void serve();
  void carry(int program);
  bool pass_message(int program, int server);

  TemporaryFolder folder_;
  std::string url_;
  std::string server_path_;
  int at_;
  Moment moment_;
  std::function<bool()> act_;
  std::atomic<int> messages_ = 0;
  std::atomic<bool> acted_ = false;
  std::atomic<bool> ends_ = false;
  std::mutex freezing_;
  std::condition_variable thawed_;
  bool frozen_ = false;
  int door_ = -1;
  std::vector<std::thread> carriers_;
  std::thread thread_;
};

}  // namespace pgvista::test
