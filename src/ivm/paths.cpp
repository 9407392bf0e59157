#include "ivm/paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "sql/print.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;

std::string base_type(const std::string& type) { return type.substr(0, type.find('(')); }

namespace {

// Types whose equal values have equal hashes.
std::string hash_family(const TypeFact& type) {
  const std::string& base = type.base;
  if (base == "smallint" || base == "integer" || base == "bigint") return "integer";
  if (base == "text" || base == "character varying") return "text";
  if (base == "real" || base == "double precision") return "float";
  return base;
}

class Finder {
 public:
  Finder(const Skeleton& skeleton, int number, int occurrence, std::vector<int> keys)
      : skeleton_(skeleton), keys_(std::move(keys)) {
    path_.skeleton = number;
    path_.occurrence = occurrence;
    reached_.insert(occurrence);
  }

  bool gives(const Expr& expression) const { return value(expression).has_value(); }

  std::optional<Path> run() {
    own_locks();
    path_.text = at(path_.occurrence).table->name.display();
    for (const int key : keys_) {
      if (!skeleton_.outputs[static_cast<std::size_t>(key)]) return std::nullopt;
      while (!value(*skeleton_.outputs[static_cast<std::size_t>(key)])) {
        if (!approach(*skeleton_.outputs[static_cast<std::size_t>(key)])) return std::nullopt;
      }
    }
    write_keys();
    path_.text += " → key";
    note_columns();
    // Rows are handed on as arrays, which cannot hold arrays.
    for (const std::string& name : path_.columns) {
      if (at(path_.occurrence).table->column(name)->kind.array) return std::nullopt;
    }
    return std::move(path_);
  }

 private:
  const Occurrence& at(int i) const { return skeleton_.occurrences[static_cast<std::size_t>(i)]; }

  // --- values
  // ---------------------------------------------------------------------------------------------------------

  // The changed row's own value first, which is always there; then those of rows that cannot be missing; the nearest
  // first.
  int doubt(int occurrence) const {
    if (occurrence == path_.occurrence) return 0;
    const auto hop = std::find(path_.hops.begin(), path_.hops.end(), occurrence) - path_.hops.begin();
    return 1 + static_cast<int>(hop) + (at(occurrence).nullable ? static_cast<int>(skeleton_.occurrences.size()) : 0);
  }

  std::optional<Expr> value(const Place& place) const {
    const int number = skeleton_.class_of(place);
    const std::vector<Place> mates =
        number < 0 ? std::vector<Place>{} : skeleton_.classes[static_cast<std::size_t>(number)];
    const Place* best = reached_.contains(place.occurrence) ? &place : nullptr;
    for (const Place& mate : mates) {
      if (reached_.contains(mate.occurrence) && (!best || doubt(mate.occurrence) < doubt(best->occurrence)))
        best = &mate;
    }
    if (!best) return std::nullopt;
    return column(at(best->occurrence).alias, best->column);
  }

  // All arguments of COALESCE are one class: whichever is there gives the value.
  int coalesced_class(const Expr& expression) const {
    const auto* coalesce = expression.as<Coalesce>();
    if (!coalesce) return -1;
    int number = -1;
    for (const Expr& argument : coalesce->arguments) {
      const auto place = place_of(argument, skeleton_);
      const int own = place ? skeleton_.class_of(*place) : -1;
      if (own < 0 || (number >= 0 && own != number)) return -1;
      number = own;
    }
    return number;
  }

  std::optional<Expr> value(const Expr& expression) const {
    if (const int number = coalesced_class(expression); number >= 0)
      return value(skeleton_.classes[static_cast<std::size_t>(number)].front());
    Expr copy = expression;
    bool missing = false;
    replace(copy, missing);
    return missing ? std::nullopt : std::optional(std::move(copy));
  }

  template <class T>
  void replace(T& node, bool& missing) const {
    if constexpr (std::is_same_v<T, Expr>) {
      if (node.template as<ColumnRef>()) {
        const auto place = place_of(node, skeleton_);
        const auto found = place ? value(*place) : std::nullopt;
        if (found) {
          node = *found;
        } else {
          missing = true;
        }
        return;
      }
    }
    for_each_child(node, [&](auto& child) { this->replace(child, missing); });
  }

