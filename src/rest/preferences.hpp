#pragma once
// The Prefer header.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pgvista::rest {

struct Preferences {
  std::string resolution;  // merge-duplicates, ignore-duplicates
  std::string missing;     // default, null
  std::string returned;    // representation, minimal, headers-only
  std::string count;       // exact, planned, estimated
  std::string tx;          // commit, rollback
  std::string handling;    // strict, lenient
  std::string timezone;
  std::optional<std::int64_t> max_affected;
  std::vector<std::string> invalid;

  bool strict() const { return handling == "strict"; }
};

/// Of each kind the first counts. Throws Refusal (PGRST122) for unknown ones with handling=strict.
Preferences parse_preferences(const std::string& header);

}  // namespace pgvista::rest
