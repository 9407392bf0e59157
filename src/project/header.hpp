#pragma once
// The TOML in the leading comment of an SQL file.

#include <optional>
#include <string_view>

namespace pgvista::project {

struct Header {
  std::string_view toml;
  std::size_t toml_offset = 0;
  std::size_t query_offset = 0;  // npos: the comment is never closed
};

/// Bytes before the text proper.
std::size_t byte_order_mark(std::string_view text);

/// The leading block comment, when it begins with `mark`. Comments nest in PostgreSQL.
std::optional<Header> find_header(std::string_view text, std::string_view mark);

}  // namespace pgvista::project
