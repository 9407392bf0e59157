#include "ivm/functions/rows.hpp"

#include <algorithm>

#include "sql/known_types.hpp"
#include "sql/make.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;

const char* transition_table(Event event) { return event == Event::remove ? old_rows : new_rows; }

bool may_have_collation(const TypeFact& type) {
  const KnownType* known = known_type(type.base);
  return !known || known->kind == TypeKind::text;
}

// A column's own collation is stronger than a value's default one.
Select as_in_table(const TableFact& table, const std::vector<std::string>& columns, const std::vector<Target>& more,
                   Select rows) {
  const bool any = std::any_of(columns.begin(), columns.end(),
                               [&](const std::string& name) { return may_have_collation(table.column(name)->kind); });
  if (!any) return rows;
  std::vector<Target> targets = make::targets(make::columns("", columns));
  targets.insert(targets.end(), more.begin(), more.end());
  return make::union_all(
      {make::select(std::move(targets), {make::table(table.name)}, make::boolean(false)), std::move(rows)});
}

Target comparable_column(const ColumnFact& fact) {
  const Expr value = make::name(fact.name);
  return fact.kind.comparable ? make::target(value) : make::target(make::cast(value, "text"), fact.name);
}

Target image_column(const ColumnFact& fact) {
  return make::target(make::collate(make::cast(make::name(fact.name), "text"), "C"), "pgv_" + fact.name);
}

std::vector<Target> image_columns(const std::vector<ColumnFact>& facts) {
  std::vector<Target> out;
  for (const ColumnFact& fact : facts) {
    out.push_back(comparable_column(fact));
    // The collation of an output is not known.
    const KnownType* known = known_type(fact.kind.base);
    const bool text = known && known->kind == TypeKind::text;
    if (fact.kind.comparable && (fact.kind.forms || text)) out.push_back(image_column(fact));
  }
  return out;
}

Select differing_rows(const std::vector<Target>& compared) {
  const auto rows = [&](const char* name) { return make::select(compared, {make::rows(name)}); };
  return make::union_all(
      {make::except_all(rows(new_rows), rows(old_rows)), make::except_all(rows(old_rows), rows(new_rows))});
}

Select changed_rows(const Entry& entry, Event event) {
  Select out;
  out.distinct = true;
  out.targets = make::targets(make::columns("", entry.columns));
  if (event != Event::update) {
    out.from = {make::rows(transition_table(event))};
    return out;
  }
  std::vector<Target> compared;
  for (const std::string& name : entry.relevant) {
    const ColumnFact& fact = *entry.table->column(name);
    const bool needed = std::find(entry.columns.begin(), entry.columns.end(), name) != entry.columns.end();
    compared.push_back(needed ? make::target(make::name(name)) : comparable_column(fact));
    if (fact.kind.comparable && fact.kind.forms) compared.push_back(image_column(fact));
  }
  for (const std::string& name : entry.columns) {
    if (std::find(entry.relevant.begin(), entry.relevant.end(), name) == entry.relevant.end())
      compared.push_back(make::target(make::name(name)));
  }
  out.from = {make::subquery(differing_rows(compared), "c")};
  return out;
}

FromItem unnested(const Exprs& arrays, const std::vector<TypeFact>& kinds, const std::string& alias,
                  const std::vector<std::string>& columns) {
  if (std::none_of(kinds.begin(), kinds.end(), [](const TypeFact& one) { return one.composite; }))
    return make::function(make::call("unnest", arrays), alias, columns);
  // unnest() in FROM would take composite values apart.
  Exprs values;
  for (const Expr& array : arrays) values.push_back(make::call("unnest", {array}));
  return make::subquery(make::select(make::targets(values)), alias, columns);
}

}  // namespace pgvista::ivm
