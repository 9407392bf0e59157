#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "ivm/change_log/pending.hpp"
#include "ivm/functions/key_condition.hpp"
#include "ivm/functions/key_index.hpp"
#include "ivm/functions/rows.hpp"
#include "ivm/functions/statement.hpp"
#include "ivm/strategy/algebraic.hpp"
#include "ivm/strategy/group_deltas.hpp"
#include "ivm/strategy/recompute.hpp"
#include "sql/make.hpp"
#include "sql/print.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;
using plpgsql::Assign;
using plpgsql::If;
using plpgsql::Run;
using plpgsql::Statements;

namespace {

constexpr const char* again = "pgv_again";  // a variable: what was added does not tell all

class AlgebraicWriter {
 public:
  AlgebraicWriter(Program& program, const Names& names, const AlgebraicShape& algebraic, const Facts& facts,
                  const ChangeLog& log, const std::string& title)
      : program_(program), names_(names), algebraic_(algebraic), facts_(facts), log_(log), title_(title) {
    for (const Target& target : algebraic.groups.targets) all_.push_back(target.alias);
    const std::size_t keys = all_.size() - algebraic.hidden.size();
    key_.assign(all_.begin(), all_.begin() + static_cast<std::ptrdiff_t>(keys));
    hidden_.assign(all_.begin() + static_cast<std::ptrdiff_t>(keys), all_.end());
    index_ = key_index(names, algebraic.key, true, facts.server_major);
    arbiter_ = index_.arbiter;
    // One row always: its key is a constant.
    if (key_.empty()) arbiter_.emplace_back().expression = make::boolean(true);
  }

  void run() {
    store();
    Apply apply;
    if (!log_.waits()) apply.keys = apply.everything = {mark_recounted(names_)};
    append(apply.keys, by_number(algebraic_.shape, [&](KeyNumber number) { return group_again(number); }));
    append(apply.everything, everything());
    if (log_.waits()) apply.everything.push_back({Run{forget_notes()}});
    const Style style{log_.locks(), Noting::with_sign, log_.waits() ? add_noted() : Statements{}, facts_.settings,
                      program_.catches};
    add_functions(program_, names_, algebraic_.shape, apply, style, log_,
                  title_ + "\nThe groups that changed rows reach, counted again: for what addition cannot tell.");
    add_captures(
        program_, names_, algebraic_.shape, style, log_,
        [&](const TableFact& table, Event event, const UsualBody& usual) { return capture(table, event, usual); });
    for (Capture& one : program_.captures) one.counted |= counted_.contains(one.table);
  }

 private:
  static void append(Statements& to, const Statements& more) { to.insert(to.end(), more.begin(), more.end()); }

  TableRef stored(const char* alias = "s") const { return make::table(names_.store(), alias); }

  // What is noted of this transaction is in all that was counted: it must not be added once more.
  Delete forget_notes() const {
    Delete out;
    out.table = make::table({"pgvista", "pending"}, "p");
    out.where =
        make::all_of({make::op("=", make::column("p", "xid"), make::call(Name{"pg_catalog", "pg_current_xact_id"}, {})),
                      make::op("=", make::column("p", "drain"), make::text(names_.function("pending").sql()))});
    return out;
  }

  void store() {
    add_store(program_, names_, algebraic_.groups, all_,
              title_ + "\nOne row a group: its key, how many rows it has, and sums to be added to.", 80);
    Store& store = program_.stores.back();
    if (key_.empty())
      store.finish.push_back("CREATE UNIQUE INDEX " + quote_identifier(shorten_identifier(names_.base, "_key")) +
                             " ON " + store.name.sql() + " ((true))");
    store.finish.insert(store.finish.end(), index_.create.begin(), index_.create.end());
    if (log_.waits()) store.filled.push_back(print(Statement(forget_notes())));
    program_.unique_key = true;
    program_.stored = stored_rows(algebraic_);
    for (const AlgebraicColumn& one : algebraic_.columns) {
      if (!generated(algebraic_, one)) continue;
      store.create.push_back("ALTER TABLE " + names_.store().sql() + " ADD COLUMN " +
                             quote_identifier(one.column.name) + " " + one.column.type + " GENERATED ALWAYS AS (" +
                             print(one.value) + ") STORED");
    }
  }

