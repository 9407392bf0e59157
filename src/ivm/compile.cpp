#include "ivm/compile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "analyze/dependencies.hpp"
#include "base/text.hpp"
#include "ivm/algebraic.hpp"
#include "ivm/queue.hpp"
#include "ivm/recompute.hpp"
#include "ivm/sound.hpp"
#include "ivm/tail.hpp"
#include "parse/parse.hpp"
#include "sql/index.hpp"
#include "sql/print.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;

namespace {

constexpr int most_parts = 8;
constexpr std::size_t most_columns_to_key = 90;  // each is a parameter of a function, which may have a hundred

std::size_t columns_to_key(const Shape& shape) {
  std::size_t out = 0;
  for (const Entry& entry : shape.entries) out += entry.columns.size();
  return out;
}

int number_of(const Select& query, const Select* wanted) {
  int at = 0;
  int found = -1;
  each<const Select>(query, [&](const Select& one) {
    if (&one == wanted) found = at;
    ++at;
  });
  return found;
}

// Of all that the program is compiled from.
std::string hash_of(const Request& request) {
  return stable_hash_hex(fmt::format("{} {} {} {} {} {}", generation, request.view.sql(),
                                     static_cast<int>(request.mode), request.salt, request.facts, print(request.query)),
                         8);
}

class Compiling {
 public:
  Compiling(const Request& request, Facts facts) : request_(request), facts_(std::move(facts)) {}

  Program run() {
    const std::string name = request_.name.empty() ? request_.view.name + "_" + hash_of(request_) : request_.name;
    top_ = shorten_identifier(name);
    Program out = with_parts(name);
    if (out.blockers.empty()) add_sound_function(out);
    if (request_.mode == Maintenance::deferred && out.blockers.empty()) add_waits_function(out);
    return out;
  }

 private:
  Program with_parts(const std::string& base) {
    Program program;
    program.name = shorten_identifier(base);
    program.settings = facts_.settings;
    program.catches = request_.catches;
    program.stale_reads = request_.stale_reads;
    program.strategy = "full";
    Select query = normalize(request_.query, facts_, program.blockers);
    if (!program.blockers.empty()) return program;
    Tail tail = split_tail(std::move(query), request_.outputs, facts_);
    check_tables(tail.query, program);
    check_names(program);
    if (program.blockers.empty()) {
      for (const std::string& one : unstable_calls(tail.query, facts_)) program.blockers.push_back({one, -1});
    }
    spell_out_grouping_sets(tail.query, facts_, program.blockers);
    if (!program.blockers.empty()) return program;
    steady(tail.query);
    program.anchor = describable(inlined(request_.query, facts_), facts_);
    program.reasons = tail.reasons;
    Names names{program.name, top_, request_.view.display()};
    const std::string title = fmt::format("{} of {}, kept {}", "Maintenance", request_.view.display(),
                                          request_.mode == Maintenance::immediate   ? "at the end of every statement"
                                          : request_.mode == Maintenance::on_commit ? "at commit"
                                                                                    : "by pgvista watch");
    if (!algebraic(program, names, tail, title)) by_key(program, names, tail, title);
    if (!program.blockers.empty()) return program;
    // In terms of what exists: its parts are not there yet.
    program.stored = describable(std::move(program.stored), facts_);
    add_indexes(program);
    program.row_key = visible_key(program);
    if (request_.notify) add_notification(program);
    program.drop.push_back(fmt::format("DROP TABLE IF EXISTS {}", program.store.sql()));
    return program;
  }

  // After the rows are there, as it is quicker that way.
  void add_indexes(Program& program) const {
    for (std::size_t i = 0; i < request_.indexes.size(); ++i) {
      const schema::IndexDefinition& index = request_.indexes[i];
      const std::string name =
          shorten_identifier(index.name.empty() ? program.name : index.name,
                             fmt::format("_{}_{}", program.name.substr(program.name.rfind('_') + 1), i + 1));
      program.stores.back().finish.push_back(sql::create_index(index, name, program.store));
    }
    if (!request_.storage.empty())
      program.create.push_back(
          fmt::format("ALTER TABLE {} SET {}", program.store.sql(), sql::option_list(request_.storage)));
    program.stores.back().finish.push_back("ANALYZE " + program.store.sql());
  }

