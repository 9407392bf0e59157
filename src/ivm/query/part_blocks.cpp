#include "ivm/query/part_blocks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/callback.hpp"
#include "ivm/query/block.hpp"
#include "ivm/query/scope.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;

namespace {

// The blocks of a set operation, in order.
void each_branch(const Select& query, Callback<void(const Select&)> visit) {
  if (query.operation == Select::Operation::none) return visit(query);
  each_branch(*query.left, visit);
  each_branch(*query.right, visit);
}

bool has_grouped_branch(const Select& query, const Facts& facts) {
  bool out = false;
  each_branch(query, [&](const Select& branch) { out |= is_grouped(branch, facts); });
  return out;
}

const Select* grouped_in(const FromItem& item, const Facts& facts) {
  if (const auto* join = item.as<Join>()) {
    const Select* const left = grouped_in(*join->left, facts);
    return left ? left : grouped_in(*join->right, facts);
  }
  const auto* sub = item.as<SubqueryRef>();
  if (!sub || sub->lateral) return nullptr;
  const Select& query = *sub->query;
  if (is_grouped(query, facts)) return &query;
  if (has_grouped_branch(query, facts)) return &query;
  const Select* out = nullptr;
  each_branch(query, [&](const Select& branch) {
    for (const FromItem& one : branch.from) {
      if (!out) out = grouped_in(one, facts);
    }
  });
  return out;
}

// Does it read columns of nothing but its own items?
bool stands_alone(const Select& query) {
  const std::set<std::string> own = all_names(query);
  bool out = true;
  each<const ColumnRef>(query, [&](const ColumnRef& ref) {
    if (ref.parts.empty()) return;
    out &= ref.parts.size() > 1 && own.contains(ref.parts[ref.parts.size() - (ref.star ? 1 : 2)]);
  });
  return out;
}

class ScalarJoiner {
 public:
  ScalarJoiner(Select& query, const Facts& facts) : facts_(facts), taken_(all_names(query)) {}

  void visit(Node node) {
    if (auto* query = node.as<Select>(); query && !query->from.empty()) {
      const auto add = [&](TableRef row) { query->from.emplace_back(std::move(row)); };
      if (query->where) replace(*query->where, add);
      // Groups are by what they were; a row that is joined must not come between DISTINCT and what it compares.
      const bool grouped = !query->group_by.empty() || has_aggregates(*query, facts_);
      const std::size_t count = query->targets.size();
      for (std::size_t i = 0; i < count; ++i)
        grouped ? replace_in_aggregates(*query->targets[i].value, add) : replace(*query->targets[i].value, add);
      if (query->having) replace_in_aggregates(*query->having, add);
    }
    if (auto* join = node.as<Join>(); join && join->condition) {
      // One row beside each row of a side leaves the join as it is.
      replace(*join->condition,
              [&](TableRef row) { join->right = sql::make::cross_join(std::move(*join->right), std::move(row)); });
    }
    for_each_child(node, [this](Node child) { visit(child); });
  }

 private:
  // What is added up is computed for each row.
  void replace_in_aggregates(Node node, Callback<void(TableRef)> add) {
    const auto* call = node.as<FunctionCall>();
    const bool aggregate = call && !call->over && !call->within_group && facts_.aggregates.contains(last(call->name));
    for_each_child(node, [&](Node child) {
      if (!child.is<Select>()) aggregate ? replace(child, add) : replace_in_aggregates(child, add);
    });
  }

  void replace(Node node, Callback<void(TableRef)> add) {
    if (auto* expression = node.as<Expr>()) {
      const auto* link = expression->as<Sublink>();
      const TableRef* row = link && link->form == Sublink::Form::scalar ? one_row(*link->query) : nullptr;
      if (row) {
        TableRef joined = *row;
        Select read = *link->query;
        std::string alias = name_of(*row);
        for (int i = 1; taken_.contains(alias); ++i) alias = fmt::format("{}_{}", name_of(*row), i);
        taken_.insert(alias);
        rename_item(read, name_of(*row), alias);
        joined.alias.name = alias;
        *expression = Expr(*read.targets.front().value);
        add(std::move(joined));
        return;
      }
    }
    if (!node.is<Select>()) for_each_child(node, [&](Node child) { replace(child, add); });
  }

