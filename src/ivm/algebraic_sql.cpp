#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "ivm/algebraic.hpp"
#include "ivm/key_index.hpp"
#include "ivm/notes.hpp"
#include "ivm/recompute.hpp"
#include "ivm/restrict.hpp"
#include "parse/parse.hpp"
#include "sql/print.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;

namespace {

class Generating {
 public:
  Generating(Program& program, const Names& names, const AlgebraicShape& algebraic, const Facts& facts, Mode mode,
             const std::string& title)
      : program_(program), names_(names), algebraic_(algebraic), facts_(facts), mode_(mode), title_(title) {
    for (const Target& target : algebraic.groups.targets) all_.push_back(quote_identifier(target.alias));
    const std::size_t keys = all_.size() - algebraic.hidden.size();
    key_.assign(all_.begin(), all_.begin() + static_cast<std::ptrdiff_t>(keys));
    hidden_.assign(all_.begin() + static_cast<std::ptrdiff_t>(keys), all_.end());
    // One row always: its key is a constant.
    index_ = key_index(names, algebraic.key, true, facts.server_major);
    conflict_ = key_.empty() ? std::string("(true)") : index_.conflict;
  }

  void run() {
    store();
    Apply apply;
    const std::string mark = mode_ == Mode::immediate
                                 ? fmt::format("    PERFORM pgvista.mark_recounted({});\n", quote_literal(names_.base))
                                 : std::string{};
    apply.keys = mark + group_again();
    apply.everything = mark + everything();
    const Style style{mode_, Noting::with_sign, mode_ == Mode::immediate ? std::string{} : add_noted(), facts_.settings,
                      program_.catches};
    add_functions(program_, names_, algebraic_.shape, apply, style,
                  title_ + "\nThe groups that changed rows reach, counted again: for what addition cannot tell.");
    add_captures(
        program_, names_, algebraic_.shape, style,
        [&](const TableFact& table, Event event, const UsualBody& usual) { return capture(table, event, usual); });
  }

 private:
  void store() {
    add_store(program_, names_, parse::print_checked(algebraic_.groups),
              title_ + "\nOne row a group: its key, how many rows it has, and sums to be added to.", 80);
    Store& store = program_.stores.back();
    store.columns = join(all_, ", ");
    store.fill =
        fmt::format("INSERT INTO {} ({}) {}", store.name.sql(), store.columns, parse::print_checked(algebraic_.groups));
    if (key_.empty())
      store.finish.push_back(fmt::format("CREATE UNIQUE INDEX {} ON {} ((true))",
                                         quote_identifier(shorten_identifier(names_.base, "_key")), store.name.sql()));
    store.finish.insert(store.finish.end(), index_.create.begin(), index_.create.end());
    program_.unique_key = true;
    program_.stored = stored_rows(algebraic_);
    for (const AlgebraicColumn& one : algebraic_.columns) {
      if (!generated(algebraic_, one)) continue;
      store.create.push_back(fmt::format("ALTER TABLE {} ADD COLUMN {} {} GENERATED ALWAYS AS ({}) STORED",
                                         names_.store().sql(), quote_identifier(one.column.name), one.column.type,
                                         print(one.value)));
    }
  }

  std::vector<std::string> prefixed(const std::vector<std::string>& names, const std::string& prefix) const {
    std::vector<std::string> out;
    for (const std::string& name : names) out.push_back(prefix + name);
    return out;
  }

  // --- the group again
  // ------------------------------------------------------------------------------------------------

  // The group's row is locked first, made where there is none: a writer that adds to it holds that row until it
  // commits.
  std::string group_again() const { return by_number(group_again(false), group_again(true), algebraic_.shape.key); }

