#include "ivm/query/restrict.hpp"

#include <algorithm>

#include "analyze/dependencies.hpp"
#include "ivm/query/query_graph.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;

namespace {

void add_condition(Box<Expr>& where, Expr condition) {
  where = where ? sql::make::all_of({*where, std::move(condition)}) : std::move(condition);
}

// One restriction inside a block, on an expression of that block.
struct Wish {
  Expr value;
  Expr array;
  std::optional<Expr> null;
};

Expr condition_of(const Wish& wish) {
  Expr one_of = sql::make::equals_any(wish.value, wish.array);
  if (!wish.null) return one_of;
  return Expr{Logical{Logical::Form::disjunction,
                      {std::move(one_of), sql::make::all_of({Expr{NullTest{wish.value, false, {}}}, *wish.null})},
                      {}}};
}

class Restrictor {
 public:
  explicit Restrictor(const Facts& facts) : facts_(facts) {}

  void query(Select& query, const std::vector<Restriction>& restrictions) {
    if (restrictions.empty()) return;
    if (query.limit || query.offset) return wrap(query, restrictions);
    if (query.operation != Select::Operation::none) {
      this->query(*query.left, restrictions);
      this->query(*query.right, restrictions);
      return;
    }
    if (!query.values.empty()) return;  // small, and joined by what follows
    std::vector<Wish> wishes;
    std::vector<Restriction> above;
    for (const Restriction& restriction : restrictions) {
      const auto value = target(query, restriction.output);
      if (value && is_typed_null(*value) && restriction.null) {
        // The row is asked for only together with NULL: nothing is read for it otherwise.
        add_condition(query.where, *restriction.null);
        above.push_back(restriction);
      } else if (value && may_filter_rows(query, *value)) {
        wishes.push_back({*value, restriction.array, restriction.null});
      } else {
        above.push_back(restriction);
      }
    }
    block(query, wishes);
    if (!above.empty()) wrap(query, above);
  }

 private:
  static std::optional<Expr> target(const Select& query, int output) {
    if (output < 0 || static_cast<std::size_t>(output) >= query.targets.size()) return std::nullopt;
    const Expr& value = *query.targets[static_cast<std::size_t>(output)].value;
    const auto* ref = value.as<ColumnRef>();
    if (ref && ref->star) return std::nullopt;
    return value;
  }

  // Is leaving out rows before grouping the same as leaving out result rows?
  bool may_filter_rows(const Select& query, const Expr& value) const {
    const auto in = [&](const Exprs& list) { return std::find(list.begin(), list.end(), value) != list.end(); };
    if (calls(value, facts_.aggregates) || calls(value, facts_.set_returning) || has_window(value)) return false;
    if (query.group_by.empty() && has_aggregates(query, facts_)) return false;
    if (!query.distinct_on.empty() && !in(query.distinct_on)) return false;
    const std::vector<Exprs> lists = partitions(query);
    return !has_subquery(value) && std::all_of(lists.begin(), lists.end(), in);
  }

  static bool has_window(const Expr& value) {
    bool found = false;
    each<const FunctionCall>(value, [&](const FunctionCall& call) { found |= static_cast<bool>(call.over); });
    return found;
  }

  static bool has_subquery(const Expr& value) { return holds<Sublink>(value); }

  // SELECT * FROM (query) WHERE …: right everywhere, pushed down nowhere.
  static void wrap(Select& query, const std::vector<Restriction>& restrictions) {
    const std::vector<std::string> names = output_names(query);
    Select outer;
    SubqueryRef inner;
    inner.alias.name = "q";
    for (std::size_t i = 0; i < names.size(); ++i) inner.alias.columns.push_back("c" + std::to_string(i + 1));
    inner.query = std::move(query);
    for (std::size_t i = 0; i < names.size(); ++i)
      outer.targets.push_back({names[i], column("q", inner.alias.columns[i]), {}});
    for (const Restriction& restriction : restrictions) {
      add_condition(outer.where,
                    condition_of({column("q", inner.alias.columns[static_cast<std::size_t>(restriction.output)]),
                                  restriction.array, restriction.null}));
    }
    outer.from.push_back(FromItem{std::move(inner)});
    query = std::move(outer);
  }

