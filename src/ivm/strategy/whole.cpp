#include "ivm/strategy/whole.hpp"

#include <algorithm>

#include "analyze/dependencies.hpp"
#include "ivm/functions/statement.hpp"
#include "ivm/strategy/recompute.hpp"
#include "sql/make.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;

namespace {

// The columns of each table, by the query's own scopes.
analyze::Dependencies uses_of(const Select& query, const Facts& facts) {
  return analyze::dependencies(query, [&](const std::string& schema, const std::string& name) {
    const TableFact* const fact = facts.table(schema, name);
    std::optional<std::vector<std::string>> out;
    if (!fact) return out;
    out.emplace();
    for (const ColumnFact& column : fact->columns) out->push_back(column.name);
    return out;
  });
}

// A row of a partition may leave it, or come into it, by any column.
std::vector<std::string> relevant_columns(const TableFact& table, const analyze::TableUse& use) {
  std::vector<std::string> out;
  for (const ColumnFact& column : table.columns) {
    if (use.all_columns || use.columns.contains(column.name) || !table.ancestors.empty()) out.push_back(column.name);
  }
  return out;
}

}  // namespace

Shape whole_shape(const Select& query, const Facts& facts) {
  Shape out;
  out.query = std::make_shared<Select>(query);
  out.graphs = std::make_shared<std::vector<QueryGraph>>();
  out.outputs = output_columns(query, facts);
  const analyze::Dependencies uses = uses_of(query, facts);
  each<const TableRef>(*out.query, [&](const TableRef& ref) {
    const TableFact* const table = facts.table(ref.schema, ref.name);
    const auto use = std::find_if(uses.tables.begin(), uses.tables.end(), [&](const analyze::TableUse& one) {
      return table && facts.table(one.schema, one.name) == table;
    });
    const bool known =
        std::any_of(out.entries.begin(), out.entries.end(), [&](const Entry& entry) { return entry.table == table; });
    if (use == uses.tables.end() || known) return;
    Entry& entry = out.entries.emplace_back();
    entry.ref = &ref;
    entry.table = table;
    entry.everything = true;
    entry.relevant = relevant_columns(*table, *use);
  });
  return out;
}

void generate_whole(Program& program, const Names& names, const Shape& shape, const Facts& facts, const ChangeLog& log,
                    const std::string& title, const BodyFor& body_for) {
  const Bag bag(names.store(), shape.outputs);
  const Select rows = rows_of(*shape.query, shape.outputs);
  add_store(program, names, rows, bag.columns(), title + "\nOne row of the query a row; no key tells them apart.", 90);
  program.stored = rows;
  program.unique_key = false;
  program.stores.back().finish.push_back(bag.index(names));
  Apply apply;
  if (body_for && !log.waits()) apply.everything = {mark_recounted(names)};
  apply.everything.push_back({plpgsql::Run{bag.make_equal(*shape.query)}});
  const Style style{log.locks(), Noting::keys, {}, facts.settings, program.catches};
  add_functions(program, names, shape, apply, style, log, title + "\nAll rows again; those that differ are written.");
  add_captures(program, names, shape, style, log, body_for);
}

TableStrategy computed_whole(const TableFact& table) { return {table.name, "full", "every row"}; }

}  // namespace pgvista::ivm
