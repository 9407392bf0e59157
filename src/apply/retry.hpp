#pragma once
#include "apply/survey.hpp"
#include "db/retry.hpp"

namespace pgvista::apply {

/// As the limits say; the watcher is told of the first failure.
template <class Work>
void with_retries(const Limits& limits, const Watcher& watcher, Work&& work) {
  db::with_retries(
      limits.lock_retries, [&] { watcher.message("a lock is taken by another session; trying again"); }, work);
}

}  // namespace pgvista::apply
