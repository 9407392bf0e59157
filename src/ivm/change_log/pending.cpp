#include "ivm/change_log/pending.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ivm/functions/rows.hpp"
#include "ivm/functions/sound.hpp"
#include "parse/parse.hpp"
#include "sql/known_types.hpp"
#include "sql/make.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;
using plpgsql::If;
using plpgsql::Run;

namespace {

bool is_plain(const std::string& type) {
  const KnownType* known = known_type(base_type(type));
  return known && known->can(in_notes);
}

// One note: of an entry, or of everything.
Select note_values(const Program& program, const Names& names, Expr entry, Expr columns) {
  const Expr own = make::op("=", make::column("p", "xid"), make::call("pg_current_xact_id"));
  const Expr known = make::exists(make::select({}, {make::table({"pgvista", "pending"}, "p")}, own));
  return make::select(make::targets({make::number(program.level), make::text(names.function("pending").sql()),
                                     std::move(entry), std::move(columns), make::negation(known)}));
}

// Old and new rows that differ in what matters, each with its sign. nullopt: nothing matters.
std::optional<Select> signed_rows(const Entry& entry, const std::vector<Noted>& columns, Event event) {
  std::vector<Target> shown;
  std::vector<Target> compared;
  for (const Noted& one : columns) {
    shown.push_back(make::target(make::name(one.column.name)));
    compared.push_back(comparable_column(one.column));
    if (one.column.kind.comparable && one.column.kind.forms) compared.push_back(image_column(one.column));
  }
  const auto with_sign = [&](int sign, FromItem from) {
    std::vector<Target> targets = shown;
    targets.push_back(make::target(make::number(sign), "pgv_sign"));
    return make::select(std::move(targets), {std::move(from)});
  };
  if (event == Event::insert) return with_sign(1, make::rows(new_rows));
  if (event == Event::remove) return with_sign(-1, make::rows(old_rows));
  if (entry.relevant.empty()) return std::nullopt;
  const auto without = [&](const char* rows, const char* others) {
    return make::except_all(make::select(compared, {make::rows(rows)}), make::select(compared, {make::rows(others)}));
  };
  return make::union_all({with_sign(1, make::subquery(without(new_rows, old_rows), "n")),
                          with_sign(-1, make::subquery(without(old_rows, new_rows), "o"))});
}

Exprs arguments(const Shape& shape) {
  Exprs out;
  for (std::size_t i = 0; i < shape.entries.size(); ++i) {
    for (std::size_t k = 0; k < shape.entries[i].columns.size(); ++k)
      out.push_back(make::named(parameter_name(i, k), make::name(argument_name(i, k))));
  }
  return out;
}

Expr array_as_text(Expr value) { return make::cast(make::call("array_agg", {std::move(value)}), "text"); }

}  // namespace

std::vector<Noted> noted_columns(const Entry& entry, Noting noting) {
  std::vector<std::string> names = noting == Noting::with_sign ? entry.relevant : std::vector<std::string>{};
  for (const std::string& name : entry.columns) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  std::vector<Noted> out;
  for (const std::string& name : names) {
    const ColumnFact& fact = *entry.table->column(name);
    out.push_back({fact, is_plain(fact.type)});
  }
  return out;
}

bool depends_on_settings(const Entry& entry, Noting noting) {
  const std::vector<Noted> columns = noted_columns(entry, noting);
  return std::any_of(columns.begin(), columns.end(), [](const Noted& one) { return !one.plain; });
}

Insert insert_pending(Select values) {
  Insert out;
  out.table = make::table({"pgvista", "pending"});
  out.columns = {"level", "drain", "entry", "columns", "first"};
  out.query = std::move(values);
  return out;
}

std::optional<plpgsql::Statement> note_statement(const Program& program, const Names& names, const Entry& entry,
                                                 std::size_t number, Event event, Noting noting) {
  const std::vector<Noted> columns = noted_columns(entry, noting);
  const std::optional<Select> rows =
      noting == Noting::with_sign ? signed_rows(entry, columns, event) : changed_rows(entry, event);
  if (!rows) return std::nullopt;
  Exprs arrays;
  for (const Noted& one : columns) {
    const Expr value = make::name(one.column.name);
    arrays.push_back(array_as_text(one.plain ? value : make::cast(value, "text")));
  }
  if (noting == Noting::with_sign) arrays.push_back(array_as_text(make::name("pgv_sign")));
  Select values = note_values(program, names, make::number(static_cast<long long>(number)), make::array(arrays));
  values.from = {make::subquery(*rows, "d")};
  values.having = make::op(">", make::count(), make::number(0));
  return plpgsql::Statement{Run{insert_pending(std::move(values))}};
}

plpgsql::Statement note_everything(const Program& program, const Names& names) {
  return {Run{insert_pending(note_values(program, names, make::number(0), make::null()))}};
}

