#pragma once

#include <type_traits>
#include <variant>

namespace pgvista {

/// Is T one of a variant's alternatives?
template <class T, class Variant>
inline constexpr bool is_one_of = false;
template <class T, class... Kinds>
inline constexpr bool is_one_of<T, std::variant<Kinds...>> = (std::is_same_v<T, Kinds> || ...);

}  // namespace pgvista
