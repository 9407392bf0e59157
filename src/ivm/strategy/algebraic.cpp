#include "ivm/strategy/algebraic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "analyze/dependencies.hpp"
#include "base/text.hpp"
#include "ivm/aggregate/digits.hpp"
#include "ivm/aggregate/rules.hpp"
#include "ivm/functions/key_index.hpp"
#include "ivm/strategy/recompute.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;

namespace {

Expr own_column(const std::string& name) { return make::name(name); }

// The SELECT … FROM of inner joins of tables, as far as the algebra goes.
class Recognizer {
 public:
  Recognizer(const Select& query, const std::vector<ColumnFact>& outputs, const Facts& facts, const AlgebraicWish& wish,
             std::vector<std::string>& reasons)
      : query_(query), outputs_(outputs), facts_(facts), wish_(wish), reasons_(reasons) {}

  std::optional<AlgebraicShape> run() {
    if (!simple_block()) return std::nullopt;
    out_.keep_empty = query_.group_by.empty();
    for (const FromItem& item : query_.from) {
      if (!inner_joins(item)) return std::nullopt;
    }
    columns_.add({Hidden::Kind::count, "", std::nullopt, std::nullopt});
    for (const Expr& one : query_.group_by) add_key(one);
    add_keys_by_settings();
    for (std::size_t i = 0; i < query_.targets.size(); ++i) {
      Expr value = *query_.targets[i].value;
      const bool sure = value.as<FunctionCall>() && facts_.aggregates.contains(value.as<FunctionCall>()->name.back());
      if (!rewrite(value)) return std::nullopt;
      const bool stored = sure || value.as<ColumnRef>();
      out_.columns.push_back({outputs_[i], std::move(value), !stored});
    }
    if (query_.having) {
      Expr value = *query_.having;
      if (!rewrite(value)) return std::nullopt;
      out_.having = std::move(value);
    }
    if (!exact_types() || !indexable()) return std::nullopt;
    out_.extremes = !std::all_of(out_.hidden.begin(), out_.hidden.end(), can_be_taken_back);
    if (out_.extremes && self_joined_) return refuse("min or max over a table that is joined to itself"), std::nullopt;
    name_as_shown();
    return finish();
  }

 private:
  bool refuse(std::string reason) {
    reasons_.push_back("not algebraic: " + std::move(reason));
    return false;
  }

  bool simple_block() {
    if (query_.operation != Select::Operation::none || query_.distinct || !query_.distinct_on.empty() || query_.limit ||
        query_.offset)
      return refuse("it is no plain SELECT with GROUP BY");
    if (query_.group_by.empty() && !has_aggregates(query_, facts_)) return refuse("it has no aggregates");
    if (has_windows(query_)) return refuse("window functions look at other rows");
    if (has_subqueries()) return refuse("it has subqueries in expressions");
    return query_.from.empty() ? refuse("it reads no table") : true;
  }

  // HAVING is computed when it is read: it may ask the parts of the query.
  bool has_subqueries() const {
    Select others = query_;
    others.having = {};
    if (holds<Sublink>(others)) return true;
    bool tables = false;
    if (query_.having)
      each<const TableRef>(*query_.having, [&](const TableRef& ref) {
        const TableFact* const fact = facts_.table(ref.schema, ref.name);
        tables |= !fact || !fact->part;
      });
    return tables;
  }

  bool inner_joins(const FromItem& item) {
    if (const auto* join = item.as<Join>()) {
      if (join->type != Join::Type::inner) return refuse("outer joins make and take away rows of NULLs");
      return inner_joins(*join->left) && inner_joins(*join->right);
    }
    const auto* ref = item.as<TableRef>();
    if (!ref) return refuse("it reads from a subquery or a function");
    const TableFact* fact = facts_.table(ref->schema, ref->name);
    if (!fact) return refuse("a table is not known");
    if (!fact->ancestors.empty()) return refuse(fact->name.display() + " is a part of a partitioned table");
    if (ref->only || (fact->kind == 'r' && !fact->descendants.empty()))
      return refuse(fact->name.display() + " has inheritance children");
    const auto times = ++references_[fact->name];
    // Of n references 2^n - 1 joins of changed rows are added up.
    constexpr int most_references = 3;
    self_joined_ |= times > 1;
    return times <= most_references || refuse(fact->name.display() + " is joined to itself more than twice");
  }

