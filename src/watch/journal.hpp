#pragma once
// What a watching process did and how its views stand: lines of a log, numbers for Prometheus, a table for a terminal.

#include <boost/json.hpp>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace pgvista::watch {

/// How one view stands.
struct ViewState {
  std::string mode;  // immediate, on_commit, deferred, manual
  bool kept = true;  // does what keeps it stand? Not of one that is refreshed
  double lag_seconds = 0;
  long long waiting_rows = 0;
  long long queue_bytes = 0;
  unsigned long long batches = 0;  // or refreshes
  unsigned long long rows = 0;     // changed rows applied, or rows of refreshes
  unsigned long long failures = 0;
  double busy_seconds = 0;
  long long last_rows = 0;
  double last_ms = 0;
  std::string stale;  // why it is computed as a whole next
  std::string error;  // of the last attempt; "": it went well
};

struct DatabaseState {
  bool connected = false;
  bool active = false;  // holds the lease
  long long term = 0;
  std::map<std::string, ViewState> views;
};

/// Any thread.
class Journal {
 public:
  enum class Form { text, json };
  /// `write`: takes a line of the log, its end included.
  Journal(Form form, bool verbose, std::function<void(const std::string&)> write)
      : form_(form), verbose_(verbose), write_(std::move(write)) {}

  enum class Level {
    info,
    detail,  // only in JSON, or where asked for
    error
  };
  /// An event: what happened, where, and in JSON the fields beside.
  void log(Level level, const std::string& database, const std::string& event, const std::string& text,
           boost::json::object fields = {});

  void change(const std::string& database, const std::function<void(DatabaseState&)>& change);
  std::map<std::string, DatabaseState> states() const;

  std::string metrics() const;
  /// The views with their lag and last batch, for a terminal.
  std::vector<std::string> table() const;

 private:
  Form form_;
  bool verbose_;
  std::function<void(const std::string&)> write_;
  mutable std::mutex mutex_;
  std::map<std::string, DatabaseState> databases_;
};

}  // namespace pgvista::watch
