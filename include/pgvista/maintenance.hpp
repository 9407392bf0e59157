#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace pgvista {

/// Who keeps a materialized view: `refresh` alone; each statement; each commit; pgvista watch.
enum class Maintenance { manual, immediate, on_commit, deferred };

/// As headers, tables and JSON say it, in the order of the enum.
inline constexpr std::array<std::string_view, 4> maintenance_names = {"manual", "immediate", "on_commit", "deferred"};

/// nullopt: there is no such word.
constexpr std::optional<Maintenance> maintenance_named(std::string_view word) {
  for (std::size_t i = 0; i < maintenance_names.size(); ++i) {
    if (maintenance_names[i] == word) return static_cast<Maintenance>(i);
  }
  return std::nullopt;
}

/// Its triggers keep it: it is never behind a committed change.
constexpr bool kept_by_triggers(Maintenance maintenance) {
  return maintenance == Maintenance::immediate || maintenance == Maintenance::on_commit;
}

}  // namespace pgvista
