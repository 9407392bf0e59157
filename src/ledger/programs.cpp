#include "ledger/programs.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

#include "base/text.hpp"
#include "catalog/facts.hpp"
#include "catalog/maintenance.hpp"

namespace pgvista::ledger {

namespace {

using catalog::InstalledProgram;
using Captures = std::map<sql::Name, std::vector<ivm::InstalledCapture>>;

Captures by_table(const std::vector<InstalledProgram>& programs) {
  Captures out;
  for (const InstalledProgram& one : programs) {
    for (const ivm::InstalledCapture& capture : one.captures) out[capture.capture.table].push_back(capture);
  }
  return out;
}

// What tells from now on whether it stands as it does now.
void note_state(db::Connection& connection, const InstalledProgram& program) {
  std::set<std::string> tables;
  std::vector<std::string> heard;
  std::vector<std::string> triggers;
  for (const ivm::InstalledCapture& one : program.captures) {
    heard.push_back(one.capture.table.sql());
    triggers.push_back(ivm::trigger_name(one.capture.event));
    if (one.capture.table.schema != "pgvista") tables.insert(one.capture.table.sql());
  }
  const bool kept = !program.store.name.empty();
  const sql::Name anchor = kept ? catalog::anchor_name(program.name) : sql::Name{};
  connection.query(
      "UPDATE pgvista.program SET heard = $2::text[], triggers = $3::text[], tables = $4::text[], anchor = $5, "
      "store_oid = pg_catalog.to_regclass($6)::oid, "
      "watched = CASE WHEN $5 <> '' THEN pgvista.watched_text(pg_catalog.to_regclass($7)::oid, $4::text[]) END WHERE "
      "program = $1",
      {program.name, db::array_literal(heard), db::array_literal(triggers),
       db::array_literal(std::vector<std::string>(tables.begin(), tables.end())), anchor.name,
       kept ? program.store.sql() : "", kept ? anchor.sql() : ""});
  connection.query("SELECT pgvista.set_marks($1)", {program.name});
}

}  // namespace

void lock_tables(db::Connection& connection) {
  if (connection.query("SELECT pg_catalog.to_regclass('pgvista.program') IS NULL").boolean(0, 0)) return;
  const db::Rows rows = connection.query(
      "SELECT DISTINCT t.name FROM pgvista.program AS p CROSS JOIN pg_catalog.jsonb_array_elements(p.captures) AS "
      "c(one) "
      "CROSS JOIN LATERAL (SELECT pg_catalog.format('%I.%I', c.one ->> 'schema', c.one ->> 'table') AS name) AS t "
      "WHERE pg_catalog.to_regclass(t.name) IS NOT NULL ORDER BY 1");
  std::vector<std::string> names;
  for (int row = 0; row < rows.size(); ++row) names.push_back(rows.text(row, 0));
  if (!names.empty()) connection.execute(fmt::format("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", join(names, ", ")));
}

void bring_up_programs(db::Connection& connection) {
  // They computed under whatever a writer had set; from now on under the database's defaults, as all others.
  connection.query("UPDATE pgvista.program SET settings = $1 WHERE settings = '[]'",
                   {catalog::settings_text(catalog::default_settings(connection))});
  schema::Database database;
  database.ledger = true;
  const std::vector<InstalledProgram> programs = catalog::read_programs(connection, database);
  for (const auto& [table, captures] : by_table(programs)) {
    for (const std::string& statement : ivm::dispatch_sql(table, captures, captures)) connection.execute(statement);
  }
  for (const InstalledProgram& one : programs) note_state(connection, one);
}

}  // namespace pgvista::ledger
