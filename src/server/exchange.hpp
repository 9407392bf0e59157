#pragma once
// One request under way, and small things that its answer is made with.

#include <chrono>
#include <deque>
#include <set>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rest/error.hpp"
#include "rest/plan.hpp"
#include "server/identity.hpp"
#include "server/lane.hpp"
#include "server/response.hpp"
#include "server/shared.hpp"

namespace pgvista::server {

struct Exchange {
  using Clock = std::chrono::steady_clock;
  rest::Request request;
  Respond respond;
  Clock::time_point begun;
  Clock::time_point submitted;
  double parse_ms = 0;
  double plan_ms = 0;
  double transaction_ms = 0;
  double response_ms = 0;
  std::vector<std::string> segments;
  Identity who;
  std::shared_ptr<const Served> served;  // what the plan points into
  rest::PlanOptions options;
  rest::Plan plan;
  std::size_t first = 0;                 // statement of the job that is the plan's first
  std::size_t freshness_at = 0;          // statement that tells the age; 0: none
  std::size_t function_settings_at = 0;  // statement that reads what functions set; 0: none
  std::shared_ptr<rest::Refusal> refused;
  bool together = false;  // ran beside others in the lane of the quick ones
  bool retried = false;
  bool age_known = false;
  std::string cache_key;  // "": not to be kept
  std::string view;       // whose change ends the answer's life; "": not to be kept
  std::uint64_t version = 0;

  /// Everything that the answer depends on beside the rows.
  std::string key() const {
    // A NUL can be in none of them.
    const char end = '\0';
    std::string out = who.role + end + who.claims + end + request.raw_path + end;
    for (const auto& [name, value] : request.query) out += name + end + value + end;
    for (const char* name : {"accept", "accept-profile", "prefer", "range", "cache-control"}) {
      if (const auto found = request.headers.find(name); found != request.headers.end())
        out += std::string(name) + end + found->second + end;
    }
    return out;
  }
};

using ExchangePtr = std::shared_ptr<Exchange>;

/// The age of a materialized view's rows in milliseconds, if the last refresh was pgvista's.
rest::Statement freshness_statement(const schema::ApiRelation& relation);
std::optional<long long> age_of(const PGresult* rows);

/// Age and Pgvista-Source of what was read.
void add_freshness(const Exchange& exchange, const Outcome& outcome, Response& response);

void add_cross_origin(const std::vector<std::string>& allowed, const rest::Request& request, const std::string& origin,
                      Response& response);

}  // namespace pgvista::server
