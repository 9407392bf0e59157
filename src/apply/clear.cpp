#include "apply/clear.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apply/migration_ledger.hpp"
#include "base/text.hpp"
#include "catalog/ledger.hpp"
#include "catalog/maintenance.hpp"
#include "catalog/read.hpp"
#include "db/advisory_lock.hpp"
#include "db/retry.hpp"
#include "ledger/schema.hpp"
#include "plan/plan.hpp"

namespace pgvista::apply {

using schema::Database;
using schema::Relation;

namespace {

bool contains(const std::vector<const Relation*>& all, schema::Oid oid) {
  return std::any_of(all.begin(), all.end(), [&](const Relation* relation) { return relation->oid == oid; });
}

// Restored from a dump, or made again by somebody: not the object that the ledger speaks of.
Error other_object(const sql::Name& name) {
  Error error;
  error.code = "other_object";
  error.message = fmt::format("\"{}\" is not the object that pgvista made: it was made again, or restored from a dump",
                              name.display());
  error.hint = "Run pgvista sync, which takes it over, then clear again.";
  return error;
}

void check_dependents(const Database& database, const std::vector<const Relation*>& gone) {
  std::vector<std::string> readers;
  for (const Relation* view : gone) {
    for (const schema::Oid reader : database.readers(view->oid)) {
      if (!contains(gone, reader))
        readers.push_back(
            fmt::format("{} (reads {})", database.relations.at(reader).name.display(), view->name.display()));
    }
    for (const schema::OtherDependent& other : database.other_dependents) {
      if (other.on == view->oid)
        readers.push_back(fmt::format("{} (needs {})", other.description, view->name.display()));
    }
  }
  if (readers.empty()) return;
  Error error;
  error.code = "has_dependents";
  error.message = "other objects still read these views: " + join(readers, ", ");
  error.hint = "Drop or change those first, or name the views to clear.";
  throw Failure(std::move(error));
}

// What is to go: what pgvista made and nobody adopted. `names`: those whose records go.
std::vector<const Relation*> going(const Database& database, const std::vector<sql::Name>& named,
                                   std::vector<sql::Name>& names) {
  std::vector<const Relation*> out;
  for (const auto& [name, record] : database.records) {
    if (!named.empty() && std::find(named.begin(), named.end(), name) == named.end()) continue;
    names.push_back(name);
    const Relation* live = database.find(name);
    if (!live || record.adopted || !(live->view() || live->materialized())) continue;
    if (live->oid != record.oid) throw Failure(other_object(name));
    out.push_back(live);
  }
  // What a run that was broken off has left, or renamed.
  for (const schema::Leftover& left : database.leftovers) {
    const auto live = database.relations.find(left.oid);
    if (live != database.relations.end() && !contains(out, left.oid)) out.push_back(&live->second);
  }
  return out;
}

// Readers before what they read.
std::vector<Dropped> drop_all(db::Connection& connection, const Database& database, std::vector<const Relation*> gone) {
  std::vector<Dropped> out;
  while (!gone.empty()) {
    const auto next = std::find_if(gone.begin(), gone.end(), [&](const Relation* view) {
      const auto readers = database.readers(view->oid);
      return std::none_of(readers.begin(), readers.end(), [&](schema::Oid reader) { return contains(gone, reader); });
    });
    const Relation& view = **next;
    const char* const kind = view.materialized() ? "materialized view" : "view";
    connection.execute(fmt::format("DROP {} {}", view.materialized() ? "MATERIALIZED VIEW" : "VIEW", view.name.sql()));
    out.push_back({kind, view.name});
    gone.erase(next);
  }
  return out;
}

// An adopted view stays, and is its query when nothing keeps it any more.
void show_queries(db::Connection& connection, const Database& database,
                  const std::vector<catalog::InstalledProgram>& ending) {
  for (const catalog::InstalledProgram& one : ending) {
    const auto record = database.records.find(one.view);
    const bool stays = record != database.records.end() && record->second.adopted && database.find(one.view);
    if (stays && !one.store.name.empty()) {
      connection.execute(fmt::format("DROP TRIGGER IF EXISTS {} ON {}", schema::read_only_trigger, one.view.sql()));
      connection.execute(
          fmt::format("CREATE OR REPLACE VIEW {} AS {}", one.view.sql(),
                      connection.query("SELECT pgvista.view_text($1::regclass)", {catalog::anchor_name(one.name).sql()})
                          .text(0, 0)));
    }
  }
}

// What takes programs away is of this version.
void bring_up_schema(db::Connection& connection, const Limits& limits) {
  if (!ledger::read_state(connection).older()) return;
  db::Transaction transaction(connection);
  connection.limit(limits.lock_timeout, limits.statement_timeout);
  ledger::upgrade(connection);
  transaction.commit();
}

// Those that were made for views and are empty now, unless somebody has given rights on them.
void drop_made_schemas(db::Connection& connection, std::vector<Dropped>& out) {
  const db::Rows rows = connection.query(
      "SELECT n.nspname FROM pgvista.made_schema AS m JOIN pg_catalog.pg_namespace AS n ON n.nspname = m.name WHERE "
      "n.nspacl IS NULL AND pg_catalog.pg_has_role(n.nspowner, 'USAGE') AND NOT EXISTS (SELECT FROM "
      "pg_catalog.pg_default_acl AS d WHERE d.defaclnamespace = n.oid) ORDER BY 1");
  for (int row = 0; row < rows.size(); ++row) {
    const std::string name = rows.text(row, 0);
    connection.execute("SAVEPOINT made_schema");
    try {
      connection.execute("DROP SCHEMA " + sql::quote_identifier(name));
      connection.query("DELETE FROM pgvista.made_schema WHERE name = $1", {name});
      out.push_back({"schema", {"", name}});
    } catch (const db::QueryFailure& failure) {
      constexpr const char* dependent_objects_still_exist = "2BP01";
      if (connection.lost() || failure.error().sqlstate != dependent_objects_still_exist) throw;
      connection.execute("ROLLBACK TO SAVEPOINT made_schema");
    }
  }
}

struct Clearing {
  std::vector<sql::Name> names;       // whose records go
  std::vector<const Relation*> gone;  // what is dropped
  std::vector<catalog::InstalledProgram> installed;
  std::vector<catalog::InstalledProgram> ending;
};

// All of it, or nothing.
std::vector<Dropped> clear_once(db::Connection& connection, const Database& database, const Clearing& what,
                                const Limits& limits) {
  db::Transaction transaction(connection);
  connection.limit(limits.lock_timeout, limits.statement_timeout);
  for (const std::string& sql : plan::keep_writers_away(what.ending)) connection.execute(sql);
  std::vector<Dropped> out = drop_all(connection, database, what.gone);
  show_queries(connection, database, what.ending);
  std::vector<catalog::InstalledProgram> installed = what.installed;
  for (auto one = what.ending.rbegin(); one != what.ending.rend(); ++one) {
    for (const std::string& sql : plan::removal_sql(*one, installed)) connection.execute(sql);
  }
  for (const sql::Name& name : what.names) catalog::forget_record(connection, name);
  catalog::forget_leftovers(connection);
  drop_made_schemas(connection, out);
  // What migrations made is left, and so is the account of them.
  const bool migrated = migrations_applied(connection);
  if (what.names.size() == database.records.size() && database.foreign.empty() && !migrated) {
    connection.execute("DROP SCHEMA pgvista CASCADE");
    out.push_back({"schema", {"", "pgvista"}});
  }
  transaction.commit();
  return out;
}

}  // namespace

std::vector<Dropped> clear(db::Connection& connection, const std::vector<sql::Name>& named, const Limits& limits,
                           const Watcher& watcher) {
  db::AdvisoryLock lock(connection, sync_lock);
  lock.lock(wait_for_sync(limits, watcher));
  bring_up_schema(connection, limits);
  const Database database = catalog::read_database(connection, {});
  if (!database.ledger) return {};
  Clearing what;
  what.gone = going(database, named, what.names);
  check_dependents(database, what.gone);
  what.installed = catalog::read_programs(connection, database);
  std::copy_if(what.installed.begin(), what.installed.end(), std::back_inserter(what.ending), [&](const auto& one) {
    return std::find(what.names.begin(), what.names.end(), one.view) != what.names.end();
  });
  std::vector<Dropped> out;
  db::with_retries(
      limits.lock_retries, [] {}, [&] { out = clear_once(connection, database, what, limits); });
  return out;
}

}  // namespace pgvista::apply
