#include "rest/write.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "rest/body.hpp"
#include "rest/error.hpp"
#include "rest/filter.hpp"
#include "rest/nested.hpp"

namespace pgvista::rest {

using schema::ApiColumn;
using schema::ApiRelation;

namespace {

constexpr const char* changed_rows = "pgvista_changed";

// "a", "b" -> quoted lists of names, with or without a prefix.
std::string listed(const std::vector<const ApiColumn*>& columns, const std::string& prefix = {}) {
  std::vector<std::string> out;
  for (const ApiColumn* column : columns) out.push_back(prefix + sql::quote_identifier(column->name));
  return join(out, ", ");
}

std::string typed(const std::vector<const ApiColumn*>& columns) {
  std::vector<std::string> out;
  for (const ApiColumn* column : columns) out.push_back(sql::quote_identifier(column->name) + " " + column->type);
  return join(out, ", ");
}

class WritePlanner {
 public:
  WritePlanner(const Model& model, const Settings& settings, const Request& request, const Selection& selection,
               const std::vector<std::string>& key_values, Plan& plan)
      : model_(model),
        settings_(uncapped(settings)),
        request_(request),
        selection_(selection),
        key_values_(key_values),
        plan_(plan),
        relation_(*plan.relation),
        statement_(plan.main) {}

  void run() {
    plan_.read_only = false;
    require_able();
    plan_.with_body = plan_.preferences.returned == "representation";
    switch (plan_.action) {
      case Action::insert: insert(); break;
      case Action::put: put(); break;
      case Action::update: update(); break;
      default: remove(); break;
    }
    if (plan_.preferences.max_affected && plan_.preferences.strict() &&
        (plan_.action == Action::update || plan_.action == Action::remove))
      plan_.judged = true;
    if (plan_.media == Media::object && !plan_.nothing) plan_.judged = true;
    if (plan_.preferences.tx == "rollback" && settings_.transaction_end) plan_.judged = true;
  }

 private:
  void require_able() const {
    const bool able = plan_.action == Action::insert || plan_.action == Action::put ? relation_.insertable
                      : plan_.action == Action::update                              ? relation_.updatable
                                                                                    : relation_.deletable;
    if (able) return;
    const std::string why = !relation_.maintenance.empty()
                                ? "Its rows are made from the tables that it reads: change those."
                                : "It is a view that PostgreSQL cannot write through.";
    throw Refusal(405, "PGRST117", fmt::format("'{}' cannot be written", relation_.name.name), boost::json::value(why),
                  "Methods that it takes: " + allowed_methods(relation_));
  }

  // --- the body
  // ---------------------------------------------------------------------------------------------------------
  std::vector<const ApiColumn*> written(const Body& body) const {
    std::vector<const ApiColumn*> out;
    const std::string* given = request_.parameter("columns");
    const bool restricted = given != nullptr && plan_.action != Action::put;
    const bool all = plan_.preferences.missing == "default";
    for (const std::string& name : restricted ? parse_names("columns parameter", *given)
                                   : all      ? body.all_keys
                                              : body.keys) {
      const ApiColumn* column = &column_named(relation_, name);
      if (std::find(out.begin(), out.end(), column) == out.end()) out.push_back(column);
    }
    if (!given && !body.uniform && plan_.preferences.missing != "default")
      throw Refusal(400, "PGRST102", "All object keys must match");
    return out;
  }

  // SELECT of the body's rows, for INSERT.
  std::string body_rows(const Body& body, const std::vector<const ApiColumn*>& columns) {
    if (plan_.preferences.missing != "default") {
      return fmt::format("SELECT {} FROM pg_catalog.json_to_recordset({}::json) AS p({})", listed(columns, "p."),
                         statement_.parameter(body.json), typed(columns));
    }
    std::vector<std::string> values;
    for (const ApiColumn* column : columns) {
      values.push_back(fmt::format("CASE WHEN pg_catalog.jsonb_exists(e.o, {}) THEN p.{} ELSE {} END",
                                   sql::quote_literal(column->name), sql::quote_identifier(column->name),
                                   column->default_value.empty() ? "NULL" : column->default_value));
    }
    return fmt::format(
        "SELECT {} FROM pg_catalog.jsonb_array_elements({}::jsonb) WITH ORDINALITY AS e(o, n), LATERAL "
        "pg_catalog.jsonb_to_record(e.o) AS p({})",
        join(values, ", "), statement_.parameter(body.json), typed(columns));
  }

