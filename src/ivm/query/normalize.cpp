#include "ivm/query/normalize.hpp"

#include <algorithm>

#include "ivm/query/qualify.hpp"
#include "ivm/query/recursion.hpp"
#include "ivm/query/sql_functions.hpp"
#include "ivm/query/query_graph.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;

namespace {

// --- WITH and views
// -----------------------------------------------------------------------------------------------------

class Inliner {
 public:
  // `functions`: their bodies are put in, too. An argument must say whose column it is by then.
  Inliner(const Facts& facts, std::vector<Blocker>& blockers, bool functions = false)
      : facts_(facts), blockers_(blockers), with_functions_(functions) {}

  void visit(Node node) {
    if (auto* query = node.as<Select>()) {
      if (!is_recursion(*query)) {
        select(*query);
      } else if (!with_functions_) {
        recursion(query->with.front());
      }
    } else if (auto* from = node.as<FromItem>()) {
      item(*from);
    } else {
      for_each_child(node, [this](Node child) { visit(child); });
      if (auto* value = node.as<Expr>()) put_function_in(*value);
    }
  }

 private:
  // A function in SQL is what its body says; one that leads to itself stays a call.
  void put_function_in(Expr& value) {
    const auto* call = value.as<FunctionCall>();
    const SqlFunction* const function = call && with_functions_ ? looked_into(*call, facts_) : nullptr;
    if (!function || function->set || ++functions_ > most_functions) return;
    Select body = function->body;
    visit(body);
    value = put_in(*function, std::move(body), arguments_in_order(*call, *function), functions_, facts_);
  }

  void put_function_in(FromItem& from) {
    const auto* ref = from.as<FunctionRef>();
    const FunctionCall* const call = only_call(ref);
    const SqlFunction* const function = call && with_functions_ ? looked_into(*call, facts_) : nullptr;
    if (!function || !function->set || ++functions_ > most_functions) return;
    Select body = function->body;
    visit(body);
    from = rows_put_in(*function, std::move(body), *ref, functions_);
  }

  void select(Select& query) {
    const std::size_t outer = known_.size();
    for (CommonTable& table : query.with) {
      if (query.recursive && names_itself(table)) {
        recursion(table);
        add_recursion(table, names_read(query));
        continue;
      }
      visit(*table.query);
      known_.push_back(std::move(table));
    }
    query.with.clear();
    query.recursive = false;
    if (!query.locking.empty())
      blockers_.push_back(
          {"FOR " + query.locking.front().strength + " locks rows", "for " + query.locking.front().strength});
    for_each_child(query, [this](Node child) { visit(child); });
    known_.resize(outer);
  }

  // It stays one, by its own name: what it reads beside is put in.
  void recursion(CommonTable& table) {
    itself_.push_back(table.name);
    visit(*table.query);
    itself_.pop_back();
  }

  // Outside of what WITH defines.
  static std::set<std::string> names_read(const Select& query) {
    Select outside = query;
    outside.with.clear();
    std::set<std::string> out;
    each<const ColumnRef>(outside, [&](const ColumnRef& ref) {
      if (!ref.parts.empty()) out.insert(ref.parts.back());
    });
    return out;
  }

  void add_recursion(CommonTable& table, const std::set<std::string>& reads) {
    auto alone = recursion_alone(table, reads);
    if (!alone) {
      blockers_.push_back({"the recursive query \"" + table.name + "\" has two columns of one name", table.name});
      return;
    }
    table.query = std::move(*alone);
    table.columns.clear();
    table.search = {};
    table.cycle = {};
    known_.push_back(std::move(table));
  }

  static bool names_itself(const CommonTable& table) {
    bool found = false;
    each<const TableRef>(*table.query,
                         [&](const TableRef& ref) { found |= ref.schema.empty() && ref.name == table.name; });
    return found;
  }

  void item(FromItem& from) {
    if (from.as<Sample>()) blockers_.push_back({"TABLESAMPLE gives other rows each time", "tablesample"});
    auto* ref = from.as<TableRef>();
    if (!ref) {
      for_each_child(from, [this](Node child) { visit(child); });
      put_function_in(from);
      return;
    }
    if (ref->schema.empty() && std::find(itself_.begin(), itself_.end(), ref->name) != itself_.end()) return;
    SubqueryRef inlined;
    inlined.alias = ref->alias;
    if (inlined.alias.name.empty()) inlined.alias.name = ref->name;
    const auto cte = std::find_if(known_.rbegin(), known_.rend(), [&](const CommonTable& known) {
      return ref->schema.empty() && known.name == ref->name;
    });
    if (cte != known_.rend()) {
      inlined.query = *cte->query;
      for (std::size_t i = inlined.alias.columns.size(); i < cte->columns.size(); ++i)
        inlined.alias.columns.push_back(cte->columns[i]);
    } else if (const Select* view = facts_.view(ref->schema, ref->name)) {
      // Its own names must not be taken for WITH names of ours.
      Inliner fresh(facts_, blockers_);
      inlined.query = *view;
      fresh.visit(*inlined.query);
    } else {
      const TableFact* fact = facts_.table(ref->schema, ref->name);
      if (fact && fact->kind == 's') name_store(*ref, *fact);
      return;
    }
    from.node = std::move(inlined);
  }

