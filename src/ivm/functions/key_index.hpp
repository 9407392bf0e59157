#pragma once
// The indexes of a store by its key: one that lets no key in twice, and one that rows are looked up by. An index entry
// may have no more than some 2,700 bytes, and before PostgreSQL 15 NULLs are never the same to a unique index.

#include <string>
#include <vector>

#include "ivm/functions/names.hpp"

namespace pgvista::ivm {

struct KeyIndex {
  bool unique = false;                    // false: rows of a key can only be replaced, not put one over the other
  std::vector<sql::IndexColumn> arbiter;  // of ON CONFLICT; empty where it is not unique
  std::vector<std::string> create;        // CREATE INDEX …
};

/// `wanted`: one row a key. Not unique all the same where a column can be neither held nor stood for in an entry.
KeyIndex key_index(const Names& names, const std::vector<KeyColumn>& key, bool wanted, int server_major);

}  // namespace pgvista::ivm
