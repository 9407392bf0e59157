#include "cli/session.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <set>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "catalog/read.hpp"
#include "ledger/schema.hpp"
#include "local/server.hpp"

namespace pgvista::cli {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

// Those that make something; the others look, and nothing is made for a look.
bool makes_server(const std::string& command, const Arguments& arguments) {
  static const std::set<std::string> names = {"sync", "migrate", "makemigrations", "demo", "dev"};
  const bool looks = command == "migrate" && (arguments.has("--plan") || arguments.has("--check"));
  return names.contains(command) && !looks;
}

}  // namespace

Session::Session(const Command& command, Arguments arguments, model::Program program)
    : arguments_(std::move(arguments)),
      program_(std::move(program)),
      older_schema_(command.older_schema),
      makes_server_(makes_server(command.name, arguments_)) {
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
  if (given.empty()) {
    const fs::path here = fs::current_path(ignored);
    const auto root = project::find_root(here);
    // A program brings its own views along: a folder above counts only where the program is a part of it.
    const std::string own = fs::read_symlink("/proc/self/exe", ignored).string();
    if (root && *root != here && !program_.empty() && !own.starts_with(root->string() + "/")) return std::nullopt;
    return root;
  }
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
                              given.empty() ? "there is no pgvista.toml here or in a folder above"
                                            : fmt::format("there is no pgvista.toml in {}", given),
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
  for (const std::string& candidate : {arguments_.value("--database"), environment("PGVISTA_DATABASE_URL"),
                                       environment("DATABASE_URL"), has_project() ? settings().url : std::string{}}) {
    if (candidate.empty()) continue;
    url_ = candidate;
    return *url_;
  }
  if (libpq_is_told()) {
    url_ = "";
    return *url_;
  }
  const local::Server server(settings().root);
  if (!server.exists()) {
    if (!makes_server_) {
      Error error =
          usage_error("no_database", "no database is named, and this project has no PostgreSQL of its own yet",
                      "Name one: --database URL, PGVISTA_DATABASE_URL or [database] url in pgvista.toml. Or let "
                      "pgvista sync or migrate make a private one.");
      error.exit = ExitCode::unreachable;
      throw Failure(std::move(error));
    }
    if (!confirmed(fmt::format("No database is named. Make a private PostgreSQL for this project in {}?",
                               (settings().root / ".pgvista").string())))
      throw Failure(usage_error("no_database", "no database is named",
                                "--database URL, PGVISTA_DATABASE_URL or [database] url in pgvista.toml."));
    say("creating the private local PostgreSQL of this project under .pgvista/");
  }
  server.start();
  url_ = server.url();
  return *url_;
}

// Every command looks once.
void Session::compare_schema(db::Connection& connection) {
  const ledger::State state = ledger::read_state(connection);
  ledger::refuse_newer(state);
  ledger::refuse_stranger(connection);
  const auto older = ledger::older_schema(state);
  if (!older || older_schema_ == OlderSchema::upgraded) return;
  if (older_schema_ == OlderSchema::refused) throw Failure(*older);
  if (!quiet()) complain(*older, "warning");
}

std::unique_ptr<db::Connection> Session::connect() {
  auto connection = std::make_unique<db::Connection>(url());
  if (!connection_) compare_schema(*connection);
  const std::string schema = has_project() ? settings().schema : std::string{};
  if (connection->pooled()) {
    catalog::use_schema_in_transactions(*connection, schema);
  } else {
    // A server that works for a client that is gone would hold locks for nothing.
    connection->query(
        "SELECT pg_catalog.set_config('client_connection_check_interval', '2s', false) WHERE "
        "pg_catalog.current_setting('client_connection_check_interval') = '0'");
    catalog::use_schema(*connection, schema);
  }
  connection->set_project(project_name(*connection));
  return connection;
}

const std::string& Session::project_name(db::Connection& connection) {
  if (project_name_) return *project_name_;
  if (!has_project() || arguments_.has("--all-projects")) {
    project_name_ = "";
  } else if (!settings().name.empty()) {
    project_name_ = settings().name;
  } else {
    std::error_code ignored;
    const fs::path own =
        find_project() ? settings().root.filename() : fs::read_symlink("/proc/self/exe", ignored).stem();
    project_name_ = found_project(connection, own.string());
  }
  return *project_name_;
}