  static std::vector<std::string> output_names(const Select& query) {
    if (query.operation != Select::Operation::none) return output_names(*query.left);
    std::vector<std::string> out;
    for (const Target& target : query.targets) out.push_back(analyze::output_name(target));
    return out;
  }

  void block(Select& query, const std::vector<Wish>& wishes) {
    for (const Wish& wish : wishes) {
      // Below outer joins first, while the conditions are still those that were written.
      const std::vector<Wish> spread = equal_values(query, wish);
      for (FromItem& item : query.from) below(item, wish, spread, false);
      if (query.where) memberships(*query.where, spread);
      if (!wish.value.as<Constant>()) add_condition(query.where, condition_of(wish));
    }
  }

  // x IN (SELECT y …) among the conditions: only rows where y is one of what x may be say anything.
  void memberships(Expr& condition, const std::vector<Wish>& spread) {
    if (auto* both = condition.as<Logical>(); both && both->form == Logical::Form::conjunction) {
      for (Expr& one : both->operands) memberships(one, spread);
      return;
    }
    auto* link = condition.as<Sublink>();
    const bool equals =
        link && link->form == Sublink::Form::any && link->test && (link->name.empty() || last(link->name) == "=");
    if (!equals) return;
    std::vector<Restriction> found;
    const auto* row = link->test->as<Row>();
    const Exprs tests = row ? row->fields : Exprs{*link->test};
    for (std::size_t i = 0; i < tests.size(); ++i) {
      for (const Wish& wish : spread) {
        if (wish.value == tests[i]) found.push_back({static_cast<int>(i), wish.array, std::nullopt});
      }
    }
    query(*link->query, found);
  }

  // The values that join conditions make equal to the wished one, with no NULL among them.
  std::vector<Wish> equal_values(const Select& query, const Wish& wish) const {
    std::vector<Wish> out{wish};
    if (const auto* coalesce = wish.value.as<Coalesce>()) {
      out.clear();
      for (const Expr& argument : coalesce->arguments) out.push_back({argument, wish.array, wish.null});
    }
    // What is NULL for want of a partner is equal to nothing, and its rows must stay.
    if (!wish.value.as<Coalesce>() && reads_nullable(query, wish.value)) return out;
    // From, to: never from a row that may be missing to one that stays without it.
    std::vector<std::pair<Expr, Expr>> equal;
    const auto gather = [&](const Expr& condition,
                            const std::function<bool(const Expr& from, const Expr& to)>& follows) {
      for (const Expr* one : conjuncts(condition)) {
        const auto [left, right] = equality(*one);
        if (left && follows(*left, *right)) equal.emplace_back(*left, *right);
        if (left && follows(*right, *left)) equal.emplace_back(*right, *left);
      }
    };
    if (query.where) gather(*query.where, [](const Expr&, const Expr&) { return true; });
    const auto joins = [&](const auto& self, const FromItem& item) -> void {
      const auto* join = item.as<Join>();
      if (!join) return;
      self(self, *join->left);
      self(self, *join->right);
      if (!join->condition || join->type == Join::Type::full) return;
      const FromItem& stays = join->type == Join::Type::right ? *join->right : *join->left;
      const FromItem& may_miss = join->type == Join::Type::right ? *join->left : *join->right;
      gather(*join->condition, [&](const Expr& from, const Expr& to) {
        return join->type == Join::Type::inner || (belongs_to(from, stays) && belongs_to(to, may_miss)) ||
               (belongs_to(from, may_miss) && belongs_to(to, may_miss));
      });
    };
    for (const FromItem& item : query.from) joins(joins, item);
    for (bool changed = true; changed;) {
      changed = false;
      for (const auto& way : equal) {
        const Expr& to = way.second;
        const bool has = std::any_of(out.begin(), out.end(), [&](const Wish& one) { return one.value == way.first; });
        const bool known = std::any_of(out.begin(), out.end(), [&](const Wish& one) { return one.value == to; });
        if (!has || known) continue;
        out.push_back({to, wish.array, {}});
        changed = true;
      }
    }
    return out;
  }

  // Columns of this side of a join, by their qualifiers.
  static bool belongs_to(const Expr& value, const FromItem& side) {
    if (const auto* join = side.as<Join>())
      return belongs_to(value, *join->left) || belongs_to(value, *join->right) || reads_name(value, join->alias.name);
    if (const auto* table = side.as<TableRef>()) return reads_name(value, name_of(*table));
    if (const auto* sub = side.as<SubqueryRef>()) return reads_name(value, sub->alias.name);
    const auto* function = side.as<FunctionRef>();
    return function && reads_name(value, function->alias.name);
  }

