#include "ivm/generate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "ivm/notes.hpp"
#include "ivm/queue.hpp"
#include "sql/print.hpp"

namespace pgvista::ivm {

namespace {

std::vector<std::string> key_names(const std::vector<KeyColumn>& key) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < key.size(); ++i) out.push_back(fmt::format("key_{}", i + 1));
  return out;
}

// One path as a SELECT of keys and slots.
std::string path_select(const Shape& shape, std::size_t number, const Path& path, bool locking) {
  const Entry& entry = shape.entries[number];
  const Skeleton& skeleton = (*shape.skeletons)[static_cast<std::size_t>(path.skeleton)];
  std::vector<std::string> arrays;
  std::vector<std::string> columns;
  std::vector<TypeFact> kinds;
  for (std::size_t i = 0; i < entry.columns.size(); ++i) {
    arrays.push_back(parameter_name(number, i));
    columns.push_back(sql::quote_identifier(entry.columns[i]));
    kinds.push_back(entry.table->column(entry.columns[i])->kind);
  }
  std::vector<std::string> alternatives;
  for (const auto& key : path.keys) alternatives.push_back("(" + join(key, ", ") + ")");
  std::string slots = path.slots.empty() ? "ARRAY[]::bigint[]" : join(path.slots, " || ");
  const std::vector<std::string> names = key_names(shape.key);
  if (!locking) {
    slots = "NULL::bigint[]";
  } else {
    std::vector<std::string> qualified;
    for (std::size_t i = 0; i < names.size(); ++i)
      qualified.push_back(hashed_value(shape.key[i].kind, "k." + names[i]));
    slots +=
        fmt::format(" || CASE WHEN {} THEN {} END", path.reached.empty() ? "true" : path.reached, key_slot(qualified));
  }
  return fmt::format(
      "    -- {}\n    SELECT k.*, {} AS reached, {} AS slots\n      FROM {}{}\n      CROSS JOIN LATERAL (VALUES {}) AS "
      "k ({})",
      replace_all(path.text, "\n", " "), path.reached.empty() ? "true" : path.reached, slots,
      unnested(arrays, kinds, skeleton.occurrences[static_cast<std::size_t>(path.occurrence)].alias, columns),
      path.joins, join(alternatives, ", "), join(names, ", "));
}

// The keys and slots that the changed rows of one entry reach, added to those found so far.
std::string derive_entry(const Shape& shape, std::size_t number, bool locking) {
  std::vector<std::string> selects;
  for (const Path& path : shape.entries[number].paths) selects.push_back(path_select(shape, number, path, locking));
  if (selects.empty()) return {};
  const std::vector<std::string> names = key_names(shape.key);
  std::vector<std::string> aggregates;
  std::vector<std::string> variables;
  for (std::size_t i = 0; i < names.size(); ++i) {
    variables.push_back(keys_variable(i));
    aggregates.push_back(fmt::format("{} || array_agg({})", variables.back(), names[i]));
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!shape.key[i].nullable) continue;
    variables.push_back(null_variable(i));
    aggregates.push_back(fmt::format("{0} OR coalesce(bool_or({1} IS NULL), false)", variables.back(), names[i]));
  }
  return fmt::format(
      "    IF {} IS NOT NULL THEN\n    WITH reached AS MATERIALIZED (\n{}\n    )\n"
      "    SELECT pgv_slots || (SELECT array_agg(DISTINCT slot) FROM reached AS r CROSS JOIN LATERAL unnest(r.slots) "
      "AS s (slot) WHERE slot IS NOT NULL), {}\n"
      "      INTO pgv_slots, {}\n      FROM (SELECT DISTINCT {} FROM reached AS r WHERE r.reached) AS k;\n    END "
      "IF;\n",
      parameter_name(number, 0), join(selects, "\n    UNION ALL\n"), join(aggregates, ", "), join(variables, ", "),
      join(names, ", "));
}

