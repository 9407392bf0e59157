#pragma once
// libpq behind a few values: a connection, rows, a transaction that rolls back unless committed.

#include <libpq-fe.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pgvista/error.hpp>

#include "db/answer.hpp"

namespace pgvista::db {

/// A failed statement. Beside the error: where in the statement (character from 0), if the server said.
class QueryFailure : public Failure {
 public:
  QueryFailure(Error error, std::optional<std::size_t> position) : Failure(std::move(error)), position_(position) {}
  std::optional<std::size_t> position() const { return position_; }

 private:
  std::optional<std::size_t> position_;
};

/// The rows of one result; text format. A cell is valid as long as the rows are.
class Rows {
 public:
  explicit Rows(PGresult* result) : result_(result, PQclear) {}

  int size() const { return PQntuples(result_.get()); }
  int columns() const { return PQnfields(result_.get()); }
  bool null(int row, int column) const { return PQgetisnull(result_.get(), row, column) != 0; }
  std::string_view at(int row, int column) const {
    return {PQgetvalue(result_.get(), row, column), static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
  }
  std::string text(int row, int column) const { return std::string(at(row, column)); }
  std::optional<std::string> optional(int row, int column) const;
  bool boolean(int row, int column) const { return at(row, column) == "t"; }
  long long integer(int row, int column) const;
  double number(int row, int column) const;
  /// A text[] without NULLs.
  std::vector<std::string> array(int row, int column) const;
  /// Rows that a command changed, or -1.
  long long affected() const;
  const PGresult* raw() const { return result_.get(); }

 private:
  std::unique_ptr<PGresult, decltype(&PQclear)> result_;
};

using Parameters = std::vector<std::optional<std::string>>;

/// The text of a PostgreSQL array literal.
std::string array_literal(const std::vector<std::string>& values);

class Connection {
 public:
  /// `url` is a libpq URL or keyword string; empty means libpq's own variables and defaults.
  /// Throws Failure (connection_failed, exit 5; server_too_old, exit 5). A password is never part of a message.
  explicit Connection(const std::string& url, const std::string& application = "pgvista");
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// One statement with parameters. Throws QueryFailure.
  Rows query(const std::string& sql, const Parameters& parameters = {});
  /// One or several statements without parameters. Throws QueryFailure.
  Rows execute(const std::string& sql);
  /// Several statements in one message, one round trip for all. Throws QueryFailure; `failed` then says which one it
  /// was (from 0). Nothing after a failed one runs.
  void execute_batch(const std::vector<std::string>& statements, std::size_t& failed);
  /// The output columns of a statement, without running it. Throws QueryFailure.
  Rows describe(const std::string& sql);

  /// A statement that something must be tried with, whatever comes of it: also after an interrupt, and not for long.
  void try_execute(const std::string& sql, const Parameters& parameters = {}) noexcept;
  /// From now on a server that is silent for longer loses the connection (connection_lost). Zero, as at the beginning:
  /// a statement may take as long as it does, while the server answers new sessions.
  void answer_within(std::chrono::milliseconds longest) { patience_.longest = longest; }

  int server_version() const { return PQserverVersion(connection_.get()); }
  int server_major() const { return server_version() / 10000; }
  bool in_transaction() const { return PQtransactionStatus(connection_.get()) != PQTRANS_IDLE; }
  bool lost() const { return PQstatus(connection_.get()) != CONNECTION_OK; }
  /// Statements sent since the connection was made: one round trip each.
  long long round_trips() const { return round_trips_; }
  /// SET LOCAL for the timeouts given, except where the connection's URL or PGOPTIONS already set one: those hold.
  /// Empty texts change nothing.
  void limit(const std::string& lock_timeout, const std::string& statement_timeout);

  /// A statement that every transaction begins with, in place of settings of the session: these do not hold behind a
  /// pooler that gives each transaction another one.
  void begin_with(std::string statement) { prelude_ = std::move(statement); }
  const std::string& prelude() const { return prelude_; }

  /// The project that speaks: what is recorded is marked by its name, and only that is seen of what is. "": all
  /// projects.
  void set_project(std::string name) { project_ = std::move(name); }
  const std::string& project() const { return project_; }

  /// Is there a pooler between? It hands out sessions that others had before and get again: nothing may be set, locked
  /// or prepared in one for longer than a transaction. The server is asked once.
  bool pooled();

  /// Where it is connected to, for messages: database, host and port, never a password.
  std::string description() const;
  const std::string& url() const { return url_; }
  PGconn* raw() { return connection_.get(); }
  /// The result of a statement sent through raw(), if it is one of success; else throws QueryFailure and clears it.
  PGresult* check(PGresult* result, const std::string& sql);

  void on_notice(std::function<void(std::string_view)> handler) { notice_ = std::move(handler); }

 private:
  Rows checked(PGresult* result, const std::string& sql);
  PGresult* answer(bool sent);

  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
  std::string url_;
  Patience patience_;
  std::optional<std::vector<std::string>> client_settings_;
  std::optional<bool> pooled_;
  long long round_trips_ = 0;
  std::string prelude_;
  std::string project_;
  std::function<void(std::string_view)> notice_;
};

/// The result if it is one of success; else throws QueryFailure and clears it.
PGresult* checked_result(PGconn* connection, PGresult* result, const std::string& sql);
/// The QueryFailure of a result that is none of success.
[[noreturn]] void throw_failure(PGconn* connection, const PGresult* result, const std::string& sql);
Error lost_connection(PGconn* connection);
/// Of an attempt to connect; without the URL's password.
Error connection_failure(PGconn* connection, const std::string& url);
/// Throws Failure (invalid_url) for what libpq would take for a database's name.
void check_scheme(const std::string& url);

/// What libpq is given to connect: defaults of ours, then the URL, which wins. Valid as long as both texts are.
struct ConnectWords {
  ConnectWords(const char* url, const char* application);
  std::array<const char*, 9> keywords;
  std::array<const char*, 9> values;
};

/// BEGIN now; ROLLBACK at the end of the scope unless commit() was called. Inside another one: a savepoint.
class Transaction {
 public:
  explicit Transaction(Connection& connection, const std::string& mode = {});
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();
  /// The COMMIT went in a batch.
  void committed() { open_ = false; }

 private:
  Connection& connection_;
  bool nested_ = false;
  bool open_ = true;
};

}  // namespace pgvista::db
