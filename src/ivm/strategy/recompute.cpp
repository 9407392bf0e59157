#include "ivm/strategy/recompute.hpp"

#include <fmt/format.h>

#include "ivm/change_log/pending.hpp"
#include "ivm/functions/key_condition.hpp"
#include "ivm/functions/key_index.hpp"
#include "ivm/functions/rows.hpp"
#include "ivm/query/part_blocks.hpp"
#include "ivm/query/restrict.hpp"
#include "parse/parse.hpp"
#include "plpgsql/print.hpp"
#include "sql/make.hpp"
#include "sql/print.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;

namespace {

std::vector<std::string> names_of(const std::vector<ColumnFact>& columns) {
  std::vector<std::string> out;
  for (const ColumnFact& column : columns) out.push_back(column.name);
  return out;
}

std::vector<std::string> names_of(const std::vector<KeyColumn>& columns) {
  std::vector<std::string> out;
  for (const KeyColumn& column : columns) out.push_back(column.name);
  return out;
}

// Rows of one key in two tables.
Expr same_rows(const Shape& shape, const std::string& left, const std::string& right) {
  const std::vector<std::string> key = names_of(shape.key);
  return same_key(shape.key, make::columns(left, key), make::columns(right, key));
}

Select columns_of(const std::vector<std::string>& names, FromItem from, const std::string& qualifier = {}) {
  return make::select(make::targets(make::columns(qualifier, names)), {std::move(from)});
}

// INSERT … ON CONFLICT over the key, rows that are as they were left alone; keys without a row any more go.
Delete upsert(const Names& names, const Shape& shape, const KeyIndex& index, Select fresh,
              const std::optional<Expr>& concerned) {
  const std::vector<std::string> all = names_of(shape.outputs);
  Insert put;
  put.table = make::table(names.store(), "s");
  put.columns = all;
  put.query = columns_of(all, make::rows("fresh"));
  put.query->order_by = make::order_by(make::columns("", names_of(shape.key)));
  const auto record = [&](const char* table) { return make::cast(make::row(make::columns(table, all)), "record"); };
  // The key too: equal values may look different.
  put.conflict = Conflict{index.arbiter, make::as_excluded(all),
                          make::op(Path{"pg_catalog", "*<>"}, record("s"), record("excluded"))};
  const Expr gone =
      make::negation(make::exists(make::select({}, {make::rows("fresh", "f")}, same_rows(shape, "f", "s"))));
  Delete out;
  out.with = {make::with("fresh", std::move(fresh), CommonTable::Materialized::always), make::with("put", put)};
  out.table = make::table(names.store(), "s");
  out.where = concerned ? make::all_of({*concerned, gone}) : gone;
  return out;
}

std::vector<Statement> replace_rows(const Names& names, const Shape& shape, Select fresh, const Expr& concerned) {
  Delete remove;
  remove.table = make::table(names.store(), "s");
  remove.where = concerned;
  Insert insert;
  insert.table = make::table(names.store());
  insert.columns = names_of(shape.outputs);
  insert.query = std::move(fresh);
  return {remove, insert};
}

// Of the rows concerned, those of keys that differ. The old ones go before the new ones come, for the sake of unique
// indexes: to count what went is to wait for it.
Insert replace_differing(const Names& names, const Shape& shape, Select rows,
                         const std::optional<Expr>& concerned = {}) {
  const std::vector<std::string> all = names_of(shape.outputs);
  const std::vector<Target> compared = image_columns(shape.outputs);
  const TableRef store = make::table(names.store());
  const Select before = make::select(compared, {concerned ? make::table(names.store(), "s") : store}, concerned);
  const Select after = make::select(compared, {make::rows("fresh")});
  Select differing = make::select(
      shape.key.empty() ? std::vector<Target>{make::target(make::boolean(true), "one")}
                        : make::targets(make::columns("", names_of(shape.key))),
      {make::subquery(make::union_all({make::except_all(after, before), make::except_all(before, after)}), "d")});
  differing.distinct = true;
  Delete gone;
  gone.table = make::table(names.store(), "s");
  gone.using_items = {make::rows("differing", "k")};
  gone.where = same_rows(shape, "s", "k");
  gone.returning = {make::target(make::number(1))};
  Insert out;
  out.with = {make::with("fresh", std::move(rows), CommonTable::Materialized::always),
              make::with("differing", std::move(differing), CommonTable::Materialized::always),
              make::with("gone", std::move(gone))};
  out.table = store;
  out.columns = all;
  const Expr waited =
      make::op(">=", make::scalar(make::select({make::target(make::count())}, {make::rows("gone")})), make::number(0));
  out.query = make::select(make::targets(make::columns("f", all)),
                           {make::join(Join::Type::inner, make::rows("fresh", "f"), make::rows("differing", "k"),
                                       same_rows(shape, "f", "k"))},
                           waited);
  return out;
}

// The one row stays, so that what goes by it is told its old values and its new ones.
Update change_row(const Names& names, const Shape& shape, Select fresh) {
  const std::vector<std::string> all = names_of(shape.outputs);
  Update out;
  out.table = make::table(names.store(), "s");
  for (const std::string& one : all) out.set.push_back({one, make::column("f", one)});
  out.from = {make::subquery(std::move(fresh), "f")};
  const auto record = [&](const char* table) { return make::cast(make::row(make::columns(table, all)), "record"); };
  out.where = make::op(Path{"pg_catalog", "*<>"}, record("s"), record("f"));
  return out;
}

}  // namespace

