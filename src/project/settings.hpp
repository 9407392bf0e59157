#pragma once
// pgvista.toml, and where the project is.

#include <filesystem>
#include <optional>
#include <string>

namespace pgvista::project {

struct Timeouts {
  std::string lock_timeout;       // as PostgreSQL takes it; "" : the command's own default
  std::string statement_timeout;  // "" : the server's
  int lock_retries = -1;          // -1 : the command's own default
};

struct Settings {
  std::filesystem::path root;  // the project's folder
  std::string url;             // "" : not given
  std::string schema;          // "" : the first schema of the search path
  Timeouts sync;
  Timeouts refresh;
  int refresh_jobs = 1;
};

/// The folder that is, or is above, `start` and holds a pgvista.toml; none: nullopt.
std::optional<std::filesystem::path> find_root(const std::filesystem::path& start);

/// Reads ROOT/pgvista.toml. Throws Failure (invalid_settings, unknown_key; exit 2), with file, line and column.
Settings read_settings(const std::filesystem::path& root);

/// A file's path for messages: relative to the current folder where it lies below it.
std::string shown_path(const std::filesystem::path& file);

}  // namespace pgvista::project
