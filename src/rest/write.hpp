#pragma once
// INSERT, UPDATE, DELETE and upserts of a request.

#include "rest/plan.hpp"
#include "rest/read.hpp"

namespace pgvista::rest {

/// Fills in the plan's statements. Requires action, relation, preferences and media to be set.
void plan_write(const Model& model, const Settings& settings, const Request& request, const Selection& selection,
                const std::vector<std::string>& key_values, Plan& plan);

/// Throws Refusal (PGRST204).
const schema::ApiColumn& column_named(const schema::ApiRelation& relation, const std::string& name);

/// `t0.key = $n` of each column of the relation's key. Throws Refusal (PGRST125) where it has none or their number
/// differs.
std::vector<std::string> key_conditions(Statement& statement, const schema::ApiRelation& relation,
                                        const std::vector<std::string>& values);

}  // namespace pgvista::rest
