#pragma once
// Random queries over the tables of tests/maintenance/schema.sql, and that schema with other keys, actions and types.

#include "support/maintenance_cases.hpp"

namespace pgvista::test {

/// A query whose result depends on its tables' rows alone (no order left open); zeros give the simplest one.
std::string random_query(const Choices& choices);

/// maintenance_schema with some of its constraints, types and foreign key actions changed; zeros change nothing.
std::string random_schema(const Choices& choices);

/// What a writer may have set in its session: SET statements, or nothing.
std::string random_settings(const Choices& choices);

}  // namespace pgvista::test