  // --- statements
  // -------------------------------------------------------------------------------------------------------
  void insert() {
    const Body body = read_body(request_, settings_);
    if (plan_nested({model_, body, selection_, {}}, settings_, plan_)) return;
    const auto columns = written(body);
    const std::string table = fmt::format("INSERT INTO {} AS t0", relation_.name.sql());
    if (body.rows == 0) return nothing();
    std::string sql;
    if (columns.empty()) {
      const ApiColumn* any = nullptr;
      for (const ApiColumn& one : relation_.columns) any = any ? any : &one;
      if (!any) return nothing();
      std::vector<std::string> rows(body.rows, "(DEFAULT)");
      sql = fmt::format("{} ({}) VALUES {}", table, sql::quote_identifier(any->name), join(rows, ", "));
    } else {
      sql = fmt::format("{} ({}) {}", table, listed(columns), body_rows(body, columns));
    }
    finish(sql + conflict(columns), !plan_.preferences.resolution.empty());
  }

  std::string conflict(const std::vector<const ApiColumn*>& columns) {
    const std::string& resolution = plan_.preferences.resolution;
    if (resolution.empty()) return {};
    std::vector<const ApiColumn*> target;
    if (const std::string* given = request_.parameter("on_conflict"); given && !given->empty()) {
      for (const std::string& name : parse_names("on_conflict parameter", *given))
        target.push_back(&column_named(relation_, name));
    } else {
      for (const std::string& name : relation_.key) target.push_back(&column_named(relation_, name));
    }
    if (target.empty()) {
      plan_.preferences.resolution.clear();
      return {};
    }
    return on_conflict(target, columns, resolution == "ignore-duplicates");
  }

  static std::string on_conflict(const std::vector<const ApiColumn*>& target,
                                 const std::vector<const ApiColumn*>& columns, bool ignore) {
    std::vector<std::string> sets;
    for (const ApiColumn* column : columns)
      sets.push_back(fmt::format("{0} = EXCLUDED.{0}", sql::quote_identifier(column->name)));
    return fmt::format(" ON CONFLICT ({}) DO {}", listed(target),
                       ignore || sets.empty() ? "NOTHING" : "UPDATE SET " + join(sets, ", "));
  }

  // The URL must name exactly the row that the body holds.
  void put() {
    if (request_.parameter("limit") || request_.parameter("offset"))
      throw Refusal(400, "PGRST114", "limit/offset querystring parameters are not allowed for PUT");
    std::vector<std::pair<const ApiColumn*, std::string>> key;
    if (!key_values_.empty()) {
      if (key_values_.size() != relation_.key.size()) refuse_put();
      for (std::size_t i = 0; i < relation_.key.size(); ++i)
        key.emplace_back(&column_named(relation_, relation_.key[i]), key_values_[i]);
    }
    for (const Logic& one : selection_.where) {
      const Filter& filter = one.filter;
      const bool plain = one.form == Logic::Form::leaf && !filter.negated && filter.op == FilterOperator::eq &&
                         filter.quantifier == Filter::Quantifier::none && filter.field.path.empty();
      if (!plain || std::find(relation_.key.begin(), relation_.key.end(), filter.field.name) == relation_.key.end())
        refuse_put();
      key.emplace_back(&column_named(relation_, filter.field.name), filter.value);
    }
    if (relation_.key.empty() || key.size() != relation_.key.size()) refuse_put();
    const Body body = read_body(request_, settings_);
    plan_.judged = true;
    const bool said = std::all_of(key.begin(), key.end(), [&](const auto& one) {
      return std::find(body.keys.begin(), body.keys.end(), one.first->name) != body.keys.end();
    });
    // At /table/{key} the URL says it.
    if (key_values_.empty() && !said)
      throw Refusal(400, "PGRST115", "Payload values do not match URL in primary key column(s)");
    if (plan_nested({model_, body, selection_, in_key_order(key)}, settings_, plan_)) return;
    auto columns = written(body);
    std::vector<std::string> conditions;
    std::vector<const ApiColumn*> target;
    for (const auto& [column, value] : key) {
      target.push_back(column);
      if (std::find(columns.begin(), columns.end(), column) != columns.end()) {
        conditions.push_back(
            fmt::format("p.{} = {}", sql::quote_identifier(column->name), statement_.parameter(value)));
      }
    }
    std::vector<std::string> names;
    std::vector<std::string> values;
    for (const ApiColumn* column : columns) {
      names.push_back(sql::quote_identifier(column->name));
      values.push_back("p." + names.back());
    }
    for (const auto& [column, value] : key) {
      if (std::find(columns.begin(), columns.end(), column) != columns.end()) continue;
      names.push_back(sql::quote_identifier(column->name));
      values.push_back(fmt::format("CAST({} AS {})", statement_.parameter(value), column->type));
    }
    const std::string record =
        columns.empty() ? fmt::format("pg_catalog.json_array_elements({}::json) AS p", statement_.parameter(body.json))
                        : fmt::format("pg_catalog.json_to_recordset({}::json) AS p({})",
                                      statement_.parameter(body.json), typed(columns));
    const std::string sql =
        fmt::format("INSERT INTO {} AS t0 ({}) SELECT {} FROM {}{}{}", relation_.name.sql(), join(names, ", "),
                    join(values, ", "), record, conditions.empty() ? "" : " WHERE ", join(conditions, " AND "));
    std::vector<const ApiColumn*> set = columns;
    if (set.empty()) set = target;
    finish(sql + on_conflict(target, set, false), true);
  }

