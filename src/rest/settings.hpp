#pragma once
// What the one who serves allows.

#include <cstdint>
#include <optional>

#include "rest/grammar.hpp"

namespace pgvista::rest {

struct Settings {
  std::optional<std::int64_t> max_rows;  // of one resource; unlimited
  bool aggregates = false;
  bool transaction_end = false;  // Prefer: tx=… is honoured
  GrammarLimits grammar;
  int json_depth = 32;
  int body_rows = 100'000;
};

}  // namespace pgvista::rest
