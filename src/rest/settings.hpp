#pragma once
// What the one who serves allows.

#include <cstdint>
#include <optional>

#include "rest/grammar.hpp"

namespace pgvista::rest {

struct Settings {
  std::optional<std::int64_t> max_rows;  // of one resource that is read; empty: as many as there are
  bool aggregates = false;
  bool transaction_end = false;  // Prefer: tx=… is honoured
  GrammarLimits grammar;
  int json_depth = 32;
  int body_rows = 100'000;
};

/// What was written is told whole.
inline Settings uncapped(Settings settings) {
  settings.max_rows.reset();
  return settings;
}

}  // namespace pgvista::rest
