#include "ivm/query/obstacles.hpp"

#include <fmt/format.h>

#include <set>

#include "ivm/query/block.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;

namespace {

using Blockers = std::vector<Blocker>;

// Names that hidden columns and variables go by.
void check_names(const std::vector<ColumnFact>& outputs, Blockers& out) {
  static const std::set<std::string> system = {"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"};
  for (const ColumnFact& one : outputs) {
    if (system.contains(one.name))
      out.push_back(
          {fmt::format("the name \"{}\" is a system column's, and no table can have it: give it another", one.name),
           one.name});
    if (one.name.starts_with("pgvista_") || one.name.starts_with("pgv_"))
      out.push_back(
          {fmt::format("the name \"{}\": columns that begin with pgvista_ or pgv_ are pgvista's own", one.name)});
  }
}

void check_table(const TableRef& ref, const Facts& facts, Blockers& out) {
  const TableFact* fact = facts.table(ref.schema, ref.name);
  const bool own = ref.schema == "information_schema" || ref.schema == "pg_catalog" ||
                   (ref.schema.empty() && ref.name.starts_with("pg_"));
  if (!fact && own) {
    out.push_back({fmt::format("\"{}\" belongs to PostgreSQL's catalogue: it has no triggers", ref.name), ref.name});
  } else if (!fact) {
    out.push_back({fmt::format("\"{}\" is not known as a table", ref.name), ref.name});
  } else if (!fact->obstacle.empty()) {
    out.push_back({fact->obstacle, ref.name});
  }
}

// What no trigger tells of a row, and names that variables of ours go by.
void check_column(const ColumnRef& ref, Blockers& out) {
  static const std::set<std::string> system = {"ctid", "xmin", "xmax", "cmin", "cmax"};
  if (ref.star || ref.parts.empty()) return;
  const std::string& name = ref.parts.back();
  if (system.contains(name))
    out.push_back(
        {fmt::format("the system column \"{}\": it changes without the row, and no trigger tells it", name), name});
  if (name.starts_with("pgv_"))
    out.push_back({fmt::format("the column \"{}\": names that begin with pgv_ are pgvista's own", name), name});
}

void check_calls(const Select& query, const Facts& facts, Blockers& out) {
  for (const UnstableCall& one : unstable_calls(query, facts)) {
    if (one.kind == UnstableCall::Kind::refused) out.push_back({one.text, one.name, one.hint});
  }
}

int tableoids_in(ConstNode node) {
  int out = 0;
  each<const ColumnRef>(node, [&](const ColumnRef& ref) {
    out += !ref.star && !ref.parts.empty() && ref.parts.back() == "tableoid" ? 1 : 0;
  });
  return out;
}

// Which table a row is of is read with the row. Of a changed row nobody is told: nothing can go by it.
void check_tableoid(const Select& query, const Facts& facts, Blockers& out) {
  int shown = 0;
  each<const Select>(query, [&](const Select& block) {
    const bool plain = block.operation == Select::Operation::none && block.group_by.empty() && !block.distinct &&
                       block.distinct_on.empty() && !has_aggregates(block, facts) && !has_windows(block);
    for (const Target& target : block.targets) {
      if (plain && !holds<Select>(*target.value)) shown += tableoids_in(*target.value);
    }
  });
  if (tableoids_in(query) > shown)
    out.push_back(
        {"the system column \"tableoid\" where rows are chosen, joined or grouped: no trigger tells it", "tableoid"});
}

void check_tables(const Select& query, const Facts& facts, Blockers& out) {
  if (!holds<TableRef>(query)) {
    // What functions read is no table of the query's.
    check_calls(query, facts, out);
    if (out.empty()) out.push_back({"it reads no table: its rows never change"});
    return;
  }
  std::set<std::string> own;  // recursive queries, which name themselves
  each<const CommonTable>(query, [&](const CommonTable& table) { own.insert(table.name); });
  walk(query, [&](ConstNode node) {
    if (const auto* column = node.as<ColumnRef>()) check_column(*column, out);
    const auto* table = node.as<TableRef>();
    if (table && !(table->schema.empty() && own.contains(table->name))) check_table(*table, facts, out);
  });
}

// Columns that are computed when they are read: the transition tables do not have their values.
void check_computed_columns(const Select& query, const Facts& facts, Blockers& out) {
  std::set<std::string> columns;
  std::set<std::string> rows;  // names that stand for a whole row with such a column
  each<const TableRef>(query, [&](const TableRef& ref) {
    const TableFact* fact = facts.table(ref.schema, ref.name);
    for (const ColumnFact& one : fact ? fact->columns : std::vector<ColumnFact>{}) {
      if (!one.at_read) continue;
      columns.insert(one.name);
      rows.insert(ref.alias.name.empty() ? ref.name : ref.alias.name);
    }
  });
  each<const ColumnRef>(query, [&](const ColumnRef& ref) {
    if (ref.star || ref.parts.empty()) return;
    const std::string& name = ref.parts.back();
    if (columns.contains(name) || (ref.parts.size() == 1 && rows.contains(name)))
      out.push_back(
          {fmt::format("\"{}\": a column that is generated when it is read; no trigger sees its value", name), name});
  });
}

}  // namespace

std::vector<Blocker> obstacles(const Select& query, const std::vector<ColumnFact>& outputs, const Facts& facts) {
  Blockers out;
  check_tables(query, facts, out);
  check_computed_columns(query, facts, out);
  check_tableoid(query, facts, out);
  check_names(outputs, out);
  if (!out.empty()) return out;
  check_calls(query, facts, out);
  return out;
}

}  // namespace pgvista::ivm
