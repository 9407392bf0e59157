#pragma once
#include <algorithm>
#include <chrono>
#include <random>

#include "apply/sync.hpp"
#include "db/advisory_lock.hpp"

namespace pgvista::apply {

/// Runs `work`, again as a whole while a lock is not to be had within the lock timeout.
template <class Work>
void with_retries(const Limits& limits, const Watcher& watcher, Work&& work) {
  std::mt19937 random{std::random_device{}()};
  for (int attempt = 0;; ++attempt) {
    try {
      return work();
    } catch (const Failure& failure) {
      if (failure.error().exit != ExitCode::locked || attempt >= limits.lock_retries) throw;
      if (attempt == 0) watcher.message("a lock is taken by another session; trying again");
      const int longest = std::min(2000, 50 << std::min(attempt, 6));
      db::pause(std::chrono::milliseconds(longest / 2 + static_cast<int>(random() % static_cast<unsigned>(longest / 2 + 1))));
    }
  }
}

}  // namespace pgvista::apply
