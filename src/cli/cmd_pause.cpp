#include <fmt/format.h>

#include "apply/pause.hpp"
#include "catalog/read.hpp"
#include "cli/session.hpp"

namespace pgvista::cli {

namespace json = boost::json;

namespace {

// One view after the other; what was done for those before one that fails stays.
template <class Work>
ExitCode each_view(Session& session, const char* done, Work&& work) {
  const std::vector<sql::Name> views = session.named_views();
  if (views.empty()) throw Failure(usage_error("usage", "name a view", "pgvista status lists them."));
  const schema::Database database = catalog::read_database(session.connection(), {});
  const std::vector<catalog::InstalledProgram> installed = catalog::read_programs(session.connection(), database);
  json::array out;
  for (const sql::Name& view : views) {
    work(installed, view);
    out.push_back(json::object{{"schema", view.schema}, {"name", view.name}, {"state", done}});
    if (!session.json()) session.print(fmt::format("{}  {}\n", done, view.display()));
  }
  if (session.json()) session.print_json(out);
  return ExitCode::done;
}

ExitCode run_pause(Session& session) {
  return each_view(session, "paused", [&](const auto& installed, const sql::Name& view) {
    apply::pause(session.connection(), installed, view, session.limits());
  });
}

ExitCode run_resume(Session& session) {
  const apply::Watcher watcher{.message = [&](const std::string& text) { session.say(text); }};
  return each_view(session, "kept", [&](const auto& installed, const sql::Name& view) {
    apply::resume(session.connection(), installed, view, session.project(), session.limits(), watcher);
  });
}

}  // namespace

Command pause_command() {
  return {"pause",
          "Stop keeping a maintained view; its writers and readers go on",
          "VIEW…",
          {},
          run_pause,
          {},
          OlderSchema::refused};
}

Command resume_command() {
  return {"resume", "Compute a paused view anew and keep it again", "VIEW…", {}, run_resume, {}, OlderSchema::refused};
}

}  // namespace pgvista::cli