  // SELECT value FROM the store of one row.
  const TableRef* one_row(const Select& query) const {
    if (query.operation != Select::Operation::none || query.from.size() != 1 || query.targets.size() != 1 ||
        query.where || !query.group_by.empty() || query.having || query.distinct || query.limit || query.offset ||
        holds<Sublink>(query))
      return nullptr;
    const auto* table = query.from.front().as<TableRef>();
    const TableFact* const fact = table ? facts_.table(table->schema, table->name) : nullptr;
    // What is made of the present time is a part of its own: it changes less often.
    const bool plain = query.targets.front().value->as<ColumnRef>() != nullptr;
    return fact && fact->one_row && (plain || !fact->clock) && !has_aggregates(query, facts_) ? table : nullptr;
  }

  const Facts& facts_;
  std::set<std::string> taken_;
};

}  // namespace

bool reads_parts_only(const Select& query, const Facts& facts) {
  bool out = true;
  each<const TableRef>(query, [&](const TableRef& ref) {
    const TableFact* const fact = facts.table(ref.schema, ref.name);
    out &= fact && fact->part;
  });
  return out;
}

bool is_grouped(const Select& block, const Facts& facts) {
  return block.operation == Select::Operation::none && block.values.empty() && !block.distinct &&
         block.distinct_on.empty() && !block.limit && !block.offset && !block.from.empty() && !has_windows(block) &&
         (!block.group_by.empty() || has_aggregates(block, facts));
}

bool is_one_row(const Select& block, const Facts& facts) {
  return is_grouped(block, facts) && block.group_by.empty() && !block.having &&
         std::none_of(block.targets.begin(), block.targets.end(),
                      [&](const Target& target) { return calls(*target.value, facts.set_returning); });
}

bool reads_one_row(const Select& block, const Facts& facts) {
  const auto one_row = [&](const FromItem& item) {
    if (const auto* table = item.as<TableRef>()) {
      const TableFact* const fact = facts.table(table->schema, table->name);
      return fact && fact->one_row;
    }
    const auto* sub = item.as<SubqueryRef>();
    return sub && !sub->lateral && (is_one_row(*sub->query, facts) || reads_one_row(*sub->query, facts));
  };
  return block.operation == Select::Operation::none && !block.from.empty() && block.group_by.empty() &&
         std::all_of(block.from.begin(), block.from.end(), one_row);
}

bool has_one_row(const Select& block, const Facts& facts) {
  const auto one_row = [&](const FromItem& item) {
    const auto* table = item.as<TableRef>();
    const TableFact* const fact = table ? facts.table(table->schema, table->name) : nullptr;
    const auto* sub = item.as<SubqueryRef>();
    return (fact && fact->one_row) || (sub && !sub->lateral && has_one_row(*sub->query, facts));
  };
  const bool chooses = block.where || block.having || block.limit || block.offset;
  const bool sets = std::any_of(block.targets.begin(), block.targets.end(),
                                [&](const Target& target) { return calls(*target.value, facts.set_returning); });
  return is_one_row(block, facts) ||
         (!chooses && !sets && block.group_by.empty() && block.operation == Select::Operation::none &&
          !block.from.empty() && std::all_of(block.from.begin(), block.from.end(), one_row));
}

const Select* part_of_branches(const Select& query) {
  const Select* out = nullptr;
  each_branch(query, [&](const Select& branch) {
    each<const Select>(branch, [&](const Select& below) {
      if (!out && below.operation != Select::Operation::none && stands_alone(below)) out = &below;
    });
  });
  return out;
}

const Select* part_of_groups(const Select& block, const Facts& facts) {
  if (block.operation != Select::Operation::none) {
    const Select* found = nullptr;
    each_branch(block, [&](const Select& branch) {
      if (found || reads_parts_only(branch, facts)) return;
      found = is_grouped(branch, facts) ? &branch : part_of_groups(branch, facts);
    });
    return found;
  }
  for (const FromItem& item : block.from) {
    if (const Select* const found = grouped_in(item, facts)) return found;
  }
  const Select* out = nullptr;
  if (block.having)
    each<const Sublink>(*block.having, [&](const Sublink& link) {
      if (!out && link.form == Sublink::Form::scalar && !reads_parts_only(*link.query, facts) &&
          stands_alone(*link.query))
        out = &*link.query;
    });
  return out;
}

Select scalars_joined(Select query, const Facts& facts) {
  ScalarJoiner(query, facts).visit(query);
  return query;
}

}  // namespace pgvista::ivm
