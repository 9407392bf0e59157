#include "base/duration.hpp"

#include <charconv>
#include <span>
#include <string>
#include <utility>

#include "base/text.hpp"

namespace pgvista {

namespace {

using Units = std::span<const std::pair<std::string_view, double>>;

constexpr std::pair<std::string_view, double> short_units[] = {
    {"", 1}, {"us", 0.001}, {"ms", 1}, {"s", 1000}, {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
constexpr std::pair<std::string_view, double> words[] = {
    {"millisecond", 1}, {"second", 1000}, {"minute", 60'000}, {"hour", 3'600'000}, {"day", 86'400'000}};

std::optional<double> factor_of(Units units, std::string_view unit) {
  for (const auto& [name, factor] : units) {
    if (unit == name) return factor;
  }
  return std::nullopt;
}

// A number, and its unit.
std::optional<std::pair<double, std::string>> parts_of(std::string_view text) {
  const std::string_view given = trim(text);
  double number = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), number);
  if (error != std::errc{} || !(number >= 0)) return std::nullopt;
  return std::pair(
      number, std::string(trim(std::string_view(end, static_cast<std::size_t>(given.data() + given.size() - end)))));
}

}  // namespace

std::optional<double> duration_ms(std::string_view text) {
  const auto parts = parts_of(text);
  const auto factor = parts ? factor_of(short_units, parts->second) : std::nullopt;
  return factor ? std::optional(parts->first * *factor) : std::nullopt;
}

std::optional<double> interval_ms(std::string_view text) {
  if (const auto known = duration_ms(text)) return known;
  const auto parts = parts_of(text);
  if (!parts) return std::nullopt;
  std::string word = lower(parts->second);
  if (word.ends_with('s')) word.pop_back();
  const auto factor = factor_of(words, word);
  return factor ? std::optional(parts->first * *factor) : std::nullopt;
}

}  // namespace pgvista
