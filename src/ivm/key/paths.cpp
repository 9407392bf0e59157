#include "ivm/key/paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "sql/known_types.hpp"
#include "sql/make.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;

std::string base_type(const std::string& type) { return type.substr(0, type.find('(')); }

std::string range_end(const std::string& column) { return "pgv_to_" + column; }

namespace {

// Slots come in sixteens: one for each lane of a value.
Expr slot_of(Exprs values, std::int32_t seed) {
  const Expr hash = make::call("hash_record_extended", {make::row(std::move(values)), make::number(seed)});
  return make::op("*", make::op("&", hash, make::number(65535)), make::number(16));
}

// All arguments of COALESCE are one class: whichever is there gives the value.
int coalesced_class(const Expr& expression, const QueryGraph& graph) {
  const auto* coalesce = expression.as<Coalesce>();
  if (!coalesce) return -1;
  int number = -1;
  for (const Expr& argument : coalesce->arguments) {
    const auto member = column_of(argument, graph);
    const int own = member ? graph.class_of(*member) : -1;
    if (own < 0 || (number >= 0 && own != number)) return -1;
    number = own;
  }
  return number;
}

class Finder {
 public:
  Finder(const QueryGraph& graph, int number, int reference, std::vector<int> keys)
      : graph_(graph), keys_(std::move(keys)) {
    path_.graph = number;
    path_.reference = reference;
    reached_.insert(reference);
  }

  std::optional<KeyPath> run() {
    path_.text = at(path_.reference).table->name.display();
    for (const int key : keys_) {
      if (!graph_.outputs[static_cast<std::size_t>(key)]) return std::nullopt;
      while (!value(*graph_.outputs[static_cast<std::size_t>(key)])) {
        if (!approach(*graph_.outputs[static_cast<std::size_t>(key)])) return std::nullopt;
      }
    }
    own_locks();
    lock_ways();
    write_keys();
    path_.text += " → key";
    note_columns();
    // Rows are handed on as arrays, which cannot hold arrays.
    for (const std::string& name : path_.columns) {
      if (at(path_.reference).table->column(name)->kind.array) return std::nullopt;
    }
    return std::move(path_);
  }

 private:
  const TableReference& at(int i) const { return graph_.references[static_cast<std::size_t>(i)]; }

  // --- values
  // ---------------------------------------------------------------------------------------------------------

  // The changed row's own value first, which is always there; then those of rows that cannot be missing; the nearest
  // first.
  int doubt(int reference) const {
    if (reference == path_.reference) return 0;
    const auto hop =
        std::find_if(path_.hops.begin(), path_.hops.end(), [&](const Hop& one) { return one.reference == reference; }) -
        path_.hops.begin();
    return 1 + static_cast<int>(hop) + (at(reference).nullable ? static_cast<int>(graph_.references.size()) : 0);
  }

  std::optional<Expr> value(const Column& member) const {
    const int number = graph_.class_of(member);
    const std::vector<Column> mates =
        number < 0 ? std::vector<Column>{} : graph_.equivalence_classes[static_cast<std::size_t>(number)];
    const Column* best = reached_.contains(member.reference) ? &member : nullptr;
    for (const Column& mate : mates) {
      if (reached_.contains(mate.reference) && (!best || doubt(mate.reference) < doubt(best->reference))) best = &mate;
    }
    if (!best) return std::nullopt;
    return column(at(best->reference).alias, best->column);
  }

  std::optional<Expr> value(const Expr& expression) const {
    if (const int number = coalesced_class(expression, graph_); number >= 0)
      return value(graph_.equivalence_classes[static_cast<std::size_t>(number)].front());
    Expr copy = expression;
    bool missing = false;
    replace(copy, missing);
    return missing ? std::nullopt : std::optional(std::move(copy));
  }

