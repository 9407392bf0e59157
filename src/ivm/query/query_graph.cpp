#include "ivm/query/query_graph.hpp"

#include <algorithm>
#include <functional>

#include "analyze/dependencies.hpp"
#include "base/text.hpp"
#include "ivm/query/graph_size.hpp"
#include "ivm/query/null_extension.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;

namespace {

using Value = std::optional<Expr>;

struct Source {
  std::string name;
  std::vector<std::pair<std::string, Value>> columns;
  int reference = -1;
};

struct Scope {
  std::vector<Source> sources;
  std::vector<std::pair<std::string, Value>> merged;  // columns of USING
  const Scope* outer = nullptr;
};

struct Outputs {
  std::vector<std::string> names;
  std::vector<Value> values;
};

class Flattener {
 public:
  Flattener(const Facts& facts, std::vector<std::size_t>& choices, std::vector<std::size_t>& widths)
      : facts_(facts), choices_(choices), widths_(widths) {}

  QueryGraph run(const Select& query) {
    Outputs outputs = select(query, nullptr, {});
    result_.outputs = std::move(outputs.values);
    result_.output_names = std::move(outputs.names);
    build_equivalence_classes();
    result_.components = connected(result_);
    return std::move(result_);
  }

 private:
  struct Where {
    bool nullable = false;
    const Select* block = nullptr;  // the uncorrelated block that a table reference here can be moved out with
    bool below = false;             // below the outermost FROM
  };

  Outputs select(const Select& query, const Scope* outer, Where where) {
    if (query.operation != Select::Operation::none) return set_operation(query, outer, where);
    if (!query.values.empty()) return values(query);
    Scope scope;
    scope.outer = outer;
    for (const FromItem& item : query.from) from_item(item, scope, where);
    if (query.where) predicates(*query.where, scope, true);
    for (const FromItem& item : query.from) thresholds(item, query, scope);
    // Everything else is walked for the tables in its subqueries, and for the columns it reads.
    for_each_child(query, [&](ConstNode child) {
      if (!child.is<CommonTable, FromItem, Select>()) mention(child, scope, where);
    });
    Outputs out = outputs(query, scope);
    hide_what_spreads(query, scope, out);
    return out;
  }

  Outputs set_operation(const Select& query, const Scope* outer, Where where) {
    // Flat: a UNION b UNION c has three branches to choose from.
    std::vector<const Select*> branches;
    const std::function<void(const Select&)> gather = [&](const Select& at) {
      if (at.operation != Select::Operation::none && !at.limit && !at.offset) {
        gather(*at.left);
        gather(*at.right);
      } else {
        branches.push_back(&at);
      }
    };
    if (query.limit || query.offset) {
      gather(*query.left);
      gather(*query.right);
    } else {
      gather(query);
    }
    const std::size_t at = depth_++;
    if (at >= choices_.size()) {
      choices_.push_back(0);
      widths_.push_back(branches.size());
    }
    widths_[at] = branches.size();
    Outputs out = select(*branches[choices_[at]], outer, where);
    if (query.limit || query.offset) std::fill(out.values.begin(), out.values.end(), std::nullopt);
    return out;
  }

  static Outputs values(const Select& query) {
    Outputs out;
    for (std::size_t i = 0; i < query.values.front().fields.size(); ++i) {
      out.names.push_back("column" + std::to_string(i + 1));
      out.values.emplace_back();
    }
    return out;
  }

  // --- FROM
  // -----------------------------------------------------------------------------------------------------------

