#include "ivm/query/pull_up.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "analyze/dependencies.hpp"
#include "ivm/query/block.hpp"
#include "ivm/query/scope.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;

namespace {

// Are all columns told by a qualifier? What USING merges has none.
bool is_qualified(const Select& query) {
  bool out = true;
  each<const Join>(query, [&](const Join& join) { out &= join.using_columns.empty() && !join.natural; });
  each<const ColumnRef>(query, [&](const ColumnRef& ref) { out &= !is_whole_row(ref); });
  return out;
}

class PullUp {
 public:
  PullUp(Select& query, const Facts& facts) : query_(query), facts_(facts) {}

  void run() {
    if (query_.operation != Select::Operation::none || !query_.values.empty()) return;
    // The names that columns go by outside are not those of what is put in.
    for (Target& target : query_.targets) {
      if (target.alias.empty()) target.alias = analyze::output_name(target);
      if (target.alias == "?column?") target.alias.clear();
    }
    qualify_columns();
    for (FromItem& from : query_.from) item(from);
  }

 private:
  // Where a query reads one item alone, its columns may stand without its name.
  void qualify_columns() {
    if (query_.from.size() != 1) return;
    std::string name;
    std::vector<std::string> outputs;
    if (const auto* sub = query_.from.front().as<SubqueryRef>()) {
      name = sub->alias.name;
      outputs = output_names(*sub);
    } else if (const auto* table = query_.from.front().as<TableRef>()) {
      name = name_of(*table);
      outputs = table->alias.columns;
      const TableFact* fact = facts_.table(table->schema, table->name);
      for (std::size_t i = outputs.size(); fact && i < fact->columns.size(); ++i)
        outputs.push_back(fact->columns[i].name);
    }
    const auto visit = [&](const auto& self, Node node) -> void {
      for_each_child(node, [&](Node child) {
        if (child.is<Select, FromItem>()) return;
        auto* expression = child.as<Expr>();
        auto* ref = expression ? expression->as<ColumnRef>() : nullptr;
        if (ref && !ref->star && ref->parts.size() == 1 &&
            std::find(outputs.begin(), outputs.end(), ref->parts.front()) != outputs.end())
          ref->parts.insert(ref->parts.begin(), name);
        self(self, child);
      });
    };
    visit(visit, query_);
  }

  static std::vector<std::string> output_names(const SubqueryRef& sub) {
    std::vector<std::string> out = sub.alias.columns;
    const Select* first = &*sub.query;
    while (first->operation != Select::Operation::none) first = &*first->left;
    for (std::size_t i = out.size(); i < first->targets.size(); ++i)
      out.push_back(analyze::output_name(first->targets[i]));
    return out;
  }

  void item(FromItem& from) {
    if (auto* join = from.as<Join>()) {
      if (!join->using_columns.empty() || !join->alias.name.empty()) return;
      if (join->type == Join::Type::inner || join->type == Join::Type::left) item(*join->left);
      if (join->type == Join::Type::inner || join->type == Join::Type::right) item(*join->right);
      return;
    }
    auto* sub = from.as<SubqueryRef>();
    if (!sub || sub->lateral) return;
    const std::string alias = sub->alias.name;
    const std::vector<std::string> names = output_names(*sub);
    Select inner = pulled_up(*sub->query, facts_);
    if (!only_joins(inner) || !is_read_by_column(alias)) return;
    sub->query = Select{};
    rename_all(inner);
    put_in(alias, names, inner);
    from = joined(std::move(inner.from));
  }

  bool only_joins(const Select& inner) const {
    const bool plain = inner.operation == Select::Operation::none && inner.values.empty() && !inner.from.empty() &&
                       inner.group_by.empty() && !inner.distinct && inner.distinct_on.empty() && !inner.limit &&
                       !inner.offset && inner.windows.empty() && inner.locking.empty();
    return plain && !has_aggregates(inner, facts_) && !has_windows(inner) && is_qualified(inner) &&
           std::none_of(inner.targets.begin(), inner.targets.end(), [&](const Target& one) {
             // GROUP BY 5 is the fifth output.
             return calls(*one.value, facts_.set_returning) || one.value->as<Constant>();
           });
  }

  bool is_read_by_column(const std::string& name) {
    bool out = true;
    each_reference(query_, name, [&](Expr& reference) { out &= !is_whole_row(*reference.as<ColumnRef>()); });
    return out;
  }

  // So that no name is that of another item, here or in the queries below.
  void rename_all(Select& inner) const {
    const std::set<std::string> outside = all_names(query_);
    std::set<std::string> taken = outside;
    taken.merge(all_names(inner));
    for (const std::string& name : names_in_scope(inner.from)) {
      if (!outside.contains(name)) continue;
      std::string other = name;
      for (int i = 1; taken.contains(other); ++i) other = fmt::format("{}_{}", name, i);
      rename_item(inner, name, other);
      taken.insert(other);
    }
  }

  // `names`: of its columns, outside.
  void put_in(const std::string& alias, const std::vector<std::string>& names, const Select& inner) {
    std::map<std::string, const Expr*> columns;
    for (std::size_t i = 0; i < inner.targets.size(); ++i) columns.emplace(names[i], &*inner.targets[i].value);
    each_reference(query_, alias, [&](Expr& reference) {
      const auto found = columns.find(reference.as<ColumnRef>()->parts.back());
      if (found != columns.end()) reference = Expr(*found->second);
    });
    if (inner.where)
      query_.where = query_.where ? Box<Expr>(make::all_of({*query_.where, *inner.where})) : Box<Expr>(*inner.where);
  }

  static FromItem joined(std::vector<FromItem> items) {
    FromItem out = std::move(items.front());
    for (std::size_t i = 1; i < items.size(); ++i) out = make::cross_join(std::move(out), std::move(items[i]));
    return out;
  }

  Select& query_;
  const Facts& facts_;
};

}  // namespace

Select pulled_up(Select query, const Facts& facts) {
  PullUp(query, facts).run();
  return query;
}

}  // namespace pgvista::ivm
