#pragma once
// What a nested write answers.

#include <vector>

#include "rest/nested.hpp"
#include "rest/nested_rows.hpp"

namespace pgvista::rest {

/// The rows that were written, as the request wants to see them: the plan's main statement.
void answer_rows(const std::vector<RowHandle>& made, const NestedWrite& write, const Settings& settings, Plan& plan);

}  // namespace pgvista::rest