  std::set<int> places_wanted(const Expr& expression) const {
    std::set<int> out;
    const auto add = [&](const Place& place) {
      out.insert(place.occurrence);
      if (const int number = skeleton_.class_of(place); number >= 0) {
        for (const Place& mate : skeleton_.classes[static_cast<std::size_t>(number)]) out.insert(mate.occurrence);
      }
    };
    walk(expression, [&](const auto& node) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(node)>, Expr>) {
        if (const auto place = place_of(node, skeleton_); place && !value(*place)) add(*place);
      }
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
    for (const auto& group : skeleton_.classes) {
      const bool touches =
          std::any_of(group.begin(), group.end(), [&](const Place& place) { return from.contains(place.occurrence); });
      for (const Place& place : group) {
        if (touches) add(place.occurrence);
      }
    }
    for (const Predicate& predicate : skeleton_.predicates) {
      std::vector<int> beyond;
      for (const int i : predicate.occurrences) {
        if (!from.contains(i)) beyond.push_back(i);
      }
      if (beyond.size() == 1 && predicate.occurrences.size() > 1) add(beyond.front());
    }
    return out;
  }

  // Breadth first to the nearest occurrence that gives a missing value; equalities before other predicates.
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
    std::vector<std::string> conditions;
    const Occurrence& occurrence = at(to);
    std::string by;
    for (std::size_t number = 0; number < skeleton_.classes.size(); ++number) {
      for (const Place& place : skeleton_.classes[number]) {
        if (place.occurrence != to) continue;
        const auto known = value(place);
        if (!known) continue;
        conditions.push_back(fmt::format("{} = {}", print(column(occurrence.alias, place.column)), print(*known)));
        class_lock(static_cast<int>(number), *known, occurrence.table->unique(place.column));
        path_.lookups.emplace_back(occurrence.table, place.column);
        if (by.empty()) by = place.column;
        break;
      }
    }
    reached_.insert(to);
    for (std::size_t i = 0; i < skeleton_.predicates.size(); ++i) {
      const Predicate& predicate = skeleton_.predicates[i];
      const bool complete =
          predicate.occurrences.contains(to) && std::all_of(predicate.occurrences.begin(), predicate.occurrences.end(),
                                                            [&](int one) { return reached_.contains(one); });
      if (!complete) continue;
      conditions.push_back(print(predicate.condition));
      predicate_lock(i);
    }
    path_.joins += fmt::format("\n      LEFT JOIN {}{} AS {} ON {}", occurrence.ref->only ? "ONLY " : "",
                               occurrence.table->name.sql(), occurrence.alias, join(conditions, " AND "));
    // Where the query would put NULLs for a row that is not there, so does the path.
    if (!occurrence.nullable)
      path_.reached += fmt::format("{}{}.tableoid IS NOT NULL", path_.reached.empty() ? "" : " AND ", occurrence.alias);
    path_.hops.push_back(to);
    path_.text +=
        fmt::format(" → {}{}", occurrence.table->name.display(), by.empty() ? std::string{} : " (" + by + ")");
  }

  // --- locks
  // ----------------------------------------------------------------------------------------------------------

  // Is the key nothing but a value of this class? Then the key's own lock does what the class's would.
  bool key_is_class(int number) const {
    if (keys_.size() != 1) return false;
    const auto& output = skeleton_.outputs[static_cast<std::size_t>(keys_.front())];
    if (!output) return false;
    if (const auto place = place_of(*output, skeleton_))
      return skeleton_.class_of(*place) == number && !at(place->occurrence).nullable;
    return coalesced_class(*output) == number;
  }

  std::string domain(int number) const {
    std::vector<std::string> names;
    for (const Place& place : skeleton_.classes[static_cast<std::size_t>(number)])
      names.push_back(at(place.occurrence).table->name.sql() + "." + place.column);
    std::sort(names.begin(), names.end());
    return std::to_string(static_cast<std::int32_t>(stable_hash("class " + join(names, "="))));
  }

  std::string class_hash(int number, const std::string& known) const {
    const auto& group = skeleton_.classes[static_cast<std::size_t>(number)];
    std::set<std::string> families;
    const bool fine = std::all_of(group.begin(), group.end(),
                                  [&](const Place& place) {
                                    const ColumnFact* fact = at(place.occurrence).table->column(place.column);
                                    if (fact) families.insert(hash_family(fact->kind));
                                    return fact && fact->kind.hashable;
                                  }) &&
                      families.size() == 1;
    const std::string value = fine ? known : "1";
    return fmt::format("(pg_catalog.hash_record_extended(ROW({}), {}) & 65535) * 16", value, domain(number));
  }

  // Rows that only one side can share a value with may come together: they take one lane of eight. What looks them up,
  // and what changes the row that they all refer to, takes all.
  void class_lock(int number, const Expr& value, bool shared) {
    if (key_is_class(number)) return;
    const std::string known = print(value);
    path_.own_slots &= known.starts_with(at(path_.occurrence).alias + ".");
    const std::string slot = class_hash(number, known);
    const std::string lanes = shared ? fmt::format("ARRAY[{} + 1 + (pg_catalog.pg_backend_pid() & 7)]", slot)
                                     : fmt::format("pgvista.all_lanes({})", slot);
    add_slot(fmt::format("CASE WHEN {} IS NOT NULL THEN {} END", known, lanes));
  }

