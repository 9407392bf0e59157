#include "apply/concurrent_index.hpp"

#include <fmt/format.h>

namespace pgvista::apply {

std::optional<IndexThere> index_on(db::Connection& connection, const sql::Name& table, const std::string& name) {
  // The search path of a project holds for a transaction.
  const db::Transaction transaction(connection);
  const db::Rows rows = connection.query(
      "SELECT n.nspname, i.indisvalid, pg_catalog.pg_get_indexdef(i.indexrelid) FROM pg_catalog.pg_index i JOIN "
      "pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE "
      "i.indrelid = pg_catalog.to_regclass($1) AND c.relname = $2",
      {table.sql(), name});
  if (rows.size() == 0) return std::nullopt;
  return IndexThere{{rows.text(0, 0), name}, rows.boolean(0, 1), rows.text(0, 2)};
}

void drop_broken(db::Connection& connection, const IndexThere& index,
                 const std::function<void(const std::string&)>& say) {
  say(fmt::format("{} is left over from a build that was broken off; building it anew", index.name.name));
  connection.execute("DROP INDEX CONCURRENTLY IF EXISTS " + index.name.sql());
}

}  // namespace pgvista::apply
