#pragma once
// One generic walk over the tree, so that no analysis repeats the list of nodes. It is compiled once, in visit.cpp:
// callers see a node of whatever kind as a Node (or ConstNode) and ask what it is.

#include <concepts>
#include <type_traits>

#include "base/callback.hpp"
#include "sql/tree.hpp"

namespace pgvista::sql {

class Node;

namespace detail {

/// Calls `visit` for the children of the T at `at`. Its address stands for the kind: told apart without a call.
template <class T>
void visit_children(void* at, const Callback<void(Node)>& visit);
using NodeKind = void (*)(void* at, const Callback<void(Node)>& visit);
template <class T>
constexpr NodeKind node_kind() {
  return &visit_children<T>;
}

}  // namespace detail

/// What holds one node of several kinds.
template <class T>
concept Holder = std::same_as<T, Expr> || std::same_as<T, FromItem> || std::same_as<T, Statement>;

/// A struct of the tree, or what holds one.
template <class T>
concept TreeNode = requires {
  T::kind;
}
|| Holder<T>;

/// A reference to a node of any kind.
class Node {
 public:
  template <TreeNode T>
  Node(T& node)  // NOLINT(google-explicit-constructor): a reference to it
      requires(!std::is_const_v<T>)
      : at_(&node), kind_(detail::node_kind<T>()) {}

  /// nullptr: it is of another kind.
  template <TreeNode T>
  T* as() const {
    return kind_ == detail::node_kind<T>() ? static_cast<T*>(at_) : nullptr;
  }
  template <TreeNode... Kinds>
  bool is() const {
    return ((kind_ == detail::node_kind<Kinds>()) || ...);
  }

 private:
  friend void for_each_child(Node node, Callback<void(Node)> visit);
  void* at_;
  detail::NodeKind kind_;
};

/// The same, to be read only.
class ConstNode {
 public:
  template <class T>
  requires TreeNode<std::remove_const_t<T>> ConstNode(
      T& node)  // NOLINT(google-explicit-constructor): a reference to it
      : node_(const_cast<std::remove_const_t<T>&>(node)) {}
  ConstNode(Node node) : node_(node) {}  // NOLINT(google-explicit-constructor)

  template <TreeNode T>
  const T* as() const {
    return node_.as<T>();
  }
  template <TreeNode... Kinds>
  bool is() const {
    return node_.is<Kinds...>();
  }

 private:
  friend void for_each_child(ConstNode node, Callback<void(ConstNode)> visit);
  Node node_;
};

/// How a `T` is referred to.
template <class T>
using NodeOf = std::conditional_t<std::is_const_v<T>, ConstNode, Node>;

/// Calls `visit` for every direct child that is a node, in the order of the node's description. The child of a
/// Holder is what it holds.
void for_each_child(Node node, Callback<void(Node)> visit);
void for_each_child(ConstNode node, Callback<void(ConstNode)> visit);
template <class T, class Visit>
requires TreeNode<std::remove_const_t<T>>
void for_each_child(T& node, Visit&& visit) { for_each_child(NodeOf<T>(node), Callback<void(NodeOf<T>)>(visit)); }

/// Calls `visit` for the node and all its descendants, parents first.
void walk(Node node, Callback<void(Node)> visit);
void walk(ConstNode node, Callback<void(ConstNode)> visit);
template <class T, class Visit>
requires TreeNode<std::remove_const_t<T>>
void walk(T& root, Visit&& visit) { walk(NodeOf<T>(root), Callback<void(NodeOf<T>)>(visit)); }

/// Calls `f(T&)` for the nodes of one kind among them; `T` may be const.
template <class T, class F>
void each(NodeOf<T> root, F&& f) {
  walk(root, [&](NodeOf<T> node) {
    if (auto* found = node.template as<std::remove_const_t<T>>()) f(*found);
  });
}

/// Is one of them of one of these kinds?
template <TreeNode... Kinds>
bool holds(ConstNode root) {
  bool found = false;
  walk(root, [&](ConstNode node) { found |= node.is<Kinds...>(); });
  return found;
}

}  // namespace pgvista::sql
