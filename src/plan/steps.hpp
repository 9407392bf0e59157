#pragma once
// One kind of step a file. Each turns a subject into a step with its SQL, or into nothing.

#include <optional>

#include "plan/subject.hpp"

namespace pgvista::plan {

/// What all steps of a plan share.
struct Context {
  const Input& input;
  const Options& options;
  std::map<sql::Name, sql::Name> beside;  // final name -> the name it has while others are built
};

// create.cpp, replace.cpp, swap.cpp, recreate.cpp
Step create_step(const Context& context, const Subject& subject);
Step replace_step(const Context& context, const Subject& subject);
Step swap_step(const Context& context, const Subject& subject);
Step recreate_step(const Context& context, const Subject& subject);
// alter.cpp, index.cpp, rename.cpp, populate.cpp, adopt.cpp, drop.cpp
std::optional<Step> alter_step(const Context& context, const Subject& subject);
std::optional<Step> index_step(const Context& context, const Subject& subject, Plan& plan);
Step rename_step(const Context& context, const Subject& subject);
std::optional<Step> populate_step(const Context& context, const Subject& subject);
Step adopt_step(const Context& context, const Subject& subject);
/// Views of the ledger whose definition is gone: strays, or steps with --prune.
void drop_steps(const Context& context, const Subjects& subjects, Plan& plan);

// maintain.cpp
/// Is the program that keeps a maintained view the one that it should be? True for any other view.
bool program_fits(const Input& input, const Subject& subject);
/// What a maintained view selects from its store; null for any other view. `storage` may be used for it.
const sql::Select* visible_query(const Input& input, const Subject& subject, sql::Select& storage);
/// Builds the program of a maintained view, and notes those to be taken away. Call before the view itself is made.
void add_program(Step& step, const Context& context, const Subject& subject);
/// Nobody writes to a maintained view.
void add_read_only(Step& step, const Subject& subject, Phase phase, const sql::Name& name);
/// Programs whose view is neither there nor defined any more: their triggers would only stand in the writers' way.
void orphan_steps(const Context& context, Plan& plan);
/// Where a maintained view's declared indexes alone have changed.
std::optional<Step> store_index_step(const Context& context, const Subject& subject);
/// Indexes on base tables that the maintenance looks rows up by.
void missing_index_steps(const Context& context, Plan& plan);
std::vector<Lacking> lacking_indexes(const Input& input);
std::optional<Step> leftover_step(const Context& context, const Subject& subject);
std::vector<std::string> removal_sql(const catalog::InstalledProgram& gone,
                                     const std::vector<catalog::InstalledProgram>& staying,
                                     const std::map<sql::Name, std::vector<ivm::InstalledCapture>>& before);

// --- shared by them
// ---------------------------------------------------------------------------------------------------

/// VIEW or MATERIALIZED VIEW
const char* object_word(schema::Kind kind);
const char* object_word(char relkind);

/// The name an object is built under beside the live one, and the name the live one waits under for its drop.
sql::Name beside_name(const sql::Name& name);
sql::Name away_name(const sql::Name& name);

/// The query to create a subject with; under `beside`, references to views that are built beside go to these.
std::string query_text(const Context& context, const Subject& subject, bool beside);

/// CREATE [OR REPLACE] [MATERIALIZED] VIEW, with the options it is to have.
std::string create_sql(const Context& context, const Subject& subject, const sql::Name& as, bool or_replace,
                       bool beside);

/// Should the new object hold rows?
bool with_data(const Context& context, const Subject& subject);

/// Gives a new object under `name` everything that the live one has, as far as its columns are still there.
std::vector<std::string> restore_sql(const Context& context, const Subject& subject, const sql::Name& name);

/// Brings a view from what it has to what is declared; `live` null: from nothing. Without `options`: those that CREATE
/// takes (storage, tablespace, view options) are there already.
std::vector<std::string> declare_sql(const Context& context, const Subject& subject, const sql::Name& name,
                                     const schema::Relation* live, bool options = true);

/// One index under a passing name, with what the live one that it replaces (or null) has; `settle` gives it its name.
struct NewIndex {
  std::vector<std::string> make;
  std::vector<std::string> settle;
};
NewIndex new_index_sql(const sql::Name& view, const sql::Name& relation, const std::string& create,
                       const std::string& passing, const std::string& final_name, const schema::LiveIndex* live,
                       const std::optional<std::string>& comment);
std::string passing_index_name(const sql::Name& view, const std::string& name);

/// The indexes and extended statistics of a new object: made under passing names, to be settled once the old are gone.
struct Attached {
  std::vector<std::string> make;
  std::vector<std::string> settle;
  std::vector<std::string> lost;  // what the new object cannot have, and nobody asked to be without: "index by_day"
};
Attached attached_sql(const Context& context, const Subject& subject, const sql::Name& name);

/// The live index that a declared one stands for; null where none does.
const schema::LiveIndex* match_index(const Context& context, const Subject& subject, std::size_t declared);

}  // namespace pgvista::plan
