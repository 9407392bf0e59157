#include "watch/journal.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include <pgvista/maintenance.hpp>
#include "base/text.hpp"

namespace pgvista::watch {

namespace json = boost::json;

namespace {

// As Prometheus wants it between quotes.
std::string label(const std::string& text) {
  return replace_all(replace_all(replace_all(text, "\\", "\\\\"), "\"", "\\\""), "\n", "\\n");
}

std::string clock_text() {
  const auto now = std::chrono::system_clock::now();
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(now)),
                     milliseconds);
}

std::string lag_text(const ViewState& view) {
  if (!view.kept) return "not kept";
  if (!view.stale.empty()) return "stale";
  const auto maintenance = maintenance_named(view.mode);
  if (maintenance && kept_by_triggers(*maintenance)) return "0";
  if (view.mode != "deferred") return view.waiting_rows > 0 ? "changed" : "-";
  return view.waiting_rows == 0 ? "0" : human_duration(view.lag_seconds * 1000);
}

}  // namespace

void Journal::log(Level level, const std::string& database, const std::string& event, const std::string& text,
                  json::object fields) {
  if (form_ == Form::text && level == Level::detail && !verbose_) return;
  std::string line;
  if (form_ == Form::json) {
    json::object out{{"at", clock_text()},
                     {"level", level == Level::error ? "error" : "info"},
                     {"event", event},
                     {"database", database},
                     {"message", text}};
    for (auto& field : fields) out[field.key()] = std::move(field.value());
    line = json::serialize(out);
  } else {
    line = (level == Level::error ? "error: " : "") + database + ": " + text;
  }
  const std::lock_guard lock(mutex_);
  write_(line + "\n");
}

void Journal::change(const std::string& database, const std::function<void(DatabaseState&)>& change) {
  const std::lock_guard lock(mutex_);
  change(databases_[database]);
}

std::map<std::string, DatabaseState> Journal::states() const {
  const std::lock_guard lock(mutex_);
  return databases_;
}

std::string Journal::metrics() const {
  const auto states = this->states();
  std::string out;
  const auto describe = [&](const char* name, const char* type, const char* help) {
    out += fmt::format("# HELP pgvista_watch_{0} {2}\n# TYPE pgvista_watch_{0} {1}\n", name, type, help);
  };
  const auto of_database = [&](const char* name, const char* help, auto value) {
    describe(name, "gauge", help);
    for (const auto& [database, state] : states)
      out += fmt::format("pgvista_watch_{}{{database=\"{}\"}} {}\n", name, label(database), value(state));
  };
  of_database("connected", "Is the database reached?", [](const DatabaseState& one) { return one.connected ? 1 : 0; });
  of_database("active", "Does this process keep the views?",
              [](const DatabaseState& one) { return one.active ? 1 : 0; });
  of_database("term", "How often the lease went to another process.",
              [](const DatabaseState& one) { return one.term; });
  const auto of_view = [&](const char* name, const char* type, const char* help, auto value) {
    describe(name, type, help);
    for (const auto& [database, state] : states) {
      for (const auto& [view, one] : state.views)
        out += fmt::format("pgvista_watch_{}{{database=\"{}\",view=\"{}\"}} {}\n", name, label(database), label(view),
                           value(one));
    }
  };
  of_view("lag_seconds", "gauge", "Age of the oldest change that waits.",
          [](const ViewState& one) { return one.lag_seconds; });
  of_view("waiting_rows", "gauge", "Changed rows that wait.", [](const ViewState& one) { return one.waiting_rows; });
  of_view("queue_bytes", "gauge", "Size of the queues that the view reads.",
          [](const ViewState& one) { return one.queue_bytes; });
  of_view("stale", "gauge", "Is the view to be computed as a whole?",
          [](const ViewState& one) { return one.stale.empty() ? 0 : 1; });
  of_view("kept", "gauge", "Does what keeps the view stand?", [](const ViewState& one) { return one.kept ? 1 : 0; });
  of_view("batches_total", "counter", "Batches applied, or refreshes.",
          [](const ViewState& one) { return one.batches; });
  of_view("rows_total", "counter", "Changed rows applied, or rows of refreshes.",
          [](const ViewState& one) { return one.rows; });
  of_view("failures_total", "counter", "Batches or refreshes that failed.",
          [](const ViewState& one) { return one.failures; });
  of_view("busy_seconds_total", "counter", "Time spent on batches or refreshes.",
          [](const ViewState& one) { return one.busy_seconds; });
  of_view("last_batch_seconds", "gauge", "Time that the last one took.",
          [](const ViewState& one) { return one.last_ms / 1000; });
  of_view("last_batch_rows", "gauge", "Rows of the last one.", [](const ViewState& one) { return one.last_rows; });
  return out;
}

std::vector<std::string> Journal::table() const {
  std::vector<std::string> out;
  for (const auto& [database, state] : states()) {
    out.push_back(fmt::format("{}  {}", database,
                              !state.connected ? "out of reach"
                              : state.active   ? "active"
                                               : "standing by"));
    std::size_t width = 4;
    for (const auto& [name, view] : state.views) width = std::max(width, name.size());
    if (!state.views.empty())
      out.push_back(fmt::format("  {:<{}}  {:<8}  {:>9}  {:>9}  {:>9}  {:>9}  {:>9}", "VIEW", width, "MODE", "LAG",
                                "WAITING", "LAST ROWS", "TOOK", "FAILED"));
    for (const auto& [name, view] : state.views) {
      out.push_back(fmt::format("  {:<{}}  {:<8}  {:>9}  {:>9}  {:>9}  {:>9}  {:>9}", name, width, view.mode,
                                lag_text(view), view.waiting_rows,
                                view.batches > 0 ? std::to_string(view.last_rows) : "-",
                                view.batches > 0 ? human_duration(view.last_ms) : "-", view.failures));
      if (!view.error.empty()) out.push_back("    " + view.error);
    }
  }
  return out;
}

}  // namespace pgvista::watch
