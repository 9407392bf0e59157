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
#include "server/service.hpp"

namespace pgvista::server {

struct Service::Exchange {
  rest::Request request;
  Respond respond;
  Clock::time_point begun;
  Clock::time_point submitted;
  double parse_ms = 0;
  double plan_ms = 0;
  double transaction_ms = 0;
  double response_ms = 0;
  std::vector<std::string> segments;
  std::string role;
  std::string claims;
  bool claims_say_role = false;  // the token's own
  bool anonymous = true;
  std::shared_ptr<const Served> served;  // what the plan points into
  rest::PlanOptions options;
  rest::Plan plan;
  std::size_t first = 0;                 // statement of the job that is the plan's first
  std::size_t freshness_at = 0;          // statement that tells the age; 0: none
  std::size_t function_settings_at = 0;  // statement that reads what functions set; 0: none
  std::shared_ptr<rest::Refusal> refused;
  bool together = false;             // ran beside others in the lane of the quick ones
  std::optional<long long> expires;  // of the token, seconds since 1970
  bool retried = false;
  bool age_known = false;
  std::string cache_key;  // "": not to be kept
  std::string view;       // whose change ends the answer's life; "": not to be kept
  std::uint64_t version = 0;

  /// Everything that the answer depends on beside the rows.
  std::string key() const {
    // A NUL can be in none of them.
    const char end = '\0';
    std::string out = role + end + claims + end + request.raw_path + end;
    for (const auto& [name, value] : request.query) out += name + end + value + end;
    for (const char* name : {"accept", "accept-profile", "prefer", "range", "cache-control"}) {
      if (const auto found = request.headers.find(name); found != request.headers.end())
        out += std::string(name) + end + found->second + end;
    }
    return out;
  }
};

/// What some of a view's followers ask for, and they: all who ask the same, as the same role with the same claims, are
/// told by one question.
struct Service::Feed {
  ExchangePtr exchange;  // of who came first
  std::string view;
  std::string question;  // what the answers depend on beside the rows
  std::vector<std::shared_ptr<EventSink>> sinks;
  std::uint64_t number = 0;
  std::deque<std::string> untold;  // keys of changes, in their order; "": more than is worth telling
  bool telling = true;             // also before the first is ready
  bool closed = false;
  // Rows that are asked for by a filter: which are known to be among them. Of others nothing is told, not that they are
  // gone.
  bool filtered = false;
  bool tracked = false;
  std::set<std::string> among;

  /// To all who follow.
  void send(const std::string& text) const;
};

/// The age of a materialized view's rows in milliseconds, if the last refresh was pgvista's.
rest::Statement freshness_statement(const schema::ApiRelation& relation);
std::optional<long long> age_of(const PGresult* rows);

void add_cross_origin(const std::vector<std::string>& allowed, const rest::Request& request, const std::string& origin,
                      Response& response);

}  // namespace pgvista::server
