// The compiler's questions, asked of a server: its answers, and the programs that come of them, are those of
// tests/golden/maintenance/ and tests/golden/tpch/. With PGVISTA_UPDATE_GOLDEN they are written there.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "catalog/facts.hpp"
#include "catalog/read.hpp"
#include "support/golden.hpp"
#include "support/maintenance_cases.hpp"
#include "support/programs.hpp"

namespace pgvista::test {

namespace fs = std::filesystem;

namespace {

// As this server spells it. Later versions leave out what is clear: the files hold one spelling for all.
std::string canonical(db::Connection& connection, const std::string& query) {
  connection.execute("CREATE VIEW canonical AS " + query);
  connection.execute("SET search_path = ''");
  const std::string out =
      connection.query("SELECT pg_catalog.pg_get_viewdef('public.canonical'::pg_catalog.regclass)").text(0, 0);
  connection.execute("RESET search_path; DROP VIEW canonical");
  return out.substr(0, out.find_last_not_of("; \n") + 1);
}

std::string section_of(const std::string& text, const std::string& name) {
  const std::string title = "-- " + name + " --\n";
  const std::size_t from = text.find(title) + title.size();
  return text.substr(from, text.find("\n-- ", from) - from);
}

ivm::Facts facts_of_server(db::Connection& connection) {
  const db::Rows rows = connection.query(
      "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'f', 'm', "
      "'v')");
  std::vector<std::string> names;
  for (int row = 0; row < rows.size(); ++row) names.push_back(rows.text(row, 0));
  return catalog::read_facts(connection, catalog::read_database(connection, names));
}

// `facts` is told what the compiler asked.
ivm::Program compiled(db::Connection& connection, const ivm::Request& request, ivm::Facts& facts) {
  const db::Transaction undone(connection);
  catalog::Asker asker(connection);
  for (;;) {
    auto out = compile_case(request, facts);
    if (auto* program = std::get_if<ivm::Program>(&out)) return std::move(*program);
    asker.answer(std::get<ivm::Question>(out), *facts.answers);
  }
}

void expect_answers(const std::string& name, const std::string& schema, const std::vector<MaintenanceCase>& cases) {
  const bool update = std::getenv("PGVISTA_UPDATE_GOLDEN") != nullptr;
  const fs::path folder = fs::path(PGVISTA_SOURCE_DIR) / "tests/golden" / name;
  Workspace work;
  work.execute(schema);
  ivm::Facts known = facts_of_server(work.db());
  if (update) {
    fs::create_directories(folder);
    std::ofstream(folder / "facts.jsonl") << facts_text(known);
  }
  const std::vector<std::string> modes = {"immediate", "on_commit", "deferred"};
  std::size_t number = 0;
  for (const MaintenanceCase& one : cases) {
    SCOPED_TRACE(one.name);
    const std::string mode = modes[number++ % modes.size()];
    ivm::Facts facts = known;
    facts.answers = std::make_shared<ivm::Answers>();
    fix_settings(facts);
    const fs::path file = folder / (one.name + ".txt");
    const std::string before = file_text(file);
    const std::string query = update ? canonical(work.db(), one.query) : section_of(before, "canonical");
    const std::string program = program_text(compiled(work.db(), program_request(one.name, query, mode), facts));
    const std::string text = "-- query --\n" + one.query + "\n-- mode --\n" + mode + "\n-- canonical --\n" + query +
                             "\n-- server --\n" + answers_text(*facts.answers) + "-- program --\n" + program;
    if (update) {
      std::ofstream(file) << text;
      continue;
    }
    EXPECT_EQ(before, text);
  }
  EXPECT_FALSE(update) << "wrote " << folder;
  EXPECT_EQ(cases.size(), number);
}

}  // namespace

TEST(MaintenanceGolden, AServerAnswersWhatItAnswered) {
  ASSERT_GT(maintenance_cases().size(), 50U);
  expect_answers("maintenance", maintenance_schema(), maintenance_cases());
}

TEST(MaintenanceGolden, AServerAnswersWhatItAnsweredOfTpch) {
  ASSERT_EQ(22U, tpch_cases().size());
  expect_answers("tpch", tpch_schema(), tpch_cases());
}

}  // namespace pgvista::test