std::string derive_statements(const Shape& shape, bool locking) {
  std::string out = "    pgv_slots := NULL;\n";
  for (std::size_t i = 0; i < shape.key.size(); ++i) {
    out += fmt::format("    {} := NULL;\n", keys_variable(i));
    if (shape.key[i].nullable) out += fmt::format("    {} := false;\n", null_variable(i));
  }
  for (std::size_t i = 0; i < shape.entries.size(); ++i) {
    if (!shape.entries[i].columns.empty()) out += derive_entry(shape, i, locking);
  }
  return out;
}

// Rows whose keys and locks they tell themselves need not be followed a second time.
std::string told_by_changed_rows(const Shape& shape) {
  std::vector<std::string> others;
  for (std::size_t i = 0; i < shape.entries.size(); ++i) {
    const Entry& entry = shape.entries[i];
    const bool alone =
        std::all_of(entry.paths.begin(), entry.paths.end(), [](const Path& path) { return path.hops.empty(); });
    if (!alone && !entry.columns.empty()) others.push_back(parameter_name(i, 0) + " IS NULL");
  }
  return others.empty() ? "true" : join(others, " AND ");
}

// Lock, then derive again in a new statement, until nothing new is found: a row on the way may have been moved
// meanwhile.
std::string derive_loop(const Shape& shape, const Names& names) {
  return fmt::format(
      "  LOOP\n{0}    EXIT WHEN pgv_escalated OR pgv_slots IS NULL OR pgv_slots <@ pgv_held;\n"
      "    pgv_escalated := pgvista.lock_keys({1}, ARRAY(SELECT DISTINCT s FROM unnest(pgv_slots) AS s WHERE s <> ALL "
      "(pgv_held) ORDER BY s));\n"
      "    pgv_held := pgv_slots || pgv_held;\n    EXIT WHEN {2};\n  END LOOP;\n",
      derive_statements(shape, true), sql::quote_literal(names.base), told_by_changed_rows(shape));
}

std::string key_declarations(const Shape& shape) {
  std::string out;
  for (std::size_t i = 0; i < shape.key.size(); ++i) {
    out += fmt::format("  {} {}[];\n", keys_variable(i), shape.key[i].type);
    if (shape.key[i].nullable) out += fmt::format("  {} boolean;\n", null_variable(i));
  }
  return out;
}

// Deferred: one process applies all, in one snapshot; there is nothing to lock.
std::string maintain_function(const Names& names, const Shape& shape, const Apply& apply, const Style& style,
                              const std::string& title) {
  const Parameters given = parameters(shape);
  const bool locking = style.mode != Mode::deferred;
  std::string body;
  if (!shape.key.empty()) {
    body = fmt::format(
        "  IF NOT everything THEN\n{0}    IF {1} IS NULL THEN\n      RETURN;\n    END IF;\n"
        "    IF locks_only THEN\n      RETURN;\n    END IF;\n"
        "    -- Nearly all keys, and everything is locked already: all of them.\n"
        "    IF NOT ({4} AND cardinality({1}) > (SELECT 0.5 * c.reltuples FROM pg_class AS c WHERE c.oid = "
        "{3}::regclass)) THEN\n{2}    RETURN;\n    END IF;\n  END IF;\n",
        locking ? derive_loop(shape, names) : derive_statements(shape, false), keys_variable(0), apply.keys,
        sql::quote_literal(names.store().sql()),
        locking ? "pgv_escalated" : fmt::format("cardinality({}) > {}", keys_variable(0), bulk_keys));
  }
  return fmt::format(
      "{0}CREATE FUNCTION {1}({2}) RETURNS void LANGUAGE plpgsql{8} AS {7}\n{9}DECLARE\n{3}  pgv_slots bigint[];\n  "
      "pgv_held bigint[] := '{{}}';\n  pgv_escalated boolean := false;\nBEGIN\n{4}"
      "  -- Everything: TRUNCATE, or a change that reaches every key.\n{5}{6}END\n{7}",
      comment_block(title), names.function("maintain"), given.declaration(), key_declarations(shape), body,
      locking ? fmt::format("  PERFORM pgvista.lock_all({});\n", sql::quote_literal(names.base)) : std::string{},
      apply.everything, sql::dollar_tag("pgvista", body + apply.everything), function_settings(style.settings),
      body_begin);
}

