#pragma once
#include <optional>
#include <string_view>

namespace pgvista {

/// "1500ms", "5s", "2min", "1h", "1d", and a bare number of milliseconds, as PostgreSQL takes them -> milliseconds.
/// nullopt: it is none.
std::optional<double> duration_ms(std::string_view text);
/// The same, and the words of an interval: "1 minute", "30 seconds", "2 hours".
std::optional<double> interval_ms(std::string_view text);

}  // namespace pgvista