  // What readers of the view tell its rows apart by: the maintenance key where it can be seen, or a unique index.
  std::vector<std::string> visible_key(const Program& program) const {
    const auto visible = [&](const std::vector<std::string>& names) {
      return !names.empty() && std::all_of(names.begin(), names.end(), [&](const std::string& name) {
        return std::any_of(request_.outputs.begin(), request_.outputs.end(),
                           [&](const ColumnFact& one) { return one.name == name; });
      });
    };
    if (!request_.key.empty()) return request_.key;
    if (visible(program.key)) return program.key;
    for (const schema::IndexDefinition& index : request_.indexes) {
      std::vector<std::string> names;
      for (const std::string& column : index.columns) names.push_back(column);
      if (index.unique && index.where.empty() && visible(names)) return names;
    }
    return {};
  }

  // One message a transaction, however often its rows change in it: the server leaves out equal ones.
  void add_notification(Program& program) const {
    const std::string store = program.store.sql();
    std::string arguments = sql::quote_literal(request_.view.sql());
    for (const std::string& column : visible_key(program)) arguments += ", " + sql::quote_literal(column);
    const auto trigger = [&](const char* name, const char* event, const char* rows) {
      program.create.push_back(fmt::format(
          "CREATE TRIGGER {} AFTER {} ON {}{} FOR EACH STATEMENT EXECUTE FUNCTION pgvista.notify_change({})", name,
          event, store, rows, arguments));
    };
    trigger("pgvista_notify_insert", "INSERT", " REFERENCING NEW TABLE AS changed");
    trigger("pgvista_notify_update", "UPDATE", " REFERENCING NEW TABLE AS changed");
    trigger("pgvista_notify_delete", "DELETE", " REFERENCING OLD TABLE AS changed");
    trigger("pgvista_notify_truncate", "TRUNCATE", "");
  }

  // Names that hidden columns and variables go by.
  void check_names(Program& program) const {
    for (const ColumnFact& one : request_.outputs) {
      if (one.name.starts_with("pgvista_") || one.name.starts_with("pgv_"))
        program.blockers.push_back(
            {fmt::format("the name \"{}\": columns that begin with pgvista_ or pgv_ are pgvista's own", one.name), -1});
    }
  }

  void check_tables(const Select& query, Program& program) const {
    if (!holds<TableRef>(query)) {
      // What functions read is no table of the query's.
      const std::vector<std::string>& calls = unstable_calls(query, facts_);
      for (const std::string& one : calls) program.blockers.push_back({one, -1});
      if (calls.empty()) program.blockers.push_back({"it reads no table: its rows never change", -1});
      return;
    }
    walk(query, [&](ConstNode node) {
      if (const auto* column = node.as<ColumnRef>()) check_column(*column, program);
      if (const auto* table = node.as<TableRef>()) check_table(*table, program);
    });
  }

  void check_table(const TableRef& ref, Program& program) const {
    const TableFact* fact = facts_.table(ref.schema, ref.name);
    if (!fact) {
      program.blockers.push_back({fmt::format("\"{}\" is not known as a table", ref.name), ref.at.offset});
    } else if (!fact->obstacle.empty()) {
      program.blockers.push_back({fact->obstacle, ref.at.offset});
    }
  }

  // What no trigger tells of a row, and names that variables of ours go by.
  static void check_column(const ColumnRef& ref, Program& program) {
    static const std::set<std::string> system = {"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"};
    if (ref.star || ref.parts.empty()) return;
    const std::string& name = ref.parts.back();
    if (system.contains(name))
      program.blockers.push_back(
          {fmt::format("the system column \"{}\": it changes without the row, and no trigger tells it", name),
           ref.at.offset});
    if (name.starts_with("pgv_"))
      program.blockers.push_back(
          {fmt::format("the column \"{}\": names that begin with pgv_ are pgvista's own", name), ref.at.offset});
  }

