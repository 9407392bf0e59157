#pragma once
// What a request is answered when it is not done: PostgREST's codes, so that its clients understand.

#include <boost/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace pgvista::rest {

/// {code, message, details, hint} with its status. Thrown wherever a request cannot go on.
class Refusal : public std::runtime_error {
 public:
  Refusal(int http_status, std::string error_code, const std::string& text, boost::json::value more = nullptr,
          std::string advice = {})
      : std::runtime_error(text),
        status(http_status),
        code(std::move(error_code)),
        details(std::move(more)),
        hint(std::move(advice)) {}

  int status;
  std::string code;
  boost::json::value details;
  std::string hint;  // "": null
  std::vector<std::pair<std::string, std::string>> headers;

  std::string body() const {
    return boost::json::serialize(
        boost::json::object{{"code", code},
                            {"details", details},
                            {"hint", hint.empty() ? boost::json::value(nullptr) : boost::json::value(hint)},
                            {"message", what()}});
  }
};

}  // namespace pgvista::rest
