// Golden cases: SQL in, text out. A new case is a new file under tests/golden.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "analyze/dependencies.hpp"
#include "analyze/lint.hpp"
#include "analyze/nullability.hpp"
#include "base/text.hpp"
#include "parse/parse.hpp"
#include "project/definitions.hpp"
#include "sql/dump.hpp"
#include "sql/print.hpp"
#include "support/golden.hpp"

namespace pgvista::test {

TEST(Golden, ParseTree) {
  for (GoldenCase& golden : golden_cases("parse"))
    expect_golden(golden, "tree", sql::dump(parse::parse_select(golden.section("sql"))));
}

TEST(Golden, Print) {
  for (GoldenCase& golden : golden_cases("print")) {
    const sql::Select query = parse::parse_select(golden.section("sql"));
    expect_golden(golden, "printed", parse::print_checked(query));
  }
}

// "tables" lists what is known: name: column, column NOT NULL, …
analyze::TableColumns tables_of(const GoldenCase& golden) {
  std::map<std::string, std::vector<analyze::NullableColumn>> tables;
  for (const std::string& line : split_lines(golden.section("tables"))) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    std::string rest = line.substr(colon + 1) + ",";
    for (std::size_t comma = rest.find(','); comma != std::string::npos; comma = rest.find(',')) {
      std::string column(trim(rest.substr(0, comma)));
      const bool not_null = column.ends_with(" NOT NULL");
      if (not_null) column.resize(column.size() - 9);
      if (!column.empty()) tables[line.substr(0, colon)].push_back({column, !not_null});
      rest = rest.substr(comma + 1);
    }
  }
  return [tables](const std::string&, const std::string& name) -> std::optional<std::vector<analyze::NullableColumn>> {
    const auto found = tables.find(name);
    return found == tables.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST(Golden, Dependencies) {
  for (GoldenCase& golden : golden_cases("dependencies")) {
    const sql::Select query = parse::parse_select(golden.section("sql"));
    const analyze::TableColumns tables = tables_of(golden);
    const auto columns = [&](const std::string& schema,
                             const std::string& name) -> std::optional<std::vector<std::string>> {
      const auto known = tables(schema, name);
      if (!known) return std::nullopt;
      std::vector<std::string> names;
      for (const auto& column : *known) names.push_back(column.name);
      return names;
    };
    const analyze::Dependencies found = analyze::dependencies(query, columns);
    std::string text;
    for (const analyze::TableUse& use : found.tables) {
      text += fmt::format("{}{}: {}{}\n", use.schema.empty() ? "" : use.schema + ".", use.name,
                          use.all_columns ? "all of " : "", join({use.columns.begin(), use.columns.end()}, ", "));
    }
    if (!found.functions.empty())
      text += "functions: " + join({found.functions.begin(), found.functions.end()}, ", ") + "\n";
    std::vector<std::string> outputs;
    for (const auto& column : analyze::output_nullability(query, tables))
      outputs.push_back(column.name + (column.nullable ? "" : " NOT NULL"));
    text += "output: " + join(outputs, ", ") + "\n";
    for (const analyze::Lint& lint : analyze::lint(query))
      text += fmt::format("lint {} at {}: {}\n", lint.code, lint.offset, lint.message);
    expect_golden(golden, "dependencies", text);
  }
}

TEST(Golden, Errors) {
  for (GoldenCase& golden : golden_cases("errors")) {
    std::vector<Error> errors;
    project::read_definition("views/case.sql", "case", golden.section("file"), "public", errors);
    std::string text;
    for (const Error& error : errors) text += format_error(error);
    expect_golden(golden, "errors", text);
  }
}

}  // namespace pgvista::test