  void from_item(const FromItem& item, Scope& scope, Where where) {
    if (const auto* ref = item.as<TableRef>()) return table(*ref, scope, where);
    if (const auto* ref = item.as<Join>()) return join(*ref, scope, where);
    Source source;
    if (const auto* ref = item.as<SubqueryRef>()) {
      source.name = ref->alias.name;
      Where inner = where;
      inner.below = true;
      // Inside of a subquery for each row, it may name columns of that row without LATERAL.
      const bool of_a_row = ref->lateral || (scope.outer && correlated(*ref->query, *scope.outer));
      if (!inner.block && !of_a_row) inner.block = &*ref->query;
      Outputs columns = select(*ref->query, ref->lateral ? &scope : scope.outer, inner);
      for (std::size_t i = 0; i < columns.names.size(); ++i) {
        source.columns.emplace_back(i < ref->alias.columns.size() ? ref->alias.columns[i] : columns.names[i],
                                    std::move(columns.values[i]));
      }
    } else if (const auto* function = item.as<FunctionRef>()) {
      for (const FunctionItem& one : function->functions) mention(*one.call, scope, where);
      source.name = function->alias.name;
      if (source.name.empty() && !function->functions.empty()) {
        if (const auto* call = function->functions.front().call->as<FunctionCall>()) source.name = last(call->name);
      }
      for (const std::string& name : function->alias.columns) source.columns.emplace_back(name, std::nullopt);
      for (const ColumnDefinition& definition : function->columns)
        source.columns.emplace_back(definition.name, std::nullopt);
      if (source.columns.empty()) source.columns.emplace_back(source.name, std::nullopt);
    } else if (const auto* xml = item.as<XmlTable>()) {
      for_each_child(*xml, [&](ConstNode child) { mention(child, scope, where); });
      source.name = xml->alias.name;
      for (const XmlTableColumn& one : xml->columns) source.columns.emplace_back(one.name, std::nullopt);
    } else {
      problem("TABLESAMPLE gives other rows each time");
    }
    scope.sources.push_back(std::move(source));
  }

  void table(const TableRef& ref, Scope& scope, Where where) {
    Source source;
    source.name = name_of(ref);
    const TableFact* fact = facts_.table(ref.schema, ref.name);
    if (!fact) {
      problem("the table \"" + ref.name + "\" is not known");
      scope.sources.push_back(std::move(source));
      return;
    }
    TableReference reference;
    reference.ref = &ref;
    reference.table = fact;
    reference.alias = QueryGraph::alias_of(result_.references.size());
    reference.nullable = where.nullable;
    reference.top = !where.below;
    reference.block = where.block;
    source.reference = static_cast<int>(result_.references.size());
    for (std::size_t i = 0; i < fact->columns.size(); ++i) {
      const std::string& name = fact->columns[i].name;
      source.columns.emplace_back(i < ref.alias.columns.size() ? ref.alias.columns[i] : name,
                                  column(reference.alias, name));
    }
    result_.references.push_back(std::move(reference));
    scope.sources.push_back(std::move(source));
  }

  void join(const Join& join, Scope& scope, Where where) {
    Where left = where;
    Where right = where;
    left.nullable |= join.type == Join::Type::right || join.type == Join::Type::full;
    right.nullable |= join.type == Join::Type::left || join.type == Join::Type::full;
    const std::size_t first = scope.sources.size();
    Sides sides{join.type, static_cast<int>(result_.references.size()), 0, 0};
    from_item(*join.left, scope, left);
    const std::size_t middle = scope.sources.size();
    sides.middle = static_cast<int>(result_.references.size());
    from_item(*join.right, scope, right);
    sides.end = static_cast<int>(result_.references.size());
    const std::size_t conditions = result_.predicates.size();
    for (const std::string& name : join.using_columns) merge(name, join.type, scope, first, middle);
    if (join.natural) problem("NATURAL JOIN was not spelled out");
    if (join.condition) {
      predicates(*join.condition, scope, false);
      mention(*join.condition, scope, where);
    }
    if (join.type != Join::Type::inner) {
      for (std::size_t i = conditions; i < result_.predicates.size(); ++i) outer_joins_[i] = sides;
    }
    if (join.type == Join::Type::right || join.type == Join::Type::full)
      extend(scope, first, middle, sides.first, sides.middle);
    if (join.type == Join::Type::left || join.type == Join::Type::full)
      extend(scope, middle, scope.sources.size(), sides.middle, sides.end);
    if (join.alias.name.empty()) return;
    // The alias of a join hides what it joins; its columns are theirs, in order.
    Source source;
    source.name = join.alias.name;
    for (std::size_t i = first; i < scope.sources.size(); ++i) {
      for (const auto& entry : scope.sources[i].columns) source.columns.push_back(entry);
    }
    for (std::size_t i = 0; i < join.alias.columns.size() && i < source.columns.size(); ++i)
      source.columns[i].first = join.alias.columns[i];
    scope.sources.push_back(std::move(source));
  }

