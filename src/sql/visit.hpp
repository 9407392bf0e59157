#pragma once
// One generic walk over the tree, so that no analysis repeats the list of nodes.

#include <boost/mp11.hpp>
#include <type_traits>

#include "sql/describe.hpp"

namespace pgvista::sql {

/// Calls `visit(child)` for every direct child that is a node (a struct of the tree, an Expr or a FromItem), in the
/// order of the node's description. `T` may be const.
template <class T, class Visit>
void for_each_child(T& node, Visit&& visit);

namespace detail {

template <class T>
concept Described = boost::describe::has_describe_members<std::remove_const_t<T>>::value;

template <class T, class Visit>
void visit_value(T& value, Visit& visit) {
  using Plain = std::remove_const_t<T>;
  if constexpr (Described<Plain> || std::is_same_v<Plain, Expr> || std::is_same_v<Plain, FromItem>) {
    visit(value);
  } else if constexpr (requires {
                         value.begin();
                         value.end();
                       } &&
                       !std::is_same_v<Plain, std::string>) {
    for (auto& element : value) visit_value(element, visit);
  } else if constexpr (requires {
                         *value;
                         static_cast<bool>(value);
                       }) {
    if (value) visit_value(*value, visit);
  }
}

}  // namespace detail

template <class T, class Visit>
void for_each_child(T& node, Visit&& visit) {
  using Plain = std::remove_const_t<T>;
  if constexpr (std::is_same_v<Plain, Expr> || std::is_same_v<Plain, FromItem>) {
    std::visit([&](auto& inner) { visit(inner); }, node.node);
  } else if constexpr (detail::Described<Plain>) {
    boost::mp11::mp_for_each<boost::describe::describe_members<Plain, boost::describe::mod_public>>(
        [&](auto member) { detail::visit_value(node.*member.pointer, visit); });
  }
}

/// Calls `f(node)` for the node and all its descendants, parents first.
template <class T, class F>
void walk(T& node, F&& f) {
  f(node);
  for_each_child(node, [&](auto& child) { walk(child, f); });
}

}  // namespace pgvista::sql
