#include "analyze/dependencies.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "sql/visit.hpp"

namespace pgvista::analyze {

using namespace sql;

namespace {

using Columns = std::optional<std::vector<std::string>>;

// Something in FROM that columns can come from.
struct Source {
  std::string name;  // what a qualifier says
  std::string schema;
  Columns columns;         // nullopt: not known
  int table = -1;          // index into Dependencies::tables; -1 for a subquery, a CTE or a function
  std::vector<int> inner;  // for the alias of a join: the sources it hides
};

struct Scope {
  std::vector<Source> sources;
  const Scope* outer = nullptr;
};

struct Cte {
  std::string name;
  Columns columns;
};

bool has(const Columns& columns, const std::string& name) {
  return columns && std::find(columns->begin(), columns->end(), name) != columns->end();
}

class Analysis {
 public:
  explicit Analysis(const ColumnLookup& lookup) : lookup_(lookup) {}

  Columns select(const Select& query, const Scope* outer);
  Dependencies result;

 private:
  Columns body(const Select& query, const Scope* outer);
  void from_item(const FromItem& item, Scope& scope);
  void table(const TableRef& ref, Scope& scope);
  void function(const FunctionRef& ref, Scope& scope);
  void join(const Join& join, Scope& scope);
  void column(const ColumnRef& ref, const Scope& scope);
  void use_all(const Source& source, const Scope& scope);
  bool use(const Source& source, const Scope& scope, const std::string& column);
  Columns outputs(const Select& query, const Scope& scope) const;

  void expressions(ConstNode node, const Scope& scope);