  // --- the group again
  // ------------------------------------------------------------------------------------------------

  // The group's row is locked first, made where there is none: a writer that adds to it holds that row until it
  // commits.
  std::vector<Statement> group_again(KeyNumber number) const {
    const Shape& shape = algebraic_.shape;
    if (shape.key.empty()) return {};
    const Select fresh = rows_of_keys(shape, facts_, number);
    const Expr concerned = key_condition(shape.key, "s", number);
    return {make_groups(fresh), lock_rows(concerned), write(fresh, concerned)};
  }

  // Rows of groups that are not there yet, with nothing in them.
  Insert make_groups(const Select& fresh) const {
    Insert out;
    out.table = stored();
    out.columns = key_;
    Select groups = make::select(make::targets(make::columns("", key_)), {make::subquery(fresh, "f")});
    for (std::size_t i = 0; i < hidden_.size(); ++i) {
      if (!can_be_taken_back(algebraic_.hidden[i])) continue;
      out.columns.push_back(hidden_[i]);
      groups.targets.push_back(make::target(make::number(0)));
    }
    groups.order_by = make::order_by(make::columns("", key_));
    out.query = std::move(groups);
    out.conflict = Conflict{arbiter_, {{hidden_.front(), make::column("s", hidden_.front())}}, {}};
    return out;
  }

  Select lock_rows(const std::optional<Expr>& concerned) const {
    Select out = make::select({}, {stored()}, concerned);
    out.order_by = make::order_by(make::columns("s", key_));
    out.locking = {{"UPDATE", {}, ""}};
    return out;
  }

  Delete write(const Select& fresh, const std::optional<Expr>& concerned) const {
    Insert put;
    put.table = stored();
    put.columns = all_;
    put.query = make::select(make::targets(make::columns("", all_)), {make::rows("fresh")});
    put.query->order_by = make::order_by(make::columns("", key_));
    const auto record = [&](const char* table) {
      return make::cast(make::row(make::columns(table, hidden_)), "record");
    };
    put.conflict = Conflict{arbiter_, make::as_excluded(hidden_),
                            make::op(Path{"pg_catalog", "*<>"}, record("s"), record("excluded"))};
    std::optional<Expr> same;
    if (!key_.empty()) same = same_key(algebraic_.key, make::columns("f", key_), make::columns("s", key_));
    const Expr gone = make::negation(make::exists(make::select({}, {make::rows("fresh", "f")}, same)));
    Delete out;
    out.with = {make::with("fresh", fresh, CommonTable::Materialized::always), make::with("put", std::move(put))};
    out.table = stored();
    out.where = concerned ? make::all_of({*concerned, gone}) : gone;
    return out;
  }

  // Writers that add to a group hold its row: all rows are locked before anything is counted.
  Statements everything() const {
    const Select rows =
        make::select(make::targets(make::columns("", all_)), {make::subquery(algebraic_.groups, "f", all_)});
    return {{Run{lock_rows({})}}, {Run{write(rows, {})}}};
  }

