#include "ivm/key/telling.hpp"

#include <algorithm>
#include <numeric>

#include "analyze/dependencies.hpp"
#include "base/callback.hpp"
#include "ivm/query/block.hpp"
#include "sql/known_types.hpp"

namespace pgvista::ivm {

using namespace sql;

// A key may hold NULLs more than once: then it tells nothing apart.
std::vector<Exprs> keys_of(const TableRef& table, const Facts& facts) {
  std::vector<Exprs> out;
  const TableFact* fact = facts.table(table.schema, table.name);
  if (!fact || !table.alias.columns.empty()) return out;
  for (const auto& key : fact->unique_keys) {
    const bool told = std::all_of(key.begin(), key.end(), [&](const std::string& name) {
      const ColumnFact* column = fact->column(name);
      return column && column->not_null;
    });
    if (!told) continue;
    out.emplace_back();
    for (const std::string& name : key) out.back().push_back(column(name_of(table), name));
  }
  return out;
}

namespace {

using Numbers = std::vector<std::size_t>;

Numbers all_outputs(const Select& query) {
  Numbers out(output_count(query));
  std::iota(out.begin(), out.end(), 0);
  return out;
}

// Of a subquery that is one block or several: the first names them.
std::string name_of_output(const SubqueryRef& sub, std::size_t number) {
  if (number < sub.alias.columns.size()) return sub.alias.columns[number];
  const Select* first = &*sub.query;
  while (first->operation != Select::Operation::none) first = &*first->left;
  return analyze::output_name(first->targets.at(number));
}

Exprs key_of(const SubqueryRef& sub, const Facts& facts) {
  Exprs out;
  for (const std::size_t number : telling_outputs(*sub.query, facts))
    out.push_back(column(sub.alias.name, name_of_output(sub, number)));
  return out;
}

// Each item of FROM that rows come from.
void each_source(const FromItem& item, Callback<void(const FromItem&)> visit) {
  if (const auto* join = item.as<Join>()) {
    each_source(*join->left, visit);
    each_source(*join->right, visit);
  } else {
    visit(item);
  }
}

// What is known of the column of a table that an expression of the block names, if it is no more than that.
const ColumnFact* fact_of(const Select& block, const Expr& value, const Facts& facts) {
  const auto* ref = value.as<ColumnRef>();
  const ColumnFact* out = nullptr;
  if (!ref || block.operation != Select::Operation::none) return out;
  const auto of_subquery = [&](const SubqueryRef& sub) -> const ColumnFact* {
    for (std::size_t i = 0; i < sub.query->targets.size(); ++i) {
      if (name_of_output(sub, i) == last(ref->parts)) return fact_of(*sub.query, *sub.query->targets[i].value, facts);
    }
    return nullptr;
  };
  for (const FromItem& item : block.from)
    each_source(item, [&](const FromItem& one) {
      const auto* table = one.as<TableRef>();
      const auto* sub = one.as<SubqueryRef>();
      if (table && name_of(*table) == qualifier(value) && table->alias.columns.empty()) {
        if (const TableFact* fact = facts.table(table->schema, table->name)) out = fact->column(last(ref->parts));
      } else if (sub && sub->alias.name == qualifier(value)) {
        out = of_subquery(*sub);
      }
    });
  return out;
}

// One item of FROM that rows come from.
struct JoinedItem {
  std::string name;
  std::vector<Exprs> keys;
};

// Where a row of the item `of` is there, this column of it equals the other.
struct Implied {
  std::string of;
  Expr column;
  Expr other;
};

class JoinedItems {
 public:
  JoinedItems(const Select& block, const Facts& facts) : block_(block), facts_(facts) {
    for (const FromItem& item : block.from) add(item);
    if (block.where) equal(*block.where, names(0), names(0));
  }

