#include "ivm/query/recursion.hpp"

#include <algorithm>

#include "analyze/dependencies.hpp"
#include "ivm/query/block.hpp"
#include "ivm/query/qualify.hpp"
#include "ivm/query/scope.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;

namespace {

constexpr const char* recursion_alias = "pgvista_recursion";  // which no canonical query has

// The relations that the block joins by inner joins.
void add_joined(const FromItem& item, std::vector<const TableRef*>& out) {
  if (const auto* ref = item.as<TableRef>()) out.push_back(ref);
  const auto* join = item.as<Join>();
  if (!join || join->type != Join::Type::inner) return;
  add_joined(*join->left, out);
  add_joined(*join->right, out);
}

std::vector<const TableRef*> joined_relations(const Select& block) {
  std::vector<const TableRef*> out;
  for (const FromItem& item : block.from) add_joined(item, out);
  return out;
}

bool has_whole_rows(const Select& block) {
  bool found = false;
  each<const ColumnRef>(block, [&](const ColumnRef& ref) { found |= is_whole_row(ref); });
  return found;
}

}  // namespace

bool is_plain_block(const Select& block, const Facts& facts) {
  const bool sets = std::any_of(block.targets.begin(), block.targets.end(), [&](const Target& target) {
    return calls(*target.value, facts.set_returning) || calls(*target.value, facts.aggregates);
  });
  return block.operation == Select::Operation::none && block.values.empty() && block.with.empty() && !block.distinct &&
         block.distinct_on.empty() && block.group_by.empty() && !block.having && !block.limit && !block.offset &&
         !has_windows(block) && !sets && !has_whole_rows(block);
}

namespace {

// The branches of UNION ALL; of UNION, too, where equal rows become one anyway.
void add_branches(const Select& query, bool all, std::vector<Select>& out) {
  const bool united = query.operation == Select::Operation::union_ && (query.all || !all) && !query.limit &&
                      !query.offset && query.with.empty();
  if (!united) {
    out.push_back(query);
    return;
  }
  add_branches(*query.left, all, out);
  add_branches(*query.right, all, out);
}

int references(const Select& block, Callback<bool(const TableRef&)> is_meant) {
  int out = 0;
  each<const TableRef>(block, [&](const TableRef& ref) { out += is_meant(ref) ? 1 : 0; });
  return out;
}

// Does the value come from a column that is NOT NULL, or from the recursion's own?
bool never_null(const Select& block, const Expr& value, const Recursion& recursion, const Facts& facts) {
  if (const auto* constant = value.as<Constant>()) return constant->type != Constant::Type::null;
  const auto* ref = value.as<ColumnRef>();
  if (!ref || ref->star || ref->parts.size() != 2) return false;
  for (const TableRef* table : joined_relations(block)) {
    if (name_of(*table) != ref->parts.front()) continue;
    if (table->schema.empty() && table->name == recursion.name) {
      for (const int i : recursion.never_null) {
        if (recursion.columns[static_cast<std::size_t>(i)].name == ref->parts.back()) return true;
      }
      return false;
    }
    const TableFact* fact = facts.table(table->schema, table->name);
    const ColumnFact* column = fact ? fact->column(ref->parts.back()) : nullptr;
    return column && column->not_null;
  }
  return false;
}

void find_never_null(Recursion& out, const Facts& facts) {
  if (out.step.empty()) return;
  for (std::size_t i = 0; i < out.columns.size(); ++i) out.never_null.insert(static_cast<int>(i));
  std::vector<Select> blocks = out.start;
  blocks.insert(blocks.end(), out.step.begin(), out.step.end());
  for (bool changed = true; changed;) {
    changed = false;
    const std::set<int> before = out.never_null;
    for (const int i : before) {
      const bool holds = std::all_of(blocks.begin(), blocks.end(), [&](const Select& block) {
        const auto at = static_cast<std::size_t>(i);
        return at < block.targets.size() && is_plain_block(block, facts) &&
               never_null(block, *block.targets[at].value, out, facts);
      });
      if (!holds) changed |= out.never_null.erase(i) > 0;
    }
  }
}

}  // namespace

