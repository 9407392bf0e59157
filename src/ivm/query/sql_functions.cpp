#include "ivm/query/sql_functions.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ivm/query/block.hpp"
#include "ivm/query/part_blocks.hpp"
#include "ivm/query/scope.hpp"
#include "parse/parse.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;

namespace {

// Every item of FROM gets a name that nothing outside has: the arguments come from there.
void rename_all(Select& body, int number) {
  each<Select>(body, [&](Select& block) {
    for (const std::string& name : names_in_scope(block.from))
      rename_item(block, name, shorten_identifier(name, fmt::format("_in_{}", number)));
  });
}

void put_arguments(Node node, const SqlFunction& function, const Exprs& arguments) {
  auto* value = node.as<Expr>();
  const auto* ref = value ? value->as<ColumnRef>() : nullptr;
  if (ref && ref->parts.size() == 2 && ref->parts.front() == function.args) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (function.parameters[i].first != ref->parts.back()) continue;
      *value = make::cast(arguments[i], function.parameters[i].second);
      return;
    }
  }
  for_each_child(node, [&](Node child) { put_arguments(child, function, arguments); });
}

// SELECT value, and nothing else.
const Expr* mere_value(const Select& body) {
  const bool mere = body.operation == Select::Operation::none && body.values.empty() && body.from.empty() &&
                    !body.where && body.group_by.empty() && !body.having && !body.limit && !body.offset &&
                    body.targets.size() == 1;
  return mere ? &*body.targets.front().value : nullptr;
}

Select as_put_in(const SqlFunction& function, Select body, const Exprs& arguments, int number) {
  rename_all(body, number);
  put_arguments(body, function, arguments);
  return body;
}

class IdleCasts {
 public:
  explicit IdleCasts(const Facts& facts) : facts_(facts) {}

  void visit(Node node) {
    auto* query = node.as<Select>();
    if (query) add_tables(*query);
    for_each_child(node, [this](Node child) { visit(child); });
    if (query) scopes_.pop_back();
    auto* value = node.as<Expr>();
    const auto* to = value ? value->as<Cast>() : nullptr;
    const ColumnFact* const column = to ? column_of(*to->operand) : nullptr;
    if (column && parse::parse_type(column->type) == to->type) *value = Expr(*to->operand);
  }

 private:
  void add_tables(const Select& query) {
    std::map<std::string, const TableFact*>& scope = scopes_.emplace_back();
    for (const std::string& name : names_in_scope(query.from)) scope[name] = nullptr;
    for (const FromItem& item : query.from) add_tables(item, scope);
  }

  void add_tables(const FromItem& item, std::map<std::string, const TableFact*>& scope) {
    if (const auto* ref = item.as<TableRef>(); ref && ref->alias.columns.empty())
      scope[name_of(*ref)] = facts_.table(ref->schema, ref->name);
    if (const auto* join = item.as<Join>()) {
      add_tables(*join->left, scope);
      add_tables(*join->right, scope);
    }
  }

  const ColumnFact* column_of(const Expr& value) const {
    const auto* ref = value.as<ColumnRef>();
    if (!ref || ref->star || ref->parts.size() != 2) return nullptr;
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
      const auto found = scope->find(ref->parts.front());
      if (found != scope->end()) return found->second ? found->second->column(ref->parts.back()) : nullptr;
    }
    return nullptr;
  }

  const Facts& facts_;
  std::vector<std::map<std::string, const TableFact*>> scopes_;
};

}  // namespace

void drop_idle_casts(Select& query, const Facts& facts) { IdleCasts(facts).visit(query); }

const SqlFunction* looked_into(const FunctionCall& call, const Facts& facts) {
  const bool plain = call.name.size() == 2 && !call.over && !call.filter && !call.distinct && !call.variadic &&
                     !call.star && call.order_by.empty();
  if (!plain) return nullptr;
  const auto found = facts.functions.find({{call.name.front(), call.name.back()}, call.arguments.size()});
  return found == facts.functions.end() ? nullptr : &found->second;
}

Exprs arguments_in_order(const FunctionCall& call, const SqlFunction& function) {
  Exprs out(function.parameters.size(), make::null());
  for (std::size_t i = 0; i < call.arguments.size() && i < out.size(); ++i) {
    const auto* named = call.arguments[i].as<NamedArgument>();
    if (!named) out[i] = call.arguments[i];
    for (std::size_t k = 0; named && k < out.size(); ++k) {
      if (function.parameters[k].first == named->name) out[k] = *named->value;
    }
  }
  return out;
}

const FunctionCall* only_call(const FunctionRef* ref) {
  if (!ref || ref->ordinality || ref->rows_from || ref->functions.size() != 1 || !ref->columns.empty()) return nullptr;
  return ref->functions.front().call->as<FunctionCall>();
}

Expr put_in(const SqlFunction& function, Select body, const Exprs& arguments, int number, const Facts& facts) {
  Select query = as_put_in(function, std::move(body), arguments, number);
  Expr value = make::null();
  if (const Expr* mere = mere_value(query)) {
    value = *mere;
  } else {
    // Of several rows, the first is the function's value.
    if (!query.limit && !is_one_row(query, facts)) query.limit = make::number(1);
    value = make::scalar(std::move(query));
  }
  value = make::cast(std::move(value), function.result);
  if (!function.strict || arguments.empty()) return value;
  Exprs there;
  for (const Expr& one : arguments) there.push_back(make::is_not_null(one));
  return make::choose(make::all_of(there), std::move(value));
}

FromItem rows_put_in(const SqlFunction& function, Select body, const FunctionRef& ref, int number) {
  const auto& call = *ref.functions.front().call->as<FunctionCall>();
  SubqueryRef out;
  out.lateral = true;
  out.alias = ref.alias;
  if (out.alias.name.empty()) out.alias.name = call.name.back();
  for (std::size_t i = out.alias.columns.size(); i < function.columns.size(); ++i)
    out.alias.columns.push_back(function.columns[i]);
  out.query = as_put_in(function, std::move(body), arguments_in_order(call, function), number);
  return FromItem{std::move(out)};
}

}  // namespace pgvista::ivm
