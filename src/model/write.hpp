#pragma once
// Queries of the typed face as SQL text: the text that a person would write, values as parameters or, for definitions, in it.

#include "model/node.hpp"

namespace pgvista::model {

/// The query with its values written as literals. Throws Failure (no_literal) for a value that has no safe one.
std::string definition_sql(const QuerySpec& query);

/// A parameter as a literal of its type.
std::string literal(const Parameter& value);

Statement insert_statement(const ModelInfo& info, const void* row, bool update_on_conflict);
Statement update_row_statement(const ModelInfo& info, const void* row);
Statement delete_row_statement(const ModelInfo& info, const void* row);

/// The columns that an INSERT reads back.
std::vector<const FieldInfo*> returned_fields(const ModelInfo& info);
/// Does the server give this column's value, as the row has none yet?
bool left_to_server(const FieldInfo& field, const Parameter& value);

/// Throws Failure (invalid_value) with the member named, where a value breaks its column's limits.
void validate(const ModelInfo& info, const void* row);

}  // namespace pgvista::model
