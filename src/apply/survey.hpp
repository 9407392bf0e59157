#pragma once
// One look at a database, and what would be done to make it match.

#include <chrono>
#include <string>
#include <vector>

#include "db/connection.hpp"
#include "plan/plan.hpp"

namespace pgvista::apply {

struct Limits {
  std::string lock_timeout = "500ms";
  std::string statement_timeout;
  int lock_retries = 30;
  std::chrono::milliseconds wait_timeout = std::chrono::minutes(30);  // for another sync that is running
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

/// Tables and views by the names that definitions use, for the catalogue readers.
std::vector<std::string> names_in(const std::vector<schema::ViewDefinition>& views);

/// The order of the project's views as this database resolves their names.
analyze::ViewGraph order_in(const schema::Database& database, const std::vector<schema::ViewDefinition>& views,
                            const std::string& schema);

}  // namespace pgvista::apply
