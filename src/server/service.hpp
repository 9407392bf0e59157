#pragma once
// One loop's service: requests in, answers out. Everything happens on the loop.

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "rest/error.hpp"
#include "rest/plan_cache.hpp"
#include "server/cache.hpp"
#include "server/feeds.hpp"
#include "server/http.hpp"
#include "server/pool.hpp"
#include "server/shared.hpp"
#include "server/told.hpp"

namespace pgvista::server {

/// Paths that are served by code of another kind: the admin page, a program's own. May answer on any thread by posting.
class RouteHandler {
 public:
  virtual ~RouteHandler() = default;
  virtual bool takes(const rest::Request& request) const = 0;
  virtual void handle(rest::Request request, Respond respond) = 0;
};

class Service : public HttpHandler, public Lane::Owner {
 public:
  Service(asio::io_context& loop, Shared& shared);
  ~Service() override;

  void start();
  void close();
  /// What was read of the catalogue, on the loop; whoever waited for it goes on.
  void serve(std::shared_ptr<const Served> served);
  void add(RouteHandler& handler) { handlers_.push_back(&handler); }

  void handle(rest::Request request, Respond respond) override;
  void refused(int status) override;
  std::size_t under_way() const { return under_way_; }
  bool ready() const { return served_ && pool_.reachable(); }
  std::size_t database_connections() const { return pool_.connected() + (listening_->connected() ? 1 : 0); }

 private:
  using Clock = std::chrono::steady_clock;

  void rest(const ExchangePtr& exchange);
  void options(const ExchangePtr& exchange);
  void plan_and_run(const ExchangePtr& exchange);
  void check_age(const ExchangePtr& exchange);
  std::optional<long long> longest_age(const Exchange& exchange) const;
  void run(const ExchangePtr& exchange);
  void submit(const ExchangePtr& exchange, std::unique_ptr<Job> job);
  void add_extras(Exchange& exchange, Job& job) const;
  void done(const ExchangePtr& exchange, Outcome outcome);
  Response answer_of(Exchange& exchange, const Outcome& outcome);
  bool retry_with_new_model(const ExchangePtr& exchange);
  void finish(const ExchangePtr& exchange, Response response);
  void refuse(const ExchangePtr& exchange, const rest::Refusal& refusal);
  void broken(const ExchangePtr& exchange, const std::exception& bug);
  void give_cached(const ExchangePtr& exchange);
  bool quick(const std::string& sql) const;
  void learn(const std::string& sql, double milliseconds);

  // events
  void subscribe(const ExchangePtr& exchange);
  static std::vector<std::string> listening(const std::string& listener);
  void listen_to(const std::string& listener);

  // Lane::Owner, of the connection that listens
  void lane_ready(Lane& lane) override;
  void lane_lost(Lane& lane, const std::string& why) override;
  void lane_returned(Lane&, std::vector<std::unique_ptr<Job>>) override {}
  void lane_heard(const std::string& channel, const std::string& payload) override;

  asio::io_context& loop_;
  Shared& shared_;
  std::shared_ptr<const Served> served_;
  Pool pool_;
  asio::steady_timer reload_timer_;
  LaneSettings listening_settings_;
  std::string listener_;  // the channel of keys that the connection which listens knows; "": none
  std::shared_ptr<Lane> listening_;
  TokenCache tokens_;
  AnswerCache cache_;
  rest::PlanCache plans_;
  TransactionSettings settings_;
  Feeds feeds_;
  std::vector<RouteHandler*> handlers_;
  std::vector<ExchangePtr> waiting_for_model_;
  Clock::time_point last_reload_{};
  std::unordered_map<std::string, double> shapes_;  // statement -> milliseconds, smoothed
  Told told_;
  bool open_to_all_;
  std::size_t under_way_ = 0;
};

}  // namespace pgvista::server
