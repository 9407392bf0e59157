#include "apply/base_indexes.hpp"

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

}  // namespace

void build_base_indexes(db::Connection& connection, const plan::Plan& plan, const Limits& limits,
                        const Watcher& watcher) {
  for (const plan::Step& step : plan.steps) {
    for (const ivm::MissingIndex& index : step.base_indexes) {
      if (index.partitioned) {
        build_whole(connection, index, limits, watcher);
      } else {
        build_apart(connection, index, watcher);
      }
    }
  }
}

void build_base_indexes_within(db::Connection& connection, const plan::Plan& plan) {
  for (const plan::Step& step : plan.steps) {
    for (const ivm::MissingIndex& index : step.base_indexes) connection.execute(index.sql());
  }
}

}  // namespace pgvista::apply
