#pragma once
// What a query depends on: tables, columns, functions. From the tree alone, with the columns of tables where known.

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sql/tree.hpp"

namespace pgvista::analyze {

struct TableUse {
  std::string schema;  // as written
  std::string name;
  bool all_columns = false;  // a star or a whole-row reference: the output changes with the table's columns
  std::set<std::string> columns;
  int offset = -1;  // of the first reference, in the query's text
};

struct Dependencies {
  std::vector<TableUse> tables;     // in the order of their first reference, each once
  std::set<std::string> functions;  // as written, dotted
};

/// The columns of a table by name, in order; nullopt where the table is not known.
using ColumnLookup =
    std::function<std::optional<std::vector<std::string>>(const std::string& schema, const std::string& name)>;

/// A column reference that could belong to several tables of unknown columns is counted for all of them.
Dependencies dependencies(const sql::Select& query, const ColumnLookup& lookup = {});

/// The name that PostgreSQL gives an output column without an alias ("?column?" where it has none to give).
std::string output_name(const sql::Target& target);

}  // namespace pgvista::analyze
