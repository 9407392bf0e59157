#pragma once
// What happens to a database with maintained views between two writes, at random: renames, drops with CASCADE, detached
// parts, prepared transactions, old snapshots, other projects, dumps that are restored, views that come while others
// write.

#include "support/maintenance_cases.hpp"

namespace pgvista::test {

/// What an event is, by its first number; the others say which table, view, statement.
enum class LifeEvent : std::uint32_t {
  changes,
  settings,
  prepared,
  old_snapshot,
  rename,
  drop,
  part,
  disabled,
  another_project,
  beside_writers,
  paused,
  another_mode,
  changed_table,
  labels,
  restored
};

/// All from numbers, so that a failure shrinks.
struct LifeStory {
  Choices schema;                    // also says which names are awkward
  std::vector<std::uint32_t> views;  // of tests/maintenance/queries.sql
  std::vector<Choices> queries;      // made at random
  std::vector<Choices> events;       // 18 numbers each
  bool restores = false;             // with dumps and restores: needs pg_dump
};

/// A text of the installed functions, and what it is replaced by: to see that its being missing is found. Empty:
/// nothing is.
struct Mutation {
  std::string from;
  std::string to;
};

/// Lives through the story. After each statement a view that is called kept equals its query; no statement fails inside
/// a view's maintenance; and sync brings back whatever was lost. The first failure, as a script; "" when all was well.
std::string live(const LifeStory& story, const Mutation& mutation = {});

}  // namespace pgvista::test
