#include "project/header.hpp"

namespace pgvista::project {

std::size_t byte_order_mark(std::string_view text) { return text.starts_with("\xEF\xBB\xBF") ? 3 : 0; }

std::optional<Header> find_header(std::string_view text, std::string_view mark) {
  const std::size_t begin = byte_order_mark(text);
  std::size_t start = text.find_first_not_of(" \t\r\n", begin);
  if (start == std::string_view::npos || text.substr(start, 2) != "/*") return std::nullopt;
  const std::size_t word = text.find_first_not_of(" \t\r\n", start + 2);
  if (word == std::string_view::npos || text.substr(word, mark.size()) != mark) return std::nullopt;
  const std::size_t after = word + mark.size();
  if (after < text.size() && std::string_view(" \t\r\n*").find(text[after]) == std::string_view::npos) return std::nullopt;
  int depth = 1;
  for (std::size_t at = start + 2; at + 1 < text.size(); ++at) {
    if (text.substr(at, 2) == "/*") {
      ++depth;
      ++at;
    } else if (text.substr(at, 2) == "*/") {
      if (--depth == 0) return Header{text.substr(after, at - after), after, at + 2};
      ++at;
    }
  }
  return Header{text.substr(after), after, std::string_view::npos};
}

}  // namespace pgvista::project
