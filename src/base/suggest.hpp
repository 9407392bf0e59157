#pragma once
// Did you mean …?

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgvista {

/// The candidate nearest to `name` by edit distance (with transpositions, letter case ignored), if it is near enough
/// to be a slip; ties go to the first.
std::optional<std::string> nearest(std::string_view name, const std::vector<std::string>& candidates);

/// "Did you mean "x"?" or an empty text.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace pgvista
