#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <thread>
#include <cstdlib>

#include "apply/pause.hpp"
#include "catalog/read.hpp"
#include "cli/session.hpp"
#include "db/interrupt.hpp"
#include "server/port.hpp"
#include "watch/keeper.hpp"
#include "watch/supervisor.hpp"

namespace pgvista::cli {

using namespace std::chrono_literals;
using watch::Journal;

namespace {

// It keeps the next refresh waiting.
constexpr auto longest_hook = 30s;

// The command of [watch] on_refresh, with what happened in its environment. Returns its exit code; 124: it took too
// long.
int run_hook(const std::string& command, const refresh::Result& result) {
  std::vector<std::string> words;
  for (char** one = environ; *one; ++one) words.emplace_back(*one);
  words.push_back("PGVISTA_VIEW=" + result.name.display());
  words.push_back(std::string("PGVISTA_MODE=") + (result.mode ? refresh::to_string(*result.mode) : ""));
  words.push_back(fmt::format("PGVISTA_ROWS={}", result.rows.value_or(0)));
  words.push_back(fmt::format("PGVISTA_DURATION_MS={:.3f}", result.duration_ms));
  words.push_back("PGVISTA_ERROR=" + (result.error ? result.error->message : ""));
  std::vector<char*> environment;
  for (std::string& word : words) environment.push_back(word.data());
  environment.push_back(nullptr);
  std::string text = command;
  std::string shell = "sh";
  std::string option = "-c";
  char* arguments[] = {shell.data(), option.data(), text.data(), nullptr};
  // Signals are blocked here for the thread that waits for them; the command is to have its own.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  pid_t child = 0;
  // What it prints is no result of ours.
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
  const int failed = posix_spawn(&child, "/bin/sh", &files, &attributes, arguments, environment.data());
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (failed != 0) return 127;
  int status = 0;
  const auto until = std::chrono::steady_clock::now() + longest_hook;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > until || db::interrupt_signal() != 0) {
      kill(-child, SIGKILL);
      waitpid(child, &status, 0);
      return 124;
    }
    std::this_thread::sleep_for(10ms);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

// What a keeper needs of the session is read through this: keepers work on threads of their own.
class WatchCommand {
 public:
  explicit WatchCommand(Session& session)
      : session_(session),
        settings_(session.settings()),
        journal_(session.json() ? Journal::Form::json : Journal::Form::text, session.verbose(),
                 [this](const std::string& line) { write(line); }),
        health_([this] { return journal_.metrics(); }, [this] { return all_connected(); },
                "a database is out of reach") {}

  ExitCode run() {
    root_ = settings_.root;
    const bool ends = session_.arguments().has("--once");
    if (!ends) {
      db::on_hangup([] {});  // nothing is known yet that could be read again
      db::finish_when_interrupted();
      watch::tell_supervisor("READY=1");
    }
    if (!find_schema(ends)) return ended();
    read_views();  // broken definitions are told at once
    return ends ? once() : forever();
  }

 private:
  // Where views without a schema are: the database may have to say it, and may have to be waited for.
  bool find_schema(bool impatient) {
    for (bool said = false; !db::interrupted();) {
      try {
        const bool own = settings_.watch.databases.empty() || !session_.arguments().value("--database").empty();
        schema_ = own || !settings_.schema.empty() ? session_.default_schema()
                                                   : db::Connection(settings_.watch.databases.front())
                                                         .query("SELECT coalesce(current_schema(), 'public')")
                                                         .text(0, 0);
        return true;
      } catch (const Failure& failure) {
        if (failure.error().exit != ExitCode::unreachable) throw;
        if (settings_.watch.databases.size() > 1) {
          // The others are not to wait for it.
          schema_ = "public";
          return true;
        }
        if (impatient) throw;
        if (!std::exchange(said, true)) session_.say(failure.error().message + "; trying again");
        db::wait_for_interrupt(500ms);
      }
    }
    return false;
  }

