#include "ivm/query/tail.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "ivm/query/present_time.hpp"
#include "ivm/query/query_graph.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;

namespace {

Expr store_column(const std::string& name) { return Expr{ColumnRef{{"s", name}, false, {}}}; }

bool timely(const Expr& expression) {
  bool found = false;
  walk(expression, [&](ConstNode node) { found |= is_timely(node); });
  return found;
}

class TailSplitter {
 public:
  TailSplitter(Select query, const std::vector<ColumnFact>& outputs, const Facts& facts, const Cut& cut)
      : facts_(facts), cut_(cut) {
    out_.query = std::move(query), out_.outputs = outputs, out_.kept = outputs;
  }

  Tail run() {
    if (reads_late_block(out_.query)) return inner_tail();
    order();
    time();
    compute_outputs();
    return std::move(out_);
  }

 private:
  // --- blocks around the one that is kept

  static bool is_plain(const Select& query) {
    return query.operation == Select::Operation::none && query.values.empty();
  }

  // Nothing but one derived table?
  static const SubqueryRef* only_source(const Select& query) {
    const auto* sub = is_plain(query) && query.from.size() == 1 ? query.from.front().as<SubqueryRef>() : nullptr;
    return sub && !sub->lateral ? sub : nullptr;
  }

  bool reads_late_block(const Select& query) const {
    const SubqueryRef* const sub = cut_.outputs ? only_source(query) : nullptr;
    if (!sub || tables_of(query) != tables_of(*sub->query)) return false;
    const bool late = reads_late_block(*sub->query) || (is_plain(*sub->query) && has_late_outputs(*sub->query));
    return late && !makes_by_settings(query, facts_);
  }

  static int tables_of(const Select& query) {
    int out = 0;
    each<const TableRef>(query, [&](const TableRef&) { ++out; });
    return out;
  }

  Tail inner_tail() {
    Select outer = std::move(out_.query);
    const Select inner = *only_source(outer)->query;
    Tail out = split_tail(inner, output_columns(inner, facts_), facts_, cut_);
    out.around.push_back(std::move(outer));
    return out;
  }

  // --- outputs that are computed when they are read

  bool has_late_outputs(const Select& query) const {
    // What groups are told apart by belongs to what is kept.
    if (std::any_of(query.group_by.begin(), query.group_by.end(), timely)) return false;
    return std::any_of(query.targets.begin(), query.targets.end(),
                       [&](const Target& target) { return is_late(*target.value) && may_be_late(*target.value); });
  }

  // What an aggregate or a query for each row makes of the time, nothing else tells later.
  bool may_be_late(ConstNode node) const {
    const auto* value = node.as<Expr>();
    if (value && !is_late(*value)) return true;
    const auto* call = value ? value->as<FunctionCall>() : nullptr;
    if (node.is<Select>() || (call && !call->over && facts_.aggregates.contains(call->name.back()))) return false;
    bool out = true;
    for_each_child(node, [&](ConstNode child) { out &= may_be_late(child); });
    return out;
  }

  bool is_late(const Expr& value) const {
    bool found = false;
    walk(value, [&](ConstNode node) { found |= is_late_node(node); });
    return found;
  }

  bool is_late_node(ConstNode node) const {
    const auto* call = node.as<FunctionCall>();
    return tells_time(node) || (cut_.windows && call && call->over);
  }

  void compute_outputs() {
    Select& query = out_.query;
    if (!cut_.outputs || !is_plain(query) || query.distinct || !query.distinct_on.empty() || !has_late_outputs(query) ||
        gives_sets(query))
      return;
    std::vector<Target> targets = std::move(query.targets);
    query.targets.clear();
    out_.kept.clear();
    std::vector<std::pair<std::string, Expr>> late;
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const bool shown = i < out_.outputs.size();
      if (is_late(*targets[i].value) && may_be_late(*targets[i].value)) {
        late.emplace_back(shown ? out_.outputs[i].name : targets[i].alias, *targets[i].value);
        continue;
      }
      if (shown) out_.kept.push_back(out_.outputs[i]);
      query.targets.push_back(targets[i]);
    }
    for (auto& [name, value] : late) {
      lift(value);
      out_.computed[name] = std::move(value);
    }
    if (cut_.windows) compute_windows();
    out_.by_settings = cut_.windows && computed_by_settings();
    if (query.targets.empty()) query.targets.push_back({"pgvista_row", sql::make::number(1), {}});
    out_.reasons.emplace_back(cut_.windows ? "window functions are computed at read, over the rows that are kept"
                                           : "outputs that tell the time are computed at read");
  }

