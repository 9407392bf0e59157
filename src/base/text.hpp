#pragma once
// Small questions about text. Bytes in, bytes out; UTF-8 where characters matter.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pgvista {

std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::vector<std::string> split_lines(std::string_view text);
std::string_view trim(std::string_view text);
std::string replace_all(std::string text, std::string_view from, std::string_view to);

/// ASCII letters only, as PostgreSQL folds unquoted identifiers.
std::string lower(std::string_view text);

/// The byte offset of the first byte that is not valid UTF-8, or npos.
std::size_t invalid_utf8(std::string_view text);

/// Characters, not bytes. Requires valid UTF-8.
std::size_t length_utf8(std::string_view text);

/// The longest prefix of at most `bytes` bytes that does not cut a character.
std::string_view prefix_utf8(std::string_view text, std::size_t bytes);

/// Byte offset of the character with this index (from 0), or the text's size.
std::size_t offset_of_character(std::string_view text, std::size_t index);

struct LineColumn {
  int line = 1;
  int column = 1;
};
/// Line and column (in characters, from 1) of a byte offset.
LineColumn line_column(std::string_view text, std::size_t offset);

/// FNV-1a, 64 bits: stable across runs and machines, not for security.
std::uint64_t stable_hash(std::string_view text);
std::string stable_hash_hex(std::string_view text, int digits = 16);

/// "1.5 s", "230 ms", "4 min 10 s"
std::string human_duration(double milliseconds);
/// "8.0 kB", "1.2 MB"; powers of 1024 as PostgreSQL's pg_size_pretty.
std::string human_size(std::int64_t bytes);

/// A minimal unified diff of two texts by lines: ' ', '-', '+' prefixes, unchanged runs shortened.
std::string line_diff(std::string_view before, std::string_view after);

}  // namespace pgvista
