#include "cli/session.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "catalog/read.hpp"
#include "local/server.hpp"

namespace pgvista::cli {

namespace fs = std::filesystem;
namespace json = boost::json;

Session::Session(const Command&, Arguments arguments, Program program) : arguments_(std::move(arguments)), program_(std::move(program)) {
  const char* no_color = std::getenv("NO_COLOR");
  color_ = !arguments_.has("--no-color") && !(no_color && *no_color) && terminal(STDOUT_FILENO);
}

bool Session::terminal(int descriptor) const { return isatty(descriptor) != 0; }

void Session::print(const std::string& text) const {
  if (sink_) {
    sink_->out += text;
    return;
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void Session::print_json(const json::value& document) const { print(json::serialize(document) + "\n"); }

void Session::say(const std::string& text) const {
  if (quiet()) return;
  if (sink_) {
    sink_->messages += text + "\n";
    return;
  }
  fmt::print(stderr, "{}\n", text);
}

void Session::detail(const std::string& text) const {
  if (verbose()) say(text);
}

void Session::complain(const Error& error, const char* severity) const {
  const std::string text = format_error(error, severity);
  if (sink_) {
    sink_->messages += text;
    return;
  }
  std::fwrite(text.data(), 1, text.size(), stderr);
}

std::string Session::colored(const char* code, const std::string& text) const {
  return color_ ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
}

bool Session::confirmed(const std::string& question) const {
  if (arguments_.has("--yes") || !terminal(STDIN_FILENO) || !terminal(STDERR_FILENO)) return true;
  fmt::print(stderr, "{} [y/N] ", question);
  std::string answer;
  std::getline(std::cin, answer);
  return lower(trim(answer)).starts_with('y');
}

std::optional<fs::path> Session::find_project() const {
  std::error_code ignored;
  const std::string given = arguments_.value("--project");
  if (given.empty()) return project::find_root(fs::current_path(ignored));
  if (!fs::exists(fs::path(given) / "pgvista.toml", ignored)) return std::nullopt;
  return fs::absolute(given, ignored).lexically_normal();
}

bool Session::has_project() { return settings_ || !program_.empty() || find_project(); }

const project::Settings& Session::settings() {
  if (settings_) return *settings_;
  const auto root = find_project();
  if (!root && !program_.empty() && arguments_.value("--project").empty()) {
    // A program that brings its views along needs no folder of its own.
    std::error_code ignored;
    settings_.emplace().root = fs::current_path(ignored);
    return *settings_;
  }
  if (!root) {
    const std::string given = arguments_.value("--project");
    throw Failure(usage_error("no_project",
                              given.empty() ? "there is no pgvista.toml here or in a folder above" : fmt::format("there is no pgvista.toml in {}", given),
                              "Make a project with: pgvista init [DIR]. Or name one: --project DIR."));
  }
  settings_ = project::read_settings(*root);
  return *settings_;
}

namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool libpq_is_told() {
  for (const char* name : {"PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE"}) {
    if (!environment(name).empty()) return true;
  }
  return false;
}

}  // namespace

const std::string& Session::url() {
  if (url_) return *url_;
  for (const std::string& candidate : {arguments_.value("--database"), environment("PGVISTA_DATABASE_URL"), environment("DATABASE_URL"), has_project() ? settings().url : std::string{}}) {
    if (candidate.empty()) continue;
    url_ = candidate;
    return *url_;
  }
  if (libpq_is_told()) {
    url_ = "";
    return *url_;
  }
  const local::Server server(settings().root);
  if (!server.exists()) say("creating the private local PostgreSQL of this project under .pgvista/");
  server.start();
  url_ = server.url();
  return *url_;
}

std::unique_ptr<db::Connection> Session::connect() {
  auto connection = std::make_unique<db::Connection>(url());
  // A server that works for a client that is gone would hold locks for nothing.
  connection->query("SELECT pg_catalog.set_config('client_connection_check_interval', '2s', false) WHERE pg_catalog.current_setting('client_connection_check_interval') = '0'");
  catalog::use_schema(*connection, has_project() ? settings().schema : std::string{});
  return connection;
}

db::Connection& Session::connection() {
  if (!connection_) {
    connection_ = connect();
    connection_->on_notice([this](std::string_view text) { detail(std::string(text)); });
    detail("connected to " + connection_->description());
  }
  return *connection_;
}

const std::string& Session::default_schema() {
  if (!default_schema_) {
    std::string schema = settings().schema;
    if (schema.empty()) schema = connection().query("SELECT coalesce(current_schema(), 'public')").text(0, 0);
    default_schema_ = std::move(schema);
  }
  return *default_schema_;
}

project::Definitions Session::read_views() { return project::read_definitions(settings().root, default_schema(), program_.views); }

const std::vector<schema::ViewDefinition>& Session::views() {
  if (!views_) {
    project::Definitions read = read_views();
    if (!read.errors.empty()) throw Failure(std::move(read.errors));
    views_ = std::move(read.views);
  }
  return *views_;
}

apply::Project Session::project() { return {views(), settings().schema, nullptr, maintenance_defaults()}; }

apply::Limits Session::limits() {
  apply::Limits out;
  const project::Timeouts& sync = settings().sync;
  if (!sync.lock_timeout.empty()) out.lock_timeout = sync.lock_timeout;
  out.statement_timeout = sync.statement_timeout;
  if (sync.lock_retries >= 0) out.lock_retries = sync.lock_retries;
  return out;
}

std::vector<sql::Name> Session::named_views() {
  std::vector<sql::Name> out;
  for (const std::string& given : arguments_.positionals) {
    std::vector<std::string> names;
    const auto found = std::find_if(views().begin(), views().end(), [&](const schema::ViewDefinition& view) {
      names.push_back(view.name.display());
      return given == view.name.display() || given == view.name.schema + "." + view.name.name || (given == view.name.name && view.name.schema == default_schema());
    });
    if (found == views().end()) throw Failure(usage_error("unknown_view", fmt::format("there is no view \"{}\" in this project", given), did_you_mean(given, names)));
    out.push_back(found->name);
  }
  return out;
}

json::value text_or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }

json::object error_json(const Error& error) {
  return {{"code", error.code},
          {"message", error.message},
          {"detail", text_or_null(error.detail)},
          {"hint", text_or_null(error.hint)},
          {"sqlstate", text_or_null(error.sqlstate)},
          {"file", text_or_null(error.file)},
          {"line", error.file.empty() ? json::value(nullptr) : json::value(std::max(error.line, 1))},
          {"column", error.file.empty() ? json::value(nullptr) : json::value(std::max(error.column, 1))}};
}

}  // namespace pgvista::cli
