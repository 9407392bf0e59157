#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "base/text.hpp"
#include "cli/migrations.hpp"
#include "db/interrupt.hpp"
#include "project/settings.hpp"

namespace pgvista::cli {

namespace json = boost::json;

namespace {

using migrate::Answer;
using migrate::Question;

// Flags first, then whoever sits at the terminal.
class Answers {
 public:
  Answers(Session& session, std::string schema) : session_(session), schema_(std::move(schema)) {
    const Arguments& arguments = session.arguments();
    for (const std::string flag : {"--rename", "--default"}) {
      for (const std::string& given : arguments.all(flag)) {
        const std::size_t equals = given.find('=');
        if (equals == std::string::npos || equals == 0 || equals + 1 == given.size())
          throw Failure(usage_error("usage",
                                    fmt::format("{} {}: two names with = between them are expected", flag, given),
                                    flag == "--rename" ? "For example --rename visit.ip=address"
                                                       : "For example --default visit.country=\"'unknown'\""));
        (flag == "--rename" ? renamed_ : values_)[given.substr(0, equals)] = given.substr(equals + 1);
      }
    }
    dropped_ = arguments.all("--drop");
    without_ = arguments.all("--no-default");
  }

  std::optional<Answer> operator()(const Question& question) {
    return question.kind == Question::Kind::rename ? renamed(question) : value(question);
  }

  const std::map<std::string, std::string>& values() const { return values_; }

  // A flag that answered nothing is a slip.
  void check_used() const {
    for (const auto& [object, to] : renamed_) {
      if (!used_.contains(object))
        throw Failure(usage_error("usage",
                                  fmt::format("--rename {}={}: there is no such rename to be made", object, to),
                                  "The old name is one that the migrations know and the definitions do not; the new "
                                  "one the other way round."));
    }
  }

 private:
  std::optional<Answer> renamed(const Question& question) {
    if (const auto found = find(renamed_, question.object); found != renamed_.end()) {
      // Of a column its table can be written before the new name, too.
      const bool of_column =
          question.object.find('.') != std::string::npos && question.to.find('.') == std::string::npos;
      const bool this_one = found->second == question.to || found->second == bare(question.to) ||
                            (of_column && found->second.ends_with("." + question.to));
      if (this_one) used_.insert(found->first);
      return Answer{this_one, {}};
    }
    if (contains(dropped_, question.object)) return Answer{};
    if (!question.likely) return Answer{};
    // Another one's new name.
    for (const auto& [object, to] : renamed_) {
      if (to == question.to && object != question.object) return Answer{};
    }
    if (!interactive()) return std::nullopt;
    for (;;) {
      const std::string answer = lower(prompt(question.text + " [y/n] "));
      if (answer.starts_with('y')) return Answer{true, {}};
      if (answer.starts_with('n')) return Answer{};
    }
  }

  std::optional<Answer> value(const Question& question) {
    if (const auto found = find(values_, question.object); found != values_.end()) return Answer{false, found->second};
    if (contains(without_, question.object)) return Answer{};
    if (!question.likely) return Answer{};
    if (!interactive()) return std::nullopt;
    for (;;) {
      const std::string answer = prompt(question.text + "\n(an SQL expression, or nothing if there are none) ");
      const std::string wrong = answer.empty() ? "" : question.refuse(answer);
      if (wrong.empty()) return answer.empty() ? Answer{} : Answer{false, answer};
      fmt::print(stderr, "{}\n", wrong);
    }
  }

  // With or without the project's own schema.
  std::string bare(const std::string& object) const {
    return object.starts_with(schema_ + ".") ? object.substr(schema_.size() + 1) : object;
  }

  std::map<std::string, std::string>::const_iterator find(const std::map<std::string, std::string>& given,
                                                          const std::string& object) const {
    const auto whole = given.find(object);
    return whole == given.end() ? given.find(bare(object)) : whole;
  }

  bool contains(const std::vector<std::string>& given, const std::string& object) const {
    return std::find(given.begin(), given.end(), object) != given.end() ||
           std::find(given.begin(), given.end(), bare(object)) != given.end();
  }

