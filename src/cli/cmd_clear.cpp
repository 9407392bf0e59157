#include <fmt/format.h>

#include <algorithm>

#include "apply/clear.hpp"
#include "base/text.hpp"
#include "cli/session.hpp"

namespace pgvista::cli {

namespace json = boost::json;

namespace {

ExitCode run_clear(Session& session) {
  const std::vector<sql::Name> named = session.named_views();
  const std::string what = named.empty() ? session.arguments().has("--all-projects")
                                               ? "all views that pgvista made, of every project,"
                                               : "all views that pgvista made for this project"
                                         : fmt::format("{} {}", named.size(), named.size() == 1 ? "view" : "views");
  if (!session.confirmed(fmt::format("Drop {} in {}?", what, session.connection().description()))) {
    session.say("nothing was dropped");
    return ExitCode::failed;
  }
  const apply::Watcher watcher{.message = [&](const std::string& text) { session.say(text); }};
  const auto dropped = apply::clear(session.connection(), named, session.limits(), watcher);
  if (session.json()) {
    json::array out;
    for (const apply::Dropped& object : dropped)
      out.push_back(json::object{{"kind", object.kind}, {"schema", object.name.schema}, {"name", object.name.name}});
    session.print_json(json::object{{"dropped", std::move(out)}});
    return ExitCode::done;
  }
  for (const apply::Dropped& object : dropped)
    session.print(fmt::format("dropped   {} {}\n", object.kind, object.name.display()));
  if (dropped.empty()) session.print("nothing to drop\n");
  return ExitCode::done;
}

}  // namespace

Command clear_command() {
  return {"clear",
          "Drop what pgvista made, nothing else",
          "[VIEW…]",
          {{"--all-projects", "", "also what other projects made in this database"}},
          run_clear,
          {},
          OlderSchema::upgraded};
}

}  // namespace pgvista::cli