  // Over columns of the store, whatever these come from.
  bool computed_by_settings() const {
    Select stored = out_.query;
    for (std::size_t i = 0; i < out_.kept.size(); ++i) stored.targets[i].alias = out_.kept[i].name;
    Select probe;
    probe.from = {sql::make::subquery(typed_nulls(output_columns(stored, facts_)), "s")};
    probe.windows = out_.windows;
    for (const auto& [name, value] : out_.computed) probe.targets.push_back({name, value, {}});
    return calls_of_kind(probe, UnstableCall::Kind::settings, facts_);
  }

  void compute_windows() {
    out_.windows = std::move(out_.query.windows);
    out_.query.windows.clear();
    for (Window& window : out_.windows) for_each_child(window, [this](Node child) { lift_below(child); });
  }

  bool gives_sets(const Select& query) const {
    return std::any_of(query.targets.begin(), query.targets.end(),
                       [&](const Target& target) { return calls(*target.value, facts_.set_returning); });
  }

  // What is neither late nor the same for all rows is a hidden output: it is computed under the view's settings.
  void lift(Expr& value) {
    if (is_late(value)) return for_each_child(value, [this](Node child) { lift_below(child); });
    const bool varies =
        holds<ColumnRef>(value) || holds<Sublink>(value) || holds<Grouping>(value) || calls(value, facts_.aggregates);
    if (varies) value = store_column(output(Expr(value), "part"));
  }

  void lift_below(Node node) {
    if (node.is<Select>()) return;
    if (auto* value = node.as<Expr>()) return lift(*value);
    for_each_child(node, [this](Node child) { lift_below(child); });
  }

  // --- order, limit, conditions

  // A hidden output with this value, or the output that has it already.
  std::string output(const Expr& value, const char* what) {
    Select& query = out_.query;
    for (std::size_t i = 0; i < query.targets.size(); ++i) {
      if (*query.targets[i].value == value) return i < out_.kept.size() ? out_.kept[i].name : query.targets[i].alias;
    }
    const std::string name = free_name(what);
    query.targets.push_back({name, value, {}});
    return name;
  }

  // The query may be a part of another, with such columns among its outputs.
  std::string free_name(const char* what) {
    for (;;) {
      std::string name = fmt::format("pgvista_{}_{}", what, ++hidden_);
      const bool taken =
          std::any_of(out_.kept.begin(), out_.kept.end(), [&](const ColumnFact& one) { return one.name == name; });
      if (!taken) return name;
    }
  }

  // An ordinal, an output's name, or any expression of the block.
  std::optional<std::string> order_column(const Expr& value) {
    if (const auto* constant = value.as<Constant>(); constant && constant->type == Constant::Type::integer) {
      std::size_t number = 0;
      std::from_chars(constant->text.data(), constant->text.data() + constant->text.size(), number);
      if (number >= 1 && number <= out_.outputs.size()) return out_.outputs[number - 1].name;
      return std::nullopt;
    }
    const bool plain = out_.query.operation == Select::Operation::none && out_.query.values.empty();
    if (const auto* ref = value.as<ColumnRef>(); ref && ref->parts.size() == 1) {
      for (const ColumnFact& fact : out_.outputs) {
        if (fact.name == ref->parts.front()) return fact.name;
      }
    }
    if (!plain) return std::nullopt;
    return output(value, "order");
  }

  void order() {
    Select& query = out_.query;
    if (query.order_by.empty() && !query.limit && !query.offset) return;
    const std::vector<OrderItem> wanted = query.order_by;
    for (const OrderItem& item : wanted) {
      const auto name = order_column(*item.value);
      if (!name) continue;
      OrderItem mapped = item;
      mapped.value = store_column(*name);
      out_.order_by.push_back(std::move(mapped));
    }
    if (query.distinct_on.empty()) query.order_by.clear();  // DISTINCT ON chooses by it
    if (query.limit || query.offset) out_.reasons.emplace_back("LIMIT and OFFSET are cut at read: all rows are kept");
    out_.limit = std::move(query.limit);
    out_.offset = std::move(query.offset);
    out_.with_ties = query.with_ties;
    query.limit = {};
    query.offset = {};
    query.with_ties = false;
  }

  // WHERE ts > now() - … : the rows of all times are kept.
  void time() {
    Select& query = out_.query;
    const bool plain = query.operation == Select::Operation::none && query.group_by.empty() && !query.having &&
                       !query.distinct && query.distinct_on.empty() && (cut_.windows || !has_windows(query)) &&
                       !has_aggregates(query, facts_);
    if (!query.where || !plain) return;
    const Expr all = *query.where;
    Exprs stay;
    Exprs cut;
    for (const Expr* one : conjuncts(all)) (timely(*one) && !has_subquery(*one) ? cut : stay).push_back(*one);
    if (cut.empty()) return;
    for (Expr& one : cut) read_from_store(one);
    query.where = stay.empty() ? Box<Expr>{} : Box<Expr>(sql::make::all_of(stay));
    out_.where = sql::make::all_of(cut);
    out_.reasons.emplace_back("conditions on the present time are cut at read: the rows of all times are kept");
  }

