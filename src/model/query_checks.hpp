#pragma once
// What a query must not be: SQL would take it, and give other rows than its author means.

#include "model/sources.hpp"

namespace pgvista::model {

/// Throws Failure (not_grouped): an output of single rows beside groups that it is no part of.
void refuse_ungrouped(const QuerySpec& query);

/// Throws Failure (many_in_filter): a filter along a Many member would give a row once for each partner.
void refuse_many(const QuerySpec& query, const std::vector<NodePtr>& filters);

/// Two Many members side by side give every pair of their rows: throws Failure (multiplied) where an aggregate over one
/// would count each as often as the other has rows.
void refuse_multiplied(const QuerySpec& query, Sources& sources);

/// Does it name rows of more than its own table?
bool names_something_else(const QuerySpec& query);

/// Its outputs in the order of the row struct's members, with the names of their columns. Throws Failure
/// (filled_twice).
std::vector<Named> named_outputs(const QuerySpec& query);

}  // namespace pgvista::model
