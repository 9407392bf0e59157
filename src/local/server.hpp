#pragma once
// The private PostgreSQL of one project: under .pgvista/, unix socket only, never a TCP port.

#include <filesystem>
#include <string>

namespace pgvista::local {

/// The newest PostgreSQL (14 or later) on this machine: the folder of its programs. PGVISTA_PG_BINDIR names another.
/// Throws Failure (no_postgresql) that says which package to install.
std::filesystem::path find_postgresql();

class Server {
 public:
  /// `root` is the project's folder. Nothing is made or started yet.
  explicit Server(std::filesystem::path root);

  /// Creates the cluster where there is none, starts it where it does not run, and makes the database. As root all of
  /// this runs as the user postgres (or nobody). Throws Failure (local_folder, local_server, disk_full).
  void start() const;
  void stop() const;
  bool exists() const;
  bool running() const;
  /// Stops it and removes .pgvista/. Nothing else is touched.
  void destroy() const;
  /// One libpq URL; the server need not run.
  std::string url(const std::string& database = "pgvista") const;
  std::filesystem::path folder() const { return folder_; }
  std::filesystem::path log() const { return folder_ / "log"; }

 private:
  std::filesystem::path data() const { return folder_ / "data"; }
  /// Empty where it is one under /tmp and the server does not run.
  std::filesystem::path socket_folder() const;
  std::filesystem::path ensure_socket_folder() const;
  void create() const;
  void make_database() const;
  /// Returns the folder of its sockets.
  std::filesystem::path adopt_folder() const;

  std::filesystem::path root_;
  std::filesystem::path folder_;
};

}  // namespace pgvista::local
