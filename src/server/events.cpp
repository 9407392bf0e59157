// Accept: text/event-stream: a view's changes as they commit.
//
//   event: ready     the changes from here on will be told; whoever wants the rows as well reads them now
//   event: change    data: {"key": [...], "row": {...}}: this row is so now
//   event: delete    data: {"key": [...]}: this row is no longer among those asked for
//   event: reset     more has changed than is worth telling: read anew

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "server/answer.hpp"
#include "server/exchange.hpp"

namespace pgvista::server {

namespace json = boost::json;
using rest::Refusal;

namespace {

constexpr std::size_t most_untold = 1000;

std::string event(const char* name, std::uint64_t number, const std::string& data) { return fmt::format("id: {}\nevent: {}\ndata: {}\n\n", number, name, data); }

// "[[1, "a"], [2, "b"]]" -> {"[1, "a"]", "[2, "b"]"}: as the server spelled them, so that numbers keep their digits.
std::vector<std::string> elements_of(const std::string& array) {
  std::vector<std::string> out;
  int depth = 0;
  bool quoted = false;
  std::size_t from = 0;
  for (std::size_t i = 0; i < array.size(); ++i) {
    const char c = array[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[') {
      if (++depth == 2) from = i;
    } else if (c == ']') {
      if (--depth == 1) out.push_back(array.substr(from, i - from + 1));
    }
  }
  return out;
}

}  // namespace

void Service::subscribe(const ExchangePtr& exchange) {
  const schema::ApiRelation* relation = exchange->plan.relation;
  if (exchange->plan.action != rest::Action::read || !relation || !relation->notifies || relation->key.empty()) {
    throw Refusal(406, "PGRST107", "None of these media types are available: text/event-stream", json::value("Only a maintained view with notify = true and a key tells its changes."));
  }
  if (!ears_->connected()) {
    Refusal refusal(503, "PGRST001", "The connection that listens for changes is down.");
    refusal.headers.emplace_back("Retry-After", "1");
    throw refusal;
  }
  auto subscriber = std::make_shared<Subscriber>();
  subscriber->exchange = exchange;
  // The statement with no key asked for tells whether this role may read at all.
  exchange->options.keys = "[]";
  exchange->plan = rest::make_plan(exchange->served->model, shared_.rest, exchange->request, exchange->segments, exchange->options);
  auto job = std::make_unique<Job>();
  job->statements.push_back(settings_statement(*exchange));
  job->statements.push_back(own(exchange->plan.main));
  job->done = [this, exchange, subscriber, view = relation->name.sql()](Outcome outcome) {
    if (outcome.too_busy || !outcome.unavailable.empty()) return finish(exchange, unavailable(outcome));
    if (outcome.failure) return finish(exchange, answer(*outcome.failure, &exchange->plan, 1, exchange->anonymous));
    Response response;
    response.set("Content-Type", "text/event-stream; charset=utf-8");
    response.set("Cache-Control", "no-store");
    response.set("X-Accel-Buffering", "no");
    response.stream = [this, subscriber, view](const std::shared_ptr<EventSink>& sink) {
      subscriber->sink = sink;
      subscribers_[view].push_back(subscriber);
      shared_.metrics.subscribers.fetch_add(1, std::memory_order_relaxed);
      sink->closed = [this, weak = std::weak_ptr<Subscriber>(subscriber), view] {
        auto& all = subscribers_[view];
        const auto gone = std::find(all.begin(), all.end(), weak.lock());
        if (gone == all.end()) return;
        all.erase(gone);
        shared_.metrics.subscribers.fetch_sub(1, std::memory_order_relaxed);
      };
      sink->send("retry: 1000\n" + event("ready", subscriber->number, "{}"));
    };
    finish(exchange, std::move(response));
  };
  pool_.submit_exclusive(std::move(job));
}

void Service::rows_changed(const std::string& payload) {
  boost::system::error_code failure;
  const json::value told = json::parse(payload, failure);
  if (failure || !told.is_object()) return;
  const json::value* view = told.get_object().if_contains("view");
  if (!view || !view->is_string()) return;
  const auto found = subscribers_.find(std::string(view->get_string()));
  if (found == subscribers_.end()) return;
  const json::value* keys = told.get_object().if_contains("keys");
  const std::vector<std::shared_ptr<Subscriber>> all = found->second;
  for (const auto& one : all) {
    if (keys && keys->is_array()) {
      // As the notification spells them: numbers keep their digits.
      const std::size_t from = payload.find("\"keys\"");
      const std::size_t begin = payload.find('[', from);
      one->untold.push_back(payload.substr(begin, payload.rfind(']') - begin + 1));
    } else {
      one->untold.emplace_back();
    }
    if (one->untold.size() > most_untold) one->untold.assign(1, "");
    tell_next(one);
  }
}

// One after the other: changes are told in the order in which they were committed.
void Service::tell_next(const std::shared_ptr<Subscriber>& subscriber) {
  while (!subscriber->telling && !subscriber->untold.empty()) {
    const std::string keys = std::move(subscriber->untold.front());
    subscriber->untold.pop_front();
    if (keys.empty()) {
      subscriber->sink->send(event("reset", ++subscriber->number, "{}"));
    } else {
      subscriber->telling = true;
      tell(subscriber, keys);
    }
  }
}

void Service::tell(const std::shared_ptr<Subscriber>& subscriber, const std::string& keys) {
  Exchange& exchange = *subscriber->exchange;
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  if (exchange.expires && now > *exchange.expires) return subscriber->sink->close();  // the token is of yesterday
  exchange.options.keys = keys;
  rest::Plan plan;
  try {
    exchange.served = served_;
    plan = rest::make_plan(served_->model, shared_.rest, exchange.request, exchange.segments, exchange.options);
  } catch (const Refusal&) {
    // What was asked for is no more: coming again, the client is told why.
    return subscriber->sink->close();
  }
  exchange.plan = plan;
  auto job = std::make_unique<Job>();
  job->statements.push_back(settings_statement(exchange));
  job->statements.push_back(own(plan.main));
  job->done = [this, subscriber, keys, columns = plan.columns](Outcome outcome) {
    subscriber->telling = false;
    if (outcome.too_busy || !outcome.unavailable.empty() || outcome.failure) return subscriber->sink->close();
    const PGresult* rows = outcome.results[1].get();
    const ObjectWriter objects(columns, false);
    std::set<std::string> here;
    std::string out;
    for (int row = 0; row < PQntuples(rows); ++row) {
      const std::string key = PQgetvalue(rows, row, static_cast<int>(columns.size()));
      here.insert(key);
      std::string object;
      objects.write(object, rows, row);
      out += event("change", ++subscriber->number, fmt::format("{{\"key\":{},\"row\":{}}}", key, object));
    }
    for (const std::string& key : elements_of(keys)) {
      if (!here.contains(key)) out += event("delete", ++subscriber->number, fmt::format("{{\"key\":{}}}", key));
    }
    if (!out.empty()) subscriber->sink->send(std::move(out));
    tell_next(subscriber);
  };
  pool_.submit_exclusive(std::move(job));
}

}  // namespace pgvista::server