  void add_key(const Expr& value) {
    std::string name = fmt::format("pgvista_key_{}", keys_.size() + 1);
    for (std::size_t k = query_.targets.size(); k > 0; --k) {
      if (*query_.targets[k - 1].value == value) name = outputs_[k - 1].name;
    }
    keys_.push_back({value, name});
  }

  // What the key comes to under the view's settings is kept beside it: a reader has others.
  void add_keys_by_settings() {
    if (!wish_.by_settings) return;
    for (const Target& target : query_.targets) {
      const Expr& value = *target.value;
      const bool known = std::any_of(keys_.begin(), keys_.end(), [&](const auto& key) { return key.first == value; });
      if (known || value.as<ColumnRef>() || calls(value, facts_.aggregates)) continue;
      Select probe;
      probe.from = query_.from;
      probe.targets.push_back({"a", value, {}});
      if (calls_of_kind(probe, UnstableCall::Kind::settings, facts_)) add_key(value);
    }
  }

  // Replaces aggregates and group expressions by the store's columns. False: something else is left.
  bool rewrite(Expr& node) {
    for (const auto& [value, name] : keys_) {
      if (node == value) {
        node = own_column(name);
        return true;
      }
    }
    if (node.as<Sublink>()) return true;
    if (const auto* call = node.as<FunctionCall>(); call && facts_.aggregates.contains(call->name.back()))
      return aggregate(node, FunctionCall(*call));
    if (const auto* ref = node.as<ColumnRef>())
      return refuse(fmt::format("{} is not in GROUP BY", join(ref->parts, ".")));
    if (const auto* call = node.as<FunctionCall>(); call && facts_.set_returning.contains(call->name.back()))
      return refuse(fmt::format("{}() gives several rows", call->name.back()));
    return rewrite_below(node);
  }

  bool rewrite_below(Node node) {
    bool fine = true;
    for_each_child(node, [&](Node child) {
      auto* expression = child.as<Expr>();
      fine &= expression ? rewrite(*expression) : rewrite_below(child);
    });
    return fine;
  }

  bool aggregate(Expr& node, const FunctionCall& call) {
    const std::string name = call.name.back();
    if (call.name.size() > 1 && call.name.front() != "pg_catalog") return refuse(name + "() is not of PostgreSQL");
    if (call.distinct) return refuse(name + "(DISTINCT …) must know which values stay");
    if (call.within_group || (!call.order_by.empty() && name != "sum" && name != "count"))
      return refuse(name + "() with an order");
    AggregateCall one{call, std::nullopt, false, out_.keep_empty, columns_};
    if (call.filter) one.filter = *call.filter;
    one.argument_is_there = call.arguments.size() == 1 && never_null(call.arguments.front());
    const AggregateRule* rule = aggregate_rule(name);
    std::optional<Expr> value = rule ? (*rule)(one) : std::nullopt;
    if (!value) return refuse(name + "() is recomputed");
    node = std::move(*value);
    return true;
  }

  // Inner joins give no row of NULLs: a column that is NOT NULL has a value, and so has arithmetic of such.
  bool never_null(const Expr& value) const {
    if (const auto* constant = value.as<Constant>()) return constant->type != Constant::Type::null;
    if (const auto* op = value.as<Operator>()) {
      static const std::set<std::string> arithmetic = {"+", "-", "*"};
      return op->name.size() == 1 && arithmetic.contains(op->name.back()) && op->left && op->right &&
             never_null(*op->left) && never_null(*op->right);
    }
    const auto* ref = value.as<ColumnRef>();
    const ColumnFact* fact = ref && !ref->star ? column_of(*ref) : nullptr;
    return fact && fact->not_null;
  }

