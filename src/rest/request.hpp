#pragma once
// A request as the server got it, and its parts decoded.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgvista::rest {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;                          // upper case
  std::string path;                            // decoded, without the query
  std::string raw_path;                        // as it came
  Pairs query;                                 // decoded, in order
  std::map<std::string, std::string> headers;  // lower-case names; those given several times joined by ","
  std::string body;
  std::string peer;  // the address of the other side; "": not known

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string{} : found->second;
  }
  const std::string* parameter(const std::string& name) const {
    for (const auto& [key, value] : query) {
      if (key == name) return &value;
    }
    return nullptr;
  }
};

/// %41 -> A, and '+' -> ' ' in a query. nullopt: a broken escape, a NUL, or what is not UTF-8.
std::optional<std::string> percent_decoded(std::string_view text, bool query);
std::string percent_encoded(std::string_view text);

/// "a=1&b=x+y", of a query or a form's body. Throws Refusal (PGRST100).
Pairs read_form(std::string_view text);

/// Fills in path and query from a target such as "/a/b?x=1&y=2". Throws Refusal (PGRST100).
void read_target(Request& request, std::string_view target);

/// "/a/b%2Fc/" -> {"a", "b%2Fc"}: the parts as they came.
std::vector<std::string> path_parts(std::string_view raw_path);

/// "/a/b%2Fc" -> {"a", "b/c"}. Of two parts that are no function's, the second is a key: it is left as it came, since
/// its commas separate.
std::vector<std::string> path_segments(std::string_view raw_path);

/// The cookies that came, in order.
Pairs cookies_of(const Request& request);

/// The parts of a header's list: "a, b;q=0.5" -> {"a", "b;q=0.5"}.
std::vector<std::string> header_list(std::string_view value);

}  // namespace pgvista::rest
