#pragma once
// A database: statements and results, transactions, rows written from structs.

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
};

/// Rows in binary format; bytes are valid as long as the result is.
class Result {
 public:
  struct Rows;
  explicit Result(std::shared_ptr<Rows> rows);

  int size() const { return size_; }
  bool null(int row, int column) const { return length(row, column) < 0; }
  std::string_view bytes(int row, int column) const { return {data(row, column), static_cast<std::size_t>(length(row, column))}; }
  const char* data(int row, int column) const;
  /// −1 for NULL.
  int length(int row, int column) const;
  /// Rows that a command changed.
  std::int64_t affected() const;

 private:
  std::shared_ptr<Rows> rows_;
  int size_ = 0;
};

enum class Isolation { read_committed,
                       repeatable_read,
                       serializable };

/// A connection. Not for several threads at once. Statements are prepared when they come a second time.
class Database {
 public:
  /// A libpq URL; empty: libpq's own variables. Throws Failure (connection_failed).
  explicit Database(const std::string& url = {});
  ~Database();
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;

  /// Throws Failure: database_error and its kin, with sqlstate, detail and hint.
  Result run(const Statement& statement);
  Result run(const std::string& sql) { return run(Statement{sql, {}}); }
  /// Several statements without parameters.
  void execute(const std::string& sql);
  /// The result in parts of some hundred rows, one in memory at a time.
  void stream(const Statement& statement, const std::function<void(const Result&)>& handle);

  /// Writes a new row; what the server made (identity, defaults of the key) is read back into it.
  /// Throws Failure (invalid_value) before anything is sent when a value breaks its column's limits.
  template <class M>
  void insert(M& row) {
    insert_row(model::info<M>(), &row);
  }
  /// Many rows: one COPY where there are more than a few. Nothing is read back.
  template <class M>
  void insert_all(const std::vector<M>& rows) {
    std::vector<const void*> pointers;
    pointers.reserve(rows.size());
    for (const M& row : rows) pointers.push_back(&row);
    insert_rows(model::info<M>(), pointers);
  }
  /// Changes the row with this primary key. Throws Failure (no_row) when there is none.
  template <class M>
  void update(const M& row) {
    update_row(model::info<M>(), &row);
  }
  template <class M>
  void remove(const M& row) {
    remove_row(model::info<M>(), &row);
  }
  /// Inserts, or changes the row with the same primary key.
  template <class M>
  void upsert(M& row) {
    upsert_row(model::info<M>(), &row);
  }

  /// Of a materialized view. Throws Failure as the server does.
  template <class V>
  void refresh() {
    refresh_view(model::info<V>(), false);
  }
  template <class V>
  void refresh_concurrently() {
    refresh_view(model::info<V>(), true);
  }

 private:
  friend class Transaction;
  void insert_row(const model::ModelInfo& info, void* row);
  void insert_rows(const model::ModelInfo& info, const std::vector<const void*>& rows);
  void update_row(const model::ModelInfo& info, const void* row);
  void remove_row(const model::ModelInfo& info, const void* row);
  void upsert_row(const model::ModelInfo& info, void* row);
  void refresh_view(const model::ModelInfo& info, bool concurrently);

  struct Inside;
  std::unique_ptr<Inside> inside_;
};

/// BEGIN now, or a savepoint inside another one; rolled back at the end of the scope unless commit() was called.
class Transaction {
 public:
  explicit Transaction(Database& db, Isolation isolation = Isolation::read_committed);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& db_;
  int depth_ = 0;
  bool open_ = true;
};

/// Runs `work` in a transaction, again after a serialization failure or a deadlock, at most `attempts` times.
void retry(Database& db, Isolation isolation, const std::function<void()>& work, int attempts = 10);

}  // namespace pgvista
