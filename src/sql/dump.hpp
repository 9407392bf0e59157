#pragma once
#include <string>

#include "sql/tree.hpp"

namespace pgvista::sql {

/// The tree as indented text, one node or field a line; defaults left out. For tests and for people.
std::string dump(const Select& query);

}  // namespace pgvista::sql
