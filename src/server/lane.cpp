#include "server/lane.hpp"

#include <algorithm>
#include <random>

#include "db/connection.hpp"

namespace pgvista::server {

using Clock = std::chrono::steady_clock;
using Wait = asio::posix::stream_descriptor;

namespace {

constexpr int longest_backoff_ms = 5000;
constexpr std::chrono::seconds to_connect{15};

std::string field_text(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text ? text : "";
}

SqlFailure failure_of(const PGresult* result, std::size_t statement) {
  SqlFailure out;
  out.statement = statement;
  out.sqlstate = field_text(result, PG_DIAG_SQLSTATE);
  out.message = field_text(result, PG_DIAG_MESSAGE_PRIMARY);
  out.detail = field_text(result, PG_DIAG_MESSAGE_DETAIL);
  out.hint = field_text(result, PG_DIAG_MESSAGE_HINT);
  out.has_detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL) != nullptr;
  out.has_hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT) != nullptr;
  if (out.message.empty()) out.message = PQresultErrorMessage(result);
  return out;
}

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

}  // namespace

Lane::~Lane() {
  if (descriptor_) descriptor_->release();
}

// --- connecting ------------------------------------------------------------------------------------------------------

void Lane::connect() {
  if (closing_) return;
  state_ = State::connecting;
  expect_within(to_connect);
  const db::ConnectWords words(settings_.url.c_str(), "pgvista runserver");
  connection_.reset(PQconnectStartParams(words.keywords.data(), words.values.data(), 1));
  if (!connection_ || PQstatus(connection_.get()) == CONNECTION_BAD)
    return lost(connection_ ? PQerrorMessage(connection_.get()) : "out of memory");
  poll_connection();
}

void Lane::poll_connection() {
  const PostgresPollingStatusType status = PQconnectPoll(connection_.get());
  if (status == PGRES_POLLING_FAILED) return lost(db::connection_failure(connection_.get(), settings_.url).message);
  if (descriptor_) descriptor_->release();
  descriptor_ = std::make_unique<asio::posix::stream_descriptor>(loop_, PQsocket(connection_.get()));
  if (status == PGRES_POLLING_OK) return start_session();
  const auto keep = shared_from_this();
  descriptor_->async_wait(status == PGRES_POLLING_READING ? Wait::wait_read : Wait::wait_write,
                          [this, keep](const boost::system::error_code& error) {
                            if (!error && state_ == State::connecting) poll_connection();
                          });
}

void Lane::start_session() {
  PQsetnonblocking(connection_.get(), 1);
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
  if (PQenterPipelineMode(connection_.get()) == 0) return lost(PQerrorMessage(connection_.get()));
  state_ = State::starting;
  started_ = 0;
  expected_.clear();
  running_.clear();
  prepared_.clear();
  seen_.clear();
  for (const std::string& one : settings_.startup) send_plain(one.c_str(), Kind::begin, 0);
  PQpipelineSync(connection_.get());
  expected_.push_back({Kind::sync});
  watch_reading();
  flush();
}

void Lane::lost(const std::string& why) {
  if (state_ == State::closed) return;
  state_ = State::closed;
  deadline_.cancel();
  if (descriptor_) {
    descriptor_->release();
    descriptor_.reset();
  }
  connection_.reset();
  std::vector<Running> running = std::move(running_);
  running_.clear();
  std::deque<Expected> expected = std::move(expected_);
  expected_.clear();
  judged_ = false;
  for (Running& one : running) {
    if (one.finished) continue;
    one.outcome.unavailable = why;
    one.outcome.milliseconds = milliseconds_since(one.sent);
    one.job->done(std::move(one.outcome));
  }
  for (Expected& one : expected) {
    if (one.heard) one.heard(false);
  }
  owner_.lane_lost(*this, why);
  retry_later();
}

void Lane::retry_later() {
  if (closing_) return;
  thread_local std::minstd_rand random{std::random_device{}()};
  const int base = std::min(longest_backoff_ms, 50 << std::min(failures_++, 7));
  const auto keep = shared_from_this();
  backoff_.expires_after(
      std::chrono::milliseconds(base / 2 + static_cast<int>(random() % static_cast<unsigned>(base))));
  backoff_.async_wait([this, keep](const boost::system::error_code& error) {
    if (!error) connect();
  });
}

// A peer may stop answering and never close.
void Lane::expect_within(std::chrono::milliseconds longest) {
  deadline_.cancel();
  if (longest == std::chrono::milliseconds(0)) return;
  const auto keep = shared_from_this();
  deadline_.expires_after(longest);
  deadline_.async_wait([this, keep](const boost::system::error_code& error) {
    const bool set_anew = deadline_.expiry() > Clock::now();
    if (!error && !set_anew && state_ != State::closed && state_ != State::idle) lost("the database does not answer");
  });
}