  const ColumnLookup& lookup_;
  std::vector<Cte> ctes_;
};

void Analysis::expressions(ConstNode node, const Scope& scope) {
  if (const auto* query = node.as<Select>()) {
    select(*query, &scope);
  } else if (const auto* ref = node.as<ColumnRef>()) {
    column(*ref, scope);
  } else {
    if (const auto* call = node.as<FunctionCall>()) result.functions.insert(::pgvista::join(call->name, "."));
    for_each_child(node, [&](ConstNode child) { expressions(child, scope); });
  }
}

void Analysis::use_all(const Source& source, const Scope& scope) {
  for (const int inner : source.inner) use_all(scope.sources[static_cast<std::size_t>(inner)], scope);
  if (source.table >= 0) {
    TableUse& use = result.tables[static_cast<std::size_t>(source.table)];
    use.all_columns = true;
    if (source.columns) use.columns.insert(source.columns->begin(), source.columns->end());
  }
}

// True when the column is known to belong to the source.
bool Analysis::use(const Source& source, const Scope& scope, const std::string& column) {
  bool certain = has(source.columns, column);
  for (const int inner : source.inner) certain |= use(scope.sources[static_cast<std::size_t>(inner)], scope, column);
  if (source.table >= 0 && (certain || !source.columns))
    result.tables[static_cast<std::size_t>(source.table)].columns.insert(column);
  return certain;
}

void Analysis::column(const ColumnRef& ref, const Scope& scope) {
  const std::vector<std::string>& parts = ref.parts;
  if (ref.star && parts.empty()) {
    for (const Source& source : scope.sources) use_all(source, scope);
    return;
  }
  const std::size_t qualifiers = ref.star ? parts.size() : parts.size() - 1;
  for (const Scope* at = &scope; at; at = at->outer) {
    if (qualifiers > 0) {
      const std::string& name = parts[qualifiers - 1];
      for (const Source& source : at->sources) {
        const bool schema_fits = qualifiers < 2 || source.schema.empty() || source.schema == parts[qualifiers - 2];
        if (source.name != name || !schema_fits) continue;
        if (ref.star) {
          use_all(source, *at);
        } else {
          use(source, *at, parts.back());
        }
        return;
      }
      continue;
    }
    bool certain = false;
    bool possible = false;
    for (const Source& source : at->sources) {
      certain |= use(source, *at, parts.back());
      possible |= source.table >= 0 && !source.columns;
    }
    if (certain) return;
    // No column of that name: a whole row is meant.
    for (const Source& source : at->sources) {
      if (source.name != parts.back()) continue;
      use_all(source, *at);
      return;
    }
    if (possible) return;
  }
}

void Analysis::table(const TableRef& ref, Scope& scope) {
  Source source;
  source.name = ref.alias.name.empty() ? ref.name : ref.alias.name;
  if (ref.alias.name.empty()) source.schema = ref.schema;
  if (ref.schema.empty()) {
    const auto cte =
        std::find_if(ctes_.rbegin(), ctes_.rend(), [&](const Cte& known) { return known.name == ref.name; });
    if (cte != ctes_.rend()) {
      source.columns = cte->columns ? cte->columns : Columns{std::vector<std::string>{}};
      scope.sources.push_back(std::move(source));
      return;
    }
  }
  const auto known = std::find_if(result.tables.begin(), result.tables.end(), [&](const TableUse& use) {
    return use.schema == ref.schema && use.name == ref.name;
  });
  source.table = static_cast<int>(known - result.tables.begin());
  if (known == result.tables.end()) result.tables.push_back({ref.schema, ref.name, false, {}, ref.at.offset});
  if (lookup_) source.columns = lookup_(ref.schema, ref.name);
  // Renamed columns hide which is which: all of them count.
  if (!ref.alias.columns.empty()) {
    use_all(source, scope);
    if (source.columns)
      std::copy_n(ref.alias.columns.begin(), std::min(ref.alias.columns.size(), source.columns->size()),
                  source.columns->begin());
  }
  scope.sources.push_back(std::move(source));
}

void Analysis::function(const FunctionRef& ref, Scope& scope) {
  for (const FunctionItem& item : ref.functions) expressions(*item.call, scope);
  Source source;
  source.name = ref.alias.name;
  if (source.name.empty() && !ref.functions.empty()) {
    if (const auto* call = ref.functions.front().call->as<FunctionCall>()) source.name = call->name.back();
  }
  source.columns = ref.alias.columns;
  for (const ColumnDefinition& column : ref.columns) source.columns->push_back(column.name);
  scope.sources.push_back(std::move(source));
}

void Analysis::join(const Join& join, Scope& scope) {
  const std::size_t first = scope.sources.size();
  from_item(*join.left, scope);
  const std::size_t middle = scope.sources.size();
  from_item(*join.right, scope);
  const std::size_t end = scope.sources.size();
  for (const std::string& name : join.using_columns) {
    for (std::size_t i = first; i < end; ++i) use(scope.sources[i], scope, name);
  }
  if (join.natural) {
    for (std::size_t i = first; i < middle; ++i) {
      for (std::size_t k = middle; k < end; ++k) {
        const Columns& left = scope.sources[i].columns;
        if (!left) continue;
        for (const std::string& name : *left) {
          if (!has(scope.sources[k].columns, name)) continue;
          use(scope.sources[i], scope, name);
          use(scope.sources[k], scope, name);
        }
      }
    }
  }
  if (join.condition) expressions(*join.condition, scope);
  if (!join.alias.name.empty()) {
    Source source;
    source.name = join.alias.name;
    source.columns = std::vector<std::string>{};
    for (std::size_t i = first; i < end; ++i) source.inner.push_back(static_cast<int>(i));
    if (!join.alias.columns.empty()) use_all(source, scope);
    scope.sources.push_back(std::move(source));
  }
}

void Analysis::from_item(const FromItem& item, Scope& scope) {
  if (const auto* ref = item.as<TableRef>()) return table(*ref, scope);
  if (const auto* ref = item.as<Join>()) return join(*ref, scope);
  if (const auto* ref = item.as<FunctionRef>()) return function(*ref, scope);
  if (const auto* sample = item.as<Sample>()) {
    from_item(*sample->item, scope);
    for (const Expr& argument : sample->arguments) expressions(argument, scope);
    return;
  }
  Source source;
  if (const auto* ref = item.as<SubqueryRef>()) {
    source.name = ref->alias.name;
    // Without LATERAL the subquery sees only what is further out.
    source.columns = select(*ref->query, ref->lateral ? &scope : scope.outer);
    if (!source.columns) source.columns.emplace();
    for (std::size_t i = 0; i < ref->alias.columns.size(); ++i) {
      if (i < source.columns->size()) {
        (*source.columns)[i] = ref->alias.columns[i];
      } else {
        source.columns->push_back(ref->alias.columns[i]);
      }
    }
  } else if (const auto* xml = item.as<XmlTable>()) {
    source.name = xml->alias.name;
    source.columns.emplace();
    for (const XmlTableColumn& column : xml->columns) source.columns->push_back(column.name);
    for_each_child(*xml, [&](ConstNode child) { expressions(child, scope); });
  }
  scope.sources.push_back(std::move(source));
}

Columns Analysis::outputs(const Select& query, const Scope& scope) const {
  std::vector<std::string> names;
  for (const Target& target : query.targets) {
    const auto* ref = target.value->as<ColumnRef>();
    if (!ref || !ref->star) {
      names.push_back(output_name(target));
      continue;
    }
    for (const Source& source : scope.sources) {
      if (!ref->parts.empty() && source.name != ref->parts.back()) continue;
      if (!source.columns) return std::nullopt;
      names.insert(names.end(), source.columns->begin(), source.columns->end());
    }
  }
  return names;
}

Columns Analysis::body(const Select& query, const Scope* outer) {
  Scope scope;
  scope.outer = outer;
  if (query.operation != Select::Operation::none) {
    Columns columns = select(*query.left, outer);
    select(*query.right, outer);
    for (const OrderItem& item : query.order_by) expressions(item, scope);
    return columns;
  }
  for (const FromItem& item : query.from) from_item(item, scope);
  for_each_child(query, [&](ConstNode child) {
    if (!child.is<CommonTable, FromItem, Select>()) expressions(child, scope);
  });
  if (!query.values.empty()) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < query.values.front().fields.size(); ++i)
      names.push_back("column" + std::to_string(i + 1));
    return names;
  }
  return outputs(query, scope);
}

Columns Analysis::select(const Select& query, const Scope* outer) {
  const std::size_t known = ctes_.size();
  if (query.recursive) {
    for (const CommonTable& cte : query.with)
      ctes_.push_back({cte.name, cte.columns.empty() ? Columns{} : Columns{cte.columns}});
  }
  for (const CommonTable& cte : query.with) {
    Columns columns = select(*cte.query, outer);
    if (!cte.columns.empty()) columns = cte.columns;
    ctes_.push_back({cte.name, std::move(columns)});
  }
  Columns columns = body(query, outer);
  ctes_.resize(known);
  return columns;
}

}  // namespace

Dependencies dependencies(const Select& query, const ColumnLookup& lookup) {
  Analysis analysis(lookup);
  analysis.select(query, nullptr);
  return std::move(analysis.result);
}

}  // namespace pgvista::analyze