  // Of the items that the others hang on, many to one; each column as it is among the outputs.
  Numbers shown() const {
    std::vector<const JoinedItem*> staying;
    for (const JoinedItem& joined : items_) staying.push_back(&joined);
    for (std::size_t i = staying.size(); i-- > 0;) {
      if (determined(*staying[i], staying)) staying.erase(staying.begin() + static_cast<std::ptrdiff_t>(i));
    }
    Numbers out;
    for (const JoinedItem* joined : staying) {
      const Numbers key = shown_key(*joined);
      if (key.empty()) return {};
      out.insert(out.end(), key.begin(), key.end());
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }

 private:
  // The names of the items that are known, from a number on.
  std::set<std::string> names(std::size_t first) const {
    std::set<std::string> out;
    for (std::size_t i = first; i < items_.size(); ++i) out.insert(items_[i].name);
    return out;
  }

  void add(const FromItem& item) {
    if (const auto* join = item.as<Join>()) {
      const std::size_t first = items_.size();
      add(*join->left);
      const std::size_t second = items_.size();
      add(*join->right);
      std::set<std::string> right = names(second);
      std::set<std::string> left = names(first);
      for (const std::string& one : right) left.erase(one);
      // A row of the side that is kept whole may have no partner: then the condition does not hold for it.
      if (join->type == Join::Type::left || join->type == Join::Type::full) left.clear();
      if (join->type == Join::Type::right || join->type == Join::Type::full) right.clear();
      if (join->condition) {
        left.merge(right);
        equal(*join->condition, left, names(first));
      }
      return;
    }
    JoinedItem joined;
    if (const auto* table = item.as<TableRef>()) {
      joined = {name_of(*table), keys_of(*table, facts_)};
    } else if (const auto* sub = item.as<SubqueryRef>()) {
      joined.name = sub->alias.name;
      if (Exprs key = key_of(*sub, facts_); !key.empty()) joined.keys.push_back(std::move(key));
    }
    items_.push_back(std::move(joined));
  }

  // A condition that holds where a row of one of these items is there. `inside`: the items that it is about; others are
  // those of a query around.
  void equal(const Expr& condition, const std::set<std::string>& of, const std::set<std::string>& inside) {
    for (const Expr* one : conjuncts(condition)) {
      const auto [left, right] = equality(*one);
      if (!left || !inside.contains(qualifier(*left)) || !inside.contains(qualifier(*right))) continue;
      if (!of_one_family(*left, *right)) continue;
      if (of.contains(qualifier(*left))) implied_.push_back({qualifier(*left), *left, *right});
      if (of.contains(qualifier(*right))) implied_.push_back({qualifier(*right), *right, *left});
    }
  }

  // Is a whole key of the item given by columns of others that stay?
  bool determined(const JoinedItem& joined, const std::vector<const JoinedItem*>& staying) const {
    const auto given = [&](const Expr& part) {
      return std::any_of(implied_.begin(), implied_.end(), [&](const Implied& one) {
        return one.of == joined.name && one.column == part &&
               std::any_of(staying.begin(), staying.end(), [&](const JoinedItem* stays) {
                 return stays != &joined && stays->name == qualifier(one.other);
               });
      });
    };
    return std::any_of(joined.keys.begin(), joined.keys.end(),
                       [&](const Exprs& key) { return std::all_of(key.begin(), key.end(), given); });
  }

  // The outputs that show one of its keys; empty if none does.
  Numbers shown_key(const JoinedItem& joined) const {
    for (const Exprs& key : joined.keys) {
      Numbers out;
      for (const Expr& part : key) {
        const auto shown = std::find_if(block_.targets.begin(), block_.targets.end(),
                                        [&](const Target& target) { return shows(*target.value, joined, part); });
        if (shown == block_.targets.end()) break;
        out.push_back(static_cast<std::size_t>(shown - block_.targets.begin()));
      }
      if (out.size() == key.size()) return out;
    }
    return {};
  }

  // The column itself, or another that always equals it: of an item that is there whenever this one is.
  bool shows(const Expr& value, const JoinedItem& joined, const Expr& part) const {
    const auto implies = [&](const std::string& of, const Expr& column, const Expr& other) {
      return std::any_of(implied_.begin(), implied_.end(), [&](const Implied& one) {
        return one.of == of && one.column == column && one.other == other;
      });
    };
    return value == part || (implies(joined.name, part, value) && implies(qualifier(value), value, part));
  }

  // Equality across types may take different values for one: bigint and double precision.
  bool of_one_family(const Expr& left, const Expr& right) const {
    const ColumnFact* first = fact_of(block_, left, facts_);
    const ColumnFact* second = fact_of(block_, right, facts_);
    return first && second && hash_family(first->kind.base) == hash_family(second->kind.base);
  }

  const Select& block_;
  const Facts& facts_;
  std::vector<JoinedItem> items_;
  std::vector<Implied> implied_;
};

Numbers shown(const Select& block, const Exprs& values) {
  Numbers out;
  for (const Expr& one : values) {
    const auto target = std::find_if(block.targets.begin(), block.targets.end(),
                                     [&](const Target& each) { return *each.value == one; });
    if (target == block.targets.end()) return {};
    out.push_back(static_cast<std::size_t>(target - block.targets.begin()));
  }
  return out;
}

// Before DISTINCT, and before a function makes several rows of one.
Numbers of_rows(const Select& block, const Facts& facts) {
  if (!block.distinct_on.empty()) return shown(block, block.distinct_on);
  if (!block.group_by.empty()) return shown(block, undetermined_groups(block, block.group_by, facts));
  return has_aggregates(block, facts) ? Numbers{} : JoinedItems(block, facts).shown();
}

Numbers of_block(const Select& block, const Facts& facts) {
  if (!block.values.empty()) return {};
  const bool multiplied = std::any_of(block.targets.begin(), block.targets.end(),
                                      [&](const Target& target) { return calls(*target.value, facts.set_returning); });
  const Numbers out = multiplied ? Numbers{} : of_rows(block, facts);
  return out.empty() && block.distinct ? all_outputs(block) : out;
}

void branches(const Select& query, std::vector<const Select*>& out) {
  if (query.operation != Select::Operation::union_ || !query.all) {
    out.push_back(&query);
    return;
  }
  branches(*query.left, out);
  branches(*query.right, out);
}

// The constant that a branch has as this output.
const Constant* constant_of(const Select& branch, std::size_t number) {
  if (branch.operation != Select::Operation::none || number >= branch.targets.size()) return nullptr;
  const Expr* value = &*branch.targets[number].value;
  while (const auto* cast = value->as<Cast>()) value = &*cast->operand;
  return value->as<Constant>();
}

// Rows of UNION ALL are told apart by what tells them in each branch, and by a constant that is another in each.
Numbers of_union_all(const Select& query, const Facts& facts) {
  std::vector<const Select*> parts;
  branches(query, parts);
  std::set<std::size_t> out;
  for (const Select* part : parts) {
    const Numbers telling = telling_outputs(*part, facts);
    if (telling.empty()) return {};
    out.insert(telling.begin(), telling.end());
  }
  const std::size_t count = output_count(query);
  for (std::size_t number = 0; number < count; ++number) {
    std::set<std::string> texts;
    for (const Select* part : parts) {
      const Constant* constant = constant_of(*part, number);
      if (constant && constant->type == Constant::Type::string) texts.insert(constant->text);
    }
    if (texts.size() < parts.size()) continue;
    out.insert(number);
    return {out.begin(), out.end()};
  }
  return {};
}

}  // namespace

Numbers telling_outputs(const Select& query, const Facts& facts) {
  switch (query.operation) {
    case Select::Operation::none: return of_block(query, facts);
    case Select::Operation::union_: return query.all ? of_union_all(query, facts) : all_outputs(query);
    default:
      if (!query.all) return all_outputs(query);
      return telling_outputs(*query.left, facts);  // of its rows some are taken
  }
}

Exprs undetermined_groups(const Select& block, const Exprs& groups, const Facts& facts) {
  std::set<std::string> told;  // tables of which a whole key is among the groups
  Exprs keys;
  const auto collect = [&](const FromItem& item) {
    const auto* table = item.as<TableRef>();
    for (const Exprs& key : table ? keys_of(*table, facts) : std::vector<Exprs>{}) {
      const bool all = std::all_of(key.begin(), key.end(), [&](const Expr& part) {
        return std::find(groups.begin(), groups.end(), part) != groups.end();
      });
      if (all && told.insert(name_of(*table)).second) keys.insert(keys.end(), key.begin(), key.end());
    }
  };
  for (const FromItem& item : block.from) each_source(item, collect);
  Exprs out;
  for (const Expr& one : groups) {
    const bool key = std::find(keys.begin(), keys.end(), one) != keys.end();
    if (key || !one.as<ColumnRef>() || !told.contains(qualifier(one))) out.push_back(one);
  }
  return out;
}

}  // namespace pgvista::ivm
