#include "ivm/key/shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "analyze/dependencies.hpp"
#include "ivm/key/rows_per_key.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;

namespace {

constexpr std::size_t most_key_columns = 16;

// A query with the columns of a key that it does not show itself.
struct Keyed {
  std::vector<Target> hidden;
  std::shared_ptr<Select> query;  // the graphs point into it
  std::shared_ptr<std::vector<QueryGraph>> graphs;
  std::vector<ColumnFact> outputs = {};                    // empty until somebody asks
  std::map<int, std::vector<std::set<int>>> tellers = {};  // which references tell an output, in each graph; the same
};

// Where a value is among the outputs; their number where it is not.
std::size_t place_of(const std::vector<Target>& targets, const Expr& value) {
  return static_cast<std::size_t>(
      std::find_if(targets.begin(), targets.end(), [&](const Target& target) { return *target.value == value; }) -
      targets.begin());
}

// The columns of these candidates that the query does not show, to be put behind its own.
std::vector<Target> hidden_targets(const Select& query, const std::vector<KeyCandidate>& candidates) {
  std::vector<Target> out;
  for (const KeyCandidate& candidate : candidates) {
    for (std::size_t i = 0; i < candidate.values.size(); ++i) {
      const Expr& value = candidate.values[i];
      if (place_of(query.targets, value) < query.targets.size() || place_of(out, value) < out.size()) continue;
      const std::size_t number = candidates.size() > 1 ? out.size() : i;
      out.push_back({fmt::format("pgvista_key_{}", number + 1), value, {}});
    }
  }
  return out;
}

// Where a candidate's columns are among the outputs of a query that shows them.
std::vector<int> places(const Select& query, const KeyCandidate& candidate) {
  std::vector<int> out = candidate.outputs;
  for (const Expr& value : candidate.values) out.push_back(static_cast<int>(place_of(query.targets, value)));
  return out;
}

bool opaque(const std::vector<QueryGraph>& all, int output) {
  return std::any_of(all.begin(), all.end(), [&](const QueryGraph& one) {
    return static_cast<std::size_t>(output) >= one.outputs.size() || !one.outputs[static_cast<std::size_t>(output)];
  });
}

bool never_null(const QueryGraph& graph, const Expr& value) {
  const auto sure = [&](const Column& member) {
    const TableReference& reference = graph.references[static_cast<std::size_t>(member.reference)];
    const ColumnFact* fact = reference.table->column(member.column);
    return fact && fact->not_null;
  };
  if (const auto member = column_of(value, graph))
    return sure(*member) && !graph.references[static_cast<std::size_t>(member->reference)].nullable;
  if (const auto* constant = value.as<Constant>()) return constant->type != Constant::Type::null;
  const auto* coalesce = value.as<Coalesce>();
  return coalesce && std::all_of(coalesce->arguments.begin(), coalesce->arguments.end(), [&](const Expr& one) {
           const auto member = column_of(one, graph);
           return member && sure(*member);
         });
}

// A column that an index of its table holds is not too long for another.
bool bounded(const QueryGraph& graph, const Expr& value) {
  const auto member = column_of(value, graph);
  const ColumnFact* fact =
      member ? graph.references[static_cast<std::size_t>(member->reference)].table->column(member->column) : nullptr;
  return fact && fact->bounded;
}

class ShapeFinder {
 public:
  ShapeFinder(const Select& query, const Facts& facts) : query_(query), facts_(facts) {}

  /// From here on, a query that shows the columns of all these at once is asked: to flatten a deep query takes long.
  void ask_of_all(const std::vector<KeyCandidate>& candidates) { wide_ = hidden_targets(query_, candidates); }
  /// … and one that shows its own alone.
  void ask_of_each() { wide_.reset(); }

