#pragma once
// One moving line on a terminal for work that takes over a second.

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace pgvista::cli {

class Progress {
 public:
  /// Does nothing unless `enabled` (stderr is a terminal and nobody asked for quiet).
  explicit Progress(bool enabled);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `expected_ms`: an estimate from former runs.
  void begin(const std::string& what, std::optional<double> expected_ms);
  void end(const std::string& what);

 private:
  void loop();
  std::string line() const;

  struct Work {
    std::chrono::steady_clock::time_point start;
    std::optional<double> expected_ms;
  };
  bool enabled_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Work> work_;
  bool stop_ = false;
  bool shown_ = false;
  std::thread thread_;
};

}  // namespace pgvista::cli
