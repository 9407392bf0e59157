#include "ivm/key/candidates.hpp"

#include <algorithm>
#include <map>

#include "analyze/dependencies.hpp"
#include "ivm/key/paths.hpp"
#include "ivm/key/telling.hpp"
#include "ivm/query/part_blocks.hpp"
#include "ivm/query/query_graph.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;

namespace {

// One item of FROM that rows come from.
struct Leaf {
  std::string name;
  std::vector<Exprs> keys;  // sets of columns without duplicates
  bool nullable = false;
  const SubqueryRef* subquery = nullptr;
};

class Candidates {
 public:
  Candidates(const Select& query, const Facts& facts) : query_(query), facts_(facts) {}

  std::vector<KeyCandidate> plain() {
    for (const FromItem& item : query_.from) leaves(item, false);
    if (query_.where) equalities(*query_.where);
    if (auto reduced = determining_keys(); !reduced.empty()) add(std::move(reduced));
    for (const Leaf& leaf : leaves_) {
      for (const Exprs& key : leaf.keys) {
        if (!leaf.nullable) add(key);
      }
    }
    for (const auto& group : classes()) add_class(group);
    add_outputs();
    return std::move(out_);
  }

 private:
  void add(Exprs values) {
    if (std::none_of(out_.begin(), out_.end(),
                     [&](const KeyCandidate& known) { return known.values == values && known.outputs.empty(); }))
      out_.push_back({std::move(values), {}, false});
  }

  void leaves(const FromItem& item, bool nullable) {
    if (const auto* join = item.as<Join>()) {
      leaves(*join->left, nullable || join->type == Join::Type::right || join->type == Join::Type::full);
      leaves(*join->right, nullable || join->type == Join::Type::left || join->type == Join::Type::full);
      if (join->condition) equalities(*join->condition);
      for (const std::string& name : join->using_columns) merged(name, *join);
      return;
    }
    Leaf leaf;
    leaf.nullable = nullable;
    if (const auto* table = item.as<TableRef>()) {
      leaf.name = name_of(*table);
      leaf.keys = keys_of(*table, facts_);
    } else if (const auto* sub = item.as<SubqueryRef>()) {
      leaf.name = sub->alias.name;
      leaf.subquery = sub;
      if (auto key = key_of(*sub); !key.empty()) leaf.keys.push_back(std::move(key));
    } else if (const auto* function = item.as<FunctionRef>()) {
      leaf.name = function->alias.name;
    }
    leaves_.push_back(std::move(leaf));
  }

  // A grouped subquery has one row a group, as far as the groups are among its outputs.
  static Exprs key_of(const SubqueryRef& sub) {
    const Select& inner = *sub.query;
    Exprs out;
    if (inner.operation != Select::Operation::none || inner.group_by.empty()) return out;
    for (const Expr& group : inner.group_by) {
      for (std::size_t i = 0; i < inner.targets.size(); ++i) {
        if (!(*inner.targets[i].value == group)) continue;
        out.push_back(column(sub.alias.name, i < sub.alias.columns.size() ? sub.alias.columns[i]
                                                                          : analyze::output_name(inner.targets[i])));
        break;
      }
    }
    return out;
  }

  void equalities(const Expr& condition) {
    for (const Expr* one : conjuncts(condition)) {
      const auto [left, right] = equality(*one);
      if (left && left->as<ColumnRef>() && right->as<ColumnRef>()) equal_.emplace_back(*left, *right);
    }
  }

  void merged(const std::string& name, const Join& join) {
    const auto first = [&](const FromItem& side) {
      Expr out;
      const auto visit = [&](const auto& self, const FromItem& item) -> void {
        if (const auto* inner = item.as<Join>()) {
          self(self, *inner->left);
          if (!out.as<ColumnRef>() || out.as<ColumnRef>()->parts.empty()) self(self, *inner->right);
        } else if (const auto* table = item.as<TableRef>()) {
          const TableFact* fact = facts_.table(table->schema, table->name);
          if (fact && fact->column(name)) out = column(name_of(*table), name);
        } else if (const auto* sub = item.as<SubqueryRef>()) {
          out = column(sub->alias.name, name);
        }
      };
      visit(visit, side);
      return out;
    };
    Expr left = first(*join.left);
    Expr right = first(*join.right);
    if (left.as<ColumnRef>() && !left.as<ColumnRef>()->parts.empty() && right.as<ColumnRef>() &&
        !right.as<ColumnRef>()->parts.empty())
      equal_.emplace_back(std::move(left), std::move(right));
  }

  // Is a whole key of the leaf given by columns of other leaves that stay?
  bool determined(const Leaf& leaf, const std::vector<const Leaf*>& staying) const {
    const auto given = [&](const Expr& part) {
      return std::any_of(equal_.begin(), equal_.end(), [&](const auto& pair) {
        const Expr* other = pair.first == part ? &pair.second : pair.second == part ? &pair.first : nullptr;
        return other && std::any_of(staying.begin(), staying.end(), [&](const Leaf* stays) {
                 return stays != &leaf && stays->name == qualifier(*other);
               });
      });
    };
    return std::any_of(leaf.keys.begin(), leaf.keys.end(),
                       [&](const Exprs& key) { return std::all_of(key.begin(), key.end(), given); });
  }

  // The keys of the tables that the others hang on, many to one.
  Exprs determining_keys() const {
    std::vector<const Leaf*> staying;
    for (const Leaf& leaf : leaves_) {
      if (!leaf.nullable) staying.push_back(&leaf);
    }
    for (std::size_t i = staying.size(); i-- > 0;) {
      if (staying.size() > 1 && determined(*staying[i], staying))
        staying.erase(staying.begin() + static_cast<std::ptrdiff_t>(i));
    }
    Exprs out;
    for (const Leaf* leaf : staying) {
      if (leaf->keys.empty()) continue;
      out.insert(out.end(), leaf->keys.front().begin(), leaf->keys.front().end());
    }
    return out;
  }

