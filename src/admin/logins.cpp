#include "admin/logins.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <vector>

namespace pgvista::admin {

namespace {

constexpr std::chrono::hours longest_idle{12};
constexpr std::chrono::hours longest_login{24};
constexpr std::size_t most_logins = 500;
constexpr std::size_t most_connections = 8;
constexpr std::chrono::seconds longest_kept{30};  // a connection that nobody uses
constexpr int most_failures_of_a_role = 10;
constexpr int most_failures_of_a_peer = 60;
constexpr std::size_t most_counted = 10'000;  // roles and addresses that are counted at a time

}  // namespace

std::string random_token() {
  unsigned char bytes[24];
  if (RAND_bytes(bytes, sizeof bytes) != 1)
    throw Failure(Error{"no_randomness", "the system gives no random numbers", {}, {}, {}, {}});
  std::string out;
  for (const unsigned char byte : bytes) out += fmt::format("{:02x}", byte);
  return out;
}

std::shared_ptr<Login> Logins::known(const std::string& cookie) {
  const std::lock_guard lock(mutex_);
  const auto found = all_.find(cookie);
  if (cookie.empty() || found == all_.end()) return nullptr;
  const auto now = Clock::now();
  if (now - found->second.used > longest_idle || now - found->second.begun > longest_login) {
    all_.erase(found);
    return nullptr;
  }
  found->second.used = now;
  return found->second.login;
}

std::string Logins::remember(std::shared_ptr<Login> login) {
  const std::string cookie = random_token();
  const std::lock_guard lock(mutex_);
  if (all_.size() >= most_logins) {
    all_.erase(std::min_element(all_.begin(), all_.end(),
                                [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
  }
  all_[cookie] = {std::move(login), Clock::now(), Clock::now()};
  return cookie;
}

void Logins::forget(const std::string& cookie) {
  const std::lock_guard lock(mutex_);
  all_.erase(cookie);
}

void Logins::trim() {
  std::vector<std::pair<Clock::time_point, std::shared_ptr<Login>>> by_use;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [cookie, one] : all_) by_use.emplace_back(one.used, one.login);
  }
  std::sort(by_use.begin(), by_use.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::size_t kept = 0;
  for (const auto& [used, login] : by_use) {
    const std::unique_lock lock(login->mutex, std::try_to_lock);
    if (!lock.owns_lock() || !login->connection) continue;
    if (++kept > most_connections || Clock::now() - used > longest_kept) login->connection.reset();
  }
}

void Attempts::begin_anew_after_a_minute() {
  if (Clock::now() - since_ < std::chrono::minutes(1) && of_role_.size() < most_counted) return;
  since_ = Clock::now();
  of_role_.clear();
  of_peer_.clear();
}

bool Attempts::too_many(const std::string& peer, const std::string& role) {
  const std::lock_guard lock(mutex_);
  begin_anew_after_a_minute();
  const auto of_role = of_role_.find({peer, role});
  const auto of_peer = of_peer_.find(peer);
  return (of_role != of_role_.end() && of_role->second >= most_failures_of_a_role) ||
         (of_peer != of_peer_.end() && of_peer->second >= most_failures_of_a_peer);
}

void Attempts::failed(const std::string& peer, const std::string& role) {
  const std::lock_guard lock(mutex_);
  begin_anew_after_a_minute();
  ++of_role_[{peer, role}];
  ++of_peer_[peer];
}

}  // namespace pgvista::admin
