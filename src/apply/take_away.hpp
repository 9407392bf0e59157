#pragma once
// Views that stand in the way of a change of a column's type: away before it, back after it with all that they had.

#include <utility>
#include <vector>

#include "apply/survey.hpp"

namespace pgvista::apply {

struct AlteredColumn {
  sql::Name table;
  std::string column;  // "" : any
};

/// Drops the views that read these columns, the named views, and all that read them, with what maintains them, after
/// everything that they have is written down. Returns them as they were, readers last. Must run in a transaction.
/// Throws QueryFailure when something else depends on one of them.
std::vector<schema::Relation> take_away(db::Connection& connection, const std::vector<AlteredColumn>& columns,
                                        const std::vector<sql::Name>& views);

/// A view that is not the project's, as a definition that brings it back as it was.
/// Throws Failure (unsupported_syntax …) for a query that is newer than our grammar.
schema::ViewDefinition borrowed_definition(const schema::Relation& relation);

}  // namespace pgvista::apply