  // A maintained view is read from its store, where its triggers are.
  static void name_store(TableRef& ref, const TableFact& fact) {
    if (ref.alias.name.empty()) ref.alias.name = ref.name;
    ref.schema = fact.name.schema;
    ref.name = fact.name.name;
  }

  const Facts& facts_;
  std::vector<Blocker>& blockers_;
  std::vector<CommonTable> known_;
  std::vector<std::string> itself_;  // recursive queries that are being looked at
  static constexpr int most_functions = 64;
  bool with_functions_ = false;
  int functions_ = 0;
};

// --- grouping sets
// ------------------------------------------------------------------------------------------------------

using Sets = std::vector<Exprs>;

Sets product(const Sets& a, const Sets& b) {
  Sets out;
  for (const Exprs& left : a) {
    for (const Exprs& right : b) {
      out.push_back(left);
      out.back().insert(out.back().end(), right.begin(), right.end());
    }
  }
  return out;
}

Exprs fields_of(const Expr& expression) {
  if (const auto* row = expression.as<Row>(); row && !row->explicit_row) return row->fields;
  return {expression};
}

Sets sets_of(const Expr& item) {
  const auto* set = item.as<GroupingSet>();
  if (!set) return {fields_of(item)};
  Sets out;
  switch (set->form) {
    case GroupingSet::Form::empty: return {{}};
    case GroupingSet::Form::sets:
      for (const Expr& inner : set->content) {
        for (Exprs& one : sets_of(inner)) out.push_back(std::move(one));
      }
      return out;
    case GroupingSet::Form::rollup: {
      Exprs all;
      out.push_back({});
      for (const Expr& inner : set->content) {
        for (const Expr& field : fields_of(inner)) all.push_back(field);
        out.push_back(all);
      }
      std::reverse(out.begin(), out.end());
      return out;
    }
    case GroupingSet::Form::cube:
      out.push_back({});
      for (auto inner = set->content.rbegin(); inner != set->content.rend(); ++inner)
        out = product({fields_of(*inner), {}}, out);
      return out;
  }
  return out;
}

// A constant, whatever type is spelled out beside it: the server writes true in a list of outputs and true::boolean in
// GROUP BY.
const Constant* constant_in(const Expr& expression) {
  if (const auto* cast = expression.as<Cast>()) return constant_in(*cast->operand);
  return expression.as<Constant>();
}

bool same(const Expr& left, const Expr& right) {
  if (left == right) return true;
  const Constant* const one = constant_in(left);
  const Constant* const other = constant_in(right);
  return one && other && *one == *other;
}

bool contains(const Exprs& list, const Expr& expression) {
  return std::any_of(list.begin(), list.end(), [&](const Expr& one) { return same(one, expression); });
}

// Does it read a column of any row?
bool reads_columns(const Expr& expression) { return holds<ColumnRef>(expression); }

struct Appearances {
  const Expr& wanted;
  int count = 0;

  void visit(ConstNode node) {
    if (const auto* expression = node.as<Expr>()) {
      if (expression->as<Grouping>()) return;
      if (same(wanted, *expression)) {
        ++count;
        return;
      }
    }
    for_each_child(node, [this](ConstNode child) { visit(child); });
  }
};

// PostgreSQL makes the first output that is the same NULL where a set leaves it out; of further ones it depends on what
// the planner has folded.
bool appears_more_than_once(const Select& query, const Expr& wanted) {
  Appearances appearances{wanted};
  for (const Target& target : query.targets) appearances.visit(*target.value);
  if (query.having) appearances.visit(*query.having);
  for (const OrderItem& item : query.order_by) appearances.visit(*item.value);
  return appearances.count > 1;
}

// One branch: what is not grouped by is NULL, except inside aggregates.
class Branch {
 public:
  Branch(const Facts& facts, const Exprs& all, const Exprs& set) : facts_(facts), all_(all), set_(set) {}

  void visit(Node node) {
    auto* expression = node.as<Expr>();
    if (!expression || !rewritten(*expression)) for_each_child(node, [this](Node child) { visit(child); });
  }

 private:
  // True: there is nothing to look at below it.
  bool rewritten(Expr& node) const {
    if (const auto* grouping = node.as<Grouping>()) {
      long value = 0;
      for (const Expr& argument : grouping->arguments) value = value * 2 + (contains(set_, argument) ? 0 : 1);
      node = Expr{Constant{Constant::Type::integer, std::to_string(value), {}}};
      return true;
    }
    if (contains(all_, node)) {
      if (!contains(set_, node)) node = typed_null(node);
      return true;
    }
    const auto* call = node.as<FunctionCall>();
    return call && !call->over && facts_.aggregates.contains(call->name.back());
  }

  static Expr typed_null(const Expr& like) {
    FunctionCall none;
    none.name = {"array_agg"};
    none.arguments = {like};
    none.filter = Expr{Constant{Constant::Type::boolean, "false", {}}};
    Step first;
    first.form = Step::Form::index;
    first.high = Expr{Constant{Constant::Type::integer, "1", {}}};
    return Expr{Indirection{Expr{std::move(none)}, {first}}};
  }

