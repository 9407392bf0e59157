// Which columns of the graph an expression names.

#include <algorithm>

#include "ivm/query/query_graph.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;

namespace {

// varchar is compared as text: the cast says nothing more.
const Expr& without_text_cast(const Expr& expression) {
  const auto* cast = expression.as<Cast>();
  const bool text = cast && cast->type.modifiers.empty() && cast->type.array_bounds.empty() &&
                    (last(cast->type.name) == "text" || last(cast->type.name) == "varchar");
  return text && cast->operand->as<ColumnRef>() ? *cast->operand : expression;
}

}  // namespace

int QueryGraph::class_of(const Column& member) const {
  for (std::size_t i = 0; i < equivalence_classes.size(); ++i) {
    if (std::find(equivalence_classes[i].begin(), equivalence_classes[i].end(), member) != equivalence_classes[i].end())
      return static_cast<int>(i);
  }
  return -1;
}

std::set<int> references_of(const Expr& expression, const QueryGraph& graph) {
  std::set<int> out;
  each<const ColumnRef>(expression, [&](const ColumnRef& column) {
    if (column.parts.empty()) return;
    for (std::size_t i = 0; i < graph.references.size(); ++i) {
      if (graph.references[i].alias == column.parts.front()) out.insert(static_cast<int>(i));
    }
  });
  return out;
}

std::optional<Column> column_of(const Expr& expression, const QueryGraph& graph) {
  const Expr& plain = without_text_cast(expression);
  const auto* ref = plain.as<ColumnRef>();
  if (!ref || ref->star || ref->parts.size() != 2) return std::nullopt;
  for (std::size_t i = 0; i < graph.references.size(); ++i) {
    const TableReference& reference = graph.references[i];
    if (reference.alias != ref->parts[0]) continue;
    const ColumnFact* fact = reference.table->column(ref->parts[1]);
    const bool textual = fact && (fact->type == "text" || fact->type.starts_with("character varying"));
    if (&plain != &expression && !textual) return std::nullopt;
    return Column{static_cast<int>(i), ref->parts[1]};
  }
  return std::nullopt;
}

}  // namespace pgvista::ivm
