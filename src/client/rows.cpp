#include <pgvista/database.hpp>

#include <algorithm>

#include "base/text.hpp"
#include "client/inside.hpp"
#include "model/load.hpp"
#include "model/write.hpp"
#include "sql/identifier.hpp"

namespace pgvista {

namespace {

// So many that their values are no more than a statement may have parameters.
std::vector<std::vector<const void*>> parts_of(const model::ModelInfo& info, const std::vector<const void*>& rows) {
  constexpr std::size_t most_parameters = 60'000;
  const std::size_t part = std::min<std::size_t>(1000, most_parameters / std::max<std::size_t>(1, info.fields.size()));
  std::vector<std::vector<const void*>> out;
  for (std::size_t begin = 0; begin < rows.size(); begin += part)
    out.emplace_back(rows.begin() + static_cast<std::ptrdiff_t>(begin),
                     rows.begin() + static_cast<std::ptrdiff_t>(std::min(rows.size(), begin + part)));
  return out;
}

// The n-th row of a RETURNING of these fields.
void read_back(const std::vector<const model::FieldInfo*>& fields, const Result& rows, int from, void* row) {
  if (from >= rows.size()) return;
  for (std::size_t i = 0; i < fields.size(); ++i)
    fields[i]->decode(row, rows.data(from, static_cast<int>(i)), rows.length(from, static_cast<int>(i)));
}

}  // namespace

namespace model {

Statement upsert_row_statement(const ModelInfo& info, const void* row, const std::vector<std::string>& conflict) {
  return insert_statement(info, {row}, {OnConflict::update, conflict, true});
}

void read_upserted(const ModelInfo& info, const Result& made, void* row) { read_back(all_fields(info), made, 0, row); }

std::vector<Statement> insert_rows_statements(const ModelInfo& info, const std::vector<const void*>& rows) {
  std::vector<Statement> out;
  for (const auto& some : parts_of(info, rows)) out.push_back(insert_statement(info, some, {}));
  return out;
}

}  // namespace model

void model::no_such_row(const ModelInfo& info, model::Place place) {
  throw Failure(Error{"no_row",
                      "the row of " + info.type + " that is to be changed is not there",
                      {},
                      {},
                      {},
                      place.file,
                      place.line,
                      0,
                      ExitCode::failed});
}

void model::read_made(const ModelInfo& info, const Result& made, void* row) {
  read_back(returned_fields(info), made, 0, row);
}

void Database::insert_row(const model::ModelInfo& info, void* row, model::Place place) {
  located(place, [&] { model::validate(info, row); });
  model::read_made(info, run(model::insert_row_statement(info, row), place), row);
}

void Database::upsert_row(const model::ModelInfo& info, void* row, const std::vector<std::string>& conflict,
                          model::Place place) {
  located(place, [&] { model::validate(info, row); });
  model::read_upserted(info, run(model::upsert_row_statement(info, row, conflict), place), row);
}

bool Database::get_or_create_row(const model::ModelInfo& info, void* row, const std::vector<std::string>& conflict,
                                 model::Place place) {
  located(place, [&] { model::validate(info, row); });
  const auto fields = model::all_fields(info);
  // Another program may take the row away again between the two.
  for (int attempt = 0; attempt < 3; ++attempt) {
    const Result found = run(model::find_statement(info, row, conflict), place);
    if (found.size() > 1)
      throw Failure(Error{"several_rows",
                          "several rows of " + info.type + " have these values, where one was meant",
                          {},
                          "Put a unique index on the columns.",
                          {},
                          {},
                          0,
                          0,
                          ExitCode::failed});
    if (found.size() == 1) {
      read_back(fields, found, 0, row);
      return false;
    }
    const Result made = run(model::insert_statement(info, {row}, {model::OnConflict::nothing, {}, true}), place);
    if (made.size() == 1) {
      read_back(fields, made, 0, row);
      return true;
    }
  }
  throw Failure(Error{"no_row",
                      "the row of " + info.type + " could be neither found nor made",
                      {},
                      "Others change it again and again, or a unique key over other columns is in the way.",
                      {},
                      {},
                      0,
                      0,
                      ExitCode::failed});
}

void Database::insert_rows_returning(const model::ModelInfo& info, const std::vector<void*>& rows, model::Place place) {
  located(place, [&] {
    for (const void* row : rows) model::validate(info, row);
  });
  if (rows.empty()) return;
  Transaction all_or_none(*this, Isolation::read_committed, place);
  const auto fields = model::all_fields(info);
  std::size_t done = 0;
  for (const auto& some : parts_of(info, {rows.begin(), rows.end()})) {
    const Result back = run(model::insert_statement(info, some, {model::OnConflict::fail, {}, true}), place);
    for (int i = 0; i < back.size(); ++i) read_back(fields, back, i, rows[done++]);
  }
  all_or_none.commit();
}

void Database::update_row(const model::ModelInfo& info, const void* row, model::Place place) {
  located(place, [&] { model::validate(info, row); });
  if (run(model::update_row_statement(info, row), place).affected() == 0) model::no_such_row(info, place);
}

void Database::update_row_returning(const model::ModelInfo& info, void* row, model::Place place) {
  located(place, [&] { model::validate(info, row); });
  const Result back = run(model::update_row_statement(info, row, true), place);
  if (back.size() == 0) model::no_such_row(info, place);
  read_back(model::all_fields(info), back, 0, row);
}

void Database::remove_row(const model::ModelInfo& info, const void* row, model::Place place) {
  run(model::delete_row_statement(info, row), place);
}

namespace {

// The columns that a COPY gives: to all rows or to none.
std::vector<const model::FieldInfo*> copied_fields(const model::ModelInfo& info, const std::vector<const void*>& rows) {
  std::vector<const model::FieldInfo*> out;
  for (const model::FieldInfo& field : info.fields) {
    const bool may_be_left = field.identity || !field.default_sql.empty();
    const auto left =
        may_be_left ? static_cast<std::size_t>(std::count_if(
                          rows.begin(), rows.end(), [&](const void* row) { return model::left_to_server(field, row); }))
                    : 0;
    if (left == rows.size()) continue;
    if (left > 0)
      throw Failure(Error{"invalid_value",
                          info.type + "::" + field.member + " is left to the server in some rows and given in others",
                          {},
                          "Insert them apart.",
                          {},
                          {},
                          0,
                          0,
                          ExitCode::failed});
    out.push_back(&field);
  }
  return out;
}

// COPY … FROM STDIN in binary. What is not finished when it goes away is taken back by the server.
class Copy {
 public:
  Copy(db::Connection& connection, std::string sql)
      : connection_(connection), sql_(std::move(sql)), buffer_("PGCOPY\n\377\r\n\0", 11) {
    PGresult* begun = PQexec(connection_.raw(), sql_.c_str());
    if (PQresultStatus(begun) != PGRES_COPY_IN) connection_.check(begun, sql_);
    PQclear(begun);
    wire::put<std::int32_t>(buffer_, 0);
    wire::put<std::int32_t>(buffer_, 0);
  }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;
  ~Copy() {
    if (done_) return;
    PQputCopyEnd(connection_.raw(), "a value could not be encoded");
    while (PGresult* rest = PQgetResult(connection_.raw())) PQclear(rest);
  }