  const Facts& facts_;
  const Exprs& all_;
  const Exprs& set_;
};

// The sets of a GROUP BY, without what stands in one of them twice.
Sets sets_of_query(const Select& query) {
  Sets sets{{}};
  for (const Expr& item : query.group_by) sets = product(sets, sets_of(item));
  for (Exprs& set : sets) {
    Exprs once;
    for (const Expr& field : set) {
      if (!contains(once, field)) once.push_back(field);
    }
    set = std::move(once);
  }
  if (!query.group_distinct) return sets;
  Sets distinct;
  for (const Exprs& set : sets) {
    const bool known = std::any_of(distinct.begin(), distinct.end(), [&](const Exprs& other) {
      return other.size() == set.size() &&
             std::all_of(set.begin(), set.end(), [&](const Expr& one) { return contains(other, one); });
    });
    if (!known) distinct.push_back(set);
  }
  return distinct;
}

// The query with one of its sets. `all`: what any of them groups by.
Select branch_of(const Select& query, const Facts& facts, const Exprs& all, const Exprs& set) {
  Select branch = query;
  branch.group_distinct = false;
  branch.order_by.clear();
  branch.limit = {};
  branch.offset = {};
  Branch rewrite(facts, all, set);
  for (Target& target : branch.targets) {
    // The name is that of the column as it was written.
    if (target.alias.empty()) {
      if (const auto* ref = target.value->as<ColumnRef>(); ref && !ref->star) target.alias = ref->parts.back();
    }
    rewrite.visit(*target.value);
  }
  if (branch.having) rewrite.visit(*branch.having);
  branch.group_by = set;
  if (branch.group_by.empty() && !branch.having) branch.having = Expr{Constant{Constant::Type::boolean, "true", {}}};
  return branch;
}

void spell_out(Select& query, const Facts& facts, std::vector<Blocker>& blockers) {
  const Sets sets = sets_of_query(query);
  Exprs all;
  for (const Exprs& set : sets) {
    for (const Expr& field : set) {
      if (!contains(all, field)) all.push_back(field);
    }
  }
  for (const Expr& one : all) {
    if (reads_columns(one) || !appears_more_than_once(query, one)) continue;
    blockers.push_back(
        {"a grouping set of an expression without columns, which stands in the query more than once", {}, {}, true});
    return;
  }
  std::vector<Select> branches;
  for (const Exprs& set : sets) branches.push_back(branch_of(query, facts, all, set));
  Select united = make::union_all(std::move(branches));
  united.order_by = query.order_by;
  united.limit = query.limit;
  united.offset = query.offset;
  united.with_ties = query.with_ties;
  query = std::move(united);
}

bool has_grouping_sets(const Select& query) {
  return std::any_of(query.group_by.begin(), query.group_by.end(),
                     [](const Expr& item) { return item.as<GroupingSet>() != nullptr; });
}

struct GroupingSets {
  const Facts& facts;
  std::vector<Blocker>& blockers;

  void visit(Node node) {
    for_each_child(node, [this](Node child) { visit(child); });
    auto* query = node.as<Select>();
    if (!query || !has_grouping_sets(*query)) return;
    if (query->distinct || !query->distinct_on.empty() || has_windows(*query)) {
      blockers.push_back(
          {"DISTINCT or window functions over grouping sets in one SELECT: put the grouping into a subquery"});
      return;
    }
    spell_out(*query, facts, blockers);
  }
};

}  // namespace

void steady(Select& query) {
  static const std::set<std::string> ordered = {"array_agg",       "json_agg",         "jsonb_agg", "string_agg",
                                                "json_object_agg", "jsonb_object_agg", "xmlagg"};
  each<FunctionCall>(query, [](FunctionCall& call) {
    const bool own = call.name.size() == 1 || call.name.front() == "pg_catalog";
    if (!own || !ordered.contains(call.name.back()) || !call.order_by.empty() || call.distinct || call.over ||
        call.filter == Box<Expr>(Expr{Constant{Constant::Type::boolean, "false", {}}}))
      return;
    for (const Expr& argument : call.arguments) {
      if (argument.as<Constant>()) continue;
      TypeName text;
      text.name = {"pg_catalog", "text"};
      OrderItem item;
      item.value = Expr{Cast{argument, text, {}}};
      call.order_by.push_back(std::move(item));
    }
  });
}

Select inlined(Select query, const Facts& facts, std::vector<Blocker>& blockers) {
  Inliner(facts, blockers).visit(query);
  if (facts.functions.empty()) return query;
  qualify(query, facts);
  Inliner(facts, blockers, true).visit(query);
  drop_idle_casts(query, facts);
  return query;
}

Select inlined(Select query, const Facts& facts) {
  std::vector<Blocker> ignored;
  return inlined(std::move(query), facts, ignored);
}

void spell_out_grouping_sets(Select& query, const Facts& facts, std::vector<Blocker>& blockers) {
  GroupingSets{facts, blockers}.visit(query);
}

}  // namespace pgvista::ivm
