#pragma once
// One filter -> SQL.

#include <string>

#include "rest/grammar.hpp"
#include "rest/statement.hpp"

namespace pgvista::rest {

/// `left op $n`, without the filter's negation. `type`: of the column as format_type prints it, "" where it is none.
/// Throws Refusal (PGRST100).
std::string filter_sql(Statement& statement, const Filter& filter, const std::string& left, const std::string& type);

/// "{…}" of these elements, each quoted.
std::string array_text(const std::vector<std::string>& elements);

}  // namespace pgvista::rest
