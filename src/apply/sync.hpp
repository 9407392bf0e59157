#pragma once
// Makes the database match: reads, plans, and runs the plan so that a failure leaves the database as it was.

#include <functional>
#include <string>

#include "db/connection.hpp"
#include "plan/plan.hpp"

namespace pgvista::apply {

struct Limits {
  std::string lock_timeout = "500ms";
  std::string statement_timeout;
  int lock_retries = 30;
};

/// What a person may want to see meanwhile.
struct Watcher {
  std::function<void(const std::string&)> message = [](const std::string&) {};
  /// Before a materialized view is filled; `expected_ms` is the median of former runs, an estimate. And after it.
  std::function<void(const sql::Name&, std::optional<double> expected_ms)> filling = [](const sql::Name&,
                                                                                        std::optional<double>) {};
  std::function<void(const sql::Name&)> filled = [](const sql::Name&) {};
  /// How long the exchanging message took: the locks were held for less.
  std::function<void(double milliseconds)> exchanged = [](double) {};
  std::function<void(const plan::Step&, double milliseconds)> finished = [](const plan::Step&, double) {};
};

/// Everything that one look at the database gave, and the plan made from it.
struct Survey {
  schema::Database database;
  analyze::ViewGraph graph;
  catalog::Meanings meanings;
  catalog::Maintenance maintenance;
  plan::Plan plan;
};

struct Project {
  const std::vector<schema::ViewDefinition>& views;
  std::string schema;                                    // put in front of the search path; may be empty
  const std::vector<schema::Relation>* taken = nullptr;  // away at the moment: to be made again
  catalog::MaintenanceDefaults maintenance = {};
};

struct SurveyNeeds {
  bool all_indexes = false;  // understand every declared index, for check
  bool texts = false;        // wait for the texts of what is to be made anew, for sync
};

/// What would be done. Needs to own nothing, and waits for no lock on a live view.
Survey survey(db::Connection& connection, const Project& project, const plan::Options& options,
              const Limits& limits = {}, const SurveyNeeds& needs = {});

/// Does it. Throws Failure when something refused or failed; then nothing is changed.
/// The returned survey is the one that was applied; its plan's `errors` is not empty when it was refused.
Survey sync(db::Connection& connection, const Project& project, const plan::Options& options, const Limits& limits,
            const Watcher& watcher);

/// The same inside the transaction that is open: all in it, nothing side by side.
Survey sync_within(db::Connection& connection, const Project& project, const plan::Options& options,
                   const Limits& limits, const Watcher& watcher);

/// As a part of something larger: its caller holds the lock, and `record` runs in the transaction that ends the work.
Survey sync_as_part(db::Connection& connection, const Project& project, const plan::Options& options,
                    const Limits& limits, const Watcher& watcher, const std::function<void()>& record);

/// Drops what a run that was broken off left beside the views. The caller holds the lock.
void clean_leftovers(db::Connection& connection, const Limits& limits, const Watcher& watcher);

/// The name of the lock that one sync, or one migration, holds at a time.
inline constexpr const char* sync_lock = "pgvista sync";

/// Tables and views by the names that definitions use, for the catalogue readers.
std::vector<std::string> names_in(const std::vector<schema::ViewDefinition>& views);

/// The order of the project's views as this database resolves their names.
analyze::ViewGraph order_in(const schema::Database& database, const std::vector<schema::ViewDefinition>& views,
                            const std::string& schema);

}  // namespace pgvista::apply