  // From here on these references may be rows of NULLs: what is not NULL then is not what the query shows.
  void extend(Scope& scope, std::size_t first, std::size_t end, int from, int to) {
    for (int i = from; i < to; ++i) extended_.insert(i);
    for (std::size_t i = first; i < end; ++i) {
      for (auto& [name, value] : scope.sources[i].columns) {
        if (value && !is_nulled(*value, result_, extended_)) value = std::nullopt;
      }
    }
  }

  // Can a change of the rows that it reads be followed through it?
  bool may_follow(const Expr& expression) const {
    return !may_be_extended(expression) || is_nulled(expression, result_, extended_) ||
           is_either_side(expression, result_);
  }

  static const Value* find(const Source& source, const std::string& name) {
    const auto found = std::find_if(source.columns.begin(), source.columns.end(),
                                    [&](const auto& entry) { return entry.first == name; });
    return found == source.columns.end() ? nullptr : &found->second;
  }

  void merge(const std::string& name, Join::Type type, Scope& scope, std::size_t first, std::size_t middle) {
    Value left;
    Value right;
    for (const auto& [merged, value] : scope.merged) {
      if (merged == name) left = value;
    }
    for (std::size_t i = first; i < scope.sources.size(); ++i) {
      const Value* value = find(scope.sources[i], name);
      if (!value) continue;
      use(*value);
      if (i < middle && !left) left = *value;
      if (i >= middle && !right) right = *value;
    }
    if (left && right) {
      result_.predicates.push_back({Expr{Operator{{"="}, *left, *right, {}}}, {}});
    }
    Value merged = type == Join::Type::right ? right : left;
    if (type == Join::Type::full && left && right) merged = Expr{Coalesce{{*left, *right}, {}}};
    std::erase_if(scope.merged, [&](const auto& entry) { return entry.first == name; });
    scope.merged.emplace_back(name, merged);
  }

  // --- names
  // ----------------------------------------------------------------------------------------------------------

  void use(const Value& value) {
    if (!value) return;
    each<const ColumnRef>(*value, [&](const ColumnRef& column) {
      const int reference = column.parts.size() == 2 ? result_.reference_of(column.parts[0]) : -1;
      if (reference >= 0) result_.references[static_cast<std::size_t>(reference)].used.insert(column.parts[1]);
    });
  }

  void use_whole(const Source& source) {
    for (const auto& entry : source.columns) use(entry.second);
    if (source.reference >= 0) result_.references[static_cast<std::size_t>(source.reference)].whole_row = true;
  }

  // The value of a column reference; null where it is opaque or a whole row.
  const Expr* resolve(const ColumnRef& ref, const Scope& scope) {
    const auto used = [&](const Value& value) { return use(value), value ? &*value : nullptr; };
    if (ref.parts.empty()) return nullptr;
    const std::size_t qualifiers = ref.star ? ref.parts.size() : ref.parts.size() - 1;
    for (const Scope* at = &scope; at; at = at->outer) {
      if (qualifiers == 0) {
        for (const auto& [name, value] : at->merged) {
          if (name == ref.parts.back()) return used(value);
        }
      }
      for (auto source = at->sources.rbegin(); source != at->sources.rend(); ++source) {
        if (qualifiers > 0 && source->name != ref.parts[qualifiers - 1]) continue;
        if (ref.star) return use_whole(*source), nullptr;
        if (const Value* value = find(*source, ref.parts.back())) return used(*value);
      }
      if (qualifiers > 0) continue;
      for (const Source& source : at->sources) {
        if (source.name == ref.parts.back()) return use_whole(source), nullptr;
      }
    }
    return nullptr;
  }

  /// The expression over base tables; nullopt where something in it is opaque.
  Value substitute(const Expr& expression, const Scope& scope) {
    Expr copy = expression;
    bool opaque = false;
    replace(copy, scope, opaque);
    return opaque || !may_follow(copy) ? std::nullopt : Value(std::move(copy));
  }