std::optional<Select> recursion_alone(CommonTable table, const std::set<std::string>& reads) {
  std::vector<std::string> names = table.columns;
  const Select* first = &*table.query;
  while (first->operation != Select::Operation::none) first = &*first->left;
  const std::size_t count = first->values.empty() ? first->targets.size() : first->values.front().fields.size();
  for (std::size_t i = names.size(); i < count; ++i)
    names.push_back(first->values.empty() ? analyze::output_name(first->targets[i]) : "column" + std::to_string(i + 1));
  const auto made = [&](const std::string& name) {
    if (reads.contains(name)) names.push_back(name);
  };
  if (table.search) made(table.search->sequence);
  if (table.cycle) made(table.cycle->mark), made(table.cycle->path);
  if (std::set<std::string>(names.begin(), names.end()).size() != names.size()) return std::nullopt;
  Select out;
  out.recursive = true;
  out.from = {sql::make::rows(table.name, recursion_alias)};
  for (const std::string& name : names) out.targets.push_back(sql::make::target(column(recursion_alias, name), name));
  out.with.push_back(std::move(table));
  return out;
}

bool is_recursion(const Select& query) {
  const auto* from = query.from.size() == 1 ? query.from.front().as<TableRef>() : nullptr;
  return from && query.recursive && query.with.size() == 1 && from->alias.name == recursion_alias;
}

Recursion recursion_of(const Select& query, const std::vector<ColumnFact>& columns, const Facts& facts) {
  const CommonTable& table = query.with.front();
  const Select& body = *table.query;
  Recursion out;
  out.name = table.name;
  out.columns = columns;
  const bool united = body.operation == Select::Operation::union_ && !body.limit && !body.offset &&
                      body.order_by.empty() && body.with.empty() && !table.search && !table.cycle;
  if (!united) return out;
  out.all = body.all;
  add_branches(*body.left, out.all, out.start);
  Select step = *body.right;
  qualify(step, facts);
  for (Select& one : out.start) qualify(one, facts);
  const auto joined = joined_relations(step);
  const auto is_itself = [&](const TableRef& ref) { return ref.schema.empty() && ref.name == out.name; };
  const bool once = references(step, is_itself) == 1 &&
                    std::any_of(joined.begin(), joined.end(), [&](const TableRef* ref) { return is_itself(*ref); });
  if (once && is_plain_block(step, facts)) out.step.push_back(step);
  find_never_null(out, facts);
  return out;
}

bool joined_plainly(const std::vector<Select>& blocks, const TableFact& table, const Facts& facts) {
  const auto is_meant = [&](const TableRef& ref) { return facts.table(ref.schema, ref.name) == &table; };
  return std::all_of(blocks.begin(), blocks.end(), [&](const Select& block) {
    const int number = references(block, is_meant);
    if (number == 0) return true;
    const auto joined = joined_relations(block);
    return number == 1 && is_plain_block(block, facts) &&
           std::any_of(joined.begin(), joined.end(), [&](const TableRef* ref) {
             return is_meant(*ref) && (!ref->only || table.descendants.empty());
           });
  });
}

std::optional<Select> with_replaced(Select block, Callback<bool(const TableRef&)> is_meant, const FromItem& by) {
  bool found = false;
  each<FromItem>(block, [&](FromItem& item) {
    const auto* ref = item.as<TableRef>();
    if (found || !ref || !is_meant(*ref)) return;
    Alias alias = ref->alias;
    if (alias.name.empty()) alias.name = ref->name;
    found = true;
    FromItem other = by;
    if (auto* table = other.as<TableRef>()) table->alias = alias;
    if (auto* query = other.as<SubqueryRef>()) query->alias = alias;
    item = std::move(other);
  });
  return found ? std::optional(std::move(block)) : std::nullopt;
}

}  // namespace pgvista::ivm
