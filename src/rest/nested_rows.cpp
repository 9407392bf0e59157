#include "rest/nested_rows.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "rest/error.hpp"

namespace pgvista::rest {

namespace json = boost::json;
using schema::ApiColumn;
using schema::ApiRelation;

namespace {

constexpr std::size_t most_statements = 5000;
constexpr const char* body_setting = "pgvista.body";

std::string setting(const RowHandle& row, const ApiColumn& column) {
  return fmt::format("pgvista.n{}_{}", row.number, column.number);
}

std::string made_setting(const RowHandle& row) { return fmt::format("pgvista.n{}_made", row.number); }

// Numbers that a double holds are as they were.
bool exact(const json::value& value) {
  if (value.is_double()) return false;
  if (const auto* object = value.if_object())
    return std::all_of(object->begin(), object->end(), [](const auto& member) { return exact(member.value()); });
  if (const auto* array = value.if_array())
    return std::all_of(array->begin(), array->end(), [](const json::value& one) { return exact(one); });
  return true;
}

std::string one_row() {
  return fmt::format("CASE WHEN pg_catalog.count(*) = 1 THEN 1 ELSE CAST('{}' || pg_catalog.count(*) AS int) END",
                     mismatch_mark);
}

std::string text_of(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

bool is_key(const ApiRelation& relation, const std::string& column) {
  return std::find(relation.key.begin(), relation.key.end(), column) != relation.key.end();
}

// "name = value" of the content.
struct Assignment {
  std::string column;
  std::string value;
  std::string name() const { return sql::quote_identifier(column); }
};

std::vector<Assignment> assignments(const RowContent& content) {
  std::vector<Assignment> out;
  for (const ApiColumn* column : content.columns)
    out.push_back({column->name, "p." + sql::quote_identifier(column->name)});
  for (const auto& [name, expression] : content.fixed) out.push_back({name, expression});
  return out;
}

std::string names(const std::vector<Assignment>& all) {
  std::vector<std::string> out;
  for (const Assignment& one : all) out.push_back(one.name());
  return join(out, ", ");
}

std::string values(const std::vector<Assignment>& all) {
  std::vector<std::string> out;
  for (const Assignment& one : all) out.push_back(one.value);
  return join(out, ", ");
}

std::string sets(const std::vector<Assignment>& all) {
  std::vector<std::string> out;
  for (const Assignment& one : all) out.push_back(fmt::format("{} = {}", one.name(), one.value));
  return join(out, ", ");
}

}  // namespace

void refuse_nested(const std::string& message, const std::string& hint) {
  throw Refusal(400, "PGVISTA101", message, nullptr, hint);
}

// A setting is never NULL: the value stands behind a letter, nothing is NULL.
std::string value_of(const RowHandle& row, const std::string& column) {
  const ApiColumn& one = *row.relation->column(column);
  return fmt::format("CAST(pg_catalog.substr(nullif(pg_catalog.current_setting('{}'), ''), 2) AS {})",
                     setting(row, one), one.type);
}

std::string was_made(const RowHandle& row) {
  return fmt::format("(pg_catalog.current_setting('{}') = 'true')", made_setting(row));
}

std::vector<std::string> is_row(const RowHandle& row, const std::string& alias) {
  std::vector<std::string> out;
  for (const std::string& name : row.relation->key)
    out.push_back(fmt::format("{}.{} = {}", alias, sql::quote_identifier(name), value_of(row, name)));
  if (out.empty())
    refuse_nested(fmt::format("'{}' has no key: its rows cannot be written with others", row.relation->name.name));
  return out;
}

bool names_key(const ApiRelation& relation, const json::object& item) {
  return !relation.key.empty() && std::all_of(relation.key.begin(), relation.key.end(), [&](const std::string& name) {
    const json::value* value = item.if_contains(name);
    return value && !value->is_null() && !value->is_structured();
  });
}

bool key_conditions(Statement& statement, const ApiRelation& relation, const json::object& item,
                    const std::string& alias, std::vector<std::string>& out) {
  if (!names_key(relation, item)) return false;
  for (const std::string& name : relation.key)
    out.push_back(
        fmt::format("{}.{} = {}", alias, sql::quote_identifier(name), statement.parameter(text_of(item.at(name)))));
  return true;
}

// --- statements
// ----------------------------------------------------------------------------------------------------------

RowHandle NestedRows::given(const ApiRelation& relation, const std::vector<std::string>& key) {
  const RowHandle out{&relation, ++handles_};
  Statement statement;
  std::vector<std::string> settings;
  for (std::size_t i = 0; i < key.size(); ++i)
    settings.push_back(fmt::format("pg_catalog.set_config('{}', 'v' || {}, true)",
                                   setting(out, *relation.column(relation.key[i])), statement.parameter(key[i])));
  statement.sql = "SELECT " + join(settings, ", ");
  add(std::move(statement));
  return out;
}

RowHandle NestedRows::insert(const ApiRelation& relation, const RowContent& content) {
  Statement statement;
  const auto all = assignments(content);
  const std::string into = fmt::format("INSERT INTO {} AS t0", relation.name.sql());
  const std::string from = content.columns.empty() ? "" : " FROM " + record(statement, content);
  const std::string row =
      all.empty() ? "DEFAULT VALUES" : fmt::format("({}) SELECT {}{}", names(all), values(all), from);
  return remember(relation, std::move(statement),
                  fmt::format("w AS ({} {} RETURNING {})", into, row, kept_names(relation)),
                  fmt::format("a row of '{}' could not be made", relation.name.name));
}

RowHandle NestedRows::put(const ApiRelation& relation, const RowContent& content, std::vector<std::string> conditions) {
  Statement statement;
  const auto all = assignments(content);
  std::vector<Assignment> changes = all;
  if (conditions.empty()) {
    std::erase_if(changes, [&](const Assignment& one) { return is_key(relation, one.column); });
    for (const Assignment& one : all) {
      if (is_key(relation, one.column)) conditions.push_back(fmt::format("t0.{} = {}", one.name(), one.value));
    }
  }
  const std::string table = relation.name.sql();
  const std::string row = content.columns.empty() ? "" : record(statement, content);
  const std::string from = row.empty() ? "" : " FROM " + row;
  const std::string chosen = join(conditions, " AND ");
  const std::string kept = kept_names(relation);
  const std::string there = changes.empty() ? fmt::format("SELECT {} FROM {} t0{} WHERE {} FOR UPDATE OF t0", kept,
                                                          table, row.empty() ? "" : ", " + row, chosen)
                                            : fmt::format("UPDATE {} AS t0 SET {}{} WHERE {} RETURNING {}", table,
                                                          sets(changes), from, chosen, kept);
  // A value that only the server gives can be named, not made.
  const bool makes = std::none_of(all.begin(), all.end(),
                                  [&](const Assignment& one) { return relation.column(one.column)->generated; });
  std::string with = fmt::format("there AS ({})", there);
  if (makes)
    with += fmt::format(
        ", made AS (INSERT INTO {0} AS t0 ({1}) SELECT {2}{3} WHERE NOT EXISTS (SELECT FROM {0} t0 WHERE {4}) "
        "RETURNING {5})",
        table, names(all), values(all), from, chosen, kept);
  with += fmt::format(", w AS (SELECT *, false AS pgvista_made FROM there{})",
                      makes ? " UNION ALL SELECT *, true FROM made" : "");
  return remember(relation, std::move(statement), with,
                  fmt::format("a row of '{}' could not be written", relation.name.name), true);
}

void NestedRows::update(const RowHandle& row, const RowContent& content) {
  const auto all = assignments(content);
  if (all.empty()) return;
  Statement statement;
  const std::string from = content.columns.empty() ? "" : " FROM " + record(statement, content);
  counted(std::move(statement),
          fmt::format("UPDATE {} AS t0 SET {}{} WHERE {}", row.relation->name.sql(), sets(all), from,
                      join(is_row(row, "t0"), " AND ")),
          fmt::format("a row of '{}' could not be changed", row.relation->name.name));
}

RowHandle NestedRows::find(const ApiRelation& relation, Statement statement, const std::vector<std::string>& conditions,
                           const std::string& mismatch, bool lock) {
  const std::string search =
      fmt::format("SELECT {} FROM {} t0{}{}{}", kept_names(relation), relation.name.sql(),
                  conditions.empty() ? "" : " WHERE ", join(conditions, " AND "), lock ? " FOR UPDATE" : "");
  return remember(relation, std::move(statement), fmt::format("w AS ({})", search), mismatch);
}

RowHandle NestedRows::found(const ApiRelation& relation, const json::object& item, const std::vector<std::string>& more,
                            bool lock) {
  Statement statement;
  std::vector<std::string> conditions = more;
  if (!key_conditions(statement, relation, item, "t0", conditions)) {
    for (const auto& member : item) {
      if (member.key() == "through") continue;
      const ApiColumn* column = relation.column(std::string(member.key()));
      if (!column || member.value().is_structured() || member.value().is_null())
        refuse_nested(
            fmt::format("\"connect\" names a row of '{}' by its columns, and \"{}\" is none, or no plain value",
                        relation.name.name, std::string(member.key())));
      conditions.push_back(
          fmt::format("t0.{} = {}", sql::quote_identifier(column->name), statement.parameter(text_of(member.value()))));
    }
  }
  if (conditions.size() == more.size())
    refuse_nested(fmt::format("which row of '{}' is meant?", relation.name.name), "Name it by its key.");
  return find(relation, std::move(statement), conditions,
              fmt::format("there is not exactly one row of '{}' with {}", relation.name.name,
                          std::string(prefix_utf8(json::serialize(item), 200))),
              lock);
}

void NestedRows::counted(Statement statement, const std::string& change, const std::string& mismatch) {
  statement.sql = fmt::format("WITH w AS ({} RETURNING 1) SELECT {} FROM w", change, one_row());
  statement.mismatch = mismatch;
  add(std::move(statement));
}

void NestedRows::add(Statement statement) {
  if (plan_.before.size() >= most_statements)
    refuse_nested(fmt::format("the body writes more than {} rows", most_statements), "Send it in parts.");
  plan_.before.push_back(std::move(statement));
}

// Columns that later statements may refer to: the key, and what foreign keys lead to.
std::vector<ApiColumn> NestedRows::kept(const ApiRelation& relation) const {
  std::vector<ApiColumn> out;
  for (const ApiColumn& column : relation.columns) {
    bool wanted = std::find(relation.key.begin(), relation.key.end(), column.name) != relation.key.end();
    for (const Relationship* one : model_.relationships.of(relation.oid)) {
      for (const auto& [own, other] : one->columns) wanted |= own == column.name;
    }
    // The other end of this row's own foreign keys is asked for by whoever points here.
    for (const schema::ApiForeignKey& key : model_.api.foreign_keys)
      wanted |= key.target == relation.oid && std::find(key.target_columns.begin(), key.target_columns.end(),
                                                        column.name) != key.target_columns.end();
    if (wanted) out.push_back(column);
  }
  return out;
}

std::string NestedRows::kept_names(const ApiRelation& relation) const {
  std::vector<std::string> out;
  for (const ApiColumn& one : kept(relation)) out.push_back("t0." + sql::quote_identifier(one.name));
  if (out.empty())
    refuse_nested(fmt::format("'{}' has no key: its rows cannot be written with others", relation.name.name));
  return join(out, ", ");
}

// `with` ends with "w", which must be one row; its columns are written down. A setting is never NULL.
RowHandle NestedRows::remember(const ApiRelation& relation, Statement statement, const std::string& with,
                               const std::string& mismatch, bool put) {
  const RowHandle out{&relation, ++handles_};
  std::vector<std::string> settings;
  for (const ApiColumn& one : kept(relation))
    settings.push_back(fmt::format("pg_catalog.set_config('{}', coalesce('v' || pg_catalog.min(w.{}::text), ''), true)",
                                   setting(out, one), sql::quote_identifier(one.name)));
  if (put)
    settings.push_back(
        fmt::format("pg_catalog.set_config('{}', pg_catalog.bool_or(w.pgvista_made)::text, true)", made_setting(out)));
  statement.sql = fmt::format("WITH {} SELECT {}, {} FROM w", with, one_row(), join(settings, ", "));
  statement.mismatch = mismatch;
  add(std::move(statement));
  return out;
}

// Its text is passed on as it is where it holds numbers that have more digits than a double.
std::string NestedRows::record(Statement& statement, const RowContent& content) {
  std::vector<std::string> typed;
  for (const ApiColumn* column : content.columns)
    typed.push_back(sql::quote_identifier(column->name) + " " + column->type);
  const auto plain = [&](const ApiColumn* column) { return exact(content.object.at(column->name)); };
  if (std::all_of(content.columns.begin(), content.columns.end(), plain)) {
    json::object part;
    for (const ApiColumn* column : content.columns) part[column->name] = content.object.at(column->name);
    return fmt::format("pg_catalog.json_to_record({}::json) AS p({})", statement.parameter(json::serialize(part)),
                       join(typed, ", "));
  }
  if (!body_sent_) {
    Statement keep;
    keep.sql = fmt::format("SELECT pg_catalog.set_config('{}', {}, true)", body_setting, keep.parameter(body_.json));
    plan_.before.insert(plan_.before.begin(), std::move(keep));
    plan_.body_kept = true;
    body_sent_ = true;
  }
  std::vector<std::string> steps(content.path.begin(), content.path.end());
  std::string text = "{";
  for (const std::string& step : steps) text += (text.size() > 1 ? "," : "") + json::serialize(json::string(step));
  return fmt::format("pg_catalog.json_to_record(pg_catalog.current_setting('{}')::json #> {}::text[]) AS p({})",
                     body_setting, statement.parameter(text + "}"), join(typed, ", "));
}

void require_value(NestedRows& rows, const RowHandle& row, const std::string& column, const std::string& mismatch) {
  Statement check;
  check.sql = fmt::format(
      "SELECT CASE WHEN {} IS NOT NULL THEN 1 ELSE CAST('{}' || pg_catalog.current_setting('{}') AS int) END",
      value_of(row, column), mismatch_mark, setting(row, *row.relation->column(column)));
  check.mismatch = mismatch;
  rows.add(std::move(check));
}

void require_same(NestedRows& rows, const std::string& left, const std::string& right, const std::string& mismatch) {
  Statement check;
  check.sql = fmt::format(
      "SELECT CASE WHEN {0} IS NOT DISTINCT FROM {1} THEN 1 ELSE CAST('{2}' || coalesce(({0})::text, '') AS int) END",
      left, right, mismatch_mark);
  check.mismatch = mismatch;
  rows.add(std::move(check));
}

void require_content(NestedRows& rows, const RowContent& content, const std::vector<std::string>& conditions,
                     const std::string& mismatch) {
  Statement statement;
  const std::string from = rows.record(statement, content);
  statement.sql = fmt::format("SELECT CASE WHEN {} THEN 1 ELSE CAST('{}' || pg_catalog.to_json(p) AS int) END FROM {}",
                              join(conditions, " AND "), mismatch_mark, from);
  statement.mismatch = mismatch;
  rows.add(std::move(statement));
}

}  // namespace pgvista::rest