  void replace(Node node, const Scope& scope, bool& opaque) {
    auto* expression = node.as<Expr>();
    if ((expression && replaced(*expression, scope, opaque)) || node.is<Select>()) return;
    for_each_child(node, [&](Node child) { replace(child, scope, opaque); });
  }

  // True: there is nothing to look at below it.
  bool replaced(Expr& node, const Scope& scope, bool& opaque) {
    if (is_typed_null(node)) {
      // NULLIF (x, x), whatever x is grouped by
      Expr argument = node.as<Indirection>()->operand->as<FunctionCall>()->arguments.front();
      replace(argument, scope, opaque);
      node = Expr{NullIf{argument, argument, {}}};
      return true;
    }
    if (const auto* ref = node.as<ColumnRef>()) {
      const Expr* const value = resolve(*ref, scope);
      opaque |= !value;
      if (value) node = Expr(*value);
      return true;
    }
    if (spreads(node)) {
      opaque = true;
      return true;
    }
    return false;
  }

  // Its value depends on other rows than those that the expression names.
  bool spreads(const Expr& node) const {
    if (node.as<Sublink>() || node.as<Grouping>() || node.as<GroupingSet>()) return true;
    const auto* call = node.as<FunctionCall>();
    if (!call) return false;
    const std::string name = last(call->name);
    return call->over || call->star || facts_.aggregates.contains(name) || facts_.set_returning.contains(name);
  }

  // Notes the columns that an expression reads, and flattens the subqueries in it.
  void mention(ConstNode node, const Scope& scope, Where where) {
    if (const auto* link = node.as<Sublink>()) {
      sublink(*link, scope, where);
    } else if (const auto* ref = node.as<ColumnRef>()) {
      if (ref->star && ref->parts.empty()) {
        for (const Source& source : scope.sources) {
          for (const auto& entry : source.columns) use(entry.second);
        }
      } else {
        resolve(*ref, scope);
      }
    } else if (!node.is<Select>()) {
      for_each_child(node, [&](ConstNode child) { mention(child, scope, where); });
    }
  }

  static bool correlated(const Select& query, const Scope& scope) {
    bool found = false;
    each<const ColumnRef>(query, [&](const ColumnRef& column) {
      if (column.parts.size() < 2) return;
      for (const Scope* at = &scope; at && !found; at = at->outer) {
        found = std::any_of(at->sources.begin(), at->sources.end(), [&](const Source& source) {
          return source.name == column.parts[column.parts.size() - (column.star ? 1 : 2)];
        });
      }
    });
    return found;
  }

  void sublink(const Sublink& link, const Scope& scope, Where where) {
    if (link.test) mention(*link.test, scope, where);
    Where inner = where;
    inner.below = true;
    if (!inner.block && !correlated(*link.query, scope)) inner.block = &*link.query;
    const Outputs outputs = select(*link.query, &scope, inner);
    const bool equals = link.form == Sublink::Form::any && (link.name.empty() || last(link.name) == "=");
    if (!equals || outputs.values.size() != 1 || !outputs.values.front() || !link.test || link.test->as<Row>()) return;
    const Value test = substitute(*link.test, scope);
    if (!test) return;
    // x IN (…) also turns from false to unknown: a NULL on either side reaches every row.
    const Expr both{Operator{{"="}, *test, *outputs.values.front(), {}}};
    if (never_null(*test) && never_null(*outputs.values.front())) {
      result_.predicates.push_back({both, {}});
    } else if (may_be_extended(*test) || may_be_extended(*outputs.values.front())) {
      return;  // what is joined to nothing is reached, too, and no path leads there
    } else {
      Expr either{Logical{Logical::Form::disjunction,
                          {both, Expr{NullTest{*test, false, {}}}, Expr{NullTest{*outputs.values.front(), false, {}}}},
                          {}}};
      result_.predicates.push_back({std::move(either), {}});
    }
  }

  bool may_be_extended(const Expr& expression) const {
    const std::set<int> read = references_of(expression, result_);
    return std::any_of(read.begin(), read.end(), [&](int one) { return extended_.contains(one); });
  }

