#pragma once
// The tables, queries and views of TPC-H for the benchmarks.

#include <boost/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "apply/sync.hpp"
#include "common.hpp"
#include "project/definitions.hpp"

namespace pgvista::bench {

struct Named {
  std::string name;
  std::string sql;
};

/// Each is a line behind one with its name.
inline std::vector<Named> tpch_statements(const std::string& file_name) {
  std::vector<Named> out;
  std::istringstream lines(file("tests/maintenance/" + file_name));
  for (std::string title, sql; std::getline(lines, title) && std::getline(lines, sql);)
    out.push_back({title.substr(3, title.find(':') - 3), sql});
  return out;
}

/// Makes the views of these queries, and no others.
inline void sync_tpch(db::Connection& connection, const std::vector<Named>& queries) {
  std::vector<Error> errors;
  std::vector<schema::ViewDefinition> views;
  for (const auto& [name, query] : queries) {
    auto view = project::read_definition(
        name + ".sql", name, "/* pgvista\nkind = \"materialized\"\nmaintenance = \"immediate\"\n*/\n" + query, "public",
        errors);
    if (!view) throw Failure(errors);
    views.push_back(std::move(*view));
  }
  plan::Options options;
  options.prune = true;
  options.create_indexes = true;
  const apply::Survey done = apply::sync(connection, {views, ""}, options, {}, {});
  if (!done.plan.errors.empty()) throw Failure(done.plan.errors);
  connection.execute("VACUUM ANALYZE");
}

/// Empties the database, and fills the tables at a scale.
inline void make_tpch(db::Connection& connection, const std::string& scale) {
  connection.execute("DROP SCHEMA IF EXISTS pgvista CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  connection.execute("SET tpch.scale = '" + scale + "'");
  connection.execute(file("tests/maintenance/tpch_schema.sql"));
  connection.execute(file("tests/maintenance/tpch_rows.sql"));
  connection.execute("VACUUM ANALYZE");
}

}  // namespace pgvista::bench
