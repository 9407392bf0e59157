// Which columns of the graph an expression names.

#include <algorithm>
#include <charconv>

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
  const auto found = class_numbers.find(member);
  return found == class_numbers.end() ? -1 : found->second;
}

std::string QueryGraph::alias_of(std::size_t reference) { return "t" + std::to_string(reference + 1); }

int QueryGraph::reference_of(const std::string& alias) const {
  std::size_t number = 0;
  const char* const end = alias.data() + alias.size();
  if (!alias.starts_with('t') || std::from_chars(alias.data() + 1, end, number).ptr != end) return -1;
  return number > 0 && number <= references.size() ? static_cast<int>(number) - 1 : -1;
}

std::vector<int> connected(const QueryGraph& graph) {
  std::vector<int> of;
  for (std::size_t i = 0; i < graph.references.size(); ++i) of.push_back(static_cast<int>(i));
  const auto unite = [&](int a, int b) {
    const int from = of[static_cast<std::size_t>(a)];
    const int to = of[static_cast<std::size_t>(b)];
    if (from != to) std::replace(of.begin(), of.end(), from, to);
  };
  for (const auto& group : graph.equivalence_classes) {
    for (const Column& member : group) unite(member.reference, group.front().reference);
  }
  for (const Predicate& predicate : graph.predicates) {
    for (const int one : predicate.references) unite(one, *predicate.references.begin());
  }
  return of;
}

std::set<int> references_of(const Expr& expression, const QueryGraph& graph) {
  std::set<int> out;
  each<const ColumnRef>(expression, [&](const ColumnRef& column) {
    const int reference = column.parts.empty() ? -1 : graph.reference_of(column.parts.front());
    if (reference >= 0) out.insert(reference);
  });
  return out;
}

std::optional<Column> column_of(const Expr& expression, const QueryGraph& graph) {
  const Expr& plain = without_text_cast(expression);
  const auto* ref = plain.as<ColumnRef>();
  if (!ref || ref->star || ref->parts.size() != 2) return std::nullopt;
  const int number = graph.reference_of(ref->parts[0]);
  if (number < 0) return std::nullopt;
  if (&plain != &expression) {
    const ColumnFact* fact = graph.references[static_cast<std::size_t>(number)].table->column(ref->parts[1]);
    if (!fact || (fact->type != "text" && !fact->type.starts_with("character varying"))) return std::nullopt;
  }
  return Column{number, ref->parts[1]};
}

}  // namespace pgvista::ivm
