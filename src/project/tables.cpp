#include "project/tables.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "parse/table_statements.hpp"
#include "project/files.hpp"
#include "project/settings.hpp"

namespace pgvista::project {

namespace {

bool declares(const sql::ScriptStatement& statement) {
  if (!statement.complete || statement.changes.empty()) return false;
  for (const sql::TableChange& change : statement.changes) {
    const bool fine =
        std::holds_alternative<sql::CreateTable>(change) || std::holds_alternative<sql::CreateIndex>(change) ||
        std::holds_alternative<sql::CommentOn>(change) || std::holds_alternative<sql::AddConstraint>(change) ||
        std::holds_alternative<sql::SetDefault>(change);
    if (!fine) return false;
  }
  return true;
}

// pg_dump -s writes much that no table file says: owners, sequences, settings, commands of psql.
bool dumped(const std::string& text) { return text.find("-- PostgreSQL database dump") != std::string::npos; }

constexpr const char* from_a_dump =
    "This is what pg_dump writes. pgvista inspectdb --format tables --output tables writes the files of a database's "
    "tables.";

class TableFiles {
 public:
  explicit TableFiles(const std::string& default_schema) : out_{tables::Tables(default_schema, false), {}} {}

  void add(const std::string& file, const std::string& text) {
    try {
      for (sql::ScriptStatement& statement : parse::parse_script(text))
        pending_.push_back({file, text, std::move(statement)});
    } catch (const Failure& failure) {
      Error error = failure.error();
      error.file = file;
      if (dumped(text)) error.hint = from_a_dump;
      out_.errors.push_back(std::move(error));
    }
  }

  // Tables first: a file may speak of one in another file.
  TableDefinitions take() {
    for (const bool tables : {true, false}) {
      for (const Pending& one : pending_) run(one, tables);
    }
    return std::move(out_);
  }

 private:
  struct Pending {
    std::string file;
    std::string text;
    sql::ScriptStatement statement;
  };

  void fail(const Pending& at, std::string code, std::string message, std::string hint = {}) {
    Error error = file_error(at.file, std::move(code), std::move(message), std::move(hint));
    const LineColumn place = line_column(at.text, at.statement.begin);
    error.line = place.line;
    error.column = place.column;
    out_.errors.push_back(std::move(error));
  }

  void run(const Pending& one, bool tables) {
    const bool creates =
        !one.statement.changes.empty() && std::holds_alternative<sql::CreateTable>(one.statement.changes.front());
    if (creates != tables) return;
    if (!one.statement.unsupported.empty())
      fail(one, "unsupported_table", fmt::format("a table with {} is not kept account of", one.statement.unsupported),
           "Leave that out, or make the table by hand-written SQL: pgvista makemigrations --empty. Views can read it "
           "all the same.");
    if (one.statement.unsupported.empty() && !declares(one.statement))
      return fail(
          one, "not_a_definition", fmt::format("{} does not say how a table is to be", one.statement.word),
          dumped(one.text)
              ? from_a_dump
              : "A file in tables/ holds CREATE TABLE, CREATE INDEX, COMMENT ON and ALTER TABLE … ADD. Everything else "
                "(types, functions, triggers, changes) belongs in migrations: makemigrations --empty.");
    for (const sql::TableChange& change : one.statement.changes) {
      if (!tables && !out_.tables.table_of(change)) {
        fail(one, "unknown_table", fmt::format("no file here creates the table \"{}\"", sql::subject(change).display()),
             "Indexes and comments are kept account of only for tables that tables/ or a model defines.");
        continue;
      }
      try {
        out_.tables.apply(change);
      } catch (const Failure& failure) {
        fail(one, "invalid_table", failure.error().message);
      }
    }
  }

  TableDefinitions out_;
  std::vector<Pending> pending_;
};

}  // namespace

TableDefinitions read_tables(const std::filesystem::path& root, const std::string& default_schema,
                             const std::vector<model::TableFile>& texts) {
  TableFiles files(default_schema);
  std::vector<Error> errors;
  for (const std::filesystem::path& path : sql_files(root / "tables", errors)) {
    if (const auto text = read_file(path, errors)) files.add(shown_path(path), *text);
  }
  for (const model::TableFile& one : texts) files.add(one.name, one.text);
  TableDefinitions out = files.take();
  out.errors.insert(out.errors.begin(), errors.begin(), errors.end());
  return out;
}

}  // namespace pgvista::project