  std::optional<OwnBody> capture(const TableFact& table, Event event, const UsualBody& usual) {
    if (event == Event::truncate || log_.waits()) return std::nullopt;
    if (usual.statements.empty() && event == Event::update) return std::nullopt;
    const bool joined = algebraic_.shape.entries.size() > 1;
    Statements adding = joined ? locks(table, event, usual) : Statements{};
    append(adding, add(table, deltas_.of(table, event), event != Event::insert));
    Exprs conditions;
    const std::set<Name> below = joined && table.part && !is_self_joined(table) ? sources_of(table) : std::set<Name>{};
    if (!below.empty()) {
      conditions.push_back(one_is_alone(below));
      counted_.insert(below.begin(), below.end());
    } else if (joined) {
      conditions.push_back(make::name("pgv_alone"));
    }
    const bool counted = joined && below.empty();
    if (is_self_joined(table)) conditions.push_back(one_event());
    conditions.push_back(not_recounted(names_));
    const Expr may_add = make::all_of(conditions);
    if (!algebraic_.extremes || event == Event::insert)
      return OwnBody{{{If{{{may_add, std::move(adding)}}, usual.statements}}}, counted};
    return OwnBody{
        {{plpgsql::Block{{{again, "boolean", make::boolean(true)}},
                         {{If{{{may_add, std::move(adding)}}}}, {If{{{make::name(again), usual.statements}}}}}}}},
        joined};
  }

  // Where the changed rows alone tell what to lock, that is one statement; else the way to the key is followed.
  // A part changes inside of the statement that changes a table below it. The others of the join stay as they are while
  // that table is the only one to change, and is none of them. Empty: it is one of them.
  std::set<Name> sources_of(const TableFact& part) const {
    std::set<Name> out;
    const Select query = describable(facts_.originals.at(part.name), facts_);
    each<const TableRef>(query, [&](const TableRef& ref) {
      const TableFact* const fact = facts_.table(ref.schema, ref.name);
      if (!fact) return;
      out.insert(fact->name);
      out.insert(fact->descendants.begin(), fact->descendants.end());
    });
    const auto& entries = algebraic_.shape.entries;
    const bool apart = std::none_of(entries.begin(), entries.end(), [&](const Entry& one) {
      return out.contains(one.table->name) ||
             (one.table != &part && one.table->part && !sources_differ(out, *one.table));
    });
    return apart ? out : std::set<Name>{};
  }

  // Does none of these change the other part?
  bool sources_differ(const std::set<Name>& sources, const TableFact& part) const {
    bool out = true;
    const Select query = describable(facts_.originals.at(part.name), facts_);
    each<const TableRef>(query, [&](const TableRef& ref) {
      const TableFact* const fact = facts_.table(ref.schema, ref.name);
      out &= fact && !sources.contains(fact->name);
    });
    return out;
  }

  static Expr one_is_alone(const std::set<Name>& tables) {
    Exprs out;
    for (const Name& one : tables)
      out.push_back(make::call(Name{"pgvista", "is_alone"}, {make::cast(make::text(one.sql()), "regclass")}));
    return make::any_of(out);
  }

  bool is_self_joined(const TableFact& table) const {
    const auto& entries = algebraic_.shape.entries;
    return std::count_if(entries.begin(), entries.end(), [&](const Entry& one) { return one.table == &table; }) > 1;
  }

  Statements locks(const TableFact& table, Event event, const UsualBody& usual) const {
    // The one row of a query without GROUP BY is what everybody waits for anyway.
    if (key_.empty()) return {lock_all(names_)};
    std::vector<FromItem> rows;
    if (event != Event::remove) rows.emplace_back(make::rows(new_rows));
    if (event != Event::insert) rows.emplace_back(make::rows(old_rows));
    const auto slots = own_slots(table, [&](std::size_t) { return rows; });
    if (!slots) return usual.locks;
    // A few rows in one statement; many, or an older snapshot, with all the care of lock_keys.
    constexpr int few = 64;
    const Expr number = make::scalar(make::select({make::target(make::count())}, {rows.front()}));
    const Expr isolation = make::call("current_setting", {make::text("transaction_isolation")});
    const Expr locked = make::name("pgv_locked");
    return {
        {plpgsql::Block{{{"pgv_locked", "bigint", make::number(0)}},
                        {{If{{{make::all_of({make::op("=", isolation, make::text("read committed")),
                                             make::op("<=", number, make::number(few))}),
                               {share_view(names_), {Run{lock_slots(*slots)}}, {plpgsql::RowCount{"pgv_locked"}}}}}}},
                         {If{{{make::op("=", locked, make::number(0)), {lock_keys(*slots)}}}}}}}}};
  }

