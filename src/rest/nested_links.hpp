#pragma once
// How rows of a nested write belong to each other, as SQL over the row that another statement made or found.

#include <string>
#include <vector>

#include "rest/nested_rows.hpp"

namespace pgvista::rest {

/// The foreign key of a row that belongs to this one; of pairs it is in the table of pairs.
FixedColumns link_of(const RowHandle& row, const Relationship& one);

/// Conditions over t0, the other row: it belongs to this one.
std::vector<std::string> belongs(const Model& model, const RowHandle& row, const Relationship& one);

/// The columns of the table of pairs that make a pair of these two.
FixedColumns pair_columns(const RowHandle& row, const Relationship& one, const RowHandle& there);

/// Can its rows be without one that they belong to?
bool may_be_alone(const schema::ApiRelation& target, const Relationship& one);

/// What takes rows from this one: those for which `which` is true over t0. `remove`: they go for good.
std::string parting(const Model& model, const RowHandle& row, const Relationship& one, const std::string& which,
                    bool remove);

}  // namespace pgvista::rest
