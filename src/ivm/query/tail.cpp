#include "ivm/query/tail.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "ivm/query/query_graph.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;

namespace {

Expr store_column(const std::string& name) { return Expr{ColumnRef{{"s", name}, false, {}}}; }

bool timely(const Expr& expression) {
  static const std::set<std::string> functions = {
      "now", "transaction_timestamp", "statement_timestamp", "clock_timestamp", "timeofday", "age"};
  bool found = false;
  walk(expression, [&](ConstNode node) {
    found |= node.is<SqlValue>();
    if (const auto* call = node.as<FunctionCall>())
      found |= !call->name.empty() && functions.contains(call->name.back()) &&
               (call->name.back() != "age" || call->arguments.size() == 1);
  });
  return found;
}

class TailSplitter {
 public:
  TailSplitter(Select query, const std::vector<ColumnFact>& outputs, const Facts& facts) : facts_(facts) {
    out_.query = std::move(query), out_.outputs = outputs;
  }

  Tail run() {
    order();
    time();
    return std::move(out_);
  }

 private:
  // A hidden output with this value, or the output that has it already.
  std::string output(const Expr& value, const char* what) {
    Select& query = out_.query;
    for (std::size_t i = 0; i < query.targets.size(); ++i) {
      if (*query.targets[i].value == value)
        return i < out_.outputs.size() ? out_.outputs[i].name : query.targets[i].alias;
    }
    std::string name = fmt::format("pgvista_{}_{}", what, ++hidden_);
    query.targets.push_back({name, value, {}});
    return name;
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
                       !query.distinct && query.distinct_on.empty() && !has_windows(query) &&
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
  Tail out_;
  int hidden_ = 0;
};

void qualify(Expr& expression) {
  each<ColumnRef>(expression, [](ColumnRef& column) {
    if (column.parts.size() == 1) column.parts.insert(column.parts.begin(), "s");
  });
}

}  // namespace

Tail split_tail(Select query, const std::vector<ColumnFact>& outputs, const Facts& facts) {
  return TailSplitter(std::move(query), outputs, facts).run();
}

Select visible_select(const Tail& tail, const sql::Name& store, const std::optional<Expr>& having,
                      ComputedColumns computed) {
  Select out;
  for (auto& [name, value] : computed) qualify(value);
  const auto shown = [&](const std::string& name) {
    const auto found = computed.find(name);
    return found == computed.end() ? store_column(name) : found->second;
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
  return out;
}

}  // namespace pgvista::ivm