Select noted_rows(const Entry& entry, std::size_t number, Noting noting) {
  const std::vector<Noted> columns = noted_columns(entry, noting);
  Exprs arrays;
  std::vector<std::string> names;
  std::vector<Target> values;
  const auto noted = [&](std::size_t at, const std::string& type) {
    arrays.push_back(make::cast(make::element(make::column("n", "columns"), static_cast<long long>(at)),
                                parse::parse_type(type + "[]")));
  };
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Noted& one = columns[i];
    noted(i + 1, one.plain ? one.column.type : "text");
    names.push_back(fmt::format("c{}", i + 1));
    const Expr value = make::column("u", names.back());
    values.push_back(
        make::target(one.plain ? value : make::cast(value, parse::parse_type(one.column.type)), one.column.name));
  }
  if (noting == Noting::with_sign) {
    noted(columns.size() + 1, "integer");
    names.emplace_back("sign");
    values.push_back(make::target(make::column("u", "sign"), "pgv_sign"));
  }
  Select rows =
      make::select(std::move(values),
                   {make::cross_join(make::function(make::call("unnest", {make::name("pgv_notes")}), "n"),
                                     make::lateral(make::function(make::call("unnest", arrays), "u", names)))},
                   make::op("=", make::column("n", "entry"), make::number(static_cast<long long>(number))));
  // Keys are only ever equal or not.
  if (noting == Noting::keys) return rows;
  std::vector<std::string> own;
  for (const Noted& one : columns) own.push_back(one.column.name);
  return as_in_table(*entry.table, own, {make::target(make::cast(make::null(), "int4"), "pgv_sign")}, std::move(rows));
}

namespace {

// The numbers of the entries that there are notes of.
plpgsql::Variable entries_variable() {
  const Expr notes = make::name("pgv_notes");
  Select all =
      make::select({make::target(make::column("n", "entry"))}, {make::function(make::call("unnest", {notes}), "n")});
  all.distinct = true;
  return {"pgv_entries", "integer[]",
          make::choose(make::op("=", make::call("cardinality", {notes}), make::number(1)),
                       make::array({make::field(notes, 1, "entry")}), make::array_of(std::move(all)))};
}

// Reads the notes of one entry into the variables that are handed on.
plpgsql::Statement read_notes(const Entry& entry, std::size_t number, Noting noting, plpgsql::Block& block) {
  std::vector<Target> aggregates;
  std::vector<std::string> variables;
  for (std::size_t k = 0; k < entry.columns.size(); ++k) {
    variables.push_back(argument_name(number, k));
    block.variables.push_back({variables.back(), entry.table->column(entry.columns[k])->type + "[]"});
    aggregates.push_back(make::target(make::call("array_agg", {make::column("d", entry.columns[k])})));
  }
  const auto at = static_cast<long long>(number + 1);
  Select rows = make::select(std::move(aggregates), {make::subquery(noted_rows(entry, number + 1, noting), "d")});
  return {If{{{make::equals_any(make::number(at), make::name("pgv_entries")), {{Run{std::move(rows), variables}}}}}}};
}

}  // namespace

plpgsql::Function pending_function(const Names& names, const Shape& shape, const Style& style) {
  plpgsql::Function out;
  out.comment = "At commit: this view's notes of the transaction.";
  out.name = names.function("pending");
  out.parameters = {{"pgv_notes", "pgvista.pending[]"}};
  out.settings = function_settings(style.settings);
  out.body.variables.push_back(entries_variable());
  plpgsql::Statements read;
  Exprs everything = {make::number(0)};
  for (std::size_t i = 0; i < shape.entries.size(); ++i) {
    const Entry& entry = shape.entries[i];
    if (entry.columns.empty()) {
      everything.push_back(make::number(static_cast<long long>(i + 1)));
    } else {
      read.push_back(read_notes(entry, i, style.noting, out.body));
    }
  }
  plpgsql::Statements body = style.shortcut;
  body.push_back({If{{{make::op("&&", make::name("pgv_entries"), make::array(everything)),
                       {maintain_everything(names), {plpgsql::Return{}}}}}}});
  body.insert(body.end(), read.begin(), read.end());
  Select call = make::select({make::target(make::call(names.function("maintain"), arguments(shape)))});
  call.note = names.told();
  body.push_back({Run{std::move(call)}});
  const std::string& whole = names.top.empty() ? names.base : names.top;
  const Expr sound = make::call(sound_function(whole), {make::number(0)});
  out.body.statements.push_back({If{{{make::negation(sound), {{plpgsql::Return{}}}}}}});
  if (style.catches) body = {caught(whole, make::number(0), std::move(body))};
  out.body.statements.insert(out.body.statements.end(), body.begin(), body.end());
  return out;
}

}  // namespace pgvista::ivm