  std::vector<std::string> in_key_order(const std::vector<std::pair<const ApiColumn*, std::string>>& key) const {
    std::vector<std::string> out;
    for (const std::string& name : relation_.key) {
      const auto given = std::find_if(key.begin(), key.end(), [&](const auto& one) { return one.first->name == name; });
      if (given == key.end()) refuse_put();
      out.push_back(given->second);
    }
    return out;
  }

  [[noreturn]] static void refuse_put() {
    throw Refusal(405, "PGRST105", "Filters must include all and only primary key columns with 'eq' operators");
  }

  void update() {
    const Body body = read_body(request_, settings_);
    if (plan_nested({model_, body, selection_, key_values_}, settings_, plan_)) return;
    const auto columns = written(body);
    if (columns.empty() || body.rows == 0) return nothing();
    std::vector<std::string> sets;
    for (const ApiColumn* column : columns)
      sets.push_back(fmt::format("{0} = p.{0}", sql::quote_identifier(column->name)));
    // Of several objects the first counts.
    const std::string record = fmt::format("pg_catalog.json_to_record({}::json -> 0) AS p({})",
                                           statement_.parameter(body.json), typed(columns));
    finish(fmt::format("UPDATE {} AS t0 SET {} FROM {}{}", relation_.name.sql(), join(sets, ", "), record, chosen()),
           false);
  }

  void remove() { finish(fmt::format("DELETE FROM {} AS t0{}", relation_.name.sql(), chosen()), false); }

  std::string chosen() {
    std::vector<std::string> conditions;
    if (!key_values_.empty()) conditions = key_conditions(statement_, relation_, key_values_);
    ReadPlanner reading(model_.api, model_.relationships, settings_, statement_, false, false);
    const std::string condition =
        reading.condition(source(relation_.name.sql()), selection_, "t0", std::move(conditions));
    return condition.empty() ? "" : " WHERE " + condition;
  }

  Source source(const std::string& from) const { return {&relation_, &relation_.columns, from, from != changed_rows}; }

  // What the statement gives back.
  void finish(const std::string& sql, bool upsert) {
    const bool table = relation_.kind == 'r' || relation_.kind == 'p';
    plan_.inserted_column = upsert && table;
    const std::string inserted = plan_.inserted_column ? "(t0.xmax = 0) AS pgvista_inserted" : "";
    if (plan_.with_body) return represent(sql, inserted);
    if (plan_.preferences.returned == "headers-only" && plan_.action == Action::insert && !relation_.key.empty()) {
      std::vector<std::string> keys;
      for (const std::string& name : relation_.key) keys.push_back("t0." + sql::quote_identifier(name));
      plan_.location_keys = relation_.key;
      for (const std::string& name : relation_.key) plan_.columns.push_back({name});
      if (!inserted.empty()) keys.push_back(inserted);
      statement_.sql = fmt::format("{} RETURNING {}", sql, join(keys, ", "));
      return;
    }
    plan_.affected_only = true;
    statement_.sql = inserted.empty() ? sql : fmt::format("{} RETURNING {}", sql, inserted);
  }

