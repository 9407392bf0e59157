#pragma once
#include <algorithm>
#include <chrono>
#include <functional>
#include <random>

#include "db/advisory_lock.hpp"

namespace pgvista::db {

/// Runs `work`, again as a whole while a lock is not to be had within the lock timeout, so many times, with pauses that
/// grow to two seconds. `first`: called before the first of them. Between two attempts nobody waits behind ours.
template <class Work>
void with_retries(int retries, const std::function<void()>& first, Work&& work) {
  std::mt19937 random{std::random_device{}()};
  for (int attempt = 0;; ++attempt) {
    try {
      return work();
    } catch (const Failure& failure) {
      if (failure.error().exit != ExitCode::locked || attempt >= retries) throw;
      if (attempt == 0) first();
      const int longest = std::min(2000, 50 << std::min(attempt, 6));
      pause(
          std::chrono::milliseconds(longest / 2 + static_cast<int>(random() % static_cast<unsigned>(longest / 2 + 1))));
    }
  }
}

}  // namespace pgvista::db
