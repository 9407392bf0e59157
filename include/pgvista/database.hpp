#pragma once
// A database: statements and results, transactions, rows written from structs.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <pgvista/error.hpp>
#include <pgvista/model.hpp>

namespace pgvista {

struct Statement {
  std::string sql;
  std::vector<Parameter> parameters;
  std::size_t id = 0;  // of a statement that the program prepared
};

namespace model {

/// A place in the program, for errors.
struct Place {
  const char* file = "";
  int line = 0;
  static Place here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) { return {file, line}; }
};

}  // namespace model

/// Rows in binary format; bytes are valid as long as the result is.
class Result {
 public:
  struct Rows;
  Result() = default;
  explicit Result(std::shared_ptr<Rows> rows);

  int size() const { return size_; }
  int columns() const;
  std::string_view name(int column) const;
  /// The oid of the column's type.
  unsigned type(int column) const;
  bool null(int row, int column) const { return length(row, column) < 0; }
  std::string_view bytes(int row, int column) const {
    return {data(row, column), static_cast<std::size_t>(length(row, column))};
  }
  const char* data(int row, int column) const;
  /// −1 for NULL.
  int length(int row, int column) const;
  /// The command that was done, as the server names it: "UPDATE 3".
  std::string_view command() const;
  /// Rows that a command changed.
  std::int64_t affected() const;

 private:
  std::shared_ptr<Rows> rows_;
  int size_ = 0;
};

namespace model {

/// Throws Failure (invalid_value) with the member named, where a value breaks its column's limits.
void validate(const ModelInfo& info, const void* row);
Statement insert_row_statement(const ModelInfo& info, const void* row);
/// `returning`: all columns.
Statement update_row_statement(const ModelInfo& info, const void* row, bool returning = false);
Statement delete_row_statement(const ModelInfo& info, const void* row);
[[noreturn]] void no_such_row(const ModelInfo& info, Place place);
/// What the server made of an inserted row.
void read_made(const ModelInfo& info, const Result& made, void* row);

/// The columns that tell whether a row is there already: on(&Tag::name).
template <class M>
struct Conflict {
  std::vector<std::string> columns;  // none: the primary key
};

}  // namespace model
template <class M, class T, class... Ts>
model::Conflict<M> on(T M::*first, Ts M::*... others) {
  return {{model::info<M>().at(model::member_name(first)).column,
           model::info<M>().at(model::member_name(others)).column...}};
}

enum class Isolation { read_committed, repeatable_read, serializable };

/// A connection. Not for several threads at once. Statements are prepared when they come a second time.
class Database {
 public:
  /// A libpq URL; empty: libpq's own variables. Throws Failure (connection_failed).
  explicit Database(const std::string& url = {});
  ~Database();
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;

  /// Throws Failure: database_error and its kin, with sqlstate, detail and hint.
  /// Errors name the query, without its values, and the place.
  Result run(const Statement& statement, model::Place place = model::Place::here());
  Result run(const std::string& sql, model::Place place = model::Place::here()) {
    return run(Statement{sql, {}}, place);
  }
  /// Several statements without parameters.
  void execute(const std::string& sql, model::Place place = model::Place::here());
  /// The result row by row, one in memory at a time.
  void stream(const Statement& statement, const std::function<void(const Result&)>& handle,
              model::Place place = model::Place::here());

  /// Writes a new row; what the server made (identity, defaults) is read back into it.
  /// Throws Failure (invalid_value) before anything is sent when a value breaks its column's limits.
  template <class M>
  void insert(M& row, model::Place place = model::Place::here()) {
    insert_row(model::info<M>(), &row, place);
  }
  /// Many rows: one COPY, or INSERTs where a column has not the member's own type. Nothing is read back.
  template <class M>
  void insert_all(const std::vector<M>& rows, model::Place place = model::Place::here()) {
    insert_rows(model::info<M>(), pointers<const void>(rows), place);
  }
  /// Many rows in one INSERT a thousand; all of them as they are then is read back.
  template <class M>
  void insert_returning(std::vector<M>& rows, model::Place place = model::Place::here()) {
    insert_rows_returning(model::info<M>(), pointers<void>(rows), place);
  }
  /// Changes the row with this primary key. Throws Failure (no_row) when there is none.
  template <class M>
  void update(const M& row, model::Place place = model::Place::here()) {
    update_row(model::info<M>(), &row, place);
  }
  /// The same, and all of the row as it is then (what triggers made of it, too) is read back.
  template <class M>
  void update_returning(M& row, model::Place place = model::Place::here()) {
    update_row_returning(model::info<M>(), &row, place);
  }
  /// The row with this primary key, if it is there.
  template <class M>
  void remove(const M& row, model::Place place = model::Place::here()) {
    remove_row(model::info<M>(), &row, place);
  }
  /// Inserts, or changes the row with the same primary key, or the same values in these columns; all of the row as it
  /// is then is read back.
  template <class M>
  void upsert(M& row, const model::Conflict<M>& conflict = {}, model::Place place = model::Place::here()) {
    upsert_row(model::info<M>(), &row, conflict.columns, place);
  }
  /// The row with these values in these columns, read into `row`; where there is none `row` is inserted. True: it was.
  /// Safe beside others who do the same, where a unique key is over the columns.
  template <class M>
  bool get_or_create(M& row, const model::Conflict<M>& conflict, model::Place place = model::Place::here()) {
    return get_or_create_row(model::info<M>(), &row, conflict.columns, place);
  }

