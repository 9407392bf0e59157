#include "catalog/maintenance_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analyze/tables.hpp"
#include "base/text.hpp"
#include "catalog/unstable_calls.hpp"

namespace pgvista::catalog {

using schema::ViewDefinition;

schema::Maintenance mode_of(const ViewDefinition& view) {
  return view.maintenance == schema::Maintenance::manual ? schema::Maintenance::immediate : view.maintenance;
}

ivm::TableFact store_fact(const sql::Name& store, std::vector<ivm::ColumnFact> columns,
                          const std::vector<std::string>& key) {
  ivm::TableFact fact;
  fact.name = store;
  fact.kind = 's';
  fact.columns = std::move(columns);
  const bool visible = !key.empty() && std::all_of(key.begin(), key.end(), [&](const std::string& name) {
    return fact.column(name) != nullptr;
  });
  if (visible) fact.indexed.push_back(key.front());
  return fact;
}

bool has_tail(const sql::Select& visible) {
  const auto plain = [](const sql::Target& target) {
    const auto* ref = target.value->as<sql::ColumnRef>();
    return ref && ref->parts.back() == target.alias;
  };
  return visible.from.size() != 1 || !visible.from.front().as<sql::TableRef>() || visible.where || visible.limit ||
         visible.offset || !std::all_of(visible.targets.begin(), visible.targets.end(), plain);
}

std::string storage_texts(const ViewDefinition& view) {
  std::string out;
  for (const schema::IndexDefinition& index : view.indexes) out += schema::index_text(index) + index.name + "\n";
  for (const auto& [name, value] : view.storage) out += name + "=" + value + "\n";
  return out;
}

sql::Select rows_of(const sql::Name& store) {
  sql::Select out;
  sql::TableRef ref;
  ref.schema = store.schema;
  ref.name = store.name;
  out.targets.push_back({"", sql::Expr{sql::ColumnRef{{}, true, {}}}, {}});
  out.from.push_back(sql::FromItem{std::move(ref)});
  return out;
}

ivm::Settings settings_of(const ViewDefinition& view, ivm::Settings defaults) {
  for (auto& [name, value] : defaults) {
    if (const auto own = view.settings.find(name); own != view.settings.end()) value = own->second;
  }
  return defaults;
}

std::vector<std::string> trusted_by(const ViewDefinition& view, const MaintenanceDefaults& defaults) {
  std::vector<std::string> out = view.trust;
  out.insert(out.end(), defaults.trust.begin(), defaults.trust.end());
  return out;
}

namespace {

// Why the server does not take the value; "": it does.
std::string refusal(db::Connection& connection, const std::string& name, const std::string& value) {
  const db::Transaction undone(connection);
  try {
    connection.query("SELECT pg_catalog.set_config($1, $2, true)", {name, value});
    return {};
  } catch (const db::QueryFailure& failure) {
    if (connection.lost()) throw;
    return failure.error().message;
  }
}

Error no_function(const std::string& name) {
  Error out;
  out.code = "unknown_function";
  out.message = fmt::format("there is no function {}", name);
  out.hint = "Write it as \"schema.function\", as the database has it.";
  return out;
}

}  // namespace

namespace {

bool leads_to(const ivm::Facts& facts, const sql::Select& query, const sql::Name& wanted) {
  std::set<sql::Name> seen;
  std::vector<const sql::Select*> open = {&query};
  while (!open.empty() && !seen.contains(wanted)) {
    const sql::Select& next = *open.back();
    open.pop_back();
    analyze::for_each_table(next, [&](const sql::TableRef& ref) {
      const sql::Select* const inner = facts.view(ref.schema, ref.name);
      if (seen.insert({ref.schema, ref.name}).second && inner) open.push_back(inner);
    });
  }
  return seen.contains(wanted);
}

}  // namespace

void leave_out_circles(ivm::Facts& facts) {
  const auto views = facts.views;
  for (const auto& [name, query] : views) {
    if (!leads_to(facts, query, name)) continue;
    ivm::TableFact fact;
    fact.name = name;
    fact.kind = 'v';
    fact.obstacle = fmt::format("\"{}\" reads itself, directly or through other views", name.display());
    facts.views.erase(name);
    facts.tables[name] = std::move(fact);
  }
}

std::vector<Error> header_errors(db::Connection& connection, const ViewDefinition& view) {
  std::vector<Error> out;
  for (const auto& [name, value] : view.settings) {
    const std::string why = refusal(connection, name, value);
    if (why.empty()) continue;
    Error& error = out.emplace_back();
    error.code = "invalid_value";
    error.message = why;
    error.hint = "Give a value that SET " + name + " takes.";
    schema::locate_key(error, view, view.places.contains("settings") ? "settings" : "timezone");
  }
  for (const std::string& name : names_of_no_function(connection, view.trust)) {
    out.push_back(no_function(name));
    schema::locate_key(out.back(), view, "trust");
  }
  return out;
}

std::vector<Error> trust_errors(db::Connection& connection, const MaintenanceDefaults& defaults) {
  std::vector<Error> out;
  for (const std::string& name : names_of_no_function(connection, defaults.trust)) {
    out.push_back(no_function(name));
    out.back().file = "pgvista.toml";
    out.back().message += ", which [maintenance] trust names";
  }
  return out;
}

}  // namespace pgvista::catalog
