#include "ivm/strategy/lookups.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace pgvista::ivm {

using namespace sql;

namespace {

bool has_index(const TableFact& table, const std::string& column) {
  return std::find(table.indexed.begin(), table.indexed.end(), column) != table.indexed.end();
}

// The store of a part is ours to index. Values that may be too long for an entry are found by their hash.
void index_part(Program& program, const TableFact& table, const std::string& column) {
  const ColumnFact* const fact = table.column(column);
  const bool by_hash = fact && !fact->bounded && fact->kind.hashable;
  if (fact && !fact->bounded && !by_hash) return;
  for (Store& store : program.stores) {
    if (store.name != table.name) continue;
    const std::string name = shorten_identifier(store.name.name, "_by_" + column);
    const std::string create = fmt::format("CREATE INDEX {} ON {}{} ({})", quote_identifier(name), store.name.sql(),
                                           by_hash ? " USING hash" : "", quote_identifier(column));
    if (std::find(store.finish.begin(), store.finish.end(), create) == store.finish.end())
      store.finish.insert(store.finish.begin(), create);
  }
}

}  // namespace

void want_index(Program& program, const TableFact& table, const std::string& column) {
  if (table.part && !has_index(table, column)) index_part(program, table, column);
  if (has_index(table, column) || table.kind == 's' || table.kind == 'f') return;
  const bool known =
      std::any_of(program.missing_indexes.begin(), program.missing_indexes.end(),
                  [&](const MissingIndex& one) { return one.table == table.name && one.column == column; });
  if (!known) program.missing_indexes.push_back({table.name, column, table.kind == 'p'});
}

namespace {

void want_key_lookup(Program& program, const Shape& shape, const Entry& entry) {
  for (const KeyPath& path : entry.paths) {
    const QueryGraph& graph = (*shape.graphs)[static_cast<std::size_t>(path.graph)];
    bool linked = false;
    std::string first;
    for (const auto& group : graph.equivalence_classes) {
      for (const Column& member : group) {
        if (member.reference != path.reference) continue;
        if (first.empty()) first = member.column;
        linked |= has_index(*entry.table, member.column);
      }
    }
    for (const KeyColumn& key : shape.key) {
      const auto& output = graph.outputs[static_cast<std::size_t>(key.output)];
      const auto member = output ? column_of(*output, graph) : std::nullopt;
      if (!member || member->reference != path.reference) continue;
      if (first.empty()) first = member->column;
      linked |= has_index(*entry.table, member->column);
    }
    if (!linked && !first.empty()) want_index(program, *entry.table, first);
  }
}

// The query for some keys begins where the key's values are.
void want_key_index(Program& program, const Shape& shape) {
  for (const QueryGraph& graph : *shape.graphs) {
    for (const KeyColumn& key : shape.key) {
      const auto& output = graph.outputs[static_cast<std::size_t>(key.output)];
      const auto member = output ? column_of(*output, graph) : std::nullopt;
      if (!member) continue;
      std::vector<Column> members{*member};
      if (const int number = graph.class_of(*member); number >= 0)
        members = graph.equivalence_classes[static_cast<std::size_t>(number)];
      const bool found = std::any_of(members.begin(), members.end(), [&](const Column& one) {
        return has_index(*graph.references[static_cast<std::size_t>(one.reference)].table, one.column);
      });
      if (found) return;
    }
    // One of the key's columns is enough; the first that is a plain column.
    for (const KeyColumn& key : shape.key) {
      const auto& output = graph.outputs[static_cast<std::size_t>(key.output)];
      if (const auto member = output ? column_of(*output, graph) : std::nullopt) {
        want_index(program, *graph.references[static_cast<std::size_t>(member->reference)].table, member->column);
        break;
      }
    }
  }
}

}  // namespace

void describe_tables(Program& program, const Shape& shape, const char* strategy, const std::set<Name>& parts) {
  want_key_index(program, shape);
  for (const Entry& entry : shape.entries) {
    const bool part = parts.contains(entry.table->name);
    TableStrategy line;
    line.table = entry.table->name;
    // One row is soon read, and soon added to.
    const bool soon = shape.key.empty() && (entry.table->one_row || strategy == std::string_view("algebraic"));
    line.strategy = entry.everything && !soon ? "full" : strategy;
    std::vector<std::string> texts;
    for (const KeyPath& path : entry.paths) {
      if (std::find(texts.begin(), texts.end(), path.text) == texts.end()) texts.push_back(path.text);
      for (const auto& [table, column] : path.lookups) want_index(program, *table, column);
    }
    line.path = entry.everything ? (shape.key.empty() ? "the one row" : "every row") : join(texts, "; ");
    if (part) line.path = "(a part of the query, kept by itself) " + line.path;
    const bool known = std::any_of(program.tables.begin(), program.tables.end(), [&](const TableStrategy& one) {
      return one.table == line.table && one.path == line.path;
    });
    if (!known) program.tables.push_back(std::move(line));
    // Recomputing a key reads each table by what ties it to the key.
    if (entry.everything) continue;
    want_key_lookup(program, shape, entry);
  }
}

}  // namespace pgvista::ivm
