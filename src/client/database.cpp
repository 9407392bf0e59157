#include <pgvista/database.hpp>

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
    inside_->transactions = 0;
    return true;
  } catch (const Failure&) {
    return false;
  }
}

void* Database::raw() { return inside_->connection.raw(); }

Result Database::run(const Statement& statement, Place place) {
  return told(statement.sql, place, [&] { return inside_->run(statement); });
}

Result Database::Inside::run(const Statement& statement) {
  const Arguments arguments(statement.parameters);
  const std::string name = name_of(statement, arguments);
  PGresult* result = name.empty() ? PQexecParams(connection.raw(), statement.sql.c_str(), arguments.count(), arguments.types.data(), arguments.values.data(), arguments.lengths.data(), arguments.formats.data(), 1)
                                  : PQexecPrepared(connection.raw(), name.c_str(), arguments.count(), arguments.values.data(), arguments.lengths.data(), arguments.formats.data(), 1);
  return Result(std::make_shared<Result::Rows>(connection.check(result, statement.sql)));
}

void Database::execute(const std::string& sql, Place place) {
  told(sql, place, [&] { inside_->connection.execute(sql); });
}

void Database::stream(const Statement& statement, const std::function<void(const Result&)>& handle, Place place) {
  const Arguments arguments(statement.parameters);
  db::Connection& connection = inside_->connection;
  // Whatever happens, the rest of the result is taken off the connection.
  struct Drain {
    PGconn* raw;
    ~Drain() {
      while (PGresult* rest = PQgetResult(raw)) PQclear(rest);
    }
  };
  told(statement.sql, place, [&] {
    const int sent = PQsendQueryParams(connection.raw(), statement.sql.c_str(), arguments.count(), arguments.types.data(), arguments.values.data(), arguments.lengths.data(), arguments.formats.data(), 1);
    if (sent == 0 || PQsetSingleRowMode(connection.raw()) == 0) connection.check(nullptr, statement.sql);
  });
  const Drain drain{connection.raw()};
  while (PGresult* raw = PQgetResult(connection.raw())) {
    const Result rows = told(statement.sql, place, [&] { return Result(std::make_shared<Result::Rows>(connection.check(raw, statement.sql))); });
    if (rows.size() > 0) handle(rows);
  }
}

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
