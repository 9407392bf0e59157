#include "project/header.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace pgvista::project {

namespace {

constexpr std::string_view blanks = " \t\r\n";

// After the comment that begins at `start` with /*; npos: it is never closed. Comments nest, as in PostgreSQL.
std::size_t end_of_comment(std::string_view text, std::size_t start) {
  int depth = 0;
  for (std::size_t at = start; at + 1 < text.size(); ++at) {
    if (text.substr(at, 2) == "/*") {
      ++depth;
      ++at;
    } else if (text.substr(at, 2) == "*/") {
      ++at;
      if (--depth == 0) return at + 1;
    }
  }
  return std::string_view::npos;
}

std::size_t end_of_line(std::string_view text, std::size_t start) {
  const std::size_t end = text.find('\n', start);
  return end == std::string_view::npos ? text.size() : end + 1;
}

// Does the comment at `start` begin with these words, and a blank after them?
std::optional<std::size_t> after_mark(std::string_view text, std::size_t start, std::string_view mark) {
  const std::size_t word = text.find_first_not_of(blanks, start + 2);
  if (word == std::string_view::npos || text.substr(word, mark.size()) != mark) return std::nullopt;
  const std::size_t after = word + mark.size();
  if (after < text.size() && std::string_view(" \t\r\n*").find(text[after]) == std::string_view::npos)
    return std::nullopt;
  return after;
}

// After what is quoted from `at` on by this sign: 'it''s', "a""b". Escapes of E'…' end where the next quote is not
// doubled.
std::size_t end_of_quoted(std::string_view text, std::size_t at, char quote) {
  const bool escapes = quote == '\'' && at > 0 && (text[at - 1] == 'E' || text[at - 1] == 'e');
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (escapes && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (i + 1 >= text.size() || text[i + 1] != quote) return i + 1;
      ++i;
    }
  }
  return text.size();
}

// After $tag$ … $tag$; `at` where there is no such thing.
std::size_t end_of_dollars(std::string_view text, std::size_t at) {
  std::size_t tag = at + 1;
  while (tag < text.size() && (std::isalnum(static_cast<unsigned char>(text[tag])) != 0 || text[tag] == '_')) ++tag;
  if (tag >= text.size() || text[tag] != '$') return at;
  const std::string_view mark = text.substr(at, tag - at + 1);
  const std::size_t end = text.find(mark, tag + 1);
  return end == std::string_view::npos ? text.size() : end + mark.size();
}

// "PG_Vista:" is what somebody wrote who meant pgvista.
bool resembles(std::string_view text, std::size_t start, std::string_view mark) {
  std::string word;
  std::size_t at = text.find_first_not_of(blanks, start + 2);
  for (; at < text.size() && blanks.find(text[at]) == std::string_view::npos && text[at] != '*'; ++at) {
    if (std::isalnum(static_cast<unsigned char>(text[at])) != 0)
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(text[at])));
  }
  return word == mark;
}

}  // namespace

std::size_t byte_order_mark(std::string_view text) { return text.starts_with("\xEF\xBB\xBF") ? 3 : 0; }

std::optional<Header> find_header(std::string_view text, std::string_view mark) {
  // A licence, a title, whatever stands above it.
  for (std::size_t start = byte_order_mark(text);;) {
    start = text.find_first_not_of(blanks, start);
    if (start == std::string_view::npos) return std::nullopt;
    if (text.substr(start, 2) == "--") {
      start = end_of_line(text, start);
      continue;
    }
    if (text.substr(start, 2) != "/*") return std::nullopt;
    const std::size_t end = end_of_comment(text, start);
    if (const auto after = after_mark(text, start, mark)) {
      if (end == std::string_view::npos) return Header{text.substr(*after), *after, std::string_view::npos};
      return Header{text.substr(*after, end - 2 - *after), *after, end};
    }
    if (end == std::string_view::npos) return std::nullopt;
    start = end;
  }
}

std::optional<std::size_t> misplaced_header(std::string_view text, std::string_view mark, std::size_t from) {
  for (std::size_t at = from; at < text.size();) {
    if (text.substr(at, 2) == "/*") {
      if (resembles(text, at, mark)) return at;
      at = std::min(end_of_comment(text, at), text.size());
    } else if (text.substr(at, 2) == "--") {
      at = end_of_line(text, at);
    } else if (text[at] == '\'' || text[at] == '"') {
      at = end_of_quoted(text, at, text[at]);
    } else if (text[at] == '$') {
      at = std::max(end_of_dollars(text, at), at + 1);
    } else {
      ++at;
    }
  }
  return std::nullopt;
}

}  // namespace pgvista::project
