#pragma once
// Desired state against live state -> ordered steps with their SQL. Pure: values in, values out.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "analyze/order.hpp"
#include <pgvista/error.hpp>
#include "catalog/deferred.hpp"
#include "catalog/maintenance.hpp"
#include "schema/definition.hpp"
#include "schema/live.hpp"

namespace pgvista::plan {

enum class Action { create, replace, swap, recreate, alter, index, rename, populate, adopt, drop };
enum class Status { created, updated, exists, forced, adopted, dropped, force_required, refused };

const char* to_string(Action action);
const char* to_string(Status status);

/// When a statement runs. `apart` comes before all else, outside a transaction: indexes of base tables, built while
/// their writers go on. `bridge` comes next, in a transaction of its own (Fill); `build` comes first and holds no lock
/// that a reader waits for. `lock` to `names` is one transaction; `drop` and `settle` belong to it when nothing was
/// built, and follow in one of their own when something was: then readers wait for neither. `after` comes last, a
/// transaction a statement.
enum class Phase { apart, bridge, build, lock, rename, away, make, names, drop, settle, after };

struct Statement {
  std::string sql;
  Phase phase = Phase::make;
};

/// A store that is filled while writers go on: between the phases `bridge` and `build` the bridge's, behind `build`
/// that of a deferred program itself.
struct Fill {
  catalog::DeferredProgram program;
  std::vector<std::string> statements;
  std::vector<std::string> done;  // when it is filled
  std::set<sql::Name> stores =
      {};  // that a bridge fills: they change their names with it, and keep none of its triggers
};

struct Step {
  sql::Name view;
  Action action = Action::create;
  std::string reason;
  std::string diff;               // of the canonical texts, where a definition changed
  std::vector<std::string> lost;  // what others gave the view and the new one cannot have: "index by_day"
  schema::Oid live = 0;           // the object that has been there until now
  std::vector<Statement> statements;
  std::vector<ivm::MissingIndex> base_indexes = {};   // built in the phase `apart`
  std::optional<catalog::IndexChange> store_indexes;  // … and those of what keeps a maintained view
  std::vector<sql::Name> built;                       // objects that its build phase leaves beside the view
  std::optional<catalog::InstalledProgram> installs;  // what keeps a maintained view: built in the build phase
  std::optional<catalog::InstalledProgram> bridge;  // what fills it: installed in the bridge phase, gone with the build
  std::optional<Fill> fill;
  std::vector<catalog::InstalledProgram> removes;  // taken away in the drop phase
  std::vector<std::pair<schema::Oid, sql::Name>>
      replaced;  // old objects, under the names that they wait for their drop by
  std::string file;
};

struct ViewStatus {
  sql::Name name;
  Status status = Status::exists;
};

struct Stray {
  std::string kind;  // "view", "materialized view", "index"
  sql::Name name;
};

/// A change of the table looks rows up for the view by reading all of it.
struct Lacking {
  sql::Name view;
  catalog::LackingIndex index;
};

struct Plan {
  std::vector<ViewStatus> views;
  std::vector<Step> steps;
  std::vector<std::size_t> closing;  // in which order the steps drop what was there, and lock it: readers first
  std::vector<Stray> strays;
  std::vector<Error> errors;
  bool blocked = false;                // an error is more than that of single views: nothing may be applied
  std::vector<sql::Name> refresh_due;  // to be refreshed after the transaction
  std::map<sql::Name, std::vector<std::string>> index_names;  // final names, as declared in each view
  bool recorded_only = false;
  std::vector<Lacking> lacking;  // indexes that would pay; none with create_indexes

  bool pending() const { return !steps.empty(); }
};

struct Options {
  bool force = false;
  bool adopt = false;
  bool prune = false;
  bool create_indexes = false;       // those that base tables lack for the maintenance
  std::vector<sql::Name> only = {};  // empty: all views of the project
  std::vector<sql::Name> drop = {};  // views of the ledger to be dropped, whatever else is asked for
  std::vector<sql::Name> ours = {};  // known to be the project's, also when the ledger does not say so
  bool all_or_nothing = false;       // one view that is refused stops all
  bool recompile = false;            // what keeps views is made anew where an older compiler made it
};

/// Requires `meanings` of `views` for `database`, whose relations that are to be made anew have their details.
struct Input {
  const std::vector<schema::ViewDefinition>& views;
  const analyze::ViewGraph& graph;
  const schema::Database& database;
  const catalog::Meanings& meanings;
  const catalog::Maintenance& maintenance;
};

/// The live relations whose full text and details `make_plan` needs: those that it would make anew or re-point.
std::vector<schema::Oid> relations_to_detail(const Input& input, const Options& options);

/// The numbers of the steps in the order in which what they replace can go: what read something goes before it. The new
/// definitions do not tell, as a dependency may have turned round.
std::vector<std::size_t> closing_order(const std::vector<Step>& steps, const schema::Database& database);

/// Adds the statements for the triggers of base tables to all steps that install or remove programs. `closing`: the
/// order of their drops.
void add_triggers(std::vector<Step>& steps, const std::vector<std::size_t>& closing,
                  std::vector<catalog::InstalledProgram> installed);

/// Writers write to what is to go until that is committed, each in an order of its own: where they are kept away from
/// the tables first, no deadlock can come of the rest. Nothing where no table is concerned.
std::vector<std::string> keep_writers_away(const std::vector<catalog::InstalledProgram>& gone);

/// What takes an installed program away, when those in `installed` are all that there are; takes it out of the list.
std::vector<std::string> removal_sql(const catalog::InstalledProgram& gone,
                                     std::vector<catalog::InstalledProgram>& installed);

Plan make_plan(const Input& input, const Options& options);

}  // namespace pgvista::plan
