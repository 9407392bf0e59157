#pragma once
#include <string>
#include <sys/types.h>

#include "support/workspace.hpp"

namespace pgvista::test {

/// PgBouncer in transaction mode in front of one database, on a unix socket in a folder of its own; stopped at the end.
class PgBouncer {
 public:
  explicit PgBouncer(const std::string& url);
  ~PgBouncer();
  PgBouncer(const PgBouncer&) = delete;
  PgBouncer& operator=(const PgBouncer&) = delete;
  std::string url() const;

 private:
  TemporaryFolder folder_;
  std::string database_;
  pid_t pid_ = -1;
};

}  // namespace pgvista::test
