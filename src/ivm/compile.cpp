#include "ivm/compile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "analyze/dependencies.hpp"
#include "base/text.hpp"
#include "ivm/change_log/change_log.hpp"
#include "ivm/change_log/queue.hpp"
#include "ivm/functions/sound.hpp"
#include "ivm/key/rows_per_key.hpp"
#include "ivm/key/telling.hpp"
#include "ivm/query/normalize.hpp"
#include "ivm/query/obstacles.hpp"
#include "ivm/query/part_blocks.hpp"
#include "ivm/query/present_time.hpp"
#include "ivm/query/pull_up.hpp"
#include "ivm/query/qualify.hpp"
#include "ivm/query/recursion.hpp"
#include "ivm/query/tail.hpp"
#include "ivm/strategy/algebraic.hpp"
#include "ivm/strategy/clock.hpp"
#include "ivm/strategy/declared.hpp"
#include "ivm/strategy/everything.hpp"
#include "ivm/strategy/lookups.hpp"
#include "ivm/strategy/parts.hpp"
#include "ivm/strategy/recompute.hpp"
#include "ivm/strategy/recursive.hpp"
#include "ivm/strategy/split_sums.hpp"
#include "ivm/strategy/whole.hpp"
#include "parse/parse.hpp"
#include "sql/print.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;

namespace {

constexpr int most_parts = 32;
constexpr double few_rows = 200;                 // that are read for a key sooner than a part is kept for them
constexpr std::size_t most_columns_to_key = 90;  // each is a parameter of a function, which may have a hundred

// Of all that the program is compiled from.
std::string hash_of(const Request& request) {
  return stable_hash_hex(fmt::format("{} {} {} {} {} {}", generation, request.view.sql(),
                                     static_cast<int>(request.mode), request.salt, request.facts, print(request.query)),
                         8);
}

class Compilation {
 public:
  Compilation(const Request& request, Facts facts)
      : request_(request), facts_(std::move(facts)), log_(change_log(request.mode)) {}

  Program run() {
    const std::string name = request_.name.empty() ? request_.view.name + "_" + hash_of(request_) : request_.name;
    top_ = shorten_identifier(name);
    know_clock();
    Program out = with_parts(name);
    if (!out.blockers.empty()) return out;
    if (reads_clock(out, clock_)) keep_clock(out);
    out.reasons.insert(out.reasons.end(), notes_.begin(), notes_.end());
    add_sound_function(out);
    log_.finish(out);
    return out;
  }

 private:
  // --- the present time

  // As it is here, no row depends on it yet.
  void know_clock() {
    clock_ = {"pgvista", shorten_identifier(top_, "_clock")};
    if (!reads_time(inlined(request_.query, facts_))) return;
    facts_.tables[clock_] = clock_table(clock_);
    facts_.originals[clock_] = clock_rows();
    facts_.levels[clock_] = 0;
  }

  void keep_clock(Program& program) {
    const Clock clock{clock_, fmt::format("{} ms", request_.clock_ms)};
    Select query = by_clock(inlined(request_.query, facts_), clock_, facts_);
    qualify(query, facts_);
    add_clock(program, clock, timed_conditions(query, clock_, facts_), facts_, request_.mode != Maintenance::deferred);
    program.reasons.push_back(
        fmt::format("the present time is that of a clock: {} moves it when it is older than {}",
                    request_.mode == Maintenance::deferred ? "pgvista watch" : "pgvista watch, or the next writer,",
                    human_duration(request_.clock_ms)));
  }

  // --- attempts

  // How far an attempt goes to keep the query: each is tried where those before lead to nothing.
  struct Means {
    bool windows_at_read = false;  // no change can be followed through them
    bool windows_apart = false;    // below other things, blocks with windows are parts that are computed as a whole
    bool whole = false;            // so is any block that has no key
  };

  Program with_parts(const std::string& base) {
    const bool top = shorten_identifier(base) == top_;
    const auto state = std::tuple(facts_, parts_, made_);
    Program out = attempt(base, {top, false});
    // A part is tried by the means that its view is tried by.
    if (out.blockers.empty() || !top) return out;
    std::vector<Means> further = {{false, true, true}};
    if (holds_window(request_.query)) further.insert(further.begin(), {{true, false, false}, {false, true, false}});
    for (const Means& means : further) {
      std::tie(facts_, parts_, made_) = state;
      first_parts_ = {};
      first_made_ = 0;
      means_ = means;
      whole_by_settings_ = read_by_settings_;  // of the attempt before
      Program other = attempt(base, {true, means.windows_at_read});
      if (other.blockers.empty()) return other;
    }
    return out;
  }