  bool all_connected() const {
    const auto states = journal_.states();
    return !states.empty() &&
           std::all_of(states.begin(), states.end(), [](const auto& one) { return one.second.connected; });
  }

  static ExitCode ended() { return db::interrupt_signal() == SIGINT ? ExitCode::interrupted : ExitCode::done; }

  std::vector<std::string> urls() {
    const bool given = !session_.arguments().value("--database").empty();
    if (given || settings_.watch.databases.empty()) return {session_.url()};
    return settings_.watch.databases;
  }

  watch::KeeperOptions options_of(const std::string& url) {
    watch::KeeperOptions out;
    out.connect = [this, url] {
      auto connection = std::make_unique<db::Connection>(url, "pgvista watch");
      connection->on_notice([](std::string_view) {});
      catalog::use_schema_in_transactions(*connection, settings_.schema);
      return connection;
    };
    out.database = name_of(url);
    out.views = [this] { return read_views(); };
    out.settings = settings_.watch;
    out.refresh = settings_.refresh;
    out.refresh_jobs = settings_.refresh_jobs;
    out.bring_back = [this, url, limits = session_.limits(), maintenance = session_.maintenance_defaults()](
                         const auto& installed, const sql::Name& view) {
      db::Connection connection(url, "pgvista watch");
      connection.on_notice([](std::string_view) {});
      catalog::use_schema_in_transactions(connection, settings_.schema);
      connection.set_project(project_name(connection));
      // Files that are broken at the moment hold up only what has to be built by them.
      const project::Definitions read = project::read_definitions(root_, schema_, session_.program().views);
      try {
        const apply::Project project{read.views, settings_.schema, nullptr, maintenance};
        apply::bring_back(connection, installed, view, project, limits, {});
      } catch (const Failure& failure) {
        if (failure.error().code != "not_resumable" || read.errors.empty()) throw;
        throw Failure(read.errors);
      }
    };
    out.refreshed = [this, database = out.database](const refresh::Result& result) { tell_hooks(database, result); };
    return out;
  }

  // Keepers ask on threads of their own.
  std::string project_name(db::Connection& connection) {
    const std::lock_guard lock(naming_);
    return session_.project_name(connection);
  }

  // Without what is secret, and short where there is only one.
  static std::string name_of(const std::string& url) {
    PQconninfoOption* all = PQconninfoParse(url.c_str(), nullptr);
    std::string database;
    std::string host;
    for (PQconninfoOption* one = all; one && one->keyword; ++one) {
      const std::string word = one->keyword;
      if (word == "dbname" && one->val) database = one->val;
      if (word == "host" && one->val && one->val[0] != '/') host = one->val;
    }
    PQconninfoFree(all);
    if (database.empty()) database = std::getenv("PGDATABASE") ? std::getenv("PGDATABASE") : "postgres";
    return host.empty() ? database : database + "@" + host;
  }

  std::vector<schema::ViewDefinition> read_views() {
    project::Definitions read = project::read_definitions(root_, schema_, session_.program().views);
    if (!read.errors.empty()) throw Failure(std::move(read.errors));
    return std::move(read.views);
  }

  void tell_hooks(const std::string& database, const refresh::Result& result) {
    const auto& hook = session_.program().hooks.after_refresh;
    try {
      if (hook && result.mode && !result.error) hook(result.name.display(), refresh::to_string(*result.mode));
    } catch (const std::exception& failure) {
      journal_.log(Journal::Level::error, database, "hook_failed",
                   fmt::format("{}: {}", result.name.display(), failure.what()));
    }
    if (settings_.watch.on_refresh.empty()) return;
    const int exit = run_hook(settings_.watch.on_refresh, result);
    if (exit != 0)
      journal_.log(Journal::Level::error, database, "hook_failed",
                   fmt::format("{}: on_refresh ended with {}", result.name.display(), exit));
  }

  void write(const std::string& line) {
    if (session_.json()) return session_.print(line);
    erase_table();
    session_.say(line.substr(0, line.size() - 1));
  }

