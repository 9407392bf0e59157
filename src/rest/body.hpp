#pragma once
// The body of a write as JSON text, and the keys that it speaks of.

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "rest/request.hpp"
#include "rest/settings.hpp"

namespace pgvista::rest {

struct Body {
  std::string json;                   // an array of objects
  std::vector<std::string> keys;      // of the first, in order
  std::vector<std::string> all_keys;  // of all, each once
  std::size_t rows = 0;
  bool uniform = true;  // all objects have the same keys
  boost::json::value value;
};

/// JSON, CSV or a form. Throws Refusal (PGRST102).
Body read_body(const Request& request, const Settings& settings);

/// Parses JSON within the limits; the number of digits of numbers is kept where the text is passed on. Throws Refusal
/// (PGRST102).
boost::json::value parse_json(const std::string& text, const Settings& settings);

}  // namespace pgvista::rest
