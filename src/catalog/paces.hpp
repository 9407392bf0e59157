#pragma once
// What changes of many rows have cost the writers of a maintained view (pgvista.pace).

#include <string>
#include <vector>

#include "db/connection.hpp"

namespace pgvista::catalog {

struct Pace {
  std::string store;        // of the program, or of a part of its query
  std::string change;       // the statement class: "update of public.sale"
  bool whole = false;       // the store was computed as a whole; else its changed rows were followed
  long long rows = 0;       // changed, at least; and less than four times as many
  double microseconds = 0;  // for each row of all base tables, where whole; for each changed row
};

/// Those of a program that changes have taught, by store, change and number of rows. None where the connection's role
/// may not read them.
std::vector<Pace> read_paces(db::Connection& connection, const std::string& program);

}  // namespace pgvista::catalog
