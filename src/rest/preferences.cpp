#include "rest/preferences.hpp"

#include <charconv>

#include "base/text.hpp"
#include "rest/error.hpp"
#include "rest/request.hpp"

namespace pgvista::rest {

namespace {

struct Kind {
  const char* name;
  std::string Preferences::*value;
  std::vector<std::string> words;
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {
      {"resolution", &Preferences::resolution, {"merge-duplicates", "ignore-duplicates"}},
      {"missing", &Preferences::missing, {"default", "null"}},
      {"return", &Preferences::returned, {"representation", "minimal", "headers-only"}},
      {"count", &Preferences::count, {"exact", "planned", "estimated"}},
      {"tx", &Preferences::tx, {"commit", "rollback"}},
      {"handling", &Preferences::handling, {"strict", "lenient"}}};
  return all;
}

bool take(Preferences& out, const std::string& name, const std::string& value) {
  for (const Kind& kind : kinds()) {
    if (name != kind.name) continue;
    for (const std::string& word : kind.words) {
      if (word != value) continue;
      if ((out.*kind.value).empty()) out.*kind.value = value;
      return true;
    }
    return false;
  }
  if (name == "timezone") {
    if (out.timezone.empty()) out.timezone = value;
    return true;
  }
  if (name != "max-affected") return false;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error == std::errc{} && end == value.data() + value.size() && !out.max_affected) out.max_affected = number;
  return true;
}

}  // namespace

Preferences parse_preferences(const std::string& header) {
  Preferences out;
  if (header.empty()) return out;
  for (const std::string& token : header_list(header)) {
    const std::size_t equals = token.find('=');
    if (equals == std::string::npos ||
        !take(out, std::string(trim(token.substr(0, equals))), std::string(trim(token.substr(equals + 1)))))
      out.invalid.push_back(token);
  }
  if (out.strict() && !out.invalid.empty())
    throw Refusal(400, "PGRST122", "Invalid preferences given with handling=strict",
                  boost::json::value("Invalid preferences: " + join(out.invalid, ", ")));
  return out;
}

}  // namespace pgvista::rest
