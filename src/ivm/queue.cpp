#include "ivm/queue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"

namespace pgvista::ivm {

namespace {

// Types may change under a name: each has a column of its own.
std::string column_name(const QueueColumn& column, const char* prefix) {
  return sql::quote_identifier(
      sql::shorten_identifier(prefix + column.name, "_" + stable_hash_hex(column.name + " " + column.type, 4)));
}

// Types of PostgreSQL itself, whose name means the same under every search path. Arrays of them are stored; everything
// else (arrays, domains, enums, types of extensions) as text.
bool has_array(const std::string& type) {
  static const std::set<std::string> types = {"smallint",
                                              "integer",
                                              "bigint",
                                              "numeric",
                                              "real",
                                              "double precision",
                                              "text",
                                              "character varying",
                                              "character",
                                              "boolean",
                                              "uuid",
                                              "date",
                                              "timestamp without time zone",
                                              "timestamp with time zone",
                                              "time without time zone",
                                              "time with time zone",
                                              "interval",
                                              "bytea",
                                              "json",
                                              "jsonb",
                                              "inet",
                                              "cidr"};
  return types.contains(base_type(type));
}

std::string stored_type(const QueueColumn& column) { return has_array(column.type) ? column.type + "[]" : "text[]"; }

std::string collected(const QueueColumn& column) {
  return fmt::format("pg_catalog.array_agg({}{})", sql::quote_identifier(column.name),
                     has_array(column.type) ? "" : "::pg_catalog.text");
}

std::vector<std::string> map(const std::vector<QueueColumn>& columns,
                             const std::function<std::string(const QueueColumn&)>& text) {
  std::vector<std::string> out;
  std::transform(columns.begin(), columns.end(), std::back_inserter(out), text);
  return out;
}

std::vector<std::string> columns_named(const std::vector<QueueColumn>& columns, const char* prefix) {
  return map(columns, [&](const QueueColumn& one) { return column_name(one, prefix); });
}

std::string listed(const std::vector<std::string>& names) {
  return names.empty() ? std::string{} : ", " + join(names, ", ");
}

// An array has its limits, and so many rows are computed as a whole anyway: beyond this number only that is noted.
constexpr int most_noted = 150'000;
std::string at_most(const char* rows) { return fmt::format("(SELECT * FROM {} LIMIT {})", rows, most_noted + 1); }
std::string too_many(const char* count) { return fmt::format("{} OPERATOR(pg_catalog.>) {}", count, most_noted); }

// The statement's INSERT into one side.
std::string insert_note(const sql::Name& side, Event event, const std::vector<QueueColumn>& columns) {
  const std::string values = listed(map(columns, collected));
  switch (event) {
    case Event::insert:
      return fmt::format(
          "INSERT INTO {} (n_rows, everything{}) SELECT pg_catalog.count(*), {}{} FROM {} AS r HAVING "
          "pg_catalog.count(*) OPERATOR(pg_catalog.>) 0",
          side.sql(), listed(columns_named(columns, "n_")), too_many("pg_catalog.count(*)"), values,
          at_most("new_rows"));
    case Event::remove:
      return fmt::format(
          "INSERT INTO {} (o_rows, everything{}) SELECT pg_catalog.count(*), {}{} FROM {} AS r HAVING "
          "pg_catalog.count(*) OPERATOR(pg_catalog.>) 0",
          side.sql(), listed(columns_named(columns, "o_")), too_many("pg_catalog.count(*)"), values,
          at_most("old_rows"));
    case Event::truncate: return fmt::format("INSERT INTO {} (everything) VALUES (true)", side.sql());
    case Event::update: break;
  }
  if (columns.empty())
    return fmt::format(
        "INSERT INTO {} (n_rows) SELECT pg_catalog.count(*) FROM new_rows HAVING pg_catalog.count(*) "
        "OPERATOR(pg_catalog.>) 0",
        side.sql());
  // Old and new rows come in the same order: where nothing of interest changed, the arrays are the same to the bit.
  const std::vector<std::string> fresh = columns_named(columns, "n_");
  const std::vector<std::string> old = columns_named(columns, "o_");
  std::vector<std::string> fresh_values;
  std::vector<std::string> old_values;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    fresh_values.push_back(collected(columns[i]) + " AS " + fresh[i]);
    old_values.push_back(collected(columns[i]) + " AS " + old[i]);
  }
  return fmt::format(
      "INSERT INTO {0} (n_rows, o_rows, everything{1}{2}) SELECT n.pgv_rows, n.pgv_rows, {7}{1}{2}\n"
      "      FROM (SELECT pg_catalog.count(*) AS pgv_rows{3} FROM {8} AS r) AS n, (SELECT pg_catalog.count(*){4} FROM "
      "{9} AS r) AS o\n"
      "      WHERE n.pgv_rows OPERATOR(pg_catalog.>) 0 AND ({7} OR ROW({5})::pg_catalog.record "
      "OPERATOR(pg_catalog.*<>) ROW({6})::pg_catalog.record)",
      side.sql(), listed(fresh), listed(old), listed(fresh_values), listed(old_values), join(fresh, ", "),
      join(old, ", "), too_many("n.pgv_rows"), at_most("new_rows"), at_most("old_rows"));
}

// What waits between two snapshots, of all sides: what was not yet visible in the first, and is in the second.
std::string window(const sql::Name& table, const std::string& columns) {
  std::vector<std::string> sides;
  for (int side = 0; side < queue_sides; ++side) {
    sides.push_back(
        fmt::format("SELECT {} FROM {} AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) "
                    "AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)",
                    columns, queue_table(table, side).sql()));
  }
  return join(sides, "\n        UNION ALL ");
}

std::vector<QueueColumn> queue_columns(const Entry& entry) {
  std::vector<QueueColumn> out;
  for (const auto* list : {&entry.relevant, &entry.columns}) {
    for (const std::string& name : *list) {
      const QueueColumn one{name, entry.table->column(name)->type};
      if (std::find(out.begin(), out.end(), one) == out.end()) out.push_back(one);
    }
  }
  return out;
}

// The net change of an entry's rows, as texts of their columns (c1, c2, …) and how often each came or went (s).
std::string net_rows(const Entry& entry, const std::vector<QueueColumn>& columns) {
  std::vector<std::string> needed;
  std::vector<std::string> names;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    needed.push_back("q." + column_name(columns[i], "n_") + ", q." + column_name(columns[i], "o_"));
    names.push_back(fmt::format("c{}", i + 1));
    texts.push_back(fmt::format("u.c{0}::text AS c{0}", i + 1));
  }
  const auto rows = [&](const char* prefix, const char* count) {
    std::vector<std::string> arrays;
    for (const QueueColumn& one : columns) arrays.push_back("q." + column_name(one, prefix));
    return columns.empty() ? fmt::format("generate_series(1, q.{}) AS v", count)
                           : fmt::format("unnest({}) AS v ({})", join(arrays, ", "), join(names, ", "));
  };
  const std::string list = join(texts, ", ");
  return fmt::format(
      "SELECT {0}sum(u.s)::int AS s FROM (\n        {1}) AS q\n"
      "        CROSS JOIN LATERAL (SELECT v.*, 1 AS s FROM {2} UNION ALL SELECT v.*, -1 FROM {3}) AS u{4} HAVING "
      "sum(u.s) <> 0",
      list.empty() ? "" : list + ", ", window(entry.table->name, "q.n_rows, q.o_rows" + listed(needed)),
      rows("n_", "n_rows"), rows("o_", "o_rows"),
      names.empty()
          ? ""
          : " GROUP BY " +
                join(map(columns, [&, i = 0](const QueueColumn&) mutable { return fmt::format("u.c{}::text", ++i); }),
                     ", "));
}

