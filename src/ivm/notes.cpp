#include "ivm/notes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "ivm/sound.hpp"
#include "sql/print.hpp"

namespace pgvista::ivm {

namespace {

bool is_plain(const std::string& type) {
  static const std::set<std::string> types = {"smallint",  "integer", "bigint", "text",   "character varying",
                                              "character", "boolean", "uuid",   "numeric"};
  return types.contains(base_type(type));
}

std::string insert_note(const Program& program, const Names& names, const std::string& entry,
                        const std::string& columns) {
  return fmt::format(
      "    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n"
      "      SELECT {}, {}, {}, {}, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())",
      program.level, sql::quote_literal(names.function("pending")), entry, columns);
}

// Old and new rows that differ in what matters, each with its sign.
std::string signed_rows(const Entry& entry, const std::vector<Noted>& columns, Event event) {
  std::vector<std::string> list;
  std::vector<std::string> compared;
  for (const Noted& one : columns) {
    list.push_back(sql::quote_identifier(one.column.name));
    compared.push_back(comparable_column(one.column));
    if (one.column.kind.comparable && one.column.kind.forms)
      compared.push_back(fmt::format("{} AS {}", image_text(sql::quote_identifier(one.column.name)),
                                     sql::quote_identifier("pgv_" + one.column.name)));
  }
  const std::string names = list.empty() ? std::string{} : join(list, ", ") + ", ";
  if (event == Event::insert) return fmt::format("SELECT {}1 AS pgv_sign FROM new_rows", names);
  if (event == Event::remove) return fmt::format("SELECT {}-1 AS pgv_sign FROM old_rows", names);
  if (entry.relevant.empty()) return {};
  const auto without = [&](const char* rows, const char* others) {
    return fmt::format("(SELECT {0} FROM {1} EXCEPT ALL SELECT {0} FROM {2})", join(compared, ", "), rows, others);
  };
  return fmt::format("SELECT {0}1 AS pgv_sign FROM {1} AS n UNION ALL SELECT {0}-1 AS pgv_sign FROM {2} AS o", names,
                     without("new_rows", "old_rows"), without("old_rows", "new_rows"));
}

std::string argument_list(const Shape& shape) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < shape.entries.size(); ++i) {
    for (std::size_t k = 0; k < shape.entries[i].columns.size(); ++k)
      out.push_back(fmt::format("{0} => a_{0}", parameter_name(i, k)));
  }
  return join(out, ", ");
}

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

std::string note_statement(const Program& program, const Names& names, const Entry& entry, std::size_t number,
                           Event event, Noting noting) {
  const std::vector<Noted> columns = noted_columns(entry, noting);
  const std::string rows =
      noting == Noting::with_sign ? signed_rows(entry, columns, event) : changed_rows(entry, event);
  if (rows.empty()) return {};
  std::vector<std::string> arrays;
  for (const Noted& one : columns)
    arrays.push_back(
        fmt::format("array_agg({}{})::text", sql::quote_identifier(one.column.name), one.plain ? "" : "::text"));
  if (noting == Noting::with_sign) arrays.emplace_back("array_agg(pgv_sign)::text");
  return insert_note(program, names, std::to_string(number), "ARRAY[" + join(arrays, ", ") + "]") +
         fmt::format("\n      FROM ({}) AS d HAVING count(*) > 0;\n", rows);
}

std::string note_everything(const Program& program, const Names& names) {
  return insert_note(program, names, "0", "NULL") + ";\n";
}

std::string noted_rows(const Entry& entry, std::size_t number, Noting noting) {
  const std::vector<Noted> columns = noted_columns(entry, noting);
  std::vector<std::string> arrays;
  std::vector<std::string> names;
  std::vector<std::string> values;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Noted& one = columns[i];
    arrays.push_back(fmt::format("n.columns[{}]::{}[]", i + 1, one.plain ? one.column.type : "text"));
    names.push_back(fmt::format("c{}", i + 1));
    values.push_back(fmt::format("u.c{}{} AS {}", i + 1, one.plain ? std::string{} : "::" + one.column.type,
                                 sql::quote_identifier(one.column.name)));
  }
  if (noting == Noting::with_sign) {
    arrays.push_back(fmt::format("n.columns[{}]::int[]", columns.size() + 1));
    names.emplace_back("sign");
    values.emplace_back("u.sign AS pgv_sign");
  }
  return fmt::format("SELECT {} FROM unnest(pgv_notes) AS n CROSS JOIN LATERAL unnest({}) AS u ({}) WHERE n.entry = {}",
                     join(values, ", "), join(arrays, ", "), join(names, ", "), number);
}

std::string pending_function(const Names& names, const Shape& shape, const Style& style) {
  const Noting noting = style.noting;
  const std::string& shortcut = style.shortcut;
  std::string declare;
  std::string read;
  std::string everything = "0";
  for (std::size_t i = 0; i < shape.entries.size(); ++i) {
    const Entry& entry = shape.entries[i];
    if (entry.columns.empty()) {
      everything += fmt::format(", {}", i + 1);
      continue;
    }
    std::vector<std::string> aggregates;
    std::vector<std::string> variables;
    for (std::size_t k = 0; k < entry.columns.size(); ++k) {
      variables.push_back("a_" + parameter_name(i, k));
      declare += fmt::format("  {} {}[];\n", variables.back(), entry.table->column(entry.columns[k])->type);
      aggregates.push_back(fmt::format("array_agg(d.{})", sql::quote_identifier(entry.columns[k])));
    }
    read += fmt::format("  IF {} = ANY (pgv_entries) THEN\n    SELECT {} INTO {}\n      FROM ({}) AS d;\n  END IF;\n",
                        i + 1, join(aggregates, ", "), join(variables, ", "), noted_rows(entry, i + 1, noting));
  }
  const std::string tag = sql::dollar_tag("pgvista", shortcut + read);
  const std::string& whole = names.top.empty() ? names.base : names.top;
  std::string body = fmt::format(
      "{0}  IF pgv_entries && ARRAY[{1}] THEN\n    PERFORM {2}{5} (everything => true);\n    RETURN;\n  END IF;\n{3}  "
      "PERFORM {2}{5} ({4});\n",
      shortcut, everything, names.function("maintain"), read, argument_list(shape), names.told());
  if (style.catches) body = caught(whole, "0", body);
  return fmt::format(
      "-- At commit: this view's notes of the transaction.\n"
      "CREATE FUNCTION {0}(pgv_notes pgvista.pending[]) RETURNS void LANGUAGE plpgsql{1} AS {2}\n{6}DECLARE\n"
      "  pgv_entries int[] := CASE WHEN cardinality(pgv_notes) = 1 THEN ARRAY[pgv_notes[1].entry] ELSE ARRAY(SELECT "
      "DISTINCT n.entry FROM unnest(pgv_notes) AS n) END;\n{3}BEGIN\n"
      "  IF NOT {5}(0) THEN\n    RETURN;\n  END IF;\n{4}END\n{2}",
      names.function("pending"), function_settings(style.settings), tag, declare, body, sound_function(whole),
      body_begin);
}

}  // namespace pgvista::ivm
