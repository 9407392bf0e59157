#include "analyze/nullability.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "analyze/dependencies.hpp"

namespace pgvista::analyze {

using namespace sql;

namespace {

struct NullableSource {
  std::string name;
  std::vector<NullableColumn> columns;
  bool known = true;
};
using NullableSources = std::vector<NullableSource>;

// Never NULL, whatever their arguments.
const std::set<std::string> never_null = {"count",
                                          "jsonb_build_object",
                                          "json_build_object",
                                          "jsonb_build_array",
                                          "json_build_array",
                                          "row_number",
                                          "rank",
                                          "dense_rank",
                                          "percent_rank",
                                          "cume_dist",
                                          "now",
                                          "concat",
                                          "clock_timestamp",
                                          "statement_timestamp",
                                          "grouping",
                                          "num_nonnulls",
                                          "num_nulls"};
// NULL only when an argument is.
const std::set<std::string> strict_functions = {"lower", "upper",       "length",    "abs",     "round",      "floor",
                                                "ceil",  "date_trunc",  "timezone",  "extract", "md5",        "btrim",
                                                "ltrim", "rtrim",       "date_part", "to_char", "replace",    "left",
                                                "right", "char_length", "date",      "int4",    "to_tsvector"};
const std::set<std::string> strict_operators = {"+",  "-", "*", "/",  "%",  "||", "=",   "<>",
                                                "!=", "<", ">", "<=", ">=", "~~", "!~~", "@@"};

class Nullability {
 public:
  explicit Nullability(const TableColumns& tables) : tables_(tables) {}

  std::vector<NullableColumn> select(const Select& query) {
    const std::size_t known = ctes_.size();
    for (const CommonTable& cte : query.with) {
      // What a recursive part refers to is not known yet: it may be anything.
      std::vector<NullableColumn> columns = query.recursive ? std::vector<NullableColumn>{} : select(*cte.query);
      for (std::size_t i = 0; i < cte.columns.size() && i < columns.size(); ++i) columns[i].name = cte.columns[i];
      ctes_.emplace_back(cte.name, std::move(columns));
    }
    std::vector<NullableColumn> out = body(query);
    ctes_.resize(known);
    return out;
  }

 private:
  std::vector<NullableColumn> body(const Select& query) {
    if (query.operation != Select::Operation::none) {
      std::vector<NullableColumn> left = select(*query.left);
      const std::vector<NullableColumn> right = select(*query.right);
      const bool from_left = query.operation != Select::Operation::union_;
      for (std::size_t i = 0; i < left.size(); ++i)
        left[i].nullable = left[i].nullable || (!from_left && (i >= right.size() || right[i].nullable));
      return left;
    }
    NullableSources sources;
    for (const FromItem& item : query.from) append(sources, from_item(item));
    if (query.where) filter(*query.where, sources);
    // Empty grouping sets and the like put NULLs into the grouped columns.
    const bool sets = std::any_of(query.group_by.begin(), query.group_by.end(),
                                  [](const Expr& expr) { return expr.as<GroupingSet>() != nullptr; });
    std::vector<NullableColumn> out;
    for (std::size_t i = 0; i < query.values.size() && i < 1; ++i) {
      for (std::size_t k = 0; k < query.values[0].fields.size(); ++k)
        out.push_back({"column" + std::to_string(k + 1), true});
    }
    for (const Target& target : query.targets) {
      const auto* ref = target.value->as<ColumnRef>();
      if (!ref || !ref->star) {
        out.push_back({output_name(target), sets || nullable(*target.value, sources)});
        continue;
      }
      for (const NullableSource& source : sources) {
        if (!ref->parts.empty() && source.name != ref->parts.back()) continue;
        if (!source.known) return {};
        out.insert(out.end(), source.columns.begin(), source.columns.end());
      }
    }
    return out;
  }

  static void append(NullableSources& to, NullableSources from) {
    for (NullableSource& source : from) to.push_back(std::move(source));
  }

  static NullableSources as_nullable(NullableSources sources) {
    for (NullableSource& source : sources) {
      for (NullableColumn& column : source.columns) column.nullable = true;
    }
    return sources;
  }

  // WHERE x IS NOT NULL AND …
  static void filter(const Expr& condition, NullableSources& sources) {
    if (const auto* logical = condition.as<Logical>(); logical && logical->form == Logical::Form::conjunction) {
      for (const Expr& operand : logical->operands) filter(operand, sources);
    } else if (const auto* test = condition.as<NullTest>(); test && test->negated) {
      if (const auto* ref = test->operand->as<ColumnRef>()) {
        if (NullableColumn* column = find(*ref, sources)) column->nullable = false;
      }
    }
  }