  std::vector<std::string> group_again(bool many) const {
    const Shape& shape = algebraic_.shape;
    std::vector<Restriction> restrictions;
    for (std::size_t i = 0; i < shape.key.size(); ++i) {
      restrictions.push_back({shape.key[i].output, keys_value(shape.key, i, many), {}});
      if (shape.key[i].nullable) restrictions.back().null = null_value(shape.key, i, many);
    }
    std::string fresh = fmt::format(
        "({}) AS f ({})", parse::print_checked(restrict(*shape.query, restrictions, facts_)), join(all_, ", "));
    if (shape.key.size() > 1) fresh += " WHERE " + key_condition(shape.key, "f", many);
    const std::string condition = key_condition(shape.key, "s", many);
    return {fmt::format("    INSERT INTO {0} AS s ({1}, {2}) SELECT {1}, {3} FROM {4} ORDER BY {1}\n      ON CONFLICT "
                        "({5}) DO UPDATE SET {6} = s.{6}",
                        names_.store().sql(), join(key_, ", "), join(counters(), ", "), zeros(), fresh, conflict_,
                        hidden_.front()),
            // Statements of a function's body are PERFORMed, those of EXECUTE are SELECTs.
            fmt::format("    {} FROM {} AS s WHERE {} ORDER BY {} FOR UPDATE", many ? "SELECT" : "PERFORM",
                        names_.store().sql(), condition, join(prefixed(key_, "s."), ", ")),
            write(fresh, condition)};
  }

  std::vector<std::string> counters() const {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < hidden_.size(); ++i) {
      if (algebraic_.hidden[i].kind != Hidden::Kind::smallest && algebraic_.hidden[i].kind != Hidden::Kind::largest)
        out.push_back(hidden_[i]);
    }
    return out;
  }

  std::string zeros() const { return join(std::vector<std::string>(counters().size(), "0"), ", "); }

  std::string write(const std::string& fresh, const std::string& condition) const {
    std::vector<std::string> sets;
    for (const std::string& name : hidden_) sets.push_back(fmt::format("{0} = excluded.{0}", name));
    return fmt::format(
        "    WITH fresh AS MATERIALIZED (\n      SELECT {0} FROM {1}\n    ), put AS (\n      INSERT INTO {2} AS s "
        "({0}) SELECT {0} FROM fresh{3}\n      ON CONFLICT ({4}) DO UPDATE SET {5}\n      WHERE ROW({8})::record "
        "OPERATOR(pg_catalog.*<>) ROW({9})::record\n    )\n"
        "    DELETE FROM {2} AS s WHERE {6}NOT EXISTS (SELECT FROM fresh AS f{7})",
        join(all_, ", "), fresh, names_.store().sql(), key_.empty() ? std::string{} : " ORDER BY " + join(key_, ", "),
        conflict_, join(sets, ", "), condition.empty() ? std::string{} : condition + " AND ",
        key_.empty() ? std::string{} : " WHERE " + same_key(algebraic_.key, prefixed(key_, "f."), prefixed(key_, "s.")),
        join(prefixed(hidden_, "s."), ", "), join(prefixed(hidden_, "excluded."), ", "));
  }

  // Writers that add to a group hold its row: all rows are locked before anything is counted.
  std::string everything() const {
    const std::string rows = fmt::format("({}) AS f ({})", parse::print_checked(algebraic_.groups), join(all_, ", "));
    return fmt::format("  PERFORM FROM {} AS s{} FOR UPDATE;\n", names_.store().sql(),
                       key_.empty() ? std::string{} : " ORDER BY " + join(prefixed(key_, "s."), ", ")) +
           write(rows, {}) + ";\n";
  }

  // --- what changed rows add
  // ------------------------------------------------------------------------------------------

  // The groups' query with changed rows in the place of one table, in the order of its key.
  std::string over_changed(const TableFact& table, const std::string& rows,
                           const std::function<Expr(const Hidden&, const std::string& alias)>& value) const {
    Select query;
    query.from = algebraic_.groups.from;
    query.where = algebraic_.groups.where;
    query.group_by = algebraic_.groups.group_by;
    std::string alias;
    const auto visit = [&](const auto& self, FromItem& item) -> void {
      if (auto* join = item.as<Join>()) {
        self(self, *join->left);
        self(self, *join->right);
      } else if (auto* ref = item.as<TableRef>(); ref && facts_.table(ref->schema, ref->name) == &table) {
        alias = name_of(*ref);
        ref->alias.name = alias;
        ref->schema = "";
        ref->name = rows;
      }
    };
    for (FromItem& item : query.from) visit(visit, item);
    for (std::size_t i = 0; i < key_.size(); ++i) query.targets.push_back(algebraic_.groups.targets[i]);
    for (const Hidden& one : algebraic_.hidden) query.targets.push_back({one.name, value(one, alias), {}});
    return parse::print_checked(query);
  }

