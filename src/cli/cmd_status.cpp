#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "base/duration.hpp"
#include "catalog/clocks.hpp"
#include "catalog/deferred.hpp"
#include "catalog/read.hpp"
#include "cli/plan_output.hpp"
#include "cli/session.hpp"
#include "plan/steps.hpp"
#include "refresh/eligibility.hpp"
#include "refresh/freshness.hpp"

namespace pgvista::cli {

namespace json = boost::json;

namespace {

struct Line {
  const schema::ViewDefinition* view = nullptr;
  const schema::Relation* live = nullptr;
  std::string strategy;
  bool in_sync = false;
  bool waits_to_be_adopted = false;  // it is as defined, and nothing of pgvista's knows it yet
  std::optional<long long> size;
  std::optional<long long> rows;  // of a maintained view's store
  refresh::Freshness freshness;
  std::vector<std::string> health;
  std::vector<plan::Lacking> lacking;          // it is right all the same
  std::vector<std::string> outgrown;           // tables whose statistics are others since the way to keep it was chosen
  std::string state;                           // of a maintained view: kept, stale or paused
  std::optional<catalog::Lag> lag;             // of a deferred view, or one that is refreshed on change
  std::optional<catalog::ProgramClock> clock;  // of a view whose rows depend on the present time
};

// Sizes need ACCESS SHARE for a moment; behind a REFRESH the estimate of the catalogue serves.
std::map<schema::Oid, long long> sizes(db::Connection& connection, const std::vector<Line>& lines) {
  std::map<schema::Oid, long long> out;
  std::vector<std::string> oids;
  for (const Line& line : lines) {
    if (!line.live || !line.live->materialized()) continue;
    out[line.live->oid] = line.live->pages * 8192;
    oids.push_back(std::to_string(line.live->oid));
  }
  if (oids.empty()) return out;
  try {
    const db::Transaction transaction(connection);
    connection.execute("SET LOCAL lock_timeout = '100ms'");
    const db::Rows rows =
        connection.query("SELECT o, pg_catalog.pg_total_relation_size(o) FROM pg_catalog.unnest($1::oid[]) o",
                         {db::array_literal(oids)});
    for (int row = 0; row < rows.size(); ++row)
      out[static_cast<schema::Oid>(rows.integer(row, 0))] = rows.integer(row, 1);
  } catch (const db::QueryFailure& failure) {
    if (connection.lost() || failure.error().exit != ExitCode::locked) throw;
  }
  return out;
}

void judge_health(Line& line, const schema::Database& database) {
  if (!line.live) {
    line.health.push_back("it does not exist");
    return;
  }
  for (const schema::LiveIndex& index : line.live->indexes) {
    if (!index.valid) line.health.push_back(fmt::format("the index {} is invalid", index.name));
  }
  if (!line.live->populated) line.health.push_back("it holds no rows: it cannot be read");
  if (line.freshness.last && line.freshness.last->error)
    line.health.push_back("the last refresh failed: " + *line.freshness.last->error);
  const auto record = database.records.find(line.view->name);
  for (const schema::Leftover& left : database.leftovers) {
    const bool own = left.name == plan::beside_name(line.view->name) || left.name == plan::away_name(line.view->name);
    if (own)
      line.health.push_back(
          fmt::format("{} is left of a run that was broken off: pgvista sync takes it away", left.name.display()));
  }
  if (record != database.records.end() && record->second.refresh_due)
    line.health.push_back("what it reads was changed by sync, and its refresh is due");
}

void judge_maintained(const std::optional<catalog::HealthReader>& health, Line& line,
                      const catalog::Maintenance& maintenance) {
  line.strategy.clear();
  if (maintenance.of(line.view->name).size() > 1)
    line.health.emplace_back(
        "two programs keep it, one of them left of a run that was broken off: pgvista sync takes it away");
  for (const catalog::InstalledProgram* program : maintenance.of(line.view->name)) {
    line.strategy = program->strategy;
    line.state = program->state.empty() ? "kept" : program->state;
    if (program->state == "paused") line.health.emplace_back("it is paused: pgvista resume keeps it again");
    line.size = program->size;
    line.rows = program->rows >= 0 ? std::optional(static_cast<long long>(program->rows)) : std::nullopt;
    for (std::string& text : health->of(*program)) line.health.push_back(std::move(text));
  }
  if (line.live && !line.strategy.empty())
    line.freshness.stale = line.in_sync && line.health.empty() ? std::optional(false) : std::nullopt;
  // It is kept as rightly as ever.
  for (const catalog::InstalledProgram* program : maintenance.of(line.view->name)) {
    if (std::string text = catalog::compiled_before(*program); !text.empty()) line.health.push_back(std::move(text));
  }
}

// Changes that wait so long are not being looked after.
constexpr double long_wait_seconds = 60;

std::string since_text(double seconds) { return human_duration(seconds * 1000); }

void judge_lag(Line& line, const std::vector<catalog::Lag>& lags, const std::optional<std::string>& watch) {
  if (!line.live || !schema::kept_by_watch(*line.view)) return;
  for (const catalog::Lag& one : lags) {
    if (one.view == line.view->name) line.lag = one;
  }
  const bool waits = line.lag && line.lag->notes > 0;
  // What is wrong with how it is kept leaves it unknown; that nobody drains it does not: what waits is counted.
  const bool behind = waits || (line.lag && line.lag->stale);
  if (line.view->maintenance == schema::Maintenance::deferred && line.lag && (behind || line.freshness.stale))
    line.freshness.stale = behind;
  if (line.lag && line.lag->stale) line.health.push_back("it is computed as a whole next: " + *line.lag->stale);
  if (!watch)
    line.health.emplace_back(
        waits ? fmt::format("{} changed rows have waited for up to {}, and no pgvista watch is running",
                            line.lag->changes, since_text(line.lag->seconds.value_or(0)))
              : "no pgvista watch is running");
  if (watch && waits && line.lag->seconds.value_or(0) > long_wait_seconds)
    line.health.push_back(fmt::format("{} changed rows have waited for up to {}, though {} is running",
                                      line.lag->changes, since_text(*line.lag->seconds), *watch));
}

// Its rows are as of the time of its clock. Nobody moves one while nobody writes and no watch runs.
void judge_clock(Line& line, const std::vector<catalog::ProgramClock>& clocks,
                 const std::optional<std::string>& watch) {
  if (!line.live || !schema::maintained(*line.view)) return;
  for (const catalog::ProgramClock& one : clocks) {
    if (one.view == line.view->name && one.age) line.clock = one;
  }
  constexpr double slack_ms = 5000;  // a move takes a moment
  if (!line.clock || *line.clock->age <= line.clock->every_ms + slack_ms) return;
  if (line.freshness.stale) line.freshness.stale = true;
  line.health.push_back(fmt::format("its present time is {} old, and may be {}: {}", human_duration(*line.clock->age),
                                    human_duration(line.clock->every_ms),
                                    watch ? *watch + " could not move it" : "no pgvista watch is running"));
}

// Older than the definition allows.
void judge_age(db::Connection& connection, Line& line) {
  const auto longest = duration_ms(line.view->max_staleness);
  if (line.view->max_staleness.empty() || !longest || !line.live) return;
  std::optional<double> age;
  if (line.lag && line.view->maintenance == schema::Maintenance::deferred) age = line.lag->seconds.value_or(0) * 1000;
  if (line.view->maintenance == schema::Maintenance::manual && line.freshness.filled_at) {
    age = connection
              .query("SELECT extract(epoch FROM pg_catalog.clock_timestamp() - $1::timestamptz) * 1000",
                     {*line.freshness.filled_at})
              .number(0, 0);
  }
  if (line.clock) age = std::max(age.value_or(0), *line.clock->age);
  if (age && *age > *longest)
    line.health.push_back(
        fmt::format("its rows are {} old, max_staleness is {}", human_duration(*age), line.view->max_staleness));
}

// Is it as it is defined? And what looks its rows up slowly, though rightly.
void judge_sync(Line& line, const apply::Survey& survey, std::size_t number) {
  const plan::Plan& plan = survey.plan;
  const sql::Name& name = line.view->name;
  const auto of_it = [&](const plan::Step& step) { return step.view == name; };
  const bool has_step = std::any_of(plan.steps.begin(), plan.steps.end(), of_it);
  line.waits_to_be_adopted =
      line.live && has_step && std::all_of(plan.steps.begin(), plan.steps.end(), [&](const plan::Step& step) {
        return !of_it(step) || step.action == plan::Action::adopt;
      });
  line.in_sync = line.live && survey.meanings.views[number].known && !has_step &&
                 std::none_of(plan.views.begin(), plan.views.end(), [&](const auto& status) {
                   return status.name == name &&
                          (status.status == plan::Status::refused || status.status == plan::Status::force_required);
                 });
  std::copy_if(plan.lacking.begin(), plan.lacking.end(), std::back_inserter(line.lacking),
               [&](const plan::Lacking& one) { return one.view == name; });
}

// What sync would do, and why.
void judge_drift(Line& line, const plan::Plan& plan) {
  if (line.waits_to_be_adopted) return;
  for (const plan::Step& step : plan.steps) {
    if (step.view == line.view->name && !step.reason.empty())
      line.health.push_back(fmt::format("pgvista sync would {} it: {}", plan::to_string(step.action), step.reason));
  }
}

// The server's estimate; without one, what the last refresh counted.
std::optional<long long> rows_of(const Line& line) {
  if (schema::maintained(*line.view)) return line.rows;
  if (!line.live || !line.live->materialized()) return std::nullopt;
  return line.live->rows >= 0 ? std::optional(static_cast<long long>(line.live->rows)) : line.freshness.rows;
}

json::value lag_json(const Line& line) {
  if (!line.lag) return nullptr;
  const catalog::Lag& lag = *line.lag;
  return json::object{
      {"changes", lag.changes},       {"seconds", lag.seconds.value_or(0)},
      {"queue_bytes", lag.bytes},     {"snapshot", lag.snapshot},
      {"applied_at", lag.applied_at}, {"dropped", lag.stale ? json::value(*lag.stale) : json::value(nullptr)}};
}

json::value clock_json(const Line& line) {
  if (!line.clock) return nullptr;
  return json::object{
      {"at", line.clock->at}, {"seconds", *line.clock->age / 1000}, {"every_seconds", line.clock->every_ms / 1000}};
}

json::value line_json(const Line& line) {
  json::value last = nullptr;
  if (line.freshness.last) {
    const refresh::LastRefresh& run = *line.freshness.last;
    last = json::object{{"at", run.at ? json::value(*run.at) : json::value(nullptr)},
                        {"duration_ms", run.by_hand ? json::value(nullptr) : json::value(run.duration_ms)},
                        {"mode", run.mode},
                        {"by_hand", run.by_hand},
                        {"error", run.error ? json::value(*run.error) : json::value(nullptr)}};
  }
  json::array health;
  for (const std::string& text : line.health) health.push_back(json::string(text));
  const bool stored = line.live && (line.live->materialized() || schema::maintained(*line.view));
  return json::object{
      {"name", line.view->name.name},
      {"schema", line.view->name.schema},
      {"kind", schema::to_string(line.view->kind)},
      {"maintenance", line.view->kind == schema::Kind::view ? json::value(nullptr)
                                                            : json::value(schema::to_string(line.view->maintenance))},
      {"strategy", line.strategy.empty() ? json::value(nullptr) : json::value(line.strategy)},
      {"state", line.state.empty() ? json::value(nullptr) : json::value(line.state)},
      {"populated", stored ? json::value(line.live->populated) : json::value(nullptr)},
      {"rows", rows_of(line) ? json::value(*rows_of(line)) : json::value(nullptr)},
      {"size_bytes", line.size ? json::value(*line.size) : json::value(nullptr)},
      {"in_sync", line.in_sync},
      {"stale", line.freshness.stale ? json::value(*line.freshness.stale) : json::value(nullptr)},
      {"health", std::move(health)},
      {"last_refresh", std::move(last)},
      {"lag", lag_json(line)},
      {"clock", clock_json(line)},
      {"missing_indexes", lacking_json(line.lacking)},
      {"statistics_moved", json::array(line.outgrown.begin(), line.outgrown.end())}};
}

std::string freshness_text(const Line& line) {
  if (line.view->kind == schema::Kind::view) return "always";
  if (line.state == "paused" || line.state == "stale") return line.state;
  if (!line.freshness.stale) return "unknown";
  if (line.view->maintenance == schema::Maintenance::deferred && line.lag && line.lag->notes > 0)
    return human_duration(line.lag->seconds.value_or(0) * 1000);
  if (line.clock) return human_duration(*line.clock->age);
  return *line.freshness.stale ? "stale" : "fresh";
}

std::string last_text(const Line& line) {
  if (!line.freshness.last) return "-";
  const refresh::LastRefresh& run = *line.freshness.last;
  std::string out = run.at ? run.at->substr(0, 19) : "at an unknown time";
  if (run.by_hand) return out + ", by hand";
  return out + fmt::format(", {} in {}", run.mode, human_duration(run.duration_ms));
}

std::string outgrown_text(const std::vector<std::string>& tables) {
  return fmt::format(
      "{} {} ten times more or fewer rows since the way to keep it was chosen: pgvista check says whether another is "
      "better, sync --recompile takes it",
      join(tables, ", "), tables.size() == 1 ? "has" : "have");
}

void print_lines(const Session& session, const std::vector<Line>& lines) {
  std::size_t width = 4;
  for (const Line& line : lines) width = std::max(width, line.view->name.display().size());
  session.print(session.colored("1", fmt::format("{:<{}}  {:<12}  {:<8}  {:>9}  {:>9}  {:<7}  {}", "VIEW", width,
                                                 "KIND", "SYNC", "~ROWS", "SIZE", "FRESH", "LAST REFRESH")) +
                "\n");
  for (const Line& line : lines) {
    session.print(fmt::format(
        "{:<{}}  {:<12}  {:<8}  {:>9}  {:>9}  {:<7}  {}\n", line.view->name.display(), width,
        schema::maintained(*line.view) ? schema::to_string(line.view->maintenance) : schema::to_string(line.view->kind),
        line.in_sync               ? "ok"
        : !line.live               ? "missing"
        : line.waits_to_be_adopted ? "to adopt"
                                   : "drifted",
        rows_of(line) ? std::to_string(*rows_of(line)) : "-", line.size ? human_size(*line.size) : "-",
        freshness_text(line), last_text(line)));
    if (line.clock) session.print("    its rows are as of " + line.clock->at + "\n");
    for (const std::string& text : line.health) session.print("    " + session.colored("33", text) + "\n");
    for (const plan::Lacking& one : line.lacking) session.print("    " + lacking_text(one) + "\n");
    if (!line.outgrown.empty()) session.print("    " + outgrown_text(line.outgrown) + "\n");
  }
}

ExitCode run_status(Session& session) {
  const std::vector<sql::Name> named = session.named_views();
  const apply::Survey survey = apply::survey(session.connection(), session.project(), {}, session.limits());
  refresh::FreshnessReader freshness(session.connection(), survey.database);
  std::optional<catalog::HealthReader> health;
  if (!survey.maintenance.installed.empty()) health.emplace(session.connection());
  const std::vector<catalog::Lag> lags =
      survey.database.ledger ? catalog::read_lags(session.connection()) : std::vector<catalog::Lag>{};
  const std::vector<catalog::ProgramClock> clocks =
      survey.database.ledger ? catalog::read_clocks(session.connection()) : std::vector<catalog::ProgramClock>{};
  // PostgreSQL prepares no transaction that has notified.
  const bool told_by_watch =
      session.connection().query("SELECT pg_catalog.current_setting('max_prepared_transactions') <> '0'").boolean(0, 0);
  const std::optional<std::string> watch =
      survey.database.ledger ? catalog::active_watch(session.connection()) : std::nullopt;
  std::vector<Line> lines;
  bool drift = false;
  for (const std::size_t i : survey.graph.order) {
    const schema::ViewDefinition& view = session.views()[i];
    if (!named.empty() && std::find(named.begin(), named.end(), view.name) == named.end()) continue;
    Line line;
    line.view = &view;
    line.live = catalog::live_of(survey.database, view);
    judge_sync(line, survey, i);
    if (view.kind == schema::Kind::materialized) line.strategy = "full";
    if (schema::maintained(view)) judge_maintained(health, line, survey.maintenance);
    if (line.live && line.live->materialized()) line.freshness = freshness.of(*line.live);
    judge_lag(line, lags, watch);
    judge_clock(line, clocks, watch);
    if (told_by_watch && view.notify && !watch)
      line.health.emplace_back("no pgvista watch is running, which tells listeners where transactions can be prepared");
    if (const auto* current = survey.maintenance.views[i].current; current && schema::maintained(view))
      line.outgrown = current->outgrown;
    judge_age(session.connection(), line);
    judge_health(line, survey.database);
    if (line.live && !line.in_sync && line.health.empty()) judge_drift(line, survey.plan);
    drift |= !line.in_sync;
    lines.push_back(std::move(line));
  }
  const auto bytes = sizes(session.connection(), lines);
  for (Line& line : lines) {
    if (const auto found = line.live ? bytes.find(line.live->oid) : bytes.end(); found != bytes.end())
      line.size = found->second;
  }
  if (session.json()) {
    json::array out;
    for (const Line& line : lines) out.push_back(line_json(line));
    session.print_json(out);
  } else {
    print_lines(session, lines);
  }
  for (const Error& error : survey.plan.errors) session.complain(error, "warning");
  return drift && session.arguments().has("--check") ? ExitCode::pending : ExitCode::done;
}

}  // namespace

Command status_command() {
  return {"status",
          "Show the views: in sync, fresh, how large, last refresh",
          "[VIEW…]",
          {{"--check", "", "exit 3 when a view is not in sync"}},
          run_status};
}

}  // namespace pgvista::cli
