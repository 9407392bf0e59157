#include "ivm/key/rows_per_key.hpp"

#include <algorithm>

#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;

namespace {

// The columns that a key's value is equal to.
std::set<Column> columns_of(const Expr& value, const QueryGraph& graph) {
  std::set<Column> out;
  const auto add = [&](const Expr& one) {
    const auto member = column_of(one, graph);
    if (!member) return;
    out.insert(*member);
    if (const int number = graph.class_of(*member); number >= 0) {
      const auto& all = graph.equivalence_classes[static_cast<std::size_t>(number)];
      out.insert(all.begin(), all.end());
    }
  };
  if (const auto* coalesce = value.as<Coalesce>()) {
    for (const Expr& one : coalesce->arguments) add(one);
  } else {
    add(value);
  }
  return out;
}

struct Estimate {
  const QueryGraph& graph;
  std::vector<std::set<Column>> key = {};  // for each key column, those that it is equal to

  const TableFact& table(int reference) const { return *graph.references[static_cast<std::size_t>(reference)].table; }

  // Is a whole key of this reference's table among them?
  bool holds_key_of(int reference) const {
    const auto held = [&](const std::string& name) {
      return std::any_of(key.begin(), key.end(), [&](const std::set<Column>& one) {
        return one.contains({reference, name});
      });
    };
    const auto& keys = table(reference).unique_keys;
    return std::any_of(keys.begin(), keys.end(),
                       [&](const std::vector<std::string>& one) { return std::all_of(one.begin(), one.end(), held); });
  }

  // How many values the key has; 0: not known.
  double keys() const {
    double out = 1;
    for (const std::set<Column>& one : key) {
      double fewest = 0;
      for (const Column& member : one) {
        const ColumnFact* fact = table(member.reference).column(member.column);
        const double own = table(member.reference).unique(member.column) ? table(member.reference).rows
                           : fact                                        ? fact->distinct
                                                                         : 0;
        if (own > 0 && (fewest == 0 || own < fewest)) fewest = own;
      }
      out *= fewest;
    }
    for (std::size_t i = 0; i < graph.references.size(); ++i) {
      if (holds_key_of(static_cast<int>(i))) out = std::max(out, table(static_cast<int>(i)).rows);
    }
    return out;
  }

  double rows() const {
    double out = 0;
    for (const TableReference& one : graph.references) {
      // A part of the query is not larger than what it is made of.
      if (one.table->part) continue;
      if (one.table->rows < 0) return -1;
      out = std::max(out, one.table->rows);
    }
    return out;
  }

  std::optional<double> rows_per_key() const {
    const double largest = rows();
    const double values = keys();
    if (largest < 0 || (values <= 0 && !key.empty())) return std::nullopt;
    return key.empty() ? largest : largest / std::min(values, std::max(largest, 1.0));
  }

  bool holds_any_key() const {
    for (std::size_t i = 0; i < graph.references.size(); ++i) {
      if (holds_key_of(static_cast<int>(i))) return true;
    }
    return false;
  }
};

Estimate estimate_of(const Shape& shape, const QueryGraph& graph) {
  Estimate out{graph};
  for (const KeyColumn& column : shape.key) {
    const auto& value = graph.outputs[static_cast<std::size_t>(column.output)];
    if (!value || value->as<ColumnRef>() || value->as<Coalesce>() || holds<Sublink>(*value)) {
      out.key.push_back(value ? columns_of(*value, graph) : std::set<Column>{});
      continue;
    }
    // A column that a grouping leaves out is NULL (query/query_graph).
    const auto* null = value->as<NullIf>();
    if (null && *null->left == *null->right) continue;
    // As many values as its columns have together, as the server takes it; a constant is the same for all rows.
    each<const ColumnRef>(*value, [&](const ColumnRef& ref) { out.key.push_back(columns_of(ref, graph)); });
  }
  return out;
}

}  // namespace

std::optional<double> rows_per_key(const Shape& shape) {
  std::optional<double> out;
  for (const QueryGraph& graph : *shape.graphs) {
    const bool parts_only = std::all_of(graph.references.begin(), graph.references.end(),
                                        [](const TableReference& one) { return one.table->part; });
    if (parts_only) continue;  // nobody counts them, and they are small beside what they are made of
    const auto one = estimate_of(shape, graph).rows_per_key();
    if (!one) return std::nullopt;
    out = std::max(out.value_or(0), *one);
  }
  return out;
}

bool holds_key_of_a_table(const Shape& shape) {
  return std::all_of(shape.graphs->begin(), shape.graphs->end(),
                     [&](const QueryGraph& graph) { return estimate_of(shape, graph).holds_any_key(); });
}

void choose_narrowing(Shape& shape) {
  constexpr double few_enough = 16;
  if (shape.key.size() < 2) return;
  std::optional<std::size_t> best;
  double fewest = few_enough;
  for (std::size_t i = 0; i < shape.key.size(); ++i) {
    double most = 0;
    for (const QueryGraph& graph : *shape.graphs) {
      const auto& value = graph.outputs[static_cast<std::size_t>(shape.key[i].output)];
      Estimate one{graph, {value ? columns_of(*value, graph) : std::set<Column>{}}};
      const double values = one.keys();
      const double rows = one.rows();
      most = std::max(most, values > 0 && rows > 0 ? rows / values : few_enough);
    }
    if (most >= fewest) continue;
    fewest = most;
    best = i;
  }
  for (std::size_t i = 0; best && i < shape.key.size(); ++i) shape.key[i].narrows = i == *best;
}

}  // namespace pgvista::ivm
