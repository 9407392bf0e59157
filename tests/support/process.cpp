#include "support/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

namespace pgvista::test {

namespace {

std::string temporary_file() {
  char name[] = "/tmp/pgvista-test-output-XXXXXX";
  const int descriptor = mkstemp(name);
  close(descriptor);
  return name;
}

std::string text_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string{std::istreambuf_iterator<char>(file), {}};
}

std::string take_file(const std::string& path) {
  std::string text = text_of_file(path);
  unlink(path.c_str());
  return text;
}

}  // namespace

Process::Process(const std::vector<std::string>& command, const std::string& folder,
                 const std::map<std::string, std::string>& environment)
    : out_file_(temporary_file()), err_file_(temporary_file()) {
  std::vector<char*> argv;
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  pid_ = fork();
  if (pid_ != 0) return;
  for (const char* name : {"DATABASE_URL", "PGVISTA_DATABASE_URL", "PGHOST", "PGPORT", "PGDATABASE", "PGUSER",
                           "PGSERVICE", "PGOPTIONS", "PGPASSWORD"})
    unsetenv(name);
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  if (chdir(folder.c_str()) != 0) _exit(126);
  dup2(open(out_file_.c_str(), O_WRONLY | O_TRUNC), STDOUT_FILENO);
  dup2(open(err_file_.c_str(), O_WRONLY | O_TRUNC), STDERR_FILENO);
  dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
  execv(argv[0], argv.data());
  _exit(127);
}

Process::~Process() {
  if (pid_ > 0) {
    signal(SIGKILL);
    wait();
  }
}

std::string Process::out_so_far() const { return text_of_file(out_file_); }
std::string Process::err_so_far() const { return text_of_file(err_file_); }

void Process::signal(int number) const { kill(pid_, number); }

void Process::kill_after_line(int lines, std::chrono::microseconds later) const {
  const auto printed = [&] {
    std::ifstream file(err_file_, std::ios::binary);
    return std::count(std::istreambuf_iterator<char>(file), {}, '\n');
  };
  const auto ended = [&] {
    siginfo_t info{};
    return waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid_;
  };
  while (printed() < lines && !ended()) std::this_thread::sleep_for(std::chrono::microseconds(200));
  std::this_thread::sleep_for(later);
  signal(SIGKILL);
}

ProcessResult Process::wait() {
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), take_file(out_file_), take_file(err_file_)};
}

}  // namespace pgvista::test