  void replace(Node node, bool& missing) const {
    if (auto* expression = node.as<Expr>(); expression && expression->as<ColumnRef>()) {
      const auto member = column_of(*expression, graph_);
      const auto found = member ? value(*member) : std::nullopt;
      if (found) *expression = *found;
      missing |= !found;
      return;
    }
    for_each_child(node, [&](Node child) { replace(child, missing); });
  }

  std::set<int> places_wanted(const Expr& expression) const {
    std::set<int> out;
    const auto add = [&](const Column& member) {
      out.insert(member.reference);
      if (const int number = graph_.class_of(member); number >= 0) {
        for (const Column& mate : graph_.equivalence_classes[static_cast<std::size_t>(number)])
          out.insert(mate.reference);
      }
    };
    each<const Expr>(expression, [&](const Expr& node) {
      if (const auto member = column_of(node, graph_); member && !value(*member)) add(*member);
    });
    return out;
  }

  // --- hops
  // -----------------------------------------------------------------------------------------------------------

  std::vector<int> neighbours(const std::set<int>& from) const {
    std::vector<int> out;
    const auto add = [&](int i) {
      if (!from.contains(i) && std::find(out.begin(), out.end(), i) == out.end()) out.push_back(i);
    };
    for (const auto& group : graph_.equivalence_classes) {
      const bool touches = std::any_of(group.begin(), group.end(),
                                       [&](const Column& member) { return from.contains(member.reference); });
      for (const Column& member : group) {
        if (touches) add(member.reference);
      }
    }
    for (const Predicate& predicate : graph_.predicates) {
      if (predicate.threshold >= 0 && predicate.threshold != path_.reference) continue;
      std::vector<int> beyond;
      for (const int i : predicate.references) {
        if (!from.contains(i)) beyond.push_back(i);
      }
      if (beyond.size() == 1 && predicate.references.size() > 1) add(beyond.front());
    }
    return out;
  }

  // Breadth first to the nearest reference that gives a missing value; equalities before other predicates.
  bool approach(const Expr& expression) {
    const std::set<int> wanted = places_wanted(expression);
    std::map<int, int> parent;
    std::set<int> seen = reached_;
    std::vector<int> layer(reached_.begin(), reached_.end());
    while (!layer.empty()) {
      std::vector<int> next;
      for (const int from : layer) {
        std::set<int> known = reached_;
        for (int i = from; parent.contains(i); i = parent[i]) known.insert(i);
        known.insert(from);
        for (const int to : neighbours(known)) {
          if (!seen.insert(to).second) continue;
          parent[to] = from;
          next.push_back(to);
        }
      }
      for (const int to : next) {
        if (!wanted.contains(to)) continue;
        std::vector<int> hops;
        for (int i = to; !reached_.contains(i); i = parent[i]) hops.push_back(i);
        for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) enter(*hop);
        return true;
      }
      layer = std::move(next);
    }
    return false;
  }

  void enter(int to) {
    Exprs conditions;
    const TableReference& reference = at(to);
    std::string by;
    double rows = std::max(reference.table->rows, 1.0);
    for (std::size_t number = 0; number < graph_.equivalence_classes.size(); ++number) {
      for (const Column& member : graph_.equivalence_classes[number]) {
        if (member.reference != to) continue;
        const auto known = value(member);
        if (!known) continue;
        conditions.push_back(make::op("=", column(reference.alias, member.column), *known));
        ways_.push_back({static_cast<int>(number), *known, reference.table->unique(member.column)});
        path_.lookups.emplace_back(reference.table, member.column);
        rows = std::min(rows, rows_of_value(*reference.table, member.column));
        if (by.empty()) by = member.column;
        break;
      }
    }
    reached_.insert(to);
    path_.fan_out *= rows;
    for (std::size_t i = 0; i < graph_.predicates.size(); ++i) {
      const Predicate& predicate = graph_.predicates[i];
      const bool complete =
          predicate.references.contains(to) && std::all_of(predicate.references.begin(), predicate.references.end(),
                                                           [&](int one) { return reached_.contains(one); });
      const bool shown = predicate.threshold >= 0;  // it chooses no rows
      if (!complete || (shown && predicate.threshold != path_.reference)) continue;
      path_.compares = true;
      const auto range = range_between(predicate, reference);
      if (range || !shown) conditions.push_back(range ? *range : predicate.condition);
      ways_.push_back({static_cast<int>(i), std::nullopt, false});
    }
    path_.hops.push_back({to, make::all_of(conditions)});
    path_.text += fmt::format(" → {}{}", reference.table->name.display(), by.empty() ? std::string{} : " (" + by + ")");
  }

