#include "project/watch_settings.hpp"

#include <fmt/format.h>

#include "base/duration.hpp"

namespace pgvista::project {

namespace {

void read_time(TomlTable& table, const char* key, int least_ms, int& out) {
  const auto given = table.duration(key);
  if (!given) return;
  const double milliseconds = duration_ms(*given).value_or(0);
  if (milliseconds < least_ms || milliseconds > 86'400'000) {
    table.fail(key, "invalid_value", fmt::format("\"watch.{}\" must be from {}ms to 24h", key, least_ms));
    return;
  }
  out = static_cast<int>(milliseconds);
}

void read_count(TomlTable& table, const char* key, long long least, long long& out) {
  const auto given = table.integer(key);
  if (!given) return;
  if (*given < least) {
    table.fail(key, "invalid_value", fmt::format("\"watch.{}\" must be {} or more", key, least));
    return;
  }
  out = *given;
}

}  // namespace

void read_watch(TomlTable& table, WatchSettings& out) {
  out.databases = table.texts("databases");
  read_time(table, "poll", 1, out.poll);
  read_time(table, "idle_poll", 10, out.idle_poll);
  read_time(table, "lease", 100, out.lease);
  read_time(table, "batch_timeout", 100, out.batch_timeout);
  read_count(table, "max_rows", 1, out.max_rows);
  read_count(table, "max_bytes", 100'000, out.max_bytes);
  read_count(table, "rotate_bytes", 8192, out.rotate_bytes);
  long long port = out.metrics_port;
  read_count(table, "metrics_port", 0, port);
  if (port > 65535) table.fail("metrics_port", "invalid_value", "\"watch.metrics_port\" must be from 0 to 65535");
  out.metrics_port = static_cast<int>(port);
  out.on_refresh = table.text("on_refresh").value_or("");
}

}  // namespace pgvista::project