  const ColumnFact* column_of(const ColumnRef& ref) const {
    const ColumnFact* found = nullptr;
    const auto visit = [&](const auto& self, const FromItem& item) -> void {
      if (const auto* join = item.as<Join>()) {
        self(self, *join->left);
        self(self, *join->right);
        return;
      }
      const auto& table = *item.as<TableRef>();
      if (ref.parts.size() > 1 && ref.parts[ref.parts.size() - 2] != name_of(table)) return;
      const ColumnFact* own =
          table.alias.columns.empty() ? facts_.table(table.schema, table.name)->column(ref.parts.back()) : nullptr;
      if (own) found = own;
    };
    for (const FromItem& item : query_.from) visit(visit, item);
    return found;
  }

  // A hidden column that the view shows as it is goes by the view's name for it.
  void name_as_shown() {
    for (auto& [column, value, at_read] : out_.columns) {
      const auto* ref = value.as<ColumnRef>();
      if (!ref) continue;
      const auto hidden = std::find_if(out_.hidden.begin(), out_.hidden.end(),
                                       [&](const Hidden& one) { return one.name == ref->parts.back(); });
      if (hidden == out_.hidden.end() || !hidden->name.starts_with("pgvista_")) continue;
      const std::string before = hidden->name;
      hidden->name = column.name;
      for (AlgebraicColumn& other : out_.columns) rename(other.value, before, column.name);
      if (out_.having) rename(*out_.having, before, column.name);
    }
  }

  static void rename(Expr& expression, const std::string& from, const std::string& to) {
    replace(expression, from, own_column(to));
  }

  // What is computed when it is read is in no index.
  bool indexable() {
    for (const AlgebraicColumn& one : out_.columns) {
      if (one.at_read && wish_.indexed.contains(one.column.name))
        return refuse(
            fmt::format("an index on \"{}\", which would be computed from its group when it is read", one.column.name));
    }
    return true;
  }

  // Sums must be exact, or what is added and taken away again would leave a trace.
  bool exact_types() {
    Select probe;
    probe.from = query_.from;
    for (const Hidden& one : out_.hidden)
      probe.targets.push_back(
          {fmt::format("a{}", probe.targets.size()), one.argument ? *one.argument : make::number(1), {}});
    const std::vector<ColumnFact>& types = output_columns(probe, facts_);
    for (std::size_t i = 0; i < types.size(); ++i) {
      if (out_.hidden[i].kind != Hidden::Kind::sum) continue;
      const std::string& base = types[i].kind.base;
      if (base != "smallint" && base != "integer" && base != "bigint" && base != "numeric")
        return refuse("sums of " + base + " are not exact");
      out_.hidden[i].wide = base == "bigint" || base == "numeric";
      if (base == "numeric" && !declared_scale(types[i].type) && !scale_of(*out_.hidden[i].argument))
        show_digits(out_.hidden[i]);
    }
    return true;
  }

  // A sum has as many decimal places as what is still in the group, not as what was there once.
  void show_digits(Hidden sum) {
    const std::string digits = columns_.add({Hidden::Kind::digits, "", sum.argument, sum.filter});
    const Expr shown = with_digits(own_column(sum.name), own_column(digits));
    for (AlgebraicColumn& column : out_.columns) replace(column.value, sum.name, shown);
    if (out_.having) replace(*out_.having, sum.name, shown);
  }

  static void replace(Node node, const std::string& name, const Expr& by) {
    if (auto* expression = node.as<Expr>()) {
      if (const auto* ref = expression->as<ColumnRef>(); ref && ref->parts.back() == name) {
        *expression = by;
        return;
      }
    }
    if (node.is<Select>()) return;
    for_each_child(node, [&](Node child) { replace(child, name, by); });
  }

