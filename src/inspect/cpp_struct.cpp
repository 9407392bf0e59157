#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "inspect/inspect.hpp"
#include "inspect/naming.hpp"
#include "sql/known_types.hpp"

namespace pgvista::inspect {

namespace {

bool is_array(const std::string& type) { return type.ends_with("[]"); }
std::string element(const std::string& type) {
  return sql::without_modifier(is_array(type) ? type.substr(0, type.size() - 2) : type);
}
// Its type in C++; "" of one that is read and written as text.
std::string_view own_type(const std::string& element) {
  const sql::KnownType* known = sql::known_type(element);
  return known ? known->cpp : std::string_view{};
}

bool travels_as_text(const std::string& type) { return own_type(element(type)).empty(); }

std::string cpp_type(const std::string& type) {
  const std::string_view own = own_type(element(type));
  const std::string one(own.empty() ? "std::string" : own);
  // Arrays of types that travel as text are one text.
  return is_array(type) && !own.empty() ? "std::vector<" + one + ">" : one;
}

bool needs_braces(const std::string& type) {
  return type == "bool" || type == "float" || type == "double" || type.starts_with("std::int") ||
         type == "pgvista::Date" || type.starts_with("pgvista::Timestamp");
}

std::string literal(const std::string& text) { return "\"" + escaped(text, '"') + "\""; }

// A member, and what define() says of it beside.
struct Written {
  std::string type;
  std::string name;
  std::vector<std::string> options;
};

Written write_member(const InspectedColumn& column, bool in_key, bool leads, Members& members) {
  Written out;
  const bool id = leads && column.name.size() > 3 && column.name.ends_with("_id");
  out.name = members.add(id ? column.name.substr(0, column.name.size() - 3) : column.name);
  const std::string value = cpp_type(column.type);
  out.type = !leads                    ? value
             : value == "std::int64_t" ? "pgvista::Ref<" + type_name(column.references) + ">"
                                       : "pgvista::Ref<" + type_name(column.references) + ", " + value + ">";
  if (column.nullable && !in_key) out.type = "std::optional<" + out.type + ">";
  if (out.name + (leads ? "_id" : "") != column.name)
    out.options.push_back("pgvista::column_name(" + literal(column.name) + ")");
  if (travels_as_text(column.type)) out.options.push_back("pgvista::column_type(" + literal(column.type) + ")");
  return out;
}

}  // namespace

std::string cpp_prelude() { return "#pragma once\n// Made by pgvista inspectdb.\n\n#include <pgvista/pgvista.hpp>\n"; }

namespace {

struct Line {
  std::string text;
  std::string name;
};

// Boost.Describe takes 52 members at once: what comes before the last of them goes into base structs.
struct Parts {
  std::string bases;  // their definitions
  std::vector<std::string> names;
  std::vector<Line> own;
};

std::string struct_of(const std::string& head, const std::vector<Line>& lines, const std::string& more) {
  std::string out = "struct " + head + " {\n";
  for (const Line& line : lines) out += line.text;
  return out + more + "};\n";
}

std::string description(const std::string& type, const std::vector<std::string>& bases,
                        const std::vector<Line>& lines) {
  std::vector<std::string> names;
  for (const Line& line : lines) names.push_back(line.name);
  return fmt::format("BOOST_DESCRIBE_STRUCT({}, ({}), ({}))\n", type, join(bases, ", "), join(names, ", "));
}

Parts parts_of(const std::string& type, std::vector<Line> lines) {
  constexpr std::ptrdiff_t most = 50;
  Parts out;
  while (static_cast<std::ptrdiff_t>(lines.size()) > most) {
    const std::string name = fmt::format("{}Part{}", type, out.names.size() + 1);
    const std::vector<Line> first(lines.begin(), lines.begin() + most);
    lines.erase(lines.begin(), lines.begin() + most);
    out.bases += struct_of(name, first, {}) + description(name, {}, first);
    out.names.push_back(name);
  }
  out.own = std::move(lines);
  return out;
}

}  // namespace

std::string cpp_struct(const Inspected& relation, const std::set<std::string>& printed) {
  const sql::Name& name = relation.relation->name;
  const std::string type = type_name(name.name);
  const bool view = relation.relation->view() || relation.relation->materialized();
  Members members(cpp_keywords());
  std::vector<Line> lines;
  std::string calls = "name(" + literal(name.name) + (name.schema == "public" ? "" : ", " + literal(name.schema)) +
                      ").unmanaged()" + (relation.relation->materialized() ? ".materialized()" : "");
  std::vector<std::string> key;
  std::set<std::string> others;
  for (const InspectedColumn& column : relation.columns) {
    const bool in_key = std::find(relation.key.begin(), relation.key.end(), column.name) != relation.key.end();
    const bool leads = printed.contains(column.references);
    const Written one = write_member(column, in_key, leads, members);
    lines.push_back({fmt::format("  {} {}{};\n", one.type, one.name, needs_braces(one.type) ? "{}" : ""), one.name});
    if (in_key) key.push_back(fmt::format("&{}::{}", type, one.name));
    if (!one.options.empty())
      calls += fmt::format("\n        .column(&{}::{}, {})", type, one.name, join(one.options, ", "));
    if (leads && type_name(column.references) != type) others.insert(type_name(column.references));
  }
  if (!view && !key.empty()) calls += "\n        .primary_key(" + join(key, ", ") + ")";
  std::string out = "\n";
  for (const std::string& other : others) out += "struct " + other + ";\n";
  const Parts parts = parts_of(type, std::move(lines));
  const std::string define = fmt::format("  static void define(pgvista::{}<{}>& t) {{\n    t.{};\n  }}\n",
                                         view ? "View" : "Table", type, calls);
  return out + parts.bases +
         struct_of(type + (parts.names.empty() ? "" : " : " + join(parts.names, ", ")), parts.own, define) +
         description(type, parts.names, parts.own);
}

}  // namespace pgvista::inspect
