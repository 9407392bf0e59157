#include "ivm/strategy/split_sums.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "ivm/aggregate/rules.hpp"
#include "ivm/query/block.hpp"
#include "ivm/query/scope.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;

namespace {

bool inner_joins_of_tables(const FromItem& item) {
  const auto* join = item.as<Join>();
  if (!join) return item.as<TableRef>() != nullptr;
  return join->type == Join::Type::inner && inner_joins_of_tables(*join->left) && inner_joins_of_tables(*join->right);
}

// Nothing but a join of tables: its change is what changed rows say.
bool is_mere_join(const Select& block) {
  return std::all_of(block.from.begin(), block.from.end(), inner_joins_of_tables) &&
         !(block.where && holds<Sublink>(*block.where)) &&
         std::none_of(block.targets.begin(), block.targets.end(),
                      [](const Target& target) { return holds<Sublink>(*target.value); });
}

class Splitter {
 public:
  Splitter(const Select& block, const Facts& facts) : block_(block), facts_(facts) {}

  std::optional<SplitSums> run() {
    if (!groups() || is_mere_join(block_)) return std::nullopt;
    out_.rows.from = block_.from;
    out_.rows.where = block_.where;
    out_.sums = block_;
    out_.sums.from.clear();
    out_.sums.where = {};
    for (Expr& one : out_.sums.group_by) move(one);
    for (Target& target : out_.sums.targets) above(*target.value);
    if (out_.sums.having) above(*out_.sums.having);
    if (!fine_ || out_.rows.targets.size() > most_columns) return std::nullopt;
    // Rows without columns are counted, too.
    if (out_.rows.targets.empty()) out_.rows.targets.push_back(make::target(make::number(1), "counted"));
    return std::move(out_);
  }

 private:
  static constexpr std::size_t most_columns = 64;

  bool groups() const {
    return block_.operation == Select::Operation::none && block_.values.empty() && !block_.distinct &&
           block_.distinct_on.empty() && !block_.limit && !block_.offset && !has_windows(block_) &&
           (!block_.group_by.empty() || has_aggregates(block_, facts_)) && !block_.from.empty();
  }

  // Of what stands above the grouping: groups, aggregates, and what is computed from them.
  void above(Expr& value) {
    if (const auto found = std::find(block_.group_by.begin(), block_.group_by.end(), value);
        found != block_.group_by.end())
      return move(value);
    if (auto* call = value.as<FunctionCall>(); call && !call->over && facts_.aggregates.contains(last(call->name))) {
      for_each_child(*call, [&](Node child) {
        if (auto* expression = child.as<Expr>()) move(*expression);
      });
      fine_ &= aggregate_rule(last(call->name)) && call->order_by.empty() && !call->within_group && !call->distinct;
      return;
    }
    // A column that its group determines, or a query for each group.
    if (value.as<ColumnRef>() || value.as<Sublink>()) fine_ = false;
    for_each_child(value, [&](Node child) { above_child(child); });
  }

  void above_child(Node node) {
    if (auto* expression = node.as<Expr>()) return above(*expression);
    for_each_child(node, [&](Node child) { above_child(child); });
  }

  // Its columns are read from the rows; with a subquery in it, its value.
  void move(Expr& value) {
    if (holds<Sublink>(value)) {
      value = column_for(value);
      return;
    }
    if (const auto* ref = value.as<ColumnRef>()) {
      fine_ &= !is_whole_row(*ref);
      if (fine_) value = column_for(value);
      return;
    }
    for_each_child(value, [&](Node child) { move_child(child); });
  }

  void move_child(Node node) {
    if (auto* expression = node.as<Expr>()) return move(*expression);
    for_each_child(node, [&](Node child) { move_child(child); });
  }

  Expr column_for(const Expr& value) {
    for (const Target& known : out_.rows.targets) {
      if (*known.value == value) return column(rows_name, known.alias);
    }
    const auto* ref = value.as<ColumnRef>();
    const std::string wanted = ref ? ref->parts.back() : "value";
    std::string name = wanted;
    for (int i = 2; !names_.insert(name).second; ++i) name = fmt::format("{}_{}", wanted, i);
    out_.rows.targets.push_back({name, value, {}});
    return column(rows_name, name);
  }

  const Select& block_;
  const Facts& facts_;
  SplitSums out_;
  std::set<std::string> names_;
  bool fine_ = true;
};

}  // namespace

std::optional<SplitSums> split_sums(const Select& block, const Facts& facts) { return Splitter(block, facts).run(); }

}  // namespace pgvista::ivm
