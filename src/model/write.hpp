#pragma once
// Queries of the typed face as SQL text: the text that a person would write, values as parameters or, for definitions,
// in it.

#include "model/node.hpp"

namespace pgvista::model {

/// The model's table or view, as SQL names it.
std::string table_name(const ModelInfo& info);

/// The type that the column is cast to where the program reads it; "" of one whose binary form is known.
const char* read_type(const FieldInfo& field);
/// A column in an output list, as a text where its binary form is not known.
std::string as_read(const FieldInfo& field, std::string text);

/// The query with its values written as literals. Throws Failure (no_literal) for a value that has no safe one.
std::string definition_sql(const QuerySpec& query);

/// A parameter as a literal of its type.
std::string literal(const Parameter& value);

enum class OnConflict { fail, update, nothing };
struct InsertOptions {
  OnConflict on_conflict = OnConflict::fail;
  std::vector<std::string> columns = {};  // of the conflict; none: the primary key
  bool all = false;                       // all columns are read back, not only those that the server may make
};
/// One statement for all these rows.
Statement insert_statement(const ModelInfo& info, const std::vector<const void*>& rows, const InsertOptions& options);
/// The rows whose values in these columns are those of `row`; at most two.
Statement find_statement(const ModelInfo& info, const void* row, const std::vector<std::string>& columns);

/// The columns that an INSERT reads back.
std::vector<const FieldInfo*> returned_fields(const ModelInfo& info);
std::vector<const FieldInfo*> all_fields(const ModelInfo& info);
/// Does the server give this column's value, as the row has none yet?
bool left_to_server(const FieldInfo& field, const void* row);

/// Throws Failure (invalid_value) where a value breaks its column's limits.
void validate_value(const ModelInfo& info, const FieldInfo& field, const Parameter& value);
/// Has any column something that validate() looks at?
bool has_limits(const ModelInfo& info);

}  // namespace pgvista::model