  bool holds_window(const Select& query) const {
    bool found = false;
    const Select whole = inlined(query, facts_);
    each<const FunctionCall>(whole, [&](const FunctionCall& call) { found |= bool(call.over); });
    return found;
  }

  Program attempt(const std::string& base, const Cut& cut) {
    Program program;
    program.name = shorten_identifier(base);
    program.settings = facts_.settings;
    program.catches = request_.catches;
    program.stale_reads = request_.stale_reads;
    program.functions = request_.functions;
    program.strategy = "full";
    Select query = inlined(request_.query, facts_, program.blockers);
    if (!program.blockers.empty()) return program;
    Names names{program.name, top_, request_.view.display()};
    const std::string title = fmt::format("Maintenance of {}, kept {}", request_.view.display(), log_.when());
    if (is_recursion(query) || (cut.outputs && reads_recursion(query, facts_))) {
      recursive(program, names, by_clock(std::move(query), clock_, facts_), title);
      return program;
    }
    if (!recursions_apart(query, names, program)) return program;
    qualify(query, facts_);
    Tail tail = split_tail(std::move(query), request_.outputs, facts_, cut);
    tail.query = by_clock(std::move(tail.query), clock_, facts_);
    read_by_settings_ = tail.by_settings;
    if (tail.by_settings)
      program.blockers.push_back({"what is made of window functions would depend on the settings of whoever reads"});
    if (!program.blockers.empty()) return program;
    program.blockers = obstacles(tail.query, named_by_user(names), facts_);
    if (program.blockers.empty()) note_calls(tail.query);
    if (!program.blockers.empty()) return program;
    const Select as_written = tail.query;
    std::vector<Blocker> as_sets;
    spell_out_grouping_sets(tail.query, facts_, as_sets);
    const bool open = std::any_of(as_sets.begin(), as_sets.end(), [](const Blocker& one) { return one.undetermined; });
    if (!as_sets.empty() && (open || !means_.whole)) program.blockers = as_sets;
    if (!as_sets.empty()) tail.query = as_written;
    if (!program.blockers.empty()) return program;
    steady(tail.query);
    program.anchor = anchor();
    program.reasons = tail.reasons;
    const std::vector<std::string> telling = shown_names(telling_outputs(tail.query, facts_), tail.kept);
    if (tail.around.empty()) program.telling = telling;
    if (as_sets.empty()) {
      keep(program, names, tail, title);
    } else {
      as_a_whole(program, names, tail, title, first_parts_, as_sets.front().text);
    }
    if (program.blockers.empty()) block_indexes(request_, tail, program);
    if (!program.blockers.empty()) return program;
    settle_windows(program.visible, telling.empty() ? program.key : telling);
    // Blocks around it show other rows, and other columns by these names.
    if (program.telling.empty() && key_tells_ && tail.around.empty()) program.telling = program.key;
    finish(program);
    return program;
  }

  // Names that a user chose: those of a part are hidden columns, too.
  std::vector<ColumnFact> named_by_user(const Names& names) const {
    return names.base == top_ ? request_.outputs : std::vector<ColumnFact>{};
  }

  void keep(Program& program, const Names& names, Tail& tail, const std::string& title) {
    const bool adds = first_parts_.stores.empty() ? algebraic(program, names, tail, title)
                                                  : algebraic_over_parts(program, names, tail, title, first_parts_);
    if (!adds && !sums_over_parts(program, names, tail, title)) by_key(program, names, tail, title);
  }

  // It calls the functions that are looked into, so that they are watched.
  Select anchor() const {
    if (facts_.functions.empty()) return describable(inlined(request_.query, facts_), facts_);
    Facts called = facts_;
    called.functions.clear();
    return describable(inlined(request_.query, called), facts_);
  }

  // --- recursions

