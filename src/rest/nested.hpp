#pragma once
// Writes of a row together with those that belong to it: {"name": "x", "door": {"connect": {"id": 3}},
// "windows": {"create": [{…}]}, "beds": {"replace": [{"id": 1}]}}. docs/serving.md tells the words.

#include "rest/body.hpp"
#include "rest/plan.hpp"

namespace pgvista::rest {

/// If the body speaks of relationships: fills in the plan's statements, to be sent in one flush, and returns true. One
/// statement tells the next the keys that it made by settings of the transaction. Throws Refusal.
bool plan_nested(const Model& model, const Settings& settings, const Body& body, const Selection& selection, const std::vector<std::string>& key_values, Plan& plan);

}  // namespace pgvista::rest
