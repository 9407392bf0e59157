#include "sql/visit.hpp"

#include <boost/mp11.hpp>
#include <variant>

#include "sql/describe.hpp"

namespace pgvista::sql {

namespace detail {

struct NodeKind {
  void (*children)(void* node, const Callback<void(Node)>& visit);
};

namespace {

template <class T>
void visit_value(T& value, const Callback<void(Node)>& visit) {
  if constexpr (TreeNode<T>) {
    visit(value);
  } else if constexpr (requires {
                         value.begin();
                         value.end();
                       } &&
                       !std::is_same_v<T, std::string>) {
    for (auto& element : value) visit_value(element, visit);
  } else if constexpr (requires {
                         *value;
                         static_cast<bool>(value);
                       }) {
    if (value) visit_value(*value, visit);
  }
}

template <class T>
void visit_children(void* at, const Callback<void(Node)>& visit) {
  T& node = *static_cast<T*>(at);
  if constexpr (Holder<T>) {
    std::visit([&](auto& inner) { visit(inner); }, node.node);
  } else {
    boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
        [&](auto member) { visit_value(node.*member.pointer, visit); });
  }
}

}  // namespace

template <class T>
const NodeKind* node_kind() {
  static constexpr NodeKind kind{&visit_children<T>};
  return &kind;
}

template const NodeKind* node_kind<ColumnRef>();
template const NodeKind* node_kind<Constant>();
template const NodeKind* node_kind<Parameter>();
template const NodeKind* node_kind<TypeName>();
template const NodeKind* node_kind<OrderItem>();
template const NodeKind* node_kind<Window>();
template const NodeKind* node_kind<Operator>();
template const NodeKind* node_kind<Quantified>();
template const NodeKind* node_kind<InList>();
template const NodeKind* node_kind<Between>();
template const NodeKind* node_kind<Like>();
template const NodeKind* node_kind<DistinctFrom>();
template const NodeKind* node_kind<NullIf>();
template const NodeKind* node_kind<Logical>();
template const NodeKind* node_kind<NullTest>();
template const NodeKind* node_kind<BooleanTest>();
template const NodeKind* node_kind<FunctionCall>();
template const NodeKind* node_kind<NamedArgument>();
template const NodeKind* node_kind<CaseBranch>();
template const NodeKind* node_kind<Case>();
template const NodeKind* node_kind<Coalesce>();
template const NodeKind* node_kind<Extremum>();
template const NodeKind* node_kind<ArrayLiteral>();
template const NodeKind* node_kind<Row>();
template const NodeKind* node_kind<Cast>();
template const NodeKind* node_kind<Collate>();
template const NodeKind* node_kind<Step>();
template const NodeKind* node_kind<Indirection>();
template const NodeKind* node_kind<Sublink>();
template const NodeKind* node_kind<SqlValue>();
template const NodeKind* node_kind<Grouping>();
template const NodeKind* node_kind<GroupingSet>();
template const NodeKind* node_kind<XmlAttribute>();
template const NodeKind* node_kind<Xml>();
template const NodeKind* node_kind<Target>();
template const NodeKind* node_kind<Alias>();
template const NodeKind* node_kind<ColumnDefinition>();
template const NodeKind* node_kind<TableRef>();
template const NodeKind* node_kind<SubqueryRef>();
template const NodeKind* node_kind<FunctionItem>();
template const NodeKind* node_kind<FunctionRef>();
template const NodeKind* node_kind<Join>();
template const NodeKind* node_kind<Sample>();
template const NodeKind* node_kind<XmlTableColumn>();
template const NodeKind* node_kind<XmlTable>();
template const NodeKind* node_kind<SearchClause>();
template const NodeKind* node_kind<CycleClause>();
template const NodeKind* node_kind<CommonTable>();
template const NodeKind* node_kind<Locking>();
template const NodeKind* node_kind<Select>();
template const NodeKind* node_kind<IndexColumn>();
template const NodeKind* node_kind<Expr>();
template const NodeKind* node_kind<FromItem>();
template const NodeKind* node_kind<Statement>();
template const NodeKind* node_kind<Assignment>();
template const NodeKind* node_kind<Conflict>();
template const NodeKind* node_kind<Insert>();
template const NodeKind* node_kind<Update>();
template const NodeKind* node_kind<Delete>();
template const NodeKind* node_kind<LockTable>();

}  // namespace detail

void for_each_child(Node node, Callback<void(Node)> visit) { node.kind_->children(node.at_, visit); }

void for_each_child(ConstNode node, Callback<void(ConstNode)> visit) {
  for_each_child(node.node_, [&](Node child) { visit(child); });
}

void walk(Node node, Callback<void(Node)> visit) {
  visit(node);
  for_each_child(node, [&](Node child) { walk(child, visit); });
}

void walk(ConstNode node, Callback<void(ConstNode)> visit) {
  visit(node);
  for_each_child(node, [&](ConstNode child) { walk(child, visit); });
}

}  // namespace pgvista::sql
