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

/// Where a comment begins, at `from` or behind it, that somebody meant for a header and that is none: under another
/// spelling, or behind the beginning of the query.
std::optional<std::size_t> misplaced_header(std::string_view text, std::string_view mark, std::size_t from);

}  // namespace pgvista::project
