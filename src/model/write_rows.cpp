#include <algorithm>
#include <pgvista/error.hpp>

#include "base/text.hpp"
#include "model/write.hpp"
#include "sql/identifier.hpp"

namespace pgvista::model {

using sql::quote_identifier;

namespace {

Failure invalid(const ModelInfo& info, const FieldInfo& field, const std::string& what) {
  return Failure(
      Error{"invalid_value", info.type + "::" + field.member + " " + what, {}, {}, {}, {}, 0, 0, ExitCode::failed});
}

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

Failure no_key(const ModelInfo& info, const std::string& what) {
  return Failure(usage_error("no_primary_key", what, "Name it in define() of " + info.type + ": t.primary_key(&…)."));
}

std::string key_condition(const ModelInfo& info, const void* row, Statement& statement) {
  if (info.primary_key.empty())
    throw no_key(info, "a row of " + info.type + " is found by its primary key, which the model has not got");
  std::vector<std::string> out;
  for (const FieldInfo& field : info.fields) {
    if (std::find(info.primary_key.begin(), info.primary_key.end(), field.column) == info.primary_key.end()) continue;
    statement.parameters.push_back(field.encode(row));
    out.push_back(quote_identifier(field.column) + " = $" + std::to_string(statement.parameters.size()));
  }
  return join(out, " AND ");
}

}  // namespace

bool left_to_server(const FieldInfo& field, const void* row) {
  if (field.identity || field.computed_default) return field.blank(row);
  return !field.default_sql.empty() && !field.encode(row).bytes;
}

std::vector<const FieldInfo*> returned_fields(const ModelInfo& info) {
  std::vector<const FieldInfo*> out;
  for (const FieldInfo& field : info.fields) {
    if (field.identity || !field.default_sql.empty()) out.push_back(&field);
  }
  return out;
}

std::vector<const FieldInfo*> all_fields(const ModelInfo& info) {
  std::vector<const FieldInfo*> out;
  for (const FieldInfo& field : info.fields) out.push_back(&field);
  return out;
}

namespace {

std::string read_column(const FieldInfo& field) { return as_read(field, quote_identifier(field.column)); }

bool is_in(const std::vector<std::string>& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

std::string quoted_names(const std::vector<std::string>& names) {
  std::vector<std::string> out;
  for (const std::string& one : names) out.push_back(quote_identifier(one));
  return join(out, ", ");
}

// The columns of an INSERT: all but those that the server gives in every row.
std::vector<const FieldInfo*> inserted_fields(const ModelInfo& info, const std::vector<const void*>& rows) {
  std::vector<const FieldInfo*> out;
  for (const FieldInfo& field : info.fields) {
    if (!std::all_of(rows.begin(), rows.end(), [&](const void* row) { return left_to_server(field, row); }))
      out.push_back(&field);
  }
  return out;
}

std::string values_of(const std::vector<const FieldInfo*>& fields, const void* row, Statement& statement) {
  std::vector<std::string> out;
  for (const FieldInfo* field : fields) {
    if (left_to_server(*field, row)) {
      out.emplace_back("DEFAULT");
      continue;
    }
    statement.parameters.push_back(field->encode(row));
    out.push_back("$" + std::to_string(statement.parameters.size()));
  }
  return "(" + join(out, ", ") + ")";
}

std::string conflict_clause(const ModelInfo& info, const std::vector<const FieldInfo*>& fields,
                            const InsertOptions& options) {
  if (options.on_conflict == OnConflict::fail) return {};
  if (options.on_conflict == OnConflict::nothing) return " ON CONFLICT DO NOTHING";
  const std::vector<std::string>& key = options.columns.empty() ? info.primary_key : options.columns;
  if (key.empty())
    throw no_key(info, "a row of " + info.type +
                           " is put in place of another by their primary key, which the model has not got");
  std::vector<std::string> sets;
  for (const FieldInfo* field : fields) {
    if (!is_in(key, field->column) && !is_in(info.primary_key, field->column))
      sets.push_back(quote_identifier(field->column) + " = excluded." + quote_identifier(field->column));
  }
  // Something is set, so that the row there comes back.
  if (sets.empty()) sets.push_back(quote_identifier(key.front()) + " = excluded." + quote_identifier(key.front()));
  return " ON CONFLICT (" + quoted_names(key) + ") DO UPDATE SET " + join(sets, ", ");
}

}  // namespace

Statement insert_statement(const ModelInfo& info, const std::vector<const void*>& rows, const InsertOptions& options) {
  Statement out;
  const std::vector<const FieldInfo*> fields = inserted_fields(info, rows);
  std::vector<std::string> columns;
  for (const FieldInfo* field : fields) columns.push_back(field->column);
  std::vector<std::string> values;
  for (const void* row : rows) values.push_back(fields.empty() ? "(DEFAULT)" : values_of(fields, row, out));
  // Rows that the server makes alone: one of their columns stands for all.
  if (fields.empty()) columns.push_back(info.fields.front().column);
  out.sql = "INSERT INTO " + table_name(info) + " (" + quoted_names(columns) + ") VALUES " + join(values, ", ") +
            conflict_clause(info, fields, options);
  std::vector<std::string> back;
  for (const FieldInfo* field : options.all ? all_fields(info) : returned_fields(info))
    back.push_back(read_column(*field));
  if (!back.empty()) out.sql += " RETURNING " + join(back, ", ");
  return out;
}

Statement insert_row_statement(const ModelInfo& info, const void* row) {
  return insert_statement(info, {row}, {OnConflict::fail, {}, false});
}

Statement find_statement(const ModelInfo& info, const void* row, const std::vector<std::string>& given) {
  const std::vector<std::string>& columns = given.empty() ? info.primary_key : given;
  if (columns.empty())
    throw no_key(info, "a row of " + info.type + " is looked for by its primary key, which the model has not got");
  Statement out;
  std::vector<std::string> outputs;
  std::vector<std::string> conditions;
  for (const FieldInfo& field : info.fields) {
    outputs.push_back(read_column(field));
    if (!is_in(columns, field.column)) continue;
    out.parameters.push_back(field.encode(row));
    conditions.push_back(quote_identifier(field.column) +
                         (out.parameters.back().bytes
                              ? " = $" + std::to_string(out.parameters.size())
                              : " IS NOT DISTINCT FROM $" + std::to_string(out.parameters.size())));
  }
  out.sql = "SELECT " + join(outputs, ", ") + " FROM " + table_name(info) + " WHERE " + join(conditions, " AND ") +
            " LIMIT 2";
  return out;
}

Statement update_row_statement(const ModelInfo& info, const void* row, bool returning) {
  Statement out;
  std::vector<std::string> sets;
  for (const FieldInfo& field : info.fields) {
    if (std::find(info.primary_key.begin(), info.primary_key.end(), field.column) != info.primary_key.end()) continue;
    out.parameters.push_back(field.encode(row));
    sets.push_back(quote_identifier(field.column) + " = $" + std::to_string(out.parameters.size()));
  }
  if (sets.empty() && !info.primary_key.empty())
    sets.push_back(quote_identifier(info.primary_key.front()) + " = " + quote_identifier(info.primary_key.front()));
  const std::string condition = key_condition(info, row, out);
  out.sql = "UPDATE " + table_name(info) + " SET " + join(sets, ", ") + " WHERE " + condition;
  if (!returning) return out;
  std::vector<std::string> back;
  for (const FieldInfo& field : info.fields) back.push_back(read_column(field));
  out.sql += " RETURNING " + join(back, ", ");
  return out;
}

Statement delete_row_statement(const ModelInfo& info, const void* row) {
  Statement out;
  const std::string condition = key_condition(info, row, out);
  out.sql = "DELETE FROM " + table_name(info) + " WHERE " + condition;
  return out;
}

namespace {

// A number's value, for comparing; nullopt of a type that is none.
std::optional<Decimal> number(const Parameter& value) {
  switch (value.oid) {
    case Type<std::int16_t>::oid: return Decimal(static_cast<long long>(Type<std::int16_t>::decode(*value.bytes)));
    case Type<std::int32_t>::oid: return Decimal(static_cast<long long>(Type<std::int32_t>::decode(*value.bytes)));
    case Type<std::int64_t>::oid: return Decimal(static_cast<long long>(Type<std::int64_t>::decode(*value.bytes)));
    case Type<float>::oid: return exact_decimal(static_cast<double>(Type<float>::decode(*value.bytes)));
    case Type<double>::oid: return exact_decimal(Type<double>::decode(*value.bytes));
    case Type<Decimal>::oid: return Type<Decimal>::decode(*value.bytes);
    default: return std::nullopt;
  }
}

void validate_number(const ModelInfo& info, const FieldInfo& field, const Parameter& value) {
  const std::optional<Decimal> given = number(value);
  if (!given) return;
  if (field.least && *given < *field.least)
    throw invalid(info, field, "is " + given->text() + ", and at least " + field.least->text() + " is allowed");
  if (field.most && *given > *field.most)
    throw invalid(info, field, "is " + given->text() + ", and at most " + field.most->text() + " is allowed");
}

// Days and microseconds since 2000, as the server counts them: from 4714 BC on, infinities aside.
constexpr std::int64_t first_day = -2451545;
constexpr std::int64_t day_after_last = 2145031949;
constexpr std::int64_t first_moment = -211813488000000000;
constexpr std::int64_t moment_after_last = 9223371331200000000;
constexpr std::int64_t whole_day = 86400000000;

bool within(std::int64_t value, std::int64_t first, std::int64_t end) { return value >= first && value < end; }

// The server would say no more than that something is out of range.
void validate_moment(const ModelInfo& info, const FieldInfo& field, const Parameter& value) {
  if (!value.binary) return;
  const std::string& bytes = *value.bytes;
  bool well = true;
  if (value.oid == Type<Date>::oid) {
    const auto days = wire::get<std::int32_t>(bytes.data());
    well = days == INT32_MAX || days == INT32_MIN || within(days, first_day, day_after_last);
  } else if (value.oid == Type<Timestamp>::oid || value.oid == Type<TimestampTz>::oid) {
    const auto moment = wire::get<std::int64_t>(bytes.data());
    well = moment == INT64_MAX || moment == INT64_MIN || within(moment, first_moment, moment_after_last);
  } else if (value.oid == Type<TimeOfDay>::oid) {
    well = within(wire::get<std::int64_t>(bytes.data()), 0, whole_day + 1);
  }
  if (!well) throw invalid(info, field, "is no moment that a column of type " + field.type + " can hold");
}

bool small(const FieldInfo& field) { return field.type == "smallint" || field.type == "int2"; }

// Is the column narrower than its member?
bool narrower(const FieldInfo& field) {
  const bool middle = field.type == "integer" || field.type == "int" || field.type == "int4";
  return field.oid == Type<std::int64_t>::oid ? small(field) || middle
                                              : field.oid == Type<std::int32_t>::oid && small(field);
}

void validate_width(const ModelInfo& info, const FieldInfo& field, const Parameter& value) {
  const std::optional<Decimal> given = number(value);
  const long long most = small(field) ? INT16_MAX : INT32_MAX;
  if (given && (*given > Decimal(most) || *given < Decimal(-most - 1)))
    throw invalid(info, field, "is " + given->text() + ", which a column of type " + field.type + " cannot hold");
}

bool of_moments(const FieldInfo& field) {
  return field.oid == Type<Date>::oid || field.oid == Type<Timestamp>::oid || field.oid == Type<TimestampTz>::oid ||
         field.oid == Type<TimeOfDay>::oid;
}

bool limited(const FieldInfo& field) {
  return field.max_length || !field.choices.empty() || field.least || field.most || of_moments(field) ||
         narrower(field);
}

}  // namespace

bool has_limits(const ModelInfo& info) { return std::any_of(info.fields.begin(), info.fields.end(), limited); }

void validate_value(const ModelInfo& info, const FieldInfo& field, const Parameter& value) {
  if (!value.bytes) return;
  if (field.max_length && characters(*value.bytes) > static_cast<std::size_t>(*field.max_length))
    throw invalid(info, field,
                  "has " + std::to_string(characters(*value.bytes)) + " characters, and " +
                      std::to_string(*field.max_length) + " are allowed");
  if (!field.choices.empty() && !is_in(field.choices, *value.bytes))
    throw invalid(info, field, "is none of its choices: " + join(field.choices, ", "));
  validate_number(info, field, value);
  validate_moment(info, field, value);
  if (narrower(field)) validate_width(info, field, value);
}

void validate(const ModelInfo& info, const void* row) {
  for (const FieldInfo& field : info.fields) {
    if (limited(field)) validate_value(info, field, field.encode(row));
  }
}

}  // namespace pgvista::model
