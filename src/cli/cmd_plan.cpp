#include <algorithm>

#include "cli/plan_output.hpp"

namespace pgvista::cli {

namespace {

ExitCode run_plan(Session& session) {
  const Arguments& arguments = session.arguments();
  const plan::Options options = plan_options(session);
  const apply::Survey survey = apply::survey(session.connection(), session.project(), options, session.limits());
  const plan::Plan& plan = survey.plan;
  if (session.json()) {
    session.print_json(plan_json(plan, plan.pending()));
  } else {
    print_plan(session, plan, arguments.has("--sql"));
    print_strays(session, plan, options.prune);
    print_lacking(session, plan);
    if (!plan.pending() && plan.errors.empty()) session.print("nothing to do\n");
  }
  if (plan.recorded_only) session.say("temporary views are impossible here: compared with what the last sync recorded");
  for (const Error& error : plan.errors) session.complain(error);
  // There is something to do, and --force does it.
  const bool forceable = std::all_of(plan.errors.begin(), plan.errors.end(),
                                     [](const Error& error) { return error.code == "force_required"; });
  if (!plan.errors.empty()) return forceable ? ExitCode::pending : ExitCode::failed;
  return plan.pending() ? ExitCode::pending : ExitCode::done;
}

}  // namespace

Command plan_command() {
  return {"plan",
          "Show what sync would do",
          "[VIEW…]",
          {{"--sql", "", "with the statements and what changes in definitions"},
           {"--force", "", "as sync --force"},
           {"--adopt", "", "as sync --adopt"},
           {"--prune", "", "as sync --prune"},
           {"--all-or-nothing", "", "as sync --all-or-nothing"},
           {"--recompile", "", "as sync --recompile"}},
          run_plan};
}

}  // namespace pgvista::cli