  void own_locks() {
    for (std::size_t number = 0; number < skeleton_.classes.size(); ++number) {
      for (const Place& place : skeleton_.classes[number]) {
        if (place.occurrence != path_.occurrence) continue;
        class_lock(static_cast<int>(number), column(at(place.occurrence).alias, place.column),
                   !at(place.occurrence).table->unique(place.column));
      }
    }
    for (std::size_t i = 0; i < skeleton_.predicates.size(); ++i) {
      if (skeleton_.predicates[i].occurrences.contains(path_.occurrence)) predicate_lock(i);
    }
  }

  // No value to tell one pair of rows from another: one lock for the whole condition.
  void predicate_lock(std::size_t i) {
    std::vector<std::string> tables;
    for (const int one : skeleton_.predicates[i].occurrences) tables.push_back(at(one).table->name.sql());
    std::sort(tables.begin(), tables.end());
    const auto hash = stable_hash("condition " + join(tables, ",")) & 65535U;
    add_slot(fmt::format("ARRAY[{}::bigint]", hash * 16));
  }

  void add_slot(std::string slot) {
    if (std::find(path_.slots.begin(), path_.slots.end(), slot) == path_.slots.end())
      path_.slots.push_back(std::move(slot));
  }

  // --- the key
  // --------------------------------------------------------------------------------------------------------

  void write_keys() {
    std::set<int> nullable;
    for (const int key : keys_) {
      const Expr& output = *skeleton_.outputs[static_cast<std::size_t>(key)];
      if (coalesced_class(output) >= 0) continue;
      for (const int one : occurrences_of(output, skeleton_)) {
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
      std::vector<std::string> key;
      for (const int one : keys_)
        key.push_back(print(*value(without(*skeleton_.outputs[static_cast<std::size_t>(one)], absent))));
      if (std::find(path_.keys.begin(), path_.keys.end(), key) == path_.keys.end())
        path_.keys.push_back(std::move(key));
    }
  }

  Expr without(Expr expression, const std::set<int>& absent) const {
    if (absent.empty()) return expression;
    const auto visit = [&](const auto& self, auto& node) -> void {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(node)>, Expr>) {
        if (const auto place = place_of(node, skeleton_); place && absent.contains(place->occurrence)) {
          // A NULL of the column's own type.
          node = Expr{NullIf{column(at(place->occurrence).alias, place->column),
                             column(at(place->occurrence).alias, place->column),
                             {}}};
          return;
        }
      }
      for_each_child(node, [&](auto& child) { self(self, child); });
    };
    visit(visit, expression);
    return expression;
  }

  // The columns of the changed rows that anything above names.
  void note_columns() {
    const std::string prefix = at(path_.occurrence).alias + ".";
    std::string all = path_.joins + " " + join(path_.slots, " ");
    for (const auto& key : path_.keys) all += " " + join(key, " ");
    for (const ColumnFact& fact : at(path_.occurrence).table->columns) {
      const std::string name = prefix + quote_identifier(fact.name);
      for (std::size_t found = all.find(name); found != std::string::npos; found = all.find(name, found + 1)) {
        const bool starts =
            found == 0 || (!std::isalnum(static_cast<unsigned char>(all[found - 1])) && all[found - 1] != '_');
        const std::size_t end = found + name.size();
        const bool ends = end >= all.size() ||
                          (!std::isalnum(static_cast<unsigned char>(all[end])) && all[end] != '_' && all[end] != '$');
        if (!starts || !ends) continue;
        path_.columns.push_back(fact.name);
        break;
      }
    }
  }

  const Skeleton& skeleton_;
  std::vector<int> keys_;
  std::set<int> reached_;
  Path path_;
};

}  // namespace

std::optional<Path> find_path(const Skeleton& skeleton, int number, int occurrence, const std::vector<int>& keys) {
  return Finder(skeleton, number, occurrence, keys).run();
}

std::set<int> suppliers(const Skeleton& skeleton, const Expr& expression) {
  std::set<int> out;
  for (std::size_t i = 0; i < skeleton.occurrences.size(); ++i) {
    if (Finder(skeleton, 0, static_cast<int>(i), {}).gives(expression)) out.insert(static_cast<int>(i));
  }
  return out;
}

std::string key_slot(const std::vector<std::string>& values) {
  return fmt::format("(pg_catalog.hash_record_extended(ROW({}), 0) & 65535) * 16",
                     values.empty() ? "1" : join(values, ", "));
}

// Values that look alike are told by their text; where equal ones may look different and cannot be hashed, all are
// taken for one.
std::string hashed_value(const TypeFact& type, const std::string& value) {
  if (type.hashable) return value;
  return type.forms ? "1" : fmt::format("({})::pg_catalog.text", value);
}

}  // namespace pgvista::ivm
