#include "ivm/recompute.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "ivm/key_index.hpp"
#include "ivm/notes.hpp"
#include "ivm/restrict.hpp"
#include "parse/parse.hpp"
#include "sql/print.hpp"

namespace pgvista::ivm {

namespace {

std::vector<std::string> quoted_names(const std::vector<ColumnFact>& columns) {
  std::vector<std::string> out;
  for (const ColumnFact& column : columns) out.push_back(sql::quote_identifier(column.name));
  return out;
}

// The query for the keys in the variables, as a FROM item named f.
std::string fresh_rows(const Shape& shape, const Facts& facts, bool many) {
  std::vector<Restriction> restrictions;
  for (std::size_t i = 0; i < shape.key.size(); ++i) {
    restrictions.push_back({shape.key[i].output, keys_value(shape.key, i, many), {}});
    if (shape.key[i].nullable) restrictions.back().null = null_value(shape.key, i, many);
  }
  const std::vector<std::string> names = quoted_names(shape.outputs);
  std::string out = fmt::format("({}) AS f ({})", parse::print_checked(restrict(*shape.query, restrictions, facts)),
                                join(names, ", "));
  if (shape.key.size() > 1) out += "\n      WHERE " + key_condition(shape.key, "f", many);
  return out;
}

std::vector<std::string> with_prefix(const std::vector<std::string>& names, const std::string& prefix) {
  std::vector<std::string> out;
  for (const std::string& name : names) out.push_back(prefix + name);
  return out;
}

std::vector<std::string> key_columns(const Shape& shape) {
  std::vector<std::string> out;
  for (const KeyColumn& column : shape.key) out.push_back(sql::quote_identifier(column.name));
  return out;
}

// INSERT … ON CONFLICT over the key, rows that are as they were left alone; keys without a row any more go.
std::vector<std::string> upsert(const Names& names, const Shape& shape, const KeyIndex& index, const std::string& fresh,
                                const std::string& store_condition) {
  const std::vector<std::string> all = quoted_names(shape.outputs);
  const std::vector<std::string> key = key_columns(shape);
  std::vector<std::string> sets;
  // The key too: equal values may look different.
  for (const std::string& name : all) sets.push_back(fmt::format("{0} = excluded.{0}", name));
  const std::string conflict =
      sets.empty()
          ? std::string("DO NOTHING")
          : fmt::format("DO UPDATE SET {}\n      WHERE ROW({})::record OPERATOR(pg_catalog.*<>) ROW({})::record",
                        join(sets, ", "), join(with_prefix(all, "s."), ", "),
                        join(with_prefix(all, "excluded."), ", "));
  const std::string gone = fmt::format("NOT EXISTS (SELECT FROM fresh AS f WHERE {})",
                                       same_key(shape.key, with_prefix(key, "f."), with_prefix(key, "s.")));
  return {
      fmt::format("    WITH fresh AS MATERIALIZED (\n      SELECT {0} FROM {1}\n    ), put AS (\n      INSERT INTO {2} "
                  "AS s ({0}) SELECT {0} FROM fresh ORDER BY {3}\n      ON CONFLICT ({7}) {4}\n    )\n"
                  "    DELETE FROM {2} AS s WHERE {5}{6}",
                  join(all, ", "), fresh, names.store().sql(), join(key, ", "), conflict,
                  store_condition.empty() ? std::string{} : store_condition + " AND ", gone, index.conflict)};
}

std::vector<std::string> replace_rows(const Names& names, const Shape& shape, const std::string& fresh,
                                      const std::string& store_condition) {
  const std::string all = join(quoted_names(shape.outputs), ", ");
  return {fmt::format("    DELETE FROM {} AS s{}", names.store().sql(),
                      store_condition.empty() ? std::string{} : " WHERE " + store_condition),
          fmt::format("    INSERT INTO {0} ({1}) SELECT {1} FROM {2}", names.store().sql(), all, fresh)};
}

// Of all rows, those keys whose rows differ. The old ones go before the new ones come, for the sake of unique indexes:
// to count what went is to wait for it.
std::vector<std::string> replace_differing(const Names& names, const Shape& shape, const std::string& rows) {
  const std::string all = join(quoted_names(shape.outputs), ", ");
  const std::vector<std::string> compared = image_columns(shape.outputs);
  const std::vector<std::string> key = key_columns(shape);
  const auto same = [&](const std::string& left) {
    return same_key(shape.key, with_prefix(key, left + "."), with_prefix(key, "k."));
  };
  return {
      fmt::format("  WITH fresh AS MATERIALIZED (\n    SELECT {0} FROM {1}\n  ), differing AS MATERIALIZED (\n"
                  "    SELECT DISTINCT {4} FROM ((SELECT {3} FROM fresh EXCEPT ALL SELECT {3} FROM {2}) UNION ALL "
                  "(SELECT {3} FROM {2} EXCEPT ALL SELECT {3} FROM fresh)) AS d\n  ), gone AS (\n"
                  "    DELETE FROM {2} AS s USING differing AS k WHERE {5} RETURNING 1\n  )\n  INSERT INTO {2} ({0}) "
                  "SELECT {6} FROM fresh AS f JOIN differing AS k ON {7} WHERE (SELECT count(*) FROM gone) >= 0",
                  all, rows, names.store().sql(), join(compared, ", "), key.empty() ? "true AS one" : join(key, ", "),
                  same("s"), join(with_prefix(quoted_names(shape.outputs), "f."), ", "), same("f"))};
}

std::string together(const std::vector<std::string>& statements) {
  std::string out;
  for (const std::string& one : statements) out += one + ";\n";
  return out;
}

}  // namespace

sql::Select rows_of(const sql::Select& query, const std::vector<ColumnFact>& outputs) {
  sql::Select out;
  sql::SubqueryRef sub;
  sub.alias.name = "f";
  for (const ColumnFact& one : outputs) {
    sub.alias.columns.push_back(one.name);
    out.targets.push_back({one.name, column("f", one.name), {}});
  }
  sub.query = query;
  out.from.push_back(sql::FromItem{std::move(sub)});
  return out;
}

void add_store(Program& program, const Names& names, const std::string& query, const std::string& title,
               int fillfactor) {
  program.store = names.store();
  Store& store = program.stores.emplace_back();
  store.name = names.store();
  store.create.push_back(fmt::format("{}CREATE TABLE {} WITH (fillfactor = {}) AS\n{}\nWITH NO DATA",
                                     comment_block(title), store.name.sql(), fillfactor, query));
  store.create.push_back(fmt::format("REVOKE ALL ON TABLE {} FROM PUBLIC", store.name.sql()));
}

void generate_recompute(Program& program, const Names& names, const Shape& shape, const Facts& facts, Mode mode,
                        const std::string& title) {
  const std::string query = parse::print_checked(*shape.query);
  const std::string all = join(quoted_names(shape.outputs), ", ");
  const std::string rows = fmt::format("({}) AS f ({})", query, all);
  add_store(program, names, fmt::format("SELECT * FROM {}", rows),
            title + "\nOne row of the query a row, and hidden columns for the key.", 90);

  const KeyIndex index = key_index(names, shape.key, shape.unique, facts.server_major);
  const bool upserts = index.unique;
  program.unique_key = index.unique;
  program.stored = rows_of(*shape.query, shape.outputs);
  Store& store = program.stores.back();
  store.columns = all;
  store.fill = fmt::format("INSERT INTO {} ({}) SELECT {} FROM {}", store.name.sql(), all, all, rows);
  store.finish = index.create;
  Apply apply;
  const auto statements = [&](bool many) {
    const std::string fresh = fresh_rows(shape, facts, many);
    const std::string condition = key_condition(shape.key, "s", many);
    return upserts ? upsert(names, shape, index, fresh, condition) : replace_rows(names, shape, fresh, condition);
  };
  apply.everything = together(upserts ? upsert(names, shape, index, rows, {}) : replace_differing(names, shape, rows));
  if (!shape.key.empty()) apply.keys = by_number(statements(false), statements(true), shape.key);
  const Style style{mode, Noting::keys, {}, facts.settings, program.catches};
  add_functions(program, names, shape, apply, style,
                title + "\nFinds the keys that changed rows reach, locks them, and recomputes their rows.");
  add_captures(program, names, shape, style, {});
}

}  // namespace pgvista::ivm