const ColumnFact& fact_of(const Entry& entry, const std::string& name) { return *entry.table->column(name); }

// The entries of a table that an event matters to, by number.
std::vector<std::size_t> entries_of(const Shape& shape, const sql::Name& table, Event event) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < shape.entries.size(); ++i) {
    const Entry& entry = shape.entries[i];
    if (entry.table->name == table && !(event == Event::update && entry.relevant.empty())) out.push_back(i);
  }
  return out;
}

// Every key is reached: at least only when there are changed rows, or rows that differ.
std::string any_change(const Shape& shape, const std::vector<std::size_t>& entries, Event event) {
  if (event != Event::update)
    return fmt::format("EXISTS (SELECT FROM {})", event == Event::remove ? "old_rows" : "new_rows");
  std::vector<std::string> conditions;
  for (const std::size_t number : entries) {
    std::vector<ColumnFact> facts;
    for (const std::string& name : shape.entries[number].relevant)
      facts.push_back(fact_of(shape.entries[number], name));
    const std::vector<std::string> list = image_columns(facts);
    conditions.push_back(
        fmt::format("EXISTS ((SELECT {0} FROM new_rows EXCEPT ALL SELECT {0} FROM old_rows) UNION ALL (SELECT {0} FROM "
                    "old_rows EXCEPT ALL SELECT {0} FROM new_rows))",
                    join(list, ", ")));
  }
  return join(conditions, " OR ");
}

}  // namespace

std::string Names::told(const std::string& table) const {
  const std::string text = fmt::format("{}pgvista keeps the view {}: \"pgvista pause {}\" lets its writers go on",
                                       table.empty() ? "" : fmt::format("a change of {}; ", table), view, view);
  return " /* " + replace_all(replace_all(text, "*/", "* /"), "/*", "/ *") + " */";
}

