// Small questions about one block and its expressions.

#include "ivm/query/block.hpp"

#include <algorithm>

#include "parse/parse.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;

std::string last(const sql::Path& path) { return path.empty() ? std::string{} : path.back(); }

std::string name_of(const TableRef& ref) { return ref.alias.name.empty() ? ref.name : ref.alias.name; }

const std::string& qualifier(const Expr& expression) {
  static const std::string none;
  const auto* ref = expression.as<ColumnRef>();
  return ref && ref->parts.size() >= 2 ? ref->parts[ref->parts.size() - 2] : none;
}

std::size_t output_count(const Select& query) {
  if (query.operation != Select::Operation::none) return output_count(*query.left);
  return query.values.empty() ? query.targets.size() : query.values.front().fields.size();
}

std::vector<const Expr*> conjuncts(const Expr& expression) {
  const auto* logical = expression.as<Logical>();
  if (!logical || logical->form != Logical::Form::conjunction) return {&expression};
  std::vector<const Expr*> out;
  for (const Expr& operand : logical->operands) {
    for (const Expr* one : conjuncts(operand)) out.push_back(one);
  }
  return out;
}

std::optional<Expr> only_comparison(const Select& block, const std::string& alias) {
  static const std::set<std::string> comparisons = {"<", "<=", ">", ">=", "=", "<>"};
  int named = 0;
  each<const ColumnRef>(block, [&](const ColumnRef& ref) {
    named += ref.parts.size() > 1 && ref.parts[ref.parts.size() - (ref.star ? 1 : 2)] == alias ? 1 : 0;
  });
  if (named != 1) return std::nullopt;
  std::optional<Expr> out;
  const auto look = [&](const auto& self, ConstNode node) -> void {
    if (node.is<Select>()) return;
    const auto* value = node.as<Expr>();
    const auto* op = value ? value->as<Operator>() : nullptr;
    if (op && op->left && op->right && comparisons.contains(last(op->name)) &&
        (qualifier(*op->left) == alias || qualifier(*op->right) == alias))
      out = *value;
    for_each_child(node, [&](ConstNode child) { self(self, child); });
  };
  for (const Target& target : block.targets) look(look, *target.value);
  if (block.having) look(look, *block.having);
  return out;
}

std::pair<const Expr*, const Expr*> equality(const Expr& expression) {
  const auto* op = expression.as<Operator>();
  if (!op || last(op->name) != "=" || (op->name.size() > 1 && op->name.front() != "pg_catalog") || !op->left)
    return {nullptr, nullptr};
  return {&*op->left, &*op->right};
}

namespace {

bool calls_below(ConstNode node, const std::set<std::string>& names) {
  bool found = false;
  for_each_child(node, [&](ConstNode child) {
    const auto* expression = child.as<Expr>();
    found |= expression ? calls(*expression, names) : !child.is<Select>() && calls_below(child, names);
  });
  return found;
}

}  // namespace

bool calls(const Expr& expression, const std::set<std::string>& names) {
  if (expression.as<Sublink>()) return false;
  if (const auto* call = expression.as<FunctionCall>(); call && !call->over && names.contains(last(call->name)))
    return true;
  return calls_below(expression, names);
}

std::vector<Exprs> partitions(const Select& block) {
  std::vector<Exprs> out;
  const auto named = [&](const std::string& name) -> const Window* {
    const auto found = std::find_if(block.windows.begin(), block.windows.end(),
                                    [&](const Window& window) { return window.name == name; });
    return found == block.windows.end() ? nullptr : &*found;
  };
  const auto visit = [&](const auto& self, ConstNode node) -> void {
    if (const auto* call = node.as<FunctionCall>(); call && call->over) {
      const Window* window = &*call->over;
      while (window->partition_by.empty() && (!window->name.empty() || !window->extends.empty())) {
        const Window* base = named(window->extends.empty() ? window->name : window->extends);
        if (!base || base == window) break;
        window = base;
      }
      out.push_back(window->partition_by);
    }
    if (!node.is<Select>()) for_each_child(node, [&](ConstNode child) { self(self, child); });
  };
  for (const Target& target : block.targets) visit(visit, target);
  for (const OrderItem& item : block.order_by) visit(visit, item);
  return out;
}

bool has_windows(const Select& block) { return !partitions(block).empty(); }

bool has_aggregates(const Select& block, const Facts& facts) {
  if (block.having) return true;
  for (const Target& target : block.targets) {
    if (calls(*target.value, facts.aggregates)) return true;
  }
  return std::any_of(block.order_by.begin(), block.order_by.end(),
                     [&](const OrderItem& item) { return calls(*item.value, facts.aggregates); });
}

Select typed_nulls(const std::vector<ColumnFact>& columns) {
  Select out;
  for (const ColumnFact& column : columns)
    out.targets.push_back(
        sql::make::target(sql::make::cast(sql::make::null(), parse::parse_type(column.type)), column.name));
  return out;
}

bool is_typed_null(const Expr& expression) {
  const auto* item = expression.as<Indirection>();
  const auto* call = item ? item->operand->as<FunctionCall>() : nullptr;
  const auto* filter = call && call->filter ? call->filter->as<Constant>() : nullptr;
  return filter && filter->type == Constant::Type::boolean && filter->text == "false" &&
         last(call->name) == "array_agg";
}

}  // namespace pgvista::ivm