  int level_below(const Shape& shape) const {
    int out = 0;
    for (const Entry& entry : shape.entries) {
      if (const auto known = facts_.levels.find(entry.table->name); known != facts_.levels.end())
        out = std::max(out, known->second + 1);
    }
    return out;
  }

  bool algebraic(Program& program, const Names& names, const Tail& tail, const std::string& title) {
    if (request_.recompute_only) return false;
    std::vector<std::string> reasons;
    const bool own_outputs = tail.query.targets.size() == tail.outputs.size();
    auto shape = algebraic_shape(tail.query, own_outputs ? tail.outputs : columns_of(tail.query, facts_), facts_,
                                 indexed_columns(), reasons);
    if (shape && !same_types(*shape)) {
      reasons.emplace_back("not algebraic: a value computed from a group would be of another type");
      shape.reset();
    }
    if (!shape) {
      program.reasons.insert(program.reasons.end(), reasons.begin(), reasons.end());
      return false;
    }
    program.strategy = "algebraic";
    program.level = level_below(shape->shape);
    generate_algebraic(program, names, *shape, facts_, request_.mode, title);
    ComputedColumns computed;
    for (const AlgebraicColumn& one : shape->columns) {
      if (one.at_read) computed[one.column.name] = one.value;
    }
    program.visible = visible_select(tail, program.store, shape->having, std::move(computed));
    describe_tables(program, shape->shape, "algebraic");
    if (shape->extremes) program.reasons.emplace_back("min and max: a row taken away counts its group again");
    if (request_.mode == Maintenance::on_commit && shape->shape.entries.size() > 1)
      program.reasons.emplace_back(
          "on_commit: where a transaction changed several of its tables, the groups concerned are counted again at "
          "commit");
    for (const KeyColumn& column : shape->key) program.key.push_back(column.name);
    return true;
  }

  // Every word of the declared indexes: one of them may be a column.
  std::set<std::string> indexed_columns() const {
    std::set<std::string> out;
    for (const schema::IndexDefinition& index : request_.indexes) {
      for (const std::string& text : index.columns) out.merge(words_of(text));
      for (const std::string& text : index.include) out.insert(text);
      out.merge(words_of(index.where));
    }
    return out;
  }

  static std::set<std::string> words_of(const std::string& text) {
    std::set<std::string> out;
    std::string word;
    const auto end = [&] {
      if (!word.empty()) out.insert({word, lower(word)});
      word.clear();
    };
    for (const char c : text) {
      const bool part =
          std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || static_cast<unsigned char>(c) > 127;
      part ? word += c : (end(), word);
    }
    end();
    return out;
  }

  // What is computed at read is of the type that the query gives.
  bool same_types(const AlgebraicShape& shape) const {
    Select probe = stored_rows(shape);
    Select outer;
    SubqueryRef sub;
    sub.alias.name = "s";
    std::vector<std::string> wanted;
    for (const AlgebraicColumn& one : shape.columns) {
      if (!one.at_read) continue;
      outer.targets.push_back({one.column.name, one.value, {}});
      wanted.push_back(one.column.type);
    }
    if (wanted.empty()) return true;
    sub.query = std::move(probe);
    outer.from.push_back(FromItem{std::move(sub)});
    const std::vector<ColumnFact>& types = columns_of(outer, facts_);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (types[i].type != wanted[i]) return false;
    }
    return true;
  }

  // --- by key
  // ---------------------------------------------------------------------------------------------------------