  // How many decimal places every value of the expression has; nullopt: not all the same.
  std::optional<int> scale_of(const Expr& value) const {
    if (const auto* ref = value.as<ColumnRef>()) {
      const ColumnFact* fact = ref->star ? nullptr : column_of(*ref);
      return fact ? declared_scale(fact->type) : std::nullopt;
    }
    if (const auto* constant = value.as<Constant>()) return scale_of_constant(*constant);
    if (const auto* to = value.as<Cast>()) return scale_of_cast(*to);
    if (const auto* call = value.as<FunctionCall>()) return scale_of_call(*call);
    const auto* op = value.as<Operator>();
    if (!op || op->name.size() != 1 || !op->left || !op->right) return std::nullopt;
    const std::optional<int> left = scale_of(*op->left);
    const std::optional<int> right = scale_of(*op->right);
    if (!left || !right) return std::nullopt;
    if (op->name.back() == "*") return *left + *right;
    return op->name.back() == "+" || op->name.back() == "-" ? std::optional(std::max(*left, *right)) : std::nullopt;
  }

  std::optional<int> scale_of_cast(const Cast& to) const {
    static const std::set<std::string> whole = {"smallint", "integer", "bigint", "int2", "int4", "int8"};
    if (!to.type.array_bounds.empty()) return std::nullopt;
    const std::string& type = to.type.name.back();
    if (whole.contains(type)) return 0;
    if (type != "numeric") return std::nullopt;
    if (to.type.modifiers.empty()) return scale_of(*to.operand);
    const auto* scale = to.type.modifiers.size() == 2 ? to.type.modifiers.back().as<Constant>() : nullptr;
    return to.type.modifiers.size() == 1 ? std::optional(0)
           : scale                       ? std::optional(std::atoi(scale->text.c_str()))
                                         : std::nullopt;
  }

  // Whole fields of a time are numerics without decimal places.
  static std::optional<int> scale_of_call(const FunctionCall& call) {
    static const std::set<std::string> whole = {"century", "day",        "decade", "dow",   "doy",     "hour", "isodow",
                                                "isoyear", "millennium", "minute", "month", "quarter", "week", "year"};
    const bool extracts = call.name.back() == "extract" &&
                          (call.name.size() == 1 || call.name.front() == "pg_catalog") && call.arguments.size() == 2;
    const auto* field = extracts ? call.arguments.front().as<Constant>() : nullptr;
    return field && whole.contains(field->text) ? std::optional(0) : std::nullopt;
  }

  static std::optional<int> scale_of_constant(const Constant& constant) {
    if (constant.type == Constant::Type::integer) return 0;
    const bool plain = constant.type == Constant::Type::decimal &&
                       constant.text.find_first_not_of("-0123456789.") == std::string::npos;
    const std::size_t point = constant.text.find('.');
    return plain ? std::optional(point == std::string::npos ? 0 : static_cast<int>(constant.text.size() - point - 1))
                 : std::nullopt;
  }

  static std::optional<int> declared_scale(const std::string& type) {
    if (type == "smallint" || type == "integer" || type == "bigint") return 0;
    const std::size_t comma = type.find(',');
    if (!type.starts_with("numeric(") || comma == std::string::npos) return std::nullopt;
    return std::atoi(type.c_str() + comma + 1);
  }

  // SELECT key, hidden FROM … WHERE … GROUP BY key
  std::optional<AlgebraicShape> finish() {
    Select& groups = out_.groups;
    groups.from = query_.from;
    groups.where = query_.where;
    for (const auto& [value, name] : keys_) {
      groups.group_by.push_back(value);
      groups.targets.push_back({name, value, {}});
    }
    for (const Hidden& one : out_.hidden) groups.targets.push_back({one.name, full_value(one), {}});
    std::vector<Blocker> blockers;
    std::optional<Shape> shape = find_shape(groups, facts_, blockers);
    if (!shape || !shape->unreached.empty())
      return refuse("a table does not reach the group by its join conditions"), std::nullopt;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      out_.key.push_back(key_column(*shape->graphs, shape->outputs, static_cast<int>(i)));
      const KeyColumn& key = out_.key.back();
      if (!key.kind.comparable || key.kind.array) return refuse("groups of " + key.type), std::nullopt;
      if (key.kind.forms && !scale_of(keys_[i].first))
        return refuse("equal values of " + key.type + " can look different"), std::nullopt;
    }
    if (!out_.key.empty() && !key_index(Names{"x"}, out_.key, true, facts_.server_major).unique)
      return refuse("no index can hold its groups, or stand for them"), std::nullopt;
    out_.shape = std::move(*shape);
    return std::move(out_);
  }