void Lane::close() {
  closing_ = true;
  backoff_.cancel();
  lost("the server is being stopped");
}

// --- sending ---------------------------------------------------------------------------------------------------------

void Lane::send_plain(const char* sql, Kind kind, std::size_t job) {
  PQsendQueryParams(connection_.get(), sql, 0, nullptr, nullptr, nullptr, nullptr, 0);
  expected_.push_back({kind, job});
}

void Lane::send(std::size_t job, std::size_t index) {
  const rest::Statement& statement = *running_[job].job->statements[index];
  std::vector<const char*> values;
  values.reserve(statement.values.size());
  for (const auto& value : statement.values) values.push_back(value ? value->c_str() : nullptr);
  const int count = static_cast<int>(values.size());
  if (settings_.prepare) {
    auto found = prepared_.find(statement.sql);
    // A text that is seen once may never come again.
    if (found == prepared_.end() && ++seen_[statement.sql] > 1) {
      const std::string name = "s" + std::to_string(++names_);
      PQsendPrepare(connection_.get(), name.c_str(), statement.sql.c_str(), 0, nullptr);
      expected_.push_back({Kind::prepare, job, index, statement.sql});
      found = prepared_.emplace(statement.sql, name).first;
    }
    if (found != prepared_.end()) {
      PQsendQueryPrepared(connection_.get(), found->second.c_str(), count, values.data(), nullptr, nullptr, 0);
      expected_.push_back({Kind::statement, job, index});
      return;
    }
  }
  PQsendQueryParams(connection_.get(), statement.sql.c_str(), count, nullptr, values.data(), nullptr, nullptr, 0);
  expected_.push_back({Kind::statement, job, index});
}

void Lane::run(std::vector<std::unique_ptr<Job>> jobs) {
  state_ = State::busy;
  expect_within(settings_.longest);
  if (settings_.prepare &&
      (forget_ || prepared_.size() > settings_.most_prepared || seen_.size() > 20 * settings_.most_prepared)) {
    forget_ = false;
    prepared_.clear();
    seen_.clear();
    send_plain("DEALLOCATE ALL", Kind::deallocate, 0);
    // A transaction of its own: the next may have to begin with how it is isolated.
    PQpipelineSync(connection_.get());
    expected_.push_back({Kind::fence});
  }
  const auto now = Clock::now();
  const rest::Statement* in_force = nullptr;
  for (std::unique_ptr<Job>& job : jobs) {
    const std::size_t number = running_.size();
    const bool block = static_cast<bool>(job->judge);
    running_.push_back({std::move(job), {}, false, false, now});
    if (block) send_plain("BEGIN", Kind::begin, number);
    for (std::size_t i = 0; i < running_[number].job->statements.size(); ++i) {
      running_[number].outcome.results.emplace_back(nullptr, PQclear);
      if (i == 0 && running_[number].job->begins_with_settings) {
        const rest::Statement* statement = running_[number].job->statements[i].get();
        const bool same = in_force && (in_force == statement ||
                                       (in_force->sql == statement->sql && in_force->values == statement->values));
        in_force = statement;
        if (same) continue;
      }
      send(number, i);
    }
  }
  PQpipelineSync(connection_.get());
  expected_.push_back({Kind::sync});
  flush();
}

void Lane::fence(std::function<void(bool)> heard) {
  PQpipelineSync(connection_.get());
  Expected one{Kind::fence};
  one.heard = std::move(heard);
  expected_.push_back(std::move(one));
  flush();
}

void Lane::forget_statements() { forget_ = true; }

void Lane::flush() {
  if (!connection_ || flushing_) return;
  const int left = PQflush(connection_.get());
  if (left < 0) return lost(PQerrorMessage(connection_.get()));
  if (left == 0) return;
  flushing_ = true;
  const auto keep = shared_from_this();
  descriptor_->async_wait(Wait::wait_write, [this, keep](const boost::system::error_code& error) {
    flushing_ = false;
    if (!error && connected()) flush();
  });
}

// --- receiving -------------------------------------------------------------------------------------------------------

void Lane::watch_reading() {
  const auto keep = shared_from_this();
  descriptor_->async_wait(Wait::wait_read,
                          [this, keep, socket = descriptor_.get()](const boost::system::error_code& error) {
                            if (error || descriptor_.get() != socket) return;
                            readable();
                            if (connection_) watch_reading();
                          });
}