  void by_key(Program& program, const Names& names, Tail& tail, const std::string& title) {
    Program parts;  // of subqueries that are maintained by themselves
    std::optional<Shape> shape;
    int made = 0;
    for (;; ++made) {
      std::vector<Blocker> blockers;
      shape = find_shape(tail.query, facts_, blockers);
      const auto movable = made < most_parts ? part_to_move(shape, tail.query) : std::nullopt;
      if (!movable && !shape) {
        program.blockers = blockers;
        return;
      }
      if (!movable) break;
      if (!move_out(*movable, tail.query, parts, names, made)) {
        program.blockers = parts.blockers;
        return;
      }
      program.reasons.clear();
      if (shape && shape->key.empty() && algebraic_over_parts(program, names, tail, title, parts)) return;
    }
    for (const Occurrence* one : shape->unreached) {
      if (accept_everything(*shape, *one, program)) continue;
      program.blockers.push_back(
          {fmt::format("no join condition leads from \"{}\" to the key: a change of it could reach any row",
                       one->table->name.display()),
           one->ref->at.offset});
      return;
    }
    if (columns_to_key(*shape) > most_columns_to_key) {
      program.blockers.push_back({"more than 90 columns of its tables lead to the key", -1});
      return;
    }
    program.level = level_below(*shape);
    program.strategy = made > 0 ? "stacked" : "recompute";
    take_parts(program, parts);
    generate_recompute(program, names, *shape, facts_, request_.mode, title);
    program.drop.insert(program.drop.end(), parts.drop.begin(), parts.drop.end());
    program.visible = visible_select(tail, program.store, std::nullopt);
    describe_tables(program, *shape, "recompute");
    for (const KeyColumn& column : shape->key) program.key.push_back(column.name);
    if (shape->key.empty()) program.reasons.emplace_back("one row for the whole table: every change reads all of it");
  }

  static void take_parts(Program& program, const Program& parts) {
    program.stores = parts.stores;
    program.create = parts.create;
    program.captures = parts.captures;
    program.base_tables = parts.base_tables;
    program.whole_rows = parts.whole_rows;
    program.repair = parts.repair;
    program.tables = parts.tables;
    program.takes = parts.takes;
    program.missing_indexes = parts.missing_indexes;
    for (const std::string& reason : parts.reasons) {
      if (std::find(program.reasons.begin(), program.reasons.end(), reason) == program.reasons.end())
        program.reasons.push_back(reason);
    }
  }

  // Over a part that is kept by itself, what was to be read as a whole may only have to be added to.
  bool algebraic_over_parts(Program& program, const Names& names, const Tail& tail, const std::string& title,
                            const Program& parts) {
    Program attempt = program;
    attempt.reasons.clear();
    take_parts(attempt, parts);
    if (!algebraic(attempt, names, tail, title)) return false;
    attempt.strategy = "stacked";
    attempt.drop.insert(attempt.drop.end(), parts.drop.begin(), parts.drop.end());
    program = std::move(attempt);
    return true;
  }

  // The subquery that is to be kept by itself, as its place among the query's SELECTs: one that a table's changes do
  // not get out of, or one that hides the key, or one below a query that is one group as a whole.
  std::optional<int> part_to_move(const std::optional<Shape>& shape, const Select& query) const {
    const auto place = [&](const Select& in, const Occurrence& one) -> std::optional<int> {
      if (!one.block || parts_.contains(one.table->name)) return std::nullopt;
      const int number = number_of(in, one.block);
      return number > 0 ? std::optional(number) : std::nullopt;
    };
    if (shape && shape->unreached.empty() && !shape->key.empty()) return std::nullopt;
    if (shape) {
      for (const Occurrence* one : shape->unreached) {
        if (const auto number = place(*shape->query, *one)) return number;
      }
    }
    const bool only_accepted = shape && !shape->key.empty() &&
                               std::all_of(shape->unreached.begin(), shape->unreached.end(),
                                           [&](const Occurrence* one) { return parts_.contains(one->table->name); });
    if (only_accepted) return std::nullopt;
    for (const Skeleton& skeleton : skeletons(query, facts_)) {
      for (const Occurrence& one : skeleton.occurrences) {
        if (const auto number = place(query, one)) return number;
      }
    }
    return std::nullopt;
  }

