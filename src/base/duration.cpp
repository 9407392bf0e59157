#include "base/duration.hpp"

#include <charconv>
#include <string>
#include <utility>

#include "base/text.hpp"

namespace pgvista {

std::optional<double> duration_ms(std::string_view text) {
  const std::string_view given = trim(text);
  double number = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), number);
  if (error != std::errc{} || number < 0) return std::nullopt;
  const std::string_view unit =
      trim(std::string_view(end, static_cast<std::size_t>(given.data() + given.size() - end)));
  constexpr std::pair<std::string_view, double> units[] = {
      {"", 1}, {"us", 0.001}, {"ms", 1}, {"s", 1000}, {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
  for (const auto& [name, factor] : units) {
    if (unit == name) return number * factor;
  }
  return std::nullopt;
}

}  // namespace pgvista