std::string note_entry(int level, const Names& names, const Entry& entry, std::size_t number, Noting noting) {
  const std::vector<QueueColumn> columns = queue_columns(entry);
  std::vector<std::string> wanted;
  for (const Noted& one : noted_columns(entry, noting)) {
    const auto at = std::find(columns.begin(), columns.end(), QueueColumn{one.column.name, one.column.type});
    wanted.push_back(fmt::format("c{}", at - columns.begin() + 1));
  }
  std::vector<std::string> arrays;
  for (const std::string& one : wanted) arrays.push_back(fmt::format("array_agg(d.{})::text", one));
  std::string rows = net_rows(entry, columns);
  if (noting == Noting::with_sign) {
    arrays.emplace_back("array_agg(d.s)::text");
  } else if (wanted.empty()) {
    arrays.emplace_back("''");
  } else {
    rows = fmt::format("SELECT DISTINCT {} FROM ({}) AS n", join(wanted, ", "), rows);
  }
  return fmt::format(
      "    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT {}, {}, {}, "
      "ARRAY[{}]::text[], false\n      FROM ({}) AS d HAVING count(*) > 0;\n",
      level, sql::quote_literal(names.function("pending")), number, join(arrays, ", "), rows);
}

}  // namespace

std::string table_word(const sql::Name& table) {
  const std::string out = table.schema + "_" + table.name;
  // a_b.c is not a.b_c.
  return table.schema.find('_') == std::string::npos ? out : out + "_" + stable_hash_hex(table.sql(), 6);
}

std::string queue_base(const sql::Name& table) { return "queue_" + table_word(table); }