  void recursive(Program& program, const Names& names, Select query, const std::string& title) {
    auto* const sub = is_recursion(query) ? nullptr : query.from.front().as<SubqueryRef>();
    const Select rows = sub ? *sub->query : query;
    program.blockers = obstacles(query, named_by_user(names), facts_);
    if (!program.blockers.empty()) return;
    for (const ColumnFact& column : output_columns(rows, facts_)) {
      if (column.type == "record" || column.type == "record[]")
        program.blockers.push_back(
            {fmt::format("the column \"{}\" of the recursion is a {}: no table can hold it", column.name, column.type),
             column.name});
    }
    if (!program.blockers.empty()) return;
    note_calls(query);
    program.anchor = anchor();
    program.strategy = "recompute";
    generate_recursive(program, names, rows, facts_, log_, title);
    Tail stored;
    stored.outputs = output_columns(rows, facts_);
    program.visible = visible_select(stored, program.store, std::nullopt);
    if (sub) {
      block_renamed_indexes(request_, query, program);
      sub->query = std::move(program.visible);
      program.visible = std::move(query);
    }
    if (program.blockers.empty()) finish(program);
  }

  void finish(Program& program) const {
    // In terms of what exists: its parts are not there yet. A clock is part of what it means.
    program.stored = describable(std::move(program.stored), facts_, clock_);
    add_declared(program, request_);
    program.drop.push_back(fmt::format("DROP TABLE IF EXISTS {}", program.store.sql()));
  }

  // Each recursion is a part: what is above follows what changes in it.
  bool recursions_apart(Select& query, const Names& names, Program& program) {
    for (bool found = true; found && first_made_ < most_parts;) {
      found = false;
      each<SubqueryRef>(query, [&](SubqueryRef& sub) {
        if (found || !is_recursion(*sub.query)) return;
        found = true;
        if (auto visible = add_part(*sub.query, first_parts_, names, first_made_)) sub.query = std::move(*visible);
      });
      if (!first_parts_.blockers.empty()) program.blockers = first_parts_.blockers;
      if (!program.blockers.empty()) return false;
      if (found) ++first_made_;
    }
    return true;
  }

  void note_calls(const Select& query) {
    by_settings_ = calls_of_kind(query, UnstableCall::Kind::settings, facts_);
    for (const UnstableCall& one : unstable_calls(query, facts_)) {
      const bool known = std::find(notes_.begin(), notes_.end(), one.text) != notes_.end();
      if (one.kind == UnstableCall::Kind::trusted && !known) notes_.push_back(one.text);
    }
  }

  bool algebraic(Program& program, const Names& names, const Tail& tail, const std::string& title) {
    if (request_.recompute_only) return false;
    std::vector<std::string> reasons;
    const bool own_outputs = tail.query.targets.size() == tail.kept.size();
    auto shape =
        algebraic_shape(pulled_up(tail.query, facts_), own_outputs ? tail.kept : output_columns(tail.query, facts_),
                        facts_, {indexed_columns(request_), by_settings_}, reasons);
    if (!shape) {
      // Of a part, nobody asked whether it could be added up.
      if (names.base == top_) program.reasons.insert(program.reasons.end(), reasons.begin(), reasons.end());
      return false;
    }
    if (inherits(shape->shape) && request_.mode == Maintenance::deferred) {
      program.reasons.emplace_back("not algebraic: rows that wait may be of other tables, by inheritance");
      return false;
    }
    program.strategy = "algebraic";
    program.level = level_above(shape->shape.entries, facts_);
    generate_algebraic(program, names, *shape, facts_, log_, title);
    ComputedColumns computed;
    for (const AlgebraicColumn& one : shape->columns) {
      if (one.at_read) computed[one.column.name] = one.value;
    }
    program.visible = visible_select(tail, program.store, shape->having, std::move(computed));
    describe_tables(program, shape->shape, "algebraic", parts_);
    if (shape->extremes)
      program.reasons.emplace_back(
          "min and max: where the smallest or largest value itself goes, its group is counted again");
    if (request_.mode == Maintenance::on_commit && shape->shape.entries.size() > 1)
      program.reasons.emplace_back(
          "on_commit: where a transaction changed several of its tables, the groups concerned are counted again at "
          "commit");
    for (const KeyColumn& column : shape->key) program.key.push_back(column.name);
    return true;
  }

