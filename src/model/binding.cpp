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
    case Node::Kind::raw: return node.children.empty() ? atom : loose;
    case Node::Kind::infix: break;
    default: return atom;
  }
  static const std::vector<std::pair<std::string_view, Binding>> table = {{"OR", disjunction}, {"AND", conjunction}, {"=", comparison}, {"<>", comparison}, {"<", comparison}, {"<=", comparison}, {">", comparison}, {">=", comparison}, {"LIKE", membership}, {"ILIKE", membership}, {"+", sum}, {"-", sum}, {"*", product}, {"/", product}, {"AT TIME ZONE", zone}};
  for (const auto& [name, binding] : table) {
    if (name == node.text) return binding;
  }
  return other;
}

bool is_own_key(const ModelInfo& info, std::string_view relation, std::string_view member) {
  if (info.relation(relation)) return false;
  const FieldInfo& field = info.at(relation);
  return field.target && field.target().field(member) && field.target().primary_key == std::vector<std::string>{field.target().at(member).column};
}

bool any_node(const NodePtr& node, const std::function<bool(const Node&)>& test) {
  if (!node) return false;
  if (test(*node)) return true;
  const auto any = [&](const std::vector<NodePtr>& list) { return std::any_of(list.begin(), list.end(), [&](const NodePtr& one) { return any_node(one, test); }); };
  const auto any_order = [&](const std::vector<OrderNode>& list) { return std::any_of(list.begin(), list.end(), [&](const OrderNode& one) { return any_node(one.value, test); }); };
  return any(node->children) || any(node->partition) || any_order(node->order) || any_order(node->window_order) || any_node(node->filter, test);
}

bool names_other_rows(const NodePtr& node) {
  return any_node(node, [&](const Node& one) {
    if (one.query) return true;
    if (one.kind != Node::Kind::column || one.path.size() == 1) return one.outer;
    return one.outer || one.path.size() > 2 || !is_own_key(one.owner(), one.path[0], one.path[1]);
  });
}

}  // namespace pgvista::model