  std::string delta(const TableFact& table, Event event) const {
    if (event == Event::insert)
      return "SELECT * FROM (" +
             over_changed(table, "new_rows", [](const Hidden& one, const std::string&) { return full_value(one); }) +
             ") AS d";
    if (event == Event::remove) {
      return "SELECT * FROM (" +
             over_changed(table, "old_rows",
                          [](const Hidden& one, const std::string&) {
                            return Expr{Operator{{"-"}, {}, full_value(one), {}}};
                          }) +
             ") AS d";
    }
    const std::string columns = columns_of(table);
    return signed_delta(
        table,
        fmt::format("SELECT {0}, 1 AS pgv_sign FROM new_rows UNION ALL SELECT {0}, -1 AS pgv_sign FROM old_rows",
                    columns),
        !algebraic_.extremes);
  }

  // `rows`: the table's columns and pgv_sign, +1 for new rows, −1 for old ones.
  std::string signed_delta(const TableFact& table, const std::string& rows, bool skip_unchanged) const {
    std::string out = fmt::format("WITH pgv_changed AS NOT MATERIALIZED ({})\n      SELECT * FROM ({}) AS d", rows,
                                  over_changed(table, "pgv_changed", [](const Hidden& one, const std::string& alias) {
                                    return part(one, column(alias, "pgv_sign"));
                                  }));
    std::vector<std::string> differs;
    for (const std::string& name : hidden_) differs.push_back(name + " <> 0");
    if (skip_unchanged) out += " WHERE " + join(differs, " OR ");
    return out;
  }

  std::string columns_of(const TableFact& table) const {
    std::vector<std::string> out;
    for (const Entry& entry : algebraic_.shape.entries) {
      if (entry.table != &table) continue;
      for (const std::string& name : entry.relevant) out.push_back(quote_identifier(name));
    }
    return out.empty() ? "NULL AS pgv_none" : join(out, ", ");
  }

  static Expr part(const Hidden& one, const Expr& sign) {
    if (one.kind == Hidden::Kind::smallest || one.kind == Hidden::Kind::largest) {
      FunctionCall call;
      call.name = {one.kind == Hidden::Kind::smallest ? "min" : "max"};
      call.arguments = {*one.argument};
      if (one.filter) call.filter = *one.filter;
      return Expr{std::move(call)};
    }
    FunctionCall call;
    call.name = {"sum"};
    Expr value = sign;
    std::optional<Expr> filter = one.filter;
    const char* const type = one.kind == Hidden::Kind::sum && one.wide ? "numeric" : "int8";
    if (one.kind == Hidden::Kind::digits) {
      value = Expr{Operator{{"*"}, sign, places(*one.argument), {}}};
    } else if (one.kind == Hidden::Kind::sum) {
      TypeName name;
      name.name = {"pg_catalog", type};
      value = Expr{Operator{{"*"}, sign, Expr{Cast{*one.argument, name, {}}}, {}}};
    } else if (one.argument) {
      // A row counts even where a field of it is NULL, which IS NOT NULL would deny.
      FunctionCall present;
      present.name = {"num_nonnulls"};
      present.arguments = {*one.argument};
      const Expr there{Operator{{"="}, Expr{std::move(present)}, Expr{Constant{Constant::Type::integer, "1", {}}}, {}}};
      filter = filter ? conjunction({*filter, there}) : there;
    }
    call.arguments = {std::move(value)};
    if (filter) call.filter = *filter;
    return Expr{Coalesce{{Expr{std::move(call)}, Expr{Constant{Constant::Type::integer, "0", {}}}}, {}}};
  }

  std::optional<OwnBody> capture(const TableFact& table, Event event, const UsualBody& usual) const {
    if (event == Event::truncate || mode_ != Mode::immediate) return std::nullopt;
    if (usual.text.empty() && event == Event::update) return std::nullopt;
    // A smallest or largest value that is taken away leaves the next one to be looked for.
    if (algebraic_.extremes && event != Event::insert) return std::nullopt;
    const bool joined = algebraic_.shape.entries.size() > 1;
    const std::string adding = add(table, delta(table, event), event != Event::insert);
    const std::string locked = joined ? locks(table, event, usual) : std::string{};
    return OwnBody{fmt::format("  IF {}NOT pgvista.is_recounted({}) THEN\n{}{}  ELSE\n{}  END IF;\n",
                               joined ? "pgv_alone AND " : "", quote_literal(names_.base), locked, adding, usual.text),
                   joined};
  }

