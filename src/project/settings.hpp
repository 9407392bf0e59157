#pragma once
// pgvista.toml, and where the project is.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pgvista::project {

struct Timeouts {
  std::string lock_timeout;                               // as PostgreSQL takes it; "" : the command's own default
  std::string statement_timeout;                          // "" : the server's
  int lock_retries = -1;                                  // -1 : the command's own default
  std::optional<std::chrono::milliseconds> wait_timeout;  // for another of ours that is running
};

/// [server.jwt]
struct JwtSettings {
  std::string algorithm = "HS256";
  std::string key;  // the secret, or a public key in PEM form; "": no tokens are taken
  std::string audience;
  std::string role_claim = "role";
};

/// [server]: what `runserver` does. Durations in milliseconds, sizes in bytes.
struct ServerSettings {
  std::string host = "127.0.0.1";
  int port = 8000;
  int metrics_port = 0;              // 0: none
  int workers = 0;                   // 0: one a core
  std::vector<std::string> schemas;  // empty: the project's
  std::string anonymous_role;
  JwtSettings jwt;
  std::string tls_certificate;
  std::string tls_key;
  std::optional<std::int64_t> max_rows = 10'000;  // of an answer; empty: as many as there are
  bool aggregates = false;
  bool transaction_end = false;
  bool prepared_statements = true;
  bool server_timing = true;
  bool admin = true;
  int connections = 5;  // to the database, of each worker
  int max_connections = 2000;
  int max_waiting = 2000;
  int max_url = 8192;
  int max_body = 10'000'000;
  int embed_depth = 16;
  int json_depth = 32;
  int header_timeout = 10'000;
  int body_timeout = 30'000;
  int idle_timeout = 75'000;
  int wait_timeout = 10'000;
  int drain_timeout = 10'000;
  std::string statement_timeout = "30s";
  int cache_bytes = 16'000'000;  // 0: nothing is kept
  std::string access_log;        // a file, "-" for stderr, "" for none
  std::vector<std::string> cors_origins{"*"};
  std::map<std::string, std::string> paths;  // "/rooms/" -> "rooms_room?select=…"
};

/// [watch]: what `watch` does. Durations in milliseconds, sizes in bytes.
struct WatchSettings {
  std::vector<std::string> databases;  // empty: the project's one
  int poll = 50;                       // while there are changes
  int idle_poll = 100;                 // else, whether anything was noted
  int lease = 5000;                    // silent for so long, another process takes over
  int batch_timeout = 60'000;          // a batch that takes longer is computed as a whole instead
  long long max_rows = 5'000'000;     // waiting for a view: beyond, it is computed as a whole and its notes are dropped
  long long max_bytes = 512'000'000;  // the same of its queues
  long long rotate_bytes = 8'000'000;  // of a queue's table, until the next one has its turn
  int metrics_port = 0;                // 0: none
  std::string on_refresh;              // a command for the shell, after each refresh
};

/// [maintenance]: what views are kept by whose headers do not say.
struct MaintenanceSettings {
  std::string on_error = "fail";
  std::string stale_reads = "query";
  long long fill_beside = 16'000'000;
  std::vector<std::string> trust;  // functions, as schema.name, of all views
};

struct Settings {
  std::filesystem::path root;  // the project's folder
  std::string name;            // "" : not given
  std::string url;             // "" : not given
  std::string schema;          // "" : the first schema of the search path
  Timeouts sync;
  Timeouts refresh;
  int refresh_jobs = 1;
  ServerSettings server;
  WatchSettings watch;
  MaintenanceSettings maintenance;
};

/// The folder that is, or is above, `start` and holds a pgvista.toml; none: nullopt.
std::optional<std::filesystem::path> find_root(const std::filesystem::path& start);

/// Every key of pgvista.toml, with its type, as the reader asks for them.
std::map<std::string, std::string> settings_keys();

/// Reads ROOT/pgvista.toml. Throws Failure (invalid_settings, unknown_key; exit 2), with file, line and column.
Settings read_settings(const std::filesystem::path& root);

/// A file's path for messages: relative to the current folder where it lies below it.
std::string shown_path(const std::filesystem::path& file);

}  // namespace pgvista::project