  bool never_null(const Expr& expression) {
    const auto member = column_of(expression, result_);
    if (!member) return expression.as<Constant>() != nullptr;
    const TableReference& reference = result_.references[static_cast<std::size_t>(member->reference)];
    const ColumnFact* fact = reference.table->column(member->column);
    return !reference.nullable && fact && fact->not_null;
  }

  // --- predicates
  // -----------------------------------------------------------------------------------------------------

  // Above an outer join a condition may also hold for the null-extended row: only strict ones can be followed there.
  void predicates(const Expr& condition, const Scope& scope, bool in_where) {
    for (const Expr* one : conjuncts(condition)) {
      const Value value = substitute(*one, scope);
      if (!value) continue;
      const bool plain = [&] {
        const auto [left, right] = equality(*value);
        return left && column_of(*left, result_) && column_of(*right, result_);
      }();
      if (in_where && !plain) {
        const std::set<int> read = references_of(*value, result_);
        if (std::any_of(read.begin(), read.end(),
                        [&](int i) { return result_.references[static_cast<std::size_t>(i)].nullable; }))
          continue;
      }
      result_.predicates.push_back({*value, {}});
    }
  }

  // A row of one reference is compared with what rows show, and is nowhere else.
  void thresholds(const FromItem& item, const Select& query, const Scope& scope) {
    if (const auto* join = item.as<Join>()) {
      thresholds(*join->left, query, scope);
      thresholds(*join->right, query, scope);
    }
    const auto* const row = item.as<TableRef>();
    const TableFact* const fact = row ? facts_.table(row->schema, row->name) : nullptr;
    if (!fact || !fact->one_row) return;
    const auto comparison = only_comparison(query, name_of(*row));
    const Value value = comparison ? substitute(*comparison, scope) : std::nullopt;
    const std::set<int> read = value ? references_of(*value, result_) : std::set<int>{};
    if (read.size() != 2) return;
    for (const int one : read) {
      if (result_.references[static_cast<std::size_t>(one)].ref == row) result_.predicates.push_back({*value, {}, one});
    }
  }

  // --- outputs
  // --------------------------------------------------------------------------------------------------------

  Outputs outputs(const Select& query, const Scope& scope) {
    Outputs out;
    for (const Target& target : query.targets) {
      const auto* ref = target.value->as<ColumnRef>();
      if (ref && ref->star) {
        for (const Source& source : scope.sources) {
          if (!ref->parts.empty() && source.name != ref->parts.back()) continue;
          for (const auto& [name, value] : source.columns) {
            out.names.push_back(name);
            out.values.push_back(value);
          }
        }
        continue;
      }
      out.names.push_back(analyze::output_name(target));
      out.values.push_back(substitute(*target.value, scope));
    }
    return out;
  }

  void hide_what_spreads(const Select& query, const Scope& scope, Outputs& out) {
    const auto keep_only = [&](const Exprs& list) {
      std::vector<Value> kept;
      for (const Expr& one : list) kept.push_back(substitute(one, scope));
      for (Value& value : out.values) {
        const bool constant = value && (value->as<NullIf>() || references_of(*value, result_).empty());
        if (value && !constant && std::find(kept.begin(), kept.end(), value) == kept.end()) value = std::nullopt;
      }
    };
    if (query.limit || query.offset) std::fill(out.values.begin(), out.values.end(), std::nullopt);
    if (!query.group_by.empty()) keep_only(query.group_by);
    if (query.group_by.empty() && has_aggregates(query, facts_)) keep_only({});
    if (!query.distinct_on.empty()) keep_only(query.distinct_on);
    for (const Exprs& partition : partitions(query)) keep_only(partition);
  }

  void problem(std::string text) { result_.problems.push_back(std::move(text)); }

  // --- equivalence classes
  // --------------------------------------------------------------------------------------------------------

  // Where the references of an outer join's left and right lie.
  struct Sides {
    Join::Type type = Join::Type::inner;
    int first = 0;
    int middle = 0;
    int end = 0;
  };

  std::vector<Column> class_members(const Column& member) const {
    for (const std::vector<Column>& one : result_.equivalence_classes) {
      if (std::find(one.begin(), one.end(), member) != one.end()) return one;
    }
    return {member};
  }

