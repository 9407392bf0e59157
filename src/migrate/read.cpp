// The text of a migration -> values.

#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "migrate/migration.hpp"
#include "parse/table_statements.hpp"
#include "project/definitions.hpp"
#include "project/header.hpp"
#include "project/toml_reader.hpp"

namespace pgvista::migrate {

namespace {

constexpr std::string_view mark = "-- pgvista:";

// From one mark to the next.
struct Section {
  std::string word;
  std::string modifier;
  std::string title;
  std::size_t mark_offset = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

bool only_comments(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = trim(text.substr(at, end - at));
    if (!line.empty() && !line.starts_with("--")) return false;
    at = end + 1;
  }
  return true;
}

// What stands in the header can change: what is replaced, what comes before.
std::string without_blank_lines(std::string_view text) {
  std::string out;
  for (const std::string& line : split_lines(text)) {
    const std::string_view kept = trim(line);
    if (!kept.empty()) out += std::string(kept) + "\n";
  }
  return out;
}

class MigrationReader {
 public:
  MigrationReader(const std::string& id, const std::string& file, const std::string& text,
                  const std::string& default_schema)
      : default_schema_(default_schema) {
    out_.id = id;
    out_.file = file;
    out_.text = replace_all(text, "\r\n", "\n");
  }

  Migration run() {
    if (const std::size_t bad = invalid_utf8(out_.text); bad != std::string::npos) {
      fail(bad, "invalid_encoding", "the file is not UTF-8", "Save it as UTF-8.");
      throw Failure(std::move(errors_));
    }
    read_header();
    read_operations(split());
    out_.checksum = out_.checksum_of(static_cast<int>(out_.operations.size()));
    if (!errors_.empty()) throw Failure(std::move(errors_));
    return std::move(out_);
  }

 private:
  void fail(std::size_t offset, std::string code, std::string message, std::string hint = {}) {
    Error error;
    error.code = std::move(code);
    error.message = std::move(message);
    error.hint = std::move(hint);
    locate(error, out_, offset);
    errors_.push_back(std::move(error));
  }

  void read_header() {
    const auto header = project::find_header(out_.text, "pgvista migration");
    if (!header || header->query_offset == std::string_view::npos)
      return fail(0, "invalid_migration", "a migration begins with a comment /* pgvista migration … */",
                  "pgvista makemigrations --empty writes one to fill in.");
    body_ = header->query_offset;
    const LineColumn at = line_column(out_.text, header->toml_offset);
    const project::Origin origin{out_.file, at.line, at.column, ExitCode::failed};
    const auto parsed = project::parse_toml(header->toml, origin, errors_);
    if (!parsed) return;
    project::TomlTable table(*parsed, origin, "", errors_);
    out_.depends_on = table.texts("depends_on");
    out_.replaces = table.texts("replaces");
    out_.transaction = table.boolean("transaction").value_or(true);
    table.finish();
  }

  std::vector<Section> split() {
    std::vector<Section> out;
    for (std::size_t at = body_; at < out_.text.size();) {
      const std::size_t end = std::min(out_.text.find('\n', at), out_.text.size());
      const std::string_view line(out_.text.data() + at, end - at);
      if (line.starts_with(mark)) {
        if (!out.empty()) out.back().end = at;
        out.push_back(section(line, at, std::min(end + 1, out_.text.size())));
      }
      at = end + 1;
    }
    if (!out.empty()) out.back().end = out_.text.size();
    const std::size_t first = out.empty() ? out_.text.size() : out.front().mark_offset;
    if (body_ < first && !only_comments(std::string_view(out_.text).substr(body_, first - body_))) {
      fail(out_.text.find_first_not_of(" \t\n", body_), "invalid_migration", "this stands in no operation",
           "Begin one above it with a line like: -- pgvista: sql: what it does");
    }
    return out;
  }

  static Section section(std::string_view line, std::size_t at, std::size_t begin) {
    Section out;
    const std::string_view rest = trim(line.substr(mark.size()));
    const std::size_t colon = std::min(rest.find(':'), rest.size());
    const std::string_view head = rest.substr(0, colon);
    const std::size_t comma = std::min(head.find(','), head.size());
    out.word = trim(head.substr(0, comma));
    out.modifier = comma < head.size() ? std::string(trim(head.substr(comma + 1))) : "";
    out.title = colon < rest.size() ? std::string(trim(rest.substr(colon + 1))) : "";
    out.mark_offset = at;
    out.begin = out.end = begin;
    return out;
  }

  void read_operations(const std::vector<Section>& sections) {
    std::vector<std::string> words = operation_words();
    words.insert(words.end(), {"reverse", "before"});
    for (const Section& section : sections) {
      if (section.word == "reverse" || section.word == "before") {
        read_second(section);
        if (!out_.ends.empty()) out_.ends.back() = section.end;
      } else if (const auto kind = operation_kind(section.word)) {
        read_first(section, *kind);
        out_.ends.push_back(section.end);
      } else {
        fail(section.mark_offset, "invalid_migration",
             fmt::format("\"{}\" begins no section of a migration", section.word), did_you_mean(section.word, words));
      }
    }
    for (const Operation& operation : out_.operations) {
      if (operation.kind == Operation::Kind::view && !operation.after && !operation.before && errors_.empty())
        fail(operation.up.offset, "invalid_migration", "there is no definition here, neither after nor before", {});
    }
  }