Select rows_of(const Select& query, const std::vector<ColumnFact>& outputs) {
  const std::vector<std::string> names = names_of(outputs);
  Select out;
  for (const std::string& one : names) out.targets.push_back(make::target(make::column("f", one), one));
  out.from = {make::subquery(query, "f", names)};
  return out;
}

Select rows_of_keys(const Shape& shape, const Facts& facts, KeyNumber number) {
  std::vector<Restriction> restrictions;
  for (std::size_t i = 0; i < shape.key.size(); ++i) {
    if (!shape.key[i].narrows) continue;
    restrictions.push_back({shape.key[i].output, keys_value(shape.key, i, number), null_value(shape.key, i, number)});
  }
  const std::vector<std::string> names = names_of(shape.outputs);
  Select out = columns_of(names, make::subquery(restrict(*shape.query, restrictions, facts), "f", names));
  if (shape.key.size() > 1) out.where = key_condition(shape.key, "f", number);
  return out;
}

void add_store(Program& program, const Names& names, const Select& rows, const std::vector<std::string>& columns,
               const std::string& title, int fillfactor) {
  program.store = names.store();
  Store& store = program.stores.emplace_back();
  store.name = names.store();
  const std::string query = parse::print_checked(rows);
  store.create.push_back(fmt::format("{}CREATE TABLE {} WITH (fillfactor = {}) AS\n{}\nWITH NO DATA",
                                     plpgsql::comment_lines(title), store.name.sql(), fillfactor, query));
  store.create.push_back(fmt::format("REVOKE ALL ON TABLE {} FROM PUBLIC", store.name.sql()));
  store.columns = quote_list(columns);
  store.fill = fmt::format("INSERT INTO {} ({})\n{}", store.name.sql(), store.columns, query);
  program.drop.push_back(
      fmt::format("DELETE FROM pgvista.lock WHERE view = pg_catalog.hashtext({})", sql::quote_literal(names.base)));
}

void generate_recompute(Program& program, const Names& names, const Shape& shape, const Facts& facts,
                        const ChangeLog& log, const std::string& title) {
  const std::vector<std::string> all = names_of(shape.outputs);
  const Select rows = columns_of(all, make::subquery(*shape.query, "f", all));
  add_store(program, names, rows, all, title + "\nOne row of the query a row, and hidden columns for the key.", 90);

  const KeyIndex index = key_index(names, shape.key, shape.unique, facts.server_major);
  const bool upserts = index.unique;
  program.unique_key = index.unique;
  program.stored = rows_of(*shape.query, shape.outputs);
  program.stores.back().finish = index.create;
  Apply apply;
  const auto statements = [&](KeyNumber number) -> std::vector<Statement> {
    Select fresh = rows_of_keys(shape, facts, number);
    const Expr concerned = key_condition(shape.key, "s", number);
    if (upserts) return std::vector<Statement>{upsert(names, shape, index, std::move(fresh), concerned)};
    // What stands above a part follows what changes in it: rows that stay as they are must not seem to come and go.
    if (names.base != names.top) return {replace_differing(names, shape, std::move(fresh), concerned)};
    return replace_rows(names, shape, std::move(fresh), concerned);
  };
  if (shape.key.empty() && has_one_row(*shape.query, facts)) {
    apply.everything = {{plpgsql::Run{change_row(names, shape, rows)}}};
  } else if (upserts) {
    apply.everything = {{plpgsql::Run{upsert(names, shape, index, rows, {})}}};
  } else {
    apply.everything = {{plpgsql::Run{replace_differing(names, shape, rows)}}};
  }
  if (!shape.key.empty()) apply.keys = by_number(shape, statements);
  const Style style{log.locks(), Noting::keys, {}, facts.settings, program.catches};
  add_functions(program, names, shape, apply, style, log,
                title + "\nFinds the keys that changed rows reach, locks them, and recomputes their rows.");
  add_captures(program, names, shape, style, log, {});
}

}  // namespace pgvista::ivm
