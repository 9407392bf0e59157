#include "ivm/query/graph_size.hpp"

#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;

namespace {

// Of the graphs of a query: how many there are, and how many table references they have in all.
struct Size {
  double graphs = 1;
  double references = 0;
};

Size size_of(const Select& query);

// Each choice of one query goes with each of another.
Size size_below(ConstNode node) {
  if (node.is<TableRef>()) return {1, 1};
  Size out;
  for_each_child(node, [&](ConstNode child) {
    if (child.is<CommonTable>()) return;
    const auto* query = child.as<Select>();
    const Size one = query ? size_of(*query) : size_below(child);
    out = {out.graphs * one.graphs, out.references * one.graphs + one.references * out.graphs};
  });
  return out;
}

Size size_of(const Select& query) {
  if (query.operation == Select::Operation::none) return size_below(query);
  const Size left = size_of(*query.left);
  const Size right = size_of(*query.right);
  return {left.graphs + right.graphs, left.references + right.references};
}

}  // namespace

bool has_too_many_graphs(const Select& query) {
  constexpr double most_graphs = 64;
  constexpr double most_references = 1000;  // each is a way to be followed
  const Size size = size_of(query);
  return size.graphs > most_graphs || size.references > most_references;
}

}  // namespace pgvista::ivm