  // x > threshold, where the threshold is in the one row that changed: other rows than those between its old and its
  // new value are as they were.
  std::optional<Expr> range_between(const Predicate& predicate, const TableReference& to) {
    static const std::set<std::string> ordered = {"<", "<=", ">", ">="};
    const auto* op = predicate.condition.as<Operator>();
    if (!at(path_.reference).table->one_row || !op || !op->left || op->name.size() != 1 ||
        !(ordered.contains(op->name.back()) || predicate.threshold >= 0))
      return std::nullopt;
    const auto own = [&](const Expr& side) {
      const auto member = column_of(side, graph_);
      return member && member->reference == path_.reference && graph_.class_of(*member) < 0 ? member : std::nullopt;
    };
    const auto right = own(*op->right);
    const auto threshold = right ? right : own(*op->left);
    const Expr& value = right ? *op->left : *op->right;
    if (!threshold || !has_own_order(*at(path_.reference).table->column(threshold->column)) ||
        references_of(value, graph_).contains(path_.reference))
      return std::nullopt;
    const std::string& alias = at(path_.reference).alias;
    if (std::find(path_.ranges.begin(), path_.ranges.end(), threshold->column) == path_.ranges.end())
      path_.ranges.push_back(threshold->column);
    if (const auto member = column_of(value, graph_); member && at(member->reference).alias == to.alias)
      path_.lookups.emplace_back(to.table, member->column);
    return make::all_of({make::op(">=", value, column(alias, threshold->column)),
                         make::op("<=", value, column(alias, range_end(threshold->column)))});
  }

  // Is there one smallest value, whatever the collation? Not every type that compares has one at all (boolean).
  static bool has_own_order(const ColumnFact& fact) {
    const KnownType* known = known_type(fact.kind.base);
    return known && (known->kind == TypeKind::number || known->kind == TypeKind::moment);
  }

  static double rows_of_value(const TableFact& table, const std::string& name) {
    const ColumnFact* fact = table.column(name);
    if (table.unique(name) || table.rows < 0 || !fact || fact->distinct <= 0) return 1;
    return std::max(table.rows / fact->distinct, 1.0);
  }

  // --- locks
  // ----------------------------------------------------------------------------------------------------------

  // Is the key nothing but a value of this class? Then the key's own lock does what the class's would.
  bool key_is_class(int number) const {
    if (keys_.size() != 1) return false;
    const auto& output = graph_.outputs[static_cast<std::size_t>(keys_.front())];
    if (!output) return false;
    if (const auto member = column_of(*output, graph_))
      return graph_.class_of(*member) == number && !at(member->reference).nullable;
    return coalesced_class(*output, graph_) == number;
  }

  Expr class_hash(int number, const Expr& known) const {
    const auto& group = graph_.equivalence_classes[static_cast<std::size_t>(number)];
    std::set<std::string> families;
    const bool fine = std::all_of(group.begin(), group.end(),
                                  [&](const Column& member) {
                                    const ColumnFact* fact = at(member.reference).table->column(member.column);
                                    if (fact) families.insert(hash_family(fact->kind.base));
                                    return fact && fact->kind.hashable;
                                  }) &&
                      families.size() == 1;
    return slot_of({fine ? known : make::number(1)}, graph_.class_hashes[static_cast<std::size_t>(number)]);
  }

