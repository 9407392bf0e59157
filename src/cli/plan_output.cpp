#include "cli/plan_output.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace pgvista::cli {

namespace json = boost::json;

namespace {

// As they are run: phase by phase.
std::vector<std::string> ordered_sql(const plan::Step& step) {
  std::vector<plan::Statement> statements = step.statements;
  std::stable_sort(statements.begin(), statements.end(),
                   [](const auto& a, const auto& b) { return a.phase < b.phase; });
  std::vector<std::string> out;
  for (const plan::Statement& statement : statements) out.push_back(statement.sql);
  return out;
}

}  // namespace

plan::Options plan_options(Session& session) {
  const Arguments& arguments = session.arguments();
  plan::Options out;
  out.force = arguments.has("--force");
  out.adopt = arguments.has("--adopt");
  out.prune = arguments.has("--prune");
  out.create_indexes = arguments.has("--create-indexes");
  out.recompile = arguments.has("--recompile");
  out.all_or_nothing = arguments.has("--all-or-nothing");
  out.only = session.named_views();
  return out;
}

json::object plan_json(const plan::Plan& plan, bool pending) {
  json::array views;
  for (const plan::ViewStatus& view : plan.views)
    views.push_back(
        json::object{{"name", view.name.name}, {"schema", view.name.schema}, {"status", plan::to_string(view.status)}});
  json::array steps;
  for (const plan::Step& step : plan.steps) {
    json::array sql;
    for (const std::string& statement : ordered_sql(step)) sql.push_back(json::string(statement));
    json::object item{{"view", step.view.name},
                      {"schema", step.view.schema},
                      {"action", plan::to_string(step.action)},
                      {"reason", step.reason},
                      {"sql", std::move(sql)}};
    if (!step.diff.empty()) item["diff"] = step.diff;
    if (!step.lost.empty()) item["lost"] = json::array(step.lost.begin(), step.lost.end());
    steps.push_back(std::move(item));
  }
  json::array strays;
  for (const plan::Stray& stray : plan.strays)
    strays.push_back(json::object{{"kind", stray.kind}, {"schema", stray.name.schema}, {"name", stray.name.name}});
  json::object out{
      {"views", std::move(views)}, {"steps", std::move(steps)}, {"strays", std::move(strays)}, {"pending", pending}};
  if (!plan.lacking.empty()) out["missing_indexes"] = lacking_json(plan.lacking);
  if (!plan.errors.empty()) {
    out["error"] = error_json(plan.errors.front());
    json::array all;
    for (const Error& error : plan.errors) all.push_back(error_json(error));
    out["errors"] = std::move(all);
  }
  if (plan.recorded_only) out["compared_with"] = "recorded";
  return out;
}

std::string step_text(const plan::Step& step) {
  std::string out = step.view.display();
  if (!step.reason.empty()) out += "  (" + step.reason + ")";
  if (!step.lost.empty()) out += ", without " + join(step.lost, ", ") + ", which it cannot have";
  return out;
}

void print_plan(const Session& session, const plan::Plan& plan, bool sql) {
  for (const plan::Step& step : plan.steps) {
    const std::string action = fmt::format("{:<9}", plan::to_string(step.action));
    session.print(fmt::format("{} {}\n", session.colored("1;36", action), step_text(step)));
    if (!sql) continue;
    for (const std::string& line : split_lines(step.diff)) {
      const char* color = line.starts_with('+') ? "32" : line.starts_with('-') ? "31" : "2";
      session.print("    " + session.colored(color, line) + "\n");
    }
    for (const std::string& statement : ordered_sql(step)) {
      for (const std::string& line : split_lines(statement + ";")) session.print("          " + line + "\n");
    }
  }
}

std::string lacking_text(const plan::Lacking& lacking) {
  const auto& [index, without, with, invalid] = lacking.index;
  const std::string cost = without && with ? fmt::format(" (cost {:.0f}, and {:.0f} with one)", *without, *with) : "";
  return fmt::format(
      "{} has {} index on {}{}: a change below {} reads all of it{}; pgvista sync --create-indexes builds it while "
      "writers go on",
      index.table.display(), invalid ? "an invalid" : "no", index.column,
      invalid ? ", which is being built or was broken off" : "", lacking.view.display(), cost);
}

namespace {

json::value optional_json(const std::optional<double>& value) {
  return value ? json::value(*value) : json::value(nullptr);
}

}  // namespace

json::array lacking_json(const std::vector<plan::Lacking>& lacking) {
  json::array out;
  for (const plan::Lacking& one : lacking) {
    out.push_back(json::object{{"view", one.view.name},
                               {"schema", one.view.schema},
                               {"table", one.index.index.table.display()},
                               {"column", one.index.index.column},
                               {"sql", one.index.index.sql()},
                               {"invalid", one.index.invalid},
                               {"cost_without", optional_json(one.index.without)},
                               {"cost_with", optional_json(one.index.with)}});
  }
  return out;
}

void print_lacking(const Session& session, const plan::Plan& plan) {
  for (const plan::Lacking& one : plan.lacking) session.print("slow      " + lacking_text(one) + "\n");
}

void print_strays(const Session& session, const plan::Plan& plan, bool pruned) {
  if (pruned) return;
  for (const plan::Stray& stray : plan.strays)
    session.print(
        fmt::format("stray     {} {} is defined nowhere; --prune drops it\n", stray.kind, stray.name.display()));
}

}  // namespace pgvista::cli
