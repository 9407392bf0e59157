#pragma once
// The clocks of views whose rows depend on the present time.

#include <optional>
#include <string>
#include <vector>

#include "db/connection.hpp"
#include "sql/identifier.hpp"

namespace pgvista::catalog {

struct ProgramClock {
  sql::Name view;
  std::string program;
  std::string table;          // in the schema pgvista
  bool deferred = false;      // its view follows in the batches of pgvista watch
  double every_ms = 0;        // how old it may get
  std::optional<double> age;  // milliseconds; nullopt: it is gone
  std::string at;             // its time, as the server writes it
};

/// Those of the programs that are kept; none where there is no ledger, or one of a time without clocks.
std::vector<ProgramClock> read_clocks(db::Connection& connection);

/// Moves the clock of a view that triggers keep to the present, in a transaction of its own, and its rows with it.
/// Whoever moves it at that moment is not waited for. Throws Failure.
void move_clock(db::Connection& connection, const ProgramClock& clock);

}  // namespace pgvista::catalog
