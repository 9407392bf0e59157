// What the compiler makes of each kind of query, without a server: tests/golden/maintenance/ and, of TPC-H,
// tests/golden/tpch/. What it was told by a server stands beside it; tests/database/maintenance_golden_test.cpp asks
// one again.

#include <gtest/gtest.h>
#include <pg_query.h>

#include <boost/json.hpp>
#include <fstream>

#include "base/embedded.hpp"
#include "catalog/program_json.hpp"
#include "ivm/compile.hpp"
#include "ivm/triggers/dispatch.hpp"
#include "sql/print.hpp"
#include "support/golden.hpp"
#include "support/maintenance_cases.hpp"
#include "support/programs.hpp"

namespace pgvista::test {

namespace {

namespace json = boost::json;

ivm::Program compiled(const GoldenCase& golden) {
  ivm::Facts facts = facts_of(file_text(golden.file.parent_path() / "facts.jsonl"));
  *facts.answers = answers_of(golden.section("server"));
  std::string mode = golden.section("mode");
  mode.pop_back();
  auto out = compile_case(program_request(golden.file.stem(), golden.section("canonical"), mode), facts);
  if (const auto* question = std::get_if<ivm::Question>(&out))
    throw std::runtime_error("nobody has asked a server this: " + sql::print(question->query));
  return std::get<ivm::Program>(std::move(out));
}

// "" where PostgreSQL's own grammar takes it.
std::string refused(const std::string& text) {
  const PgQueryParseResult parsed = pg_query_parse(text.c_str());
  std::string out = parsed.error ? parsed.error->message : "";
  pg_query_free_parse_result(parsed);
  return out;
}

// A statement, an expression, or an assignment of one: PL/pgSQL keeps each as it is written.
bool reads(const std::string& query) {
  const std::size_t assigned = query.find(" := ");
  return refused(query).empty() || refused("SELECT " + query).empty() ||
         (assigned != std::string::npos && refused("SELECT " + query.substr(assigned + 4)).empty());
}

// Every statement and expression of SQL in what the grammar of PL/pgSQL read.
void each_query(const json::value& tree, const std::function<void(const std::string&)>& visit) {
  if (const auto* list = tree.if_array()) {
    for (const json::value& one : *list) each_query(one, visit);
  }
  const auto* object = tree.if_object();
  if (!object) return;
  for (const auto& [key, value] : *object) {
    if (key == "query" && value.is_string()) visit(std::string(value.as_string()));
    each_query(value, visit);
  }
}

// A function, read by PL/pgSQL's own grammar, and the SQL in it by PostgreSQL's.
void expect_reads_back(const std::string& text) {
  const PgQueryPlpgsqlParseResult parsed = pg_query_parse_plpgsql(text.c_str());
  EXPECT_EQ(nullptr, parsed.error) << (parsed.error ? parsed.error->message : "") << "\n" << text;
  if (!parsed.error) {
    json::parse_options deep;
    deep.max_depth = 200;  // blocks within blocks
    each_query(json::parse(parsed.plpgsql_funcs, {}, deep), [](const std::string& query) {
      EXPECT_TRUE(reads(query)) << refused(query) << "\n" << query;
    });
  }
  pg_query_free_plpgsql_parse_result(parsed);
}

class MaintenanceGolden : public ::testing::TestWithParam<GoldenCase> {};

}  // namespace

TEST_P(MaintenanceGolden, TheProgramIsWhatItWas) {
  GoldenCase golden = GetParam();
  expect_golden(golden, "program", program_text(compiled(golden)));
}

// What stands in the ledger is enough to write all of it again.
TEST_P(MaintenanceGolden, TheDocumentIsTheWholeProgram) {
  const ivm::Program program = compiled(GetParam());
  const std::string document = json::serialize(catalog::program_json(program));
  const ivm::Program again = catalog::program_of(json::parse(document));
  EXPECT_EQ(program_text(program), program_text(again));
  EXPECT_EQ(ivm::content_hash(program), ivm::content_hash(again));
  EXPECT_EQ(document, json::serialize(catalog::program_json(again)));
}

TEST_P(MaintenanceGolden, WhatIsPrintedReadsBack) {
  const ivm::Program program = compiled(GetParam());
  for (const std::string& statement : ivm::create_statements(program)) {
    EXPECT_EQ("", refused(statement)) << statement;
    if (statement.find("LANGUAGE plpgsql") != std::string::npos) expect_reads_back(statement);
  }
  for (const std::string& statement : ivm::fill_statements(program)) EXPECT_EQ("", refused(statement)) << statement;
  std::map<sql::Name, std::vector<ivm::InstalledCapture>> tables;
  for (const ivm::Capture& one : program.captures)
    tables[one.table].push_back({program.name, program.level, one, program.settings, true, program.catches});
  for (const auto& [table, captures] : tables) {
    for (const std::string& statement : ivm::dispatch_sql(table, captures, {})) {
      EXPECT_EQ("", refused(statement)) << statement;
      if (statement.find("LANGUAGE plpgsql") != std::string::npos) expect_reads_back(statement);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Tpch, MaintenanceGolden, ::testing::ValuesIn(golden_cases("tpch")), GoldenName());
INSTANTIATE_TEST_SUITE_P(Queries, MaintenanceGolden, ::testing::ValuesIn(golden_cases("maintenance")), GoldenName());

// The random test treats few rows as very many by rewriting these texts: a text that is nowhere would rewrite nothing.
TEST(BulkRewrites, AreOfTextsThatThereAre) {
  std::string all = std::string(embedded::runtime_maintenance) + embedded::runtime_pace;
  for (const GoldenCase& golden : golden_cases("maintenance")) all += golden.section("program");
  for (const auto& [from, to] : bulk_rewrites()) EXPECT_NE(std::string::npos, all.find(from)) << from;
}

// A query that nobody has asked a server about yet.
TEST(MaintenanceGoldens, EveryQueryHasOne) {
  for (const MaintenanceCase& one : maintenance_cases()) {
    const std::string file = std::string(PGVISTA_SOURCE_DIR) + "/tests/golden/maintenance/" + one.name + ".txt";
    EXPECT_TRUE(std::ifstream(file).good())
        << file << ": PGVISTA_UPDATE_GOLDEN=1 build/tests/database_tests --gtest_filter='MaintenanceGolden.*'";
  }
}

}  // namespace pgvista::test
