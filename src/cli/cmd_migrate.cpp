#include <fmt/format.h>
#include <unistd.h>

#include "base/text.hpp"
#include "cli/plan_output.hpp"
#include "cli/migrations.hpp"
#include "cli/progress.hpp"
#include "migrate/show.hpp"

namespace pgvista::cli {

namespace json = boost::json;

namespace {

json::object run_json(const apply::MigrationRun& run) {
  json::array operations;
  for (const std::string& title : run.operations) operations.emplace_back(title);
  json::array views;
  for (const plan::ViewStatus& view : run.views)
    views.push_back(
        json::object{{"name", view.name.name}, {"schema", view.name.schema}, {"status", plan::to_string(view.status)}});
  return {{"name", run.id},
          {"direction", run.forwards ? "forwards" : "backwards"},
          {"status", run.status},
          {"duration_ms", run.duration_ms},
          {"operations", std::move(operations)},
          {"views", std::move(views)}};
}

class MigrateCommand {
 public:
  explicit MigrateCommand(Session& session) : session_(session), arguments_(session.arguments()) {
    if (arguments_.positionals.size() > 1)
      throw Failure(usage_error("usage", "migrate takes one target: a migration, or zero", {}));
    request_.target = arguments_.positionals.empty() ? "" : arguments_.positionals.front();
    request_.fake = arguments_.has("--fake");
    request_.fake_initial = arguments_.has("--fake-initial");
    request_.create_indexes = arguments_.has("--create-indexes");
  }

  ExitCode run() {
    status_ = read_migration_status(session_);
    if (status_.migrations.empty()) session_.say("there are no migrations; pgvista makemigrations writes the first");
    if (arguments_.has("--plan") || arguments_.has("--check")) return show_plan();
    if (request_.target == "zero" && !request_.fake &&
        !session_.confirmed(fmt::format("Take back all migrations in {}? What their tables hold is lost.",
                                        connect_plainly(session_)->description()))) {
      session_.say("nothing was done");
      return ExitCode::failed;
    }
    return run_all();
  }

 private:
  ExitCode show_plan() {
    const migrate::Graph graph(status_.migrations, status_.applied);
    std::vector<Error> changed = apply::changed_migrations(graph, status_.applied);
    if (!changed.empty()) throw Failure(std::move(changed));
    const std::vector<migrate::PathStep> steps = migrate::path_to(graph, request_.target);
    json::array all;
    std::string text;
    for (const migrate::PathStep& step : steps) {
      const std::string sql = migrate::sql_of(*step.migration, step.forwards);
      all.push_back(json::object{{"name", step.migration->id},
                                 {"direction", step.forwards ? "forwards" : "backwards"},
                                 {"operations", operations_json(*step.migration)},
                                 {"sql", sql}});
      text +=
          session_.colored("1", fmt::format("{} {}", step.forwards ? "apply" : "take back", step.migration->id)) + "\n";
      for (const migrate::Operation& operation : step.migration->operations) text += "  " + operation.title + "\n";
      if (session_.verbose()) text += sql + "\n";
    }
    if (session_.json()) {
      session_.print_json(json::object{{"migrations", std::move(all)}, {"pending", !steps.empty()}});
    } else {
      session_.print(steps.empty() ? "nothing to do\n" : text);
    }
    return arguments_.has("--check") && !steps.empty() ? ExitCode::pending : ExitCode::done;
  }

  // Those of sync: a view is made or changed the same way.
  void tell_hooks(const std::vector<apply::MigrationRun>& runs) const {
    const Hooks& hooks = session_.program().hooks;
    for (const apply::MigrationRun& run : runs) {
      for (const plan::ViewStatus& view : run.views) {
        if (hooks.after_sync_view) hooks.after_sync_view(view.name.display(), plan::to_string(view.status));
      }
    }
    if (hooks.after_sync) hooks.after_sync(!runs.empty());
  }

  ExitCode run_all() {
    Progress progress(!session_.quiet() && isatty(STDERR_FILENO) != 0);
    apply::MigrationWatcher watcher;
    watcher.views.message = [&](const std::string& text) { session_.say(text); };
    watcher.views.filling = [&](const sql::Name& name, std::optional<double> expected) {
      progress.begin(name.display(), expected);
    };
    watcher.views.filled = [&](const sql::Name& name) { progress.end(name.display()); };
    watcher.views.finished = [&](const plan::Step& step, double) {
      session_.detail(fmt::format("    {} {}", plan::to_string(step.action), step_text(step)));
    };
    watcher.operation = [&](const migrate::Migration&, const std::string& title, int number, int of) {
      if (!session_.json()) session_.detail(fmt::format("  {}/{} {}", number, of, title));
    };
    json::array all;
    watcher.finished = [&](const apply::MigrationRun& run) {
      all.push_back(run_json(run));
      if (!session_.json())
        session_.print(fmt::format("{} {}  ({})\n", session_.colored("1;32", fmt::format("{:<9}", run.status)), run.id,
                                   human_duration(run.duration_ms)));
    };
    std::vector<Error> errors;
    std::vector<apply::MigrationRun> runs;
    try {
      runs = apply::migrate([&] { return connect_plainly(session_); },
                            {status_.migrations, session_.settings().schema, status_.default_schema}, request_,
                            session_.limits(), watcher);
    } catch (const Failure& failure) {
      if (!session_.json()) throw;
      errors = failure.errors();
    }
    if (errors.empty()) tell_hooks(runs);
    if (session_.json()) {
      json::object document{{"migrations", all}, {"pending", !errors.empty()}};
      if (!errors.empty()) document["error"] = error_json(errors.front());
      session_.print_json(document);
      for (const Error& error : errors) session_.complain(error);
      return errors.empty() ? ExitCode::done : errors.front().exit;
    }
    if (all.empty()) session_.print("nothing to do\n");
    return ExitCode::done;
  }

  Session& session_;
  const Arguments& arguments_;
  apply::MigrateRequest request_;
  MigrationStatus status_;
};

}  // namespace

Command migrate_command() {
  return {"migrate",
          "Run migrations, forwards or backwards",
          "[MIGRATION|zero]",
          {{"--plan", "", "only show what would run (--verbose: with its SQL)"},
           {"--check", "", "only show it; exit 3 when something would run"},
           {"--fake", "", "only write down that it is done"},
           {"--fake-initial", "",
            "where the tables and views of a first migration are there already and equal, write it down as done"},
           {"--create-indexes", "", "make the indexes that base tables lack for the maintenance of views"}},
          [](Session& session) { return MigrateCommand(session).run(); },
          {},
          OlderSchema::upgraded};
}

}  // namespace pgvista::cli
