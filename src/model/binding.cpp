#include "model/binding.hpp"

#include <algorithm>

namespace pgvista::model {

Binding binding_of(const Node& node) {
  switch (node.kind) {
    case Node::Kind::prefix: return node.text == "NOT" ? negation : sign;
    case Node::Kind::postfix: return test;
    case Node::Kind::in_list:
    case Node::Kind::in_query: return membership;
    case Node::Kind::cast: return conversion;
    case Node::Kind::raw: return node.atomic ? atom : loose;
    case Node::Kind::infix: break;
    default: return atom;
  }
  static const std::vector<std::pair<std::string_view, Binding>> table = {{"OR", disjunction},
                                                                          {"AND", conjunction},
                                                                          {"=", comparison},
                                                                          {"<>", comparison},
                                                                          {"<", comparison},
                                                                          {"<=", comparison},
                                                                          {">", comparison},
                                                                          {">=", comparison},
                                                                          {"IS DISTINCT FROM", test},
                                                                          {"IS NOT DISTINCT FROM", test},
                                                                          {"LIKE", membership},
                                                                          {"ILIKE", membership},
                                                                          {"+", sum},
                                                                          {"-", sum},
                                                                          {"*", product},
                                                                          {"/", product},
                                                                          {"AT TIME ZONE", zone}};
  for (const auto& [name, binding] : table) {
    if (name == node.text) return binding;
  }
  return other;
}

bool is_own_key(const ModelInfo& info, std::string_view relation, std::string_view member) {
  if (info.relation(relation)) return false;
  const FieldInfo& field = info.at(relation);
  return field.target && field.target().field(member) &&
         field.target().primary_key == std::vector<std::string>{field.target().at(member).column};
}

bool any_node(const NodePtr& node, const std::function<bool(const Node&)>& test) {
  if (!node) return false;
  if (test(*node)) return true;
  const auto any = [&](const std::vector<NodePtr>& list) {
    return std::any_of(list.begin(), list.end(), [&](const NodePtr& one) { return any_node(one, test); });
  };
  const auto any_order = [&](const std::vector<OrderNode>& list) {
    return std::any_of(list.begin(), list.end(), [&](const OrderNode& one) { return any_node(one.value, test); });
  };
  return any(node->children) || any(node->partition) || any_order(node->order) || any_order(node->window_order) ||
         any_node(node->filter, test);
}

namespace {

bool is_path(const Node& node) {
  if (node.kind != Node::Kind::column || node.path.size() == 1) return false;
  return node.path.size() > 2 || !is_own_key(node.owner(), node.path[0].name(), node.path[1].name());
}

}  // namespace

bool follows_path(const NodePtr& node) { return any_node(node, is_path); }

bool names_other_rows(const NodePtr& node) {
  return any_node(node, [&](const Node& one) { return one.query || one.outer || is_path(one); });
}

std::vector<std::string> raw_pieces(const std::string& sql) {
  std::vector<std::string> out(1);
  char quote = '\0';
  for (std::size_t i = 0; i < sql.size(); ++i) {
    const char c = sql[i];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '?') {
      if (i + 1 < sql.size() && sql[i + 1] == '?') {
        ++i;
      } else {
        out.emplace_back();
        continue;
      }
    }
    out.back().push_back(c);
  }
  return out;
}

}  // namespace pgvista::model
