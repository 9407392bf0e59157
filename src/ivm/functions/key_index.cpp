#include "ivm/functions/key_index.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "sql/make.hpp"
#include "sql/print.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;

namespace {

constexpr std::size_t most_columns = 32;  // INDEX_MAX_KEYS
constexpr int has_nulls_not_distinct = 15;
constexpr int longest_entry = 1024;  // bytes of a text that stands in the index itself

IndexColumn expression(Expr value) {
  IndexColumn out;
  out.expression = std::move(value);
  return out;
}

bool is_text(const KeyColumn& column) { return column.kind.base == "text" || column.kind.base == "character varying"; }

// A long text is stood for by two digests of it: one alone could be forged.
std::vector<IndexColumn> unique_parts(const KeyColumn& column, int server_major) {
  IndexColumn plain;
  plain.column = column.name;
  std::vector<IndexColumn> out = {plain};
  if (!column.bounded) {
    const Expr value = make::name(column.name);
    const Expr is_long = make::op(">", make::call("octet_length", {value}), make::number(longest_entry));
    const Expr digests =
        make::op("||", make::call("md5", {value}), make::call("md5", {make::op("||", make::text("pgvista"), value)}));
    out = {expression(make::choose(is_long, digests, value)), expression(is_long)};
  }
  // Arrays of NULL are equal.
  if (!column.nullable || server_major >= has_nulls_not_distinct) return out;
  for (IndexColumn& part : out)
    part = expression(make::array({part.expression ? *part.expression : make::name(part.column)}));
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
  std::vector<IndexColumn> parts;
  bool nullable = false;
  bool held = true;
  // What rows are looked up by comes first.
  std::vector<KeyColumn> ordered = key;
  std::stable_partition(ordered.begin(), ordered.end(), [](const KeyColumn& column) { return column.narrows; });
  for (const KeyColumn& column : ordered) {
    for (IndexColumn& part : unique_parts(column, server_major)) parts.push_back(std::move(part));
    nullable |= column.nullable;
    held &= column.bounded || is_text(column);
  }
  out.unique = wanted && held && parts.size() <= most_columns;
  if (out.unique) {
    std::vector<std::string> columns;
    for (const IndexColumn& part : parts) columns.push_back(print(part));
    out.arbiter = parts;
    out.create.push_back(fmt::format("CREATE UNIQUE INDEX {} ON {} ({}){}", name, store, join(columns, ", "),
                                     nullable && server_major >= has_nulls_not_distinct ? " NULLS NOT DISTINCT" : ""));
  }
  const std::vector<std::string> bounded = bounded_names(ordered);
  const bool plain =
      std::none_of(parts.begin(), parts.end(), [](const IndexColumn& part) { return bool{part.expression}; });
  if (out.unique && plain && bounded.size() == parts.size()) return out;
  const std::string lookup = out.unique ? sql::quote_identifier(sql::shorten_identifier(names.base, "_lookup")) : name;
  if (!bounded.empty()) {
    out.create.push_back(fmt::format("CREATE INDEX {} ON {} ({})", lookup, store, join(bounded, ", ")));
  } else if (ordered.front().kind.hashable) {
    // Of any length.
    out.create.push_back(fmt::format("CREATE INDEX {} ON {} USING hash ({})", lookup, store,
                                     sql::quote_identifier(ordered.front().name)));
  }
  return out;
}

}  // namespace pgvista::ivm
