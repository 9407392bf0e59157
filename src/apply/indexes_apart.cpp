#include "apply/indexes_apart.hpp"

#include <fmt/format.h>

#include "apply/concurrent_index.hpp"
#include "apply/retry.hpp"
#include "base/text.hpp"
#include "sql/identifier.hpp"

namespace pgvista::apply {

namespace {

// Known again by its name where it was broken off.
std::string index_name(const ivm::MissingIndex& index) {
  return sql::shorten_identifier(index.table.name + "_" + index.column, "_" + stable_hash_hex(index.sql(), 4) + "_idx");
}

void build_apart(db::Connection& connection, const ivm::MissingIndex& index, const Watcher& watcher) {
  const std::string name = index_name(index);
  const auto there = index_on(connection, index.table, name);
  if (there && there->valid) return;
  if (there) drop_broken(connection, *there, watcher.message);
  watcher.message(
      fmt::format("building an index on {} ({}) while its writers go on", index.table.display(), index.column));
  connection.execute(fmt::format("CREATE INDEX CONCURRENTLY {} ON {} ({})", sql::quote_identifier(name),
                                 index.table.sql(), sql::quote_identifier(index.column)));
}

void build_whole(db::Connection& connection, const ivm::MissingIndex& index, const Limits& limits,
                 const Watcher& watcher) {
  with_retries(limits, watcher, [&] {
    db::Transaction transaction(connection);
    connection.limit(limits.lock_timeout, limits.statement_timeout);
    connection.execute(index.sql());
    transaction.commit();
  });
}

// A unique index that cannot be built is left over, and would stand in the writers' way.
void build_store_index(db::Connection& connection, const plan::Step& step, const catalog::NewStoreIndex& wanted,
                       const Watcher& watcher) {
  const sql::Name store = step.store_indexes->store;
  const auto there = index_on(connection, store, wanted.name);
  if (there && there->valid) return;
  if (there) drop_broken(connection, *there, watcher.message);
  watcher.message(fmt::format("building an index of {} while its writers go on", step.view.display()));
  try {
    connection.execute(wanted.concurrently);
  } catch (const db::QueryFailure&) {
    if (!connection.lost())
      connection.execute("DROP INDEX CONCURRENTLY IF EXISTS " + sql::Name{store.schema, wanted.name}.sql());
    throw;
  }
}

void change_store_indexes(db::Connection& connection, const plan::Step& step, const Watcher& watcher) {
  for (const catalog::NewStoreIndex& one : step.store_indexes->made) build_store_index(connection, step, one, watcher);
  for (const sql::Name& index : step.store_indexes->gone)
    connection.execute("DROP INDEX CONCURRENTLY IF EXISTS " + index.sql());
}

}  // namespace

void build_indexes_apart(db::Connection& connection, const plan::Step& step, const Limits& limits,
                         const Watcher& watcher) {
  for (const ivm::MissingIndex& index : step.base_indexes) {
    if (index.partitioned) {
      build_whole(connection, index, limits, watcher);
    } else {
      build_apart(connection, index, watcher);
    }
  }
  if (step.store_indexes) change_store_indexes(connection, step, watcher);
}

void build_indexes_within(db::Connection& connection, const plan::Step& step) {
  for (const ivm::MissingIndex& index : step.base_indexes) connection.execute(index.sql());
  if (!step.store_indexes) return;
  for (const catalog::NewStoreIndex& one : step.store_indexes->made) connection.execute(one.sql);
  for (const sql::Name& index : step.store_indexes->gone) connection.execute("DROP INDEX IF EXISTS " + index.sql());
}

}  // namespace pgvista::apply
