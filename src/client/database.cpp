#include <pgvista/database.hpp>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "db/connection.hpp"
#include "model/write.hpp"
#include "sql/identifier.hpp"

namespace pgvista {

struct Result::Rows {
  explicit Rows(PGresult* given) : result(given, PQclear) {}
  std::unique_ptr<PGresult, decltype(&PQclear)> result;
};

Result::Result(std::shared_ptr<Rows> rows) : rows_(std::move(rows)), size_(PQntuples(rows_->result.get())) {}
const char* Result::data(int row, int column) const { return PQgetvalue(rows_->result.get(), row, column); }
int Result::length(int row, int column) const {
  const PGresult* result = rows_->result.get();
  return PQgetisnull(result, row, column) != 0 ? -1 : PQgetlength(result, row, column);
}
std::int64_t Result::affected() const { return std::atoll(PQcmdTuples(rows_->result.get())); }

struct Database::Inside {
  explicit Inside(const std::string& url) : connection(url) {}
  db::Connection connection;
  std::map<std::string, std::string, std::less<>> prepared;  // SQL -> name; "" where it was seen once
  int transactions = 0;                                      // open, savepoints included

  // What libpq takes of parameters.
  struct Arguments {
    std::vector<Oid> types;
    std::vector<const char*> values;
    std::vector<int> lengths;
    std::vector<int> formats;
    explicit Arguments(const std::vector<Parameter>& parameters) {
      for (const Parameter& one : parameters) {
        types.push_back(one.oid);
        values.push_back(one.bytes ? one.bytes->c_str() : nullptr);
        lengths.push_back(one.bytes ? static_cast<int>(one.bytes->size()) : 0);
        formats.push_back(one.binary ? 1 : 0);
      }
    }
    int count() const { return static_cast<int>(values.size()); }
  };

  // The prepared statement's name; "" the first time that a text comes.
  std::string name_of(const Statement& statement, const Arguments& arguments) {
    constexpr std::size_t most = 500;
    const auto known = prepared.find(statement.sql);
    if (known == prepared.end()) {
      if (prepared.size() < most) prepared.emplace(statement.sql, "");
      return {};
    }
    if (!known->second.empty()) return known->second;
    const std::string name = "pgvista_" + std::to_string(prepared.size()) + "_" + std::to_string(++names);
    PQclear(connection.check(PQprepare(connection.raw(), name.c_str(), statement.sql.c_str(), arguments.count(), arguments.types.data()), statement.sql));
    known->second = name;
    return name;
  }

