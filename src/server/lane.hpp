#pragma once
// Connections to PostgreSQL of one loop, in pipeline mode. A shared lane runs many quick reads in one flush and one
// implicit transaction; an exclusive lane runs one job at a time. Single-threaded: everything happens on the loop.

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <libpq-fe.h>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "rest/statement.hpp"

namespace pgvista::server {

namespace asio = boost::asio;

using ResultPtr = std::unique_ptr<PGresult, decltype(&PQclear)>;

struct SqlFailure {
  std::size_t statement = 0;  // which of the job's
  std::string sqlstate;
  std::string message;
  std::string detail;
  std::string hint;
  bool has_detail = false;
  bool has_hint = false;
};

/// What became of a job.
struct Outcome {
  std::vector<ResultPtr> results;  // of each statement
  std::optional<SqlFailure> failure;
  std::string unavailable;  // the database cannot be reached: why
  bool too_busy = false;    // it waited too long for a connection
  double milliseconds = 0;  // from being sent to being done
};

/// A statement that several jobs may share, or that lives in what the job is for.
using StatementPtr = std::shared_ptr<const rest::Statement>;
inline StatementPtr own(rest::Statement statement) {
  return std::make_shared<const rest::Statement>(std::move(statement));
}

struct Job {
  std::vector<StatementPtr> statements;
  /// The first statement sets what the others run under: left out where the one before, in the same transaction, set it
  /// too.
  bool begins_with_settings = false;
  /// Run in a block; commit if this returns true.
  std::function<bool(const Outcome&)> judge = {};
  std::function<void(Outcome)> done;
  std::chrono::steady_clock::time_point queued = {};
};

struct LaneSettings {
  std::string url;
  std::vector<std::string> startup;  // statements at the beginning of a session
  bool prepare = true;
  std::size_t most_prepared = 500;
  std::chrono::milliseconds longest{0};  // silent for longer, the server is taken to be gone; zero: there is no limit
};

class Lane : public std::enable_shared_from_this<Lane> {
 public:
  struct Owner {
    virtual ~Owner() = default;
    virtual void lane_ready(Lane& lane) = 0;
    virtual void lane_lost(Lane& lane, const std::string& why) = 0;
    /// Jobs of a batch that did not run because an earlier one failed.
    virtual void lane_returned(Lane& lane, std::vector<std::unique_ptr<Job>> jobs) = 0;
    virtual void lane_heard(const std::string& channel, const std::string& payload) = 0;
  };

  Lane(asio::io_context& loop, const LaneSettings& settings, Owner& owner, bool shared)
      : loop_(loop), settings_(settings), owner_(owner), shared_(shared), backoff_(loop), deadline_(loop) {}
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  void connect();
  bool idle() const { return state_ == State::idle; }
  bool connected() const { return state_ == State::idle || state_ == State::busy; }
  bool shared() const { return shared_; }
  /// Sends these jobs in one flush. Requires idle(); an exclusive lane takes one.
  void run(std::vector<std::unique_ptr<Job>> jobs);
  /// Calls back when everything that the server had to say before now has been heard. Requires connected().
  void fence(std::function<void(bool)> heard);
  /// The catalogue has changed: statements are prepared anew.
  void forget_statements();
  void close();

 private:
  enum class State { closed, connecting, starting, idle, busy };
  enum class Kind { prepare, statement, begin, end, deallocate, sync, fence };
  struct Expected {
    Kind kind;
    std::size_t job = 0;
    std::size_t statement = 0;
    std::string name = {};
    bool answered = false;
    std::function<void(bool)> heard = {};
  };
  struct Running {
    std::unique_ptr<Job> job;
    Outcome outcome;
    bool aborted = false;
    bool finished = false;
    std::chrono::steady_clock::time_point sent;
  };

  void poll_connection();
  void start_session();
  void watch_reading();
  void flush();
  void readable();
  void take(Expected& expected, PGresult* result);
  void send(std::size_t job, std::size_t index);
  void end_of_statement(const Expected& expected);
  void end_of_batch();
  void finish(Running& running);
  void lost(const std::string& why);
  void retry_later();
  void expect_within(std::chrono::milliseconds longest);
  void send_plain(const char* sql, Kind kind, std::size_t job);
  void drain_notifications();

  asio::io_context& loop_;
  const LaneSettings& settings_;
  Owner& owner_;
  bool shared_;
  State state_ = State::closed;
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_{nullptr, PQfinish};
  std::unique_ptr<asio::posix::stream_descriptor> descriptor_;
  asio::steady_timer backoff_;
  asio::steady_timer deadline_;
  int failures_ = 0;
  std::size_t started_ = 0;
  std::deque<Expected> expected_;
  std::vector<Running> running_;
  bool judged_ = false;
  bool forget_ = false;
  bool flushing_ = false;
  bool closing_ = false;
  std::unordered_map<std::string, std::string> prepared_;  // text -> name
  std::unordered_map<std::string, int> seen_;
  unsigned names_ = 0;
};

}  // namespace pgvista::server
