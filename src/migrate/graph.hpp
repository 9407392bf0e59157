#pragma once
// All migrations of a project: which depends on which, in what order they run, and the state that they lead to.

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "migrate/migration.hpp"
#include "tables/tables.hpp"

namespace pgvista::migrate {

/// The project as a row of migrations leaves it.
struct State {
  tables::Tables tables;
  std::map<sql::Name, Definition> views;

  explicit State(const std::string& default_schema = "public") : tables(default_schema) {}
};

/// Throws Failure (inconsistent_change), with the place in the migration's file.
void advance(State& state, const Migration& migration);
/// By its first operations alone.
void advance(State& state, const Migration& migration, int operations);
/// By one operation of it.
void advance(State& state, const Migration& migration, const Operation& operation);

/// What a database says of a migration.
struct Applied {
  std::string checksum;
  std::string at;  // ISO 8601
  double duration_ms = 0;
  int steps_done = -1;  // of one that is under way; -1: whole
  bool faked = false;
  bool whole() const { return steps_done < 0; }
};
using AppliedMap = std::map<std::string, Applied>;

/// Two ends of the graph that change the same views or tables.
struct Conflict {
  std::string left;
  std::string right;
  std::vector<std::string> objects;  // "view visits", "table page"
  std::string meeting;               // "0002_a takes from the table x, which a view of 0002_b reads"; or ""
};

class Graph {
 public:
  /// Migrations that replace others stand for these, or the other way round when only some of the replaced are applied.
  /// Throws Failure (missing_migration, migration_cycle).
  Graph(std::vector<Migration> migrations, const AppliedMap& applied);

  /// Dependencies first, then by name.
  const std::vector<const Migration*>& order() const { return order_; }
  const Migration* find(const std::string& id) const;
  const std::vector<std::string>& depends_on(const std::string& id) const { return depends_on_.at(id); }
  /// With itself.
  std::set<std::string> ancestors(const std::string& id) const;
  std::set<std::string> descendants(const std::string& id) const;
  std::vector<std::string> leaves() const;
  std::vector<Conflict> conflicts() const;
  /// Applied, also by way of all that a migration replaces.
  bool applied(const std::string& id) const;
  int steps_done(const std::string& id) const;
  /// Squashed ones whose replaced migrations are all applied, and that the database does not name itself.
  const std::vector<const Migration*>& implied() const { return implied_; }

  /// The state after all of them.
  State state(const std::string& default_schema) const;

 private:
  void choose(const AppliedMap& applied);
  void resolve_dependencies();
  void sort();

  std::vector<Migration> all_;
  AppliedMap applied_;
  std::map<std::string, std::vector<std::string>> depends_on_;
  std::map<std::string, std::string> replaced_by_;
  std::vector<const Migration*> order_;
  std::vector<const Migration*> implied_;
};

/// "view a", "table b": what a migration changes.
std::set<std::string> objects_of(const Migration& migration);

struct PathStep {
  const Migration* migration = nullptr;
  bool forwards = true;
};

/// What must run to get to `target`: "" is the end, "zero" before the first, otherwise a migration's id or its
/// beginning. Throws Failure (unknown_migration, exit 2; irreversible; conflicting_migrations).
std::vector<PathStep> path_to(const Graph& graph, const std::string& target);

/// The migration that is meant. Throws Failure (unknown_migration, ambiguous_migration; exit 2).
const Migration& named(const Graph& graph, const std::string& id);

Error conflict_error(const Conflict& conflict);

}  // namespace pgvista::migrate
