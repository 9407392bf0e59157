#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "inspect/inspect.hpp"
#include "inspect/naming.hpp"

namespace pgvista::inspect {

namespace {

std::string cpp_type(const std::string& type) {
  static const std::map<std::string, std::string> types = {
      {"boolean", "bool"}, {"smallint", "std::int16_t"}, {"integer", "std::int32_t"}, {"bigint", "std::int64_t"}, {"real", "float"}, {"double precision", "double"}, {"numeric", "pgvista::Decimal"}, {"date", "pgvista::Date"}, {"time without time zone", "pgvista::Time"}, {"timestamp without time zone", "pgvista::LocalTimestamp"}, {"timestamp with time zone", "pgvista::Timestamp"}, {"interval", "pgvista::Interval"}, {"uuid", "pgvista::Uuid"}, {"json", "pgvista::Json"}, {"jsonb", "pgvista::Json"}, {"bytea", "std::vector<std::byte>"}, {"oid", "std::uint32_t"}};
  if (type.ends_with("[]")) return "std::vector<" + cpp_type(type.substr(0, type.size() - 2)) + ">";
  std::string bare = type;
  if (const std::size_t open = bare.find('('); open != std::string::npos) {
    const std::size_t close = bare.find(')');
    bare = bare.substr(0, open) + bare.substr(close + 1);
  }
  const auto found = types.find(bare);
  return found == types.end() ? "std::string" : found->second;
}

bool needs_braces(const std::string& type) { return type == "bool" || type == "float" || type == "double" || type.starts_with("std::int") || type.starts_with("std::uint"); }

}  // namespace

std::string cpp_prelude() {
  return "#pragma once\n// Made by pgvista inspectdb.\n\n#include <cstddef>\n#include <cstdint>\n#include <optional>\n#include <string>\n#include <string_view>\n#include <vector>\n\n#include <pgvista/types.hpp>\n";
}

std::string cpp_struct(const Inspected& relation) {
  const sql::Name& name = relation.relation->name;
  std::string out = fmt::format("\nstruct {} {{\n  static constexpr std::string_view table = \"{}\";\n", type_name(name.name), escaped(name.display(), '"'));
  if (!relation.key.empty()) {
    std::vector<std::string> quoted;
    for (const std::string& column : relation.key) quoted.push_back("\"" + escaped(column, '"') + "\"");
    out += fmt::format("  static constexpr std::string_view key[] = {{{}}};\n", join(quoted, ", "));
  }
  Members members(cpp_keywords());
  for (const InspectedColumn& column : relation.columns) {
    const std::string member = members.add(column.name);
    const bool in_key = std::find(relation.key.begin(), relation.key.end(), column.name) != relation.key.end();
    const std::string type = cpp_type(column.type);
    const std::string whole = column.nullable && !in_key ? "std::optional<" + type + ">" : type;
    std::string note;
    if (member != column.name) note = " column \"" + escaped(column.name, '"') + "\"";
    if (!column.references.empty()) note += (note.empty() ? " " : ", ") + ("references " + column.references);
    if (type == "std::string" && !column.type.starts_with("character") && column.type != "text") note += (note.empty() ? " " : ", ") + column.type;
    out += fmt::format("  {} {}{};{}\n", whole, member, needs_braces(whole) ? "{}" : "", note.empty() ? "" : "  //" + note);
  }
  return out + "};\n";
}

}  // namespace pgvista::inspect