  // An outer join equates a row with one that may be missing. What was equal to the missing one before must be missing
  // with it: a row that stays keeps two columns that were both compared with it as different as they are.
  bool may_unite(const Sides& sides, const Column& a, const Column& b) const {
    const auto all_in = [&](const Column& member, int from, int to) {
      const std::vector<Column> members = class_members(member);
      return std::all_of(members.begin(), members.end(),
                         [&](const Column& one) { return one.reference >= from && one.reference < to; });
    };
    const bool a_is_left = a.reference < sides.middle;
    const Column& left = a_is_left ? a : b;
    const Column& right = a_is_left ? b : a;
    if (left.reference >= sides.middle || right.reference < sides.middle) return false;
    const bool left_missing = sides.type == Join::Type::right || sides.type == Join::Type::full;
    const bool right_missing = sides.type == Join::Type::left || sides.type == Join::Type::full;
    return (!left_missing || all_in(left, sides.first, sides.middle)) &&
           (!right_missing || all_in(right, sides.middle, sides.end));
  }

  // Union of what plain equalities equate. Other predicates stay as they are, with the references that they read.
  void build_equivalence_classes() {
    std::vector<std::vector<Column>>& classes = result_.equivalence_classes;
    std::vector<Predicate> rest;
    for (std::size_t i = 0; i < result_.predicates.size(); ++i) {
      Predicate& predicate = result_.predicates[i];
      const auto outer = outer_joins_.find(i);
      const auto [left, right] = equality(predicate.condition);
      const auto a = left ? column_of(*left, result_) : std::nullopt;
      const auto b = right ? column_of(*right, result_) : std::nullopt;
      if (!a || !b || *a == *b || predicate.threshold >= 0 ||
          (outer != outer_joins_.end() && !may_unite(outer->second, *a, *b))) {
        predicate.references = references_of(predicate.condition, result_);
        if (predicate.references.size() > 1) rest.push_back(std::move(predicate));
        continue;
      }
      std::vector<Column> united{*a, *b};
      for (auto at = classes.begin(); at != classes.end();) {
        const bool touches =
            std::any_of(at->begin(), at->end(), [&](const Column& member) { return member == *a || member == *b; });
        if (touches) united.insert(united.end(), at->begin(), at->end());
        at = touches ? classes.erase(at) : at + 1;
      }
      std::sort(united.begin(), united.end());
      united.erase(std::unique(united.begin(), united.end()), united.end());
      classes.push_back(std::move(united));
    }
    result_.predicates = std::move(rest);
    std::sort(classes.begin(), classes.end());
    for (std::size_t i = 0; i < classes.size(); ++i) {
      for (const Column& member : classes[i]) result_.class_numbers.emplace(member, static_cast<int>(i));
      result_.class_hashes.push_back(class_hash(classes[i]));
    }
  }

  std::int32_t class_hash(const std::vector<Column>& members) const {
    std::vector<std::string> names;
    for (const Column& one : members)
      names.push_back(result_.references[static_cast<std::size_t>(one.reference)].table->name.sql() + "." + one.column);
    std::sort(names.begin(), names.end());
    return static_cast<std::int32_t>(stable_hash("class " + pgvista::join(names, "=")));
  }

  const Facts& facts_;
  std::vector<std::size_t>& choices_;
  std::vector<std::size_t>& widths_;
  std::size_t depth_ = 0;
  std::set<int> extended_;                    // references that may be rows of NULLs by now
  std::map<std::size_t, Sides> outer_joins_;  // by number of the predicate
  QueryGraph result_;
};

}  // namespace

std::vector<QueryGraph> query_graphs(const Select& query, const Facts& facts) {
  if (has_too_many_graphs(query)) return {};
  std::vector<QueryGraph> out;
  std::vector<std::size_t> choices;
  std::vector<std::size_t> widths;
  for (;;) {
    out.push_back(Flattener(facts, choices, widths).run(query));
    while (!choices.empty() && choices.back() + 1 >= widths.back()) {
      choices.pop_back();
      widths.pop_back();
    }
    if (choices.empty()) return out;
    ++choices.back();
  }
}

}  // namespace pgvista::ivm
