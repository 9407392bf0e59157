#pragma once
// What a request's transaction begins with: its role, claims and search path, and what the database's code may read of
// the request.

#include "server/exchange.hpp"

namespace pgvista::server {

class TransactionSettings {
 public:
  explicit TransactionSettings(const project::ServerSettings& settings) : settings_(settings) {}
  /// Most requests are made by a few roles: neighbours of one get the same statement. Requires the exchange's plan.
  StatementPtr of(const Exchange& exchange);

 private:
  const project::ServerSettings& settings_;
  std::pair<std::string, StatementPtr> last_;  // what it was made of, and it
};

}  // namespace pgvista::server
