#include "local/server.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include <pgvista/error.hpp>
#include "base/text.hpp"
#include "db/connection.hpp"
#include "local/process.hpp"
#include "sql/identifier.hpp"

namespace pgvista::local {

namespace fs = std::filesystem;

namespace {

// Not "pgvista": the schema of a role's own name comes first in its search path, and that name is the ledger's.
constexpr const char* superuser = "postgres";
constexpr int oldest_major = 14;

Error local_error(std::string code, std::string message, std::string detail, std::string hint) {
  Error error;
  error.code = std::move(code);
  error.message = std::move(message);
  error.detail = std::move(detail);
  error.hint = std::move(hint);
  return error;
}

int major_of(const std::string& text) {
  int major = 0;
  std::from_chars(text.data(), text.data() + text.size(), major);
  return major;
}

// Two commands at once must not both create the cluster.
class FolderLock {
 public:
  explicit FolderLock(const fs::path& file) : descriptor_(open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)) {
    if (descriptor_ >= 0) flock(descriptor_, LOCK_EX);
  }
  ~FolderLock() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

Error cannot_create(const fs::path& path, const std::error_code& why) {
  const bool full = why == std::errc::no_space_on_device;
  return local_error(full ? "disk_full" : "local_folder", fmt::format("cannot create {}", path.string()), why.message(),
                     full ? "Free some space, then run the command again."
                          : "Check the permissions of the project's folder, or name a database with --database URL.");
}

// Lines of postmaster.pid, from 1 (PostgreSQL, miscadmin.h: LOCK_FILE_LINE_…). It is there while the server runs.
constexpr int process_line = 1;
constexpr int socket_line = 5;

std::string lock_file_line(const fs::path& data, int number) {
  std::ifstream file(data / "postmaster.pid");
  std::string line;
  for (int i = 0; i < number; ++i) {
    if (!std::getline(file, line)) return {};
  }
  return line;
}

// Its file is another one since it began: an upgrade. It cannot load modules of the new version.
bool program_was_replaced(const fs::path& data) {
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/" + lock_file_line(data, process_line) + "/exe", ignored);
  return program.string().ends_with(" (deleted)");
}

bool fits_a_socket(const fs::path& folder) {
  constexpr std::size_t longest = 107 - 20;
  return folder.string().size() <= longest && folder.string().find_first_of(",'\"@") == std::string::npos;
}

unsigned server_uid() {
  const auto user = server_user();
  return user ? user->uid : geteuid();
}

// A folder that nobody but the server's user can have put there or can enter; no link to somewhere else.
bool is_private(const fs::path& folder) {
  struct stat facts {};
  return lstat(folder.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode) && facts.st_uid == server_uid() &&
         (facts.st_mode & 077) == 0;
}

// Given to the server's user. By its descriptor: what a link leads to is never touched.
void make_private(const fs::path& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0)
    throw Failure(local_error("local_folder", fmt::format("{} is no folder of its own", folder.string()),
                              std::strerror(errno), "Take away what is there: a link is not followed."));
  const auto user = server_user();
  struct stat facts {};
  const bool owned = fstat(descriptor, &facts) == 0 && (facts.st_uid == geteuid() || facts.st_uid == server_uid());
  const bool given = owned && (!user || fchown(descriptor, user->uid, user->gid) == 0) && fchmod(descriptor, 0700) == 0;
  close(descriptor);
  if (!given)
    throw Failure(local_error("local_folder", fmt::format("{} belongs to somebody else", folder.string()), {},
                              "Take it away, or move the project."));
}

std::string shell_quoted(const std::string& text) { return "'" + replace_all(text, "'", "'\\''") + "'"; }

std::string percent_encoded(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

Error failed_program(const std::string& what, const Outcome& outcome, const fs::path& log) {
  std::string detail = std::string(trim(outcome.output));
  if (std::ifstream file(log); file) {
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto lines = split_lines(text);
    for (std::size_t i = lines.size() > 5 ? lines.size() - 5 : 0; i < lines.size(); ++i) detail += "\n" + lines[i];
  }
  if (detail.find("No space left on device") != std::string::npos) {
    return local_error("disk_full", what + ": the disk is full", detail,
                       "Free some space, then run the command again; nothing was lost.");
  }
  return local_error("local_server", what, detail, "Its log may say more: " + log.string());
}

}  // namespace

fs::path find_postgresql() {
  if (const char* given = std::getenv("PGVISTA_PG_BINDIR"); given && *given) return given;
  fs::path best;
  int best_major = 0;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    const int major = major_of(entry.path().filename().string());
    const fs::path bin = entry.path() / "bin";
    if (major >= oldest_major && major > best_major && fs::exists(bin / "initdb", ignored) &&
        fs::exists(bin / "pg_ctl", ignored)) {
      best = bin;
      best_major = major;
    }
  }
  if (!best.empty()) return best;
  const std::string path = std::getenv("PATH") ? std::getenv("PATH") : "";
  for (std::size_t start = 0; start < path.size();) {
    const std::size_t end = std::min(path.find(':', start), path.size());
    const fs::path folder = path.substr(start, end - start);
    if (fs::exists(folder / "initdb", ignored) && fs::exists(folder / "pg_ctl", ignored)) return folder;
    start = end + 1;
  }
  throw Failure(local_error("no_postgresql", "there is no PostgreSQL server (14 or later) on this machine", {},
                            "Install one: apt-get install postgresql. Or name a database: --database URL."));
}

