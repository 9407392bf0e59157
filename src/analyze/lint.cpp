#include "analyze/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sql/visit.hpp"

namespace pgvista::analyze {

using namespace sql;

namespace {

// The names by which a FROM item's columns are qualified.
void names_of(const FromItem& item, std::set<std::string>& out) {
  if (const auto* table = item.as<TableRef>()) out.insert(table->alias.name.empty() ? table->name : table->alias.name);
  if (const auto* sub = item.as<SubqueryRef>()) out.insert(sub->alias.name);
  if (const auto* function = item.as<FunctionRef>()) out.insert(function->alias.name);
  if (const auto* join = item.as<Join>()) {
    names_of(*join->left, out);
    names_of(*join->right, out);
  }
}

void nullable_names(const FromItem& item, std::set<std::string>& out) {
  const auto* join = item.as<Join>();
  if (!join) return;
  if (join->type == Join::Type::left || join->type == Join::Type::full) names_of(*join->right, out);
  if (join->type == Join::Type::right || join->type == Join::Type::full) names_of(*join->left, out);
  nullable_names(*join->left, out);
  nullable_names(*join->right, out);
}

void lint_join(const Join& join, std::vector<Lint>& out) {
  if (join.type != Join::Type::full || !join.condition) return;
  for (const FromItem* side : {&*join.left, &*join.right}) {
    const auto* inner = side->as<Join>();
    if (!inner || inner->type != Join::Type::full) continue;
    std::set<std::string> names;
    nullable_names(*side, names);
    const auto* equality = join.condition->as<Operator>();
    if (!equality || !equality->left) continue;
    for (const Box<Expr>* operand : {&equality->left, &equality->right}) {
      const auto* ref = (*operand)->as<ColumnRef>();
      if (!ref || ref->parts.size() < 2 || !names.contains(ref->parts[ref->parts.size() - 2])) continue;
      const std::string shown = ref->parts[ref->parts.size() - 2] + "." + ref->parts.back();
      out.push_back(
          {"full_join_chain",
           fmt::format(
               "FULL JOIN on {}, which is NULL for every row that only the other side of the inner FULL JOIN gave",
               shown),
           "Such rows find no partner and appear once more, alone. Join on COALESCE of both sides, or with USING.",
           ref->at.offset});
    }
  }
}

void lint_aggregates(const Select& query, std::vector<Lint>& out) {
  static const std::set<std::string> collecting = {"json_agg", "jsonb_agg", "array_agg"};
  std::set<std::string> names;
  for (const FromItem& item : query.from) nullable_names(item, names);
  if (names.empty()) return;
  for (const Target& target : query.targets) {
    each<const FunctionCall>(*target.value, [&](const FunctionCall& call) {
      if (!collecting.contains(call.name.back()) || call.filter || call.arguments.size() != 1) return;
      const auto* ref = call.arguments.front().as<ColumnRef>();
      if (!ref || ref->parts.empty() || !names.contains(ref->parts.front())) return;
      out.push_back({"null_element",
                     fmt::format("{}({}) over an outer join gives [null], not NULL or [], where nothing matches",
                                 call.name.back(), ref->parts.back()),
                     "Add FILTER (WHERE … IS NOT NULL), and COALESCE for an empty list.", call.at.offset});
    });
  }
}

// Which rows, or which order of elements, the query leaves to the server: two computations of it may differ.
void lint_choice(const Select& query, std::vector<Lint>& out) {
  const bool constants = std::all_of(query.targets.begin(), query.targets.end(),
                                     [](const Target& target) { return target.value->as<Constant>() != nullptr; });
  if ((query.limit || query.offset) && query.order_by.empty() && !constants) {
    out.push_back({"undetermined_rows", "LIMIT or OFFSET without ORDER BY: which rows it chooses is not determined",
                   "Order by something that tells the rows apart.", -1});
  }
  if (!query.distinct_on.empty() && query.order_by.size() <= query.distinct_on.size()) {
    out.push_back({"undetermined_rows",
                   "DISTINCT ON without a further ORDER BY: which of the rows it keeps is not determined",
                   "Order by the same expressions, and by what tells the best row.", -1});
  }
}

void lint_order(const FunctionCall& call, std::vector<Lint>& out) {
  // Of array_agg and jsonb_agg the maintenance chooses one order, always the same.
  static const std::set<std::string> ordered = {"string_agg", "xmlagg"};
  if (!ordered.contains(call.name.back()) || !call.order_by.empty() || call.over || call.distinct) return;
  out.push_back(
      {"undetermined_order",
       fmt::format("{}() without ORDER BY: in which order it puts its elements is not determined", call.name.back()),
       "Write ORDER BY inside its parentheses, or pgvista verify may call equal rows different.", call.at.offset});
}

void lint_null(const Operator& op, std::vector<Lint>& out) {
  const auto is_null = [](const Box<Expr>& side) {
    const auto* constant = side ? side->as<Constant>() : nullptr;
    return constant && constant->type == Constant::Type::null;
  };
  const std::string& name = op.name.back();
  if ((name != "=" && name != "<>") || !op.left || (!is_null(op.left) && !is_null(op.right))) return;
  out.push_back({"null_comparison", fmt::format("{} NULL is never true: it is NULL for every value", name),
                 name == "=" ? "Write IS NULL." : "Write IS NOT NULL.", op.at.offset});
}

}  // namespace

std::vector<Lint> lint(const Select& query) {
  std::vector<Lint> out;
  walk(query, [&](ConstNode node) {
    if (const auto* join = node.as<Join>()) lint_join(*join, out);
    if (const auto* block = node.as<Select>()) {
      lint_aggregates(*block, out);
      lint_choice(*block, out);
    }
    if (const auto* call = node.as<FunctionCall>()) lint_order(*call, out);
    if (const auto* op = node.as<Operator>()) lint_null(*op, out);
  });
  return out;
}

}  // namespace pgvista::analyze
