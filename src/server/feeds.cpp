#include "server/feeds.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "server/answer.hpp"

namespace pgvista::server {

namespace json = boost::json;
using rest::Refusal;

namespace {

constexpr std::size_t most_untold = 1000;
constexpr std::size_t most_remembered = 1'000'000;  // keys of all feeds of a loop, some 80 bytes each

std::string event(const char* name, std::uint64_t number, const std::string& data) {
  return fmt::format("id: {}\nevent: {}\ndata: {}\n\n", number, name, data);
}

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
  return std::any_of(request.query.begin(), request.query.end(), [](const auto& one) {
    return !others.contains(one.first) || one.second.find('!') != std::string::npos;
  });
}

}  // namespace

void Feeds::remember(Feed& feed, const PGresult* rows, int key_column) const {
  feed.among.clear();
  std::size_t known = 0;
  for (const auto& [view, feeds] : feeds_) {
    for (const FeedPtr& one : feeds) known += one->among.size();
  }
  const auto count = static_cast<std::size_t>(PQntuples(rows));
  feed.tracked = count <= static_cast<std::size_t>(rest::PlanOptions::most_keys) && known + count <= most_remembered;
  for (int row = 0; feed.tracked && row < PQntuples(rows); ++row) feed.among.insert(PQgetvalue(rows, row, key_column));
}

void Feeds::open(const ExchangePtr& exchange, std::function<void(Response)> finish) {
  auto feed = std::make_shared<Feed>();
  feed->exchange = exchange;
  feed->filtered = is_filtered(exchange->request, exchange->segments);
  // Without a filter, the statement with no key asked for tells whether this role may read at all.
  exchange->options.keys = feed->filtered ? "*" : "[]";
  exchange->plan =
      rest::make_plan(exchange->served->model, shared_.rest, exchange->request, exchange->segments, exchange->options);
  const StatementPtr settings = settings_.of(*exchange);
  feed->question = exchange->key();
  // Where the database's code reads them: headers, cookies.
  for (const auto& value : settings->values) feed->question += value.value_or("") + '\0';
  feed->view = exchange->plan.relation->name.sql();
  // Before its rows are read: what changes meanwhile is told when it is ready.
  feeds_[feed->view].push_back(feed);
  auto job = std::make_unique<Job>();
  job->statements.push_back(settings);
  job->statements.push_back(own(exchange->plan.main));
  job->done = [this, exchange, feed, finish](Outcome outcome) {
    // A client that has gone meanwhile is never given a stream.
    const std::shared_ptr<void> unless_followed(nullptr, [this, feed](void*) {
      if (feed->sinks.empty()) drop(feed);
    });
    if (outcome.too_busy || !outcome.unavailable.empty()) return finish(unavailable(outcome));
    if (outcome.failure) return finish(answer(*outcome.failure, &exchange->plan, 1, exchange->who.anonymous));
    if (feed->filtered) remember(*feed, outcome.results[1].get(), static_cast<int>(exchange->plan.columns.size()));
    Response response;
    response.without_body = exchange->request.method == "HEAD";
    response.set("Content-Type", "text/event-stream; charset=utf-8");
    response.set("Cache-Control", "no-store");
    response.set("X-Accel-Buffering", "no");
    if (!response.without_body)
      response.stream = [this, feed, unless_followed](const std::shared_ptr<EventSink>& sink) { attach(feed, sink); };
    finish(std::move(response));
  };
  submit_(std::move(job));
}

// One who may read what `feed` asks for. Where another feed asks the same, its answers serve both.
void Feeds::attach(FeedPtr feed, const std::shared_ptr<EventSink>& sink) {
  // The connection that listens was lost meanwhile.
  if (feed->closed) return sink->close();
  const std::vector<FeedPtr>& all = feeds_[feed->view];
  const auto same = std::find_if(all.begin(), all.end(), [&](const FeedPtr& one) {
    return !one->sinks.empty() && one->question == feed->question;
  });
  if (same != all.end()) {
    const FeedPtr own = std::exchange(feed, *same);
    drop(own);
  }
  const bool first = feed->sinks.empty();
  feed->sinks.push_back(sink);
  shared_.metrics.subscribers.fetch_add(1, std::memory_order_relaxed);
  sink->closed = [this, feed = std::weak_ptr<Feed>(feed), it = sink.get()] {
    if (const FeedPtr here = feed.lock()) detach(here, it);
  };
  sink->send("retry: 1000\n" + event("ready", feed->number, "{}"));
  if (!first) return;
  feed->telling = false;
  tell_next(feed);
}

void Feeds::detach(const FeedPtr& feed, const EventSink* sink) {
  const auto gone = std::erase_if(feed->sinks, [&](const auto& one) { return one.get() == sink; });
  shared_.metrics.subscribers.fetch_sub(static_cast<std::int64_t>(gone), std::memory_order_relaxed);
  if (feed->sinks.empty()) drop(feed);
}

void Feeds::drop(const FeedPtr& feed) {
  feed->closed = true;
  feed->untold.clear();
  std::erase(feeds_[feed->view], feed);
}

