#pragma once
// Two or three sessions whose steps are run in every order, each step as far as locks let it.

#include <functional>
#include <string>
#include <vector>

#include "support/workspace.hpp"

namespace pgvista::test {

/// A story of several writers on one view.
struct Story {
  std::string name;
  std::string schema;                             // tables
  std::string query;                              // of the view, named "kept"
  std::string reset;                              // brings the tables to their first state
  std::vector<std::vector<std::string>> writers;  // the statements of each, in one transaction
  bool recompute_too = false;                     // an algebraic view is tried with strategy recompute as well
};

const std::vector<Story>& stories();

struct Finding {
  std::string story;
  std::string isolation;
  std::string order;
  std::string what;
};

/// Runs one story over an installed view in all orders, at one isolation level. A writer may fail with 40001, or with a
/// deadlock; whatever commits, the view must equal its query afterwards.
/// `after_step`: run after each step, however far the others are; what it returns is a finding.
std::vector<Finding> run_story(Workspace& work, const Story& story, const std::string& isolation,
                               const std::function<std::string()>& after_step = {});

}  // namespace pgvista::test
