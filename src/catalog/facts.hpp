#pragma once
// What the maintenance compiler must know of this database.

#include "catalog/function_proofs.hpp"
#include "catalog/type_facts.hpp"
#include "db/connection.hpp"
#include "ivm/compile.hpp"
#include "ivm/values/facts.hpp"
#include "schema/live.hpp"

namespace pgvista::catalog {

/// Facts of all tables in `database` that are relations to read from, and of its functions; no answers yet.
ivm::Facts read_facts(db::Connection& connection, const schema::Database& database);

/// Adds how many rows the tables have, and values their columns, as ANALYZE last counted them.
void read_statistics(db::Connection& connection, const schema::Database& database, ivm::Facts& facts);

/// Asks the server what the compiler has to know of a query. The connection must outlive it.
class Asker {
 public:
  explicit Asker(db::Connection& connection)
      : connection_(connection), types_(connection), prover_(std::in_place, connection, trusted_) {}
  /// Names and types of the query's output columns.
  std::vector<ivm::ColumnFact> columns(const sql::Select& query);
  /// Adds the answer to the others. Makes a temporary view where calls are asked for, and takes it back.
  void answer(const ivm::Question& question, ivm::Answers& answers);
  /// Functions that are taken at the user's word from now on, as "schema.name".
  void trust(std::vector<std::string> functions) {
    if (functions == trusted_) return;
    trusted_ = std::move(functions);
    prover_.emplace(connection_, trusted_);
  }

 private:
  db::Connection& connection_;
  TypeReader types_;
  std::vector<std::string> trusted_;
  std::optional<FunctionProver> prover_;
};

/// What a session of the database begins with, unless its role, its client or itself say otherwise.
ivm::Settings default_settings(db::Connection& connection);

/// A fingerprint of the facts that a query depends on, as a compiler of that generation writes it down.
std::string facts_fingerprint(const ivm::Facts& facts, const sql::Select& query, int generation = ivm::generation);
/// The same as 0.1.0 wrote it down, for types that it knew rightly: whether one of its programs still fits.
std::string facts_fingerprint_of_0_1(const ivm::Facts& facts, const sql::Select& query);

}  // namespace pgvista::catalog
