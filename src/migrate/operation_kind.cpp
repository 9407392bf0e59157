#include <array>

#include "migrate/migration.hpp"

namespace pgvista::migrate {

namespace {

constexpr std::array all = {Operation::Kind::change, Operation::Kind::sql, Operation::Kind::view};

}  // namespace

const char* to_string(Operation::Kind kind) {
  switch (kind) {
    case Operation::Kind::change: return "change";
    case Operation::Kind::sql: return "sql";
    case Operation::Kind::view: return "view";
  }
  return "";
}

std::optional<Operation::Kind> operation_kind(std::string_view word) {
  for (const Operation::Kind kind : all) {
    if (word == to_string(kind)) return kind;
  }
  return std::nullopt;
}

std::vector<std::string> operation_words() {
  std::vector<std::string> out;
  for (const Operation::Kind kind : all) out.emplace_back(to_string(kind));
  return out;
}

}  // namespace pgvista::migrate