Server::Server(fs::path root) : root_(std::move(root)), folder_(root_ / ".pgvista") {}

// A socket's path may hold 107 bytes, and the server's list of folders gives some signs a meaning: a project's own
// folder may not do. Then it is one under /tmp whose name nobody can foresee; the server that uses it says which.
fs::path Server::socket_folder() const {
  const fs::path inside = folder_ / "run";
  if (fits_a_socket(inside)) return inside;
  const fs::path said = lock_file_line(data(), socket_line);
  return !said.empty() && is_private(said) ? said : fs::path{};
}

fs::path Server::ensure_socket_folder() const {
  fs::path out = socket_folder();
  if (!out.empty()) {
    std::error_code failure;
    fs::create_directories(out, failure);
    if (failure) throw Failure(cannot_create(out, failure));
    return out;
  }
  char name[] = "/tmp/pgvista-XXXXXX";
  if (!mkdtemp(name)) throw Failure(cannot_create("/tmp", {errno, std::generic_category()}));
  return name;
}

std::string Server::url(const std::string& database) const {
  return fmt::format("postgresql://{}@/{}?host={}", superuser, percent_encoded(database),
                     percent_encoded(socket_folder().string()));
}

bool Server::exists() const {
  std::error_code ignored;
  return fs::exists(data() / "PG_VERSION", ignored);
}

// pg_ctl hands paths to a shell: it is given plain names in the folder where it runs.
bool Server::running() const {
  if (!exists()) return false;
  return run_process({(find_postgresql() / "pg_ctl").string(), "status", "-D", "data"}, server_user(), folder_)
             .status == 0;
}

// As root the server's user must own the folder, and reach it.
fs::path Server::adopt_folder() const {
  std::error_code failure;
  fs::create_directories(folder_, failure);
  if (failure) throw Failure(cannot_create(folder_, failure));
  const fs::path sockets = ensure_socket_folder();
  for (const fs::path& path : {folder_, sockets}) make_private(path);
  const auto user = server_user();
  if (user && !can_enter(*user, folder_)) {
    throw Failure(local_error(
        "local_folder",
        fmt::format("the user \"{}\", as which the local server runs, cannot enter {}", user->name, folder_.string()),
        "A server never runs as root.",
        "Make every folder above it passable (chmod o+x), move the project, or name a database with --database URL."));
  }
  return sockets;
}

void Server::create() const {
  const Outcome made = run_process({(find_postgresql() / "initdb").string(), "-D", "data", "-U", superuser,
                                    "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-instructions"},
                                   server_user(), folder_);
  if (made.status != 0) throw Failure(failed_program("the local database cluster could not be created", made, log()));
  std::ofstream settings(data() / "postgresql.auto.conf", std::ios::app);
  settings << "listen_addresses = ''\n"
           << "unix_socket_permissions = 0700\n"
           << "track_commit_timestamp = on\n";
  settings.flush();
  if (!settings)
    throw Failure(local_error("disk_full", "the local server's settings could not be written", {},
                              "Free some space, then run pgvista local destroy and try again."));
}

void Server::make_database() const {
  db::Connection connection(url("postgres"));
  const bool there =
      connection.query("SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = 'pgvista')").boolean(0, 0);
  if (!there) connection.execute("CREATE DATABASE pgvista");
}

void Server::start() const {
  const fs::path sockets = adopt_folder();
  const FolderLock lock(folder_ / "lock");
  if (!exists()) create();
  if (running() && program_was_replaced(data())) stop();
  if (!running()) {
    // The folder's name goes to a shell: it is one of ours, or a plain one.
    const Outcome started =
        run_process({(find_postgresql() / "pg_ctl").string(), "start", "-w", "-t", "60", "-D", "data", "-l", "log",
                     "-o", "-c unix_socket_directories=" + shell_quoted(sockets.string())},
                    server_user(), folder_);
    if (started.status != 0) throw Failure(failed_program("the local server did not start", started, log()));
  }
  make_database();
}

void Server::stop() const {
  if (!running()) return;
  const fs::path sockets = socket_folder();
  const Outcome stopped = run_process(
      {(find_postgresql() / "pg_ctl").string(), "stop", "-w", "-m", "fast", "-D", "data"}, server_user(), folder_);
  if (stopped.status != 0) throw Failure(failed_program("the local server did not stop", stopped, log()));
  std::error_code ignored;
  if (!sockets.empty() && sockets.parent_path() == "/tmp") fs::remove(sockets, ignored);
}

void Server::destroy() const {
  stop();
  std::error_code failure;
  fs::remove_all(folder_, failure);
  if (failure)
    throw Failure(local_error("local_folder", fmt::format("cannot remove {}", folder_.string()), failure.message(),
                              "Remove it by hand."));
}

}  // namespace pgvista::local
