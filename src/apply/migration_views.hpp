#pragma once
// The views' part of a migration: the same planner and steps as those of sync.

#include <set>

#include "apply/migrate.hpp"
#include "apply/take_away.hpp"

namespace pgvista::apply {

/// What of the project's views a migration is to bring about.
struct ViewGoal {
  std::vector<sql::Name> make;  // to be as `state` says
  std::vector<sql::Name> drop;
  std::set<sql::Name> created;  // of `make`: not there before, so what has the name is a stranger
  std::map<sql::Name, sql::Name> renamed_from;
  std::vector<schema::Relation> taken;
};

/// The views of a state that a goal can touch: those named, what they read, and what reads any of these.
std::vector<schema::ViewDefinition> views_around(const migrate::State& state, const ViewGoal& goal);

/// Views of the state that read one of these relations, directly or through others.
std::vector<sql::Name> readers_of(const migrate::State& state, const std::set<sql::Name>& tables);

}  // namespace pgvista::apply
