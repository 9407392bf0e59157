#pragma once
// Counters in Prometheus' text format.

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

namespace pgvista::server {

class Metrics {
 public:
  enum class Phase { parse, plan, transaction, response };

  void answered(int status, double milliseconds);
  void phase(Phase phase, double milliseconds) {
    phases_[static_cast<std::size_t>(phase)].fetch_add(static_cast<std::uint64_t>(milliseconds * 1000),
                                                       std::memory_order_relaxed);
  }

  std::atomic<std::int64_t> connections{0};
  std::atomic<std::int64_t> under_way{0};
  std::atomic<std::int64_t> database_connections{0};
  std::atomic<std::int64_t> subscribers{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> cache_hits{0};
  std::atomic<std::uint64_t> cache_misses{0};
  std::atomic<std::uint64_t> cache_invalidations{0};
  std::atomic<std::uint64_t> reloads{0};

  std::string text() const;

 private:
  static constexpr std::array<double, 12> bounds_ms{0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 1000, 5000, 30000};
  std::array<std::atomic<std::uint64_t>, bounds_ms.size() + 1> buckets_{};
  std::array<std::atomic<std::uint64_t>, 6> by_class_{};
  std::array<std::atomic<std::uint64_t>, 4> phases_{};
  std::atomic<std::uint64_t> total_us_{0};
};

}  // namespace pgvista::server