  const Select& query_;
  const std::vector<ColumnFact>& outputs_;
  const Facts& facts_;
  const AlgebraicWish& wish_;
  std::vector<std::string>& reasons_;
  AlgebraicShape out_;
  HiddenColumns columns_{out_.hidden};
  std::vector<std::pair<Expr, std::string>> keys_;
  std::map<sql::Name, int> references_;  // of a table
  bool self_joined_ = false;
};

}  // namespace

bool generated(const AlgebraicShape& algebraic, const AlgebraicColumn& column) {
  const auto& stored = algebraic.groups.targets;
  return !column.at_read &&
         std::none_of(stored.begin(), stored.end(), [&](const Target& one) { return one.alias == column.column.name; });
}

Select stored_rows(const AlgebraicShape& algebraic) {
  std::vector<ColumnFact> outputs;
  for (const Target& target : algebraic.groups.targets) outputs.push_back({target.alias, ""});
  Select out = rows_of(algebraic.groups, outputs);
  for (const AlgebraicColumn& one : algebraic.columns) {
    if (generated(algebraic, one)) out.targets.push_back({one.column.name, one.value, {}});
  }
  return out;
}

namespace {

// What is computed from the store's columns, whether kept or when it is read, and HAVING: does it depend on settings?
bool depends_on_settings(const AlgebraicShape& shape, const Facts& facts) {
  Select stored = stored_rows(shape);
  // Over columns of the same types, without what these come from.
  stored.targets.resize(shape.groups.targets.size());
  SubqueryRef none;
  none.alias.name = "s";
  none.query = typed_nulls(output_columns(stored, facts));
  Select outer;
  for (const AlgebraicColumn& one : shape.columns) outer.targets.push_back({one.column.name, one.value, {}});
  if (shape.having) outer.where = *shape.having;
  outer.from.push_back(FromItem{std::move(none)});
  return calls_of_kind(outer, UnstableCall::Kind::settings, facts);
}

// What is computed at read is of the type that the query gives.
bool same_types(const AlgebraicShape& shape, const Facts& facts) {
  Select probe = stored_rows(shape);
  Select outer;
  SubqueryRef sub;
  sub.alias.name = "s";
  std::vector<std::string> wanted;
  for (const AlgebraicColumn& one : shape.columns) {
    if (!one.at_read) continue;
    outer.targets.push_back({one.column.name, one.value, {}});
    wanted.push_back(one.column.type);
  }
  if (wanted.empty()) return true;
  sub.query = std::move(probe);
  outer.from.push_back(FromItem{std::move(sub)});
  const std::vector<ColumnFact>& types = output_columns(outer, facts);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (types[i].type != wanted[i]) return false;
  }
  return true;
}

}  // namespace

std::optional<AlgebraicShape> algebraic_shape(const Select& query, const std::vector<ColumnFact>& outputs,
                                              const Facts& facts, const AlgebraicWish& wish,
                                              std::vector<std::string>& reasons) {
  std::optional<AlgebraicShape> out = Recognizer(query, outputs, facts, wish, reasons).run();
  if (!out) return out;
  const bool by_settings = wish.by_settings && depends_on_settings(*out, facts);
  if (!by_settings && same_types(*out, facts)) return out;
  reasons.emplace_back(by_settings ? "not algebraic: what is computed from a group depends on settings"
                                   : "not algebraic: a value computed from a group would be of another type");
  return std::nullopt;
}

}  // namespace pgvista::ivm
