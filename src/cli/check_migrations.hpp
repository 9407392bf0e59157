#pragma once
#include <vector>

#include "cli/session.hpp"

namespace pgvista::cli {

struct MigrationFindings {
  std::vector<Error> errors;
  std::vector<Error> warnings;
  std::size_t pending = 0;  // migrations that the database has not had
};

/// Of a project that has migrations: do they fit together, do they say what the definitions say, were they changed
/// after they were applied? Never throws for what is in the files.
MigrationFindings check_migrations(Session& session);

}  // namespace pgvista::cli
