#include <algorithm>
#include <set>

#include "analyze/tables.hpp"
#include "apply/sync.hpp"
#include "catalog/read.hpp"

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

analyze::ViewGraph order_in(const schema::Database& database, const std::vector<schema::ViewDefinition>& views, const std::string& schema) {
  std::vector<std::string> path = database.search_path;
  // A default schema that sync is to create.
  if (!schema.empty() && std::find(path.begin(), path.end(), schema) == path.end()) path.insert(path.begin(), schema);
  return analyze::order_views(views, path, [&](const sql::Name& name) { return database.find(name) != nullptr; });
}

Survey survey(db::Connection& connection, const Project& project, const plan::Options& options, const Limits& limits, bool all_indexes) {
  Survey out;
  out.database = catalog::read_database(connection, names_in(project.views));
  out.graph = order_in(out.database, project.views, project.schema);
  out.meanings = catalog::understand(connection, out.database, project.views, out.graph, {all_indexes, limits.lock_timeout});
  const plan::Input input{project.views, out.graph, out.database, out.meanings};
  const std::vector<schema::Oid> detailed = plan::relations_to_detail(input, options);
  catalog::read_details(connection, out.database, detailed);
  std::vector<schema::Oid> undefined;
  for (const schema::Oid oid : detailed) {
    if (out.database.relations.at(oid).definition.empty()) undefined.push_back(oid);
  }
  catalog::read_definitions(connection, out.database, undefined);
  out.plan = plan::make_plan(input, options);
  return out;
}

}  // namespace pgvista::apply
