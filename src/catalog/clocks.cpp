#include "catalog/clocks.hpp"

#include <algorithm>

namespace pgvista::catalog {

std::vector<ProgramClock> read_clocks(db::Connection& connection) {
  const db::Rows known = connection.query(
      "SELECT FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass('pgvista.program') AND attname = "
      "'clock_every'");
  std::vector<ProgramClock> out;
  if (known.size() == 0) return out;
  const db::Rows rows = connection.query(
      "SELECT p.schema, p.name, p.program, p.clock, p.mode = 'deferred', EXTRACT(epoch FROM p.clock_every) * 1000, "
      "EXTRACT(epoch FROM pg_catalog.clock_timestamp() - t.at) * 1000, t.at FROM pgvista.program AS p CROSS JOIN "
      "LATERAL pgvista.clock_time(p.clock) AS t (at) WHERE p.clock IS NOT NULL AND p.facts NOT LIKE 'filling%' AND NOT "
      "EXISTS (SELECT FROM pgvista.stopped AS s WHERE s.program = p.program) ORDER BY p.level, p.program");
  for (int row = 0; row < rows.size(); ++row) {
    ProgramClock& one = out.emplace_back();
    one.view = {rows.text(row, 0), rows.text(row, 1)};
    one.program = rows.text(row, 2);
    one.table = rows.text(row, 3);
    one.deferred = rows.boolean(row, 4);
    one.every_ms = rows.number(row, 5);
    if (rows.null(row, 6)) continue;
    one.age = std::max(0.0, rows.number(row, 6));
    one.at = rows.text(row, 7);
  }
  return out;
}

void move_clock(db::Connection& connection, const ProgramClock& clock) {
  db::Transaction transaction(connection, "ISOLATION LEVEL READ COMMITTED");
  connection.query("SELECT pgvista.move_clock(pg_catalog.format('pgvista.%I', $1::text)::regclass, '0', false)",
                   {clock.table});
  transaction.commit();
}

}  // namespace pgvista::catalog
