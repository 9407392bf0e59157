#pragma once
// What it costs to look rows up, with an index and without.

#include "catalog/maintenance.hpp"

namespace pgvista::catalog {

/// Fills in the costs of all indexes that are lacking, by the server's statistics: one question, and none where nothing
/// is lacking.
void read_lookup_costs(db::Connection& connection, Maintenance& maintenance);

/// Of the rows of one value, in the planner's own units. `distinct` as pg_stats has it: a number of values, or less
/// than zero, a share of the rows; 0 is not known.
double cost_by_reading_all(double pages, double rows);
double cost_by_index(double pages, double rows, double distinct);

}  // namespace pgvista::catalog
