#pragma once
// A door between a program under test and the server, which counts what the program says and can stop it at a word.

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>

#include "support/workspace.hpp"

namespace pgvista::test {

/// Where a message of the program is stopped.
enum class Moment { before, after };  // it reached the server

/// Passes on what the program and the server say. The `at`th message of the program, counted from 1, calls `act`,
/// before or after it was passed on; where it answers false before, the message is lost. Requires the program to hold one connection at a time. At its end all is closed.
class Wire {
 public:
  Wire(const std::string& server_url, int at, Moment moment, std::function<bool()> act);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  /// The server's URL through this door.
  const std::string& url() const { return url_; }
  int messages() const { return messages_; }
  bool acted() const { return acted_; }

 private:
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
  int door_ = -1;
  std::thread thread_;
};

}  // namespace pgvista::test
