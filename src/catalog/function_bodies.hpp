#pragma once
// Functions in SQL that a query calls, and what they stand for.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/connection.hpp"
#include "ivm/values/facts.hpp"

namespace pgvista::catalog {

/// Names of relations that functions in SQL of these names may read.
std::vector<std::string> names_read_by(db::Connection& connection, const std::vector<std::string>& functions);

/// Functions that queries call and that can be looked into: in SQL, not declared immutable, with the rights and
/// settings of their caller.
class FunctionReader {
 public:
  explicit FunctionReader(db::Connection& connection) : connection_(connection) {}

  /// A text that is another one when one of the functions that this query calls is another one; "" of none.
  std::string texts(const sql::Select& query);
  /// What those of them stand for, through what they call; those that cannot be told are left out. Makes temporary
  /// views and takes them back.
  std::map<ivm::FunctionKey, ivm::SqlFunction> bodies(const sql::Select& query);

 private:
  struct Found {
    ivm::FunctionKey key;
    std::string oid;
    std::string source;
  };
  std::vector<Found> called_by(const sql::Select& query);
  std::optional<ivm::SqlFunction> body_of(const Found& function);

  db::Connection& connection_;
  std::map<ivm::FunctionKey, std::optional<Found>> known_;
};

}  // namespace pgvista::catalog