  // Where the changed rows alone tell what to lock, that is one statement; else the way to the key is followed.
  std::string locks(const TableFact& table, Event event, const UsualBody& usual) const {
    if (key_.empty()) return lock_all();
    std::vector<std::string> rows;
    if (event != Event::remove) rows.emplace_back("new_rows");
    if (event != Event::insert) rows.emplace_back("old_rows");
    const std::string slots = own_slots(table, rows);
    if (slots.empty()) return usual.locks;
    // A few rows in one statement; many, or an older snapshot, with all the care of lock_keys.
    constexpr int few = 64;
    return fmt::format(
        "  DECLARE\n    pgv_locked bigint := 0;\n  BEGIN\n    IF current_setting('transaction_isolation') = 'read "
        "committed' AND (SELECT count(*) FROM {2}) <= {3} THEN\n    {5}"
        "      INSERT INTO pgvista.lock AS l (view, slot)\n        SELECT DISTINCT hashtext({0}), slot FROM ({1}) AS "
        "x\n"
        "        WHERE slot IS NOT NULL ORDER BY slot\n"
        "        ON CONFLICT (view, slot) DO UPDATE SET turn = NOT l.turn;\n      GET DIAGNOSTICS pgv_locked = "
        "ROW_COUNT;\n    END IF;\n"
        "    IF pgv_locked = 0 THEN\n      {4}    END IF;\n  END;\n",
        quote_literal(names_.base), slots, rows.front(), few, lock_keys(slots), share_view(names_));
  }

  // The one row of a query without GROUP BY is what everybody waits for anyway.
  std::string lock_all() const {
    return fmt::format("    PERFORM pgvista.lock_all({});\n", quote_literal(names_.base));
  }

  std::string lock_keys(const std::string& slots) const {
    return fmt::format(
        "PERFORM pgvista.lock_keys({}, (SELECT array_agg(DISTINCT slot ORDER BY slot) FROM ({}) AS x));\n",
        quote_literal(names_.base), slots);
  }

  // A SELECT of the slots that the rows of this table tell by themselves; "" where they do not tell all.
  std::string own_slots(const TableFact& table, const std::vector<std::string>& rows) const {
    std::vector<std::string> selects;
    for (const Entry& entry : algebraic_.shape.entries) {
      if (entry.table != &table) continue;
      for (const Path& path : entry.paths) {
        const std::string& alias = (*algebraic_.shape.skeletons)[static_cast<std::size_t>(path.skeleton)]
                                       .occurrences[static_cast<std::size_t>(path.occurrence)]
                                       .alias;
        if (!path.own_slots || path.slots.empty()) return {};
        for (const std::string& one : rows)
          selects.push_back(
              fmt::format("SELECT unnest({}) AS slot FROM {} AS {}", join(path.slots, " || "), one, alias));
      }
    }
    return join(selects, " UNION ALL ");
  }

  // --- at commit, or later
  // --------------------------------------------------------------------------------------------------------