  static bool inherits(const Shape& shape) {
    return std::any_of(shape.entries.begin(), shape.entries.end(),
                       [](const Entry& entry) { return !entry.table->parents.empty(); });
  }

  // Is a key sooner recomputed than added to?
  static bool is_fine(const Shape& shape) {
    const auto rows = rows_per_key(shape);
    return rows ? *rows <= few_rows : holds_key_of_a_table(shape);
  }

  // Sums over what no addition tells. What is grouped below is kept by itself, and so are the rows that are grouped,
  // by their own key, which is finer than the groups: the sums follow what changes there.
  bool sums_over_parts(Program& program, const Names& names, const Tail& tail, const std::string& title) {
    if (request_.recompute_only || !is_grouped(tail.query, facts_)) return false;
    const std::map<std::string, Select> before = made_;
    std::vector<Blocker> ignored;
    const auto shape = find_shape(tail.query, facts_, ignored);
    if (shape && shape->unreached.empty() && is_fine(*shape)) return false;
    const auto rows = shape ? rows_per_key(*shape) : std::nullopt;
    if (!try_sums_over_parts(program, names, tail, title)) {
      made_ = before;  // nothing was made of them
      return false;
    }
    program.reasons.push_back(
        rows ? fmt::format("a group stands for about {:.0f} rows of a table: what is added up is kept by itself", *rows)
             : "what is added up is kept by itself: nobody has counted how many rows a group stands for (ANALYZE)");
    return true;
  }

  bool try_sums_over_parts(Program& program, const Names& names, const Tail& tail, const std::string& title) {
    Tail own = tail;
    Program parts = first_parts_;
    int made = first_made_;
    for (; made < most_parts; ++made) {
      const Select* const below = part_of_groups(own.query, facts_);
      if (!below) break;
      if (!move_out(number_of(own.query, below), own.query, parts, names, made)) return false;
    }
    if (made > 0 && algebraic_over_parts(program, names, own, title, parts)) return true;
    return move_rows_out(own.query, parts, names, made) && algebraic_over_parts(program, names, own, title, parts);
  }

  // The rows that a query groups become a part, with what it groups by and adds up as columns.
  bool move_rows_out(Select& query, Program& parts, const Names& names, int made) {
    auto split = split_sums(pulled_up(query, facts_), facts_);
    if (!split) return false;
    const auto rows = add_part(std::move(split->rows), parts, names, made);
    if (!rows) return false;
    query = std::move(split->sums);
    query.from = {sql::make::subquery(*rows, rows_name)};
    return true;
  }

  // --- by key
  // ---------------------------------------------------------------------------------------------------------

  void by_key(Program& program, const Names& names, Tail& tail, const std::string& title) {
    Program parts = first_parts_;  // of subqueries that are maintained by themselves
    std::optional<Shape> shape;
    int made = first_made_;
    for (;; ++made) {
      std::vector<Blocker> blockers;
      shape = find_shape(tail.query, facts_, blockers);
      const auto movable = made < most_parts ? part_to_move(shape, tail.query) : std::nullopt;
      if (!movable && !shape) {
        const bool may_move = means_.windows_apart && made < most_parts;
        const Select* const below = may_move ? window_block_below(tail.query) : nullptr;
        if (below && move_out(number_of(tail.query, below), tail.query, parts, names, made)) continue;
        // What it groups by may be made of a subquery's value: no column of a table, but one of the part.
        const bool grouped = is_grouped(tail.query, facts_) && !reads_parts_only(tail.query, facts_);
        if (grouped && made < most_parts && move_rows_out(tail.query, parts, names, made)) continue;
        if (means_.windows_apart && (names.base != top_ || whole_by_settings_) && has_windows(tail.query))
          return as_a_whole(program, names, tail, title, parts, "window functions that share no PARTITION BY");
        if (means_.whole) return as_a_whole(program, names, tail, title, parts, blockers.front().text);
        program.blockers = blockers;
        return;
      }
      if (!movable) break;
      if (!move_out(*movable, tail.query, parts, names, made)) {
        program.blockers = parts.blockers;
        return;
      }
      program.reasons.clear();
      tail.query = scalars_joined(std::move(tail.query), facts_);
      if (shape && shape->key.empty() && algebraic_over_parts(program, names, tail, title, parts)) return;
    }
    for (const TableReference* one : shape->unreached) {
      const sql::Name& table = one->table->name;
      const bool part = facts_.originals.contains(table) && parts_.contains(table);
      if (accept_everything(*shape, *one, part || means_.whole, program)) continue;
      program.blockers.push_back(
          {fmt::format("no join condition leads from \"{}\" to the key: a change of it could reach any row",
                       one->table->name.display()),
           one->table->name.name});
      return;
    }
    leave_out_columns(*shape, most_columns_to_key, program);
    key_tells_ = shape->unique && !shape->coarser;
    program.level = level_above(shape->entries, facts_);
    program.strategy = made > 0 ? "stacked" : "recompute";
    take_parts(program, parts);
    generate_recompute(program, names, *shape, facts_, log_, title);
    program.drop.insert(program.drop.end(), parts.drop.begin(), parts.drop.end());
    program.visible = visible_select(tail, program.store, std::nullopt);
    describe_tables(program, *shape, "recompute", parts_);
    for (const KeyColumn& column : shape->key) program.key.push_back(column.name);
    const bool small = std::all_of(shape->entries.begin(), shape->entries.end(),
                                   [](const Entry& entry) { return entry.table->one_row; });
    if (shape->key.empty() && !small)
      program.reasons.emplace_back("one row for the whole table: every change reads all of it");
  }

