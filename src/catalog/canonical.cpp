#include "analyze/tables.hpp"
#include "base/text.hpp"
#include "catalog/meaning.hpp"
#include "parse/parse.hpp"
#include "sql/print.hpp"

namespace pgvista::catalog {

namespace {

// pg_temp_3 and the like; the number is the session's.
std::string plain_schema(const std::string& schema) { return schema.starts_with("pg_temp_") ? "pg_temp" : schema; }

void rename_qualifier(sql::Select& query, const std::string& from, const std::string& to) {
  sql::walk(query, [&](auto& node) {
    if constexpr (std::is_same_v<std::remove_reference_t<decltype(node)>, sql::ColumnRef>) {
      const std::size_t qualifiers = node.star ? 1 : 2;
      if (node.parts.size() == qualifiers && node.parts.front() == from) node.parts.front() = to;
    }
  });
}

}  // namespace

std::string canonical_text(const std::string& viewdef, const std::map<sql::Name, sql::Name>& names) {
  try {
    sql::Select query = parse::parse_select(viewdef);
    std::vector<std::pair<std::string, std::string>> qualifiers;
    analyze::for_each_table(query, [&](sql::TableRef& ref) {
      const auto renamed = names.find({plain_schema(ref.schema), ref.name});
      if (renamed != names.end()) {
        if (ref.alias.name.empty()) qualifiers.emplace_back(ref.name, renamed->second.name);
        ref.schema = renamed->second.schema;
        ref.name = renamed->second.name;
      }
      // "FROM t AS t" and "FROM t" are one.
      if (ref.alias.name == ref.name && ref.alias.columns.empty()) ref.alias = {};
    });
    for (const auto& [from, to] : qualifiers) rename_qualifier(query, from, to);
    return sql::print(query);
  } catch (const Failure&) {
    // A newer server writes what our grammar does not know: its own text serves, as both sides come from it.
    std::string text = viewdef;
    for (const auto& [from, to] : names) text = replace_all(std::move(text), from.name, to.name);
    return text;
  }
}

std::string canonical_index(const std::string& indexdef, const std::string& tablespace) {
  const std::size_t at = indexdef.find(" USING ");
  std::string out = indexdef.starts_with("CREATE UNIQUE") ? "UNIQUE" : "";
  out += at == std::string::npos ? indexdef : indexdef.substr(at);
  if (!tablespace.empty()) out += " TABLESPACE " + tablespace;
  return out;
}

}  // namespace pgvista::catalog