  static NullableColumn* find(const ColumnRef& ref, NullableSources& sources) {
    if (ref.star || ref.parts.empty()) return nullptr;
    for (NullableSource& source : sources) {
      if (ref.parts.size() > 1 && source.name != ref.parts[ref.parts.size() - 2]) continue;
      for (NullableColumn& column : source.columns) {
        if (column.name == ref.parts.back()) return &column;
      }
    }
    return nullptr;
  }

  NullableSources from_item(const FromItem& item) {
    if (const auto* join = item.as<Join>()) return joined(*join);
    if (const auto* sample = item.as<Sample>()) return from_item(*sample->item);
    NullableSource source;
    Alias alias;
    if (const auto* ref = item.as<TableRef>()) {
      alias = ref->alias;
      source.name = ref->name;
      const auto cte = std::find_if(ctes_.rbegin(), ctes_.rend(),
                                    [&](const auto& known) { return ref->schema.empty() && known.first == ref->name; });
      if (cte != ctes_.rend()) {
        source.columns = cte->second;
        source.known = !cte->second.empty();
      } else {
        const auto columns = tables_ ? tables_(ref->schema, ref->name) : std::nullopt;
        source.known = columns.has_value();
        if (columns) source.columns = *columns;
      }
    } else if (const auto* sub = item.as<SubqueryRef>()) {
      alias = sub->alias;
      source.columns = select(*sub->query);
      source.known = !source.columns.empty();
    } else {
      if (const auto* function = item.as<FunctionRef>()) alias = function->alias;
      source.known = false;
    }
    if (!alias.name.empty()) source.name = alias.name;
    for (std::size_t i = 0; i < alias.columns.size() && i < source.columns.size(); ++i)
      source.columns[i].name = alias.columns[i];
    return {std::move(source)};
  }

  NullableSources joined(const Join& join) {
    NullableSources left = from_item(*join.left);
    NullableSources right = from_item(*join.right);
    if (join.type == Join::Type::left || join.type == Join::Type::full) right = as_nullable(std::move(right));
    if (join.type == Join::Type::right || join.type == Join::Type::full) left = as_nullable(std::move(left));
    append(left, std::move(right));
    return left;
  }

  bool any_nullable(const Exprs& list, NullableSources& sources) {
    return std::any_of(list.begin(), list.end(), [&](const Expr& expr) { return nullable(expr, sources); });
  }

  bool nullable(const Expr& expr, NullableSources& sources) {
    if (const auto* constant = expr.as<Constant>()) return constant->type == Constant::Type::null;
    if (const auto* ref = expr.as<ColumnRef>()) {
      const NullableColumn* column = find(*ref, sources);
      return !column || column->nullable;
    }
    if (const auto* cast = expr.as<Cast>()) return nullable(*cast->operand, sources);
    if (const auto* collate = expr.as<Collate>()) return nullable(*collate->operand, sources);
    if (const auto* coalesce = expr.as<Coalesce>()) {
      return std::all_of(coalesce->arguments.begin(), coalesce->arguments.end(),
                         [&](const Expr& argument) { return nullable(argument, sources); });
    }
    if (const auto* op = expr.as<Operator>()) {
      return !strict_operators.contains(op->name.back()) || (op->left && nullable(*op->left, sources)) ||
             nullable(*op->right, sources);
    }
    if (const auto* call = expr.as<FunctionCall>()) {
      if (never_null.contains(call->name.back())) return false;
      return !strict_functions.contains(call->name.back()) || any_nullable(call->arguments, sources);
    }
    if (const auto* logical = expr.as<Logical>()) return any_nullable(logical->operands, sources);
    if (const auto* branches = expr.as<Case>()) {
      const bool branch = std::any_of(branches->branches.begin(), branches->branches.end(),
                                      [&](const CaseBranch& one) { return nullable(*one.result, sources); });
      return branch || !branches->otherwise || nullable(*branches->otherwise, sources);
    }
    if (expr.as<NullTest>() || expr.as<BooleanTest>() || expr.as<DistinctFrom>() || expr.as<ArrayLiteral>() ||
        expr.as<Row>() || expr.as<SqlValue>() || expr.as<Grouping>())
      return false;
    if (const auto* sublink = expr.as<Sublink>())
      return sublink->form != Sublink::Form::exists && sublink->form != Sublink::Form::array;
    return true;
  }

  const TableColumns& tables_;
  std::vector<std::pair<std::string, std::vector<NullableColumn>>> ctes_;
};

}  // namespace

std::vector<NullableColumn> output_nullability(const Select& query, const TableColumns& tables) {
  return Nullability(tables).select(query);
}

}  // namespace pgvista::analyze
