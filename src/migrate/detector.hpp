#pragma once
// What the parts of `detect` share.

#include <fmt/format.h>

#include <set>

#include "migrate/detect.hpp"

namespace pgvista::migrate {

class Detector {
 public:
  Detector(const State& from, const tables::Tables& desired, const std::vector<schema::ViewDefinition>& views,
           const Asker& ask, const DetectOptions& options)
      : from_(from), work_(from.tables), desired_(desired), views_(views), ask_(ask), options_(options) {}

  Detected run();

 private:
  // detect_tables.cpp
  void rename_tables();
  void rename_columns();
  void drop_foreign_keys();
  void drop_constraints();
  void drop_indexes();
  void drop_constraint(const sql::Table& table, const sql::TableConstraint& one);
  void drop_index(const sql::Table& table, const sql::IndexDefinition& one, bool concurrently);
  bool keeps_key(const sql::Name& table, const std::vector<std::string>& columns) const;
  bool retyped(const sql::Name& table, const std::vector<std::string>& columns) const;
  void create_tables();
  void change_columns();
  void add_constraints(bool foreign_keys);
  void add_indexes();
  void create_schemas();
  void change_comments();
  void drop_columns();
  void drop_tables();
  // detect_columns.cpp
  void add_column(const sql::Table& table, const sql::TableColumn& column);
  std::vector<std::string> add_with_value(const sql::Table& table, const sql::TableColumn& column,
                                          const std::string& value) const;
  void alter_column(const sql::Table& table, const sql::TableColumn& now, const sql::TableColumn& wanted);
  bool below_retyped(const sql::Table& table, const std::string& generated) const;
  void drop_computed(const sql::Table& table);
  void detach(const sql::Table& table, const std::string& column);
  void make_anew(const sql::Table& table, const sql::TableColumn& now, const sql::TableColumn& wanted);
  void alter_type(const sql::Table& table, const sql::TableColumn& now, const sql::TableColumn& wanted);
  void alter_identity(const sql::Table& table, const sql::TableColumn& now, const sql::TableColumn& wanted);
  void alter_nullability(const sql::Table& table, const sql::TableColumn& now, const sql::TableColumn& wanted);
  // detect_views.cpp
  void change_views();
  void change_view(const schema::ViewDefinition* before, const schema::ViewDefinition* after);
  std::map<sql::Name, sql::Name> view_renames();
  /// Views, as they are to be, that seem to read what goes; `column` "" is the table.
  void note_readers(const sql::Name& table, const std::string& column);

  /// Adds an operation and lets the working state follow it.
  enum class When {
    together,  // with the others
    later,     // behind the concurrent ones, which have a migration of their own
    concurrently
  };
  void emit(std::string title, std::vector<std::string> up, std::vector<std::string> down, When when = When::together);
  std::optional<Answer> ask(Question question);
  /// The table as it is to be, when it is there now.
  const sql::Table* wanted(const sql::Name& name) const { return desired_.find(name); }
  sql::Name written(const sql::Name& name) const;
  sql::Table written(sql::Table table) const;
  sql::TableConstraint written(sql::TableConstraint constraint) const;
  bool same(const sql::TableConstraint& now, const sql::TableConstraint& wanted) const;
  sql::TableConstraint complete(sql::TableConstraint constraint) const;
  std::string on(const sql::Table& table) const { return "ALTER TABLE " + written(table.name).sql() + " "; }
  std::vector<sql::Name> common_tables() const;
  std::vector<std::string> index_sql(const sql::Table& table, const sql::IndexDefinition& index,
                                     bool concurrently) const;
  std::vector<std::string> whole_table_sql(const sql::Table& table, const std::vector<std::size_t>& later) const;

  const State& from_;
  tables::Tables work_;
  const tables::Tables& desired_;
  const std::vector<schema::ViewDefinition>& views_;
  const Asker& ask_;
  const DetectOptions& options_;
  Detected out_;
  std::vector<Error> open_;
  std::set<std::string> maybe_renamed_;  // "table.column": new, or an old one under another name
};

}  // namespace pgvista::migrate
