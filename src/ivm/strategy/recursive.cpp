#include "ivm/strategy/recursive.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ivm/functions/rows.hpp"
#include "ivm/query/block.hpp"
#include "ivm/query/scope.hpp"
#include "ivm/functions/statement.hpp"
#include "ivm/strategy/lookups.hpp"
#include "ivm/strategy/parts.hpp"
#include "ivm/strategy/whole.hpp"
#include "sql/make.hpp"
#include "sql/print.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;
using plpgsql::If;
using plpgsql::Run;
using plpgsql::Statements;

namespace {

constexpr const char* reached = "pgvista_reached";  // WITH: the rows that a change begins or ends
constexpr const char* led_to = "pgvista_again";     // WITH: those of them that others still lead to
constexpr const char* came = "pgvista_came";        // WITH: the changed rows, as they are
constexpr const char* went = "pgvista_went";        // WITH: … and as they were

class RecursiveWriter {
 public:
  RecursiveWriter(Program& program, const Names& names, const Select& query, const Facts& facts, const ChangeLog& log)
      : program_(program),
        names_(names),
        facts_(facts),
        log_(log),
        shape_(whole_shape(query, facts)),
        recursion_(recursion_of(query, shape_.outputs, facts)),
        bag_(names.store(), shape_.outputs) {
    // Of UNION, equal rows are one: which of those that look different, is left open.
    for (const ColumnFact& one : shape_.outputs)
      looks_vary_ |= !recursion_.all && (!one.kind.comparable || one.kind.forms || one.nondeterministic);
  }

  void run(const std::string& title) {
    const std::size_t others = program_.captures.size();
    generate_whole(
        program_, names_, shape_, facts_, log_, title,
        [&](const TableFact& table, Event event, const UsualBody& usual) { return capture(table, event, usual); });
    // Whether a table changes alone, all of them must say.
    for (std::size_t i = others; i < program_.captures.size(); ++i) program_.captures[i].counted |= !log_.waits();
    add_step_indexes(program_.stores.back());
    program_.level = level_above(shape_.entries, facts_);
    tell();
  }

 private:
  bool is_itself(const TableRef& ref) const { return ref.schema.empty() && ref.name == recursion_.name; }

  const Entry& entry_of(const TableFact& table) const {
    return *std::find_if(shape_.entries.begin(), shape_.entries.end(),
                         [&](const Entry& entry) { return entry.table == &table; });
  }

  // Does each changed row of the table add and take away rows by itself?
  bool is_followed(const TableFact& table) const {
    return !recursion_.step.empty() && !looks_vary_ && table.parents.empty() && table.ancestors.empty() &&
           joined_plainly(recursion_.start, table, facts_) && joined_plainly(recursion_.step, table, facts_);
  }

  // Columns of the recursion that the step looks its rows up by, and columns of tables that it goes on by.
  void add_step_indexes(Store& store) {
    std::set<std::string> own;
    for (const Select& block : recursion_.step) {
      each<const Expr>(block, [&](const Expr& one) {
        const auto [left, right] = equality(one);
        if (!left) return;
        note_lookup(block, *left, own);
        note_lookup(block, *right, own);
      });
    }
    int number = 0;
    for (const ColumnFact& column : recursion_.columns) {
      if (!own.contains(column.name) || !column.kind.comparable || column.kind.array) continue;
      store.finish.push_back(
          fmt::format("CREATE INDEX {} ON {} USING {} ({})",
                      quote_identifier(shorten_identifier(names_.base, fmt::format("_step{}", ++number))),
                      store.name.sql(), column.bounded ? "btree" : "hash", quote_identifier(column.name)));
    }
  }

  void note_lookup(const Select& block, const Expr& value, std::set<std::string>& own) {
    const auto* ref = value.as<ColumnRef>();
    if (!ref || ref->star || ref->parts.size() != 2) return;
    each<const TableRef>(block, [&](const TableRef& table) {
      if (name_of(table) != ref->parts.front()) return;
      if (is_itself(table)) {
        own.insert(ref->parts.back());
      } else if (const TableFact* const fact = facts_.table(table.schema, table.name)) {
        want_index(program_, *fact, ref->parts.back());
      }
    });
  }

  void tell() {
    program_.reasons.emplace_back(recursion_.all
                                      ? "a recursion: what a changed row begins or ends is followed step by step"
                                      : "a recursion: what hung on a row that went is looked at again");
    for (const Entry& entry : shape_.entries) {
      const bool followed = is_followed(*entry.table);
      program_.tables.push_back(followed ? TableStrategy{entry.table->name, "recursive", "its steps"}
                                         : computed_whole(*entry.table));
      if (!followed)
        program_.reasons.push_back(
            fmt::format("a change of \"{}\" computes the whole recursion again", entry.table->name.display()));
    }
  }

