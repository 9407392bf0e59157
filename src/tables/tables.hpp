#pragma once
// The tables of a project as DDL has made them: what statements do to them, without a database.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sql/table.hpp"

namespace pgvista::tables {

class Tables {
 public:
  /// `default_schema` is where a name without a schema stands. With `name_all`, constraints and indexes without a name
  /// get the one that PostgreSQL would give them, as soon as they come.
  explicit Tables(std::string default_schema = "public", bool name_all = true)
      : default_schema_(std::move(default_schema)), name_all_(name_all) {}

  /// Throws Failure (inconsistent_change): the table or column is not there, or is there already.
  /// A change of a table that was never created here is not this project's and does nothing.
  void apply(const sql::TableChange& change);

  const std::map<sql::Name, sql::Table>& all() const { return tables_; }
  const sql::Table* find(const sql::Name& name) const;
  /// The table that this change is about, if it is of these; of an index's, the index's.
  const sql::Table* table_of(const sql::TableChange& change) const;
  sql::Name whole(sql::Name name) const;
  /// Names that nothing else there has: of a constraint in its table, of what is an index in its schema.
  std::string free_name(const sql::Table& table, const sql::TableConstraint& constraint) const;
  std::string free_name(const sql::Table& table, const sql::IndexDefinition& index) const;
  const std::string& default_schema() const { return default_schema_; }

  bool operator==(const Tables& other) const { return tables_ == other.tables_; }

 private:
  sql::Table* mine(const sql::Name& name);
  sql::Table* with_index(const sql::Name& index);
  bool taken(const std::string& schema, const std::string& relation) const;
  void add_constraint(sql::Table& table, sql::TableConstraint constraint);
  void rename_targets(const sql::Name& from, const sql::Name& to);
  void rename_column(sql::Table& table, const std::string& from, const std::string& to);

  void run(const sql::CreateTable& change);
  void run(const sql::DropTable& change);
  void run(const sql::RenameTable& change);
  void run(const sql::RenameColumn& change);
  void run(const sql::RenameConstraint& change);
  void run(const sql::RenameIndex& change);
  void run(const sql::AddColumn& change);
  void run(const sql::DropColumn& change);
  void run(const sql::DropExpression& change);
  void run(const sql::AlterType& change);
  void run(const sql::SetDefault& change);
  void run(const sql::SetNotNull& change);
  void run(const sql::SetIdentity& change);
  void run(const sql::AddConstraint& change);
  void run(const sql::DropConstraint& change);
  void run(const sql::CreateIndex& change);
  void run(const sql::DropIndex& change);
  void run(const sql::CommentOn& change);

  std::string default_schema_;
  bool name_all_;
  std::map<sql::Name, sql::Table> tables_;
};

/// The expression with a column under another name. Requires an expression that the parser printed.
std::string rename_in_expression(const std::string& expression, const std::string& from, const std::string& to);
/// An index's columns in its name, as PostgreSQL names them: "page_lower_expr".
std::string index_columns_name(const sql::IndexDefinition& index);
/// Likewise one column of an index, as CREATE INDEX takes it.
std::string rename_in_index_column(const std::string& column, const std::string& from, const std::string& to);
/// Does it name the column?
bool names_column(const std::string& expression, const std::string& column);
bool index_uses(const sql::IndexDefinition& index, const std::string& column);

}  // namespace pgvista::tables
