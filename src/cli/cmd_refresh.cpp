#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "apply/sync.hpp"
#include "base/text.hpp"
#include "catalog/read.hpp"
#include "cli/progress.hpp"
#include "cli/session.hpp"
#include "refresh/refresh.hpp"

namespace pgvista::cli {

namespace json = boost::json;

namespace {

int jobs_of(Session& session) {
  const std::string given = session.arguments().value("--jobs");
  if (given.empty()) return session.settings().refresh_jobs;
  if (given.find_first_not_of("0123456789") != std::string::npos || given.size() > 2 || std::stoi(given) < 1 ||
      std::stoi(given) > 64) {
    throw Failure(usage_error("usage", fmt::format("--jobs takes a number from 1 to 64, found \"{}\"", given), {}));
  }
  return std::stoi(given);
}

refresh::Request request_of(Session& session) {
  const Arguments& arguments = session.arguments();
  refresh::Request request;
  request.views = session.named_views();
  for (const sql::Name& name : request.views) {
    const auto view = std::find_if(session.views().begin(), session.views().end(),
                                   [&](const auto& known) { return known.name == name; });
    if (view->kind == schema::Kind::view) {
      throw Failure(usage_error("not_materialized",
                                fmt::format("\"{}\" is a plain view: it holds no rows to refresh", name.display()),
                                "It is always as fresh as its tables."));
    }
  }
  for (const sql::Name& name : request.views) {
    const auto view = std::find_if(session.views().begin(), session.views().end(),
                                   [&](const auto& known) { return known.name == name; });
    if (schema::maintained(*view)) {
      throw Failure(usage_error("maintained",
                                fmt::format("\"{}\" keeps itself fresh: it is never refreshed", name.display()),
                                "pgvista verify --repair compares it with its query and mends what differs."));
    }
  }
  request.concurrently = arguments.has("--concurrently");
  request.fallback = arguments.has("--fallback");
  request.with_dependents = arguments.has("--with-dependents");
  request.jobs = jobs_of(session);
  const project::Timeouts& limits = session.settings().refresh;
  if (!limits.lock_timeout.empty()) request.lock_timeout = limits.lock_timeout;
  if (limits.lock_retries >= 0) request.lock_retries = limits.lock_retries;
  if (limits.wait_timeout) request.wait_timeout = *limits.wait_timeout;
  request.only = arguments.has("--only");
  request.statement_timeout = limits.statement_timeout;
  return request;
}

json::value result_json(const refresh::Result& result) {
  return json::object{{"name", result.name.name},
                      {"schema", result.name.schema},
                      {"mode", result.mode ? json::value(refresh::to_string(*result.mode)) : json::value(nullptr)},
                      {"duration_ms", result.duration_ms},
                      {"rows", result.rows ? json::value(*result.rows) : json::value(nullptr)},
                      {"error", result.error ? json::value(error_json(*result.error)) : json::value(nullptr)}};
}

void print_result(const Session& session, const refresh::Result& result) {
  if (result.error) return session.complain(*result.error);
  if (session.json()) return;
  session.print(fmt::format("{} {}  {} rows in {}{}\n",
                            session.colored("1;32", fmt::format("{:<10}", refresh::to_string(*result.mode))),
                            result.name.display(), result.rows.value_or(0), human_duration(result.duration_ms),
                            result.shared ? "  (by a refresh that began after this request)" : ""));
}

ExitCode exit_of(const std::vector<refresh::Result>& results) {
  ExitCode code = ExitCode::done;
  for (const refresh::Result& result : results) {
    if (!result.error) continue;
    if (result.error->exit != ExitCode::locked) return ExitCode::failed;
    code = ExitCode::locked;
  }
  return code;
}

ExitCode run_refresh(Session& session) {
  const refresh::Request request = request_of(session);
  db::Connection& connection = session.connection();
  const schema::Database database = catalog::read_database(connection, apply::names_in(session.views()));
  Progress progress(!session.quiet() && isatty(STDERR_FILENO) != 0);
  refresh::Watcher watcher;
  watcher.started = [&](const sql::Name& name, refresh::Mode, std::optional<double> expected) {
    progress.begin(name.display(), expected);
  };
  watcher.finished = [&](const refresh::Result& result) {
    progress.end(result.name.display());
    print_result(session, result);
  };
  watcher.message = [&](const std::string& text) { session.say(text); };
  const auto results = refresh::refresh(
      connection, [&] { return session.connect(); }, session.views(), database, request, watcher);
  if (session.program().hooks.after_refresh) {
    for (const refresh::Result& result : results) {
      if (result.mode && !result.error)
        session.program().hooks.after_refresh(result.name.display(), refresh::to_string(*result.mode));
    }
  }
  if (session.json()) {
    json::array out;
    for (const refresh::Result& result : results) out.push_back(result_json(result));
    session.print_json(out);
  } else if (results.empty()) {
    session.print("nothing to refresh: the project has no materialized view\n");
  }
  return exit_of(results);
}

}  // namespace

Command refresh_command() {
  return {"refresh",
          "Refresh materialized views in dependency order",
          "[VIEW…]",
          {{"--concurrently", "", "let readers go on; refused where PostgreSQL cannot"},
           {"--fallback", "", "with --concurrently: where it cannot, refresh so that readers wait"},
           {"--with-dependents", "", "also what reads the named views"},
           {"--only", "", "not what the named views read: by default that is refreshed first"},
           {"--jobs", "N", "refresh independent views at once"}},
          run_refresh};
}

}  // namespace pgvista::cli