  /// nullopt: the candidate has no column that can be followed, or none that can be compared, or leaves `enough` tables
  /// unreached.
  std::optional<Shape> attempt(KeyCandidate candidate, std::size_t enough) {
    Shape out;
    const bool whole = candidate.values.empty() && candidate.outputs.empty();
    std::vector<int> key;
    const std::shared_ptr<std::vector<QueryGraph>> all = keyed(candidate, key).graphs;
    if (all->empty()) return std::nullopt;
    const std::size_t before = candidate.values.size() + candidate.outputs.size();
    drop_opaque(candidate, key, *all);
    one_column(candidate);
    if (candidate.values.size() + candidate.outputs.size() < before) candidate.unique = false;
    if (!whole && candidate.values.empty() && candidate.outputs.empty()) return std::nullopt;
    Keyed& chosen = keyed(candidate, key);
    if (chosen.outputs.empty()) chosen.outputs = output_columns(*chosen.query, facts_);
    out.query = chosen.query;
    out.graphs = chosen.graphs;
    out.outputs = chosen.outputs;
    note_collations(out);
    if (!comparable_only(candidate, key, out.outputs))
      return candidate.values.empty() && candidate.outputs.empty() ? std::nullopt : attempt(candidate, enough);
    out.unique = candidate.unique;
    for (const int output : key) {
      out.key.push_back(key_column(*out.graphs, out.outputs, output));
      out.key.back().hidden = static_cast<std::size_t>(output) >= output_count(query_);
    }
    choose_narrowing(out);
    std::vector<std::vector<bool>> connected;
    std::size_t unreached = 0;
    for (const QueryGraph& graph : *out.graphs) {
      connected.push_back(connected_with(graph, key));
      unreached += static_cast<std::size_t>(std::count(connected.back().begin(), connected.back().end(), false));
    }
    if (unreached >= enough || !follow(out, key, connected, enough)) return std::nullopt;
    return out;
  }

 private:
  Keyed& keyed(const KeyCandidate& candidate, std::vector<int>& key) {
    Keyed& out = showing(wide_ ? *wide_ : hidden_targets(query_, {candidate}));
    key = places(*out.query, candidate);
    return out;
  }

  Keyed& showing(const std::vector<Target>& hidden) {
    const auto known =
        std::find_if(keyed_.begin(), keyed_.end(), [&](const Keyed& one) { return one.hidden == hidden; });
    if (known != keyed_.end()) return *known;
    Keyed out{hidden, std::make_shared<Select>(query_), {}};
    out.query->targets.insert(out.query->targets.end(), hidden.begin(), hidden.end());
    out.graphs = std::make_shared<std::vector<QueryGraph>>(query_graphs(*out.query, facts_));
    keyed_.push_back(std::move(out));
    return keyed_.back();
  }

  // Values that a collation takes for equal are no key: their hashes and images differ.
  static void note_collations(Shape& out) {
    for (const QueryGraph& graph : *out.graphs) {
      for (std::size_t i = 0; i < graph.outputs.size() && i < out.outputs.size(); ++i) {
        if (!graph.outputs[i]) continue;
        each<const ColumnRef>(*graph.outputs[i], [&](const ColumnRef& ref) {
          const auto member = column_of(ref, graph);
          const ColumnFact* fact =
              member ? graph.references[static_cast<std::size_t>(member->reference)].table->column(member->column)
                     : nullptr;
          if (fact && fact->nondeterministic) out.outputs[i].kind.comparable = false;
        });
      }
    }
  }

  static void drop_opaque(KeyCandidate& candidate, const std::vector<int>& key, const std::vector<QueryGraph>& all) {
    KeyCandidate kept;
    kept.unique = candidate.unique;
    for (std::size_t i = 0; i < key.size(); ++i) {
      if (opaque(all, key[i])) continue;
      if (candidate.outputs.empty()) {
        kept.values.push_back(candidate.values[i]);
      } else {
        kept.outputs.push_back(candidate.outputs[i]);
      }
    }
    candidate = std::move(kept);
  }

  static const std::vector<std::set<int>>& tellers_of(Keyed& flat, int output) {
    const auto [known, added] = flat.tellers.try_emplace(output);
    for (std::size_t k = 0; added && k < flat.graphs->size(); ++k) {
      const QueryGraph& graph = (*flat.graphs)[k];
      known->second.push_back(suppliers(graph, *graph.outputs[static_cast<std::size_t>(output)]));
    }
    return known->second;
  }