  void represent(const std::string& sql, const std::string& inserted) {
    Selection answer = selection_;
    answer.where.clear();
    answer.limit.reset();
    answer.offset.reset();
    ReadPlanner reading(model_.api, model_.relationships, settings_, statement_, plan_.strip_nulls,
                        plan_.media == Media::csv);
    std::vector<std::string> returned;
    for (const std::string& name : ReadPlanner::needed(source({}), answer, model_.relationships))
      returned.push_back("t0." + sql::quote_identifier(name));
    if (!inserted.empty()) returned.push_back(inserted);
    if (returned.empty()) returned.emplace_back("1");
    const std::string rows =
        reading.select(source(changed_rows), answer, {}, plan_.columns, inserted.empty() ? "" : "t0.pgvista_inserted");
    statement_.sql = fmt::format("WITH {} AS ({} RETURNING {}) {}", changed_rows, sql, join(returned, ", "), rows);
  }

  // Nothing to write: the answer is that no row was changed.
  void nothing() {
    if (!key_values_.empty()) {
      // The row as it is, or that there is none.
      Selection row = selection_;
      row.where.clear();
      ReadPlanner reading(model_.api, model_.relationships, settings_, statement_, plan_.strip_nulls,
                          plan_.media == Media::csv);
      const auto conditions = key_conditions(statement_, relation_, key_values_);
      statement_.sql = reading.select(source(relation_.name.sql()), row, conditions, plan_.columns);
      return;
    }
    plan_.nothing = true;
    if (plan_.with_body) {
      Selection none = selection_;
      none.where.clear();
      none.limit = 0;
      ReadPlanner reading(model_.api, model_.relationships, settings_, statement_, false, plan_.media == Media::csv);
      statement_.sql = reading.select(source(relation_.name.sql()), none, {}, plan_.columns);
    } else {
      plan_.affected_only = true;
      statement_.sql = "SELECT WHERE false";
    }
  }

  const Model& model_;
  const Settings settings_;
  const Request& request_;
  const Selection& selection_;
  const std::vector<std::string>& key_values_;
  Plan& plan_;
  const ApiRelation& relation_;
  Statement& statement_;
};

}  // namespace

const ApiColumn& column_named(const ApiRelation& relation, const std::string& name) {
  if (const ApiColumn* found = relation.column(name)) return *found;
  const std::string message =
      fmt::format("Could not find the '{}' column of '{}' in the schema cache", name, relation.name.name);
  throw Refusal(400, "PGRST204", message, nullptr, did_you_mean(name, relation.column_names()));
}

std::vector<std::string> key_conditions(Statement& statement, const ApiRelation& relation,
                                        const std::vector<std::string>& values) {
  if (relation.key.empty())
    throw Refusal(404, "PGRST125", fmt::format("'{}' has no key: no row of it has an address", relation.name.name),
                  nullptr, "Use filters.");
  if (relation.key.size() != values.size()) {
    throw Refusal(404, "PGRST125",
                  fmt::format("the key of '{}' has {} columns, the URL names {}", relation.name.name,
                              relation.key.size(), values.size()),
                  boost::json::value("Key: " + join(relation.key, ", ")), "Separate the values by commas.");
  }
  std::vector<std::string> out;
  for (std::size_t i = 0; i < values.size(); ++i)
    out.push_back(fmt::format("t0.{} = {}", sql::quote_identifier(relation.key[i]), statement.parameter(values[i])));
  return out;
}

void plan_write(const Model& model, const Settings& settings, const Request& request, const Selection& selection,
                const std::vector<std::string>& key_values, Plan& plan) {
  WritePlanner(model, settings, request, selection, key_values, plan).run();
}

}  // namespace pgvista::rest
