#include "ivm/query/qualify.hpp"

#include <algorithm>

#include "analyze/dependencies.hpp"
#include "ivm/query/block.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;

namespace {

// An item of FROM, and what its columns are called.
struct Visible {
  std::string name;
  std::vector<std::string> columns;
  bool known = false;
};

// What a block reads, or a block around it.
struct Around {
  std::vector<Visible> items;
  const Around* outer = nullptr;
};

std::vector<std::string> renamed(std::vector<std::string> columns, const Alias& alias) {
  for (std::size_t i = 0; i < alias.columns.size() && i < columns.size(); ++i) columns[i] = alias.columns[i];
  return columns;
}

std::vector<std::string> outputs_of(const Select& query) {
  const Select* first = &query;
  while (first->operation != Select::Operation::none) first = &*first->left;
  std::vector<std::string> out;
  for (const Target& target : first->targets) out.push_back(analyze::output_name(target));
  return out;
}

class Qualifier {
 public:
  explicit Qualifier(const Facts& facts) : facts_(facts) {}

  void select(Select& query, const Around* outer) {
    if (query.operation != Select::Operation::none) {
      select(*query.left, outer);
      select(*query.right, outer);
      return;  // its ORDER BY names outputs
    }
    Around own{{}, outer};
    for (const FromItem& item : query.from) collect(item, own);
    const std::vector<std::string> outputs = outputs_of(query);
    for_each_child(query, [&](Node child) {
      const auto* order = child.as<OrderItem>();
      const auto* ref = order ? order->value->as<ColumnRef>() : nullptr;
      const bool output = ref && ref->parts.size() == 1 &&
                          std::find(outputs.begin(), outputs.end(), ref->parts.front()) != outputs.end();
      if (!output) visit(child, own);
    });
  }

 private:
  void visit(Node node, const Around& scope) {
    if (auto* query = node.as<Select>()) return select(*query, &scope);
    if (auto* sub = node.as<SubqueryRef>(); sub && !sub->lateral) return select(*sub->query, scope.outer);
    if (auto* ref = node.as<ColumnRef>()) return column(*ref, scope);
    for_each_child(node, [&](Node child) { visit(child, scope); });
  }

  void collect(const FromItem& item, Around& scope) const {
    if (const auto* join = item.as<Join>(); join && join->alias.name.empty()) {
      collect(*join->left, scope);
      collect(*join->right, scope);
    } else if (const auto* table = item.as<TableRef>()) {
      Visible one{name_of(*table), {}, false};
      if (const TableFact* fact = facts_.table(table->schema, table->name)) {
        for (const ColumnFact& column : fact->columns) one.columns.push_back(column.name);
        one.columns = renamed(std::move(one.columns), table->alias);
        one.known = true;
      }
      scope.items.push_back(std::move(one));
    } else if (const auto* sub = item.as<SubqueryRef>()) {
      scope.items.push_back(
          {sub->alias.name, renamed(outputs_of(*sub->query), sub->alias), sub->query->values.empty()});
    } else {
      scope.items.emplace_back();
    }
  }

  static void column(ColumnRef& ref, const Around& scope) {
    if (ref.star || ref.parts.size() != 1) return;
    std::set<std::string> hidden;  // names that mean something else further in
    for (const Around* at = &scope; at; at = at->outer) {
      const Visible* found = nullptr;
      std::size_t count = 0;
      for (const Visible& one : at->items) {
        if (std::find(one.columns.begin(), one.columns.end(), ref.parts.front()) == one.columns.end()) continue;
        found = &one;
        ++count;
      }
      // What is not known may have the column, too: merged by USING, it is another then.
      const bool known = std::all_of(at->items.begin(), at->items.end(), [](const Visible& one) { return one.known; });
      if (known && count == 1 && !found->name.empty() && !hidden.contains(found->name))
        ref.parts.insert(ref.parts.begin(), found->name);
      if (count > 0 || !known) return;
      for (const Visible& one : at->items) hidden.insert(one.name);
    }
  }

  const Facts& facts_;
};

}  // namespace

void qualify(Select& query, const Facts& facts) { Qualifier(facts).select(query, nullptr); }

}  // namespace pgvista::ivm
