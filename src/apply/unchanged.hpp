#pragma once
// What a new object takes the place of must be, when it does, as it was when the new one was begun: what others gave it
// meanwhile (rights, comments, indexes, views over it) would be lost without a word.

#include <string>
#include <vector>

#include "db/connection.hpp"
#include "schema/live.hpp"

namespace pgvista::apply {

/// A hash of all that a new object is given of these, and of what reads them.
std::string state_of(db::Connection& connection, const std::vector<schema::Oid>& relations);

/// A statement that fails (55000) unless the state is this one. Requires that they are locked.
std::string expect_state_sql(const std::vector<schema::Oid>& relations, const std::string& state);

}  // namespace pgvista::apply
