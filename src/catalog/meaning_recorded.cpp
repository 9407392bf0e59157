// What definitions mean, where no temporary view can be made.

#include "catalog/meaning_parts.hpp"
#include "catalog/read.hpp"
#include "parse/parse.hpp"
#include "sql/print.hpp"

namespace pgvista::catalog {

using schema::Oid;
using schema::Record;
using schema::Relation;
using schema::ViewDefinition;

namespace {

// With its expressions, names whole and types told. Where there is none, a text that no plan has.
std::string plan_of(db::Connection& connection, const std::string& query) {
  std::string out;
  try {
    const db::Transaction undone(connection);
    const db::Rows rows = connection.query("EXPLAIN (VERBOSE, COSTS OFF) " + query);
    for (int row = 0; row < rows.size(); ++row) out += rows.text(row, 0) + "\n";
  } catch (const db::QueryFailure&) {
    if (connection.lost()) throw;
    return "no plan of " + query;
  }
  return out;
}

std::vector<std::string> columns_of(db::Connection& connection, const std::string& query) {
  std::vector<std::string> out;
  const db::Rows columns = connection.describe(query);
  for (int column = 0; column < columns.columns(); ++column) out.emplace_back(PQfname(columns.raw(), column));
  return out;
}

std::vector<std::string> names_of(const std::vector<schema::LiveColumn>& columns) {
  std::vector<std::string> out;
  for (const schema::LiveColumn& column : columns) out.push_back(column.name);
  return out;
}

void describe(db::Connection& connection, const ViewDefinition& view, Meaning& meaning, Meanings& out) {
  try {
    const db::Rows columns = connection.describe(sql::print(view.tree));
    for (int column = 0; column < columns.columns(); ++column) {
      const db::Rows type = connection.query(
          "SELECT pg_catalog.format_type($1::oid, $2::int)",
          {std::to_string(PQftype(columns.raw(), column)), std::to_string(PQfmod(columns.raw(), column))});
      meaning.columns.push_back({PQfname(columns.raw(), column), type.text(0, 0), "", false, column + 1});
    }
  } catch (const db::QueryFailure& failure) {
    if (connection.lost()) throw;
    meaning.known = false;
    Error error = failure.error();
    schema::locate(error, view, 0);
    out.errors.push_back(std::move(error));
  }
}

}  // namespace

Meanings by_record(const MeaningTask& task, const ViewNumbers& unknown, Meanings out) {
  out.recorded_only = true;
  for (const std::size_t i : unknown) {
    const ViewDefinition& view = task.views[i];
    Meaning& meaning = out.views[i];
    const Record* record = record_of(task, view);
    const Relation* live = live_of(task.database, view);
    const std::string printed = sql::print(view.tree);
    bool same = false;
    if (record) {
      try {
        same = sql::print(parse::parse_select(record->query)) == printed;
      } catch (const Failure&) {
        same = record->query == view.query;
      }
    }
    // Another text may mean the same: what the server would do for both tells.
    if (record && !same)
      same = plan_of(task.connection, printed) == plan_of(task.connection, record->canonical) &&
             columns_of(task.connection, printed) == names_of(record->columns);
    meaning.known = true;
    meaning.canonical = same ? record->canonical : printed;
    if (same) {
      meaning.columns = record->columns;
    } else {
      describe(task.connection, view, meaning, out);
    }
    if (live && record && record->rule_fingerprint == live->rule_fingerprint) out.live[live->oid] = record->canonical;
  }
  std::vector<Oid> texts;
  for (const std::size_t i : unknown) {
    const Relation* live = live_of(task.database, task.views[i]);
    if (live && !out.live.contains(live->oid) && (live->view() || live->materialized())) texts.push_back(live->oid);
  }
  read_definitions(task.connection, task.database, texts);
  for (const Oid oid : texts) out.live[oid] = canonical_text(task.database.relations.at(oid).definition, {});
  return out;
}

}  // namespace pgvista::catalog
