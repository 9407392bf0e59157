#pragma once
// Indexes that are built while writers go on: a build that is broken off leaves one that nobody can use, and that all
// writers still keep.

#include <functional>
#include <optional>

#include "db/connection.hpp"
#include "sql/identifier.hpp"

namespace pgvista::apply {

struct IndexThere {
  sql::Name name;
  bool valid;
  std::string definition;  // as pg_get_indexdef prints it
};

/// The index of that name on the table, if there is one.
std::optional<IndexThere> index_on(db::Connection& connection, const sql::Name& table, const std::string& name);

/// What a build that was broken off has left; `say` is told. Requires that no transaction is open.
void drop_broken(db::Connection& connection, const IndexThere& index,
                 const std::function<void(const std::string&)>& say);

}  // namespace pgvista::apply
