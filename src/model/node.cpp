#include "model/node.hpp"

#include <pgvista/error.hpp>
#include <pgvista/view.hpp>

namespace pgvista::model {

namespace {

NodePtr made(Node node) { return std::make_shared<const Node>(std::move(node)); }

Node of(Node::Kind kind, std::string text, std::vector<NodePtr> children) {
  Node out;
  out.kind = kind;
  out.text = std::move(text);
  out.children = std::move(children);
  return out;
}

template <class F>
SpecPtr changed(const SpecPtr& query, F&& change) {
  auto out = std::make_shared<QuerySpec>(*query);
  change(*out);
  return out;
}

template <class F>
NodePtr changed(const NodePtr& node, F&& change) {
  Node out = *node;
  change(out);
  return made(std::move(out));
}

}  // namespace

NodePtr column_node(InfoOf owner, std::vector<MemberRef> path, bool outer) {
  Node out;
  out.kind = Node::Kind::column;
  out.owner = owner;
  out.path = std::move(path);
  out.outer = outer;
  return made(std::move(out));
}

NodePtr parameter_node(Parameter value) {
  Node out;
  out.kind = Node::Kind::parameter;
  out.value = std::move(value);
  return made(std::move(out));
}

NodePtr raw_node(std::string sql, std::vector<NodePtr> parts, bool atomic) {
  const std::vector<std::string> pieces = raw_pieces(sql);
  if (pieces.size() != parts.size() + 1) {
    throw Failure(usage_error("wrong_parts",
                              "raw SQL with " + std::to_string(pieces.size() - 1) + " places (?) is given " +
                                  std::to_string(parts.size()) + " parts",
                              "Write ?? for a question mark."));
  }
  Node out = of(Node::Kind::raw, std::move(sql), std::move(parts));
  out.atomic = atomic;
  return made(std::move(out));
}
void out_of_range() {
  throw Failure(Error{"out_of_range",
                      "a whole number is larger than what it is compared with, computed with or set to can be",
                      {},
                      {},
                      {},
                      {},
                      0,
                      0,
                      ExitCode::failed});
}

NodePtr unary_node(const char* name, NodePtr operand) {
  return made(of(Node::Kind::prefix, name, {std::move(operand)}));
}
NodePtr postfix_node(const char* text, NodePtr operand) {
  return made(of(Node::Kind::postfix, text, {std::move(operand)}));
}
NodePtr binary_node(const char* name, NodePtr left, NodePtr right) {
  return made(of(Node::Kind::infix, name, {std::move(left), std::move(right)}));
}
NodePtr call_node(std::string name, std::vector<NodePtr> arguments) {
  return made(of(Node::Kind::call, std::move(name), std::move(arguments)));
}
NodePtr cast_node(NodePtr value, std::string type) {
  return made(of(Node::Kind::cast, std::move(type), {std::move(value)}));
}

NodePtr in_node(NodePtr value, std::vector<NodePtr> list, bool negated) {
  list.insert(list.begin(), std::move(value));
  Node out = of(Node::Kind::in_list, {}, std::move(list));
  out.negated = negated;
  return made(std::move(out));
}

NodePtr in_query_node(NodePtr value, SpecPtr query, bool negated) {
  Node out = of(Node::Kind::in_query, {}, {std::move(value)});
  out.query = std::move(query);
  out.negated = negated;
  return made(std::move(out));
}

NodePtr exists_node(SpecPtr query) {
  Node out = of(Node::Kind::exists, {}, {});
  out.query = std::move(query);
  return made(std::move(out));
}

NodePtr subquery_node(SpecPtr query) {
  Node out = of(Node::Kind::subquery, {}, {});
  out.query = std::move(query);
  return made(std::move(out));
}

NodePtr object_node(InfoOf owner) {
  Node out;
  out.kind = Node::Kind::object;
  out.owner = owner;
  return made(std::move(out));
}

NodePtr output_node(int number) { return made(of(Node::Kind::output, std::to_string(number), {})); }

NodePtr case_node(std::vector<std::pair<NodePtr, NodePtr>> branches, NodePtr otherwise) {
  std::vector<NodePtr> children;
  for (auto& [condition, result] : branches) {
    children.push_back(std::move(condition));
    children.push_back(std::move(result));
  }
  if (otherwise) children.push_back(std::move(otherwise));
  return made(of(Node::Kind::cases, {}, std::move(children)));
}

NodePtr with_filter(const NodePtr& call, NodePtr condition) {
  return changed(call, [&](Node& node) {
    node.filter = node.filter ? binary_node("AND", node.filter, std::move(condition)) : std::move(condition);
  });
}
NodePtr with_distinct(const NodePtr& call) {
  return changed(call, [](Node& node) { node.distinct = true; });
}
NodePtr with_order(const NodePtr& call, std::vector<OrderNode> order) {
  return changed(call, [&](Node& node) { node.order = std::move(order); });
}
NodePtr with_window(const NodePtr& call, std::vector<NodePtr> partition, std::vector<OrderNode> order,
                    std::string frame) {
  return changed(call, [&](Node& node) {
    node.windowed = true;
    node.frame = std::move(frame);
    node.partition = std::move(partition);
    node.window_order = std::move(order);
  });
}

SpecPtr from_model(InfoOf info) {
  auto out = std::make_shared<QuerySpec>();
  out->model = info;
  return out;
}

SpecPtr from_query(InfoOf row, SpecPtr query) {
  auto out = std::make_shared<QuerySpec>();
  out->model = row;
  out->query = std::move(query);
  return out;
}

SpecPtr from_cte(InfoOf row, CtePtr cte) {
  auto out = std::make_shared<QuerySpec>();
  out->model = row;
  out->cte = std::move(cte);
  return out;
}

SpecPtr related(InfoOf owner, std::string_view member, InfoOf target, NodePtr condition) {
  auto out = std::make_shared<QuerySpec>();
  out->model = target;
  out->related_owner = owner;
  out->related_member = member;
  if (condition) out->where.push_back(std::move(condition));
  return out;
}

std::shared_ptr<CteSpec> cte_spec(std::string name, InfoOf row, SpecPtr first) {
  auto out = std::make_shared<CteSpec>();
  out->name = std::move(name);
  out->row = row;
  out->first = std::move(first);
  return out;
}

void set_step(CteSpec& cte, const SpecPtr& step, bool all) {
  cte.step = step;
  cte.all = all;
}

SpecPtr add_where(const SpecPtr& query, NodePtr condition, bool negated) {
  if (query->limit || query->offset)
    throw Failure(usage_error(
        "filter_after_limit",
        "a filter is added to a query that is limited already: it would choose the rows before the limit does",
        "Filter first, or read from the limited query: from(query.into(…))."));
  // What is unknown is not excluded by NOT alone.
  if (negated) condition = postfix_node("IS NOT TRUE", std::move(condition));
  return changed(query, [&](QuerySpec& spec) { spec.where.push_back(std::move(condition)); });
}
SpecPtr add_having(const SpecPtr& query, NodePtr condition) {
  return changed(query, [&](QuerySpec& spec) { spec.having.push_back(std::move(condition)); });
}
SpecPtr add_group(const SpecPtr& query, std::vector<NodePtr> keys) {
  if (query->limit || query->offset)
    throw Failure(usage_error("group_after_limit",
                              "a query that is limited already is grouped: it would be the groups that are limited",
                              "Read from the limited rows: from(query.into(…)).group_by(…)."));
  return changed(query, [&](QuerySpec& spec) { spec.group = std::move(keys); });
}
SpecPtr add_order(const SpecPtr& query, std::vector<OrderNode> keys) {
  return changed(query, [&](QuerySpec& spec) {
    spec.order.insert(spec.order.end(), std::make_move_iterator(keys.begin()), std::make_move_iterator(keys.end()));
  });
}
SpecPtr set_limit(const SpecPtr& query, std::int64_t rows) {
  return changed(query, [&](QuerySpec& spec) { spec.limit = spec.limit ? std::min(*spec.limit, rows) : rows; });
}
SpecPtr set_offset(const SpecPtr& query, std::int64_t rows) {
  return changed(query, [&](QuerySpec& spec) { spec.offset = rows; });
}
SpecPtr set_distinct(const SpecPtr& query) {
  return changed(query, [](QuerySpec& spec) { spec.distinct = true; });
}
SpecPtr aggregated(const SpecPtr& query) {
  if (query->limit || query->offset || query->distinct) {
    if (!query->joins.empty())
      throw Failure(usage_error("aggregate_of_joins",
                                "an aggregate is asked of joined rows that are limited or distinct",
                                "Put the rows into a struct, and read from them: from(query.into(…)).aggregate(…)."));
    auto rows = std::make_shared<QuerySpec>(*query);
    rows->loads.clear();
    return from_query(query->model, rows);
  }
  return changed(query, [](QuerySpec& spec) {
    spec.order.clear();
    spec.loads.clear();
  });
}

SpecPtr set_lock(const SpecPtr& query, const char* words) {
  return changed(query, [&](QuerySpec& spec) { spec.lock = words; });
}
SpecPtr add_load(const SpecPtr& query, std::vector<std::string_view> path) {
  return changed(query, [&](QuerySpec& spec) { spec.loads.push_back(std::move(path)); });
}
SpecPtr add_join(const SpecPtr& query, JoinTo to, NodePtr condition, bool left) {
  return changed(query, [&](QuerySpec& spec) { spec.joins.push_back({std::move(to), std::move(condition), left}); });
}
SpecPtr set_select(const SpecPtr& query, std::vector<Named> outputs, InfoOf row) {
  if (!query->loads.empty())
    throw Failure(usage_error("nothing_loaded", "with() loads rows beside whole objects, and this query gives values",
                              "Select the related columns by their paths, or fetch the objects."));
  return changed(query, [&](QuerySpec& spec) {
    spec.outputs = std::move(outputs);
    spec.row = row;
  });
}

SpecPtr with_row(const SpecPtr& query, InfoOf row) {
  return changed(query, [&](QuerySpec& spec) { spec.row = row; });
}

SpecPtr combine(const SpecPtr& left, const char* operation, const SpecPtr& right) {
  auto out = std::make_shared<QuerySpec>();
  out->model = left->model;
  out->operation = operation;
  out->left = left;
  out->right = right;
  return out;
}

}  // namespace pgvista::model

namespace pgvista {

const char* to_string(DatePart part) {
  static constexpr const char* names[] = {"year", "quarter", "month", "week", "day", "hour", "minute", "second"};
  return names[static_cast<int>(part)];
}

}  // namespace pgvista