  /// Of a materialized view. Throws Failure as the server does, and usage errors of views that hold no rows or keep
  /// themselves fresh.
  template <class V>
  void refresh(model::Place place = model::Place::here()) {
    refresh_view(model::info<V>(), false, place);
  }
  template <class V>
  void refresh_concurrently(model::Place place = model::Place::here()) {
    refresh_view(model::info<V>(), true, place);
  }

  /// What is committed now, as pg_current_snapshot() says it: for wait_for() on any connection.
  std::string snapshot(model::Place place = model::Place::here());
  /// Until a deferred view shows what was committed at a snapshot ("": now): read your writes. What was written must be
  /// committed, and this transaction, if one is open, at READ COMMITTED. Throws Failure: 55P03 after `longest`.
  template <class V>
  void wait_for(const std::string& snapshot = {}, std::chrono::milliseconds longest = std::chrono::seconds(30),
                model::Place place = model::Place::here()) {
    wait_for_view(model::info<V>(), snapshot, longest, place);
  }

  /// Is the connection gone?
  bool lost() const;
  /// The libpq connection (PGconn*), for what has no function here.
  void* raw();

 private:
  friend class Transaction;
  friend class Pool;
  /// Rolls back what is open. False: it cannot be used any more.
  bool make_clean();
  /// Has the server closed it, while nothing was asked of it?
  bool alive();
  template <class P, class Rows>
  static std::vector<P*> pointers(Rows& rows) {
    std::vector<P*> out;
    out.reserve(rows.size());
    for (auto& row : rows) out.push_back(&row);
    return out;
  }
  void insert_row(const model::ModelInfo& info, void* row, model::Place place);
  void insert_rows(const model::ModelInfo& info, const std::vector<const void*>& rows, model::Place place);
  bool written_in_binary(const model::ModelInfo& info, const std::vector<const model::FieldInfo*>& fields,
                         model::Place place);
  void insert_in_parts(const model::ModelInfo& info, const std::vector<const void*>& rows, model::Place place);
  void insert_rows_returning(const model::ModelInfo& info, const std::vector<void*>& rows, model::Place place);
  void update_row(const model::ModelInfo& info, const void* row, model::Place place);
  void update_row_returning(const model::ModelInfo& info, void* row, model::Place place);
  void remove_row(const model::ModelInfo& info, const void* row, model::Place place);
  void upsert_row(const model::ModelInfo& info, void* row, const std::vector<std::string>& conflict,
                  model::Place place);
  bool get_or_create_row(const model::ModelInfo& info, void* row, const std::vector<std::string>& conflict,
                         model::Place place);
  void refresh_view(const model::ModelInfo& info, bool concurrently, model::Place place);
  void wait_for_view(const model::ModelInfo& info, const std::string& snapshot, std::chrono::milliseconds longest,
                     model::Place place);

  struct Inside;
  std::unique_ptr<Inside> inside_;
};

/// A database as it is used at a place in the program; made where a Database is passed.
struct At {
  At(Database& used, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : db(used), place{file, line} {}  // NOLINT(google-explicit-constructor)
  Database& db;
  model::Place place;
  Result run(const Statement& statement) const { return db.run(statement, place); }
  void stream(const Statement& statement, const std::function<void(const Result&)>& handle) const {
    db.stream(statement, handle, place);
  }
};

/// BEGIN now, or a savepoint inside another one; rolled back at the end of the scope unless commit() was called.
class Transaction {
 public:
  /// Inside a transaction that is open already, however it was begun, this is a savepoint. Throws Failure
  /// (nested_isolation).
  explicit Transaction(Database& db, Isolation isolation = Isolation::read_committed,
                       model::Place place = model::Place::here());
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  /// Throws Failure (rolled_back) where the server could only roll back, as a statement had failed.
  void commit();

 private:
  Database& db_;
  model::Place place_;
  std::string savepoint_;  // "" of the outermost
  bool open_ = true;
};

/// Throws Failure (rolled_back) unless it is the answer to a COMMIT that was one.
void require_committed(const Result& answer, model::Place place);

/// Runs `work` in a transaction, again after a serialization failure or a deadlock, at most `attempts` times.
void retry(Database& db, Isolation isolation, const std::function<void()>& work, int attempts = 10);

}  // namespace pgvista
