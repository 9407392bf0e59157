#pragma once
// Indexes that are made for a maintained view while everybody goes on: those that base tables lack for its maintenance,
// and those that it declares.

#include "apply/sync.hpp"
#include "plan/plan.hpp"

namespace pgvista::apply {

/// Outside a transaction, so that writers go on; of partitioned tables, which PostgreSQL cannot do so, in one of its
/// own under the lock timeout. One that was broken off is built anew. Throws db::QueryFailure.
void build_indexes_apart(db::Connection& connection, const plan::Step& step, const Limits& limits,
                         const Watcher& watcher);

/// The same inside a transaction of somebody else's: writers wait for its end.
void build_indexes_within(db::Connection& connection, const plan::Step& step);

}  // namespace pgvista::apply
