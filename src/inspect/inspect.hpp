#pragma once
// A live database -> definitions as text: SQL files, C++ structs, Django models.

#include <set>
#include <string>
#include <vector>

#include "schema/live.hpp"
#include "sql/table.hpp"

namespace pgvista::inspect {

struct InspectedColumn {
  std::string name;
  std::string type;        // format_type
  bool nullable = true;    // as far as the table, or the view's query, tells
  std::string references;  // table of a foreign key on this column alone
};

struct Inspected {
  const schema::Relation* relation = nullptr;
  std::vector<InspectedColumn> columns;
  std::vector<std::string> key;  // primary key, or the unique index of a materialized view
  std::string user;              // who looks: an owner that is somebody else is written down
};

/// A view file with its header. Requires a view or materialized view whose definition was read.
std::string sql_file(const Inspected& view);
/// A file of tables/: the table, its indexes and comments.
std::string table_file(const sql::Table& table);
/// A model of the typed face that is not managed: its struct, description and define(). `printed`: the tables whose
/// structs are printed, too, so that foreign keys can lead to them.
std::string cpp_struct(const Inspected& relation, const std::set<std::string>& printed);
std::string cpp_prelude();
/// An unmanaged Django model.
std::string django_model(const Inspected& relation);
std::string django_prelude();

}  // namespace pgvista::inspect
