#pragma once
// How large tables are.

#include <string>
#include <vector>

#include "db/connection.hpp"

namespace pgvista::catalog {

/// Bytes of these tables together, names as SQL; what is not there has none.
inline long long table_bytes(db::Connection& connection, const std::vector<std::string>& tables) {
  return connection
      .query(
          "SELECT coalesce(sum(pg_catalog.pg_relation_size(pg_catalog.to_regclass(t))), 0)::bigint FROM "
          "pg_catalog.unnest($1::text[]) t",
          {db::array_literal(tables)})
      .integer(0, 0);
}

}  // namespace pgvista::catalog