void Lane::readable() {
  const auto keep = shared_from_this();
  if (PQconsumeInput(connection_.get()) == 0) return lost(PQerrorMessage(connection_.get()));
  if (flushing_ && PQflush(connection_.get()) < 0) return lost(PQerrorMessage(connection_.get()));
  while (connection_ && !expected_.empty() && PQisBusy(connection_.get()) == 0) {
    PGresult* result = PQgetResult(connection_.get());
    Expected& front = expected_.front();
    if (!result) {
      if (!front.answered) break;  // nothing more for now
      // A commit that failed is told where the sync is waited for, which is still to come.
      if (front.kind == Kind::sync || front.kind == Kind::fence) {
        front.answered = false;
        continue;
      }
      const Expected done = std::move(front);
      expected_.pop_front();
      end_of_statement(done);
      continue;
    }
    const bool sync = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
    if (sync) {
      PQclear(result);
      const Expected done = std::move(front);
      expected_.pop_front();
      drain_notifications();
      if (done.kind == Kind::fence) {
        if (done.heard) done.heard(true);
      } else {
        end_of_batch();
      }
      continue;
    }
    take(front, result);
  }
  if (connection_) drain_notifications();
  if (connection_ && PQstatus(connection_.get()) == CONNECTION_BAD) lost(PQerrorMessage(connection_.get()));
}

void Lane::drain_notifications() {
  while (connection_) {
    const std::unique_ptr<PGnotify, void (*)(void*)> one(PQnotifies(connection_.get()), PQfreemem);
    if (!one) return;
    owner_.lane_heard(one->relname, one->extra);
  }
}

void Lane::take(Expected& expected, PGresult* raw) {
  ResultPtr result(raw, PQclear);
  expected.answered = true;
  const ExecStatusType status = PQresultStatus(raw);
  const bool failed = status == PGRES_FATAL_ERROR || status == PGRES_PIPELINE_ABORTED;
  if (expected.kind == Kind::prepare && failed) prepared_.erase(expected.name);
  if (state_ == State::starting) {
    if (status == PGRES_FATAL_ERROR) started_ = 1;
    return;
  }
  if (running_.empty()) return;
  // A sync or an end that fails is a commit that failed: of the one job that there is.
  Running& running =
      running_[expected.kind == Kind::sync ? running_.size() - 1 : std::min(expected.job, running_.size() - 1)];
  if (status == PGRES_FATAL_ERROR) {
    if (!running.outcome.failure) running.outcome.failure = failure_of(raw, expected.statement);
    // The statement's plan, or the statement itself, is no longer what it was when it was prepared.
    forget_ |= running.outcome.failure->sqlstate == "0A000" || running.outcome.failure->sqlstate == "26000";
  } else if (status == PGRES_PIPELINE_ABORTED) {
    running.aborted = true;
  } else if (expected.kind == Kind::statement) {
    running.outcome.results[expected.statement] = std::move(result);
  }
}

void Lane::end_of_statement(const Expected& expected) {
  if (state_ == State::starting || expected.kind != Kind::statement || running_.empty()) return;
  Running& running = running_[expected.job];
  const bool last = expected.statement + 1 == running.job->statements.size();
  // Reads are done when their rows are there; a write when it is committed.
  if (last && shared_ && !running.outcome.failure && !running.aborted) finish(running);
}

void Lane::finish(Running& running) {
  if (running.finished) return;
  running.finished = true;
  running.outcome.milliseconds = milliseconds_since(running.sent);
  running.job->done(std::move(running.outcome));
}

void Lane::end_of_batch() {
  if (state_ == State::starting) {
    if (started_ != 0) return lost("the session could not be set up");
    failures_ = 0;
    deadline_.cancel();
    state_ = State::idle;
    return owner_.lane_ready(*this);
  }
  if (!running_.empty() && running_.front().job->judge && !judged_) {
    // A block: it is still open, and aborted if something failed.
    Running& running = running_.front();
    judged_ = true;
    const bool keep = !running.outcome.failure && running.job->judge(running.outcome);
    send_plain(keep ? "COMMIT" : "ROLLBACK", Kind::end, 0);
    PQpipelineSync(connection_.get());
    expected_.push_back({Kind::sync});
    return flush();
  }
  judged_ = false;
  std::vector<Running> running = std::move(running_);
  running_.clear();
  std::vector<std::unique_ptr<Job>> back;
  for (Running& one : running) {
    if (one.finished) continue;
    if (one.aborted && !one.outcome.failure) {
      back.push_back(std::move(one.job));
    } else {
      finish(one);
    }
  }
  deadline_.cancel();
  state_ = State::idle;
  if (closing_) return close();
  if (!back.empty()) owner_.lane_returned(*this, std::move(back));
  if (state_ == State::idle) owner_.lane_ready(*this);
}

}  // namespace pgvista::server
