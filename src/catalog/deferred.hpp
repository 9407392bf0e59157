#pragma once
// Deferred views: how far they have been kept, and bringing one up to date.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "db/connection.hpp"
#include "sql/identifier.hpp"

namespace pgvista::catalog {

/// A row of pgvista.deferred: of a deferred view, or of one that is refreshed when its tables have changed.
struct DeferredProgram {
  sql::Name view;
  std::string program;
  bool refreshed = false;           // not kept by its notes, but refreshed
  std::vector<std::string> queues;  // the tables that its changes wait in
  std::vector<std::string> tables;  // what it reads
  std::string waits;                // the function that tells whether something waits for it
};

/// How far such a view is behind.
struct Lag {
  std::string program;
  sql::Name view;
  std::string snapshot;              // of which its rows are
  std::string applied_at;            // when it was last brought up to date
  long long notes = 0;               // statements that wait
  long long changes = 0;             // rows that wait
  std::optional<double> seconds;     // since the oldest of them; nullopt: none
  std::optional<double> quiet;       // since the latest of them
  long long bytes = 0;               // of its queues
  std::optional<std::string> stale;  // why it is computed as a whole next
  bool refreshed = false;            // by refreshes, not by its notes
};

/// In the order in which they are kept. Requires the ledger; empty where it is of a time without deferred views.
std::vector<DeferredProgram> read_deferred(db::Connection& connection);
std::vector<Lag> read_lags(db::Connection& connection);

/// Those of these programs that something waits for. One round trip.
std::vector<DeferredProgram> waiting(db::Connection& connection, const std::vector<DeferredProgram>& programs);

/// How much has been noted so far, also by transactions that still run; and the oldest transaction that does.
struct Pulse {
  long long noted = 0;
  long long oldest = 0;
};
/// One round trip that reads no queue. Requires the ledger, with deferred views.
Pulse read_pulse(db::Connection& connection);

/// A transaction number that is higher than that of every transaction that has one so far. It uses one up.
long long next_transaction(db::Connection& connection);

/// Passes on, by NOTIFY, what writers have left to be told. Returns whether there was anything.
bool tell_waiting(db::Connection& connection);

/// What came of a drain.
struct Drained {
  bool whole = false;     // all its rows were computed again
  long long changes = 0;  // changed rows that were applied
};

/// Brings a view up to date, in one transaction of its own and one snapshot. `lock_timeout`, `statement_timeout`: as
/// PostgreSQL takes them, "" for the session's. Throws Failure; 40001 when another one drained it meanwhile: then
/// nothing was done.
Drained drain(db::Connection& connection, const DeferredProgram& program, const std::string& lock_timeout = {},
              const std::string& statement_timeout = {});

/// Fills the empty store of a program that is marked as stale by these statements, in one transaction and one snapshot,
/// while its tables' writers go on; afterwards it is as of that snapshot. Nothing where it was computed meanwhile.
void fill(db::Connection& connection, const DeferredProgram& program, const std::vector<std::string>& statements,
          const std::string& statement_timeout);

/// All of them to one snapshot, and `then` in that snapshot, before it commits. Tried again where a batch of another
/// one came between.
void drain_together(db::Connection& connection, const std::vector<DeferredProgram>& programs,
                    const std::function<void()>& then);

/// Who keeps this database's views now: "host:pid:number"; nullopt: nobody. Requires the ledger.
std::optional<std::string> active_watch(db::Connection& connection);

/// This server's current snapshot; and, in the transaction of a refresh that began after it, that the view holds it.
std::string current_snapshot(db::Connection& connection);
void set_refreshed(db::Connection& connection, const sql::Name& view, const std::string& snapshot);

/// Snapshots of another server or database mean nothing here: views that have such are stale.
void find_restored(db::Connection& connection);

/// Its notes are dropped, and it is computed as a whole when it is drained next. `why`: for people.
void set_stale(db::Connection& connection, const std::string& program, const std::string& why);

}  // namespace pgvista::catalog