  std::vector<Exprs> classes() const {
    std::vector<Exprs> out;
    for (const auto& pair : equal_) {
      const Expr& left = pair.first;
      const Expr& right = pair.second;
      Exprs united{left, right};
      for (auto at = out.begin(); at != out.end();) {
        const bool touches =
            std::any_of(at->begin(), at->end(), [&](const Expr& one) { return one == left || one == right; });
        if (touches) united.insert(united.end(), at->begin(), at->end());
        at = touches ? out.erase(at) : at + 1;
      }
      out.push_back(std::move(united));
    }
    return out;
  }

  // Does a row of the subquery give NULL for this column because an outer join inside it found nothing? Then its row is
  // there without a value of the class.
  bool may_miss(const SubqueryRef& sub, const Expr& member) {
    const std::string& name = member.as<ColumnRef>()->parts.back();
    const auto [known, added] = inside_.try_emplace(&sub);
    if (added) known->second = query_graphs(*sub.query, facts_);
    const std::vector<QueryGraph>& inside = known->second;
    return std::any_of(inside.begin(), inside.end(), [&](const QueryGraph& one) {
      for (std::size_t i = 0; i < one.outputs.size(); ++i) {
        if ((i < sub.alias.columns.size() ? sub.alias.columns[i] : one.output_names[i]) != name || !one.outputs[i])
          continue;
        const std::set<int> read = references_of(*one.outputs[i], one);
        if (std::any_of(read.begin(), read.end(),
                        [&](int number) { return one.references[static_cast<std::size_t>(number)].nullable; }))
          return true;
      }
      return false;
    });
  }

  // A class that every leaf has a column of: whatever the joins are, rows of different values never meet.
  void add_class(const Exprs& group) {
    Coalesce all;
    for (const Leaf& leaf : leaves_) {
      const auto member =
          std::find_if(group.begin(), group.end(), [&](const Expr& one) { return qualifier(one) == leaf.name; });
      // Two columns of one leaf: its row may meet others by the one and have another value in the other.
      const bool two = std::any_of(group.begin(), group.end(),
                                   [&](const Expr& one) { return qualifier(one) == leaf.name && !(one == *member); });
      if (member == group.end() || two || (leaf.subquery && may_miss(*leaf.subquery, *member))) return;
      all.arguments.push_back(*member);
    }
    add({Expr{std::move(all)}});
  }

  void add_outputs() {
    KeyCandidate every;
    for (std::size_t i = 0; i < query_.targets.size(); ++i) every.outputs.push_back(static_cast<int>(i));
    out_.push_back(every);
    for (const int i : every.outputs) out_.push_back({{}, {i}, false});
  }

  const Select& query_;
  const Facts& facts_;
  std::vector<Leaf> leaves_;
  std::vector<std::pair<Expr, Expr>> equal_;
  std::vector<KeyCandidate> out_;
  std::map<const SubqueryRef*, std::vector<QueryGraph>> inside_;  // what may_miss has flattened
};

std::vector<KeyCandidate> outputs_of(std::size_t count) {
  std::vector<KeyCandidate> out(1);
  for (std::size_t i = 0; i < count; ++i) out.front().outputs.push_back(static_cast<int>(i));
  for (std::size_t i = 0; i < count; ++i) out.push_back({{}, {static_cast<int>(i)}, false});
  return out;
}

// All of them first, then each alone.
std::vector<KeyCandidate> subsets(Exprs values, bool unique) {
  std::vector<KeyCandidate> out{{values, {}, unique}};
  if (values.size() > 1) {
    for (const Expr& one : values) out.push_back({{one}, {}, false});
  }
  return out;
}

bool unique_rows(const Select& query, const Facts& facts) {
  return std::none_of(query.targets.begin(), query.targets.end(),
                      [&](const Target& target) { return calls(*target.value, facts.set_returning); });
}

}  // namespace

std::vector<KeyCandidate> key_candidates(const Select& query, const Facts& facts, std::vector<Blocker>& blockers) {
  if (query.operation != Select::Operation::none || !query.values.empty()) return outputs_of(output_count(query));
  const std::vector<Exprs> lists = partitions(query);
  if (!lists.empty()) {
    const auto first_window = [](const Select& block) {
      std::string out;
      each<const FunctionCall>(block, [&](const FunctionCall& call) {
        if (call.over && out.empty()) out = last(call.name);
      });
      return out;
    };
    Exprs common = lists.front();
    for (const Exprs& list : lists)
      std::erase_if(common, [&](const Expr& one) { return std::find(list.begin(), list.end(), one) == list.end(); });
    if (query.distinct)
      std::erase_if(common, [&](const Expr& one) {
        return std::none_of(query.targets.begin(), query.targets.end(),
                            [&](const Target& target) { return *target.value == one; });
      });
    if (common.empty()) {
      blockers.push_back(
          {"a window function without PARTITION BY, or without one that all of them share: every change can move every "
           "row",
           first_window(query)});
      return {};
    }
    return subsets(common, false);
  }
  if (query.distinct) return outputs_of(output_count(query));
  if (!query.distinct_on.empty()) return subsets(query.distinct_on, unique_rows(query, facts));
  if (!query.group_by.empty())
    return subsets(undetermined_groups(query, query.group_by, facts), unique_rows(query, facts));
  if (has_aggregates(query, facts) || reads_one_row(query, facts)) return {{{}, {}, unique_rows(query, facts)}};
  return Candidates(query, facts).plain();
}

}  // namespace pgvista::ivm
