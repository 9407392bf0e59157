#include "sql/visit.hpp"

#include <boost/mp11.hpp>
#include <variant>

#include "sql/describe.hpp"

namespace pgvista::sql {

namespace detail {

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

}  // namespace

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

template void visit_children<ColumnRef>(void*, const Callback<void(Node)>&);
template void visit_children<Constant>(void*, const Callback<void(Node)>&);
template void visit_children<Parameter>(void*, const Callback<void(Node)>&);
template void visit_children<TypeName>(void*, const Callback<void(Node)>&);
template void visit_children<OrderItem>(void*, const Callback<void(Node)>&);
template void visit_children<Window>(void*, const Callback<void(Node)>&);
template void visit_children<Operator>(void*, const Callback<void(Node)>&);
template void visit_children<Quantified>(void*, const Callback<void(Node)>&);
template void visit_children<InList>(void*, const Callback<void(Node)>&);
template void visit_children<Between>(void*, const Callback<void(Node)>&);
template void visit_children<Like>(void*, const Callback<void(Node)>&);
template void visit_children<DistinctFrom>(void*, const Callback<void(Node)>&);
template void visit_children<NullIf>(void*, const Callback<void(Node)>&);
template void visit_children<Logical>(void*, const Callback<void(Node)>&);
template void visit_children<NullTest>(void*, const Callback<void(Node)>&);
template void visit_children<BooleanTest>(void*, const Callback<void(Node)>&);
template void visit_children<FunctionCall>(void*, const Callback<void(Node)>&);
template void visit_children<NamedArgument>(void*, const Callback<void(Node)>&);
template void visit_children<CaseBranch>(void*, const Callback<void(Node)>&);
template void visit_children<Case>(void*, const Callback<void(Node)>&);
template void visit_children<Coalesce>(void*, const Callback<void(Node)>&);
template void visit_children<Extremum>(void*, const Callback<void(Node)>&);
template void visit_children<ArrayLiteral>(void*, const Callback<void(Node)>&);
template void visit_children<Row>(void*, const Callback<void(Node)>&);
template void visit_children<Cast>(void*, const Callback<void(Node)>&);
template void visit_children<Collate>(void*, const Callback<void(Node)>&);
template void visit_children<Step>(void*, const Callback<void(Node)>&);
template void visit_children<Indirection>(void*, const Callback<void(Node)>&);
template void visit_children<Sublink>(void*, const Callback<void(Node)>&);
template void visit_children<SqlValue>(void*, const Callback<void(Node)>&);
template void visit_children<Grouping>(void*, const Callback<void(Node)>&);
template void visit_children<GroupingSet>(void*, const Callback<void(Node)>&);
template void visit_children<XmlAttribute>(void*, const Callback<void(Node)>&);
template void visit_children<Xml>(void*, const Callback<void(Node)>&);
template void visit_children<Target>(void*, const Callback<void(Node)>&);
template void visit_children<Alias>(void*, const Callback<void(Node)>&);
template void visit_children<ColumnDefinition>(void*, const Callback<void(Node)>&);
template void visit_children<TableRef>(void*, const Callback<void(Node)>&);
template void visit_children<SubqueryRef>(void*, const Callback<void(Node)>&);
template void visit_children<FunctionItem>(void*, const Callback<void(Node)>&);
template void visit_children<FunctionRef>(void*, const Callback<void(Node)>&);
template void visit_children<Join>(void*, const Callback<void(Node)>&);
template void visit_children<Sample>(void*, const Callback<void(Node)>&);
template void visit_children<XmlTableColumn>(void*, const Callback<void(Node)>&);
template void visit_children<XmlTable>(void*, const Callback<void(Node)>&);
template void visit_children<SearchClause>(void*, const Callback<void(Node)>&);
template void visit_children<CycleClause>(void*, const Callback<void(Node)>&);
template void visit_children<CommonTable>(void*, const Callback<void(Node)>&);
template void visit_children<Locking>(void*, const Callback<void(Node)>&);
template void visit_children<Select>(void*, const Callback<void(Node)>&);
template void visit_children<IndexColumn>(void*, const Callback<void(Node)>&);
template void visit_children<Expr>(void*, const Callback<void(Node)>&);
template void visit_children<FromItem>(void*, const Callback<void(Node)>&);
template void visit_children<Statement>(void*, const Callback<void(Node)>&);
template void visit_children<Assignment>(void*, const Callback<void(Node)>&);
template void visit_children<Conflict>(void*, const Callback<void(Node)>&);
template void visit_children<Insert>(void*, const Callback<void(Node)>&);
template void visit_children<Update>(void*, const Callback<void(Node)>&);
template void visit_children<Delete>(void*, const Callback<void(Node)>&);
template void visit_children<LockTable>(void*, const Callback<void(Node)>&);

}  // namespace detail

void for_each_child(Node node, Callback<void(Node)> visit) { node.kind_(node.at_, visit); }

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
