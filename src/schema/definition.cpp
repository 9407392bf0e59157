#include "schema/definition.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace pgvista::schema {

const char* to_string(Kind kind) { return kind == Kind::view ? "view" : "materialized"; }

const char* to_string(Maintenance maintenance) {
  switch (maintenance) {
    case Maintenance::manual: return "manual";
    case Maintenance::immediate: return "immediate";
    case Maintenance::on_commit: return "on_commit";
    case Maintenance::deferred: return "deferred";
  }
  return "manual";
}

bool maintained(const ViewDefinition& view) { return view.kind == Kind::materialized && view.maintenance != Maintenance::manual; }

Kind object_kind(const ViewDefinition& view) { return maintained(view) ? Kind::view : view.kind; }

void locate(Error& error, const ViewDefinition& view, std::size_t query_offset) {
  const LineColumn at = line_column(view.source.text, view.source.query_offset + query_offset);
  error.file = view.source.file;
  error.line = at.line;
  error.column = at.column;
}

std::string index_name(const ViewDefinition& view, const IndexDefinition& index) {
  if (!index.name.empty()) return index.name;
  std::string base = view.name.name;
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
  if (!index.where.empty() || !index.method.empty() || !index.include.empty() || !index.storage.empty() || index.nulls_not_distinct) base += "_" + stable_hash_hex(index_text(index), 4);
  return sql::shorten_identifier(base, index.unique ? "_key" : "_idx");
}

std::string index_text(const IndexDefinition& index) {
  std::string storage;
  for (const auto& [name, value] : index.storage) storage += fmt::format(" {}={}", name, value);
  return fmt::format("{}{}({}) include ({}) where ({}) with ({}) tablespace {}{}", index.unique ? "unique " : "",
                     index.method.empty() ? "btree" : index.method, join(index.columns, ", "), join(index.include, ", "),
                     index.where, storage, index.tablespace, index.nulls_not_distinct ? " nulls not distinct" : "");
}

}  // namespace pgvista::schema