namespace {

std::string hand_on(const Names& names, const Shape& shape, const std::vector<std::size_t>& entries, Event event,
                    bool locks_only) {
  std::string declare;
  std::string fill;
  std::vector<std::string> arguments;
  std::string any;
  for (const std::size_t i : entries) {
    const Entry& entry = shape.entries[i];
    std::vector<std::string> aggregates;
    std::vector<std::string> variables;
    for (std::size_t k = 0; k < entry.columns.size(); ++k) {
      const std::string variable = "a_" + parameter_name(i, k);
      declare += fmt::format("    {} {}[];\n", variable, fact_of(entry, entry.columns[k]).type);
      aggregates.push_back(fmt::format("array_agg({})", sql::quote_identifier(entry.columns[k])));
      variables.push_back(variable);
      arguments.push_back(fmt::format("{} => {}", parameter_name(i, k), variable));
    }
    fill += fmt::format("    SELECT {} INTO {}\n      FROM ({}) AS d;\n", join(aggregates, ", "), join(variables, ", "),
                        changed_rows(entry, event));
    any += (any.empty() ? "" : " OR ") + variables.front() + " IS NOT NULL";
  }
  if (locks_only) arguments.emplace_back("locks_only => true");
  return fmt::format("  DECLARE\n{}  BEGIN\n{}    IF {} THEN\n      PERFORM {}{} ({});\n    END IF;\n  END;\n", declare,
                     fill, any, names.function("maintain"),
                     names.told(shape.entries[entries.front()].table->name.display()), join(arguments, ", "));
}

std::string everything_body(const Program& program, const Names& names, const Style& style) {
  return style.mode != Mode::immediate
             ? note_everything(program, names)
             : fmt::format("      PERFORM {}{} (everything => true);\n", names.function("maintain"), names.told());
}

std::string lock_all(const Names& names) {
  return fmt::format("      PERFORM pgvista.lock_all({});\n", sql::quote_literal(names.base));
}

std::string usual_body(const Program& program, const Names& names, const Shape& shape, const sql::Name& table,
                       Event event, const Style& style, bool locks_only = false) {
  const bool notes = style.mode != Mode::immediate;
  const std::string everything = locks_only ? lock_all(names) : everything_body(program, names, style);
  if (event == Event::truncate) return everything;
  const std::vector<std::size_t> entries = entries_of(shape, table, event);
  if (entries.empty()) return {};
  const bool rows_wait = notes && style.noting == Noting::with_sign;
  const bool all = !rows_wait && std::any_of(entries.begin(), entries.end(), [&](std::size_t i) {
    return shape.entries[i].everything || shape.entries[i].columns.empty();
  });
  if (all) return fmt::format("    IF {} THEN\n{}    END IF;\n", any_change(shape, entries, event), everything);
  if (!notes) return hand_on(names, shape, entries, event, locks_only);
  std::string out;
  for (const std::size_t i : entries)
    out += note_statement(program, names, shape.entries[i], i + 1, event, style.noting);
  return out;
}

// An UPDATE may have changed nothing that matters. Sums of hashes that differ prove that it did; equal ones prove
// nothing.
std::string surely_changed(const Shape& shape, const std::vector<std::size_t>& entries) {
  std::vector<std::string> conditions;
  for (const std::size_t number : entries) {
    std::vector<std::string> list;
    for (const std::string& name : shape.entries[number].relevant) {
      if (fact_of(shape.entries[number], name).kind.hashable) list.push_back(sql::quote_identifier(name));
    }
    if (list.empty()) continue;
    const auto sum = [&](const char* rows) {
      return fmt::format("(SELECT sum(hash_record_extended(ROW({}), 0)::numeric) FROM {})", join(list, ", "), rows);
    };
    conditions.push_back(fmt::format("{} <> {}", sum("new_rows"), sum("old_rows")));
  }
  return conditions.empty() ? "false" : "(" + join(conditions, " OR ") + ")";
}

// Where a statement changed a great part of all rows, the view is computed as a whole instead of following each.
std::string unless_bulk(const Program& program, const Names& names, const Shape& shape, const sql::Name& table,
                        Event event, const Style& style, const std::string& body) {
  std::vector<std::string> tables;
  for (const Entry& entry : shape.entries) {
    tables.push_back(sql::quote_literal(entry.table->name.sql()));
    for (const sql::Name& part : entry.table->descendants) tables.push_back(sql::quote_literal(part.sql()));
  }
  const char* const rows = event == Event::remove ? "old_rows" : "new_rows";
  const std::string changed =
      event == Event::update ? " AND " + surely_changed(shape, entries_of(shape, table, event)) : "";
  return fmt::format(
      "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > {0} FROM {1});\n  BEGIN\n"
      "    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM {1}), ARRAY[{2}]){3};\n    END "
      "IF;\n"
      "    IF pgv_bulk THEN\n{4}    ELSE\n{5}    END IF;\n  END;\n",
      bulk_keys, rows, join(tables, ", "), changed, everything_body(program, names, style), body);
}

// The parameters in the order of parameter_number.
std::string executed(const std::vector<std::string>& statements, const std::vector<KeyColumn>& key) {
  std::vector<std::string> arguments;
  for (std::size_t i = 0; i < key.size(); ++i) {
    arguments.push_back(keys_variable(i));
    if (key[i].nullable) arguments.push_back(null_variable(i));
  }
  std::string out;
  for (const std::string& text : statements) {
    const std::string tag = sql::dollar_tag("query", text);
    out += fmt::format("      EXECUTE {0}\n{1}\n{0} USING {2};\n", tag, text, join(arguments, ", "));
  }
  return out;
}

// Of the array of a key's column; whether NULL is among its values is the next one.
int parameter_number(const std::vector<KeyColumn>& key, std::size_t column) {
  int out = 1;
  for (std::size_t i = 0; i < column; ++i) out += key[i].nullable ? 2 : 1;
  return out;
}

}  // namespace

std::string parameter_name(std::size_t entry, std::size_t column) {
  return fmt::format("e{}_{}", entry + 1, column + 1);
}