  Insert lock_slots(const Select& slots) const {
    const Expr slot = make::name("slot");
    Insert out;
    out.table = make::table({"pgvista", "lock"}, "l");
    out.columns = {"view", "slot"};
    Select values = make::select(make::targets({make::call("hashtext", {make::text(names_.base)}), slot}),
                                 {make::subquery(slots, "x")}, make::is_not_null(slot));
    values.distinct = true;
    values.order_by = make::order_by({slot});
    out.query = std::move(values);
    IndexColumn view;
    view.column = "view";
    IndexColumn number;
    number.column = "slot";
    out.conflict = Conflict{{view, number}, {{"turn", make::negation(make::column("l", "turn"))}}, {}};
    return out;
  }

  plpgsql::Statement lock_keys(const Select& slots) const {
    Expr all = make::distinct(make::call("array_agg", {make::name("slot")}));
    all.as<FunctionCall>()->order_by = make::order_by({make::name("slot")});
    const Expr missing = make::scalar(make::select({make::target(all)}, {make::subquery(slots, "x")}));
    return {Run{
        make::select({make::target(make::call(Name{"pgvista", "lock_keys"}, {make::text(names_.base), missing}))})}};
  }

  // A SELECT of the slots that the rows of this table tell by themselves; nullopt where they do not tell all.
  // `rows`: those of an entry, by its number.
  std::optional<Select> own_slots(const TableFact& table, Callback<std::vector<FromItem>(std::size_t)> rows) const {
    std::vector<Select> selects;
    for (std::size_t i = 0; i < algebraic_.shape.entries.size(); ++i) {
      const Entry& entry = algebraic_.shape.entries[i];
      if (entry.table != &table) continue;
      for (const KeyPath& path : entry.paths) {
        if (!path.own_slots || path.slots.empty()) return std::nullopt;
        const std::string& alias = (*algebraic_.shape.graphs)[static_cast<std::size_t>(path.graph)]
                                       .references[static_cast<std::size_t>(path.reference)]
                                       .alias;
        for (FromItem one : rows(i)) {
          if (auto* ref = one.as<TableRef>()) ref->alias.name = alias;
          if (auto* query = one.as<SubqueryRef>()) query->alias.name = alias;
          selects.push_back(make::select({make::target(make::call("unnest", {make::chain("||", path.slots)}), "slot")},
                                         {std::move(one)}));
        }
      }
    }
    return selects.empty() ? std::nullopt : std::optional(make::union_all(std::move(selects)));
  }

  // --- at commit, or later
  // --------------------------------------------------------------------------------------------------------

  // Where one table alone was changed, its rows are added as they would have been by the statement; the other tables
  // are read as they are now, behind the locks. Not inside a statement (SET CONSTRAINTS … IMMEDIATE): its other changes
  // are visible then, and not noted yet. Deferred, all of it is of one snapshot, and whatever changed before it is
  // noted.
  Statements add_noted() const {
    Statements out;
    std::set<const TableFact*> done;
    for (const Entry& entry : algebraic_.shape.entries) {
      if (done.insert(entry.table).second) out.push_back(add_noted_of(*entry.table));
    }
    return out;
  }