  bool interactive() const { return !session_.json() && isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0; }

  static std::string prompt(const std::string& text) {
    fmt::print(stderr, "{}", text);
    std::string answer;
    if (!std::getline(std::cin, answer)) {
      db::check_interrupt();
      throw Failure(usage_error("open_question", "the question was not answered", {}));
    }
    return std::string(trim(answer));
  }

  Session& session_;
  std::string schema_;
  std::map<std::string, std::string> renamed_;
  std::map<std::string, std::string> values_;
  std::vector<std::string> dropped_;
  std::vector<std::string> without_;
  std::set<std::string> used_;
};

constexpr const char* empty_up =
    "-- SQL that goes forwards. The project's own tables are better changed in a section \"change\":\n-- then "
    "makemigrations knows what was done.";
constexpr const char* empty_down =
    "-- SQL that takes it back. Without this section the migration cannot be taken back.";

class MakingMigrations {
 public:
  explicit MakingMigrations(Session& session)
      : session_(session),
        schema_(offline_schema(session)),
        migrations_(migrate::read_folder(session.settings().root, schema_)) {}

  ExitCode run() {
    const Arguments& arguments = session_.arguments();
    if (arguments.positionals.size() > 1) throw Failure(usage_error("usage", "makemigrations takes one name", {}));
    const migrate::Graph graph(migrations_, {});
    const bool merge = arguments.has("--merge");
    if (const auto conflicts = graph.conflicts(); !conflicts.empty() && !merge) {
      std::vector<Error> errors;
      for (const migrate::Conflict& one : conflicts) errors.push_back(migrate::conflict_error(one));
      throw Failure(std::move(errors));
    }
    leaves_ = graph.leaves();
    if (merge && leaves_.size() < 2) {
      session_.say("nothing to merge: the migrations have one end");
      return ExitCode::done;
    }
    draft(graph);
    return report();
  }

 private:
  void draft(const migrate::Graph& graph) {
    const Arguments& arguments = session_.arguments();
    if (arguments.has("--empty")) {
      add(name_or("hand_written"), {{migrate::Operation::Kind::sql, "describe it here", false, empty_up, empty_down}});
      return;
    }
    const ProjectDefinitions definitions = read_project(session_, schema_);
    migrate::Detected found;
    if (arguments.has("--check")) {
      found = missing_in_migrations(session_, graph, definitions);
    } else {
      Answers answers(session_, schema_);
      found = migrate::detect(
          graph.state(schema_), definitions.tables, definitions.views,
          [&](const Question& question) { return answers(question); },
          {arguments.has("--concurrent-indexes"), !session_.settings().schema.empty(), answers.values()});
      answers.check_used();
    }
    notes_ = found.notes;
    note_long_locks(found);
    if (!found.operations.empty() || arguments.has("--merge")) {
      const std::string name =
          name_or(arguments.has("--merge") ? "merge" : migrate::migration_name(found.operations, migrations_.empty()));
      add(name, std::move(found.operations));
    }
    if (!found.concurrent.empty()) {
      const std::string name =
          drafts_.empty() ? name_or(migrate::migration_name(found.concurrent, false))
                          : name_or(drafts_.back().id.substr(drafts_.back().id.find('_') + 1)) + "_concurrently";
      add(name, std::move(found.concurrent));
    }
  }

  std::string name_or(const std::string& otherwise) const {
    const auto& given = session_.arguments().positionals;
    if (given.empty()) return otherwise;
    const std::string& name = given.front();
    const bool fine =
        !name.empty() && name.size() <= 100 &&
        name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == std::string::npos;
    if (!fine)
      throw Failure(usage_error("invalid_name", fmt::format("\"{}\" is no name for a migration", name),
                                "Letters, digits, _ and -."));
    return name;
  }

  void add(const std::string& name, std::vector<migrate::Draft> operations) {
    migrate::DraftMigration one;
    one.id = migrate::next_id(migrations_, name, static_cast<int>(drafts_.size()));
    one.depends_on = drafts_.empty() ? leaves_ : std::vector<std::string>{drafts_.back().id};
    one.operations = std::move(operations);
    drafts_.push_back(std::move(one));
  }

