#include "ivm/key_index.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace pgvista::ivm {

namespace {

constexpr std::size_t most_columns = 32;  // INDEX_MAX_KEYS
constexpr int has_nulls_not_distinct = 15;
constexpr int longest_entry = 1024;  // bytes of a text that stands in the index itself

bool is_text(const KeyColumn& column) { return column.kind.base == "text" || column.kind.base == "character varying"; }

// A long text is stood for by two digests of it: one alone could be forged.
std::vector<std::string> unique_parts(const KeyColumn& column, int server_major) {
  const std::string name = sql::quote_identifier(column.name);
  std::vector<std::string> out{name};
  if (!column.bounded) {
    const std::string long_one = fmt::format("octet_length({}) > {}", name, longest_entry);
    out = {fmt::format("(CASE WHEN {0} THEN md5({1}) || md5('pgvista' || {1}) ELSE {1} END)", long_one, name),
           "(" + long_one + ")"};
  }
  // Arrays of NULL are equal.
  if (!column.nullable || server_major >= has_nulls_not_distinct) return out;
  for (std::string& part : out) part = fmt::format("(ARRAY[{}])", part);
  return out;
}

std::vector<std::string> bounded_names(const std::vector<KeyColumn>& key) {
  std::vector<std::string> out;
  for (const KeyColumn& column : key) {
    if (column.bounded && out.size() < most_columns) out.push_back(sql::quote_identifier(column.name));
  }
  return out;
}

}  // namespace

KeyIndex key_index(const Names& names, const std::vector<KeyColumn>& key, bool wanted, int server_major) {
  KeyIndex out;
  if (key.empty()) return out;
  const std::string store = names.store().sql();
  const std::string name = sql::quote_identifier(sql::shorten_identifier(names.base, "_key"));
  std::vector<std::string> parts;
  bool nullable = false;
  bool held = true;
  for (const KeyColumn& column : key) {
    for (std::string& part : unique_parts(column, server_major)) parts.push_back(std::move(part));
    nullable |= column.nullable;
    held &= column.bounded || is_text(column);
  }
  out.unique = wanted && held && parts.size() <= most_columns;
  if (out.unique) {
    out.conflict = join(parts, ", ");
    out.create.push_back(fmt::format("CREATE UNIQUE INDEX {} ON {} ({}){}", name, store, out.conflict,
                                     nullable && server_major >= has_nulls_not_distinct ? " NULLS NOT DISTINCT" : ""));
  }
  const std::vector<std::string> bounded = bounded_names(key);
  if (out.unique && bounded.size() == parts.size() && bounded == parts) return out;
  const std::string lookup = out.unique ? sql::quote_identifier(sql::shorten_identifier(names.base, "_lookup")) : name;
  if (!bounded.empty()) {
    out.create.push_back(fmt::format("CREATE INDEX {} ON {} ({})", lookup, store, join(bounded, ", ")));
  } else if (key.front().kind.hashable) {
    // Of any length.
    out.create.push_back(
        fmt::format("CREATE INDEX {} ON {} USING hash ({})", lookup, store, sql::quote_identifier(key.front().name)));
  }
  return out;
}

}  // namespace pgvista::ivm
