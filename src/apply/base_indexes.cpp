#include "apply/base_indexes.hpp"

#include <fmt/format.h>

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
  const sql::Name name{index.table.schema, index_name(index)};
  const bool broken_off =
      connection
          .query(
              "SELECT EXISTS (SELECT FROM pg_catalog.pg_index WHERE indexrelid = pg_catalog.to_regclass($1) AND "
              "indrelid = pg_catalog.to_regclass($2) AND NOT indisvalid)",
              {name.sql(), index.table.sql()})
          .boolean(0, 0);
  if (broken_off) {
    watcher.message(fmt::format("{} is left over from a build that was broken off; building it anew", name.display()));
    connection.execute("DROP INDEX CONCURRENTLY IF EXISTS " + name.sql());
  }
  watcher.message(
      fmt::format("building an index on {} ({}) while its writers go on", index.table.display(), index.column));
  connection.execute(fmt::format("CREATE INDEX CONCURRENTLY {} ON {} ({})", sql::quote_identifier(name.name),
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