  static bool reads_name(const Expr& value, const std::string& name) {
    const auto* ref = value.as<ColumnRef>();
    return ref && ref->parts.size() >= 2 && ref->parts[ref->parts.size() - 2] == name;
  }

  static bool reads_nullable(const Select& query, const Expr& value) {
    std::vector<std::string> nullable;
    const auto visit = [&](const auto& self, const FromItem& item, bool inside) -> void {
      if (const auto* join = item.as<Join>()) {
        self(self, *join->left, inside || join->type == Join::Type::right || join->type == Join::Type::full);
        self(self, *join->right, inside || join->type == Join::Type::left || join->type == Join::Type::full);
        if (inside && !join->alias.name.empty()) nullable.push_back(join->alias.name);
      } else if (inside) {
        if (const auto* table = item.as<TableRef>()) nullable.push_back(name_of(*table));
        if (const auto* sub = item.as<SubqueryRef>()) nullable.push_back(sub->alias.name);
        if (const auto* function = item.as<FunctionRef>()) nullable.push_back(function->alias.name);
      }
    };
    for (const FromItem& item : query.from) visit(visit, item, false);
    bool found = false;
    each<const ColumnRef>(value, [&](const ColumnRef& column) {
      found |= column.parts.size() == 1
                   ? !nullable.empty()
                   : !column.parts.empty() && std::find(nullable.begin(), nullable.end(),
                                                        column.parts[column.parts.size() - 2]) != nullable.end();
    });
    return found;
  }

  // Under a FULL JOIN a condition above does not reach the rows below: then a table is filtered where it stands.
  void below(FromItem& item, const Wish& wish, const std::vector<Wish>& spread, bool nullable) {
    if (auto* join = item.as<Join>()) {
      const bool left_nullable = nullable || join->type == Join::Type::right || join->type == Join::Type::full;
      const bool right_nullable = nullable || join->type == Join::Type::left || join->type == Join::Type::full;
      below(*join->left, wish, spread, left_nullable);
      below(*join->right, wish, spread, right_nullable);
      return;
    }
    const bool whole_class = wish.value.as<Coalesce>() != nullptr;
    for (const Wish& one : spread) {
      const auto* ref = one.value.as<ColumnRef>();
      if (!ref || ref->parts.size() != 2 || ref->star) continue;
      // The wished value itself may be NULL by null-extension: what it is NULL for must stay.
      const bool own = !whole_class && one.value == wish.value;
      if (own && nullable) continue;
      if (auto* sub = item.as<SubqueryRef>(); sub && sub->alias.name == ref->parts[0] && !sub->lateral) {
        const int output = output_of(*sub, ref->parts[1]);
        if (output >= 0) query(*sub->query, {{output, one.array, one.null}});
      } else if (auto* table = item.as<TableRef>();
                 table && nullable && whole_class && name_of(*table) == ref->parts[0]) {
        restrict_table(item, *table, one);
        return;
      }
    }
  }

  static int output_of(const SubqueryRef& sub, const std::string& name) {
    for (std::size_t i = 0; i < sub.alias.columns.size(); ++i) {
      if (sub.alias.columns[i] == name) return static_cast<int>(i);
    }
    const std::vector<std::string> names = output_names(*sub.query);
    for (std::size_t i = sub.alias.columns.size(); i < names.size(); ++i) {
      if (names[i] == name) return static_cast<int>(i);
    }
    return -1;
  }

  static void restrict_table(FromItem& item, const TableRef& table, const Wish& wish) {
    Select inner;
    const std::string name = name_of(table);
    SubqueryRef sub;
    sub.alias.name = name;
    inner.targets.push_back({"", Expr{ColumnRef{{name}, true, {}}}, {}});
    inner.from.push_back(FromItem{table});
    inner.where = condition_of(wish);
    sub.query = std::move(inner);
    item.node = std::move(sub);
  }

  const Facts& facts_;
};

}  // namespace

Select restrict(Select query, const std::vector<Restriction>& restrictions, const Facts& facts) {
  Restrictor(facts).query(query, restrictions);
  return query;
}

}  // namespace pgvista::ivm
