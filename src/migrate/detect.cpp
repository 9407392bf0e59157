#include "migrate/detect.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "migrate/detector.hpp"
#include "parse/table_statements.hpp"

namespace pgvista::migrate {

// What a view reads is there before it, and goes after it.
Detected Detector::run() {
  create_schemas();
  rename_tables();
  rename_columns();
  drop_foreign_keys();
  drop_constraints();
  drop_indexes();
  create_tables();
  change_columns();
  add_constraints(false);
  add_indexes();
  add_constraints(true);
  change_comments();
  change_views();
  drop_columns();
  drop_tables();
  if (!open_.empty()) throw Failure(std::move(open_));
  return std::move(out_);
}

void Detector::emit(std::string title, std::vector<std::string> up, std::vector<std::string> down, When when) {
  const auto script = [](const std::vector<std::string>& statements) {
    return statements.empty() ? std::string{} : join(statements, ";\n") + ";";
  };
  // A line's end in a name would end the line that begins the section.
  for (char& c : title) c = c == '\n' || c == '\r' ? ' ' : c;
  Draft draft{Operation::Kind::change, std::move(title), when == When::concurrently, script(up), script(down)};
  for (const sql::ScriptStatement& statement : parse::parse_script(draft.up)) {
    for (const sql::TableChange& change : statement.changes) work_.apply(change);
  }
  (when == When::together ? out_.operations : out_.concurrent).push_back(std::move(draft));
}

void Detector::create_schemas() {
  std::set<std::string> known{"public"};
  for (const auto& [name, table] : work_.all()) known.insert(name.schema);
  for (const auto& [name, table] : desired_.all()) {
    if (!known.insert(name.schema).second) continue;
    // IF NOT EXISTS would ask for the right to create one, even where it is there.
    const std::string up =
        fmt::format("DO $$ BEGIN\n  IF pg_catalog.to_regnamespace({}) IS NULL THEN CREATE SCHEMA {}; END IF;\nEND $$;",
                    sql::quote_literal(sql::quote_identifier(name.schema)), sql::quote_identifier(name.schema));
    out_.operations.push_back({Operation::Kind::sql, "schema " + name.schema, false, up, "-- it stays"});
  }
}

std::optional<Answer> Detector::ask(Question question) {
  const std::optional<Answer> answer = ask_(question);
  if (!answer) {
    Error error = usage_error("open_question", question.text, question.hint);
    open_.push_back(std::move(error));
  }
  return answer;
}

sql::Name Detector::written(const sql::Name& name) const {
  if (!options_.whole_names && name.schema == desired_.default_schema()) return {"", name.name};
  return name;
}

sql::TableConstraint Detector::written(sql::TableConstraint constraint) const {
  if (constraint.kind == sql::TableConstraint::Kind::foreign_key) constraint.target = written(constraint.target);
  return constraint;
}

sql::Table Detector::written(sql::Table table) const {
  table.name = written(table.name);
  for (sql::TableConstraint& constraint : table.constraints) constraint = written(std::move(constraint));
  return table;
}

Detected detect(const State& from, const tables::Tables& tables, const std::vector<schema::ViewDefinition>& views,
                const Asker& ask, const DetectOptions& options) {
  return Detector(from, tables, views, ask, options).run();
}

std::string migration_name(const std::vector<Draft>& operations, bool first) {
  if (first) return "initial";
  if (operations.empty()) return "merge";
  std::string out;
  for (const char c : lower(operations.front().title.substr(0, operations.front().title.find(':')))) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain) {
      out += c;
    } else if (!out.empty() && out.back() != '_') {
      out += '_';
    }
  }
  constexpr std::size_t longest = 50;
  out = out.substr(0, longest);
  while (!out.empty() && out.back() == '_') out.pop_back();
  if (out.empty()) out = "change";
  return operations.size() > 1 ? out + "_and_more" : out;
}

}  // namespace pgvista::migrate
