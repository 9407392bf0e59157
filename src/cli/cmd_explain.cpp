#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "catalog/paces.hpp"
#include "cli/session.hpp"
#include "plan/plan.hpp"

namespace pgvista::cli {

namespace json = boost::json;

namespace {

struct Explained {
  const schema::ViewDefinition* view = nullptr;
  ivm::Program program;
  std::vector<std::string> sql;
  std::vector<catalog::Pace> paces;
};

std::vector<std::string> all_sql(const sql::Name& view, const ivm::Program& program) {
  if (!program.blockers.empty()) return {};
  std::vector<std::string> out = ivm::create_statements(program);
  for (std::string& sql : ivm::fill_statements(program)) out.push_back(std::move(sql));
  std::vector<plan::Step> steps(1);
  steps.front().view = view;
  catalog::InstalledProgram alone;
  alone.view = view;
  alone.name = program.name;
  alone.level = program.level;
  for (const ivm::Capture& capture : program.captures) alone.captures.push_back({program.name, program.level, capture});
  steps.front().installs = alone;
  plan::add_triggers(steps, {}, {});
  for (const plan::Statement& statement : steps.front().statements) out.push_back(statement.sql);
  return out;
}

// What keeps the view, and not what would be made now.
void show_installed(Session& session, const catalog::Maintained& entry, Explained& out) {
  auto installed = catalog::read_program(session.connection(), entry.current->name);
  if (!installed) return;
  const std::string older = catalog::compiled_before(*entry.current);
  installed->reasons.push_back(
      older.empty()
          ? fmt::format("by the tables' statistics it would now be {}: pgvista sync --recompile", out.program.strategy)
          : older);
  out.program = std::move(*installed);
}

Explained explain(Session& session) {
  const std::vector<sql::Name> named = session.named_views();
  if (named.size() != 1) throw Failure(usage_error("usage", "explain takes one view", "pgvista explain VIEW"));
  const apply::Survey survey = apply::survey(session.connection(), session.project(), {}, session.limits());
  if (!survey.meanings.errors.empty()) throw Failure(survey.meanings.errors);
  Explained out;
  for (std::size_t i = 0; i < session.views().size(); ++i) {
    if (session.views()[i].name == named.front()) out.view = &session.views()[i];
  }
  if (out.view->kind == schema::Kind::view) return out;
  catalog::Maintenance maintenance =
      catalog::compile_maintained(session.connection(), survey.database, session.views(), survey.graph, survey.meanings,
                                  {true, true, named, session.maintenance_defaults()});
  auto& entry = maintenance.views[static_cast<std::size_t>(out.view - session.views().data())];
  if (!entry.program)
    throw Failure(maintenance.errors.empty()
                      ? std::vector<Error>{usage_error(
                            "not_understood", "temporary views are impossible here: the query cannot be compiled")}
                      : maintenance.errors);
  out.program = std::move(*entry.program);
  if (entry.current && entry.moved) show_installed(session, entry, out);
  if (entry.current) out.paces = catalog::read_paces(session.connection(), entry.current->name);
  out.sql = all_sql(out.view->name, out.program);
  return out;
}

std::vector<std::string> reasons_of(const Explained& explained) {
  std::vector<std::string> out;
  if (explained.view->kind == schema::Kind::view)
    return {"a plain view holds no rows: it is always as fresh as its tables"};
  for (const ivm::Blocker& blocker : explained.program.blockers) {
    if (std::find(out.begin(), out.end(), blocker.text) == out.end()) out.push_back(blocker.text);
  }
  out.insert(out.end(), explained.program.reasons.begin(), explained.program.reasons.end());
  for (const ivm::MissingIndex& index : explained.program.missing_indexes) {
    out.push_back(fmt::format("{} has no index on {}: rows are looked for by reading all of it ({})",
                              index.table.display(), index.column, index.sql()));
  }
  if (!schema::maintained(*explained.view) && explained.program.blockers.empty())
    out.emplace_back("maintenance is manual: this is what \"immediate\" would do");
  return out;
}

json::array texts(const std::vector<std::string>& list) {
  json::array out;
  for (const std::string& text : list) out.push_back(json::string(text));
  return out;
}

json::object explained_json(const Explained& explained) {
  json::array tables;
  for (const ivm::TableStrategy& line : explained.program.tables)
    tables.push_back(json::object{{"table", line.table.display()}, {"strategy", line.strategy}, {"path", line.path}});
  json::array missing;
  for (const ivm::MissingIndex& index : explained.program.missing_indexes)
    missing.push_back(json::object{{"table", index.table.display()}, {"column", index.column}, {"sql", index.sql()}});
  json::array paces;
  for (const catalog::Pace& one : explained.paces)
    paces.push_back(json::object{{"store", one.store},
                                 {"change", one.change},
                                 {"whole", one.whole},
                                 {"rows", one.rows},
                                 {"microseconds", one.microseconds}});
  const bool plain = explained.view->kind == schema::Kind::view;
  return json::object{
      {"name", explained.view->name.name},
      {"schema", explained.view->name.schema},
      {"maintenance", plain ? json::value(nullptr) : json::value(schema::to_string(explained.view->maintenance))},
      {"strategy", plain ? json::value(nullptr) : json::value(explained.program.strategy)},
      {"key", texts(explained.program.key)},
      {"tables", std::move(tables)},
      {"reasons", texts(reasons_of(explained))},
      {"missing_indexes", std::move(missing)},
      {"paces", std::move(paces)},
      {"sql", texts(explained.sql)}};
}

void print_explained(Session& session, const Explained& explained) {
  const ivm::Program& program = explained.program;
  session.print(fmt::format("{}  maintenance {}, strategy {}\n", session.colored("1", explained.view->name.display()),
                            schema::to_string(explained.view->maintenance),
                            program.strategy.empty() ? "none" : program.strategy));
  if (!program.tables.empty())
    session.print(fmt::format("  key   {}\n", program.key.empty() ? "(one row)" : join(program.key, ", ")));
  std::size_t width = 0;
  for (const ivm::TableStrategy& line : program.tables) width = std::max(width, line.table.display().size());
  for (const ivm::TableStrategy& line : program.tables)
    session.print(fmt::format("  {:<{}}  {:<10}  {}\n", line.table.display(), width, line.strategy, line.path));
  for (const std::string& reason : reasons_of(explained)) session.print("  - " + reason + "\n");
  for (const catalog::Pace& one : explained.paces)
    session.print(fmt::format("  {}, {} rows and more{}: {} µs for each {}\n", one.change, one.rows,
                              one.store == program.name ? "" : " (" + one.store + ")", one.microseconds,
                              one.whole ? "row of its tables, computed as a whole" : "of them"));
}

ExitCode run_explain(Session& session) {
  const Explained explained = explain(session);
  if (session.json()) {
    session.print_json(explained_json(explained));
    return ExitCode::done;
  }
  if (session.arguments().has("--sql")) {
    for (const std::string& sql : explained.sql) session.print(sql + ";\n\n");
    return ExitCode::done;
  }
  print_explained(session, explained);
  return ExitCode::done;
}

}  // namespace

Command explain_command() {
  return {"explain",
          "Show how a view is kept fresh, and what keeps it from a better way",
          "VIEW",
          {{"--sql", "", "show the generated SQL"}},
          run_explain};
}

}  // namespace pgvista::cli