  // Rows that only one side can share a value with may come together: they take one lane of eight. What looks them up,
  // and what changes the row that they all refer to, takes all.
  void class_lock(int number, const Expr& known, bool shared) {
    if (key_is_class(number)) return;
    path_.own_slots &= known.as<ColumnRef>()->parts.front() == at(path_.reference).alias;
    const Expr slot = class_hash(number, known);
    add_slot(make::choose(make::is_not_null(known),
                          shared ? make::array({own_lane(slot)}) : make::call(Name{"pgvista", "all_lanes"}, {slot})));
  }

  void own_locks() {
    for (std::size_t number = 0; number < graph_.equivalence_classes.size(); ++number) {
      for (const Column& member : graph_.equivalence_classes[number]) {
        if (member.reference != path_.reference) continue;
        class_lock(static_cast<int>(number), column(at(member.reference).alias, member.column),
                   !at(member.reference).table->unique(member.column));
      }
    }
    for (std::size_t i = 0; i < graph_.predicates.size(); ++i) {
      if (graph_.predicates[i].references.contains(path_.reference)) predicate_lock(i);
    }
  }

  // Written when the way leads to the key: most that are tried do not.
  void lock_ways() {
    for (const Way& one : ways_) {
      one.known ? class_lock(one.number, *one.known, one.shared) : predicate_lock(static_cast<std::size_t>(one.number));
    }
  }

  // No value to tell one pair of rows from another: one lock for the whole condition. Rows that are compared with one
  // row alone do not wait for each other: they take one lane of eight, and who changes that row takes all.
  void predicate_lock(std::size_t i) {
    const std::set<int>& references = graph_.predicates[i].references;
    std::vector<std::string> tables;
    for (const int one : references) tables.push_back(at(one).table->name.sql());
    std::sort(tables.begin(), tables.end());
    const auto hash = stable_hash("condition " + join(tables, ",")) & 65535U;
    const Expr slot = make::cast(make::number(static_cast<long long>(hash) * 16), "int8");
    const bool one_row = references.size() == 2 && std::any_of(references.begin(), references.end(),
                                                               [&](int one) { return at(one).table->one_row; });
    if (!one_row) return add_slot(make::array({slot}));
    add_slot(at(path_.reference).table->one_row ? make::call(Name{"pgvista", "all_lanes"}, {slot})
                                                : make::array({own_lane(slot)}));
  }

  static Expr own_lane(const Expr& slot) {
    const Expr lane = make::op("&", make::call("pg_backend_pid"), make::number(7));
    return make::chain("+", {slot, make::number(1), lane});
  }

  void add_slot(Expr slot) {
    if (std::find(path_.slots.begin(), path_.slots.end(), slot) == path_.slots.end())
      path_.slots.push_back(std::move(slot));
  }

  // --- the key
  // --------------------------------------------------------------------------------------------------------

  void write_keys() {
    std::set<int> nullable;
    for (const int key : keys_) {
      const Expr& output = *graph_.outputs[static_cast<std::size_t>(key)];
      if (coalesced_class(output, graph_) >= 0) continue;
      for (const int one : references_of(output, graph_)) {
        if (at(one).nullable) nullable.insert(one);
      }
    }
    const std::vector<int> sides(nullable.begin(), nullable.end());
    const std::size_t combinations = std::size_t{1} << std::min<std::size_t>(sides.size(), 6);
    for (std::size_t mask = 0; mask < combinations; ++mask) {
      std::set<int> absent;
      for (std::size_t i = 0; i < sides.size() && i < 6; ++i) {
        if ((mask >> i) & 1U) absent.insert(sides[i]);
      }
      Exprs key;
      for (const int one : keys_)
        key.push_back(*value(without(*graph_.outputs[static_cast<std::size_t>(one)], absent)));
      if (std::find(path_.keys.begin(), path_.keys.end(), key) == path_.keys.end())
        path_.keys.push_back(std::move(key));
    }
  }

  Expr without(Expr expression, const std::set<int>& absent) const {
    if (absent.empty()) return expression;
    null_absent(expression, absent);
    return expression;
  }

