#pragma once
// What all loops of a server have in common.

#include <atomic>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "project/settings.hpp"
#include "rest/plan.hpp"
#include "server/access_log.hpp"
#include "server/metrics.hpp"
#include "server/token.hpp"

namespace pgvista::server {

struct Served {
  rest::Model model;
  /// Something in the database reads current_setting('request.…') beside the claims.
  bool reads_request = false;
  /// Something sets settings: what one request sets must not be there for the next one of a transaction.
  bool sets_settings = false;
  explicit Served(schema::Api api) : model(std::move(api)) {}
};

struct Shared {
  Shared(project::ServerSettings given, rest::Settings rest_settings, std::string database)
      : settings(std::move(given)),
        rest(rest_settings),
        url(std::move(database)),
        tokens(settings.jwt),
        log(settings.access_log) {}

  const project::ServerSettings settings;
  const rest::Settings rest;
  const std::string url;
  const TokenVerifier tokens;
  AccessLog log;
  Metrics metrics;
  /// Reads the catalogue anew, soon, if it has changed, or as one is `told`. Any thread.
  std::function<void(bool told)> reload = [](bool) {};

  /// How old the rows of views may be, as their definitions say: by quoted names, in milliseconds. Read anew as the
  /// files change.
  using Staleness = std::map<std::string, double>;
  std::shared_ptr<const Staleness> staleness() const {
    const std::lock_guard lock(mutex);
    return longest;
  }
  void allow_staleness(Staleness next) {
    const std::lock_guard lock(mutex);
    longest = std::make_shared<const Staleness>(std::move(next));
  }

  std::shared_ptr<const Served> served() const {
    const std::lock_guard lock(mutex);
    return current;
  }
  void serve(std::shared_ptr<const Served> next) {
    const std::lock_guard lock(mutex);
    current = std::move(next);
  }

 private:
  mutable std::mutex mutex;
  std::shared_ptr<const Served> current;
  std::shared_ptr<const Staleness> longest = std::make_shared<const Staleness>();
};

}  // namespace pgvista::server
