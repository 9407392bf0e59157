// The rows of pgvista.program: what is installed, and what a new one is noted as.

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "catalog/maintenance.hpp"
#include "catalog/program_json.hpp"
#include "ivm/functions/sound.hpp"
#include "parse/parse.hpp"
#include "sql/print.hpp"

namespace pgvista::catalog {

namespace json = boost::json;
using schema::ViewDefinition;

namespace {

// Which are put aside, and why. The error is the owner's to read.
void note_stopped(db::Connection& connection, std::vector<InstalledProgram>& programs) {
  if (!connection.query("SELECT pg_catalog.to_regclass('pgvista.stopped') IS NOT NULL").boolean(0, 0)) return;
  const bool whole =
      connection.query("SELECT pg_catalog.has_table_privilege('pgvista.stopped', 'SELECT')").boolean(0, 0);
  const db::Rows rows = connection.query(std::string("SELECT program, state, ") +
                                         (whole ? "pg_catalog.concat_ws(' ', message, '(' || sqlstate || ')')" : "''") +
                                         " FROM pgvista.stopped");
  for (int row = 0; row < rows.size(); ++row) {
    for (InstalledProgram& one : programs) {
      if (one.name != rows.text(row, 0)) continue;
      one.state = rows.text(row, 1);
      one.stopped_why = rows.text(row, 2);
    }
  }
}

// Tables that were dropped or renamed have no triggers that could be written anew.
void note_missing_tables(db::Connection& connection, std::vector<InstalledProgram>& programs) {
  std::vector<std::string> names;
  for (const InstalledProgram& one : programs) {
    for (const auto& capture : one.captures) {
      const std::string name = capture.capture.table.sql();
      if (capture.capture.table.schema != "pgvista" && std::find(names.begin(), names.end(), name) == names.end())
        names.push_back(name);
    }
  }
  if (names.empty()) return;
  const db::Rows rows =
      connection.query("SELECT t FROM pg_catalog.unnest($1::text[]) t WHERE pg_catalog.to_regclass(t) IS NULL",
                       {db::array_literal(names)});
  std::set<std::string> gone;
  for (int row = 0; row < rows.size(); ++row) gone.insert(rows.text(row, 0));
  for (InstalledProgram& one : programs) {
    for (auto& capture : one.captures) capture.table_exists = !gone.contains(capture.capture.table.sql());
  }
}

// The rows of tables, from a list of their names as SQL.
std::string counted_rows(const std::string& tables) {
  return "(SELECT pg_catalog.jsonb_object_agg(t, c.reltuples) FROM pg_catalog.unnest(" + tables +
         ") AS t JOIN pg_catalog.pg_class AS c ON c.oid = pg_catalog.to_regclass(t))";
}

// Ten times as many rows, or a tenth, where that is much.
constexpr const char* outgrown_tables =
    "ARRAY(SELECT o.name FROM pg_catalog.jsonb_each_text(p.counted) AS o (name, rows) JOIN pg_catalog.pg_class AS t "
    "ON t.oid = pg_catalog.to_regclass(o.name) WHERE greatest(t.reltuples, o.rows::float8) >= 1000 AND t.reltuples >= "
    "0 AND greatest(t.reltuples, 1) / greatest(o.rows::float8, 1) NOT BETWEEN 0.1 AND 10 ORDER BY 1)";

// A ledger of 0.1.0 does not have all columns. `columns`: those that it has.
std::string programs_query(const std::set<std::string>& columns) {
  const auto later = [&](const char* name, const char* before) {
    return columns.contains(name) ? std::string("p.") + name : std::string(before);
  };
  return fmt::format(
      "SELECT p.schema, p.name, p.program, p.mode, p.strategy, p.level, p.store, p.key, p.captures, p.removal, "
      "p.repair, p.facts, p.anchor_text, p.visible, c.reltuples, pg_catalog.pg_total_relation_size(c.oid), "
      "coalesce({}, '[]'), coalesce({}, '') <> '', coalesce({}, false), {} IS DISTINCT FROM c.oid, {}, p.facts LIKE "
      "'filling%', "
      "EXISTS (SELECT FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_depend d ON d.classid = "
      "'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid "
      "WHERE d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = c.oid AND r.ev_class = "
      "pg_catalog.to_regclass(pg_catalog.format('%I.%I', p.schema, p.name))), "
      "coalesce({}, 1), coalesce({}, '0.1'), coalesce({}, ''), coalesce({}, 0), coalesce({} -> 'missing_indexes', "
      "'[]'), {}, {}, {} "
      "FROM pgvista.program p LEFT JOIN pg_catalog.pg_class c ON c.relname = p.store AND c.relnamespace = "
      "'pgvista'::regnamespace ORDER BY p.level, p.program",
      later("settings", "'[]'::jsonb"), later("sound", "''"), later("catches", "false"),
      later("store_oid", "NULL::oid"), later("watched", "NULL::text"), later("generation", "1"),
      later("compiled_by", "'0.1'"), later("content", "''"), later("server_major", "0"),
      later("definition", "NULL::jsonb"), columns.contains("counted") ? outgrown_tables : "'{}'::text[]",
      later("clock", "NULL::text"), later("clock_every", "NULL::interval"));
}

std::set<std::string> columns_of_programs(db::Connection& connection) {
  const db::Rows rows = connection.query(
      "SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass('pgvista.program') AND "
      "attnum > 0 AND NOT attisdropped");
  std::set<std::string> out;
  for (int row = 0; row < rows.size(); ++row) out.insert(rows.text(row, 0));
  return out;
}

InstalledProgram program_at(const db::Rows& rows, int row) {
  InstalledProgram one;
  one.view = {rows.text(row, 0), rows.text(row, 1)};
  one.name = rows.text(row, 2);
  one.mode = rows.text(row, 3);
  one.strategy = rows.text(row, 4);
  one.level = static_cast<int>(rows.integer(row, 5));
  one.store = {"pgvista", rows.text(row, 6)};
  one.key = rows.array(row, 7);
  one.settings = settings_of(json::parse(rows.text(row, 16)));
  if (!rows.null(row, 29)) one.clock = ivm::Clock{{"pgvista", rows.text(row, 29)}, rows.text(row, 30)};
  const bool deferred = one.mode == schema::to_string(schema::Maintenance::deferred);
  const json::value captures = json::parse(rows.text(row, 8));
  for (const json::value& capture : captures.as_array()) {
    one.captures.push_back({one.name, one.level, capture_of(capture.as_object()), one.settings, rows.boolean(row, 17),
                            rows.boolean(row, 18), true, deferred ? std::nullopt : one.clock});
  }
  one.removal = rows.array(row, 9);
  one.repair = rows.array(row, 10);
  one.facts = rows.text(row, 11);
  one.anchor_text = rows.text(row, 12);
  one.visible = rows.text(row, 13);
  one.store_exists = !rows.null(row, 14);
  one.restored = one.store_exists && !rows.null(row, 20) && rows.boolean(row, 19);
  one.watched = rows.optional(row, 20).value_or("");
  one.filling = rows.boolean(row, 21);
  one.shown = rows.boolean(row, 22);
  one.generation = static_cast<int>(rows.integer(row, 23));
  one.compiled_by = rows.text(row, 24);
  one.content = rows.text(row, 25);
  one.server_major = static_cast<int>(rows.integer(row, 26));
  one.missing_indexes = missing_indexes_of(json::parse(rows.text(row, 27)));
  one.outgrown = rows.array(row, 28);
  if (one.store_exists) {
    one.rows = rows.number(row, 14);
    one.size = rows.integer(row, 15);
  }
  return one;
}

}  // namespace

std::vector<InstalledProgram> read_programs(db::Connection& connection, const schema::Database& database) {
  std::vector<InstalledProgram> out;
  const std::set<std::string> columns = database.ledger ? columns_of_programs(connection) : std::set<std::string>{};
  if (columns.empty()) return out;
  const db::Rows rows = connection.query(programs_query(columns));
  for (int row = 0; row < rows.size(); ++row) out.push_back(program_at(rows, row));
  note_stopped(connection, out);
  note_missing_tables(connection, out);
  return out;
}

std::optional<ivm::Program> read_program(db::Connection& connection, const std::string& name) {
  const db::Rows rows = connection.query(
      "SELECT pg_catalog.to_jsonb(p) -> 'definition' FROM pgvista.program p WHERE p.program = $1", {name});
  if (rows.size() == 0 || rows.null(0, 0) || rows.at(0, 0) == "null") return std::nullopt;
  return program_of(json::parse(rows.text(0, 0)));
}

std::string settings_text(const ivm::Settings& settings) { return json::serialize(settings_json(settings)); }

void note_statistics(db::Connection& connection, const std::string& program) {
  connection.query("UPDATE pgvista.program AS p SET counted = " + counted_rows("p.tables") + " WHERE p.program = $1",
                   {program});
}

void set_program_facts(db::Connection& connection, const std::string& program, const std::string& facts) {
  connection.query("UPDATE pgvista.program SET facts = $2 WHERE program = $1", {program, facts});
}

sql::Name anchor_name(const std::string& program) { return {"pgvista", sql::shorten_identifier(program, "_query")}; }

std::string program_row_sql(const ViewDefinition& view, const sql::Name& name, const ivm::Program& program,
                            const std::string& facts) {
  const bool kept = !program.store.name.empty();
  const sql::Name anchor = anchor_name(program.name);
  std::vector<std::string> tables;
  for (const sql::Name& table : program.base_tables) tables.push_back(table.sql());
  std::vector<std::string> heard;
  std::vector<std::string> triggers;
  for (const ivm::Capture& one : program.captures) {
    heard.push_back(one.table.sql());
    triggers.push_back(ivm::trigger_name(one.event));
  }
  const auto text = [](const std::string& value) { return sql::quote_literal(value); };
  const std::string list = text(db::array_literal(tables)) + "::text[]";
  const std::vector<std::pair<const char*, std::string>> values = {
      {"schema", text(name.schema)},
      {"name", text(name.name)},
      {"program", text(program.name)},
      {"mode", text(schema::to_string(view.maintenance))},
      {"strategy", text(program.strategy)},
      {"level", std::to_string(program.level)},
      {"store", text(program.store.name)},
      {"key", text(db::array_literal(program.key)) + "::text[]"},
      {"row_key", text(db::array_literal(program.row_key)) + "::text[]"},
      {"captures", text(json::serialize(captures_json(program.captures))) + "::jsonb"},
      {"removal", text(db::array_literal(program.drop)) + "::text[]"},
      {"repair", text(db::array_literal(program.repair)) + "::text[]"},
      {"facts", text(facts)},
      {"generation", std::to_string(ivm::generation)},
      {"compiled_by", text(PGVISTA_VERSION)},
      {"content", text(ivm::content_hash(program))},
      {"definition", text(json::serialize(program_json(program))) + "::jsonb"},
      {"server_major", "pg_catalog.current_setting('server_version_num')::int / 10000"},
      {"settings", text(settings_text(program.settings)) + "::jsonb"},
      {"clock", program.clock ? text(program.clock->table.name) : std::string("NULL")},
      {"clock_every", program.clock ? text(program.clock->every) + "::interval" : std::string("NULL")},
      {"visible", text(kept ? parse::print_checked(program.visible) : std::string{})},
      {"anchor", text(kept ? anchor.name : "")},
      {"anchor_text", kept ? fmt::format("pgvista.view_text({}::regclass)", text(anchor.sql())) : std::string("''")},
      {"sound", text(kept ? ivm::sound_function(program.name).sql() : "")},
      {"catches", program.catches ? "true" : "false"},
      {"stale_reads", text(program.stale_reads)},
      {"tables", list},
      {"heard", text(db::array_literal(heard)) + "::text[]"},
      {"triggers", text(db::array_literal(triggers)) + "::text[]"},
      {"watched",
       kept ? fmt::format("pgvista.watched_text({}::regclass, {})", text(anchor.sql()), list) : std::string("NULL")},
      {"counted", counted_rows(list)},
      {"store_oid", kept ? fmt::format("{}::regclass", text(program.store.sql())) : std::string("NULL")}};
  std::vector<std::string> columns;
  std::vector<std::string> list_of_values;
  for (const auto& [column, value] : values) {
    columns.emplace_back(column);
    list_of_values.push_back(value);
  }
  return fmt::format("INSERT INTO pgvista.program ({})\nVALUES ({})", join(columns, ", "), join(list_of_values, ", "));
}

std::string program_indexes_sql(const ivm::Program& program) {
  return fmt::format(
      "UPDATE pgvista.program SET row_key = {}::text[], content = {}, definition = {}::jsonb WHERE program = {}",
      sql::quote_literal(db::array_literal(program.row_key)), sql::quote_literal(ivm::content_hash(program)),
      sql::quote_literal(json::serialize(program_json(program))), sql::quote_literal(program.name));
}

}  // namespace pgvista::catalog