  // A part that no change can be followed through: all of it again, and the rows that differ are written.
  void as_a_whole(Program& program, const Names& names, const Tail& tail, const std::string& title,
                  const Program& parts, const std::string& why) {
    const Shape shape = whole_shape(tail.query, facts_);
    take_parts(program, parts);
    program.strategy = "recompute";
    program.level = level_above(shape.entries, facts_);
    generate_whole(program, names, shape, facts_, log_, title);
    for (const Entry& entry : shape.entries) program.tables.push_back(computed_whole(*entry.table));
    program.reasons.push_back(why + ": a change of its tables computes all of it again");
    program.drop.insert(program.drop.end(), parts.drop.begin(), parts.drop.end());
    program.visible = visible_select(tail, program.store, std::nullopt);
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
    const auto place = [&](const Select& in, const TableReference& one) -> std::optional<int> {
      if (!one.block || parts_.contains(one.table->name)) return std::nullopt;
      const int number = number_of(in, one.block);
      return number > 0 ? std::optional(number) : std::nullopt;
    };
    if (shape && shape->unreached.empty() && !shape->key.empty()) {
      const bool wide = columns_to_key(*shape) > most_columns_to_key;
      if (request_.recompute_only && !wide) return std::nullopt;
      // Groups below that would be counted anew from many rows.
      const bool many = wide || rows_per_key(*shape).value_or(0) > few_rows;
      const Select* below = many ? part_of_groups(query, facts_) : nullptr;
      if (!below && wide) below = part_of_branches(query);
      return below ? std::optional(number_of(query, below)) : std::nullopt;
    }
    if (shape) {
      for (const TableReference* one : shape->unreached) {
        if (const auto number = place(*shape->query, *one)) return number;
      }
    }
    const bool only_accepted =
        shape && !shape->key.empty() &&
        std::all_of(shape->unreached.begin(), shape->unreached.end(),
                    [&](const TableReference* one) { return parts_.contains(one->table->name); });
    if (only_accepted) {
      // What the subquery's value is compared with may be a value of such a group.
      const Select* const below = request_.recompute_only ? nullptr : part_of_groups(query, facts_);
      return below ? std::optional(number_of(query, below)) : std::nullopt;
    }
    const std::vector<QueryGraph> graphs = query_graphs(query, facts_);
    for (const QueryGraph& graph : graphs) {
      for (const TableReference& one : graph.references) {
        if (const auto number = place(query, one)) return number;
      }
    }
    // There would be too many.
    const Select* const below = graphs.empty() ? part_of_branches(query) : nullptr;
    return below ? std::optional(number_of(query, below)) : std::nullopt;
  }

  // The subquery becomes a maintained store of its own, and is read from there.
  bool move_out(int number, Select& query, Program& parts, const Names& names, int made) {
    Select* inner = nullptr;
    int at = 0;
    each<Select>(query, [&](Select& one) {
      if (at++ == number) inner = &one;
    });
    name_columns(*inner);
    auto visible = add_part(*inner, parts, names, made);
    if (visible) *inner = std::move(*visible);
    return visible.has_value();
  }

