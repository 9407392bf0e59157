#include "cli/progress.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "base/text.hpp"

namespace pgvista::cli {

using namespace std::chrono_literals;

Progress::Progress(bool enabled) : enabled_(enabled) {
  if (enabled_) thread_ = std::thread([this] { loop(); });
}

Progress::~Progress() {
  if (!enabled_) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
  if (shown_) fmt::print(stderr, "\r\033[K");
}

void Progress::begin(const std::string& what, std::optional<double> expected_ms) {
  const std::lock_guard lock(mutex_);
  work_[what] = {std::chrono::steady_clock::now(), expected_ms};
}

void Progress::end(const std::string& what) {
  const std::lock_guard lock(mutex_);
  work_.erase(what);
  if (shown_) fmt::print(stderr, "\r\033[K");
  shown_ = false;
}

std::string Progress::line() const {
  std::string out;
  for (const auto& [what, work] : work_) {
    const double spent =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - work.start).count();
    if (spent < 1000) continue;
    if (!out.empty()) out += "   ";
    out += fmt::format("{}: {}", what, human_duration(spent));
    if (work.expected_ms && *work.expected_ms > spent) {
      out += fmt::format(", about {} left (estimate from former runs)", human_duration(*work.expected_ms - spent));
    } else if (work.expected_ms) {
      out += fmt::format(", longer than the {} of former runs", human_duration(*work.expected_ms));
    }
  }
  return out;
}

void Progress::loop() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, 200ms, [this] { return stop_; })) {
    const std::string text = line();
    if (text.empty()) continue;
    fmt::print(stderr, "\r\033[K{}", text);
    std::fflush(stderr);
    shown_ = true;
  }
}

}  // namespace pgvista::cli
