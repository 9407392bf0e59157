#pragma once
// Maintained views: what is installed for them, and what their queries compile to in this database.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "catalog/meaning.hpp"
#include "db/connection.hpp"
#include "catalog/index_change.hpp"
#include "ivm/compile.hpp"
#include "ivm/triggers/dispatch.hpp"
#include "schema/definition.hpp"
#include "schema/live.hpp"

namespace pgvista::catalog {

/// A row of pgvista.program.
struct InstalledProgram {
  sql::Name view;
  std::string name;
  std::string mode;
  std::string strategy;
  int level = 0;
  sql::Name store;
  std::vector<std::string> key;
  std::vector<ivm::InstalledCapture> captures;
  std::vector<std::string> removal;
  std::vector<std::string> repair;
  ivm::Settings settings;   // under which it computes
  std::string facts;        // fingerprint of what it was compiled from
  std::string anchor_text;  // of the anchor view when it was made: a renamed column changes it
  std::string visible;      // what the view of the user's name selects
  bool store_exists = true;
  bool shown = true;  // does the view of its name read its store? false: one that was made beside, and never exchanged
  bool filling = false;     // its rows have not been computed to the end yet
  bool restored = false;    // its store is not the one that was filled: it came from a dump
  std::string state;        // "": it is kept; "stale": put aside after an error; "paused": by hand
  std::string stopped_why;  // the error, where this role may read it
  int generation = 1;       // of the compiler that made it
  std::string compiled_by;  // which pgvista that was
  std::string content;      // a hash of all that it installed; "" where nobody wrote it down
  int server_major = 0;     // of the PostgreSQL that spelled its query; 0: nobody wrote it down
  std::vector<ivm::MissingIndex> missing_indexes;  // when it was made
  std::string watched;                             // what it depends on without being told, when it was made
  std::vector<std::string> outgrown;  // base tables of which the statistics are others since the way was chosen
  std::optional<ivm::Clock> clock;    // nullopt: its rows depend on no time
  double rows = -1;                   // the server's estimate
  long long size = 0;
};

/// An index that a table lacks for the maintenance, and what looking up the rows of one value costs, in the planner's
/// own units (a page read in order is 1); nothing where the table was never counted (ANALYZE).
struct LackingIndex {
  ivm::MissingIndex index;
  std::optional<double> without;
  std::optional<double> with;
  bool invalid = false;  // there is one, which is being built, or was broken off: all writers keep it, nobody reads it
};

/// What a definition is to be kept by. Nothing of it is set for a view that is not maintained.
struct Maintained {
  std::optional<ivm::Program> program;  // compiled anew; empty when the installed one still fits
  // Large tables: what fills the store while their writers go on. A deferred program whose store has the same rows; for
  // a program that is deferred itself, `fills_itself`.
  std::optional<ivm::Program> bridge;
  bool fills_itself = false;
  const InstalledProgram* current = nullptr;  // the one that fits
  std::optional<IndexChange> indexes = {};    // `program` is `current` but for its declared indexes
  bool chosen_anew = false;                   // asked to choose again, it came to the same way
  bool moved = false;  // where it was compiled all the same: by the tables' statistics it would now be another
  std::string facts;
  std::vector<LackingIndex> lacking = {};
};

struct Maintenance {
  std::vector<InstalledProgram> installed;
  std::vector<Maintained> views;  // as the definitions
  std::vector<Error> errors;

  std::vector<const InstalledProgram*> of(const sql::Name& view) const;
};

std::vector<InstalledProgram> read_programs(db::Connection& connection, const schema::Database& database);

/// What a view is kept by whose definition does not say.
struct MaintenanceDefaults {
  std::string on_error = "fail";
  std::string stale_reads = "query";
  long long fill_beside =
      16'000'000;  // bytes of its tables from which on a view is filled while their writers go on; -1: never
  std::vector<std::string> trust = {};  // functions that are taken at the user's word, of all views
};

struct CompileOptions {
  bool always = false;  // compile also what is installed and fits, for explain
  bool manual = false;  // also views whose maintenance is manual: as if they were immediate
  std::vector<sql::Name> only = {};
  MaintenanceDefaults defaults = {};
  bool recompile = false;  // a program of an older compiler does not fit, nor one of other statistics
};

/// The program is another one by its declared indexes alone: what its row in pgvista.program says of them.
std::string program_indexes_sql(const ivm::Program& program);

/// Compiles the maintained definitions whose meaning is known, those first that others read.
Maintenance compile_maintained(db::Connection& connection, const schema::Database& database,
                               const std::vector<schema::ViewDefinition>& views, const analyze::ViewGraph& graph,
                               const Meanings& meanings, const CompileOptions& options = {});

/// The program of this name as it stands in the ledger. nullopt: it is of a version that wrote none down.
std::optional<ivm::Program> read_program(db::Connection& connection, const std::string& name);

/// INSERT of the program's row. `name`: of the view, which a rename may change.
std::string program_row_sql(const schema::ViewDefinition& view, const sql::Name& name, const ivm::Program& program,
                            const std::string& facts);

/// As pgvista.program keeps them.
std::string settings_text(const ivm::Settings& settings);

/// Writes down that an installed program is also what these facts come to.
/// The way that keeps it was chosen by the statistics that there are now.
void note_statistics(db::Connection& connection, const std::string& program);
void set_program_facts(db::Connection& connection, const std::string& program, const std::string& facts);

/// The name of the view that keeps the columns of a program's base tables from being dropped.
sql::Name anchor_name(const std::string& program);

/// What is wrong with what keeps a view, for people: missing or disabled triggers, attached partitions, renamed
/// columns. Reads once for all; requires the ledger.
class HealthReader {
 public:
  explicit HealthReader(db::Connection& connection);
  std::vector<std::string> of(const InstalledProgram& program) const;

 private:
  using CapturesByTable = std::map<sql::Name, std::vector<ivm::InstalledCapture>>;
  void add_unheard_parts(const sql::Name& table, const CapturesByTable& heard, std::vector<std::string>& out) const;

  int server_major_;
  std::map<sql::Name, std::map<std::string, char>> triggers_;  // table -> trigger -> pg_trigger.tgenabled
  std::map<sql::Name, std::vector<sql::Name>> parts_;
  std::map<sql::Name, std::string> anchors_;
  std::map<sql::Name, std::set<sql::Name>> reads_;           // anchor -> the tables that it names
  std::map<sql::Name, std::vector<std::string>> forbidden_;  // anchor -> what its owner may not read
  std::map<std::string, std::string> watched_;               // program -> what it depends on now
  std::set<std::string> missed_;                             // programs that may not have heard of every change
};

/// "compiled by 0.1; sync --recompile", of a program that an older compiler made: it stays valid. "" of others.
std::string compiled_before(const InstalledProgram& program);

/// Why a definition cannot be maintained, as one error with every reason, at the node of the first; where that stands
/// in a view that the query reads, at the name of that one.
Error not_maintainable(const schema::ViewDefinition& view, const ivm::Program& program, const ivm::Facts& facts);

}  // namespace pgvista::catalog
