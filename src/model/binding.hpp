#pragma once
// What the writer asks of expressions before it writes them.

#include <functional>

#include "model/node.hpp"

namespace pgvista::model {

// How tightly things bind, as in PostgreSQL's own grammar.
enum Binding {
  loose = 0,
  disjunction,
  conjunction,
  negation,
  test,  // IS NULL
  comparison,
  membership,  // IN, LIKE
  other,
  sum,
  product,
  zone,
  sign,
  conversion,
  atom
};

Binding binding_of(const Node& node);

/// The key of the row behind a foreign key is in the row that refers to it.
bool is_own_key(const ModelInfo& info, std::string_view relation, std::string_view member);

bool any_node(const NodePtr& node, const std::function<bool(const Node&)>& test);
/// Does it name a column behind a foreign key, a One or a Many member?
bool follows_path(const NodePtr& node);
/// Does it name other rows than those of the query's own table?
bool names_other_rows(const NodePtr& node);

}  // namespace pgvista::model
