#pragma once
// A migration as a value: what one file of migrations/ says.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <pgvista/error.hpp>
#include "schema/definition.hpp"
#include "sql/table.hpp"

namespace pgvista::migrate {

/// One side of an operation on tables, or of free SQL: a script and what it does.
struct Script {
  std::string text;
  std::size_t offset = 0;  // in the migration's file
  std::vector<sql::ScriptStatement> statements;
};

using Definition = std::shared_ptr<const schema::ViewDefinition>;

struct Operation {
  enum class Kind {
    change,  // of tables: the project's state follows its statements
    sql,     // anything else: the state does not follow
    view,    // one definition in the place of another
  };
  Kind kind = Kind::change;
  std::string title;
  bool outside_transaction = false;
  Script up;
  std::optional<Script> down;  // none: it cannot be taken back
  Definition after;            // of a view; null: it is dropped
  Definition before;           // null: it is created

  /// The view, under the name that it has afterwards, or had.
  const sql::Name& view() const { return after ? after->name : before->name; }
};

/// The word that begins its section; nullopt where a word begins none.
const char* to_string(Operation::Kind kind);
std::optional<Operation::Kind> operation_kind(std::string_view word);
/// All of these words.
std::vector<std::string> operation_words();

struct Migration {
  std::string id;    // the file's stem
  std::string file;  // for messages
  std::string text;
  std::string checksum;
  std::vector<std::string> depends_on;
  std::vector<std::string> replaces;
  bool transaction = true;  // false: an operation at a time, each recorded
  std::vector<Operation> operations;
  std::vector<std::size_t> ends;  // of each operation, in `text`

  /// Is it run and recorded an operation at a time?
  bool stepwise() const;
  /// The first of its first `operations` that cannot be taken back, or null.
  const Operation* irreversible(int operations) const;
  /// Of the first operations alone.
  std::string checksum_of(int operations) const;
};

/// Line and column of a byte of the migration's file, in the error.
void locate(Error& error, const Migration& migration, std::size_t offset);

/// Reads one file's text. Throws Failure with every error in it, each with its place.
/// `default_schema`: where names without a schema stand.
Migration read_migration(const std::string& id, const std::string& file, const std::string& text,
                         const std::string& default_schema);

// --- writing
// ----------------------------------------------------------------------------------------------------------

/// An operation to be written.
struct Draft {
  Operation::Kind kind = Operation::Kind::change;
  std::string title;
  bool outside_transaction = false;
  std::string up;                   // of a view its new definition as a view file, "" when it is dropped
  std::optional<std::string> down;  // its old one, "" when it is created
};

struct DraftMigration {
  std::string id;
  std::vector<std::string> depends_on;
  std::vector<std::string> replaces;
  std::vector<Draft> operations;
  std::vector<std::string> notes;  // for the person who asked for it
};

std::string write_migration(const DraftMigration& draft);

/// A definition as a view file that says all of it: what `read_definition` makes of it is equal to it. Names of the
/// default schema stand without it, unless `whole_names`.
std::string view_text(const schema::ViewDefinition& view, const std::string& default_schema, bool whole_names);

/// Equal texts mean equal views, however the query was set out.
std::string canonical_view(const schema::ViewDefinition& view);

}  // namespace pgvista::migrate
