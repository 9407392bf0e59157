#pragma once

#include <chrono>

namespace pgvista {

using Clock = std::chrono::steady_clock;

/// Milliseconds.
inline double since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

}  // namespace pgvista