  // Where one table alone was changed, its rows are added as they would have been by the statement; the other tables
  // are read as they are now, behind the locks. Not inside a statement (SET CONSTRAINTS … IMMEDIATE): its other changes
  // are visible then, and not noted yet. Deferred, all of it is of one snapshot, and whatever changed before it is
  // noted.
  std::string add_noted() const {
    std::string out;
    const std::vector<Entry>& entries = algebraic_.shape.entries;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const Entry& entry = entries[i];
      const std::string rows = noted_rows(entry, i + 1, Noting::with_sign);
      std::string condition = fmt::format("{}pgv_entries = ARRAY[{}]",
                                          mode_ == Mode::on_commit ? "pg_trigger_depth() = 1 AND " : "", i + 1);
      // A smallest or largest value that is taken away leaves the next one to be looked for.
      if (algebraic_.extremes)
        condition += fmt::format(" AND NOT EXISTS (SELECT FROM ({}) AS d WHERE pgv_sign < 0)", rows);
      std::string locking;
      if (entries.size() > 1 && mode_ == Mode::on_commit) {
        const std::string slots = own_slots(*entry.table, {"(" + rows + ")"});
        locking = key_.empty() ? lock_all() : slots.empty() ? lock_noted(entry, i, rows) : "    " + lock_keys(slots);
      }
      out += fmt::format("  IF {} THEN\n{}{}    RETURN;\n  END IF;\n", condition, locking,
                         add(*entry.table, signed_delta(*entry.table, rows, !algebraic_.extremes), true));
    }
    return out;
  }

  std::string lock_noted(const Entry& entry, std::size_t number, const std::string& rows) const {
    std::vector<std::string> arguments;
    for (std::size_t k = 0; k < entry.columns.size(); ++k)
      arguments.push_back(
          fmt::format("{} => array_agg(d.{})", parameter_name(number, k), quote_identifier(entry.columns[k])));
    return fmt::format("    PERFORM {}({}, locks_only => true) FROM ({}) AS d;\n", names_.function("maintain"),
                       join(arguments, ", "), rows);
  }

  // `rows`: what is to be added to the groups, negative where it is to be taken away; `takes_away`: some may be.
  std::string add(const TableFact& table, const std::string& rows, bool takes_away) const {
    std::vector<std::string> sets;
    for (std::size_t i = 0; i < hidden_.size(); ++i) {
      const auto kind = algebraic_.hidden[i].kind;
      const std::string& name = hidden_[i];
      if (kind == Hidden::Kind::smallest || kind == Hidden::Kind::largest) {
        sets.push_back(
            fmt::format("{0} = {1}(s.{0}, excluded.{0})", name, kind == Hidden::Kind::smallest ? "LEAST" : "GREATEST"));
      } else {
        sets.push_back(fmt::format("{0} = s.{0} + excluded.{0}", name));
      }
    }
    const std::string upsert =
        fmt::format("INSERT INTO {} AS s{} ({})\n      {}{}\n      ON CONFLICT ({}) DO UPDATE SET {}",
                    names_.store().sql(), names_.told(table.name.display()), join(all_, ", "), rows,
                    key_.empty() ? std::string{} : " ORDER BY " + join(key_, ", "), conflict_, join(sets, ", "));
    const bool may_go = takes_away && !algebraic_.keep_empty;
    std::vector<std::string> strange;
    for (std::size_t i = 0; i < hidden_.size(); ++i) {
      if (algebraic_.hidden[i].kind != Hidden::Kind::sum || !algebraic_.hidden[i].wide) continue;
      // Nothing can be taken away from NaN or from infinity.
      strange.push_back(fmt::format("{} IN ('NaN', 'Infinity', '-Infinity')", hidden_[i]));
    }
    if (!may_go && (strange.empty() || !takes_away)) return fmt::format("    {};\n", upsert);
    return checked(upsert, may_go, strange);
  }

  // Groups that have lost their last row are found again by where they lie, which nobody else can change meanwhile.
  std::string checked(const std::string& upsert, bool may_go, const std::vector<std::string>& strange) const {
    const std::string nothing_strange = "false";
    std::string out = fmt::format(
        "  DECLARE\n    pgv_gone tid[];\n    pgv_strange boolean;\n  BEGIN\n    WITH put AS (\n      {}\n      "
        "RETURNING s.ctid AS pgv_place, {}\n    )\n    SELECT {}, {} INTO pgv_gone, pgv_strange FROM put;\n",
        upsert, join(hidden_, ", "),
        may_go ? fmt::format("array_agg(pgv_place) FILTER (WHERE {} = 0)", hidden_.front()) : "NULL::tid[]",
        strange.empty() ? nothing_strange : fmt::format("bool_or({})", join(strange, " OR ")));
    if (may_go)
      out += fmt::format(
          "    IF pgv_gone IS NOT NULL THEN\n      DELETE FROM {} AS s WHERE s.ctid = ANY (pgv_gone);\n    END IF;\n",
          names_.store().sql());
    if (!strange.empty())
      out += fmt::format("    IF pgv_strange THEN\n      PERFORM {}{} (everything => true);\n    END IF;\n",
                         names_.function("maintain"), names_.told());
    return out + "  END;\n";
  }

  Program& program_;
  const Names& names_;
  const AlgebraicShape& algebraic_;
  const Facts& facts_;
  Mode mode_;
  const std::string& title_;
  std::vector<std::string> all_;
  std::vector<std::string> key_;
  std::vector<std::string> hidden_;
  KeyIndex index_;
  std::string conflict_;
};

}  // namespace

void generate_algebraic(Program& program, const Names& names, const AlgebraicShape& algebraic, const Facts& facts,
                        Mode mode, const std::string& title) {
  Generating(program, names, algebraic, facts, mode, title).run();
}

}  // namespace pgvista::ivm
