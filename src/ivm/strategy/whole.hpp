#pragma once
// Strategy whole: where a change is not followed, all rows again, and those that differ are written.

#include "ivm/strategy/bag.hpp"
#include "ivm/triggers/install.hpp"

namespace pgvista::ivm {

/// The tables that a query reads, and the columns of them that matter; without a key. Any query.
Shape whole_shape(const sql::Select& query, const Facts& facts);

/// Fills in the program's store, whose rows no key tells apart, its functions and captures. `body_for`: what an event
/// does instead, where it is followed.
void generate_whole(Program& program, const Names& names, const Shape& shape, const Facts& facts, const ChangeLog& log,
                    const std::string& title, const BodyFor& body_for = {});

/// A line of `tables`: a change of it computes every row.
TableStrategy computed_whole(const TableFact& table);

}  // namespace pgvista::ivm