  // What fills a materialized view holds the locks of what was changed before it, in one transaction.
  void note_long_locks(const migrate::Detected& found) {
    const auto fills = [](const migrate::Draft& one) {
      return one.kind == migrate::Operation::Kind::view &&
             one.up.find("\nkind = \"materialized\"") != std::string::npos;
    };
    const auto locks = [](const migrate::Draft& one) {
      return one.kind == migrate::Operation::Kind::change && !one.title.starts_with("create table");
    };
    if (!std::any_of(found.operations.begin(), found.operations.end(), fills) ||
        !std::any_of(found.operations.begin(), found.operations.end(), locks))
      return;
    notes_.push_back(
        "It changes tables and fills materialized views in one transaction: the tables stay locked meanwhile. With "
        "transaction = false in its header, each operation is done and recorded by itself.");
  }

  ExitCode report() {
    const bool writes = !session_.arguments().has("--dry-run") && !session_.arguments().has("--check");
    json::array all;
    std::string text;
    for (const migrate::DraftMigration& draft : drafts_) {
      const std::string sql = migrate::write_migration(draft);
      // What is written is read again before it is told: it says what it should.
      const migrate::Migration read =
          migrate::read_migration(draft.id, "migrations/" + draft.id + ".sql", sql, schema_);
      std::string file = read.file;
      if (writes) file = project::shown_path(migrate::write_file(session_.settings().root, draft.id, sql));
      all.push_back(
          json::object{{"name", draft.id}, {"file", file}, {"operations", operations_json(read)}, {"sql", sql}});
      text += writes                                ? "wrote " + file + "\n"
              : session_.arguments().has("--check") ? ""
                                                    : "-- " + file + "\n" + sql + "\n";
      for (const migrate::Draft& operation : draft.operations) {
        if (writes || session_.arguments().has("--check")) text += "  " + operation.title + "\n";
      }
    }
    for (const std::string& note : notes_) session_.say("note: " + note);
    if (session_.json()) {
      json::array notes;
      for (const std::string& note : notes_) notes.emplace_back(note);
      session_.print_json(json::object{{"migrations", std::move(all)},
                                       {"written", writes && !drafts_.empty()},
                                       {"notes", std::move(notes)},
                                       {"pending", !writes && !drafts_.empty()}});
    } else {
      if (drafts_.empty())
        text = migrations_.empty() ? "nothing to do: there is no definition in tables/ or views/\n"
                                   : "nothing to do: the migrations say what the definitions say\n";
      if (!drafts_.empty() && session_.arguments().has("--check"))
        text = "the definitions say what no migration says:\n" + text;
      session_.print(text);
    }
    return session_.arguments().has("--check") && !drafts_.empty() ? ExitCode::pending : ExitCode::done;
  }

  Session& session_;
  std::string schema_;
  std::vector<migrate::Migration> migrations_;
  std::vector<std::string> leaves_;
  std::vector<migrate::DraftMigration> drafts_;
  std::vector<std::string> notes_;
};

}  // namespace

Command makemigrations_command() {
  return {"makemigrations",
          "Write down what changed in the definitions as a migration",
          "[NAME]",
          {{"--empty", "", "one to be filled in by hand, with its reverse"},
           {"--check", "", "write nothing; exit 3 when something is missing"},
           {"--dry-run", "", "write nothing, print it"},
           {"--merge", "", "join branches that change the same views or tables"},
           {"--concurrent-indexes", "", "build indexes of existing tables without blocking writers"},
           {"--rename", "OLD=NEW", "it is the same table, column (TABLE.COLUMN=NEW) or view under a new name", true},
           {"--drop", "OLD", "it is not renamed but dropped", true},
           {"--default", "TABLE.COLUMN=EXPRESSION", "what existing rows get in a column that is NOT NULL now", true},
           {"--no-default", "TABLE.COLUMN", "there are no rows that would need one", true}},
          [](Session& session) { return MakingMigrations(session).run(); }};
}

}  // namespace pgvista::cli
