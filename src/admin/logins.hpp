#pragma once
// Who is signed in, for how long, with which connections; and who tries to too often.

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "admin/visit.hpp"

namespace pgvista::admin {

using Clock = std::chrono::steady_clock;

/// A number that nobody guesses, as hexadecimal text. Throws Failure (no_randomness).
std::string random_token();

/// By cookie. A login ends twelve hours after it was last used, and a day after it began. Any thread.
class Logins {
 public:
  /// nullptr: nobody is signed in by this cookie.
  std::shared_ptr<Login> known(const std::string& cookie);
  /// Returns the cookie.
  std::string remember(std::shared_ptr<Login> login);
  void forget(const std::string& cookie);
  /// Closes connections that nobody uses: those idle for half a minute, and the oldest beyond `most_connections`.
  void trim();

 private:
  struct Known {
    std::shared_ptr<Login> login;
    Clock::time_point begun;
    Clock::time_point used;
  };
  std::mutex mutex_;
  std::map<std::string, Known> all_;
};

/// Failed attempts to sign in, a minute: by address and role, and by address. One who guesses shuts out himself alone.
class Attempts {
 public:
  bool too_many(const std::string& peer, const std::string& role);
  void failed(const std::string& peer, const std::string& role);

 private:
  void begin_anew_after_a_minute();

  std::mutex mutex_;
  Clock::time_point since_{};
  std::map<std::pair<std::string, std::string>, int> of_role_;
  std::map<std::string, int> of_peer_;
};

}  // namespace pgvista::admin