  void read_first(const Section& section, Operation::Kind kind) {
    Operation operation;
    operation.kind = kind;
    operation.title = section.title;
    operation.outside_transaction = section.modifier == "outside a transaction";
    if (!section.modifier.empty() && (!operation.outside_transaction || operation.kind == Operation::Kind::view)) {
      fail(section.mark_offset, "invalid_migration", fmt::format("\"{}\" is not known here", section.modifier),
           "Of SQL, \"outside a transaction\" can be said.");
    }
    if (operation.kind == Operation::Kind::view) {
      operation.up.offset = section.begin;
      operation.after = definition(section);
    } else {
      operation.up = script(section, operation.outside_transaction);
    }
    out_.operations.push_back(std::move(operation));
  }

  void read_second(const Section& section) {
    const bool of_view = section.word == "before";
    if (out_.operations.empty() || (out_.operations.back().kind == Operation::Kind::view) != of_view ||
        out_.operations.back().down || out_.operations.back().before) {
      return fail(section.mark_offset, "invalid_migration", fmt::format("\"{}\" does not belong here", section.word),
                  "\"reverse\" stands behind a change or sql, \"before\" behind a view, each once.");
    }
    if (of_view) {
      out_.operations.back().before = definition(section);
    } else {
      out_.operations.back().down = script(section, out_.operations.back().outside_transaction);
    }
  }

  std::string text_of(const Section& section) const {
    return out_.text.substr(section.begin, section.end - section.begin);
  }

  Script script(const Section& section, bool outside) {
    Script out;
    out.text = text_of(section);
    out.offset = section.begin;
    try {
      out.statements = parse::parse_script(out.text);
    } catch (const Failure& failure) {
      Error error = failure.error();
      const LineColumn base = line_column(out_.text, section.begin);
      error.file = out_.file;
      error.line += base.line - 1;
      errors_.push_back(std::move(error));
      return out;
    }
    for (const sql::ScriptStatement& statement : out.statements) {
      const std::size_t at = section.begin + statement.begin;
      if (statement.transaction)
        fail(at, "transaction_control", "a migration does not begin or end transactions itself",
             "Take it out. transaction = false in the header runs an operation at a time.");
      if (!statement.unsupported.empty() && section.word != "sql")
        fail(at, "unsupported_table", fmt::format("a table with {} is not kept account of", statement.unsupported),
             "Write it in a section sql instead of change: then pgvista leaves it alone.");
      for (const sql::TableChange& change : statement.changes) {
        const auto* made = std::get_if<sql::CreateIndex>(&change);
        const auto* gone = std::get_if<sql::DropIndex>(&change);
        const bool concurrent = (made && made->concurrently) || (gone && gone->concurrently);
        if (concurrent && !outside)
          fail(at, "not_in_transaction", "CONCURRENTLY cannot run in a transaction",
               "Say so in its line: -- pgvista: change, outside a transaction: …");
        if (made && made->concurrently && made->index.name.empty())
          fail(at, "invalid_migration", "an index that is built concurrently needs a name",
               "Without one a build that was broken off cannot be found again.");
      }
    }
    if (outside && out.statements.size() > 1)
      fail(section.begin + out.statements[1].begin, "invalid_migration",
           "outside a transaction, an operation is one statement",
           "Give this one an operation of its own: then each is recorded when it is done.");
    return out;
  }

  Definition definition(const Section& section) {
    const std::string text = text_of(section);
    if (trim(text).empty()) return nullptr;
    std::vector<Error> errors;
    auto view = project::read_definition(out_.file, "", text, default_schema_, errors);
    const int lines = line_column(out_.text, section.begin).line - 1;
    for (Error& error : errors) {
      error.line = std::max(error.line, 1) + lines;
      if (error.code == "invalid_name") error.hint = "In a migration the header says the view's name: name = \"…\".";
      errors_.push_back(std::move(error));
    }
    if (!view) return nullptr;
    // Places are told in the migration's file.
    view->source.text = out_.text;
    view->source.query_offset += section.begin;
    for (schema::IndexDefinition& index : view->indexes) index.line += lines;
    return std::make_shared<const schema::ViewDefinition>(std::move(*view));
  }

  const std::string& default_schema_;
  Migration out_;
  std::size_t body_ = 0;
  std::vector<Error> errors_;
};

}  // namespace

bool Migration::stepwise() const {
  return !transaction || std::any_of(operations.begin(), operations.end(),
                                     [](const Operation& one) { return one.outside_transaction; });
}

const Operation* Migration::irreversible(int count) const {
  for (int i = 0; i < count; ++i) {
    const Operation& operation = operations[static_cast<std::size_t>(i)];
    if (operation.kind != Operation::Kind::view && !operation.down) return &operation;
  }
  return nullptr;
}

std::string Migration::checksum_of(int count) const {
  const std::size_t begin = std::min(text.find("\n-- pgvista:"), text.size());
  const std::size_t end = count == 0 ? begin : ends.at(static_cast<std::size_t>(count) - 1);
  return stable_hash_hex(without_blank_lines(std::string_view(text).substr(begin, end - begin)));
}

void locate(Error& error, const Migration& migration, std::size_t offset) {
  const LineColumn at = line_column(migration.text, std::min(offset, migration.text.size()));
  error.file = migration.file;
  error.line = at.line;
  error.column = at.column;
}

Migration read_migration(const std::string& id, const std::string& file, const std::string& text,
                         const std::string& default_schema) {
  return MigrationReader(id, file, text, default_schema).run();
}

}  // namespace pgvista::migrate
