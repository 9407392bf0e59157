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
#include "server/headers.hpp"
#include "server/pool_settings.hpp"

namespace pgvista::server {

namespace json = boost::json;
using rest::Media;
using rest::Refusal;

namespace {

constexpr double slow_ms = 20;
constexpr std::size_t most_shapes = 5000;
constexpr std::string_view root = "/rest/v1";
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
  end_feeds();
}

void Service::serve(std::shared_ptr<const Served> served) {
  const bool other = served != served_;
  served_ = std::move(served);
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
    if (!route(*exchange))
      throw Refusal(404, "PGRST125", "Invalid path specified in request URL", nullptr,
                    "The API is at /rest/v1/, its description at /.");
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

// The API's own paths, and those that [server.paths] gives to relations.
bool Service::route(Exchange& exchange) const {
  // As it came: what is cut off below is as long as what is compared here.
  const std::string& path = exchange.request.raw_path;
  if (path == "/" || path == root || path == "/rest/v1/") return true;
  if (path.starts_with("/rest/v1/")) {
    exchange.segments = rest::path_segments(
        std::string_view(exchange.request.raw_path).substr(std::min(root.size(), exchange.request.raw_path.size())));
    return true;
  }
  for (const auto& [prefix, target] : shared_.settings.paths) {
    const std::string_view bare =
        std::string_view(prefix).substr(0, prefix.ends_with('/') ? prefix.size() - 1 : prefix.size());
    if (!path.starts_with(bare) || (path.size() > bare.size() && path[bare.size()] != '/')) continue;
    rest::Request told;
    rest::read_target(told, "/" + target);
    exchange.segments = rest::path_segments(
        told.raw_path + std::string(std::string_view(exchange.request.raw_path)
                                        .substr(std::min(bare.size(), exchange.request.raw_path.size()))));
    for (auto& [key, value] : told.query) {
      const bool yields = key == "select" || key == "order" || key == "limit" || key == "offset";
      if (!yields || !exchange.request.parameter(key)) exchange.request.query.emplace_back(key, value);
    }
    exchange.options.single_made = true;
    // Whoever writes to such a path is shown what came of it, as REST frameworks do.
    std::string& prefer = exchange.request.headers["prefer"];
    if (prefer.find("return=") == std::string::npos)
      prefer += prefer.empty() ? "return=representation" : ", return=representation";
    return true;
  }
  return false;
}

void Service::rest(const ExchangePtr& exchange) {
  if (exchange->request.method == "OPTIONS") return options(exchange);
  identify(*exchange);
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
                             : "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE");
  finish(exchange, std::move(out));
}

void Service::identify(Exchange& exchange) {
  const std::string given = exchange.request.header("authorization");
  if (lower(given) == "bearer" || lower(given.substr(0, 7)) == "bearer ") {
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    const Claims& claims = tokens_.claims(shared_.tokens, std::string(trim(std::string_view(given).substr(6))), now);
    exchange.role = claims.role;
    exchange.claims = claims.json;
    exchange.claims_say_role = !claims.role.empty();
    exchange.expires = claims.expires;
    exchange.anonymous = false;
    // SET ROLE none means the role that connected, which may do what no user should.
    if (lower(exchange.role) == "none") throw Refusal(401, "PGRST301", "The token's role is no role");
  }
  if (exchange.role.empty()) {
    exchange.role = open_to_all_ ? "none" : shared_.settings.anonymous_role;
    if (exchange.role.empty()) {
      Refusal refusal(401, "PGRST302", "Anonymous access is disabled");
      refusal.headers.emplace_back("WWW-Authenticate", "Bearer");
      throw refusal;
    }
  }
  if (!exchange.anonymous && !exchange.claims_say_role) {
    json::value claims = json::parse(exchange.claims);
    claims.as_object()["role"] = exchange.role;
    exchange.claims = json::serialize(claims);
  }
  if (exchange.claims.empty())
    exchange.claims = open_to_all_ ? "{}" : json::serialize(json::object{{"role", exchange.role}});
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
      out.body = told_.description(served_, exchange->role);
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
    refuse(exchange, told_.in_other_words(exchange->served, exchange->role, refusal, plan));
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

// --- settings of the transaction
// ------------------------------------------------------------------------------------------

StatementPtr Service::settings_statement(const Exchange& exchange) {
  // Most requests are made by a few roles; neighbours of one are told so by its being the same statement.
  std::string made_of;
  if (!exchange.served->reads_request && exchange.plan.preferences.timezone.empty()) {
    const char end = '\0';
    made_of =
        exchange.role + end + exchange.claims + end + exchange.plan.schema + (exchange.plan.read_only ? "r" : "w");
    if (last_settings_.first == made_of) return last_settings_.second;
  }
  rest::Statement out;
  out.sql = "SELECT pg_catalog.set_config('role', " + out.parameter(exchange.role) +
            ", true), pg_catalog.set_config('request.jwt.claims', " + out.parameter(exchange.claims) + ", true)";
  const auto add = [&](const char* name, const std::string& value) {
    out.sql += fmt::format(", pg_catalog.set_config('{}', {}, true)", name, out.parameter(value));
  };
  std::string path = sql::quote_identifier(exchange.plan.schema);
  if (path != "public") path += ", public";
  add("search_path", path);
  if (exchange.plan.read_only) out.sql += ", pg_catalog.set_config('transaction_read_only', 'on', true)";
  if (!shared_.settings.prepared_statements) {
    add("statement_timeout", shared_.settings.statement_timeout);
    out.sql += ", pg_catalog.set_config('datestyle', 'ISO, MDY', true)";
  }
  if (exchange.served->reads_request) {
    add("request.method", exchange.request.method);
    add("request.path", exchange.request.path);
    add("request.headers", json::serialize(request_headers(exchange.request)));
    add("request.cookies", json::serialize(request_cookies(exchange.request)));
  }
  if (!exchange.plan.preferences.timezone.empty()) add("timezone", exchange.plan.preferences.timezone);
  const StatementPtr made = own(std::move(out));
  if (!made_of.empty()) last_settings_ = {std::move(made_of), made};
  return made;
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
    job.statements.push_back(
        own({"SELECT pg_catalog.current_setting('response.headers', true), "
             "pg_catalog.current_setting('response.status', true)",
             {}}));
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
  job->statements.push_back(settings_statement(*exchange));
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
    return finish(exchange, answer(*outcome.failure, &exchange->plan, exchange->first, exchange->anonymous));
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
  add_settings_of_functions(exchange, outcome, response);
  return response;
}

void Service::add_freshness(const Exchange& exchange, const Outcome& outcome, Response& response) const {
  const schema::ApiRelation* relation = exchange.plan.relation;
  if (exchange.plan.action != rest::Action::read || !relation || !relation->view()) return;
  if (exchange.options.from_query) {
    response.set("Age", "0");
    response.set("Pgvista-Source", "query");
    return;
  }
  const bool asked = exchange.freshness_at != 0;
  // A view is its query. What somebody else materialized is of an unknown age.
  if (!asked && relation->kind != 'm') response.set("Age", "0");
  const auto age = asked ? age_of(outcome.results[exchange.freshness_at].get()) : std::nullopt;
  if (age) response.set("Age", std::to_string(*age / 1000));
  response.set("Pgvista-Source", relation->kind == 'm' || !relation->maintenance.empty() ? "stored" : "query");
}

// PostgREST's way for functions to have a say in status and headers.
void Service::add_settings_of_functions(const Exchange& exchange, const Outcome& outcome, Response& response) const {
  if (exchange.function_settings_at == 0) return;
  const PGresult* rows = outcome.results[exchange.function_settings_at].get();
  if (!rows || PQntuples(rows) == 0) return;
  if (const std::string headers = PQgetvalue(rows, 0, 0); !headers.empty()) {
    boost::system::error_code failure;
    const json::value all = json::parse(headers, failure);
    const auto bad = [] {
      throw Refusal(
          500, "PGRST111",
          "response.headers guc must be a JSON array composed of objects with a single key and a string value");
    };
    if (failure || !all.is_array()) bad();
    std::set<std::string> given;
    for (const json::value& one : all.get_array()) {
      if (!one.is_object() || one.get_object().size() != 1 || !one.get_object().begin()->value().is_string()) bad();
      const std::string name(one.get_object().begin()->key());
      const std::string value(one.get_object().begin()->value().get_string());
      const std::string plain = lower(name);
      if (!may_be_set(name, value)) bad();
      // The first of a name takes the place of ours, the others stand beside it.
      if (given.insert(plain).second) {
        response.set(name, value);
      } else {
        response.headers.emplace_back(name, value);
      }
    }
  }
  if (const std::string status = PQgetvalue(rows, 0, 1); !status.empty()) {
    if (status.size() != 3 || status.find_first_not_of("0123456789") != std::string::npos || status[0] < '2' ||
        status[0] > '5')
      throw Refusal(500, "PGRST112", "response.status guc must be a valid status code");
    response.status = std::stoi(status);
  }
}

// --- a view that may be too old
// ------------------------------------------------------------------------------------------

void Service::check_age(const ExchangePtr& exchange) {
  exchange->age_known = true;
  auto job = std::make_unique<Job>();
  job->statements.push_back(settings_statement(*exchange));
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
  if (shared_.log.on()) shared_.log.write(request.method, request.path, response.status, total, exchange->role);
  // Not kept: it holds the connection, which may in turn hold whoever follows a view.
  std::exchange(exchange->respond, {})(std::move(response));
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
  end_feeds();
}

void Service::lane_heard(const std::string& channel, const std::string& payload) {
  if (channel == "pgvista") {
    cache_.changed(payload);
  } else if (channel == listener_) {
    rows_changed(payload);
  } else if (channel == "pgvista_schema" || payload == "reload schema" || payload.empty()) {
    shared_.reload(true);
  }
}

}  // namespace pgvista::server