  // The values of one key must come from one column: a statement may change several tables, and then the row in the
  // middle of two halves of a key is found from neither side. The largest set of values that some table tells alone is
  // taken.
  void one_column(KeyCandidate& candidate) {
    std::vector<int> key;
    Keyed& flat = keyed(candidate, key);
    const std::vector<QueryGraph>& all = *flat.graphs;
    std::vector<const std::vector<std::set<int>>*> tellers;  // of each column of the key, in each graph
    for (const int output : key) tellers.push_back(&tellers_of(flat, output));
    std::vector<std::size_t> best;
    for (std::size_t first = 0; first < key.size(); ++first) {
      std::vector<std::set<int>> common;
      std::vector<std::size_t> taken;
      for (std::size_t step = 0; step < key.size(); ++step) {
        const std::size_t i = (first + step) % key.size();
        std::vector<std::set<int>> narrowed = common;
        bool fits = true;
        for (std::size_t k = 0; k < all.size() && fits; ++k) {
          const std::set<int>& own = (*tellers[i])[k];
          if (taken.empty()) {
            narrowed.push_back(own);
          } else {
            std::erase_if(narrowed[k], [&](int one) { return !own.contains(one); });
          }
          fits = !narrowed[k].empty() || all[k].references.empty();
        }
        if (!fits) continue;
        common = std::move(narrowed);
        taken.push_back(i);
      }
      if (taken.size() > best.size()) best = taken;
    }
    std::sort(best.begin(), best.end());
    KeyCandidate kept;
    kept.unique = candidate.unique;
    for (const std::size_t i : best) {
      if (candidate.outputs.empty()) {
        kept.values.push_back(candidate.values[i]);
      } else {
        kept.outputs.push_back(candidate.outputs[i]);
      }
    }
    candidate = std::move(kept);
  }

  // False when something was dropped from the candidate.
  static bool comparable_only(KeyCandidate& candidate, const std::vector<int>& key,
                              const std::vector<ColumnFact>& outputs) {
    bool all = true;
    KeyCandidate kept;
    for (std::size_t i = 0; i < key.size(); ++i) {
      const TypeFact& type = outputs[static_cast<std::size_t>(key[i])].kind;
      if (!type.comparable || type.array) {
        all = false;
      } else if (kept.values.size() + kept.outputs.size() >= most_key_columns) {
        // Some of them part the rows finely enough, and there are indexes of no more.
        all = false;
      } else if (candidate.outputs.empty()) {
        kept.values.push_back(candidate.values[i]);
      } else {
        kept.outputs.push_back(candidate.outputs[i]);
      }
    }
    if (!all) candidate = std::move(kept);
    return all;
  }

  // From which references do join conditions lead to all columns of the key at all? From the others no way need be
  // looked for.
  static std::vector<bool> connected_with(const QueryGraph& graph, const std::vector<int>& key) {
    std::vector<bool> out(graph.references.size(), true);
    for (const int output : key) {
      each<const Expr>(*graph.outputs[static_cast<std::size_t>(output)], [&](const Expr& node) {
        if (!node.as<ColumnRef>() || !column_of(node, graph)) return;
        std::set<int> components;
        for (const int one : suppliers(graph, node)) components.insert(graph.components[static_cast<std::size_t>(one)]);
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = out[i] && components.contains(graph.components[i]);
      });
    }
    return out;
  }

  // False where `enough` tables are not reached.
  static bool follow(Shape& out, const std::vector<int>& key, const std::vector<std::vector<bool>>& connected,
                     std::size_t enough) {
    for (std::size_t number = 0; number < out.graphs->size(); ++number) {
      const QueryGraph& graph = (*out.graphs)[number];
      for (std::size_t i = 0; i < graph.references.size(); ++i) {
        const TableReference& reference = graph.references[i];
        Entry& entry = entry_of(out, reference);
        note_relevant(entry, reference);
        if (key.empty()) {
          entry.everything = true;
          continue;
        }
        auto path =
            connected[number][i] ? find_path(graph, static_cast<int>(number), static_cast<int>(i), key) : std::nullopt;
        if (path) {
          for (const std::string& column : path->columns) {
            if (std::find(entry.columns.begin(), entry.columns.end(), column) == entry.columns.end())
              entry.columns.push_back(column);
          }
          entry.paths.push_back(std::move(*path));
        } else {
          out.unreached.push_back(&reference);
          if (out.unreached.size() >= enough) return false;
        }
      }
    }
    return true;
  }

  static Entry& entry_of(Shape& out, const TableReference& reference) {
    const auto known = std::find_if(out.entries.begin(), out.entries.end(),
                                    [&](const Entry& entry) { return entry.ref == reference.ref; });
    if (known != out.entries.end()) return *known;
    Entry entry;
    entry.ref = reference.ref;
    entry.table = reference.table;
    out.entries.push_back(std::move(entry));
    return out.entries.back();
  }