  // --- what an event does

  // Where this table alone changes, by one event: what comes next would not see the tables as they were before it.
  Expr follows() const { return make::all_of({make::name("pgv_alone"), one_event(), not_recounted(names_)}); }

  std::optional<OwnBody> capture(const TableFact& table, Event event, const UsualBody& usual) const {
    if (log_.waits() || event == Event::truncate || !is_followed(table) || usual.statements.empty())
      return std::nullopt;
    if (event == Event::update && !key_of(table)) return std::nullopt;
    Statements steps = {lock_all(names_)};
    if (event != Event::insert) take_away(table, event, steps);
    if (event != Event::remove) add(table, event, steps);
    return OwnBody{{{If{{{follows(), std::move(steps)}}, usual.statements}}}, true};
  }

  static const std::vector<std::string>* key_of(const TableFact& table) {
    const auto found = std::find_if(table.unique_keys.begin(), table.unique_keys.end(), [&](const auto& key) {
      return std::all_of(key.begin(), key.end(), [&](const std::string& one) { return table.column(one)->not_null; });
    });
    return found == table.unique_keys.end() ? nullptr : &*found;
  }

  // Of an UPDATE, the rows whose columns differ, told apart by their key.
  Select changed(const TableFact& table, Event event, bool now) const {
    const char* const own = now ? new_rows : old_rows;
    const char* const other = now ? old_rows : new_rows;
    std::vector<std::string> columns = entry_of(table).relevant;
    bool tells = event == Event::update;
    for (const std::string& name : tells ? *key_of(table) : std::vector<std::string>{}) {
      if (std::find(columns.begin(), columns.end(), name) == columns.end()) columns.push_back(name);
    }
    for (const std::string& name : columns) {
      const ColumnFact& fact = *table.column(name);
      tells &= fact.kind.comparable && !fact.kind.forms && !fact.nondeterministic;
    }
    const auto rows = [&](const char* from) {
      return make::select(make::targets(make::columns("", columns)), {make::rows(from)});
    };
    return tells ? make::except_all(rows(own), rows(other)) : rows(own);
  }

  // The table without the rows that an UPDATE has made.
  FromItem without_new(const TableFact& table) const {
    Exprs same;
    for (const std::string& one : *key_of(table)) same.push_back(make::op("=", column("n", one), column("t", one)));
    Select out =
        make::select({make::target(make::every_column("t"))}, {make::table(table.name, "t")},
                     make::negation(make::exists(make::select({}, {make::rows(came, "n")}, make::all_of(same)))));
    return make::subquery(std::move(out), "t");
  }

  auto itself() const {
    return [this](const TableRef& ref) { return is_itself(ref); };
  }
  auto is(const TableFact& table) const {
    return
        [this, &table](const TableRef& ref) { return !is_itself(ref) && facts_.table(ref.schema, ref.name) == &table; };
  }

  // The blocks with `changed` in the place of the table; in those of the step, `own` stands for the recursion.
  std::vector<Select> beginnings(const TableFact& table, const char* changed, const FromItem& own) const {
    std::vector<Select> out;
    for (const Select& block : recursion_.start) {
      if (auto one = with_replaced(block, is(table), make::rows(changed))) out.push_back(std::move(*one));
    }
    for (const Select& block : recursion_.step) {
      auto one = with_replaced(block, is(table), make::rows(changed));
      if (one) one = with_replaced(std::move(*one), itself(), own);
      if (one) out.push_back(std::move(*one));
    }
    return out;
  }

  Select step_from(const FromItem& own, const TableFact& table, const std::optional<FromItem>& instead) const {
    Select out = *with_replaced(recursion_.step.front(), itself(), own);
    if (!instead) return out;
    auto replaced = with_replaced(out, is(table), *instead);
    return replaced ? std::move(*replaced) : out;
  }

  Select united(Select left, Select right) const {
    Select out;
    out.operation = Select::Operation::union_;
    out.all = recursion_.all;
    out.left = std::move(left);
    out.right = std::move(right);
    return out;
  }

  CommonTable recursive_with(const char* name, Select query) const {
    CommonTable out = make::with(name, std::move(query));
    out.columns = bag_.columns();
    return out;
  }

  FromItem stored() const { return make::table(names_.store()); }

