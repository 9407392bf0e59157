#pragma once
// Functions that are declared volatile or stable, and whose body says otherwise: it reads nothing but its arguments.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "db/connection.hpp"
#include "ivm/values/facts.hpp"

namespace pgvista::catalog {

class FunctionProver {
 public:
  /// `trusted`: functions ("schema.function") that are taken to depend on their arguments alone.
  FunctionProver(db::Connection& connection, std::vector<std::string> trusted)
      : connection_(connection), trusted_(std::move(trusted)) {}

  /// What the result of a function in SQL or PL/pgSQL depends on beside its arguments: trusted, nothing; settings, on
  /// these alone; refused, on something else, or nobody can tell. Looked at once. Makes a temporary view and takes it
  /// back.
  ivm::UnstableCall::Kind of(const std::string& oid);

 private:
  ivm::UnstableCall::Kind looked_into(const std::string& oid);

  db::Connection& connection_;
  std::vector<std::string> trusted_;
  std::map<std::string, ivm::UnstableCall::Kind> known_;
};

}  // namespace pgvista::catalog