  // A change that reaches every row is fine where it is rare by construction, or was asked for by a cross join.
  bool accept_everything(Shape& shape, const Occurrence& one, Program& program) const {
    const bool part = facts_.originals.contains(one.table->name) && parts_.contains(one.table->name);
    if (!part && !one.top) return false;
    for (Entry& entry : shape.entries) {
      if (entry.ref != one.ref) continue;
      entry.everything = true;
    }
    const std::string reason =
        part ? "a subquery without a link to the row outside: when its value changes, all rows are computed again"
             : fmt::format("\"{}\" is joined without an equality: a change of it computes all rows again",
                           one.table->name.display());
    if (std::find(program.reasons.begin(), program.reasons.end(), reason) == program.reasons.end())
      program.reasons.push_back(reason);
    return true;
  }

  // The subquery becomes a maintained store of its own, and is read from there.
  bool move_out(int number, Select& query, Program& parts, const Names& names, int made) {
    Select* inner = nullptr;
    int at = 0;
    each<Select>(query, [&](Select& one) {
      if (at++ == number) inner = &one;
    });
    name_columns(*inner);
    Request request = request_;
    request.indexes.clear();
    request.storage.clear();
    request.query = *inner;
    request.outputs = columns_of(*inner, facts_);
    const std::string base = shorten_identifier(names.base, fmt::format("_part{}", made + 1));
    // The part keeps all columns, so that it stands for the subquery whatever reads it.
    Compiling compiling(request, facts_);
    compiling.parts_ = parts_;
    compiling.top_ = top_;
    Program part = compiling.with_parts(base);
    if (!part.blockers.empty()) {
      parts.blockers = part.blockers;
      return false;
    }
    TableFact fact;
    fact.name = part.store;
    fact.kind = 's';
    fact.part = true;
    facts_.originals[part.store] = part.stored;
    fact.columns = columns_of(part.stored, facts_);
    if (!part.key.empty()) {
      const bool visible = std::all_of(part.key.begin(), part.key.end(),
                                       [&](const std::string& name) { return fact.column(name) != nullptr; });
      if (visible && part.unique_key) fact.unique_keys.push_back(part.key);
      if (visible) fact.indexed.push_back(part.key.front());
    }
    facts_.levels[part.store] = part.level;
    parts_.insert(part.store);
    const Select visible = part.visible;
    facts_.tables[part.store] = std::move(fact);
    append(parts, std::move(part));
    *inner = visible;
    return true;
  }

  // A set operation takes its names from its first branch; columns of one name cannot be kept in a table.
  static void name_columns(Select& query) {
    if (query.operation != Select::Operation::none) return name_columns(*query.left);
    std::set<std::string> used;
    for (std::size_t i = 0; i < query.targets.size(); ++i) {
      std::string name = analyze::output_name(query.targets[i]);
      if (name == "?column?" || used.contains(name)) name = fmt::format("column{}", i + 1);
      used.insert(name);
      query.targets[i].alias = name;
    }
  }

  static void append(Program& to, Program part) {
    const auto move_all = [](auto& target, auto& source) {
      target.insert(target.end(), std::make_move_iterator(source.begin()), std::make_move_iterator(source.end()));
    };
    move_all(to.create, part.create);
    move_all(to.stores, part.stores);
    move_all(to.captures, part.captures);
    move_all(to.base_tables, part.base_tables);
    to.whole_rows.merge(part.whole_rows);
    move_all(to.tables, part.tables);
    move_all(to.reasons, part.reasons);
    move_all(to.repair, part.repair);
    move_all(to.takes, part.takes);
    move_all(to.missing_indexes, part.missing_indexes);
    // What reads a part goes before it.
    to.drop.insert(to.drop.begin(), part.drop.begin(), part.drop.end());
  }

