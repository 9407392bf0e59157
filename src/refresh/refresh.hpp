#pragma once
// Refreshes materialized views: in dependency order, one refresh of a view at a time, the failed ones reported and the
// others done.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <pgvista/error.hpp>
#include "db/connection.hpp"
#include "schema/definition.hpp"
#include "schema/live.hpp"

namespace pgvista::refresh {

enum class Mode { full, concurrent, populate };
const char* to_string(Mode mode);

struct Request {
  std::vector<sql::Name> views;  // empty: all materialized views of the project
  bool concurrently = false;
  bool fallback = false;
  bool with_dependents = false;
  bool only = false;  // not what the named views read
  int jobs = 1;
  std::string lock_timeout = "500ms";
  std::string statement_timeout;
  int lock_retries = 60;  // so often is a lock asked for again: with the pauses between, some two minutes
  std::chrono::milliseconds wait_timeout = std::chrono::minutes(30);  // for another refresh of a view that is running
};

struct Result {
  sql::Name name;
  std::optional<Mode> mode;  // nullopt: refused
  double duration_ms = 0;
  std::optional<long long> rows;
  bool shared = false;  // a refresh that began after this request did its work
  std::optional<Error> error;
};

struct Watcher {
  /// Before a refresh; `expected_ms` is the median of the view's former runs, an estimate.
  std::function<void(const sql::Name&, Mode, std::optional<double> expected_ms)> started = [](const sql::Name&, Mode,
                                                                                              std::optional<double>) {};
  std::function<void(const Result&)> finished = [](const Result&) {};
  std::function<void(const std::string&)> message = [](const std::string&) {};
};

/// `connect` opens a further connection for each job. Results come in dependency order. Calls of the watcher are
/// serialised. Throws Failure for what concerns the whole run; what concerns one view is in its result.
std::vector<Result> refresh(db::Connection& connection, const std::function<std::unique_ptr<db::Connection>()>& connect,
                            const std::vector<schema::ViewDefinition>& views, const schema::Database& database,
                            const Request& request, const Watcher& watcher);

/// The materialized views that a request is about, parents first, and for each the positions of its parents in the
/// list.
struct Order {
  std::vector<const schema::ViewDefinition*> views;
  std::vector<std::vector<std::size_t>> parents;
};
Order refresh_order(const std::vector<schema::ViewDefinition>& views, const schema::Database& database,
                    const Request& request);

}  // namespace pgvista::refresh
