#include "project/server_settings.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "base/duration.hpp"
#include "base/text.hpp"

namespace pgvista::project {

namespace fs = std::filesystem;

namespace {

std::optional<std::string> file_text(TomlTable& table, const std::string& key, const fs::path& root) {
  const auto name = table.text(key);
  if (!name) return std::nullopt;
  std::ifstream file(root / *name, std::ios::binary);
  if (!file) {
    table.fail(key, "invalid_value", fmt::format("cannot read {}", (root / *name).string()),
               "Check the path; it is relative to the project's folder.");
    return std::nullopt;
  }
  return std::string(trim(std::string{std::istreambuf_iterator<char>(file), {}}));
}

void read_jwt(TomlTable& table, const fs::path& root, JwtSettings& out) {
  out.algorithm =
      table.choice("algorithm", {"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512"})
          .value_or(out.algorithm);
  for (const auto& given :
       {table.text("secret"), file_text(table, "secret_file", root), file_text(table, "public_key_file", root)}) {
    if (given) out.key = *given;
  }
  if (out.key.empty())
    table.fail("algorithm", "invalid_value", "[server.jwt] has no key: no token could be told from a forged one",
               "Set secret, secret_file or public_key_file.");
  out.audience = table.text("audience").value_or("");
  out.role_claim = table.text("role_claim").value_or(out.role_claim);
}

void read_integer(TomlTable& table, const char* key, int least, int most, int& out) {
  const auto given = table.integer(key);
  if (!given) return;
  if (*given < least || *given > most) {
    table.fail(key, "invalid_value", fmt::format("\"server.{}\" must be from {} to {}", key, least, most));
    return;
  }
  out = static_cast<int>(*given);
}

// "1500ms", "5s", "2min" -> milliseconds.
void read_duration(TomlTable& table, const char* key, int& out) {
  const auto given = table.duration(key);
  if (!given) return;
  const double milliseconds = duration_ms(*given).value_or(0);
  if (milliseconds < 1 || milliseconds > 86'400'000) {
    table.fail(key, "invalid_value", fmt::format("\"server.{}\" must be from 1ms to 24h", key));
    return;
  }
  out = static_cast<int>(milliseconds);
}

}  // namespace

void read_server(TomlTable& table, const fs::path& root, ServerSettings& out) {
  out.host = table.text("host").value_or(out.host);
  read_integer(table, "port", 0, 65535, out.port);
  read_integer(table, "metrics_port", 0, 65535, out.metrics_port);
  read_integer(table, "workers", 0, 64, out.workers);
  out.schemas = table.texts("schemas");
  out.anonymous_role = table.text("anonymous_role").value_or("");
  table.table("jwt", [&](TomlTable& jwt) { read_jwt(jwt, root, out.jwt); });
  table.table("tls", [&](TomlTable& tls) {
    out.tls_certificate = file_text(tls, "certificate", root).value_or("");
    out.tls_key = file_text(tls, "key", root).value_or("");
    if (out.tls_certificate.empty() != out.tls_key.empty())
      tls.fail("certificate", "invalid_value", "[server.tls] takes both certificate and key");
  });
  if (const auto rows = table.integer("max_rows")) {
    if (*rows < 0)
      table.fail("max_rows", "invalid_value", "\"server.max_rows\" must be 1 or more, or 0: as many as there are");
    out.max_rows = *rows == 0 ? std::nullopt : std::optional(*rows);
  }
  out.aggregates = table.boolean("aggregates").value_or(false);
  out.transaction_end =
      table.choice("transaction_end", {"commit", "commit-allow-override"}).value_or("commit") != "commit";
  out.prepared_statements = table.boolean("prepared_statements").value_or(true);
  out.server_timing = table.boolean("server_timing").value_or(true);
  out.admin = table.boolean("admin").value_or(true);
  read_integer(table, "connections", 2, 200, out.connections);
  read_integer(table, "max_connections", 1, 100'000, out.max_connections);
  read_integer(table, "max_waiting", 1, 1'000'000, out.max_waiting);
  read_integer(table, "max_url", 256, 1'000'000, out.max_url);
  read_integer(table, "max_body", 1024, 1'000'000'000, out.max_body);
  read_integer(table, "embed_depth", 1, 64, out.embed_depth);
  read_integer(table, "json_depth", 1, 512, out.json_depth);
  read_duration(table, "header_timeout", out.header_timeout);
  read_duration(table, "body_timeout", out.body_timeout);
  read_duration(table, "idle_timeout", out.idle_timeout);
  read_duration(table, "wait_timeout", out.wait_timeout);
  read_duration(table, "drain_timeout", out.drain_timeout);
  out.statement_timeout = table.duration("statement_timeout").value_or(out.statement_timeout);
  read_integer(table, "cache_bytes", 0, 2'000'000'000, out.cache_bytes);
  out.access_log = table.text("access_log").value_or("");
  if (table.has("cors_origins")) out.cors_origins = table.texts("cors_origins");
  out.paths = table.scalars("paths");
  for (const auto& [prefix, target] : out.paths) {
    const bool ours = prefix.starts_with("/rest/") || prefix.starts_with("/admin");
    if (!prefix.starts_with('/') || prefix.size() < 2 || ours)
      table.fail("paths", "invalid_value", fmt::format("\"{}\" is no path to be given to a table", prefix),
                 "As in \"/rooms/\"; /rest/ and /admin/ are taken.");
  }
}

}  // namespace pgvista::project
