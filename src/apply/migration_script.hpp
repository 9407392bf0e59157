#pragma once
// Runs the statements that a migration's file says.

#include "apply/migrate.hpp"

namespace pgvista::apply {

/// One transaction's statements, or those of one script outside of any. Requires the project's search path.
class ScriptRunner {
 public:
  explicit ScriptRunner(db::Connection& connection) : connection_(connection) {}

  /// Throws Failure with the statement's place in the migration's file.
  void run(const migrate::Migration& migration, const migrate::Script& script);

  /// PostgreSQL refuses to change a table while deferred triggers wait for rows that were changed before: they fire
  /// now, where rows were changed. Those that are deferred by their own definition are so again.
  void fire_deferred();

 private:
  db::Connection& connection_;
  bool changed_rows_ = false;  // since deferred triggers were last fired
};

/// A script that no transaction can hold. An index that a build left which was broken off is built anew, and `say` is
/// told; one that is whole was only not written down. Throws Failure where a name has no schema though `schema` (of the
/// project) is set, and where another index has the name.
void run_outside(db::Connection& connection, const migrate::Migration& migration, const migrate::Script& script,
                 const std::string& schema, const std::function<void(const std::string&)>& say);

}  // namespace pgvista::apply