// A project that nothing is known of by its folder's name may be one that stood in another folder: then at least half
// of that one's views are defined here.
std::string Session::found_project(db::Connection& connection, const std::string& folder) {
  if (connection.query("SELECT pg_catalog.to_regclass('pgvista.view') IS NULL").boolean(0, 0)) return folder;
  std::map<std::string, std::vector<sql::Name>> known;
  const db::Rows rows =
      connection.query("SELECT coalesce(pg_catalog.to_jsonb(v) ->> 'project', ''), schema, name FROM pgvista.view v");
  for (int row = 0; row < rows.size(); ++row)
    known[rows.text(row, 0)].push_back({rows.text(row, 1), rows.text(row, 2)});
  known.erase("");
  if (known.empty() || known.contains(folder)) return folder;
  const std::string schema = settings().schema.empty()
                                 ? connection.query("SELECT coalesce(current_schema(), 'public')").text(0, 0)
                                 : settings().schema;
  const project::Definitions read = project::read_definitions(settings().root, schema, program_.views);
  std::vector<std::string> found;
  for (const auto& [name, views] : known) {
    const auto here = std::count_if(views.begin(), views.end(), [&](const sql::Name& one) {
      return std::any_of(read.views.begin(), read.views.end(), [&](const auto& view) { return view.name == one; });
    });
    if (2 * static_cast<std::size_t>(here) >= views.size()) found.push_back(name);
  }
  if (found.size() > 1)
    throw Failure(usage_error("ambiguous_project", fmt::format("this may be any of the projects {}", join(found, ", ")),
                              "Say which: [project] name in pgvista.toml."));
  if (found.empty()) return folder;
  detail(fmt::format("this is the project \"{}\" in another folder", found.front()));
  return found.front();
}

db::Connection& Session::connection() {
  if (!connection_) {
    connection_ = connect();
    // "already exists, skipping" tells nobody anything.
    connection_->on_notice([this](std::string_view text) {
      if (!text.starts_with("NOTICE")) detail(std::string(text));
    });
    detail("connected to " + connection_->description());
  }
  return *connection_;
}

const std::string& Session::default_schema() {
  if (!default_schema_) {
    std::string schema = has_project() ? settings().schema : std::string{};
    if (schema.empty()) schema = connection().query("SELECT coalesce(current_schema(), 'public')").text(0, 0);
    default_schema_ = std::move(schema);
  }
  return *default_schema_;
}

project::Definitions Session::read_views() {
  return project::read_definitions(settings().root, default_schema(), program_.views);
}

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
  if (sync.wait_timeout) out.wait_timeout = *sync.wait_timeout;
  return out;
}

const sql::Name& Session::meant(const std::string& given, const std::vector<const sql::Name*>& candidates,
                                const Unknown& unknown) {
  const auto quoted = [](const std::string& name) { return "\"" + replace_all(name, "\"", "\"\"") + "\""; };
  std::vector<std::string> names;
  std::vector<const sql::Name*> alone;
  for (const sql::Name* one : candidates) {
    const sql::Name& name = *one;
    names.push_back(name.display());
    const std::vector<std::string> whole = {name.display(), name.schema + "." + name.name, name.sql(),
                                            quoted(name.schema) + "." + quoted(name.name)};
    if (std::find(whole.begin(), whole.end(), given) != whole.end()) return name;
    if (given == name.name || given == quoted(name.name)) alone.push_back(one);
  }
  for (const sql::Name* name : alone) {
    if (name->schema == default_schema() || alone.size() == 1) return *name;
  }
  std::vector<std::string> possible;
  for (const sql::Name* name : alone) possible.push_back(name->schema + "." + name->name);
  if (!possible.empty()) {
    throw Failure(usage_error(unknown.ambiguous, fmt::format("\"{}\" may be {}", given, join(possible, " or ")),
                              "Name it with its schema."));
  }
  throw Failure(usage_error(unknown.code,
                            fmt::format("there is no {} \"{}\" in this {}", unknown.what, given, unknown.where),
                            did_you_mean(given, names)));
}

const sql::Name& Session::named_view(const std::string& given) {
  std::vector<const sql::Name*> names;
  for (const schema::ViewDefinition& view : views()) names.push_back(&view.name);
  return meant(given, names, {"unknown_view", "ambiguous_view", "view", "project"});
}

std::vector<sql::Name> Session::named_views() {
  std::vector<sql::Name> out;
  for (const std::string& given : arguments_.positionals) out.push_back(named_view(given));
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