  plpgsql::Statement add_noted_of(const TableFact& table) const {
    const std::vector<Entry>& entries = algebraic_.shape.entries;
    Exprs numbers;
    std::vector<Select> rows;
    Exprs conditions;
    if (log_.locks()) conditions.push_back(make::op("=", make::call("pg_trigger_depth"), make::number(1)));
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (entries[i].table != &table) continue;
      numbers.push_back(make::number(static_cast<long long>(i + 1)));
      rows.push_back(noted_rows(entries[i], i + 1, Noting::with_sign));
    }
    // Of this table, and of no other.
    conditions.insert(conditions.begin() + (log_.locks() ? 1 : 0),
                      make::op(rows.size() == 1 ? "=" : "<@", make::name("pgv_entries"), make::array(numbers)));
    Statements adding;
    if (entries.size() > 1 && log_.locks()) adding = lock_noted(table);
    append(adding, add(table, deltas_.of_signed(table, std::move(rows)), true));
    const plpgsql::Statement done = {plpgsql::Return{}};
    if (!algebraic_.extremes) {
      adding.push_back(done);
      return {If{{{make::all_of(conditions), std::move(adding)}}}};
    }
    adding.push_back({If{{{make::negation(make::name(again)), {done}}}}});
    return {If{{{make::all_of(conditions), {{plpgsql::Block{{{again, "boolean"}}, std::move(adding)}}}}}}};
  }

