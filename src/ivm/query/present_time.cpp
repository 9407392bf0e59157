#include "ivm/query/present_time.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "ivm/query/block.hpp"
#include "sql/make.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;

namespace {

constexpr const char* clock_column = "at";
constexpr const char* clock_alias = "pgvista_clock";

bool is_function(ConstNode node, const std::set<std::string>& names) {
  const auto* call = node.as<FunctionCall>();
  const bool own = call && (call->name.size() == 1 || (call->name.size() == 2 && call->name.front() == "pg_catalog"));
  return own && names.contains(call->name.back());
}

bool is_age(ConstNode node) { return is_function(node, {"age"}) && node.as<FunctionCall>()->arguments.size() == 1; }

// What the transaction, or the statement, began at.
bool tells_transaction_time(ConstNode node) {
  if (const auto* value = node.as<SqlValue>()) {
    const std::string name = lower(value->name);
    return name.starts_with("current_date") || name.starts_with("current_time") || name.starts_with("local");
  }
  return is_age(node) || is_function(node, {"now", "transaction_timestamp", "statement_timestamp"});
}

// The clock's time as what a node tells.
Expr as_told(ConstNode node, Expr time) {
  const auto* value = node.as<SqlValue>();
  if (!value) return time;
  const std::string name = lower(value->name);
  TypeName type;
  type.name = {"pg_catalog", name.starts_with("current_date")        ? "date"
                             : name.starts_with("current_timestamp") ? "timestamptz"
                             : name.starts_with("current_time")      ? "timetz"
                             : name.starts_with("localtimestamp")    ? "timestamp"
                                                                     : "time"};
  if (value->precision >= 0) type.modifiers.push_back(make::number(value->precision));
  return make::cast(std::move(time), std::move(type));
}

// age(x) is age(CURRENT_DATE, x).
void spell_out_age(Select& query) {
  each<FunctionCall>(query, [](FunctionCall& call) {
    if (is_age(call)) call.arguments.insert(call.arguments.begin(), Expr{SqlValue{"CURRENT_DATE", -1, {}}});
  });
}

class ByClock {
 public:
  ByClock(const Name& clock, const Facts& facts) : clock_(clock), facts_(facts) {}

  void visit(Node node) const {
    // A function in FROM gives rows: its arguments may be of the time.
    if (auto* item = node.as<FunctionItem>()) {
      for_each_child(*item->call, [this](Node child) { below(child); });
      return;
    }
    auto* value = node.as<Expr>();
    if (value && of_time_alone(*value)) {
      put_clock(*value);
      *value = make::scalar(make::select({make::target(std::move(*value))}, {make::table(clock_, clock_alias)}));
      return;
    }
    for_each_child(node, [this](Node child) { visit(child); });
  }

 private:
  void below(Node node) const {
    for_each_child(node, [this](Node child) { visit(child); });
  }

  bool of_time_alone(const Expr& value) const {
    bool time = false;
    bool alone = !calls(value, facts_.aggregates) && !calls(value, facts_.set_returning);
    walk(value, [&](ConstNode node) {
      const auto* call = node.as<FunctionCall>();
      time |= tells_transaction_time(node);
      alone &= !node.is<ColumnRef, Sublink, Grouping, Select>() && !(call && call->over);
    });
    return time && alone;
  }

  void put_clock(Node node) const {
    auto* value = node.as<Expr>();
    bool tells = false;
    if (value) for_each_child(node, [&](ConstNode child) { tells |= tells_transaction_time(child); });
    if (tells) {
      Expr told;
      for_each_child(node, [&](ConstNode child) { told = as_told(child, make::column(clock_alias, clock_column)); });
      *value = std::move(told);
      return;
    }
    for_each_child(node, [this](Node child) { put_clock(child); });
  }

  const Name& clock_;
  const Facts& facts_;
};

bool is_clock(const Expr& value, const Name& clock) {
  const auto* link = value.as<Sublink>();
  const auto* table = link && link->form == Sublink::Form::scalar && link->query->from.size() == 1
                          ? link->query->from.front().as<TableRef>()
                          : nullptr;
  return table && Name{table->schema, table->name} == clock;
}

// The scalars over the clock are the time itself again.
void put_time(Node node, const Name& clock) {
  auto* value = node.as<Expr>();
  if (!value || !is_clock(*value, clock)) return for_each_child(node, [&](Node child) { put_time(child, clock); });
  Expr told = *value->as<Sublink>()->query->targets.front().value;
  each<Expr>(told, [](Expr& one) {
    const auto* ref = one.as<ColumnRef>();
    if (ref && ref->parts.front() == clock_alias) one = make::call("now");
  });
  *value = std::move(told);
}

class TimedConditions {
 public:
  TimedConditions(const Name& clock, const Facts& facts) : clock_(clock), facts_(facts) {}

