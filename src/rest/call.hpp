#pragma once
// Functions: /rpc/name.

#include "rest/plan.hpp"
#include "rest/read.hpp"

namespace pgvista::rest {

/// Chooses the function by its name and the names of the arguments, and fills in the plan. Throws Refusal (PGRST202,
/// PGRST203).
void plan_call(const Model& model, const Settings& settings, const Request& request, const std::string& name,
               Plan& plan);

}  // namespace pgvista::rest
