#pragma once
#include <string>
#include <vector>

#include "apply/sync.hpp"

namespace pgvista::apply {

struct Dropped {
  std::string kind;  // "view", "materialized view", "schema"
  sql::Name name;
};

/// Drops the views of the ledger (or the named ones), and the schema pgvista with the last. Throws Failure
/// (has_dependents) when something that pgvista did not make reads one of them; then nothing is dropped.
std::vector<Dropped> clear(db::Connection& connection, const std::vector<sql::Name>& named, const Limits& limits,
                           const Watcher& watcher);

}  // namespace pgvista::apply
