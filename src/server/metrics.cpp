#include "server/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pgvista::server {

void Metrics::answered(int status, double milliseconds) {
  by_class_[static_cast<std::size_t>(std::clamp(status / 100, 0, 5))].fetch_add(1, std::memory_order_relaxed);
  const auto bucket = std::lower_bound(bounds_ms.begin(), bounds_ms.end(), milliseconds) - bounds_ms.begin();
  buckets_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  total_us_.fetch_add(static_cast<std::uint64_t>(milliseconds * 1000), std::memory_order_relaxed);
}

std::string Metrics::text() const {
  std::string out;
  const auto describe = [&](const char* name, const char* type, const char* help) {
    out += fmt::format("# HELP pgvista_{0} {2}\n# TYPE pgvista_{0} {1}\n", name, type, help);
  };
  const auto one = [&](const char* name, const char* type, const char* help, auto value) {
    describe(name, type, help);
    out += fmt::format("pgvista_{} {}\n", name, value);
  };
  describe("requests_total", "counter", "Requests answered, by class of status.");
  for (std::size_t i = 1; i < by_class_.size(); ++i)
    out += fmt::format("pgvista_requests_total{{status=\"{}xx\"}} {}\n", i, by_class_[i].load());
  describe("request_duration_seconds", "histogram", "From the request read to the answer made.");
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    sum += buckets_[i].load();
    out += fmt::format("pgvista_request_duration_seconds_bucket{{le=\"{}\"}} {}\n",
                       i < bounds_ms.size() ? fmt::format("{}", bounds_ms[i] / 1000) : "+Inf", sum);
  }
  out += fmt::format("pgvista_request_duration_seconds_sum {}\npgvista_request_duration_seconds_count {}\n",
                     static_cast<double>(total_us_.load()) / 1e6, sum);
  describe("phase_seconds_total", "counter", "Time spent, by phase.");
  static constexpr const char* names[] = {"parse", "plan", "transaction", "response"};
  for (std::size_t i = 0; i < phases_.size(); ++i)
    out += fmt::format("pgvista_phase_seconds_total{{phase=\"{}\"}} {}\n", names[i],
                       static_cast<double>(phases_[i].load()) / 1e6);
  one("http_connections", "gauge", "Open connections of clients.", connections.load());
  one("requests_under_way", "gauge", "Requests that wait for their answer.", under_way.load());
  one("database_connections", "gauge", "Connections to PostgreSQL that are up.", database_connections.load());
  one("event_subscribers", "gauge", "Clients that follow a view's changes.", subscribers.load());
  one("requests_refused_total", "counter", "Requests that could not be read.", refused.load());
  one("cache_hits_total", "counter", "Answers from the cache.", cache_hits.load());
  one("cache_misses_total", "counter", "Answers that might have been in the cache.", cache_misses.load());
  one("cache_invalidations_total", "counter", "Changes of views that emptied a part of the cache.",
      cache_invalidations.load());
  one("schema_loads_total", "counter", "How often the catalogue was read.", reloads.load());
  return out;
}

}  // namespace pgvista::server
