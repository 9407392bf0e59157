#pragma once
// A table as its DDL says it: plain values with expressions as canonical text, and the changes that statements make to
// it.

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sql/identifier.hpp"
#include "sql/index.hpp"

namespace pgvista::sql {

struct TableColumn {
  std::string name;
  std::string type;  // canonical: "integer", "character varying(20)", "text[]"
  std::string collation;
  bool not_null = false;
  std::string default_value;  // "" : none
  std::string identity;       // "ALWAYS", "BY DEFAULT" or ""
  std::string generated;      // the expression of a stored generated column, or ""
  std::optional<std::string> comment;

  bool operator==(const TableColumn&) const = default;
};

struct TableConstraint {
  enum class Kind { primary_key, unique, check, foreign_key };
  Kind kind = Kind::check;
  std::string name;                  // "" : as PostgreSQL would name it
  std::vector<std::string> columns;  // keys; of a check those that it names, for its name
  std::vector<std::string> include;
  std::string expression;  // of a check
  Name target;             // of a foreign key
  std::vector<std::string> target_columns;
  std::string on_update;  // "" is NO ACTION
  std::string on_delete;
  bool match_full = false;
  bool deferrable = false;
  bool deferred = false;
  bool nulls_not_distinct = false;
  bool no_inherit = false;

  bool operator==(const TableConstraint&) const = default;
};

struct Table {
  Name name;
  std::vector<TableColumn> columns;
  std::vector<TableConstraint> constraints;
  std::vector<IndexDefinition> indexes;
  std::optional<std::string> comment;

  const TableColumn* column(const std::string& column) const;
  TableColumn* column(const std::string& column);
  bool operator==(const Table&) const = default;
};

// --- what statements do to tables; one statement can do several things
// ------------------------------------------------

struct CreateTable {
  Table table;
  bool if_not_exists = false;
};
struct DropTable {
  Name table;
};
struct RenameTable {
  Name table;
  Name to;
};
struct RenameColumn {
  Name table;
  std::string column;
  std::string to;
};
struct RenameConstraint {
  Name table;
  std::string constraint;
  std::string to;
};
struct RenameIndex {
  Name index;
  std::string to;
};
struct AddColumn {
  Name table;
  TableColumn column;
  std::vector<TableConstraint> constraints;
  bool if_not_exists = false;
};
struct DropColumn {
  Name table;
  std::string column;
  bool if_exists = false;
};
struct DropExpression {
  Name table;
  std::string column;
};
struct AlterType {
  Name table;
  std::string column;
  std::string type;
  std::string collation;
};
struct SetDefault {
  Name table;
  std::string column;
  std::string value;  // "" : none
};
struct SetNotNull {
  Name table;
  std::string column;
  bool not_null = true;
};
struct SetIdentity {
  Name table;
  std::string column;
  std::string identity;  // "" : none
};
struct AddConstraint {
  Name table;
  TableConstraint constraint;
  std::string using_index;  // whose columns it has, and whose name unless it says another
};
struct DropConstraint {
  Name table;
  std::string constraint;
};
struct CreateIndex {
  Name table;
  IndexDefinition index;
  bool concurrently = false;
  bool if_not_exists = false;
};
struct DropIndex {
  Name index;
  bool concurrently = false;
};
struct CommentOn {
  Name relation;
  std::string column;  // "" : the relation itself
  bool index = false;
  std::optional<std::string> comment;
};

using TableChange = std::variant<CreateTable, DropTable, RenameTable, RenameColumn, RenameConstraint, RenameIndex,
                                 AddColumn, DropColumn, DropExpression, AlterType, SetDefault, SetNotNull, SetIdentity,
                                 AddConstraint, DropConstraint, CreateIndex, DropIndex, CommentOn>;

/// One statement of a script.
struct ScriptStatement {
  std::size_t begin = 0;  // bytes of the script, from the first word on
  std::size_t end = 0;    // without the semicolon
  std::string word;       // "ALTER TABLE", for messages
  std::vector<TableChange> changes;
  bool complete = true;      // the changes are all that it does, as far as tables go
  bool transaction = false;  // BEGIN, COMMIT and their kin
  std::string unsupported;   // what of a table would not be kept account of ("PARTITION BY"), or ""
};

/// The name of a relation that a change is about; an index's for those that name only that.
const Name& subject(const TableChange& change);

/// PostgreSQL's makeObjectName: "first_second_label", the longer of the two shortened until it fits.
std::string object_name(std::string first, std::string second, const std::string& label);

/// A constraint's name as PostgreSQL chooses it: table, columns and a word, numbered while it is `taken`.
std::string constraint_name(const Table& table, const TableConstraint& constraint,
                            const std::function<bool(const std::string&)>& taken);

// --- table_ddl.cpp: what makes and changes them
// ------------------------------------------------------------------------

/// "(a > 0)": in parentheses, but not twice.
std::string parenthesised(const std::string& expression);
std::string column_sql(const TableColumn& column);
std::string constraint_sql(const TableConstraint& constraint);
/// CREATE TABLE with its constraints, but without those foreign keys that `later` names by position.
std::string create_table_sql(const Table& table, const std::vector<std::size_t>& later = {});
std::string comment_sql(const Name& relation, const std::string& column, const std::optional<std::string>& comment,
                        const char* what);

}  // namespace pgvista::sql