  Statements lock_noted(const TableFact& table) const {
    if (key_.empty()) return {lock_all(names_)};
    const std::vector<Entry>& entries = algebraic_.shape.entries;
    const auto rows = [&](std::size_t i) { return noted_rows(entries[i], i + 1, Noting::with_sign); };
    if (const auto slots =
            own_slots(table, [&](std::size_t i) { return std::vector<FromItem>{make::subquery(rows(i), "")}; }))
      return {lock_keys(*slots)};
    // The way to the key is followed, and its slots are locked.
    Exprs arguments;
    std::vector<FromItem> from;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (entries[i].table != &table) continue;
      const std::string alias = "d" + std::to_string(i + 1);
      std::vector<Target> arrays;
      for (std::size_t k = 0; k < entries[i].columns.size(); ++k) {
        const std::string name = "c" + std::to_string(k + 1);
        arrays.push_back(make::target(make::call("array_agg", {make::column("r", entries[i].columns[k])}), name));
        arguments.push_back(make::named(parameter_name(i, k), make::column(alias, name)));
      }
      if (arrays.empty()) continue;
      from.emplace_back(make::subquery(make::select(std::move(arrays), {make::subquery(rows(i), "r")}), alias));
    }
    arguments.push_back(make::named("locks_only", make::boolean(true)));
    return {{Run{
        make::select({make::target(make::call(names_.function("maintain"), std::move(arguments)))}, std::move(from))}}};
  }

  // `rows`: what is to be added to the groups, negative where it is to be taken away; `takes_away`: some may be.
  // Where a smallest or largest value went, the variable pgv_again becomes true: its groups must be counted again.
  Statements add(const TableFact& table, Select rows, bool takes_away) const {
    std::vector<Assignment> sets;
    Exprs strange;
    for (std::size_t i = 0; i < hidden_.size(); ++i) {
      const Hidden& one = algebraic_.hidden[i];
      const Expr before = make::column("s", hidden_[i]);
      const Expr added = make::column("excluded", hidden_[i]);
      sets.push_back({hidden_[i], combined(one, before, added)});
      // Nothing can be taken away from NaN or from infinity.
      if (may_be_strange(one))
        strange.push_back(InList{
            make::name(hidden_[i]), {make::text("NaN"), make::text("Infinity"), make::text("-Infinity")}, false, {}});
    }
    Insert upsert;
    upsert.table = stored();
    upsert.note = names_.told(table.name.display());
    upsert.columns = all_;
    upsert.conflict = Conflict{arbiter_, std::move(sets), {}};
    const bool may_go = takes_away && !algebraic_.keep_empty;
    const bool looks = takes_away && algebraic_.extremes;
    if (!looks) {
      rows.order_by = make::order_by(make::columns("", key_));
      upsert.query = std::move(rows);
    } else {
      upsert.query = make::select(make::targets(make::columns("", all_)), {make::rows("delta")});
      upsert.query->order_by = make::order_by(make::columns("", key_));
    }
    if (!may_go && !looks && (strange.empty() || !takes_away)) return {{Run{std::move(upsert)}}};
    return {checked(std::move(upsert), looks ? std::optional(std::move(rows)) : std::nullopt, may_go, strange)};
  }

  // Is what went no farther out than what is there now? Then it was the smallest or largest, and the next one is to be
  // looked for.
  Expr extreme_gone() const {
    Exprs any;
    for (std::size_t i = 0; i < hidden_.size(); ++i) {
      if (can_be_taken_back(algebraic_.hidden[i])) continue;
      const char* const reaches = algebraic_.hidden[i].kind == Hidden::Kind::smallest ? "<=" : ">=";
      any.push_back(make::op(reaches, make::column("d", GroupDeltas::taken_column(i)), make::column("p", hidden_[i])));
    }
    std::optional<Expr> same;
    if (!key_.empty()) same = same_key(algebraic_.key, make::columns("d", key_), make::columns("p", key_));
    return make::exists(
        make::select({}, {make::join(Join::Type::inner, make::rows("delta", "d"), make::rows("put", "p"), same)},
                     make::any_of(any)));
  }

  // Groups that have lost their last row are found again by where they lie, which nobody else can change meanwhile.
  plpgsql::Statement checked(Insert upsert, std::optional<Select> delta, bool may_go, const Exprs& strange) const {
    upsert.returning = {make::target(make::column("s", "ctid"), "pgv_place")};
    for (const std::string& one : delta ? all_ : hidden_) upsert.returning.push_back(make::target(make::name(one)));
    const Expr places = make::call("array_agg", {make::name("pgv_place")});
    const Expr gone = may_go ? make::filtered(places, make::op("=", make::name(hidden_.front()), make::number(0)))
                             : make::cast(make::null(), "tid", true);
    Exprs results = {gone, strange.empty() ? make::boolean(false) : make::call("bool_or", {make::any_of(strange)})};
    std::vector<std::string> variables = {"pgv_gone", "pgv_strange"};
    plpgsql::Block out;
    out.variables = {{"pgv_gone", "tid[]"}, {"pgv_strange", "boolean"}};
    std::vector<CommonTable> with;
    if (delta) {
      with.push_back(make::with("delta", std::move(*delta), CommonTable::Materialized::always));
      results.push_back(extreme_gone());
      variables.emplace_back(again);
    }
    with.push_back(make::with("put", std::move(upsert)));
    Select result = make::select(make::targets(results), {make::rows("put")});
    result.with = std::move(with);
    out.statements = {{Run{std::move(result), std::move(variables)}}};
    if (may_go) {
      Delete remove;
      remove.table = stored();
      remove.where = make::equals_any(make::column("s", "ctid"), make::name("pgv_gone"));
      out.statements.push_back({If{{{make::is_not_null(make::name("pgv_gone")), {{Run{std::move(remove)}}}}}}});
    }
    if (!strange.empty()) out.statements.push_back({If{{{make::name("pgv_strange"), {maintain_everything(names_)}}}}});
    return {std::move(out)};
  }

  Program& program_;
  const Names& names_;
  const AlgebraicShape& algebraic_;
  const Facts& facts_;
  const ChangeLog& log_;
  const std::string& title_;
  std::vector<std::string> all_;
  std::vector<std::string> key_;
  std::vector<std::string> hidden_;
  const GroupDeltas deltas_{algebraic_, facts_};
  std::set<Name> counted_;  // tables of which it must be known whether others change in the same statement
  KeyIndex index_;
  std::vector<IndexColumn> arbiter_;
};

}  // namespace

void generate_algebraic(Program& program, const Names& names, const AlgebraicShape& algebraic, const Facts& facts,
                        const ChangeLog& log, const std::string& title) {
  AlgebraicWriter(program, names, algebraic, facts, log, title).run();
}

}  // namespace pgvista::ivm
