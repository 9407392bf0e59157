#include "migrate/show.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "analyze/dependencies.hpp"
#include "analyze/order.hpp"
#include "base/text.hpp"
#include "parse/parse.hpp"
#include "sql/index.hpp"
#include "sql/table.hpp"

namespace pgvista::migrate {

namespace {

using schema::ViewDefinition;

std::string object_word(const ViewDefinition& view) {
  return schema::object_kind(view) == schema::Kind::materialized ? "MATERIALIZED VIEW" : "VIEW";
}

// Its query and what is declared beside it, as one would write it by hand.
std::string creation(const ViewDefinition& view, const char* verb) {
  const bool maintained = schema::maintained(view);
  std::string query(trim(view.query));
  while (query.ends_with(';')) query.pop_back();
  std::string out;
  if (maintained)
    out += fmt::format(
        "-- kept by triggers (maintenance = \"{}\"): a table with these rows behind a view; pgvista explain {} --sql "
        "shows all of it\n",
        schema::to_string(view.maintenance), view.name.display());
  out += fmt::format("{} {} {}{} AS\n{}{};\n", verb, object_word(view), view.name.sql(),
                     view.kind == schema::Kind::materialized ? sql::with_clause(view.storage) : "", query,
                     // A semicolon behind a comment would be a part of it.
                     query.find("--", query.rfind('\n') + 1) == std::string::npos ? "" : "\n");
  for (const schema::IndexDefinition& index : view.indexes)
    out += (maintained ? "-- on its rows: " : "") +
           sql::create_index(index, schema::index_name(view, index), view.name) + ";\n";
  if (view.comment) out += sql::comment_sql(view.name, "", view.comment, object_word(view).c_str()) + ";\n";
  for (const auto& [column, comment] : view.column_comments)
    out += sql::comment_sql(view.name, column, comment, "COLUMN") + ";\n";
  for (const auto& [role, privileges] : view.grants)
    out += fmt::format("GRANT {} ON {} TO {};\n", join(privileges, ", "), view.name.sql(),
                       lower(role) == "public" ? "PUBLIC" : sql::quote_identifier(role));
  if (view.owner)
    out += fmt::format("ALTER {} {} OWNER TO {};\n", object_word(view), view.name.sql(),
                       sql::quote_identifier(*view.owner));
  return out;
}

std::string drop(const ViewDefinition& view) {
  return fmt::format("DROP {} {};\n", object_word(view), view.name.sql());
}

// The names of its columns; nullopt where the query alone does not tell them: "*", or a set operation.
std::optional<std::vector<std::string>> columns_of(const ViewDefinition& view) {
  const sql::Select query = parse::parse_select(view.query);
  if (query.operation != sql::Select::Operation::none) return std::nullopt;
  std::vector<std::string> out;
  for (const sql::Target& target : query.targets) {
    const auto* column = target.value ? target.value->as<sql::ColumnRef>() : nullptr;
    if (column && column->star) return std::nullopt;
    out.push_back(analyze::output_name(target));
  }
  return out;
}

// CREATE OR REPLACE VIEW takes columns that are added at the end, and nothing else.
bool replaceable(const ViewDefinition& from, const ViewDefinition& to) {
  if (object_word(from) != "VIEW" || object_word(to) != "VIEW") return false;
  const auto before = columns_of(from);
  const auto after = columns_of(to);
  return before && after && before->size() <= after->size() &&
         std::equal(before->begin(), before->end(), after->begin());
}

std::string view_sql(const ViewDefinition* from, const ViewDefinition* to) {
  if (!to) return drop(*from);
  if (!from) return creation(*to, "CREATE");
  std::string out;
  if (from->name.schema != to->name.schema)
    out += fmt::format("ALTER {} {} SET SCHEMA {};\n", object_word(*from), from->name.sql(),
                       sql::quote_identifier(to->name.schema));
  if (from->name.name != to->name.name)
    out += fmt::format("ALTER {} {} RENAME TO {};\n", object_word(*from),
                       sql::Name{to->name.schema, from->name.name}.sql(), sql::quote_identifier(to->name.name));
  if (canonical_view(*from) == canonical_view(*to)) return out;
  out +=
      "-- migrate does only what differs: in place, or built beside the old one and exchanged; grants, comments and "
      "the views that read it stay\n";
  if (replaceable(*from, *to)) return out + creation(*to, "CREATE OR REPLACE");
  ViewDefinition old = *from;
  old.name = to->name;
  return out + "-- views that read it must go before it, and come again behind it\n" + drop(old) +
         creation(*to, "CREATE");
}

const ViewDefinition& definition_of(const Operation& operation) {
  return operation.after ? *operation.after : *operation.before;
}

// Views that follow one another in the order in which SQL can make them: each after those that it reads, and what goes
// at the end, before what it reads. What cannot be ordered stays, and migrate says why.
std::vector<const Operation*> in_order(std::vector<const Operation*> views) {
  std::vector<ViewDefinition> definitions;
  std::vector<std::string> schemas;
  for (const Operation* one : views) {
    definitions.push_back(definition_of(*one));
    schemas.push_back(one->view().schema);
  }
  std::vector<const Operation*> made;
  std::vector<const Operation*> gone;
  try {
    // What none of them is called is something that is there already.
    const auto there = [&](const sql::Name& name) { return name.schema == schemas.back(); };
    for (const std::size_t one : analyze::order_views(definitions, schemas, there).order) {
      (views[one]->after ? made : gone).push_back(views[one]);
    }
  } catch (const Failure&) {
    return views;
  }
  made.insert(made.end(), gone.rbegin(), gone.rend());
  return made;
}

// The operations as they are printed: changes of tables, and free SQL, stay where they are.
std::vector<const Operation*> in_order(const Migration& migration, bool forwards) {
  std::vector<const Operation*> out;
  std::vector<const Operation*> views;
  const auto flush = [&] {
    if (!views.empty()) std::ranges::copy(in_order(std::exchange(views, {})), std::back_inserter(out));
  };
  for (const Operation& operation : migration.operations) {
    if (operation.kind == Operation::Kind::view) {
      views.push_back(&operation);
      continue;
    }
    flush();
    out.push_back(&operation);
  }
  flush();
  if (!forwards) std::reverse(out.begin(), out.end());
  return out;
}

bool changes_type(const Script& script) {
  return std::any_of(script.statements.begin(), script.statements.end(), [](const sql::ScriptStatement& one) {
    return std::any_of(one.changes.begin(), one.changes.end(),
                       [](const sql::TableChange& change) { return std::holds_alternative<sql::AlterType>(change); });
  });
}

}  // namespace

std::string sql_of(const Operation& operation, bool forwards) {
  if (operation.kind == Operation::Kind::view)
    return forwards ? view_sql(operation.before.get(), operation.after.get())
                    : view_sql(operation.after.get(), operation.before.get());
  if (!forwards && !operation.down) return "-- cannot be taken back\n";
  const Script& script = forwards ? operation.up : *operation.down;
  std::string text(trim(script.text));
  if (text.empty()) return "-- nothing\n";
  if (changes_type(script))
    text =
        "-- views that read the column stand in the way of its new type: migrate takes them away and puts them back\n" +
        text;
  if (!text.ends_with(';') && !script.statements.empty() &&
      script.statements.back().end >= script.text.find_last_not_of(" \t\n"))
    text += text.find("--", script.statements.back().begin) == std::string::npos ? ";" : "\n;";
  return text + "\n";
}

std::string sql_of(const Migration& migration, bool forwards) {
  std::string out;
  if (!migration.stepwise()) out += "BEGIN;\n";
  for (const Operation* operation : in_order(migration, forwards))
    out += fmt::format("\n-- {}{}\n{}", forwards ? "" : "take back: ",
                       operation->title + (operation->outside_transaction ? " (outside a transaction)" : ""),
                       sql_of(*operation, forwards));
  return out + (migration.stepwise() ? "" : "\nCOMMIT;\n");
}

}  // namespace pgvista::migrate
