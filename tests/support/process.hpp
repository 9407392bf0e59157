#pragma once
#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace pgvista::test {

struct ProcessResult {
  int exit = -1;  // 128 + signal when killed
  std::string out;
  std::string err;
};

/// A program under test: its output is collected, its end can be waited for or brought about.
class Process {
 public:
  Process(const std::vector<std::string>& command, const std::string& folder,
          const std::map<std::string, std::string>& environment = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void signal(int number) const;
  /// SIGKILL when it has printed so many lines on stderr, and a little later; unless it has ended before.
  void kill_after_line(int lines, std::chrono::microseconds later) const;
  ProcessResult wait();
  /// What it has printed so far.
  std::string out_so_far() const;
  std::string err_so_far() const;
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  std::string out_file_;
  std::string err_file_;
};

}  // namespace pgvista::test
