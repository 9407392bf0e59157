#include <fmt/format.h>
#include <unistd.h>

#include "base/text.hpp"
#include "catalog/clocks.hpp"
#include "cli/plan_output.hpp"
#include "cli/progress.hpp"

namespace pgvista::cli {

namespace {

ExitCode finish(Session& session, const plan::Plan& plan, bool dry_run, bool pruned) {
  const bool refused = !plan.errors.empty();
  if (session.json()) {
    session.print_json(plan_json(plan, refused || dry_run ? plan.pending() || refused : false));
  } else {
    if (dry_run) print_plan(session, plan, true);
    print_strays(session, plan, pruned);
    print_lacking(session, plan);
    if (plan.steps.empty() && !refused)
      session.print(fmt::format("nothing to do: {} {} as defined\n", plan.views.size(),
                                plan.views.size() == 1 ? "view is" : "views are"));
  }
  for (const Error& error : plan.errors) session.complain(error);
  return refused ? ExitCode::failed : ExitCode::done;
}

void tell_hooks(const Hooks& hooks, const plan::Plan& plan) {
  if (hooks.after_sync_view) {
    for (const auto& view : plan.views) hooks.after_sync_view(view.name.display(), plan::to_string(view.status));
  }
  if (hooks.after_sync) hooks.after_sync(!plan.steps.empty());
}

// The rows of what depends on the present time are as of now, too. Who is writing meanwhile moves it as well.
void move_clocks(Session& session) {
  for (const catalog::ProgramClock& one : catalog::read_clocks(session.connection())) {
    if (!one.deferred && one.age.value_or(0) > one.every_ms) catalog::move_clock(session.connection(), one);
  }
}

ExitCode run_sync(Session& session) {
  const Arguments& arguments = session.arguments();
  const plan::Options options = plan_options(session);
  if (arguments.has("--dry-run")) {
    return finish(session, apply::survey(session.connection(), session.project(), options, session.limits()).plan, true,
                  options.prune);
  }
  Progress progress(!session.quiet() && isatty(STDERR_FILENO) != 0);
  apply::Watcher watcher;
  watcher.filling = [&](const sql::Name& name, std::optional<double> expected) {
    progress.begin(name.display(), expected);
  };
  watcher.filled = [&](const sql::Name& name) { progress.end(name.display()); };
  watcher.message = [&](const std::string& text) { session.say(text); };
  watcher.finished = [&](const plan::Step& step, double milliseconds) {
    if (session.json()) return;
    session.print(fmt::format("{} {}\n", session.colored("1;32", fmt::format("{:<9}", plan::to_string(step.action))),
                              step_text(step)));
    session.detail(fmt::format("          {}", human_duration(milliseconds)));
  };
  const plan::Plan plan = apply::sync(session.connection(), session.project(), options, session.limits(), watcher).plan;
  move_clocks(session);
  const ExitCode code = finish(session, plan, false, options.prune);
  if (code == ExitCode::done) tell_hooks(session.program().hooks, plan);
  return code;
}

}  // namespace

Command sync_command() {
  return {"sync",
          "Make the database match the definitions",
          "[VIEW…]",
          {{"--force", "", "rebuild under views that pgvista does not manage; they are kept exactly"},
           {"--adopt", "", "take over existing views that differ, and make them match"},
           {"--prune", "", "drop managed views and indexes that are defined nowhere any more"},
           {"--create-indexes", "", "make the indexes that base tables lack for the maintenance of views"},
           {"--recompile", "", "make anew what an older pgvista compiled, while its writers go on"},
           {"--all-or-nothing", "", "change nothing while one view is refused; else the others are made"},
           {"--dry-run", "", "only show what would be done"}},
          run_sync,
          {},
          OlderSchema::upgraded};
}

}  // namespace pgvista::cli
