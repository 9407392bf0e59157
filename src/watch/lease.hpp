#pragma once
// Who keeps a database's deferred views: one process at a time, by a row with a heartbeat. What guards the rows
// themselves is pgvista.deferred: of two that drain one view, the second fails with 40001.

#include <string>

#include "db/connection.hpp"

namespace pgvista::watch {

class Lease {
 public:
  /// `lasts`: milliseconds of silence after which another one may take over.
  explicit Lease(int lasts);

  /// Takes the lease, or renews it. False: somebody else has it.
  bool hold(db::Connection& connection);
  /// Lets the next one take it at once.
  void release(db::Connection& connection);

  /// "host:pid:number", as the row names it.
  const std::string& holder() const { return holder_; }
  /// Goes up with each that takes over.
  long long term() const { return term_; }

 private:
  std::string holder_;
  std::string lasts_;
  long long term_ = 0;
};

}  // namespace pgvista::watch
