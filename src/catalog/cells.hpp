#pragma once
// Cells of the catalogue's answers.

#include "db/connection.hpp"
#include "schema/live.hpp"

namespace pgvista::catalog {

inline schema::Oid oid_at(const db::Rows& rows, int row, int column) {
  return static_cast<schema::Oid>(rows.integer(row, column));
}

}  // namespace pgvista::catalog
