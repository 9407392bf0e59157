#include "server/service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <set>

#include "base/duration.hpp"
#include "base/text.hpp"
#include "server/answer.hpp"
#include "server/exchange.hpp"
#include "server/function_settings.hpp"
#include "server/headers.hpp"
#include "server/pool_settings.hpp"
#include "server/route.hpp"

namespace pgvista::server {

namespace json = boost::json;
using rest::Media;
using rest::Refusal;

namespace {

constexpr double slow_ms = 20;
constexpr std::size_t most_shapes = 5000;
constexpr std::chrono::milliseconds between_reloads{250};
constexpr std::size_t most_waiting_for_model = 1000;

double milliseconds_between(std::chrono::steady_clock::time_point from, std::chrono::steady_clock::time_point to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

// The lane of the quick ones ends what waits or runs for long.
bool took_too_long(const std::string& state) { return state == "55P03" || state == "57014"; }

// What may mean that the catalogue is not as it was when it was read.
bool smells_of_change(const std::string& code) {
  static const std::vector<std::string> codes = {"42P01", "42703", "42883",    "42704",    "0A000",    "26000",
                                                 "42P07", "3F000", "PGRST200", "PGRST202", "PGRST204", "PGRST205"};
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

}  // namespace

Service::Service(asio::io_context& loop, Shared& shared)
    : loop_(loop),
      shared_(shared),
      pool_(loop, pool_settings(shared)),
      reload_timer_(loop),
      listening_settings_{shared.url, listening({}), false},
      listening_(std::make_shared<Lane>(loop, listening_settings_, *this, true)),
      cache_(static_cast<std::size_t>(shared.settings.cache_bytes), shared.metrics),
      settings_(shared.settings),
      feeds_(shared, settings_, [this](std::unique_ptr<Job> job) { pool_.submit_exclusive(std::move(job)); }),
      open_to_all_(shared.settings.anonymous_role.empty() && !shared.tokens.configured()) {}

Service::~Service() = default;

void Service::start() {
  pool_.start();
  listening_->connect();
}

void Service::close() {
  pool_.close();
  listening_->close();
  reload_timer_.cancel();
  feeds_.end_all();
}

void Service::serve(std::shared_ptr<const Served> served) {
  const bool other = served != served_;
  served_ = std::move(served);
  feeds_.serve(served_);
  if (other) {
    pool_.forget_statements();
    cache_.clear();
    plans_.clear();
    shapes_.clear();
    if (served_) listen_to(served_->model.api.listener);
    pool_.set_batch(served_ && served_->sets_settings ? 1 : 0);
  }
  const std::vector<ExchangePtr> waiting = std::move(waiting_for_model_);
  waiting_for_model_.clear();
  for (const ExchangePtr& one : waiting) plan_and_run(one);
}

void Service::refused(int status) {
  shared_.metrics.refused.fetch_add(1, std::memory_order_relaxed);
  shared_.log.write("-", "-", status, 0, "");
}

// --- the road of a request
// ---------------------------------------------------------------------------------------------

void Service::handle(rest::Request request, Respond respond) {
  auto exchange = std::make_shared<Exchange>();
  exchange->request = std::move(request);
  exchange->respond = std::move(respond);
  exchange->begun = Clock::now();
  ++under_way_;
  shared_.metrics.under_way.fetch_add(1, std::memory_order_relaxed);
  try {
    if (open_to_all_) keep_strangers_out(exchange->request);
    for (RouteHandler* handler : handlers_) {
      if (!handler->takes(exchange->request)) continue;
      rest::Request passed = exchange->request;
      return handler->handle(std::move(passed),
                             [this, exchange](Response response) { finish(exchange, std::move(response)); });
    }
    std::optional<Route> found = route(exchange->request, shared_.settings.paths);
    if (!found)
      throw Refusal(404, "PGRST125", "Invalid path specified in request URL", nullptr,
                    "The API is at /rest/v1/, its description at /.");
    exchange->segments = std::move(found->segments);
    exchange->options.single_made |= found->given;
    rest(exchange);
  } catch (const Refusal& refusal) {
    refuse(exchange, refusal);
  } catch (const std::exception& bug) {
    broken(exchange, bug);
  }
}

// An error of ours is answered, and noted under a number that both sides can name. It says nothing of what is inside.
void Service::broken(const ExchangePtr& exchange, const std::exception& bug) {
  static std::atomic<unsigned> count{0};
  const std::string id = fmt::format(
      "{:x}-{}",
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count(),
      ++count);
  fmt::print(stderr, "error {} in {} {}: {}\n", id, exchange->request.method, exchange->request.path, bug.what());
  refuse(exchange, Refusal(500, "PGVISTA500", "This is an error of pgvista",
                           json::value("Its number in the server's log: " + id), "Please report it."));
}

void Service::rest(const ExchangePtr& exchange) {
  if (exchange->request.method == "OPTIONS") return options(exchange);
  exchange->who = identify(exchange->request, shared_.tokens, tokens_, shared_.settings.anonymous_role, open_to_all_);
  if (cache_.on() && exchange->request.method == "GET" && listening_->connected() && served_ &&
      !served_->model.api.told_later) {
    exchange->cache_key = exchange->key();
    if (cache_.find(exchange->cache_key)) return give_cached(exchange);
  }
  plan_and_run(exchange);
}

// A browser asks before it sends its token: what whoever comes without one may not know is answered as what is not
// there.
void Service::options(const ExchangePtr& exchange) {
  Response out;
  const std::string role = open_to_all_ ? "none" : shared_.settings.anonymous_role;
  const bool of_one = !exchange->segments.empty();
  const schema::ApiRelation* relation =
      served_ && of_one && !role.empty() ? told_.relation(served_, role, exchange->segments[0]) : nullptr;
  const bool call = of_one && exchange->segments[0] == "rpc";
  out.set("Allow", relation  ? rest::allowed_methods(*relation)
                   : !of_one ? "OPTIONS,GET,HEAD"
                   : call    ? "OPTIONS,GET,HEAD,POST"
                             : rest::all_methods);
  finish(exchange, std::move(out));
}

void Service::plan_and_run(const ExchangePtr& exchange) {
  try {
    if (!served_) {
      Refusal refusal(503, "PGRST002", "Could not query the database for the schema cache. Retrying.");
      refusal.headers.emplace_back("Retry-After", "1");
      throw refusal;
    }
    exchange->served = served_;
    if (exchange->segments.empty()) {
      if (exchange->request.method != "GET" && exchange->request.method != "HEAD")
        throw Refusal(405, "PGRST117", "Unsupported HTTP method: " + exchange->request.method);
      Response out;
      out.set("Content-Type", "application/openapi+json; charset=utf-8");
      out.body = told_.description(served_, exchange->who.role);
      out.without_body = exchange->request.method == "HEAD";
      return finish(exchange, std::move(out));
    }
    const auto before = Clock::now();
    exchange->parse_ms = milliseconds_between(exchange->begun, before);
    exchange->plan =
        plans_.plan(served_->model, shared_.rest, exchange->request, exchange->segments, exchange->options);
    exchange->plan_ms = milliseconds_between(before, Clock::now());
    if (exchange->plan.media == Media::events) return subscribe(exchange);
    if (!exchange->age_known && exchange->plan.relation && exchange->plan.relation->kind == 'm' &&
        exchange->plan.action == rest::Action::read && !exchange->plan.relation->definition.empty() &&
        longest_age(*exchange))
      return check_age(exchange);
    run(exchange);
  } catch (const Refusal& refusal) {
    if (smells_of_change(refusal.code) && retry_with_new_model(exchange)) return;
    const Exchange& asked = *exchange;
    const auto plan = [&](const rest::Model& model) {
      rest::make_plan(model, shared_.rest, asked.request, asked.segments, asked.options);
    };
    refuse(exchange, told_.in_other_words(exchange->served, exchange->who.role, refusal, plan));
  } catch (const std::exception& bug) {
    broken(exchange, bug);
  }
}

// How old an answer may be, in milliseconds: as the request says, else as the view's definition does.
std::optional<long long> Service::longest_age(const Exchange& exchange) const {
  if (const auto asked = wanted_age(exchange.request)) return *asked * 1000;
  const auto longest = shared_.staleness();
  const auto declared = longest->find(exchange.plan.relation->name.sql());
  if (declared == longest->end()) return std::nullopt;
  return static_cast<long long>(declared->second);
}

// Waits for the catalogue to be read again, once a request and not too often.
bool Service::retry_with_new_model(const ExchangePtr& exchange) {
  if (exchange->retried || waiting_for_model_.size() >= most_waiting_for_model) return false;
  exchange->retried = true;
  waiting_for_model_.push_back(exchange);
  if (waiting_for_model_.size() > 1) return true;
  reload_timer_.expires_at(std::max(Clock::now(), last_reload_ + between_reloads));
  reload_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    last_reload_ = Clock::now();
    shared_.reload(false);
  });
  return true;
}

// --- running
// -------------------------------------------------------------------------------------------------------------

bool Service::quick(const std::string& sql) const {
  const auto found = shapes_.find(sql);
  return found != shapes_.end() && found->second < slow_ms;
}

void Service::learn(const std::string& sql, double milliseconds) {
  if (shapes_.size() > most_shapes) shapes_.clear();
  auto [known, fresh] = shapes_.try_emplace(sql, milliseconds);
  if (!fresh) known->second = known->second * 0.8 + milliseconds * 0.2;
}

void Service::add_extras(Exchange& exchange, Job& job) const {
  const rest::Plan& plan = exchange.plan;
  const bool aged = plan.relation && (plan.relation->over_maintained ||
                                      (plan.relation->kind == 'm' && plan.relation->maintenance == "manual"));
  if (aged && plan.action == rest::Action::read && !exchange.options.from_query) {
    exchange.freshness_at = job.statements.size();
    job.statements.push_back(own(freshness_statement(*plan.relation)));
  }
  if (exchange.served->reads_request) {
    exchange.function_settings_at = job.statements.size();
    job.statements.push_back(own(function_settings_statement()));
  }
}

void Service::run(const ExchangePtr& exchange) {
  rest::Plan& plan = exchange->plan;
  exchange->first = exchange->freshness_at = exchange->function_settings_at = 0;
  auto job = std::make_unique<Job>();
  const bool several = plan.count || plan.planned;
  // What is counted and what is listed are to be of one moment.
  if (several && plan.read_only)
    job->statements.push_back(own({"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY", {}}));
  job->statements.push_back(settings_.of(*exchange));
  job->begins_with_settings = !(several && plan.read_only);
  exchange->first = job->statements.size();
  // The exchange outlives the job, and its plan is made anew only when the job is done.
  const auto add = [&](const rest::Statement& one) { job->statements.emplace_back(exchange, &one); };
  for (const rest::Statement& one : plan.before) add(one);
  add(plan.main);
  if (plan.count) add(*plan.count);
  if (plan.planned) add(*plan.planned);
  add_extras(*exchange, *job);
  if (plan.judged) {
    const bool roll_back = plan.preferences.tx == "rollback" && shared_.rest.transaction_end;
    job->judge = [exchange, roll_back](const Outcome& outcome) {
      try {
        judge({exchange->plan, outcome, exchange->first});
      } catch (const Refusal& refusal) {
        exchange->refused = std::make_shared<Refusal>(refusal);
      }
      return !exchange->refused && !roll_back;
    };
  }
  if (!exchange->cache_key.empty() && plan.relation) {
    const bool keep = plan.relation->notifies && plan.of_relation_alone && !plan.relation->security_invoker &&
                      plan.action == rest::Action::read && plan.preferences.timezone.empty();
    if (keep) {
      exchange->view = plan.relation->name.sql();
      exchange->version = cache_.version(exchange->view);
      shared_.metrics.cache_misses.fetch_add(1, std::memory_order_relaxed);
    } else {
      exchange->cache_key.clear();
    }
  }
  submit(exchange, std::move(job));
}

void Service::submit(const ExchangePtr& exchange, std::unique_ptr<Job> job) {
  const rest::Plan& plan = exchange->plan;
  exchange->submitted = Clock::now();
  job->done = [this, exchange](Outcome outcome) { done(exchange, std::move(outcome)); };
  exchange->together = plan.read_only && !plan.judged && !plan.count && !plan.planned &&
                       plan.preferences.timezone.empty() && plan.action == rest::Action::read &&
                       shared_.settings.prepared_statements && quick(plan.main.sql);
  if (exchange->together) {
    pool_.submit_shared(std::move(job));
  } else {
    pool_.submit_exclusive(std::move(job));
  }
}

void Service::done(const ExchangePtr& exchange, Outcome outcome) {
  const auto now = Clock::now();
  exchange->transaction_ms = milliseconds_between(exchange->submitted, now);
  if (outcome.too_busy || !outcome.unavailable.empty()) return finish(exchange, unavailable(outcome));
  if (outcome.failure) {
    // Nothing of it was kept, so that it can be done again.
    if (smells_of_change(outcome.failure->sqlstate) && retry_with_new_model(exchange)) return;
    if (exchange->together && took_too_long(outcome.failure->sqlstate)) {
      learn(exchange->plan.main.sql, 100 * slow_ms);
      return run(exchange);
    }
    if (exchange->options.from_query && outcome.failure->sqlstate == "42501") {
      // Who may read the view need not be allowed to read its tables.
      exchange->options.from_query = false;
      return plan_and_run(exchange);
    }
    return finish(exchange, answer(*outcome.failure, &exchange->plan, exchange->first, exchange->who.anonymous));
  }
  if (exchange->refused) return refuse(exchange, *exchange->refused);
  if (exchange->plan.read_only) learn(exchange->plan.main.sql, outcome.milliseconds);
  try {
    Response response = answer_of(*exchange, outcome);
    exchange->response_ms = milliseconds_between(now, Clock::now());
    if (!exchange->view.empty() && response.status == 200)
      cache_.store(exchange->cache_key, exchange->view, exchange->version, response);
    finish(exchange, std::move(response));
  } catch (const Refusal& refusal) {
    refuse(exchange, refusal);
  } catch (const std::exception& bug) {
    broken(exchange, bug);
  }
}

Response Service::answer_of(Exchange& exchange, const Outcome& outcome) {
  const PlanResults results{exchange.plan, outcome, exchange.first};
  if (!exchange.plan.judged) judge(results);
  Response response = answer(results, exchange.request, exchange.served->model.api.schemas.size() > 1);
  add_freshness(exchange, outcome, response);
  if (exchange.plan.action == rest::Action::read && exchange.plan.with_body)
    response.set("ETag", etag_of(response.body));
  if (exchange.function_settings_at != 0)
    add_function_settings(outcome.results[exchange.function_settings_at].get(), response);
  return response;
}

// --- a view that may be too old
// ------------------------------------------------------------------------------------------

void Service::check_age(const ExchangePtr& exchange) {
  exchange->age_known = true;
  auto job = std::make_unique<Job>();
  job->statements.push_back(settings_.of(*exchange));
  job->statements.push_back(own(freshness_statement(*exchange->plan.relation)));
  job->done = [this, exchange](Outcome outcome) {
    if (outcome.too_busy || !outcome.unavailable.empty()) return finish(exchange, unavailable(outcome));
    if (!outcome.failure) {
      const auto age = age_of(outcome.results[1].get());
      exchange->options.from_query = !age || *age > *longest_age(*exchange);
    }
    plan_and_run(exchange);
  };
  pool_.submit_exclusive(std::move(job));
}

// --- the end of the road
// --------------------------------------------------------------------------------------------------

void Service::refuse(const ExchangePtr& exchange, const Refusal& refusal) { finish(exchange, answer(refusal)); }

void Service::finish(const ExchangePtr& exchange, Response response) {
  const double total = milliseconds_between(exchange->begun, Clock::now());
  const rest::Request& request = exchange->request;
  if (const std::string* etag = response.header("ETag"); etag && response.status == 200 &&
                                                         request.headers.contains("if-none-match") &&
                                                         etag_matches(request.header("if-none-match"), *etag)) {
    response.status = 304;
    response.body.clear();
  }
  if (request.method == "HEAD") response.without_body = true;
  if (const auto origin = request.headers.find("origin"); origin != request.headers.end() && !open_to_all_)
    add_cross_origin(shared_.settings.cors_origins, request, origin->second, response);
  if (shared_.settings.server_timing) {
    response.set("Server-Timing",
                 fmt::format("parse;dur={:.3f}, plan;dur={:.3f}, transaction;dur={:.3f}, response;dur={:.3f}",
                             exchange->parse_ms, exchange->plan_ms, exchange->transaction_ms, exchange->response_ms));
  }
  Metrics& metrics = shared_.metrics;
  metrics.answered(response.status, total);
  metrics.phase(Metrics::Phase::parse, exchange->parse_ms);
  metrics.phase(Metrics::Phase::plan, exchange->plan_ms);
  metrics.phase(Metrics::Phase::transaction, exchange->transaction_ms);
  metrics.phase(Metrics::Phase::response, exchange->response_ms);
  metrics.under_way.fetch_sub(1, std::memory_order_relaxed);
  --under_way_;
  if (shared_.log.on()) shared_.log.write(request.method, request.path, response.status, total, exchange->who.role);
  // Not kept: it holds the connection, which may in turn hold whoever follows a view.
  std::exchange(exchange->respond, {})(std::move(response));
}

// --- events
// -----------------------------------------------------------------------------------------------------------------

void Service::subscribe(const ExchangePtr& exchange) {
  const schema::ApiRelation* relation = exchange->plan.relation;
  if (exchange->plan.action != rest::Action::read || !relation || !relation->notifies || relation->key.empty()) {
    throw Refusal(406, "PGRST107", "None of these media types are available: text/event-stream",
                  json::value("Only a maintained view with notify = true and a key tells its changes."));
  }
  if (exchange->served->model.api.listener.empty()) {
    // It may have been given since.
    if (retry_with_new_model(exchange)) return;
    throw Refusal(503, "PGRST001", "The server has no right to hear which rows change.", nullptr,
                  "GRANT SELECT ON pgvista.listener to the role that runserver connects as.");
  }
  if (listener_ != exchange->served->model.api.listener || !listening_->connected()) {
    Refusal refusal(503, "PGRST001", "The connection that listens for changes is down.");
    refusal.headers.emplace_back("Retry-After", "1");
    throw refusal;
  }
  feeds_.open(exchange, [this, exchange](Response response) { finish(exchange, std::move(response)); });
}

// What the connection that listens begins with.
std::vector<std::string> Service::listening(const std::string& listener) {
  std::vector<std::string> out = {"LISTEN pgvista", "LISTEN pgvista_schema", "LISTEN pgrst"};
  if (!listener.empty()) out.push_back("LISTEN " + sql::quote_identifier(listener));
  return out;
}

// The channel on which keys are told is another one after `clear` and `sync`, or where a right to know it was given or
// taken.
void Service::listen_to(const std::string& listener) {
  if (listener == listener_) return;
  listener_ = listener;
  listening_->close();
  listening_settings_.startup = listening(listener_);
  listening_ = std::make_shared<Lane>(loop_, listening_settings_, *this, true);
  listening_->connect();
}

// --- the cache
// ------------------------------------------------------------------------------------------------------------

// Whatever was committed before this request came is heard before it is answered.
void Service::give_cached(const ExchangePtr& exchange) {
  listening_->fence([this, exchange](bool heard) {
    const Response* found = heard ? cache_.find(exchange->cache_key) : nullptr;
    if (!found) return plan_and_run(exchange);
    shared_.metrics.cache_hits.fetch_add(1, std::memory_order_relaxed);
    finish(exchange, *found);
  });
}

void Service::lane_ready(Lane&) { cache_.clear(); }

void Service::lane_lost(Lane&, const std::string&) {
  cache_.clear();
  // Something may happen that nobody hears of: they come again and read anew.
  feeds_.end_all();
}

void Service::lane_heard(const std::string& channel, const std::string& payload) {
  if (channel == "pgvista") {
    cache_.changed(payload);
  } else if (channel == listener_) {
    feeds_.rows_changed(payload);
  } else if (channel == "pgvista_schema" || payload == "reload schema" || payload.empty()) {
    shared_.reload(true);
  }
}

}  // namespace pgvista::server
