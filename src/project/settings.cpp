#include "project/settings.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "base/duration.hpp"
#include "project/server_settings.hpp"
#include "project/toml_reader.hpp"
#include "project/watch_settings.hpp"

namespace pgvista::project {

namespace fs = std::filesystem;

std::optional<fs::path> find_root(const fs::path& start) {
  std::error_code ignored;
  for (fs::path folder = fs::absolute(start, ignored).lexically_normal();; folder = folder.parent_path()) {
    if (fs::exists(folder / "pgvista.toml", ignored)) return folder;
    if (folder == folder.parent_path()) return std::nullopt;
  }
}

std::string shown_path(const fs::path& file) {
  std::error_code ignored;
  const fs::path relative = fs::relative(file, fs::current_path(ignored), ignored);
  if (relative.empty() || *relative.begin() == "..") return file.string();
  return relative.string();
}

namespace {

void read_timeouts(TomlTable& table, Timeouts& out) {
  out.lock_timeout = table.duration("lock_timeout").value_or("");
  out.statement_timeout = table.duration("statement_timeout").value_or("");
  if (const auto wait = table.duration("wait_timeout"))
    out.wait_timeout = std::chrono::milliseconds(static_cast<long long>(duration_ms(*wait).value_or(0)));
  const auto retries = table.integer("lock_retries");
  const bool fits = retries && *retries >= 0 && *retries <= 100'000;
  if (retries && !fits) table.fail("lock_retries", "invalid_value", "\"lock_retries\" must be from 0 to 100000");
  if (fits) out.lock_retries = static_cast<int>(*retries);
}

void read_all(TomlTable& top, const fs::path& root, Settings& out) {
  top.table("project", [&](TomlTable& table) { out.name = table.text("name").value_or(""); });
  top.table("database", [&](TomlTable& table) {
    out.url = table.text("url").value_or("");
    out.schema = table.text("schema").value_or("");
  });
  top.table("sync", [&](TomlTable& table) { read_timeouts(table, out.sync); });
  top.table("refresh", [&](TomlTable& table) {
    read_timeouts(table, out.refresh);
    const auto jobs = table.integer("jobs");
    if (jobs && (*jobs < 1 || *jobs > 64)) table.fail("jobs", "invalid_value", "\"refresh.jobs\" must be from 1 to 64");
    if (jobs) out.refresh_jobs = static_cast<int>(*jobs);
  });
  top.table("maintenance", [&](TomlTable& table) {
    out.maintenance.on_error = table.choice("on_error", {"stale", "fail"}).value_or(out.maintenance.on_error);
    const auto size = table.integer("fill_beside");
    if (size && *size < 0) table.fail("fill_beside", "invalid_value", "\"fill_beside\" must be 0 or more");
    out.maintenance.fill_beside = size.value_or(out.maintenance.fill_beside);
    out.maintenance.stale_reads =
        table.choice("stale_reads", {"query", "refuse", "allow"}).value_or(out.maintenance.stale_reads);
    out.maintenance.trust = read_trust(table);
  });
  top.table("watch", [&](TomlTable& table) { read_watch(table, out.watch); });
  top.table("server", [&](TomlTable& table) { read_server(table, root, out.server); });
}

}  // namespace

std::map<std::string, std::string> settings_keys() {
  Keys out;
  Origin origin;
  origin.keys = &out;
  std::vector<Error> errors;
  Settings settings;
  // What stands in tables is asked for where there is one.
  const auto parsed = parse_toml(
      "[project]\n[database]\n[sync]\n[refresh]\n[maintenance]\n[watch]\n[server]\ncors_origins = []\n"
      "[server.jwt]\n[server.tls]\n",
      origin, errors);
  TomlTable top(*parsed, origin, "", errors);
  read_all(top, {}, settings);
  return out;
}

Settings read_settings(const fs::path& root) {
  const fs::path path = root / "pgvista.toml";
  std::ifstream file(path, std::ios::binary);
  const Origin origin{shown_path(path)};
  std::error_code unknown;
  if (!file || !fs::is_regular_file(path, unknown)) {
    Error error = usage_error("invalid_settings", "cannot read " + origin.file, "Check that the file is readable.");
    throw Failure(std::move(error));
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::vector<Error> errors;
  Settings out;
  out.root = root;
  if (const auto parsed = parse_toml(text, origin, errors)) {
    TomlTable top(*parsed, origin, "", errors);
    read_all(top, root, out);
    top.finish();
  }
  if (!errors.empty()) throw Failure(std::move(errors));
  return out;
}

}  // namespace pgvista::project
