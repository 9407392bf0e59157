#include <algorithm>

#include "model/binding.hpp"
#include "model/query_checks.hpp"

namespace pgvista::model {

namespace {

bool same(const MemberRef& left, const MemberRef& right) {
  return left.owner == right.owner && left.offset == right.offset;
}

// Without the other side of a foreign key, whose value stands on this side.
std::vector<MemberRef> own_path(const Node& column) {
  std::vector<MemberRef> out = column.path;
  if (out.size() < 2) return out;
  const MemberRef& relation = out[out.size() - 2];
  if (is_own_key(relation.owner(), relation.name(), out.back().name())) out.pop_back();
  return out;
}

bool same(const NodePtr& left, const NodePtr& right);

bool same(const std::vector<NodePtr>& left, const std::vector<NodePtr>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const NodePtr& a, const NodePtr& b) { return same(a, b); });
}

bool same(const NodePtr& left, const NodePtr& right) {
  if (left == right) return true;
  if (!left || !right || left->kind != right->kind || left->text != right->text || left->outer != right->outer ||
      left->negated != right->negated)
    return false;
  if (left->query != right->query || left->value != right->value || !same(left->children, right->children))
    return false;
  if (left->kind == Node::Kind::object) return left->owner == right->owner;
  const auto a = own_path(*left);
  const auto b = own_path(*right);
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const MemberRef& one, const MemberRef& other) { return same(one, other); });
}

// Of a table that is grouped by its key, every column is known.
bool depends_on_key(const QuerySpec& query, const Node& column) {
  if (column.path.size() > 1 || column.owner().kind != Kind::table || column.owner().primary_key.empty()) return false;
  const auto& keys = column.owner().primary_key;
  return std::all_of(keys.begin(), keys.end(), [&](const std::string& key) {
    return std::any_of(query.group.begin(), query.group.end(), [&](const NodePtr& one) {
      if (one->kind == Node::Kind::object) return one->owner == column.owner;
      return one->kind == Node::Kind::column && one->path.size() == 1 && one->owner == column.owner &&
             column.owner().at(one->path.front().name()).column == key;
    });
  });
}

void refuse(const QuerySpec& query, const NodePtr& node) {
  if (!node || std::any_of(query.group.begin(), query.group.end(), [&](const NodePtr& one) { return same(one, node); }))
    return;
  if (node->kind == Node::Kind::column && !node->outer && !depends_on_key(query, *node)) {
    const std::string name = node->path.back().owner().type + "::" + std::string(node->path.back().name());
    throw Failure(usage_error("not_grouped", name + " is selected beside groups that it is no part of",
                              "Add it to group_by(), or take an aggregate of it: min(), max(), array_agg()."));
  }
  for (const NodePtr& child : node->children) refuse(query, child);
}

}  // namespace

void refuse_ungrouped(const QuerySpec& query) {
  const bool by_number = std::any_of(query.group.begin(), query.group.end(),
                                     [](const NodePtr& one) { return one->kind == Node::Kind::output; });
  if (query.group.empty() || by_number) return;
  for (const Named& output : query.outputs) {
    if (output.of_row) refuse(query, output.value);
  }
}

}  // namespace pgvista::model