  // A maintained store for the rows of a query; returns what reads it. nullopt: the parts' blockers say why not.
  std::optional<Select> add_part(Select query, Program& parts, const Names& names, int made) {
    const std::string text = print(query);
    if (const auto known = made_.find(text); known != made_.end()) return known->second;
    Request request = request_;
    request.indexes.clear();
    request.storage.clear();
    request.outputs = output_columns(query, facts_);
    request.query = with_plain_nulls(std::move(query), request.outputs, facts_);
    const std::string base = shorten_identifier(names.base, fmt::format("_part{}", made + 1));
    // The part keeps all columns, so that it stands for the subquery whatever reads it.
    Compilation inner_compilation(request, facts_);
    inner_compilation.parts_ = parts_;
    inner_compilation.made_ = made_;
    inner_compilation.top_ = top_;
    inner_compilation.clock_ = clock_;
    inner_compilation.means_ = means_;
    Program part = inner_compilation.with_parts(base);
    if (!part.blockers.empty()) {
      parts.blockers = part.blockers;
      return std::nullopt;
    }
    // Its own parts may be read by others, too.
    facts_ = std::move(inner_compilation.facts_);
    parts_ = std::move(inner_compilation.parts_);
    made_ = std::move(inner_compilation.made_);
    TableFact fact;
    fact.one_row = has_one_row(request.query, facts_);
    fact.name = part.store;
    fact.kind = 's';
    fact.part = true;
    facts_.originals[part.store] = part.stored;
    fact.columns = output_columns(part.stored, facts_);
    if (!part.key.empty()) {
      const bool visible = std::all_of(part.key.begin(), part.key.end(),
                                       [&](const std::string& name) { return fact.column(name) != nullptr; });
      if (visible && part.unique_key) fact.unique_keys.push_back(part.key);
      if (visible) fact.indexed.push_back(part.key.front());
    }
    facts_.levels[part.store] = part.level;
    parts_.insert(part.store);
    Select visible = part.visible;
    facts_.tables[part.store] = std::move(fact);
    append_part(parts, std::move(part));
    made_.emplace(text, visible);
    return visible;
  }

  const Request& request_;
  Facts facts_;
  const ChangeLog& log_;
  std::set<sql::Name> parts_;
  std::map<std::string, Select> made_;  // query of a part -> what reads it
  std::string top_;                     // the name of the whole program
  sql::Name clock_;                     // what the present time is read from
  std::vector<std::string> notes_;      // what is to be told of the whole query
  bool by_settings_ = true;             // does something in the query depend on settings?
  Program first_parts_;                 // recursions that are kept by themselves
  int first_made_ = 0;
  bool read_by_settings_ = false;   // windows at read would come to something else for each reader
  bool whole_by_settings_ = false;  // so all of the view is computed as a whole
  Means means_;
  bool key_tells_ = true;  // does the maintenance key tell rows apart, as well as any?
};

}  // namespace

std::variant<Program, Question> compile(const Request& request, const Facts& facts) {
  try {
    return Compilation(request, concerning(request.query, facts)).run();
  } catch (Unanswered& missing) {
    return std::move(missing.question);
  }
}

// All of it but for what it is told by: facts, reasons, paths, the indexes that were missing.
std::string content_hash(const Program& program) {
  std::vector<std::string> content = create_statements(program);
  const auto add = [&](const std::vector<std::string>& more) {
    content.insert(content.end(), more.begin(), more.end());
  };
  add(fill_statements(program));
  add({join(program.key, ","), join(program.row_key, ","), program.unique_key ? "unique" : "", program.strategy,
       std::to_string(program.level), program.catches ? "catches" : "", program.stale_reads,
       set_clauses(program.settings), print(program.visible), program.functions,
       program.clock ? program.clock->every : ""});
  add(program.repair);
  add(program.takes);
  add(program.drop);
  for (const Capture& one : program.captures)
    add({one.table.sql(), to_string(one.event), one.body, queue_text(one), one.counted ? "counted" : "",
         one.follows ? "follows" : "", one.locks ? "locks" : ""});
  return stable_hash_hex(join(content, "\n"));
}

}  // namespace pgvista::ivm
