#include "support/pgbouncer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

#include "local/process.hpp"

namespace pgvista::test {

PgBouncer::PgBouncer(const std::string& url) {
  const db::Connection target(url);
  database_ = PQdb(const_cast<db::Connection&>(target).raw());
  PGconn* raw = const_cast<db::Connection&>(target).raw();
  const std::string folder = folder_.path().string();
  folder_.write("users.txt", fmt::format("\"{}\" \"\"\n", PQuser(raw)));
  folder_.write("pgbouncer.ini",
                fmt::format("[databases]\n{} = host={} port={} dbname={}\n[pgbouncer]\npool_mode = "
                            "transaction\nlisten_addr =\nlisten_port = 6432\nunix_socket_dir = {}\n"
                            "auth_type = trust\nauth_file = {}/users.txt\ndefault_pool_size = 12\nlogfile = "
                            "{}/log\npidfile = {}/pid\nignore_startup_parameters = extra_float_digits\n",
                            database_, PQhost(raw), PQport(raw), database_, folder, folder, folder, folder));
  chmod(folder.c_str(), 0777);
  const auto user = local::server_user();
  const std::string ini = folder + "/pgbouncer.ini";
  pid_ = fork();
  if (pid_ == 0) {
    const int null = open("/dev/null", O_RDWR);
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(null, descriptor);
    if (user) {
      execl("/usr/sbin/pgbouncer", "pgbouncer", "-q", "-u", user->name.c_str(), ini.c_str(), nullptr);
    } else {
      execl("/usr/sbin/pgbouncer", "pgbouncer", "-q", ini.c_str(), nullptr);
    }
    _exit(127);
  }
  const std::string own_url = this->url();
  wait_until([&] { return PQping(own_url.c_str()) == PQPING_OK; }, "PgBouncer answers: " + folder_.read("log"));
}

PgBouncer::~PgBouncer() {
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
}

std::string PgBouncer::url() const {
  return fmt::format("postgresql://postgres@/{}?host={}&port=6432", database_, folder_.path().string());
}

}  // namespace pgvista::test
