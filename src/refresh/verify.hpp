#pragma once
// Stored rows against the query: the oracle.

#include <string>
#include <vector>

#include "db/connection.hpp"
#include "schema/definition.hpp"
#include "schema/live.hpp"

namespace pgvista::refresh {

struct Verdict {
  sql::Name name;
  long long missing = 0;          // rows of the query that are not stored
  long long extra = 0;            // stored rows that the query does not give
  std::vector<std::string> keys;  // of differing rows, at most `most_keys`: JSON arrays of the values of `key_columns`
  std::vector<std::string> key_columns;

  bool equal() const { return missing == 0 && extra == 0; }
};

inline constexpr int most_keys = 20;

/// Compares in one snapshot, both ways, with multiplicities. Types without equality (json, xml, point …) are compared
/// by their text. Requires the relation's definition to have been read, and the view to be populated.
Verdict verify(db::Connection& connection, const schema::Relation& view, const std::vector<std::string>& key,
               const std::vector<std::pair<std::string, std::string>>& settings = {});

}  // namespace pgvista::refresh