  int names = 0;
};

Database::Database(const std::string& url) : inside_(std::make_unique<Inside>(url)) {}
Database::~Database() = default;
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;

Result Database::run(const Statement& statement) {
  const Inside::Arguments arguments(statement.parameters);
  db::Connection& connection = inside_->connection;
  const std::string name = inside_->name_of(statement, arguments);
  PGresult* result = name.empty() ? PQexecParams(connection.raw(), statement.sql.c_str(), arguments.count(), arguments.types.data(), arguments.values.data(), arguments.lengths.data(), arguments.formats.data(), 1)
                                  : PQexecPrepared(connection.raw(), name.c_str(), arguments.count(), arguments.values.data(), arguments.lengths.data(), arguments.formats.data(), 1);
  return Result(std::make_shared<Result::Rows>(connection.check(result, statement.sql)));
}

void Database::execute(const std::string& sql) { inside_->connection.execute(sql); }

void Database::stream(const Statement& statement, const std::function<void(const Result&)>& handle) {
  const Inside::Arguments arguments(statement.parameters);
  db::Connection& connection = inside_->connection;
  // Whatever happens, the rest of the result is taken off the connection.
  struct Drain {
    PGconn* raw;
    ~Drain() {
      while (PGresult* rest = PQgetResult(raw)) PQclear(rest);
    }
  };
  const int sent = PQsendQueryParams(connection.raw(), statement.sql.c_str(), arguments.count(), arguments.types.data(), arguments.values.data(), arguments.lengths.data(), arguments.formats.data(), 1);
  if (sent == 0 || PQsetSingleRowMode(connection.raw()) == 0) connection.check(nullptr, statement.sql);
  const Drain drain{connection.raw()};
  while (PGresult* raw = PQgetResult(connection.raw())) {
    const Result rows(std::make_shared<Result::Rows>(connection.check(raw, statement.sql)));
    if (rows.size() > 0) handle(rows);
  }
}

namespace {

void read_back(const std::vector<const model::FieldInfo*>& fields, const Result& rows, void* row) {
  if (rows.size() == 0) return;
  for (std::size_t i = 0; i < fields.size(); ++i) fields[i]->decode(row, rows.data(0, static_cast<int>(i)), rows.length(0, static_cast<int>(i)));
}

}  // namespace

void Database::insert_row(const model::ModelInfo& info, void* row) {
  model::validate(info, row);
  read_back(model::returned_fields(info), run(model::insert_statement(info, row, false)), row);
}

void Database::upsert_row(const model::ModelInfo& info, void* row) {
  model::validate(info, row);
  read_back(model::returned_fields(info), run(model::insert_statement(info, row, true)), row);
}

void Database::update_row(const model::ModelInfo& info, const void* row) {
  model::validate(info, row);
  if (run(model::update_row_statement(info, row)).affected() == 0) throw Failure(Error{"no_row", "the row of " + info.type + " that is to be changed is not there", {}, {}, {}, {}, 0, 0, ExitCode::failed});
}

void Database::remove_row(const model::ModelInfo& info, const void* row) { run(model::delete_row_statement(info, row)); }

// COPY in binary; columns that the server gives in every row are left out of it.
void Database::insert_rows(const model::ModelInfo& info, const std::vector<const void*>& rows) {
  if (rows.empty()) return;
  for (const void* row : rows) model::validate(info, row);
  std::vector<const model::FieldInfo*> fields;
  std::vector<std::string> columns;
  for (const model::FieldInfo& field : info.fields) {
    const auto left = static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [&](const void* row) { return model::left_to_server(field, field.encode(row)); }));
    if (left == rows.size()) continue;
    // COPY gives a column to all rows or to none.
    if (left > 0) throw Failure(Error{"invalid_value", info.type + "::" + field.member + " is left to the server in some rows and given in others", {}, "Insert them apart.", {}, {}, 0, 0, ExitCode::failed});
    fields.push_back(&field);
    columns.push_back(sql::quote_identifier(field.column));
  }
  db::Connection& connection = inside_->connection;
  const std::string copy = "COPY " + sql::Name{info.schema, info.table}.sql() + " (" + join(columns, ", ") + ") FROM STDIN (FORMAT binary)";
  PGresult* begun = PQexec(connection.raw(), copy.c_str());
  if (PQresultStatus(begun) != PGRES_COPY_IN) connection.check(begun, copy);
  PQclear(begun);
  // A value that cannot be encoded ends the COPY, and nothing of it stays.
  struct Abort {
    PGconn* raw;
    bool done = false;
    ~Abort() {
      if (done) return;
      PQputCopyEnd(raw, "a value could not be encoded");
      while (PGresult* rest = PQgetResult(raw)) PQclear(rest);
    }
  } abort{connection.raw()};
  std::string buffer("PGCOPY\n\377\r\n\0", 11);
  wire::put<std::int32_t>(buffer, 0);
  wire::put<std::int32_t>(buffer, 0);
  constexpr std::size_t enough = 1U << 16U;
  const auto send = [&] {
    PQputCopyData(connection.raw(), buffer.data(), static_cast<int>(buffer.size()));
    buffer.clear();
  };
  for (const void* row : rows) {
    wire::put<std::int16_t>(buffer, static_cast<std::int16_t>(fields.size()));
    for (const model::FieldInfo* field : fields) {
      const Parameter value = field->encode(row);
      wire::put<std::int32_t>(buffer, value.bytes ? static_cast<std::int32_t>(value.bytes->size()) : -1);
      if (value.bytes) buffer += *value.bytes;
    }
    if (buffer.size() > enough) send();
  }
  wire::put<std::int16_t>(buffer, -1);
  send();
  abort.done = true;
  PQputCopyEnd(connection.raw(), nullptr);
  PGresult* end = PQgetResult(connection.raw());
  while (PGresult* rest = PQgetResult(connection.raw())) PQclear(rest);
  PQclear(connection.check(end, copy));
}

void Database::refresh_view(const model::ModelInfo& info, bool concurrently) { execute(std::string("REFRESH MATERIALIZED VIEW ") + (concurrently ? "CONCURRENTLY " : "") + sql::Name{info.schema, info.table}.sql()); }

Transaction::Transaction(Database& db, Isolation isolation) : db_(db), depth_(db.inside_->transactions) {
  static constexpr const char* levels[] = {"READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"};
  db_.execute(depth_ == 0 ? std::string("BEGIN ISOLATION LEVEL ") + levels[static_cast<int>(isolation)] : "SAVEPOINT pgvista_" + std::to_string(depth_));
  ++db_.inside_->transactions;
}

Transaction::~Transaction() {
  if (!open_) return;
  --db_.inside_->transactions;
  try {
    db_.execute(depth_ == 0 ? std::string("ROLLBACK") : "ROLLBACK TO SAVEPOINT pgvista_" + std::to_string(depth_));
  } catch (const Failure&) {
    // The connection is gone, and the transaction with it.
  }
}

void Transaction::commit() {
  open_ = false;
  --db_.inside_->transactions;
  db_.execute(depth_ == 0 ? std::string("COMMIT") : "RELEASE SAVEPOINT pgvista_" + std::to_string(depth_));
}

void retry(Database& db, Isolation isolation, const std::function<void()>& work, int attempts) {
  for (int attempt = 1;; ++attempt) {
    try {
      Transaction transaction(db, isolation);
      work();
      transaction.commit();
      return;
    } catch (const Failure& failure) {
      const std::string& state = failure.error().sqlstate;
      if (attempt >= attempts || (state != "40001" && state != "40P01")) throw;
    }
  }
}

}  // namespace pgvista