// Rows whose relevant columns changed, old and new; rows that only moved about are left out.
std::string changed_rows(const Entry& entry, Event event) {
  std::vector<std::string> all;
  for (const std::string& name : entry.columns) all.push_back(sql::quote_identifier(name));
  const std::string columns = join(all, ", ");
  if (event == Event::insert) return fmt::format("SELECT DISTINCT {} FROM new_rows", columns);
  if (event == Event::remove) return fmt::format("SELECT DISTINCT {} FROM old_rows", columns);
  std::vector<std::string> relevant;
  for (const std::string& name : entry.relevant) {
    const bool needed = std::find(entry.columns.begin(), entry.columns.end(), name) != entry.columns.end();
    relevant.push_back(needed ? sql::quote_identifier(name) : comparable_column(fact_of(entry, name)));
    if (const TypeFact& kind = fact_of(entry, name).kind; kind.comparable && kind.forms)
      relevant.push_back(
          fmt::format("{} AS {}", image_text(sql::quote_identifier(name)), sql::quote_identifier("pgv_" + name)));
  }
  for (const std::string& name : entry.columns) {
    if (std::find(entry.relevant.begin(), entry.relevant.end(), name) == entry.relevant.end())
      relevant.push_back(sql::quote_identifier(name));
  }
  const std::string list = join(relevant, ", ");
  return fmt::format(
      "SELECT DISTINCT {0} FROM (\n        (SELECT {1} FROM new_rows EXCEPT ALL SELECT {1} FROM old_rows) UNION ALL "
      "(SELECT {1} FROM old_rows EXCEPT ALL SELECT {1} FROM new_rows)) AS c",
      columns, list);
}

std::string unnested(const std::vector<std::string>& arrays, const std::vector<TypeFact>& kinds,
                     const std::string& alias, const std::vector<std::string>& columns) {
  if (std::none_of(kinds.begin(), kinds.end(), [](const TypeFact& one) { return one.composite; }))
    return fmt::format("unnest({}) AS {} ({})", join(arrays, ", "), alias, join(columns, ", "));
  std::vector<std::string> list;
  for (const std::string& array : arrays) list.push_back("unnest(" + array + ")");
  return fmt::format("(SELECT {}) AS {} ({})", join(list, ", "), alias, join(columns, ", "));
}

std::string image_text(const std::string& quoted_name) { return quoted_name + "::text COLLATE \"C\""; }

std::string comparable_column(const ColumnFact& fact) {
  const std::string name = sql::quote_identifier(fact.name);
  return fact.kind.comparable ? name : name + "::text AS " + name;
}

std::vector<std::string> image_columns(const std::vector<ColumnFact>& facts) {
  std::vector<std::string> out;
  for (const ColumnFact& fact : facts) {
    out.push_back(comparable_column(fact));
    // The collation of an output is not known.
    const bool text = fact.kind.base == "text" || fact.kind.base == "character varying" ||
                      fact.kind.base == "character" || fact.kind.base == "bpchar";
    if (fact.kind.comparable && (fact.kind.forms || text))
      out.push_back(fmt::format("{} AS {}", image_text(sql::quote_identifier(fact.name)),
                                sql::quote_identifier("pgv_" + fact.name)));
  }
  return out;
}

std::string function_settings(const Settings& settings) {
  return " SET search_path TO pg_catalog, pg_temp SET jit TO off" + set_clauses(settings);
}

std::string share_view(const Names& names) {
  return fmt::format("  LOCK TABLE {} IN ROW EXCLUSIVE MODE;\n", names.store().sql());
}

std::string comment_block(const std::string& text) {
  std::string out;
  for (const std::string& line : split_lines(text)) out += "-- " + line + "\n";
  return out;
}

std::string keys_variable(std::size_t i) { return fmt::format("pgv_keys_{:02}", i + 1); }
std::string null_variable(std::size_t i) { return fmt::format("pgv_null_{:02}", i + 1); }

sql::Expr keys_value(const std::vector<KeyColumn>& key, std::size_t i, bool many) {
  if (many) return sql::Expr{sql::Parameter{parameter_number(key, i), {}}};
  return sql::Expr{sql::ColumnRef{{keys_variable(i)}, false, {}}};
}

