#pragma once
// The queries of tests/maintenance/queries.sql, and random statements over its schema.

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "support/workspace.hpp"

namespace pgvista::test {

struct MaintenanceCase {
  std::string name;
  std::string strategy;
  std::string query;
};

const std::vector<MaintenanceCase>& maintenance_cases();
std::string maintenance_schema();

/// The 22 queries of TPC-H, without their orders and limits, and its tables.
const std::vector<MaintenanceCase>& tpch_cases();
std::string tpch_schema();
/// Rows for them, of a scale: 1 makes 6,000,000 lines. The same rows each time.
std::string tpch_rows(const std::string& scale);
/// Changes of one row each, as `query`; $1, from 0 to 1, says which.
const std::vector<MaintenanceCase>& tpch_changes();

/// A view file for one case.
std::string maintained_view(const std::string& query, const std::string& mode, const std::string& more = {});

/// A statement, or several in one transaction, made from these numbers alone; zeros give the simplest one.
using Choices = std::vector<std::uint32_t>;
/// Without `truncates` there is no TRUNCATE, which empties a table even for older snapshots.
std::string random_statement(const Choices& choices, int server_major, bool truncates = true);

/// pgvista sync --create-indexes without what cannot be kept: that is refused with its reason, its file is taken away,
/// and the rest is made. Returns the names of those views. Throws std::runtime_error for any other error.
std::set<std::string> sync_without_refused(const Workspace& work);

/// What makes the installed functions take few rows for very many, and compute every second view of them as a whole.
const std::vector<std::pair<std::string, std::string>>& bulk_rewrites();

/// Texts in the installed functions are replaced by others; the number of functions that changed.
int rewrite_functions(db::Connection& connection, const std::vector<std::pair<std::string, std::string>>& replaced);

/// Brings all deferred views up to date, as pgvista watch does.
void drain_deferred(db::Connection& connection);

/// Views whose rows differ from their query, one line each; empty when all are equal. `views`: name -> query.
class Oracle {
 public:
  Oracle(db::Connection& connection, const std::vector<MaintenanceCase>& views);
  std::vector<std::string> differing();

 private:
  db::Connection& connection_;
  std::string sql_;
};

/// Views of which two rows have the same key for readers, one line each.
std::string ambiguous_keys(db::Connection& connection);

}  // namespace pgvista::test
