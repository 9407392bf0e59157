#pragma once
// HTML as text, with everything escaped that is not markup of our own.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgvista::admin {

/// For text and for attribute values in double quotes.
std::string escaped(std::string_view text);

class Html {
 public:
  Html& raw(std::string_view markup) {
    out_ += markup;
    return *this;
  }
  Html& text(std::string_view text) {
    out_ += escaped(text);
    return *this;
  }
  /// <tag a="b">text</tag>
  Html& element(std::string_view tag, std::string_view text,
                const std::vector<std::pair<std::string, std::string>>& attributes = {});
  Html& open(std::string_view tag, const std::vector<std::pair<std::string, std::string>>& attributes = {});
  Html& close(std::string_view tag);
  Html& link(const std::string& target, std::string_view text,
             const std::vector<std::pair<std::string, std::string>>& attributes = {});
  const std::string& str() const { return out_; }

 private:
  std::string out_;
};

}  // namespace pgvista::admin
