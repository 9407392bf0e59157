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
#include <utility>

#include "base/text.hpp"
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

// Does the request ask for some of the rows only? A key in the path, a filter, an inner join.
bool is_filtered(const rest::Request& request, const std::vector<std::string>& segments) {
  static const std::set<std::string> others = {"select", "order", "limit", "offset", "columns"};
  if (segments.size() > 1) return true;
  return std::any_of(request.query.begin(), request.query.end(), [](const auto& one) { return !others.contains(one.first) || one.second.find("!inner") != std::string::npos; });
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
  subscriber->filtered = is_filtered(exchange->request, exchange->segments);
  // Without a filter, the statement with no key asked for tells whether this role may read at all.
  exchange->options.keys = subscriber->filtered ? "*" : "[]";
  exchange->plan = rest::make_plan(exchange->served->model, shared_.rest, exchange->request, exchange->segments, exchange->options);
  const std::string view = relation->name.sql();
  // Before its rows are read: what changes meanwhile is told when it is ready.
  subscribers_[view].push_back(subscriber);
  shared_.metrics.subscribers.fetch_add(1, std::memory_order_relaxed);
  auto job = std::make_unique<Job>();
  job->statements.push_back(settings_statement(*exchange));
  job->statements.push_back(own(exchange->plan.main));
  job->done = [this, exchange, subscriber, view](Outcome outcome) {
    const bool failed = outcome.too_busy || !outcome.unavailable.empty() || outcome.failure;
    if (failed) unsubscribe(subscriber, view);
    if (outcome.too_busy || !outcome.unavailable.empty()) return finish(exchange, unavailable(outcome));
    if (outcome.failure) return finish(exchange, answer(*outcome.failure, &exchange->plan, 1, exchange->anonymous));
    if (subscriber->filtered) remember(*subscriber, outcome.results[1].get(), static_cast<int>(exchange->plan.columns.size()));
    Response response;
    response.set("Content-Type", "text/event-stream; charset=utf-8");
    response.set("Cache-Control", "no-store");
    response.set("X-Accel-Buffering", "no");
    // A client that has gone meanwhile is never given a stream.
    const std::shared_ptr<void> unless_streamed(nullptr, [this, subscriber, view](void*) {
      if (!subscriber->sink) unsubscribe(subscriber, view);
    });
    response.stream = [this, subscriber, view, unless_streamed](const std::shared_ptr<EventSink>& sink) {
      subscriber->sink = sink;
      sink->closed = [this, subscriber = std::weak_ptr<Subscriber>(subscriber), view] {
        if (const auto here = subscriber.lock()) unsubscribe(here, view);
      };
      sink->send("retry: 1000\n" + event("ready", subscriber->number, "{}"));
      subscriber->telling = false;
      tell_next(subscriber);
    };
    finish(exchange, std::move(response));
  };
  pool_.submit_exclusive(std::move(job));
}

// The keys of the rows that a filter chooses, as far as that is worth remembering.
void Service::remember(Subscriber& subscriber, const PGresult* rows, int key_column) {
  subscriber.among.clear();
  subscriber.tracked = PQntuples(rows) <= rest::PlanOptions::most_keys;
  for (int row = 0; subscriber.tracked && row < PQntuples(rows); ++row) subscriber.among.insert(PQgetvalue(rows, row, key_column));
}

void Service::unsubscribe(const std::shared_ptr<Subscriber>& subscriber, const std::string& view) {
  if (std::exchange(subscriber->closed, true)) return;
  subscriber->untold.clear();
  std::erase(subscribers_[view], subscriber);
  shared_.metrics.subscribers.fetch_sub(1, std::memory_order_relaxed);
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

// One after the other: changes are told in the order in which they were committed. What has come together meanwhile is asked
// for together, and where that is too much the client reads anew.
void Service::tell_next(const std::shared_ptr<Subscriber>& subscriber) {
  if (subscriber->telling || subscriber->closed || subscriber->untold.empty()) return;
  std::set<std::string> keys;
  bool too_much = false;
  for (const std::string& one : subscriber->untold) {
    too_much |= one.empty() || keys.size() > most_untold;
    if (too_much) break;
    for (std::string& key : elements_of(one)) keys.insert(std::move(key));
  }
  subscriber->untold.clear();
  if (too_much || keys.size() > most_untold) return reset(subscriber);
  subscriber->telling = true;
  tell(subscriber, "[" + join(std::vector<std::string>(keys.begin(), keys.end()), ",") + "]");
}

// The client reads anew; what is among the rows that it asks for is read again here, too.
void Service::reset(const std::shared_ptr<Subscriber>& subscriber) {
  const auto say = [this, subscriber] {
    subscriber->telling = false;
    if (subscriber->closed) return;
    subscriber->sink->send(event("reset", ++subscriber->number, "{}"));
    tell_next(subscriber);
  };
  if (!subscriber->tracked) return say();
  auto job = job_for(*subscriber, "*");
  if (!job) return subscriber->sink->close();
  subscriber->telling = true;
  job->done = [subscriber, say, columns = static_cast<int>(subscriber->exchange->plan.columns.size())](Outcome outcome) {
    if (outcome.too_busy || !outcome.unavailable.empty() || outcome.failure) return subscriber->closed ? void() : subscriber->sink->close();
    remember(*subscriber, outcome.results[1].get(), columns);
    say();
  };
  pool_.submit_exclusive(std::move(job));
}

// What asks for the rows with these keys; null where that cannot be asked for any more: coming again, the client is told why.
std::unique_ptr<Job> Service::job_for(const Subscriber& subscriber, const std::string& keys) {
  Exchange& exchange = *subscriber.exchange;
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  if (exchange.expires && now > *exchange.expires) return nullptr;  // the token is of yesterday
  exchange.options.keys = keys;
  try {
    exchange.served = served_;
    exchange.plan = rest::make_plan(served_->model, shared_.rest, exchange.request, exchange.segments, exchange.options);
  } catch (const Refusal&) {
    return nullptr;
  }
  auto job = std::make_unique<Job>();
  job->statements.push_back(settings_statement(exchange));
  job->statements.push_back(own(exchange.plan.main));
  return job;
}

void Service::tell(const std::shared_ptr<Subscriber>& subscriber, const std::string& keys) {
  auto job = job_for(*subscriber, keys);
  if (!job) return subscriber->sink->close();
  job->done = [this, subscriber, keys, columns = subscriber->exchange->plan.columns](Outcome outcome) {
    subscriber->telling = false;
    if (subscriber->closed) return;
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
    bool unknown = false;
    for (const std::string& key : elements_of(keys)) {
      if (here.contains(key)) {
        if (subscriber->filtered) subscriber->among.insert(key);
      } else if (!subscriber->filtered || subscriber->among.erase(key) > 0) {
        out += event("delete", ++subscriber->number, fmt::format("{{\"key\":{}}}", key));
      } else {
        unknown |= !subscriber->tracked;
      }
    }
    // It may have been among the rows asked for; its key is nobody's business.
    if (unknown) out += event("reset", ++subscriber->number, "{}");
    if (!out.empty()) subscriber->sink->send(std::move(out));
    tell_next(subscriber);
  };
  pool_.submit_exclusive(std::move(job));
}

}  // namespace pgvista::server
