#include "catalog/node_text.hpp"

#include <charconv>
#include <string>

namespace pgvista::catalog {

namespace {

using Text = std::string_view;

// After the bracket that closes the one at `open`. A backslash takes its meaning from the next character.
std::size_t end_of(Text tree, std::size_t open) {
  int depth = 0;
  for (std::size_t at = open; at < tree.size(); ++at) {
    const char c = tree[at];
    if (c == '\\') ++at;
    if (c == '{' || c == '(') ++depth;
    if ((c == '}' || c == ')') && --depth == 0) return at + 1;
  }
  return tree.size();
}

// The value of a field of the node itself, and not of one inside it; "" where it has none of that name.
Text field(Text node, Text name) {
  for (std::size_t at = 1; at < node.size(); ++at) {
    const char c = node[at];
    if (c == '\\') {
      ++at;
    } else if (c == '{' || c == '(') {
      at = end_of(node, at) - 1;
    } else if (c == ':' && node.substr(at + 1, name.size() + 1) == std::string(name) + " ") {
      return node.substr(at + 2 + name.size());
    }
  }
  return {};
}

// The node that a value begins with.
Text node_at(Text value) { return value.starts_with('{') ? value.substr(0, end_of(value, 0)) : Text{}; }

long long type_of(Text node) {
  for (const char* name :
       {"vartype", "consttype", "paramtype", "funcresulttype", "opresulttype", "aggtype", "wintype", "refrestype",
        "resulttype", "casetype", "coalescetype", "minmaxtype", "array_typeid", "row_typeid", "type"}) {
    const Text value = field(node, name);
    long long out = 0;
    if (!value.empty()) std::from_chars(value.data(), value.data() + value.size(), out);
    if (out > 0) return out;
  }
  if (node.starts_with("{COLLATE")) return type_of(node_at(field(node, "arg")));
  if (!node.starts_with("{SUBLINK")) return 0;
  const Text targets = field(node_at(field(node, "subselect")), "targetList");
  return targets.starts_with("({") ? type_of(node_at(field(node_at(targets.substr(1)), "expr"))) : 0;
}

}  // namespace

std::set<long long> converted_by_text(Text tree) {
  constexpr Text conversion = "{COERCEVIAIO :arg ";
  std::set<long long> out;
  for (std::size_t at = tree.find(conversion); at != Text::npos; at = tree.find(conversion, at + 1))
    out.insert(type_of(node_at(tree.substr(at + conversion.size()))));
  return out;
}

}  // namespace pgvista::catalog