  ExitCode once() {
    bool well = true;
    std::optional<Failure> first;
    for (const std::string& url : urls()) {
      try {
        well &= watch::Keeper(options_of(url), journal_).once();
      } catch (const Failure& failure) {
        // The others are not to suffer from it.
        journal_.log(Journal::Level::error, name_of(url), "database_failed", failure.error().message);
        if (!first) first = failure;
      }
    }
    if (first) throw *first;
    return well ? ExitCode::done : ExitCode::failed;
  }

  int metrics_port() {
    const std::string given = session_.arguments().value("--metrics-port");
    if (given.empty()) return settings_.watch.metrics_port;
    int out = -1;
    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), out);
    if (error != std::errc{} || end != given.data() + given.size() || out < 0 || out > 65535)
      throw Failure(usage_error("usage", "--metrics-port takes a number from 0 to 65535"));
    return out;
  }

  ExitCode forever() {
    std::unique_ptr<server::Port> port;
    const bool wanted = !session_.arguments().value("--metrics-port").empty() || settings_.watch.metrics_port > 0;
    if (wanted) port = std::make_unique<server::Port>("127.0.0.1", metrics_port(), health_);
    if (port) session_.say(fmt::format("metrics at http://127.0.0.1:{}/metrics", port->port()));
    std::vector<std::unique_ptr<watch::Keeper>> keepers;
    for (const std::string& url : urls()) keepers.push_back(std::make_unique<watch::Keeper>(options_of(url), journal_));
    db::on_hangup([&keepers] {
      watch::tell_supervisor("RELOADING=1");
      for (const auto& keeper : keepers) keeper->reload();
      watch::tell_supervisor("READY=1");
    });
    for (const auto& keeper : keepers) keeper->start();
    stay();
    db::on_hangup([] {});
    watch::tell_supervisor("STOPPING=1");
    const db::Uninterrupted finishing;
    for (const auto& keeper : keepers) keeper->stop();
    erase_table();
    session_.say("stopped");
    return ended();
  }

  void stay() {
    const bool table = !session_.json() && !session_.quiet() && isatty(STDOUT_FILENO) != 0;
    const int patience = watch::supervisor_patience();
    auto told = std::chrono::steady_clock::now();
    auto drawn = told - 1s;
    while (!db::interrupted()) {
      db::wait_for_interrupt(table || patience > 0 ? 250ms : 1h);
      const auto now = std::chrono::steady_clock::now();
      if (patience > 0 && now - told >= std::chrono::milliseconds(patience / 3)) {
        watch::tell_supervisor("WATCHDOG=1");
        told = now;
      }
      if (table && now - drawn >= 1s) {
        draw_table();
        drawn = now;
      }
    }
  }

  void draw_table() {
    const std::vector<std::string> lines = journal_.table();
    const std::lock_guard lock(screen_);
    erase_locked();
    for (const std::string& line : lines) session_.print(line + "\n");
    drawn_ = lines.size();
  }

  void erase_table() {
    const std::lock_guard lock(screen_);
    erase_locked();
  }

  void erase_locked() {
    if (drawn_ > 0) session_.print(fmt::format("\033[{}A\033[J", drawn_));
    drawn_ = 0;
  }

  Session& session_;
  const project::Settings& settings_;
  std::filesystem::path root_;
  std::string schema_;
  Journal journal_;
  server::Health health_;
  std::mutex screen_;
  std::mutex naming_;
  std::size_t drawn_ = 0;
};

ExitCode run_watch(Session& session) { return WatchCommand(session).run(); }

}  // namespace

Command watch_command() {
  return {"watch",
          "Keep deferred views, and refresh others by schedule or when their tables change",
          "",
          {{"--once", "", "do what waits and what is due, and end"},
           {"--metrics-port", "N", "where /metrics, /live and /ready are, at 127.0.0.1 (default: nowhere)"}},
          run_watch,
          {},
          OlderSchema::upgraded};
}

}  // namespace pgvista::cli
