#include <fmt/format.h>

#include <algorithm>

#include "base/duration.hpp"
#include "base/text.hpp"
#include "cli/session.hpp"
#include "project/files.hpp"

namespace pgvista::cli {

namespace {

ExitCode run_wait(Session& session) {
  if (session.arguments().positionals.empty())
    throw Failure(usage_error("usage", "wait takes the name of a view", "pgvista wait VIEW"));
  const std::vector<sql::Name> named = session.named_views();
  const std::string longest = session.arguments().value("--timeout", "30s");
  if (!duration_ms(longest))
    throw Failure(usage_error("usage", fmt::format("--timeout takes a duration such as 30s, found \"{}\"", longest)));
  db::Connection& connection = session.connection();
  for (const sql::Name& name : named) {
    const auto view =
        std::find_if(session.views().begin(), session.views().end(), [&](const auto& one) { return one.name == name; });
    if (view->maintenance == schema::Maintenance::manual && view->kind == schema::Kind::materialized) {
      throw Failure(usage_error(
          "not_deferred", fmt::format("\"{}\" is refreshed, not kept: there is nothing to wait for", name.display()),
          fmt::format("pgvista refresh {} makes it fresh.", name.display())));
    }
    if (connection
            .query("SELECT pg_catalog.to_regclass($1) IS NULL OR pg_catalog.to_regclass('pgvista.deferred') IS NULL",
                   {name.sql()})
            .boolean(0, 0)) {
      throw Failure(project::file_error(view->source.file, "not_synced",
                                        fmt::format("\"{}\" does not exist", name.display()),
                                        "Run pgvista sync first."));
    }
    try {
      const db::Transaction transaction(connection, "ISOLATION LEVEL READ COMMITTED");
      connection.query("SELECT pgvista.wait_for($1::regclass, longest => $2::interval)",
                       {name.sql(), fmt::format("{} ms", *duration_ms(longest))});
    } catch (const db::QueryFailure& failure) {
      if (failure.error().sqlstate != "55P03") throw;
      if (session.json()) session.print_json(boost::json::object{{"error", error_json(failure.error())}});
      session.complain(failure.error());
      return ExitCode::pending;
    }
    if (!session.json()) session.print(fmt::format("{} shows what was committed before\n", name.display()));
  }
  if (session.json()) {
    boost::json::array out;
    for (const sql::Name& name : named)
      out.push_back({{"name", name.name}, {"schema", name.schema}, {"reached", true}});
    session.print_json(out);
  }
  return ExitCode::done;
}

}  // namespace

Command wait_command() {
  return {"wait",
          "Wait until deferred views show everything that is committed now",
          "VIEW…",
          {{"--timeout", "DURATION", "how long at most (default: 30s); then exit 3"}},
          run_wait};
}

}  // namespace pgvista::cli