sql::Expr null_value(const std::vector<KeyColumn>& key, std::size_t i, bool many) {
  if (many) return sql::Expr{sql::Parameter{parameter_number(key, i) + 1, {}}};
  return sql::Expr{sql::ColumnRef{{null_variable(i)}, false, {}}};
}

std::string by_number(const std::vector<std::string>& few, const std::vector<std::string>& many,
                      const std::vector<KeyColumn>& key) {
  return fmt::format("    IF cardinality({}) <= {} THEN\n{};\n    ELSE\n{}    END IF;\n", keys_variable(0), bulk_keys,
                     join(few, ";\n"), executed(many, key));
}

std::string key_condition(const std::vector<KeyColumn>& key, const std::string& qualifier, bool many) {
  std::vector<std::string> parts;
  std::vector<std::string> variables;
  std::vector<std::string> columns;
  bool nullable = false;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const std::string name = qualifier + "." + sql::quote_identifier(key[i].name);
    const std::string one = fmt::format("{} = ANY ({})", name, sql::print(keys_value(key, i, many)));
    parts.push_back(key[i].nullable
                        ? fmt::format("({} OR ({} IS NULL AND {}))", one, name, sql::print(null_value(key, i, many)))
                        : one);
    variables.push_back(sql::print(keys_value(key, i, many)));
    columns.push_back(name);
    nullable |= key[i].nullable;
  }
  if (key.size() > 1) {
    if (many) parts.clear();
    std::vector<TypeFact> kinds;
    for (const KeyColumn& column : key) kinds.push_back(column.kind);
    const std::string keys = unnested(variables, kinds, "k", key_names(key));
    std::vector<std::string> unnested_columns;
    for (const std::string& name : key_names(key)) unnested_columns.push_back("k." + name);
    parts.push_back(
        nullable ? fmt::format("EXISTS (SELECT FROM {} WHERE {})", keys, same_key(key, unnested_columns, columns))
                 : fmt::format("({}) IN (SELECT {} FROM {})", join(columns, ", "), join(key_names(key), ", "), keys));
  }
  return join(parts, " AND ");
}

std::string same_key(const std::vector<KeyColumn>& key, const std::vector<std::string>& left,
                     const std::vector<std::string>& right) {
  bool nullable = false;
  bool hashes = true;
  for (const KeyColumn& column : key) {
    nullable |= column.nullable;
    hashes &= column.kind.hashable;
  }
  std::vector<std::string> out;
  if (nullable && hashes)
    out.push_back(fmt::format("hash_record_extended(ROW({}), 0) = hash_record_extended(ROW({}), 0)", join(left, ", "),
                              join(right, ", ")));
  for (std::size_t i = 0; i < key.size(); ++i)
    out.push_back(fmt::format("{} {} {}", left[i], key[i].nullable ? "IS NOT DISTINCT FROM" : "=", right[i]));
  return out.empty() ? std::string("true") : join(out, " AND ");
}

std::string Parameters::declaration() const {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) out += fmt::format("{} {} DEFAULT NULL, ", names[i], types[i]);
  return out + "everything boolean DEFAULT false, locks_only boolean DEFAULT false";
}

std::string Parameters::signature() const {
  std::vector<std::string> all = types;
  all.emplace_back("boolean");
  all.emplace_back("boolean");
  return join(all, ", ");
}

Parameters parameters(const Shape& shape) {
  Parameters out;
  for (std::size_t i = 0; i < shape.entries.size(); ++i) {
    for (std::size_t k = 0; k < shape.entries[i].columns.size(); ++k) {
      out.names.push_back(parameter_name(i, k));
      out.types.push_back(shape.entries[i].table->column(shape.entries[i].columns[k])->type + "[]");
    }
  }
  return out;
}