  static bool has_subquery(const Expr& expression) { return holds<Sublink>(expression); }

  void read_from_store(Node node) {
    if (auto* expression = node.as<Expr>(); expression && expression->as<ColumnRef>()) {
      *expression = store_column(output(Expr(*expression), "time"));
      return;
    }
    for_each_child(node, [this](Node child) { read_from_store(child); });
  }

  const Facts& facts_;
  const Cut& cut_;
  Tail out_;
  int hidden_ = 0;
};

void qualify(Expr& expression) {
  each<ColumnRef>(expression, [](ColumnRef& column) {
    if (column.parts.size() == 1) column.parts.insert(column.parts.begin(), "s");
  });
}

// Columns of the store that it computes when it is read.
void put_in(Node node, const ComputedColumns& computed) {
  auto* value = node.as<Expr>();
  const auto* ref = value ? value->as<ColumnRef>() : nullptr;
  const bool own = ref && ref->parts.size() == 2 && ref->parts.front() == "s";
  const auto found = own ? computed.find(ref->parts.back()) : computed.end();
  if (found != computed.end()) {
    *value = found->second;
  } else {
    for_each_child(node, [&](Node child) { put_in(child, computed); });
  }
}

}  // namespace

bool makes_by_settings(const Select& block, const Facts& facts) {
  Select above = block;
  auto& sub = *above.from.front().as<SubqueryRef>();
  sub.query = typed_nulls(output_columns(*sub.query, facts));
  return calls_of_kind(above, UnstableCall::Kind::settings, facts);
}

Tail split_tail(Select query, const std::vector<ColumnFact>& outputs, const Facts& facts, const Cut& cut) {
  return TailSplitter(std::move(query), outputs, facts, cut).run();
}

namespace {

// Does it depend on an order that the query does not give?
bool is_open(const FunctionCall& call) {
  static const std::set<std::string> ordered = {"row_number", "ntile", "lag", "lead", "first_value"};
  return call.over && ordered.contains(call.name.back()) && call.over->order_by.empty() && call.over->name.empty() &&
         call.over->extends.empty();
}

}  // namespace

bool leaves_windows_open(const Select& query) {
  bool found = false;
  each<const FunctionCall>(query, [&](const FunctionCall& call) { found |= is_open(call); });
  return found;
}

void settle_windows(Select& visible, const std::vector<std::string>& columns) {
  Select* block = &visible;
  while (block->from.size() == 1 && block->from.front().as<SubqueryRef>())
    block = &*block->from.front().as<SubqueryRef>()->query;
  for (Target& target : block->targets) {
    each<FunctionCall>(target, [&](FunctionCall& call) {
      if (!is_open(call)) return;
      for (const std::string& name : columns) {
        OrderItem item;
        item.value = store_column(name);
        call.over->order_by.push_back(std::move(item));
      }
    });
  }
}

Select visible_select(const Tail& tail, const sql::Name& store, const std::optional<Expr>& having,
                      ComputedColumns computed) {
  Select out;
  for (auto& [name, value] : computed) qualify(value);
  const auto shown = [&](const std::string& name) {
    const auto late = tail.computed.find(name);
    Expr value = late == tail.computed.end() ? store_column(name) : late->second;
    put_in(value, computed);
    return value;
  };
  for (const ColumnFact& fact : tail.outputs) out.targets.push_back({fact.name, shown(fact.name), {}});
  TableRef from;
  from.schema = store.schema;
  from.name = store.name;
  from.alias.name = "s";
  out.from.push_back(FromItem{std::move(from)});
  out.where = tail.where;
  if (having) {
    Expr condition = *having;
    qualify(condition);
    out.where = out.where ? sql::make::all_of({*out.where, condition}) : condition;
  }
  out.order_by = tail.order_by;
  for (OrderItem& item : out.order_by) {
    if (const auto* ref = item.value->as<ColumnRef>()) item.value = shown(std::string(ref->parts.back()));
  }
  out.limit = tail.limit;
  out.offset = tail.offset;
  out.with_ties = tail.with_ties;
  out.windows = tail.windows;
  for (Window& window : out.windows) put_in(window, computed);
  for (const Select& block : tail.around) {
    Select outer = block;
    outer.from.front().as<SubqueryRef>()->query = std::move(out);
    out = std::move(outer);
  }
  return out;
}

}  // namespace pgvista::ivm
