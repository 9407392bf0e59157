#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analyze/tables.hpp"
#include "apply/survey.hpp"
#include "catalog/declared.hpp"
#include "catalog/function_bodies.hpp"
#include "catalog/read.hpp"
#include "sql/visit.hpp"

namespace pgvista::apply {

std::vector<std::string> names_in(const std::vector<schema::ViewDefinition>& views) {
  std::set<std::string> names;
  for (const schema::ViewDefinition& view : views) {
    names.insert(view.name.name);
    for (const schema::IndexDefinition& index : view.indexes) names.insert(schema::index_name(view, index));
    analyze::for_each_table(view.tree, [&](const sql::TableRef& ref) { names.insert(ref.name); });
  }
  return {names.begin(), names.end()};
}

analyze::ViewGraph order_in(const schema::Database& database, const std::vector<schema::ViewDefinition>& views,
                            const std::string& schema) {
  std::vector<std::string> path = database.search_path;
  // A default schema that sync is to create.
  if (!schema.empty() && std::find(path.begin(), path.end(), schema) == path.end()) path.insert(path.begin(), schema);
  return analyze::order_views(views, path, [&](const sql::Name& name) { return database.find(name) != nullptr; });
}

namespace {

// Texts of what is to be made anew: of strangers their query, of all their indexes. To read them PostgreSQL locks the
// view for a moment; a plan does without where that is not to be had at once, and says what it knows.
void read_texts(db::Connection& connection, const plan::Input& input, schema::Database& database,
                const std::vector<schema::Oid>& detailed, bool needed, const Limits& limits) {
  std::vector<schema::Oid> strangers;
  for (const schema::Oid oid : detailed) {
    const bool managed = std::any_of(input.views.begin(), input.views.end(), [&](const auto& view) {
      const schema::Relation* live = catalog::live_of(database, view);
      return live && live->oid == oid;
    });
    if (!managed && database.relations.at(oid).definition.empty()) strangers.push_back(oid);
  }
  try {
    db::Transaction transaction(connection);
    connection.execute("SET LOCAL lock_timeout = " + sql::quote_literal(needed ? limits.lock_timeout : "100ms"));
    catalog::read_definitions(connection, database, strangers);
    catalog::read_index_definitions(connection, database, detailed);
    transaction.commit();
  } catch (const db::QueryFailure& failure) {
    if (needed || connection.lost() || failure.error().exit != ExitCode::locked) throw;
  }
}

// What another project made is not this one's to change.
void add_foreign(const schema::Database& database, const std::vector<schema::ViewDefinition>& views,
                 const std::string& project, catalog::Meanings& meanings) {
  for (std::size_t i = 0; i < views.size(); ++i) {
    const schema::ViewDefinition& view = views[i];
    const auto renamed = database.renames.find(view.name);
    const auto other = database.foreign.find(renamed == database.renames.end() ? view.name : renamed->second);
    if (other == database.foreign.end() || view.borrowed) continue;
    Error error;
    error.code = "other_project";
    error.message = fmt::format("\"{}\" belongs to the project \"{}\"; this one is \"{}\"", view.name.display(),
                                other->second, project);
    error.hint =
        "Give the view another name or schema. Is it the same project? Then say its name in both: [project] name in "
        "pgvista.toml.";
    schema::locate_key(error, view, "name");
    meanings.errors.push_back(std::move(error));
    meanings.views[i].known = false;
  }
}

// Of what they define and read, through functions that can be looked into.
std::vector<std::string> names_of(db::Connection& connection, const std::vector<schema::ViewDefinition>& views) {
  std::vector<std::string> out = names_in(views);
  std::set<std::string> functions;
  const bool any = std::any_of(views.begin(), views.end(), schema::maintained);
  for (const schema::ViewDefinition& view : any ? views : std::vector<schema::ViewDefinition>{}) {
    sql::each<const sql::FunctionCall>(view.tree, [&](const sql::FunctionCall& call) {
      if (!call.name.empty()) functions.insert(call.name.back());
    });
  }
  if (functions.empty()) return out;
  for (std::string& name : catalog::names_read_by(connection, {functions.begin(), functions.end()}))
    out.push_back(std::move(name));
  return out;
}

// As if they were still there: what they had is given to those that take their places.
void put_back(schema::Database& database, const std::vector<schema::Relation>& taken) {
  for (const schema::Relation& relation : taken) {
    if (database.find(relation.name)) continue;
    database.by_name[relation.name] = relation.oid;
    database.relations[relation.oid] = relation;
  }
}

}  // namespace

Survey survey(db::Connection& connection, const Project& project, const plan::Options& options, const Limits& limits,
              const SurveyNeeds& needs) {
  // Behind a pooler a search path holds for a transaction alone.
  std::optional<db::Transaction> whole;
  if (!connection.prelude().empty() && !connection.in_transaction()) whole.emplace(connection);
  Survey out;
  out.database = catalog::read_database(connection, names_of(connection, project.views));
  if (project.taken) put_back(out.database, *project.taken);
  catalog::claim_renames(out.database, project.views);
  out.graph = order_in(out.database, project.views, project.schema);
  out.meanings =
      catalog::understand(connection, out.database, project.views, out.graph, {needs.all_indexes, limits.lock_timeout});
  add_foreign(out.database, project.views, connection.project(), out.meanings);
  std::vector<Error> declared = catalog::check_declared(connection, project.views, out.meanings);
  out.meanings.errors.insert(out.meanings.errors.end(), std::make_move_iterator(declared.begin()),
                             std::make_move_iterator(declared.end()));
  out.maintenance =
      catalog::compile_maintained(connection, out.database, project.views, out.graph, out.meanings,
                                  {options.create_indexes, false, {}, project.maintenance, options.recompile});
  const plan::Input input{project.views, out.graph, out.database, out.meanings, out.maintenance};
  std::vector<schema::Oid> detailed = plan::relations_to_detail(input, options);
  std::erase_if(detailed, [&](schema::Oid oid) { return out.database.relations.at(oid).taken; });
  catalog::read_details(connection, out.database, detailed);
  if (!detailed.empty()) read_texts(connection, input, out.database, detailed, needs.texts, limits);
  out.plan = plan::make_plan(input, options);
  return out;
}

}  // namespace pgvista::apply
