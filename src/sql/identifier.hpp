#pragma once
// Names and quoting: the only place that turns a name or a value into SQL text.

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace pgvista::sql {

/// PostgreSQL cuts longer names silently; pgvista never lets it come to that.
inline constexpr std::size_t max_identifier_bytes = 63;

/// Quotes where needed: capitals, other signs, keywords that are not free for every use.
std::string quote_identifier(std::string_view name);
/// A string constant that means the same whatever standard_conforming_strings says.
std::string quote_literal(std::string_view value);

/// `$name$`, or one like it that does not occur in the text that it is to quote.
std::string dollar_tag(std::string_view name, std::string_view text);

/// A relation's, type's or function's name. An empty schema means: as the search path finds it.
struct Name {
  std::string schema;
  std::string name;

  auto operator<=>(const Name&) const = default;
  /// Quoted, for SQL.
  std::string sql() const;
  /// Plain, for people: schema left out when it is "public".
  std::string display() const;
};

/// The place of the ')' that matches the '(' at `open`, with strings and quoted names passed over; npos where none
/// does.
std::size_t closing_parenthesis(std::string_view text, std::size_t open);

/// "a, b", each quoted where needed.
std::string quote_list(const std::vector<std::string>& names);

std::string quote_path(const std::vector<std::string>& parts);

/// Shortens to 63 bytes, keeping the suffix whole and marking the cut with a hash of the whole name: the same name
/// always becomes the same text.
std::string shorten_identifier(const std::string& name, const std::string& suffix = {});

}  // namespace pgvista::sql
