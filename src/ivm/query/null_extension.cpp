#include "ivm/query/null_extension.hpp"

#include <algorithm>

namespace pgvista::ivm {

using namespace sql;

namespace {

// Functions of PostgreSQL that give NULL for a NULL, and that views group and join by.
bool is_strict(const FunctionCall& call) {
  static const std::set<std::string> names = {
      "abs",        "btrim",   "ceil",         "ceiling",  "char_length", "date",   "date_part",
      "date_trunc", "extract", "floor",        "left",     "lower",       "length", "ltrim",
      "md5",        "mod",     "octet_length", "reverse",  "right",       "round",  "rtrim",
      "sign",       "substr",  "substring",    "timezone", "to_char",     "trunc",  "upper"};
  return !call.over && !call.star && names.contains(last(call.name));
}

// Does a join condition say that these two columns are the same?
bool are_equated(const Expr& one, const Expr& other, const QueryGraph& graph) {
  const auto a = column_of(one, graph);
  const auto b = column_of(other, graph);
  return a && b && std::any_of(graph.predicates.begin(), graph.predicates.end(), [&](const Predicate& predicate) {
           const auto [left, right] = equality(predicate.condition);
           const auto c = left ? column_of(*left, graph) : std::nullopt;
           const auto d = right ? column_of(*right, graph) : std::nullopt;
           return c && d && ((*c == *a && *d == *b) || (*c == *b && *d == *a));
         });
}

}  // namespace

bool is_nulled(const Expr& expression, const QueryGraph& graph, const std::set<int>& extended) {
  const auto nulled = [&](const Expr& one) { return is_nulled(one, graph, extended); };
  if (const auto member = column_of(expression, graph)) return extended.contains(member->reference);
  if (const auto* cast = expression.as<Cast>()) return nulled(*cast->operand);
  if (const auto* op = expression.as<Operator>())
    return (op->left && nulled(*op->left)) || (op->right && nulled(*op->right));
  if (const auto* call = expression.as<FunctionCall>())
    return is_strict(*call) && std::any_of(call->arguments.begin(), call->arguments.end(), nulled);
  return expression.as<NullIf>() != nullptr;
}

bool is_either_side(const Expr& expression, const QueryGraph& graph) {
  const auto* either = expression.as<Coalesce>();
  if (!either || either->arguments.size() < 2) return false;
  for (std::size_t i = 1; i < either->arguments.size(); ++i) {
    if (!are_equated(either->arguments[i - 1], either->arguments[i], graph)) return false;
  }
  return true;
}

}  // namespace pgvista::ivm