// Texts from which every value can be read again to the last digit.
static bool lossless(const Settings& settings) {
  return std::all_of(settings.begin(), settings.end(), [](const auto& one) {
    if (one.first == "DateStyle") return one.second.starts_with("ISO") || one.second.starts_with("iso");
    if (one.first == "IntervalStyle") return one.second == "postgres" || one.second == "iso_8601";
    return one.first != "extra_float_digits" || (!one.second.starts_with('-') && one.second != "0");
  });
}

void add_functions(Program& program, const Names& names, const Shape& shape, const Apply& apply, const Style& style,
                   const std::string& title) {
  const auto as_text = [&](const Entry& one) {
    return depends_on_settings(one, style.mode == Mode::deferred ? Noting::with_sign : style.noting);
  };
  if (style.mode != Mode::immediate && !lossless(style.settings) &&
      std::any_of(shape.entries.begin(), shape.entries.end(), as_text)) {
    program.blockers.push_back(
        {"the database's default DateStyle, IntervalStyle or extra_float_digits: rows that wait could not be noted "
         "without loss; use \"immediate\"",
         -1});
  }
  const std::string signature = parameters(shape).signature();
  const auto add = [&](std::string sql, const std::string& function, const std::string& arguments) {
    program.create.push_back(std::move(sql));
    program.create.push_back(fmt::format("REVOKE ALL ON FUNCTION {}({}) FROM PUBLIC", function, arguments));
    // By its name alone: a type of its arguments may have another by then.
    program.drop.push_back(fmt::format("DROP FUNCTION IF EXISTS {}", function));
  };
  add(maintain_function(names, shape, apply, style, title), names.function("maintain"), signature);
  program.repair.push_back(fmt::format("SELECT {}(everything => true)", names.function("maintain")));
  if (style.mode != Mode::immediate)
    add(pending_function(names, shape, style), names.function("pending"), "pgvista.pending[]");
  if (style.mode != Mode::deferred) return;
  add(take_function(program.level, names, shape, style), names.function("take"), take_signature);
  program.takes.push_back(names.function("take"));
}

void add_for_family(Program& program, const TableFact& table, Capture capture) {
  program.captures.push_back(capture);
  for (const auto* family : {&table.descendants, &table.ancestors}) {
    for (const sql::Name& relative : *family) {
      capture.table = relative;
      program.captures.push_back(capture);
    }
  }
}

void add_captures(Program& program, const Names& names, const Shape& shape, const Style& style,
                  const BodyFor& body_for) {
  std::vector<sql::Name> done;
  for (const Entry& entry : shape.entries) {
    const TableFact& table = *entry.table;
    if (std::find(done.begin(), done.end(), table.name) != done.end()) continue;
    done.push_back(table.name);
    if (!table.part && entry.relevant.size() == table.columns.size()) program.whole_rows[table.name] = entry.relevant;
    for (const Event event : {Event::insert, Event::update, Event::remove, Event::truncate}) {
      if (style.mode == Mode::deferred && !table.part) {
        const bool matters = event != Event::update || !entries_of(shape, table.name, event).empty();
        if (matters) add_for_family(program, table, {table.name, event, {}, table.name, queued_columns(shape, table)});
        continue;
      }
      Capture capture{table.name, event, usual_body(program, names, shape, table.name, event, style)};
      if (body_for) {
        const UsualBody usual{capture.body, usual_body(program, names, shape, table.name, event, style, true)};
        if (const auto own = body_for(table, event, usual)) {
          capture.counted = own->counted;
          capture.body = own->text;
        }
      }
      if (capture.body.empty()) continue;
      const bool added = event == Event::insert && style.mode == Mode::immediate && style.noting == Noting::with_sign;
      if (event != Event::truncate && !added && !shape.key.empty())
        capture.body = unless_bulk(program, names, shape, table.name, event, style, capture.body);
      add_for_family(program, table, std::move(capture));
    }
    program.base_tables.push_back(table.name);
    program.base_tables.insert(program.base_tables.end(), table.ancestors.begin(), table.ancestors.end());
    program.base_tables.insert(program.base_tables.end(), table.descendants.begin(), table.descendants.end());
  }
}

}  // namespace pgvista::ivm
