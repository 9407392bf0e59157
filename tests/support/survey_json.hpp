#pragma once
// What was read of a database for a plan, as files hold it; and the plan cases of tests/golden/plans.

#include <string>

#include "apply/survey.hpp"
#include "support/golden.hpp"
#include "support/workspace.hpp"

namespace pgvista::test {

/// All but the plan itself, and what follows from the definitions.
std::string survey_text(const apply::Survey& survey);
/// `views`: the definitions that it was made for.
apply::Survey survey_of(const std::string& text, const std::vector<schema::ViewDefinition>& views);

/// tests/golden/plans, and tests/golden/plans_kept: those whose texts another major version of PostgreSQL has a part
/// in.
std::vector<GoldenCase> plan_cases();
/// The definitions of a case as they are to be planned, from a project in this folder.
std::vector<schema::ViewDefinition> definitions_of(const GoldenCase& golden, const TemporaryFolder& folder);
plan::Options options_of(const GoldenCase& golden);
/// With a section "fill beside" stores are filled while their writers go on, however small they are.
catalog::MaintenanceDefaults maintenance_of(const GoldenCase& golden);
/// Every step with its statements in their phases, the views, what is left, the errors.
std::string plan_text(const plan::Plan& plan);
/// Where what was read for a case, and its plan, are recorded: tests/golden/plan_steps.
std::filesystem::path recorded(const GoldenCase& golden, const std::string& extension);

}  // namespace pgvista::test