  void row(const std::vector<const model::FieldInfo*>& fields, const void* row) {
    constexpr std::size_t enough = 1U << 16U;
    wire::put<std::int16_t>(buffer_, static_cast<std::int16_t>(fields.size()));
    for (const model::FieldInfo* field : fields) field->write(row, buffer_);
    if (buffer_.size() > enough) send();
  }
  void finish() {
    wire::put<std::int16_t>(buffer_, -1);
    send();
    done_ = true;
    PQputCopyEnd(connection_.raw(), nullptr);
    PGresult* end = PQgetResult(connection_.raw());
    while (PGresult* rest = PQgetResult(connection_.raw())) PQclear(rest);
    PQclear(connection_.check(end, sql_));
  }

 private:
  void send() {
    PQputCopyData(connection_.raw(), buffer_.data(), static_cast<int>(buffer_.size()));
    buffer_.clear();
  }
  db::Connection& connection_;
  std::string sql_;
  std::string buffer_;
  bool done_ = false;
};

}  // namespace

// COPY takes each value exactly as the column's own type has it.
bool Database::written_in_binary(const model::ModelInfo& info, const std::vector<const model::FieldInfo*>& fields,
                                 model::Place place) {
  const std::string table = model::table_name(info);
  if (const auto known = inside_->copied.find(table); known != inside_->copied.end()) return known->second;
  const Result columns = run(Statement{"SELECT attname::text, atttypid::int8 FROM pg_catalog.pg_attribute WHERE "
                                       "attrelid = $1::text::regclass AND attnum > 0",
                                       {parameter(table)}},
                             place);
  const bool all = std::all_of(fields.begin(), fields.end(), [&](const model::FieldInfo* field) {
    for (int row = 0; row < columns.size(); ++row) {
      if (columns.bytes(row, 0) != field->column) continue;
      const auto oid = static_cast<unsigned>(Type<std::int64_t>::decode(columns.bytes(row, 1)));
      // Texts of all kinds, and enums, are their text.
      const bool text = field->oid == Type<std::string>::oid || !field->labels.empty();
      return !field->as_text && (oid == field->oid || (text && model::readable(Type<std::string>::oid, oid)));
    }
    return true;  // an unknown column: COPY says so
  });
  return inside_->copied[table] = all;
}

void Database::insert_in_parts(const model::ModelInfo& info, const std::vector<const void*>& rows, model::Place place) {
  Transaction all_or_none(*this, Isolation::read_committed, place);
  for (const auto& some : parts_of(info, rows))
    run(model::insert_statement(info, some, {model::OnConflict::fail, {}, false}), place);
  all_or_none.commit();
}

void Database::insert_rows(const model::ModelInfo& info, const std::vector<const void*>& rows, model::Place place) {
  if (rows.empty()) return;
  if (model::has_limits(info)) {
    located(place, [&] {
      for (const void* row : rows) model::validate(info, row);
    });
  }
  const auto fields = copied_fields(info, rows);
  std::vector<std::string> columns;
  for (const model::FieldInfo* field : fields) {
    columns.push_back(sql::quote_identifier(field->column));
  }
  // A COPY of no column at all is none.
  if (fields.empty() || !written_in_binary(info, fields, place)) return insert_in_parts(info, rows, place);
  const std::string sql =
      "COPY " + model::table_name(info) + " (" + join(columns, ", ") + ") FROM STDIN (FORMAT binary)";
  told(sql, place, [&] {
    inside_->require_free();
    Copy copy(inside_->connection, sql);
    for (const void* row : rows) copy.row(fields, row);
    copy.finish();
  });
}

void Database::refresh_view(const model::ModelInfo& info, bool concurrently, model::Place place) {
  const auto setting = [&](const char* key, const char* value) {
    return std::find(info.settings.begin(), info.settings.end(), std::pair<std::string, std::string>(key, value)) !=
           info.settings.end();
  };
  if (info.kind == model::Kind::view)
    throw Failure(usage_error("not_materialized", info.type + " is a plain view: it holds no rows to refresh",
                              "It is always as fresh as its tables."));
  if (setting("maintenance", "\"immediate\"") || setting("maintenance", "\"on_commit\"") ||
      setting("maintenance", "\"deferred\""))
    throw Failure(usage_error("maintained", info.type + " keeps itself fresh: it is never refreshed", "Read it."));
  const std::string name = model::table_name(info);
  execute(std::string("REFRESH MATERIALIZED VIEW ") + (concurrently ? "CONCURRENTLY " : "") + name, place);
  if (!setting("notify", "true")) return;
  const Result schema = run(Statement{"SELECT n.nspname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS "
                                      "n ON n.oid = c.relnamespace WHERE c.oid = $1::text::regclass",
                                      {parameter(name)}},
                            place);
  run(Statement{"SELECT pg_catalog.pg_notify('pgvista', $1)",
                {parameter(sql::Name{std::string(schema.bytes(0, 0)), info.table}.sql())}},
      place);
}

std::string Database::snapshot(model::Place place) {
  return std::string(run(Statement{"SELECT pg_catalog.pg_current_snapshot()::text", {}}, place).bytes(0, 0));
}

void Database::wait_for_view(const model::ModelInfo& info, const std::string& snapshot,
                             std::chrono::milliseconds longest, model::Place place) {
  const std::string wanted = snapshot.empty() ? this->snapshot(place) : snapshot;
  run(Statement{"SELECT pgvista.wait_for($1::text::regclass, $2::text::pg_snapshot, $3::text::interval)",
                {parameter(model::table_name(info)), parameter(wanted),
                 parameter(std::to_string(longest.count()) + " ms")}},
      place);
}

}  // namespace pgvista