  void visit(ConstNode node) {
    if (const auto* block = node.as<Select>()) return visit_block(*block);
    const auto* value = node.as<Expr>();
    if (value && is_comparison(*value) && add(*value)) return;
    for_each_child(node, [this](ConstNode child) { visit(child); });
  }

  std::vector<TimedCondition> found;

 private:
  void visit_block(const Select& block) {
    const auto outer = tables_;
    for (const FromItem& item : block.from) add_tables(item);
    for_each_child(block, [this](ConstNode child) { visit(child); });
    tables_ = outer;
  }

  void add_tables(const FromItem& item) {
    if (const auto* join = item.as<Join>()) {
      add_tables(*join->left);
      add_tables(*join->right);
    } else if (const auto* table = item.as<TableRef>()) {
      const TableFact* const fact = facts_.table(table->schema, table->name);
      tables_[table->alias.name.empty() ? table->name : table->alias.name] = fact && !fact->part ? fact : nullptr;
    }
  }

  static bool is_comparison(const Expr& value) {
    static const std::set<std::string> comparisons = {"<", "<=", ">", ">=", "=", "<>"};
    const auto* op = value.as<Operator>();
    return (op && op->left && comparisons.contains(op->name.back())) || value.as<Between>();
  }

  // Of one table's columns and the clock?
  bool add(const Expr& value) {
    std::set<std::string> aliases;
    bool plain = !calls(value, facts_.aggregates);
    bool timed = false;
    const auto look = [&](const auto& self, ConstNode node) -> void {
      const auto* one = node.as<Expr>();
      if (one && is_clock(*one, clock_)) {
        timed = true;
        return;
      }
      plain &= !node.is<Sublink, Grouping>();
      const auto* ref = node.as<ColumnRef>();
      if (ref) ref->parts.size() == 2 && !ref->star ? void(aliases.insert(ref->parts.front())) : void(plain = false);
      for_each_child(node, [&](ConstNode child) { self(self, child); });
    };
    look(look, value);
    if (!plain || !timed || aliases.size() != 1) return false;
    const auto table = tables_.find(*aliases.begin());
    if (table == tables_.end() || !table->second) return false;
    TimedCondition one{table->second->name, table->first, value, value};
    put_time(one.by_time, clock_);
    const bool known = std::any_of(found.begin(), found.end(), [&](const TimedCondition& other) {
      return other.table == one.table && other.alias == one.alias && other.by_clock == one.by_clock;
    });
    if (!known) found.push_back(std::move(one));
    return true;
  }

  const Name& clock_;
  const Facts& facts_;
  std::map<std::string, const TableFact*> tables_;
};

}  // namespace

bool tells_time(ConstNode node) {
  return tells_transaction_time(node) || is_function(node, {"clock_timestamp", "timeofday"});
}

bool is_timely(ConstNode node) { return node.is<SqlValue>() || tells_time(node); }

TableFact clock_table(const Name& clock) {
  TableFact out;
  out.name = clock;
  ColumnFact at;
  at.name = clock_column;
  at.type = "timestamp with time zone";
  at.not_null = true;
  at.kind.base = at.type;
  out.columns = {at};
  out.part = out.one_row = out.clock = true;
  out.rows = 1;
  return out;
}

Select clock_rows() { return make::select({make::target(make::cast(make::null(), "timestamptz"), clock_column)}, {}); }

bool reads_time(const Select& query) {
  bool found = false;
  walk(query, [&](ConstNode node) { found |= tells_transaction_time(node); });
  return found;
}

Select by_clock(Select query, const Name& clock, const Facts& facts) {
  spell_out_age(query);
  ByClock(clock, facts).visit(query);
  return query;
}

std::vector<TimedCondition> timed_conditions(const Select& query, const Name& clock, const Facts& facts) {
  TimedConditions all(clock, facts);
  all.visit(query);
  return std::move(all.found);
}

}  // namespace pgvista::ivm
