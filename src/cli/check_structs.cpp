#include "cli/check_structs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.hpp"
#include "model/load.hpp"

namespace pgvista::cli {

namespace {

struct Column {
  std::string name;
  std::string type;  // as the server prints it
  unsigned oid = 0;
  bool may_be_null = false;
};

Error made(const std::string& file, const char* code, std::string message, std::string hint) {
  Error out;
  out.code = code;
  out.message = std::move(message);
  out.hint = std::move(hint);
  out.file = file;
  return out;
}

void check_member(const model::RowMember& member, const std::vector<Column>& columns, const std::string& file,
                  const std::string& what, const char* not_null_hint, std::vector<Error>& errors) {
  const auto column =
      std::find_if(columns.begin(), columns.end(), [&](const Column& one) { return one.name == member.column; });
  if (column == columns.end()) {
    std::vector<std::string> names;
    for (const Column& one : columns) names.push_back(one.name);
    errors.push_back(
        made(file, "missing_column",
             fmt::format("{} is read from a column \"{}\", which {} has not got", member.member, member.column, what),
             did_you_mean(member.column, names)));
    return;
  }
  if (!model::readable(member.oid, column->oid)) {
    errors.push_back(made(file, "column_type",
                          fmt::format("{} is {}, and the column \"{}\" of {} is {}", member.member, member.type,
                                      member.column, what, column->type),
                          "Change the member's type, or cast the column."));
  }
  if (column->may_be_null && !member.may_be_null) {
    errors.push_back(made(
        file, "nullable_column",
        fmt::format("{} cannot hold NULL, and the column \"{}\" of {} may be NULL", member.member, member.column, what),
        not_null_hint));
  }
}

}  // namespace

std::vector<Error> check_row_struct(db::Connection& connection, const schema::ViewDefinition& view,
                                    const catalog::Meaning& meaning,
                                    const std::vector<analyze::NullableColumn>& outputs) {
  std::vector<Error> errors;
  if (view.row_members.empty()) return errors;
  std::vector<Column> columns;
  for (const auto& column : meaning.columns) {
    const db::Rows oid = connection.query("SELECT coalesce(pg_catalog.to_regtype($1)::oid, 0)", {column.type});
    const auto output =
        std::find_if(outputs.begin(), outputs.end(), [&](const auto& one) { return one.name == column.name; });
    columns.push_back({column.name, column.type, static_cast<unsigned>(oid.integer(0, 0)),
                       output != outputs.end() && output->nullable});
  }
  for (const model::RowMember& member : view.row_members) {
    check_member(member, columns, view.source.file, fmt::format("the query of \"{}\"", view.name.display()),
                 "Make the member a std::optional; or name it in v.never_null(…), where you know more than can be told "
                 "from the query.",
                 errors);
  }
  return errors;
}

std::vector<Error> check_mapped_relations(db::Connection& connection,
                                          const std::vector<model::MappedRelation>& relations) {
  std::vector<Error> errors;
  for (const model::MappedRelation& relation : relations) {
    const std::string name = sql::Name{relation.schema, relation.name}.sql();
    const db::Rows rows = connection.query(
        "SELECT attname, pg_catalog.format_type(atttypid, atttypmod), atttypid, attnotnull FROM "
        "pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER "
        "BY attnum",
        {name});
    if (rows.size() == 0) {
      if (relation.must_exist)
        errors.push_back(made({}, "missing_relation",
                              fmt::format("{} is read from {}, which is not in the database", relation.type, name),
                              "Name it in define(): t.name(…). Or take unmanaged() away, so that pgvista makes it."));
      continue;
    }
    std::vector<Column> columns;
    for (int row = 0; row < rows.size(); ++row)
      columns.push_back({rows.text(row, 0), rows.text(row, 1), static_cast<unsigned>(rows.integer(row, 2)),
                         relation.table && !rows.boolean(row, 3)});
    for (const model::RowMember& member : relation.members)
      check_member(member, columns, {}, name, "Make the member a std::optional, or the column NOT NULL.", errors);
  }
  return errors;
}

}  // namespace pgvista::cli