sql::Name queue_table(const sql::Name& table, int side) {
  return {"pgvista", sql::shorten_identifier(queue_base(table), fmt::format("_{}", side))};
}

std::vector<QueueColumn> queued_columns(const Shape& shape, const TableFact& table) {
  std::vector<QueueColumn> out;
  for (const Entry& entry : shape.entries) {
    if (entry.table != &table) continue;
    for (const QueueColumn& one : queue_columns(entry)) {
      if (std::find(out.begin(), out.end(), one) == out.end()) out.push_back(one);
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

Program watching_program(const sql::Name& view, const std::vector<const TableFact*>& tables, const std::string& salt) {
  Program out;
  out.strategy = "full";
  std::string content = view.sql() + salt;
  for (const TableFact* table : tables) {
    // A queue of its own: those of deferred views leave out what changes nothing for them. No schema can be named so.
    const sql::Name queue{"pg_touch", table_word(table->name)};
    for (const Event event : {Event::insert, Event::update, Event::remove, Event::truncate})
      add_for_family(out, *table, {table->name, event, {}, queue, {}});
    out.tables.push_back({table->name, "full", "the whole view"});
    content += " " + table->name.sql();
    out.base_tables.push_back(table->name);
    out.base_tables.insert(out.base_tables.end(), table->ancestors.begin(), table->ancestors.end());
    out.base_tables.insert(out.base_tables.end(), table->descendants.begin(), table->descendants.end());
  }
  for (const Capture& one : out.captures) content += " " + one.table.sql();
  out.name = sql::shorten_identifier(view.name + "_" + stable_hash_hex(content, 8));
  add_waits_function(out);
  return out;
}

std::string queue_sql(const sql::Name& table, const std::vector<QueueColumn>& columns) {
  std::vector<std::string> sides;
  for (int side = 0; side < queue_sides; ++side) sides.push_back(sql::quote_literal(queue_table(table, side).sql()));
  std::vector<std::string> names;
  std::vector<std::string> types;
  for (const QueueColumn& one : columns) {
    for (const char* prefix : {"n_", "o_"}) {
      names.push_back(sql::quote_literal(column_name(one, prefix)));
      types.push_back(sql::quote_literal(stored_type(one)));
    }
  }
  return fmt::format("SELECT pgvista.ensure_queue(ARRAY[{}], ARRAY[{}]::text[], ARRAY[{}]::text[])", join(sides, ", "),
                     join(names, ", "), join(types, ", "));
}

std::string drop_queue_sql(const sql::Name& table) {
  std::vector<std::string> sides;
  for (int side = 0; side < queue_sides; ++side) sides.push_back(queue_table(table, side).sql());
  return "DROP TABLE IF EXISTS " + join(sides, ", ");
}

bool writes_text(const std::vector<QueueColumn>& columns) {
  return std::any_of(columns.begin(), columns.end(), [](const QueueColumn& one) { return !has_array(one.type); });
}

// Columns that are gone or renamed: the views that read them are put aside, and nothing is noted.
std::string columns_check(const sql::Name& table, Event event, const std::vector<QueueColumn>& columns) {
  if (columns.empty() || event == Event::truncate) return "  pgv_sound := true;\n";
  const std::string names =
      join(map(columns, [](const QueueColumn& one) { return "r." + sql::quote_identifier(one.name); }), ", ");
  return fmt::format(
      "  BEGIN\n    PERFORM {} FROM {} AS r LIMIT 0;\n    pgv_sound := true;\n  EXCEPTION WHEN "
      "syntax_error_or_access_rule_violation THEN\n    pgv_sound := pgvista.stop_queue({}, TG_RELID, SQLSTATE, "
      "SQLERRM);\n  END;\n",
      names, event == Event::remove ? "old_rows" : "new_rows", sql::quote_literal(queue_table(table, 0).sql()));
}

std::string queue_note(const sql::Name& table, Event event, const std::vector<QueueColumn>& columns) {
  return columns_check(table, event, columns) +
         fmt::format(
             "  -- One insert a statement, into the side of the queue whose turn it is.\n"
             "  IF NOT pgv_sound THEN\n    NULL;\n  ELSIF pgvista.queue_side() OPERATOR(pg_catalog.=) 0 THEN\n    "
             "{};\n  ELSIF pgvista.queue_side() OPERATOR(pg_catalog.=) 1 THEN\n    {};\n  ELSE\n    {};\n  END IF;\n"
             "  IF pgv_sound AND FOUND THEN\n    PERFORM pg_catalog.nextval('pgvista.noted'::pg_catalog.regclass);\n  "
             "END IF;\n",
             insert_note(queue_table(table, 0), event, columns), insert_note(queue_table(table, 1), event, columns),
             insert_note(queue_table(table, 2), event, columns));
}

std::string take_function(int level, const Names& names, const Shape& shape, const Style& style) {
  const Noting noting = style.noting;
  std::vector<const TableFact*> tables;
  std::vector<std::string> counted;
  std::vector<std::string> listed_tables;
  std::string notes;
  for (std::size_t i = 0; i < shape.entries.size(); ++i) {
    const Entry& entry = shape.entries[i];
    if (entry.table->part) continue;
    notes += note_entry(level, names, entry, i + 1, noting);
    if (std::find(tables.begin(), tables.end(), entry.table) != tables.end()) continue;
    tables.push_back(entry.table);
    counted.push_back(window(entry.table->name, "q.n_rows, q.o_rows, q.everything"));
    listed_tables.push_back(sql::quote_literal(entry.table->name.sql()));
    for (const sql::Name& part : entry.table->descendants) listed_tables.push_back(sql::quote_literal(part.sql()));
  }
  if (tables.empty()) counted.emplace_back("SELECT 0 AS n_rows, 0 AS o_rows, false AS everything");
  const std::string tag = sql::dollar_tag("pgvista", notes);
  return fmt::format(
      "-- What waits for this view between two snapshots, noted for its maintenance.\n"
      "CREATE FUNCTION {0}(pgv_from pg_snapshot, pgv_to pg_snapshot, pgv_own xid8, pgv_since timestamptz) RETURNS "
      "bigint LANGUAGE plpgsql{1} SET enable_seqscan = off AS {2}\n{9}DECLARE\n"
      "  pgv_open xid8[] := ARRAY(SELECT pg_snapshot_xip(pgv_from));\n  pgv_low xid8 := pg_snapshot_xmax(pgv_from);\n  "
      "pgv_high xid8 := pg_snapshot_xmax(pgv_to);\n  pgv_rows bigint;\n  pgv_all boolean;\nBEGIN\n"
      "  SELECT coalesce(sum(w.n_rows + w.o_rows), 0), coalesce(bool_or(w.everything), false) INTO pgv_rows, pgv_all "
      "FROM (\n        {3}) AS w;\n"
      "  IF pgv_all OR (pgv_rows > {4} AND pgvista.is_bulk(pgv_rows, ARRAY[{5}]::text[])) THEN\n"
      "    INSERT INTO pgvista.pending (level, drain, entry, columns, first) VALUES ({6}, {7}, 0, NULL, false);\n"
      "  ELSIF pgv_rows > 0 THEN\n{8}  END IF;\n  RETURN greatest(pgv_rows, pgv_all::int);\nEND\n{2}",
      names.function("take"), function_settings(style.settings), tag, join(counted, "\n        UNION ALL "), bulk_keys,
      join(listed_tables, ", "), level, sql::quote_literal(names.function("pending")),
      notes.empty() ? "    NULL;\n" : notes, body_begin);
}

std::string waits_function(const std::string& program) { return Names{program}.function("waits"); }

void add_waits_function(Program& program) {
  std::set<sql::Name> queues;
  for (const Capture& one : program.captures) {
    if (one.queue) queues.insert(*one.queue);
  }
  std::string body;
  for (const sql::Name& queue : queues) {
    for (int side = 0; side < queue_sides; ++side) {
      const std::string table = queue_table(queue, side).sql();
      body += fmt::format(
          "  IF EXISTS (SELECT FROM {0} AS q WHERE q.xid >= pg_snapshot_xmax(pgv_from)) OR EXISTS (SELECT FROM "
          "unnest(pgv_open) AS o (xid) JOIN {0} AS q ON q.xid = o.xid) THEN\n    RETURN true;\n  END IF;\n",
          table);
    }
  }
  const std::string name = waits_function(program.name);
  program.create.push_back(
      fmt::format("CREATE FUNCTION {}(pgv_from pg_snapshot) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = "
                  "pg_catalog, pg_temp SET enable_seqscan = off AS $pgvista$\nDECLARE\n  pgv_open xid8[] := "
                  "ARRAY(SELECT pg_snapshot_xip(pgv_from));\nBEGIN\n{}  RETURN false;\nEND\n$pgvista$",
                  name, body));
  program.create.push_back(fmt::format("REVOKE ALL ON FUNCTION {}(pg_snapshot) FROM PUBLIC", name));
  program.drop.push_back(fmt::format("DROP FUNCTION IF EXISTS {}(pg_snapshot)", name));
}

std::string queue_text(const Capture& capture) {
  if (!capture.queue) return {};
  std::string out = "queue " + capture.queue->sql();
  for (const QueueColumn& one : capture.queued) out += " " + one.name + ":" + one.type;
  return out;
}

}  // namespace pgvista::ivm