  void null_absent(Node node, const std::set<int>& absent) const {
    if (auto* expression = node.as<Expr>()) {
      if (const auto member = column_of(*expression, graph_); member && absent.contains(member->reference)) {
        // A NULL of the column's own type.
        const Expr value = column(at(member->reference).alias, member->column);
        *expression = Expr{NullIf{value, value, {}}};
        return;
      }
    }
    for_each_child(node, [&](Node child) { null_absent(child, absent); });
  }

  // The columns of the changed rows that anything above names.
  void note_columns() {
    std::set<std::string> named;
    const auto read = [&](const Expr& expression) {
      each<const ColumnRef>(expression, [&](const ColumnRef& ref) {
        if (ref.parts.size() == 2 && ref.parts[0] == at(path_.reference).alias) named.insert(ref.parts[1]);
      });
    };
    for (const Hop& hop : path_.hops) read(hop.condition);
    for (const Expr& slot : path_.slots) read(slot);
    for (const Exprs& key : path_.keys) {
      for (const Expr& one : key) read(one);
    }
    for (const ColumnFact& fact : at(path_.reference).table->columns) {
      if (named.contains(fact.name)) path_.columns.push_back(fact.name);
    }
  }

  // What a hop goes by: an equivalence class and the value of it, or a predicate.
  struct Way {
    int number = 0;
    std::optional<Expr> known;
    bool shared = false;
  };

  const QueryGraph& graph_;
  std::vector<int> keys_;
  std::set<int> reached_;
  std::vector<Way> ways_;
  KeyPath path_;
};

}  // namespace

std::optional<KeyPath> find_path(const QueryGraph& graph, int number, int reference, const std::vector<int>& keys) {
  return Finder(graph, number, reference, keys).run();
}

std::set<int> suppliers(const QueryGraph& graph, const Expr& expression) {
  const auto mates = [&](int number) {
    std::set<int> out;
    for (const Column& member : graph.equivalence_classes[static_cast<std::size_t>(number)])
      out.insert(member.reference);
    return out;
  };
  if (const int number = coalesced_class(expression, graph); number >= 0) return mates(number);
  std::set<int> out;
  for (std::size_t i = 0; i < graph.references.size(); ++i) out.insert(static_cast<int>(i));
  each<const Expr>(expression, [&](const Expr& node) {
    if (out.empty() || !node.as<ColumnRef>()) return;
    const auto member = column_of(node, graph);
    const int number = member ? graph.class_of(*member) : -1;
    const std::set<int> own = number >= 0 ? mates(number) : member ? std::set{member->reference} : std::set<int>{};
    std::erase_if(out, [&](int one) { return !own.contains(one); });
  });
  return out;
}

FromItem joined(const QueryGraph& graph, const KeyPath& path, FromItem changed) {
  for (const Hop& hop : path.hops) {
    const TableReference& reference = graph.references[static_cast<std::size_t>(hop.reference)];
    TableRef table = make::table(reference.table->name, reference.alias);
    table.only = reference.ref->only;
    changed = make::join(Join::Type::left, std::move(changed), std::move(table), hop.condition);
  }
  return changed;
}

Expr reached(const QueryGraph& graph, const KeyPath& path) {
  Exprs out;
  for (const Hop& hop : path.hops) {
    // Where the query would put NULLs for a row that is not there, so does the path.
    const TableReference& reference = graph.references[static_cast<std::size_t>(hop.reference)];
    if (!reference.nullable) out.push_back(make::is_not_null(column(reference.alias, "tableoid")));
  }
  return make::all_of(out);
}

Expr key_slot(Exprs values) {
  if (values.empty()) values.push_back(make::number(1));
  return slot_of(std::move(values), 0);
}

// Values that look alike are told by their text; where equal ones may look different and cannot be hashed, all are
// taken for one.
Expr hashed_value(const TypeFact& type, Expr value) {
  if (type.hashable) return value;
  return type.forms ? make::number(1) : make::cast(std::move(value), "text");
}

}  // namespace pgvista::ivm
