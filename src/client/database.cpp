#include <pgvista/database.hpp>

#include <poll.h>

#include "client/inside.hpp"

namespace pgvista {

Result::Result(std::shared_ptr<Rows> rows) : rows_(std::move(rows)), size_(PQntuples(rows_->result.get())) {}
const char* Result::data(int row, int column) const { return PQgetvalue(rows_->result.get(), row, column); }
int Result::length(int row, int column) const {
  const PGresult* result = rows_->result.get();
  return PQgetisnull(result, row, column) != 0 ? -1 : PQgetlength(result, row, column);
}
unsigned Result::type(int column) const { return PQftype(rows_->result.get(), column); }
int Result::columns() const { return PQnfields(rows_->result.get()); }
std::string_view Result::name(int column) const { return PQfname(rows_->result.get(), column); }
std::string_view Result::command() const { return PQcmdStatus(rows_->result.get()); }
std::int64_t Result::affected() const { return std::atoll(PQcmdTuples(rows_->result.get())); }

Database::Database(const std::string& url) : inside_(std::make_unique<Inside>(url)) {}
Database::~Database() = default;
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;

bool Database::lost() const { return inside_->connection.lost(); }

bool Database::make_clean() {
  if (!inside_ || lost()) return false;
  try {
    if (inside_->connection.in_transaction()) execute("ROLLBACK");
    return true;
  } catch (const Failure&) {
    return false;
  }
}

bool Database::alive() {
  if (lost()) return false;
  // A server that says something unasked says farewell.
  pollfd watched{PQsocket(inside_->connection.raw()), POLLIN, 0};
  return poll(&watched, 1, 0) == 0;
}

void* Database::raw() { return inside_->connection.raw(); }

Result Database::run(const Statement& statement, model::Place place) {
  return told(statement.sql, place, [&] { return inside_->run(statement); });
}

PGresult* Database::Inside::execute(const Statement& statement, const Arguments& arguments, const std::string& name) {
  PGresult* result =
      name.empty() ? PQexecParams(connection.raw(), statement.sql.c_str(), arguments.count(), arguments.types.data(),
                                  arguments.values.data(), arguments.lengths.data(), arguments.formats.data(), 1)
                   : PQexecPrepared(connection.raw(), name.c_str(), arguments.count(), arguments.values.data(),
                                    arguments.lengths.data(), arguments.formats.data(), 1);
  return connection.check(result, statement.sql);
}

void Database::Inside::forget(const Statement& statement, const Arguments& arguments) {
  if (statement.id > 0) {
    by_id[statement.id].clear();
  } else {
    prepared.erase(key_of(statement, arguments));
  }
}

Result Database::Inside::run(const Statement& statement) {
  require_free();
  for (const Parameter& one : statement.parameters) {
    if (one.argument > 0 && !one.bytes && statement.id == 0)
      throw Failure(usage_error("unfilled_argument",
                                "param(" + std::to_string(one.argument) + ") stands in a query that is not prepared",
                                "Make it a prepared one: prepare<…>(query)."));
  }
  const Arguments arguments(statement.parameters);
  const std::string name = name_of(statement, arguments);
  try {
    return Result(std::make_shared<Result::Rows>(execute(statement, arguments, name)));
  } catch (const Failure& failure) {
    // A table has other columns now: planned anew, once.
    constexpr const char* plan_is_old = "0A000";
    if (name.empty() || failure.error().sqlstate != plan_is_old) throw;
    forget(statement, arguments);
    if (connection.in_transaction()) throw;
    return Result(std::make_shared<Result::Rows>(execute(statement, arguments, {})));
  }
}

void Database::execute(const std::string& sql, model::Place place) {
  told(sql, place, [&] {
    inside_->require_free();
    inside_->connection.execute(sql);
  });
}

void Database::stream(const Statement& statement, const std::function<void(const Result&)>& handle,
                      model::Place place) {
  const Arguments arguments(statement.parameters);
  db::Connection& connection = inside_->connection;
  // Whatever happens, the rest of the result is taken off the connection.
  struct Drain {
    Inside& inside;
    ~Drain() {
      while (PGresult* rest = PQgetResult(inside.connection.raw())) PQclear(rest);
      inside.streaming = false;
    }
  };
  told(statement.sql, place, [&] {
    inside_->require_free();
    const int sent =
        PQsendQueryParams(connection.raw(), statement.sql.c_str(), arguments.count(), arguments.types.data(),
                          arguments.values.data(), arguments.lengths.data(), arguments.formats.data(), 1);
    if (sent == 0 || PQsetSingleRowMode(connection.raw()) == 0) connection.check(nullptr, statement.sql);
  });
  inside_->streaming = true;
  const Drain drain{*inside_};
  while (PGresult* raw = PQgetResult(connection.raw())) {
    const Result rows = told(statement.sql, place, [&] {
      return Result(std::make_shared<Result::Rows>(connection.check(raw, statement.sql)));
    });
    if (rows.size() > 0) handle(rows);
  }
}

Transaction::Transaction(Database& db, Isolation isolation, model::Place place) : db_(db), place_(place) {
  static constexpr const char* levels[] = {"READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"};
  if (!db_.inside_->connection.in_transaction()) {
    db_.execute(std::string("BEGIN ISOLATION LEVEL ") + levels[static_cast<int>(isolation)], place_);
    return;
  }
  if (isolation != Isolation::read_committed)
    throw Failure(usage_error("nested_isolation",
                              "an isolation level is asked for inside another transaction, which has one already",
                              "Ask for it where the outer transaction begins."));
  savepoint_ = "pgvista_" + std::to_string(++db_.inside_->savepoints);
  db_.execute("SAVEPOINT " + savepoint_, place_);
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    if (db_.inside_->connection.in_transaction())
      db_.execute(savepoint_.empty() ? std::string("ROLLBACK") : "ROLLBACK TO SAVEPOINT " + savepoint_, place_);
  } catch (const Failure&) {
    // The connection is gone, and the transaction with it.
  }
}

void Transaction::commit() {
  if (!open_) throw Failure(usage_error("committed", "a transaction is committed that has ended already"));
  if (!savepoint_.empty()) {
    db_.execute("RELEASE SAVEPOINT " + savepoint_, place_);
    open_ = false;
    return;
  }
  open_ = false;
  require_committed(db_.run(std::string("COMMIT"), place_), place_);
}

void require_committed(const Result& answer, model::Place place) {
  if (answer.command() != "ROLLBACK") return;
  throw Failure(
      Error{"rolled_back",
            "the transaction could not be committed: a statement in it had failed, and the server rolled it back",
            {},
            "Leave the scope of the transaction when a statement fails, or put such statements into one of their own "
            "inside it.",
            "25P02",
            place.file,
            place.line,
            0,
            ExitCode::failed});
}

void retry(Database& db, Isolation isolation, const std::function<void()>& work, int attempts) {
  if (PQtransactionStatus(static_cast<PGconn*>(db.raw())) != PQTRANS_IDLE)
    throw Failure(usage_error("nested_retry",
                              "retry() is called inside a transaction, which would have to be run again as a whole",
                              "Call it around the outermost transaction."));
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