  // Rows that come. Of UNION, what is there already has been followed.
  void add(const TableFact& table, Event event, Statements& out) const {
    Select first = make::union_all(beginnings(table, came, stored()));
    Select next = step_from(make::rows(reached), table, std::nullopt);
    if (!recursion_.all) {
      first = bag_.unknown(std::move(first));
      next = bag_.unknown(std::move(next));
    }
    Insert insert;
    insert.with = {make::with(came, changed(table, event, true), CommonTable::Materialized::always),
                   recursive_with(reached, united(std::move(first), std::move(next)))};
    insert.recursive = true;
    insert.note = names_.told(table.name.display());
    insert.table = make::table(names_.store());
    insert.columns = bag_.columns();
    insert.query = make::select(make::targets(make::columns("", bag_.columns())), {make::rows(reached)});
    out.push_back({Run{std::move(insert)}});
  }

  // Rows that go, with the table as it is without them, and without what an UPDATE has made of them.
  void take_away(const TableFact& table, Event event, Statements& out) const {
    const std::optional<FromItem> rest = event == Event::update ? std::optional(without_new(table)) : std::nullopt;
    std::vector<CommonTable> with;
    if (rest) with.push_back(make::with(came, changed(table, event, true), CommonTable::Materialized::always));
    with.push_back(make::with(went, changed(table, event, false), CommonTable::Materialized::always));
    with.push_back(recursive_with(reached, united(make::union_all(beginnings(table, went, stored())),
                                                  step_from(make::rows(reached), table, rest))));
    Select gone = make::select(make::targets(make::columns("", bag_.columns())), {make::rows(reached)});
    if (!recursion_.all) {
      with.push_back(recursive_with(led_to, united(still_there(table, rest), still_reached(table, rest))));
      Select kept = make::select(make::targets(make::columns("", bag_.columns())), {make::rows(led_to)});
      gone = make::except_all(std::move(gone), std::move(kept));
    }
    Delete remove = bag_.remove(std::move(with), std::move(gone));
    remove.note = names_.told(table.name.display());
    out.push_back({Run{std::move(remove)}});
  }

  // Is `o`, a row of `reached`, one that the block gives?
  Expr gives(Select block, const std::string& o) const {
    Exprs conditions;
    if (block.where) conditions.push_back(*block.where);
    for (std::size_t i = 0; i < recursion_.columns.size(); ++i) {
      const Expr own = column(o, recursion_.columns[i].name);
      const Expr value = *block.targets[i].value;
      const bool plain = recursion_.never_null.contains(static_cast<int>(i));
      conditions.push_back(
          plain ? make::op("=", value, own)
                : make::any_of({make::op("=", value, own), make::all_of({make::is_null(value), make::is_null(own)})}));
    }
    block.where = make::all_of(conditions);
    block.targets.clear();
    return make::exists(std::move(block));
  }

  // Of what was reached, the rows that a start still gives, or a step from a row that was not reached.
  Select still_there(const TableFact& table, const std::optional<FromItem>& rest) const {
    const std::string o = "pgvista_o";
    Exprs any;
    for (const Select& block : recursion_.start) {
      auto replaced = rest ? with_replaced(block, is(table), *rest) : std::nullopt;
      const Select one = replaced ? std::move(*replaced) : block;
      any.push_back(is_plain_block(one, facts_) ? gives(one, o) : make::exists(bag_.equal_row(one, o)));
    }
    Select others = make::select({make::target(make::every_column("s"))}, {make::table(names_.store(), "s")},
                                 make::negation(make::exists(bag_.equal_row(rows_reached(), "s"))));
    any.push_back(gives(step_from(make::subquery(std::move(others), "s"), table, rest), o));
    return make::select(make::targets(make::columns(o, bag_.columns())), {make::rows(reached, o)}, make::any_of(any));
  }

  Select rows_reached() const {
    return make::select(make::targets(make::columns("", bag_.columns())), {make::rows(reached)});
  }

  // … and what follows from these.
  Select still_reached(const TableFact& table, const std::optional<FromItem>& rest) const {
    const std::string n = "pgvista_n";
    Select next = step_from(make::rows(led_to), table, rest);
    return make::select(make::targets(make::columns(n, bag_.columns())),
                        {make::subquery(std::move(next), n, bag_.columns())},
                        make::exists(bag_.equal_row(rows_reached(), n)));
  }

  Program& program_;
  const Names& names_;
  const Facts& facts_;
  const ChangeLog& log_;
  const Shape shape_;
  const Recursion recursion_;
  const Bag bag_;
  bool looks_vary_ = false;
};

}  // namespace

void generate_recursive(Program& program, const Names& names, const Select& query, const Facts& facts,
                        const ChangeLog& log, const std::string& title) {
  RecursiveWriter(program, names, query, facts, log).run(title);
}

}  // namespace pgvista::ivm
