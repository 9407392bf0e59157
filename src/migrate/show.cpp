#include "migrate/show.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "sql/index.hpp"
#include "sql/table.hpp"

namespace pgvista::migrate {

namespace {

using schema::ViewDefinition;

std::string object_word(const ViewDefinition& view) { return schema::object_kind(view) == schema::Kind::materialized ? "MATERIALIZED VIEW" : "VIEW"; }

// Its query and what is declared beside it, as one would write it by hand.
std::string creation(const ViewDefinition& view) {
  const bool maintained = schema::maintained(view);
  std::string query(trim(view.query));
  while (query.ends_with(';')) query.pop_back();
  std::string out;
  if (maintained) out += fmt::format("-- kept by triggers (maintenance = \"{}\"): a table with these rows behind a view; pgvista explain {} --sql shows all of it\n", schema::to_string(view.maintenance), view.name.display());
  out += fmt::format("CREATE {} {}{} AS\n{};\n", object_word(view), view.name.sql(), view.kind == schema::Kind::materialized ? sql::with_clause(view.storage) : "", query);
  for (const schema::IndexDefinition& index : view.indexes) out += (maintained ? "-- on its rows: " : "") + sql::create_index(index, schema::index_name(view, index), view.name) + ";\n";
  if (view.comment) out += sql::comment_sql(view.name, "", view.comment, object_word(view).c_str()) + ";\n";
  for (const auto& [column, comment] : view.column_comments) out += sql::comment_sql(view.name, column, comment, "COLUMN") + ";\n";
  for (const auto& [role, privileges] : view.grants) out += fmt::format("GRANT {} ON {} TO {};\n", join(privileges, ", "), view.name.sql(), lower(role) == "public" ? "PUBLIC" : sql::quote_identifier(role));
  if (view.owner) out += fmt::format("ALTER {} {} OWNER TO {};\n", object_word(view), view.name.sql(), sql::quote_identifier(*view.owner));
  return out;
}

std::string view_sql(const ViewDefinition* from, const ViewDefinition* to) {
  if (!to) return fmt::format("DROP {} {};\n", object_word(*from), from->name.sql());
  if (!from) return creation(*to);
  std::string out;
  if (from->name.schema != to->name.schema) out += fmt::format("ALTER {} {} SET SCHEMA {};\n", object_word(*from), from->name.sql(), sql::quote_identifier(to->name.schema));
  if (from->name.name != to->name.name) out += fmt::format("ALTER {} {} RENAME TO {};\n", object_word(*from), sql::Name{to->name.schema, from->name.name}.sql(), sql::quote_identifier(to->name.name));
  if (canonical_view(*from) == canonical_view(*to)) return out;
  return out + "-- only what differs is done: in place, or built beside the old one and exchanged; grants, comments and dependents stay\n" + creation(*to);
}

}  // namespace

std::string sql_of(const Operation& operation, bool forwards) {
  if (operation.kind == Operation::Kind::view) return forwards ? view_sql(operation.before.get(), operation.after.get()) : view_sql(operation.after.get(), operation.before.get());
  if (!forwards && !operation.down) return "-- cannot be taken back\n";
  const Script& script = forwards ? operation.up : *operation.down;
  std::string text(trim(script.text));
  if (text.empty()) return "-- nothing\n";
  if (!script.statements.empty() && script.statements.back().end >= script.text.find_last_not_of(" \t\n")) text += text.find("--", script.statements.back().begin) == std::string::npos ? ";" : "\n;";
  return text + "\n";
}

std::string sql_of(const Migration& migration, bool forwards) {
  std::vector<const Operation*> order;
  for (const Operation& operation : migration.operations) order.push_back(&operation);
  if (!forwards) std::reverse(order.begin(), order.end());
  std::string out;
  if (!migration.stepwise()) out += "BEGIN;\n";
  for (const Operation* operation : order) out += fmt::format("\n-- {}{}\n{}", forwards ? "" : "take back: ", operation->title + (operation->outside_transaction ? " (outside a transaction)" : ""), sql_of(*operation, forwards));
  return out + (migration.stepwise() ? "" : "\nCOMMIT;\n");
}

}  // namespace pgvista::migrate