  // --- for people
  // -----------------------------------------------------------------------------------------------------

  void describe_tables(Program& program, const Shape& shape, const char* strategy) const {
    want_key_index(program, shape);
    for (const Entry& entry : shape.entries) {
      const bool part = parts_.contains(entry.table->name);
      TableStrategy line;
      line.table = entry.table->name;
      line.strategy = entry.everything && !shape.key.empty() ? "full" : strategy;
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

  void want_key_lookup(Program& program, const Shape& shape, const Entry& entry) const {
    for (const KeyPath& path : entry.paths) {
      const Skeleton& skeleton = (*shape.skeletons)[static_cast<std::size_t>(path.skeleton)];
      bool linked = false;
      std::string first;
      for (const auto& group : skeleton.classes) {
        for (const Place& place : group) {
          if (place.occurrence != path.occurrence) continue;
          if (first.empty()) first = place.column;
          linked |= has_index(*entry.table, place.column);
        }
      }
      for (const KeyColumn& key : shape.key) {
        const auto& output = skeleton.outputs[static_cast<std::size_t>(key.output)];
        const auto place = output ? place_of(*output, skeleton) : std::nullopt;
        if (!place || place->occurrence != path.occurrence) continue;
        if (first.empty()) first = place->column;
        linked |= has_index(*entry.table, place->column);
      }
      if (!linked && !first.empty()) want_index(program, *entry.table, first);
    }
  }

  // The query for some keys begins where the key's values are.
  void want_key_index(Program& program, const Shape& shape) const {
    for (const Skeleton& skeleton : *shape.skeletons) {
      for (const KeyColumn& key : shape.key) {
        const auto& output = skeleton.outputs[static_cast<std::size_t>(key.output)];
        const auto place = output ? place_of(*output, skeleton) : std::nullopt;
        if (!place) continue;
        std::vector<Place> places{*place};
        if (const int number = skeleton.class_of(*place); number >= 0)
          places = skeleton.classes[static_cast<std::size_t>(number)];
        const bool found = std::any_of(places.begin(), places.end(), [&](const Place& one) {
          return has_index(*skeleton.occurrences[static_cast<std::size_t>(one.occurrence)].table, one.column);
        });
        if (found) return;
      }
      // One of the key's columns is enough; the first that is a plain column.
      for (const KeyColumn& key : shape.key) {
        const auto& output = skeleton.outputs[static_cast<std::size_t>(key.output)];
        if (const auto place = output ? place_of(*output, skeleton) : std::nullopt) {
          want_index(program, *skeleton.occurrences[static_cast<std::size_t>(place->occurrence)].table, place->column);
          break;
        }
      }
    }
  }

  static bool has_index(const TableFact& table, const std::string& column) {
    return std::find(table.indexed.begin(), table.indexed.end(), column) != table.indexed.end();
  }

  static void want_index(Program& program, const TableFact& table, const std::string& column) {
    if (has_index(table, column) || table.kind == 's' || table.kind == 'f') return;
    const bool known =
        std::any_of(program.missing_indexes.begin(), program.missing_indexes.end(),
                    [&](const MissingIndex& one) { return one.table == table.name && one.column == column; });
    if (!known) program.missing_indexes.push_back({table.name, column});
  }

  const Request& request_;
  Facts facts_;
  std::set<sql::Name> parts_;
  std::string top_;  // the name of the whole program
};

}  // namespace

std::variant<Program, Question> compile(const Request& request, const Facts& facts) {
  try {
    return Compiling(request, concerning(request.query, facts)).run();
  } catch (Unanswered& missing) {
    return std::move(missing.question);
  }
}

std::string content_hash(const Program& program) {
  std::string content = join(create_statements(program), "\n") + join(fill_statements(program), "\n");
  for (const Capture& one : program.captures)
    content += one.table.sql() + to_string(one.event) + one.body + queue_text(one);
  return stable_hash_hex(content);
}

}  // namespace pgvista::ivm
