#include "local/process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include <pgvista/error.hpp>

namespace pgvista::local {

std::optional<User> server_user() {
  if (geteuid() != 0) return std::nullopt;
  for (const char* name : {"postgres", "nobody"}) {
    if (const passwd* entry = getpwnam(name)) return User{name, entry->pw_uid, entry->pw_gid};
  }
  return std::nullopt;
}

namespace {

[[noreturn]] void become(const std::vector<char*>& argv, const std::optional<User>& user, const std::string& folder,
                         int output) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  if (user && (setgroups(0, nullptr) != 0 || setgid(user->gid) != 0 || setuid(user->uid) != 0)) _exit(126);
  if (!folder.empty() && chdir(folder.c_str()) != 0) _exit(126);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  const int null = open("/dev/null", O_RDONLY);
  if (null >= 0) dup2(null, STDIN_FILENO);
  execv(argv[0], argv.data());
  _exit(127);
}

int status_of(int raw) { return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw); }

int wait_for(pid_t child) {
  int raw = 0;
  while (waitpid(child, &raw, 0) < 0 && errno == EINTR) {
  }
  return status_of(raw);
}

}  // namespace

Outcome run_process(const std::vector<std::string>& command, const std::optional<User>& user,
                    const std::filesystem::path& folder) {
  std::vector<char*> argv;
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  // A file, not a pipe: a server that the program leaves behind would hold a pipe open.
  char name[] = "/tmp/pgvista-output-XXXXXX";
  const int output = mkostemp(name, O_CLOEXEC);
  if (output < 0)
    throw Failure(Error{"local_server",
                        "cannot write to /tmp",
                        {},
                        "pgvista keeps a program's output there for a moment.",
                        {},
                        {},
                        0,
                        0,
                        ExitCode::failed});
  unlink(name);
  const pid_t child = fork();
  if (child == 0) become(argv, user, folder.string(), output);
  Outcome out;
  out.status = child < 0 ? 127 : wait_for(child);
  lseek(output, 0, SEEK_SET);
  std::array<char, 4096> buffer;
  for (ssize_t got = 0; (got = read(output, buffer.data(), buffer.size())) > 0;)
    out.output.append(buffer.data(), static_cast<std::size_t>(got));
  close(output);
  return out;
}

bool can_enter(const User& user, const std::filesystem::path& folder) {
  const std::string path = folder.string();
  const pid_t child = fork();
  if (child == 0) {
    const bool fine =
        setgroups(0, nullptr) == 0 && setgid(user.gid) == 0 && setuid(user.uid) == 0 && chdir(path.c_str()) == 0;
    _exit(fine ? 0 : 1);
  }
  return child > 0 && wait_for(child) == 0;
}

}  // namespace pgvista::local
