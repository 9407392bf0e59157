#pragma once
// Indexes that base tables lack for the maintenance of views.

#include "apply/sync.hpp"
#include "plan/plan.hpp"

namespace pgvista::apply {

/// Outside a transaction, so that writers go on; of partitioned tables, which PostgreSQL cannot do so, in one of its
/// own under the lock timeout. One that was broken off is built anew. Throws Failure.
void build_base_indexes(db::Connection& connection, const plan::Plan& plan, const Limits& limits,
                        const Watcher& watcher);

/// The same inside a transaction of somebody else's: writers wait for its end.
void build_base_indexes_within(db::Connection& connection, const plan::Plan& plan);

}  // namespace pgvista::apply
