#include "model/write.hpp"

#include <atomic>

#include "model/sql_writer.hpp"
#include "sql/identifier.hpp"

namespace pgvista::model {

namespace {

template <class F>
Statement written(const QuerySpec& query, F&& write) {
  WholeStatement whole;
  SqlWriter writing(query, whole, nullptr, true);
  const std::string text = write(writing);
  Statement out;
  out.sql = with_clause(whole) + text;
  out.parameters = std::move(whole.parameters);
  return out;
}

}  // namespace

std::string table_name(const ModelInfo& info) { return sql::Name{info.schema, info.table}.sql(); }

const char* read_type(const FieldInfo& field) {
  if (!field.as_text) return "";
  return field.type.ends_with("[]") ? "text[]" : "text";
}

std::string as_read(const FieldInfo& field, std::string text) {
  return *read_type(field) ? std::move(text) + "::" + read_type(field) : text;
}

Statement select_statement(const QuerySpec& query) {
  return written(query, [](SqlWriter& writing) { return writing.select(); });
}
Statement count_statement(const QuerySpec& query) {
  return written(query, [](SqlWriter& writing) { return writing.count(); });
}
Statement exists_statement(const QuerySpec& query) {
  return written(query, [](SqlWriter& writing) { return writing.exists(); });
}
Statement update_statement(const QuerySpec& query, const std::vector<Named>& assignments, bool returning) {
  return written(query, [&](SqlWriter& writing) {
    return writing.update(assignments) + (returning ? writing.returning() : std::string{});
  });
}
Statement delete_statement(const QuerySpec& query, bool returning) {
  return written(
      query, [&](SqlWriter& writing) { return writing.remove() + (returning ? writing.returning() : std::string{}); });
}

Statement prepared_statement(const QuerySpec& query, const std::vector<unsigned>& types) {
  static std::atomic<std::size_t> last = 0;
  Statement out = select_statement(query);
  for (const Parameter& one : out.parameters) {
    if (one.argument == 0) continue;
    const std::string what = "param(" + std::to_string(one.argument) + ")";
    if (one.argument > static_cast<int>(types.size()))
      throw Failure(
          usage_error("unknown_argument",
                      what + " stands in a query that is prepared for " + std::to_string(types.size()) + " arguments",
                      "Name the types of all: prepare<std::int64_t, …>(query)."));
    if (types[static_cast<std::size_t>(one.argument) - 1] != one.oid)
      throw Failure(usage_error("argument_type", what + " has another type in the query than prepare<…>() gives it",
                                "Name the same C++ type in both."));
  }
  out.id = ++last;
  return out;
}

Statement fill(const Statement& statement, std::vector<Parameter> arguments) {
  Statement out = statement;
  for (Parameter& one : out.parameters) {
    if (one.argument > 0) one = arguments[static_cast<std::size_t>(one.argument) - 1];
  }
  return out;
}

std::string definition_sql(const QuerySpec& query) {
  WholeStatement whole{true};
  const std::string text = SqlWriter(query, whole, nullptr, false).select();
  return with_clause(whole) + text;
}

void no_row(const QuerySpec& query, Place place) {
  throw Failure(Error{
      "no_row", "no " + query.model().type + " is like that", {}, {}, {}, place.file, place.line, 0, ExitCode::failed});
}
void several_rows(const QuerySpec& query, Place place) {
  throw Failure(Error{"several_rows",
                      "several " + query.model().type + " are like that where one was asked for",
                      {},
                      {},
                      {},
                      place.file,
                      place.line,
                      0,
                      ExitCode::failed});
}

}  // namespace pgvista::model