  static void note_relevant(Entry& entry, const TableReference& reference) {
    // A row of a partition may leave it, or come into it, by any column.
    const bool any = reference.whole_row || !reference.table->ancestors.empty();
    for (const ColumnFact& fact : reference.table->columns) {
      const bool read = any || reference.used.contains(fact.name);
      if (read && std::find(entry.relevant.begin(), entry.relevant.end(), fact.name) == entry.relevant.end())
        entry.relevant.push_back(fact.name);
    }
  }

  const Select& query_;
  const Facts& facts_;
  std::deque<Keyed> keyed_;
  std::optional<std::vector<Target>> wide_;
};

}  // namespace

KeyColumn key_column(const std::vector<QueryGraph>& graphs, const std::vector<ColumnFact>& outputs, int output) {
  const auto at = static_cast<std::size_t>(output);
  KeyColumn out;
  out.output = output;
  out.name = outputs[at].name;
  out.type = outputs[at].type;
  out.kind = outputs[at].kind;
  out.bounded = outputs[at].bounded || std::all_of(graphs.begin(), graphs.end(), [&](const QueryGraph& one) {
                  return one.outputs[at] && bounded(one, *one.outputs[at]);
                });
  out.nullable = !std::all_of(graphs.begin(), graphs.end(), [&](const QueryGraph& one) {
    return one.outputs[at] && never_null(one, *one.outputs[at]);
  });
  return out;
}

namespace {

// Of a changed row in a subquery: how many keys it reaches. Of those in FROM, each row of the result that it is in
// changes anyway.
double keys_reached(const Shape& shape) {
  double out = 1;
  for (const Entry& entry : shape.entries) {
    for (const KeyPath& path : entry.paths) {
      const QueryGraph& graph = (*shape.graphs)[static_cast<std::size_t>(path.graph)];
      if (!graph.references[static_cast<std::size_t>(path.reference)].top) out = std::max(out, path.fan_out);
    }
  }
  return out;
}

// In rows; a key by itself costs its locks and look-ups.
double cost(const Shape& shape) {
  constexpr double key_itself = 10;
  return keys_reached(shape) * (key_itself + rows_per_key(shape).value_or(0));
}

}  // namespace

std::optional<Shape> find_shape(const Select& query, const Facts& facts, std::vector<Blocker>& blockers) {
  constexpr double many_keys = 3;
  constexpr double much_cheaper = 3;
  constexpr int most_tried = 8;
  constexpr std::size_t any = ~std::size_t{0};
  int tried = 0;
  std::optional<Shape> best;
  std::size_t number = 0;  // of the best
  ShapeFinder finder(query, facts);
  const std::vector<KeyCandidate> candidates = key_candidates(query, facts, blockers);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    // Most queries have their key by the first.
    if (i == 1) finder.ask_of_all(candidates);
    const std::size_t enough = best ? std::max<std::size_t>(best->unreached.size(), 1) : any;
    std::optional<Shape> shape = finder.attempt(candidates[i], enough);
    if (!shape) continue;
    const bool cheaper =
        best && candidates[i].outputs.empty() && shape->unreached.empty() && cost(*shape) * much_cheaper < cost(*best);
    if (!best || shape->unreached.size() < best->unreached.size() || cheaper) {
      shape->coarser = best && shape->unreached.size() >= best->unreached.size();
      best = std::move(shape);
      number = i;
    }
    // A finer key is better, unless a change reaches many of it at once.
    if (best->unreached.empty() && (keys_reached(*best) < many_keys || ++tried == most_tried)) break;
  }
  if (best && number > 0) {
    const bool coarser = best->coarser;
    finder.ask_of_each();
    best = finder.attempt(candidates[number], any);
    if (best) best->coarser = coarser;
  }
  if (!best && blockers.empty())
    blockers.push_back({"no column of its result can be followed back to the rows of its tables"});
  return best;
}

int joined_at_once(const Shape& shape) {
  std::size_t out = 1;
  for (const QueryGraph& one : *shape.graphs) out = std::max(out, one.references.size());
  return static_cast<int>(out);
}

}  // namespace pgvista::ivm
