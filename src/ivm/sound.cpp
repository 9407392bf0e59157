#include "ivm/sound.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "parse/parse.hpp"
#include "sql/print.hpp"

namespace pgvista::ivm {

std::string sound_function(const std::string& program) { return Names{program}.function("sound"); }

void add_sound_function(Program& program) {
  const std::string name = sound_function(program.name);
  const std::string query = parse::print_checked(program.stored);
  std::string rows;
  int number = 0;
  for (const auto& [table, columns] : program.whole_rows) {
    std::vector<std::string> names;
    for (const std::string& one : columns) names.push_back(sql::quote_identifier(one));
    rows += fmt::format(", (SELECT {} FROM {}) AS pgv_rows_{}", join(names, ", "), table.sql(), ++number);
  }
  const std::string tag = sql::dollar_tag("pgvista", query);
  // A block that writes nothing costs no transaction number. Class 42: what is named is not there, or may not be read.
  program.create.push_back(
      fmt::format("CREATE FUNCTION {0}(changed oid) RETURNS boolean LANGUAGE plpgsql{1} AS {2}\n{3}BEGIN\n  BEGIN\n    "
                  "PERFORM FROM (\n{4}\n    ) AS pgv_query, {5} AS pgv_store{7} WHERE false;\n"
                  "  EXCEPTION WHEN syntax_error_or_access_rule_violation OR invalid_schema_name THEN\n    RETURN "
                  "pgvista.stop_maintenance({6}, changed, SQLSTATE, SQLERRM);\n  END;\n  RETURN true;\nEND\n{2}",
                  name, function_settings(program.settings), tag, body_begin, query, program.store.sql(),
                  sql::quote_literal(program.name), rows));
  program.create.push_back(fmt::format("REVOKE ALL ON FUNCTION {}(oid) FROM PUBLIC", name));
  program.drop.push_back(fmt::format("DROP FUNCTION IF EXISTS {}", name));
}

std::string caught(const std::string& program, const std::string& changed, const std::string& body) {
  return fmt::format(
      "  BEGIN\n{0}  EXCEPTION WHEN OTHERS THEN\n    IF pgvista.is_passing(SQLSTATE) THEN\n      RAISE;\n    END IF;\n "
      "   PERFORM pgvista.stop_maintenance({1}, {2}, SQLSTATE, SQLERRM);\n  END;\n",
      body, sql::quote_literal(program), changed);
}

}  // namespace pgvista::ivm