// They come again, and are told why where they may not. Whoever comes meanwhile gets a feed that has missed nothing.
void Feeds::end(const FeedPtr& feed) {
  drop(feed);
  // A sink that is closed takes itself out of its feed.
  const auto all = feed->sinks;
  for (const auto& sink : all) sink->close();
}

void Feeds::end_all() {
  const auto all = feeds_;
  for (const auto& [view, feeds] : all) {
    for (const FeedPtr& feed : feeds) end(feed);
  }
}

void Feed::send(const std::string& text) const {
  // One that does not read is closed by it.
  const auto all = sinks;
  for (const auto& sink : all) sink->send(text);
}

void Feeds::rows_changed(const std::string& payload) {
  boost::system::error_code failure;
  const json::value told = json::parse(payload, failure);
  if (failure || !told.is_object()) return;
  const json::value* view = told.get_object().if_contains("view");
  if (!view || !view->is_string()) return;
  const auto found = feeds_.find(std::string(view->get_string()));
  if (found == feeds_.end()) return;
  const json::value* keys = told.get_object().if_contains("keys");
  const std::vector<FeedPtr> all = found->second;
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

// One after the other: changes are told in the order in which they were committed. What has come together meanwhile is
// asked for together, and where that is too much the client reads anew.
void Feeds::tell_next(const FeedPtr& feed) {
  if (feed->telling || feed->closed || feed->untold.empty()) return;
  std::set<std::string> keys;
  bool too_much = false;
  for (const std::string& one : feed->untold) {
    too_much |= one.empty() || keys.size() > most_untold;
    if (too_much) break;
    for (std::string& key : elements_of(one)) keys.insert(std::move(key));
  }
  feed->untold.clear();
  if (too_much || keys.size() > most_untold) return reset(feed);
  feed->telling = true;
  tell(feed, "[" + join(std::vector<std::string>(keys.begin(), keys.end()), ",") + "]");
}

// The client reads anew; what is among the rows that it asks for is read again here, too.
void Feeds::reset(const FeedPtr& feed) {
  const auto say = [this, feed] {
    feed->telling = false;
    if (feed->closed) return;
    feed->send(event("reset", ++feed->number, "{}"));
    tell_next(feed);
  };
  if (!feed->tracked) return say();
  auto job = job_for(*feed, "*");
  if (!job) return end(feed);
  feed->telling = true;
  job->done = [this, feed, say, columns = static_cast<int>(feed->exchange->plan.columns.size())](Outcome outcome) {
    if (outcome.too_busy || !outcome.unavailable.empty() || outcome.failure) return end(feed);
    remember(*feed, outcome.results[1].get(), columns);
    say();
  };
  submit_(std::move(job));
}

// What asks for the rows with these keys; null where that cannot be asked for any more: coming again, the client is
// told why.
std::unique_ptr<Job> Feeds::job_for(const Feed& feed, const std::string& keys) {
  Exchange& exchange = *feed.exchange;
  const auto now =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  if (exchange.who.expires && now > *exchange.who.expires) return nullptr;  // the token is of yesterday
  exchange.options.keys = keys;
  try {
    exchange.served = served_;
    exchange.plan =
        rest::make_plan(served_->model, shared_.rest, exchange.request, exchange.segments, exchange.options);
  } catch (const Refusal&) {
    return nullptr;
  }
  auto job = std::make_unique<Job>();
  job->statements.push_back(settings_.of(exchange));
  job->statements.push_back(own(exchange.plan.main));
  return job;
}

void Feeds::tell(const FeedPtr& feed, const std::string& keys) {
  auto job = job_for(*feed, keys);
  if (!job) return end(feed);
  job->done = [this, feed, keys, columns = feed->exchange->plan.columns](Outcome outcome) {
    feed->telling = false;
    if (feed->closed) return;
    if (outcome.too_busy || !outcome.unavailable.empty() || outcome.failure) return end(feed);
    const PGresult* rows = outcome.results[1].get();
    const ObjectWriter objects(columns, false);
    std::set<std::string> here;
    std::string out;
    for (int row = 0; row < PQntuples(rows); ++row) {
      const std::string key = PQgetvalue(rows, row, static_cast<int>(columns.size()));
      here.insert(key);
      std::string object;
      objects.write(object, rows, row);
      out += event("change", ++feed->number, fmt::format("{{\"key\":{},\"row\":{}}}", key, object));
    }
    bool unknown = false;
    for (const std::string& key : elements_of(keys)) {
      if (here.contains(key)) {
        if (feed->filtered) feed->among.insert(key);
      } else if (!feed->filtered || feed->among.erase(key) > 0) {
        out += event("delete", ++feed->number, fmt::format("{{\"key\":{}}}", key));
      } else {
        unknown |= !feed->tracked;
      }
    }
    // It may have been among the rows asked for; its key is nobody's business.
    if (unknown) out += event("reset", ++feed->number, "{}");
    if (!out.empty()) feed->send(out);
    tell_next(feed);
  };
  submit_(std::move(job));
}

}  // namespace pgvista::server
