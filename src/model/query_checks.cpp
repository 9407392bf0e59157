#include "model/query_checks.hpp"

#include <algorithm>
#include <pgvista/error.hpp>
#include <set>

#include "model/binding.hpp"
#include "model/write.hpp"

namespace pgvista::model {

namespace {

void refuse_many_in(const Node& node) {
  if (node.kind != Node::Kind::column || node.outer) return;
  InfoOf at = node.owner;
  for (std::size_t i = 0; i + 1 < node.path.size(); ++i) {
    const std::string member(node.path[i].name());
    const Link link = model::link(at, member);
    if (link.many)
      throw Failure(
          usage_error("many_in_filter",
                      "a filter or an order goes through " + at().type + "::" + member + ", which leads to many rows",
                      "Use any(&" + at().type + "::" + member + ", condition)."));
    at = link.target;
  }
}

// The sources along a Many member that the arguments of a call go through.
std::set<std::size_t> many_sources(const Node& call, Sources& sources) {
  std::set<std::size_t> out;
  for (const NodePtr& child : call.children) {
    any_node(child, [&](const Node& one) {
      if (one.kind != Node::Kind::column || one.outer) return false;
      std::size_t source = sources.of(one.owner);
      for (std::size_t i = 0;
           i + 1 < one.path.size() && !is_own_key(sources[source].model(), one.path[i].name(), one.path[i + 1].name());
           ++i) {
        source = sources.along(source, one.path[i].name());
        if (sources[source].many) out.insert(source);
      }
      return false;
    });
  }
  return out;
}

}  // namespace

void refuse_many(const QuerySpec& query, const std::vector<NodePtr>& filters) {
  if (!query.group.empty() || !query.outputs.empty()) return;
  for (const NodePtr& filter : filters) {
    any_node(filter, [](const Node& node) {
      refuse_many_in(node);
      return false;
    });
  }
}

void refuse_multiplied(const QuerySpec& query, Sources& sources) {
  const std::ptrdiff_t many = sources.many();
  if (many < 2) return;
  static const std::set<std::string> safe = {"min", "max", "bool_and", "bool_or"};
  for (const Named& output : query.outputs) {
    any_node(output.value, [&](const Node& node) {
      if (node.kind != Node::Kind::call || node.windowed || node.distinct || safe.contains(node.text) ||
          node.children.empty())
        return false;
      const std::set<std::size_t> own = many_sources(node, sources);
      if (own.empty() || static_cast<std::ptrdiff_t>(own.size()) == many) return false;
      throw Failure(usage_error("multiplied",
                                node.text + "() goes along one Many member beside another: each of its rows would "
                                            "count as often as the other has rows",
                                "Use distinct(), an aggregate of each in a query of its own, or "
                                "scalar(from<…>().where(… == outer(…)).select(…))."));
    });
  }
}

bool names_something_else(const QuerySpec& query) {
  const auto other = [](const NodePtr& one) { return names_other_rows(one); };
  const auto any = [&](const std::vector<NodePtr>& list) { return std::any_of(list.begin(), list.end(), other); };
  return query.related_member.data() || any(query.where) || any(query.group) || any(query.having) ||
         std::any_of(query.order.begin(), query.order.end(), [&](const OrderNode& one) { return other(one.value); }) ||
         std::any_of(query.outputs.begin(), query.outputs.end(), [&](const Named& one) { return other(one.value); });
}

std::vector<Named> named_outputs(const QuerySpec& query) {
  if (!query.row) return query.outputs;
  std::vector<Named> out;
  for (const FieldInfo& field : query.row().fields) {
    const auto same = std::count_if(query.outputs.begin(), query.outputs.end(),
                                    [&](const Named& one) { return one.member.name() == field.member; });
    if (same != 1)
      throw Failure(usage_error(
          "filled_twice",
          query.row().type + "::" + field.member + " is filled " + (same == 0 ? "by no field()" : "more than once"),
          "Give into() one field() for each member."));
    for (const Named& one : query.outputs) {
      if (one.member.name() == field.member) out.push_back({field.column, one.value, {}, read_type(field)});
    }
  }
  return out;
}

}  // namespace pgvista::model
