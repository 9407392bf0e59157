#pragma once
// The structs of a C++ program against what the server says of their columns.

#include <pgvista/error.hpp>
#include <vector>

#include "analyze/nullability.hpp"
#include "catalog/meaning.hpp"
#include "db/connection.hpp"
#include "schema/definition.hpp"

namespace pgvista::cli {

/// The row struct of a view against the outputs of its query; `outputs`: which can be NULL, as far as is known.
std::vector<Error> check_row_struct(db::Connection& connection, const schema::ViewDefinition& view,
                                    const catalog::Meaning& meaning,
                                    const std::vector<analyze::NullableColumn>& outputs);

/// Structs of tables and views that are there already. What is not there and need not be is passed over.
std::vector<Error> check_mapped_relations(db::Connection& connection,
                                          const std::vector<model::MappedRelation>& relations);

}  // namespace pgvista::cli
