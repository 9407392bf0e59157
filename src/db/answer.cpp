#include "db/answer.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include "db/connection.hpp"
#include "db/interrupt.hpp"

namespace pgvista::db {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto tick = 100ms;
constexpr auto after_cancel = 10s;
constexpr auto between_pings = 60s;
constexpr int most_unanswered = 3;

void shut(PGconn* connection) {
  shutdown(PQsocket(connection), SHUT_RDWR);
  PQconsumeInput(connection);
}

[[noreturn]] void give_up(PGconn* connection, const std::string& why) {
  shut(connection);
  Error error = lost_connection(connection);
  error.detail = why;
  throw QueryFailure(std::move(error), {});
}

bool readable(PGconn* connection) {
  pollfd waits{PQsocket(connection), POLLIN, 0};
  return poll(&waits, 1, static_cast<int>(std::chrono::milliseconds(tick).count())) != 0;
}

// A statement may take hours. Whether somebody is still there, a new session tells.
class Pings {
 public:
  explicit Pings(const std::string& url) : url_(url), last_(Clock::now()) {}

  bool in_vain() {
    if (Clock::now() - last_ < between_pings) return false;
    const ConnectWords words(url_.c_str(), "pgvista");
    const bool silent = PQpingParams(words.keywords.data(), words.values.data(), 1) == PQPING_NO_RESPONSE;
    last_ = Clock::now();
    unanswered_ = silent ? unanswered_ + 1 : 0;
    return unanswered_ >= most_unanswered;
  }

 private:
  const std::string& url_;
  Clock::time_point last_;
  int unanswered_ = 0;
};

}  // namespace

void await_answer(PGconn* connection, const Patience& patience) {
  const auto began = Clock::now();
  Clock::time_point interrupted_at{};
  Pings pings(patience.url);
  while (PQisBusy(connection) != 0) {
    if (readable(connection)) {
      if (PQconsumeInput(connection) == 0) return;  // the result tells
      continue;
    }
    const auto now = Clock::now();
    if (interrupted() && interrupted_at == Clock::time_point{}) interrupted_at = now;
    if (interrupted() && now - interrupted_at > after_cancel) {
      shut(connection);
      check_interrupt();
    }
    if (patience.longest > 0ms && now - began > patience.longest)
      give_up(connection, fmt::format("the server has not answered for {} s",
                                      std::chrono::duration_cast<std::chrono::seconds>(now - began).count()));
    if (patience.longest == 0ms && pings.in_vain()) give_up(connection, "the server answers nobody");
  }
}

}  // namespace pgvista::db
