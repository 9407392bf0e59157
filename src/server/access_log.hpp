#pragma once
// One line a request: time, method, path, status, milliseconds.

#include <mutex>
#include <string>

namespace pgvista::server {

class AccessLog {
 public:
  /// A file, "-" for stderr, "" for none. Throws Failure (invalid_settings, exit 2).
  explicit AccessLog(const std::string& target);
  ~AccessLog();
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  bool on() const { return descriptor_ >= 0; }
  /// Collected, and written when there is enough or flush() is called; any thread.
  void write(const std::string& method, const std::string& path, int status, double milliseconds,
             const std::string& role);
  void flush();

 private:
  void put();
  int descriptor_ = -1;
  bool owned_ = false;
  std::mutex mutex_;
  std::string buffer_;
};

}  // namespace pgvista::server
