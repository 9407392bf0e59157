#pragma once
// The maintenance key: columns by which a query's rows fall into parts that can be computed apart from each other. All
// rows of one key are recomputed together; the finer the key, the less is recomputed.

#include <string>
#include <vector>

#include "ivm/values/facts.hpp"

namespace pgvista::ivm {

/// A key to try. For a set operation, or under DISTINCT, its values are outputs of the query.
struct KeyCandidate {
  sql::Exprs values;         // in the scope of the outermost block; or:
  std::vector<int> outputs;  // output numbers
  bool unique = false;       // one row a key at most
};

/// Best first. Empty when something spreads every change over all rows; then `blockers` says what.
std::vector<KeyCandidate> key_candidates(const sql::Select& query, const Facts& facts, std::vector<Blocker>& blockers);

}  // namespace pgvista::ivm
