#pragma once
// Writes of a row together with those that belong to it: {"name": "x", "door": {"connect": {"id": 3}},
// "windows": {"create": [{…}]}, "beds": {"replace": [{"id": 1}]}}. docs/serving.md tells the words.

#include "rest/body.hpp"
#include "rest/plan.hpp"

namespace pgvista::rest {

struct NestedWrite {
  const Model& model;
  const Body& body;
  const Selection& selection;
  std::vector<std::string> key;  // of the row in the URL; empty where filters choose it
};

/// If the body speaks of relationships: fills in the plan's statements, to be sent in one flush, and returns true. One
/// statement tells the next the keys that it made by settings of the transaction. Throws Refusal.
bool plan_nested(const NestedWrite& write, const Settings& settings, Plan& plan);

}  // namespace pgvista::rest
