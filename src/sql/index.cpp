#include "sql/index.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace pgvista::sql {

std::string option_name(const std::string& name) {
  const std::size_t dot = name.find('.');
  return dot == std::string::npos
             ? quote_identifier(name)
             : quote_identifier(name.substr(0, dot)) + "." + quote_identifier(name.substr(dot + 1));
}

std::string option_list(const Options& options) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : options) parts.push_back(option_name(name) + " = " + quote_literal(value));
  return "(" + join(parts, ", ") + ")";
}

std::string with_clause(const Options& options) {
  return options.empty() ? std::string{} : " WITH " + option_list(options);
}

std::string create_index(const IndexDefinition& index, const std::string& name, const Name& relation,
                         bool concurrently) {
  std::string out =
      fmt::format("CREATE {}INDEX {}{} ON {} USING {} ({})", index.unique ? "UNIQUE " : "",
                  concurrently ? "CONCURRENTLY " : "", quote_identifier(name), relation.sql(),
                  index.method.empty() ? "btree" : quote_identifier(index.method), join(index.columns, ", "));
  if (!index.include.empty()) {
    std::vector<std::string> quoted;
    for (const std::string& column : index.include) quoted.push_back(quote_identifier(column));
    out += " INCLUDE (" + join(quoted, ", ") + ")";
  }
  if (index.nulls_not_distinct) out += " NULLS NOT DISTINCT";
  out += with_clause(index.storage);
  if (!index.tablespace.empty()) out += " TABLESPACE " + quote_identifier(index.tablespace);
  if (!index.where.empty()) out += " WHERE " + index.where;
  return out;
}

std::string index_name(const std::string& relation, const IndexDefinition& index) {
  if (!index.name.empty()) return index.name;
  std::string base = relation;
  for (const std::string& column : index.columns) {
    std::string word;
    for (const char c : lower(column)) {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
      if (plain) {
        word += c;
      } else if (!word.empty() && word.back() != '_') {
        word += '_';
      }
    }
    while (!word.empty() && word.back() == '_') word.pop_back();
    if (!word.empty()) base += "_" + word;
  }
  // Indexes that differ in more than their columns must not want one name.
  if (!index.where.empty() || !index.method.empty() || !index.include.empty() || !index.storage.empty() ||
      index.nulls_not_distinct)
    base += "_" + stable_hash_hex(index_text(index), 4);
  return shorten_identifier(base, index.unique ? "_key" : "_idx");
}

std::string index_text(const IndexDefinition& index) {
  std::string storage;
  for (const auto& [name, value] : index.storage) storage += fmt::format(" {}={}", name, value);
  return fmt::format("{}{}({}) include ({}) where ({}) with ({}) tablespace {}{}", index.unique ? "unique " : "",
                     index.method.empty() ? "btree" : index.method, join(index.columns, ", "),
                     join(index.include, ", "), index.where, storage, index.tablespace,
                     index.nulls_not_distinct ? " nulls not distinct" : "");
}

}  // namespace pgvista::sql
