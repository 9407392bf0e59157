#pragma once
// Query trees as PostgreSQL keeps them for views, as text (pg_rewrite.ev_action).

#include <set>
#include <string_view>

namespace pgvista::catalog {

/// Oids of the types whose values the tree converts by their text; 0 among them: of some, the type cannot be told.
std::set<long long> converted_by_text(std::string_view tree);

}  // namespace pgvista::catalog
