#include "catalog/function_bodies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/text.hpp"
#include "parse/parse.hpp"
#include "parse/plpgsql.hpp"
#include "sql/make.hpp"
#include "sql/print.hpp"
#include "sql/visit.hpp"

namespace pgvista::catalog {

using ivm::FunctionKey;
using ivm::SqlFunction;
namespace make = sql::make;

namespace {

constexpr const char* candidates_query = R"(
SELECT p.oid, p.prosrc FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE n.nspname = $1 AND p.proname = $2 AND p.pronargs = $3 AND l.lanname = 'sql' AND p.prokind = 'f'
  AND p.provolatile <> 'i' AND NOT p.prosecdef AND p.proconfig IS NULL AND p.provariadic = 0 AND p.prosqlbody IS NULL
  AND coalesce(p.proargmodes <@ '{i,t}'::"char"[], true)
  -- Which of two is meant, is told by types.
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_proc o WHERE o.pronamespace = p.pronamespace AND o.proname = p.proname
    AND o.oid <> p.oid AND (o.provariadic <> 0
      OR p.pronargs BETWEEN o.pronargs - o.pronargdefaults AND o.pronargs))
)";

// Of each parameter its name and type, of a set its columns.
constexpr const char* signature_query = R"(
SELECT p.proisstrict, p.proretset, pg_catalog.format_type(p.prorettype, NULL),
  ARRAY(SELECT coalesce(nullif(p.proargnames[i], ''), 'arg' || i) FROM pg_catalog.generate_series(1, p.pronargs) i
    ORDER BY i),
  ARRAY(SELECT pg_catalog.format_type(p.proargtypes[i], NULL) FROM pg_catalog.generate_series(0, p.pronargs - 1) i
    ORDER BY i),
  CASE WHEN 't' = ANY (p.proargmodes) THEN ARRAY(SELECT p.proargnames[i] FROM
      pg_catalog.generate_subscripts(p.proargmodes, 1) i WHERE p.proargmodes[i] = 't' ORDER BY i)
    ELSE ARRAY(SELECT a.attname::text FROM pg_catalog.pg_type t
      JOIN pg_catalog.pg_attribute a ON a.attrelid = t.typrelid
      WHERE t.oid = p.prorettype AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) END
FROM pg_catalog.pg_proc p WHERE p.oid = $1::oid
)";

// nullopt: it writes, or is of several statements. There is nothing to look into.
std::optional<sql::Select> body_in(const std::string& source) {
  try {
    return parse::parse_select(source);
  } catch (const Failure&) {
    return std::nullopt;
  }
}

// $1 by the name of the parameter.
void name_parameters(sql::Node node, const SqlFunction& function) {
  auto* value = node.as<sql::Expr>();
  if (const auto* parameter = value ? value->as<sql::Parameter>() : nullptr) {
    const auto number = static_cast<std::size_t>(parameter->number);
    if (number >= 1 && number <= function.parameters.size())
      *value = make::column(function.args, function.parameters[number - 1].first);
    return;
  }
  sql::for_each_child(node, [&](sql::Node child) { name_parameters(child, function); });
}

// SELECT … FROM (SELECT NULL::type AS parameter, …) AS args, where the body stands as the server will name things.
sql::Select around(const SqlFunction& function, sql::Select body) {
  sql::Select arguments;
  for (const auto& [name, type] : function.parameters)
    arguments.targets.push_back(make::target(make::cast(make::null(), type), name));
  if (arguments.targets.empty()) arguments.targets.push_back(make::target(make::null(), "pgvista_none"));
  sql::FromItem from = make::subquery(std::move(arguments), function.args);
  if (!function.set) return make::select({make::target(make::scalar(std::move(body)), "value")}, {std::move(from)});
  return make::select(
      {make::target(make::every_column("pgvista_rows"))},
      {make::join(sql::Join::Type::inner, std::move(from),
                  make::lateral(make::subquery(std::move(body), "pgvista_rows")), make::boolean(true))});
}

// The body, of what the server made of it.
const sql::Select* inside(const sql::Select& query, bool set) {
  if (!set) {
    const sql::Expr* value = query.targets.size() == 1 ? &*query.targets.front().value : nullptr;
    const auto* link = value ? value->as<sql::Sublink>() : nullptr;
    return link ? &*link->query : nullptr;
  }
  const sql::Select* out = nullptr;
  sql::each<const sql::SubqueryRef>(query, [&](const sql::SubqueryRef& sub) {
    if (!out && sub.alias.name == "pgvista_rows") out = &*sub.query;
  });
  return out;
}

// What a function's body calls: names without their schemas.
std::vector<std::string> called_in(const std::string& language, const std::string& source,
                                   const std::string& definition) {
  std::vector<sql::Select> queries;
  if (language == "sql") {
    if (auto body = body_in(source)) queries.push_back(std::move(*body));
  } else if (auto body = parse::parse_plpgsql(definition)) {
    queries = std::move(body->queries);
  }
  std::vector<std::string> out;
  for (const sql::Select& query : queries) {
    sql::each<const sql::FunctionCall>(query, [&](const sql::FunctionCall& call) {
      if (!call.name.empty()) out.push_back(call.name.back());
    });
  }
  return out;
}

// Of functions in SQL and PL/pgSQL of these names, and of those that they call by name, in the order of their oids.
std::map<long long, std::string> sources_of(db::Connection& connection, std::vector<std::string> functions) {
  std::map<long long, std::string> out;
  std::set<std::string> done;
  while (!functions.empty()) {
    const db::Rows rows = connection.query(
        "SELECT p.oid, p.prosrc, l.lanname, pg_catalog.pg_get_functiondef(p.oid) FROM pg_catalog.pg_proc p JOIN "
        "pg_catalog.pg_language l ON l.oid = p.prolang WHERE p.proname = ANY ($1::text[]) AND (l.lanname = 'sql' OR "
        "l.lanname = 'plpgsql') AND p.prokind = 'f' AND p.provolatile <> 'i' AND p.prosqlbody IS NULL AND "
        "p.pronamespace <> 'pg_catalog'::pg_catalog.regnamespace",
        {db::array_literal(functions)});
    done.insert(functions.begin(), functions.end());
    functions.clear();
    for (int row = 0; row < rows.size(); ++row) {
      const std::string& source = out[rows.integer(row, 0)] = rows.text(row, 1);
      for (std::string& name : called_in(rows.text(row, 2), source, rows.text(row, 3))) {
        if (!done.contains(name)) functions.push_back(std::move(name));
      }
    }
  }
  return out;
}

}  // namespace

std::vector<std::string> names_read_by(db::Connection& connection, const std::vector<std::string>& functions) {
  std::set<std::string> out;
  for (const auto& [oid, source] : sources_of(connection, functions)) {
    if (const auto body = body_in(source))
      sql::each<const sql::TableRef>(*body, [&](const sql::TableRef& ref) { out.insert(ref.name); });
  }
  return {out.begin(), out.end()};
}

std::vector<FunctionReader::Found> FunctionReader::called_by(const sql::Select& query) {
  std::set<FunctionKey> keys;
  sql::each<const sql::FunctionCall>(query, [&](const sql::FunctionCall& call) {
    if (call.name.size() == 2 && call.name.front() != "pg_catalog")
      keys.insert({{call.name.front(), call.name.back()}, call.arguments.size()});
  });
  std::vector<Found> out;
  for (const FunctionKey& key : keys) {
    auto known = known_.find(key);
    if (known == known_.end()) {
      const db::Rows rows =
          connection_.query(candidates_query, {key.name.schema, key.name.name, std::to_string(key.arguments)});
      std::optional<Found> found;
      if (rows.size() == 1) found = Found{key, rows.text(0, 0), rows.text(0, 1)};
      known = known_.emplace(key, std::move(found)).first;
    }
    if (known->second) out.push_back(*known->second);
  }
  return out;
}

std::string FunctionReader::texts(const sql::Select& query) {
  std::vector<std::string> names;
  sql::each<const sql::FunctionCall>(query, [&](const sql::FunctionCall& call) {
    if (call.name.size() == 2 && call.name.front() != "pg_catalog") names.push_back(call.name.back());
  });
  std::string out;
  for (const auto& [oid, source] : sources_of(connection_, std::move(names))) out += std::to_string(oid) + source;
  return out;
}

std::optional<SqlFunction> FunctionReader::body_of(const Found& function) {
  const db::Rows rows = connection_.query(signature_query, {function.oid});
  if (rows.size() != 1) return std::nullopt;
  SqlFunction out;
  out.args = function.key.name.name;
  out.strict = rows.boolean(0, 0);
  out.set = rows.boolean(0, 1);
  out.columns = rows.array(0, 5);
  if (out.set && (out.strict || out.columns.empty())) return std::nullopt;
  const db::Transaction undone(connection_);
  try {
    out.result = parse::parse_type(rows.text(0, 2));
    const std::vector<std::string> names = rows.array(0, 3);
    const std::vector<std::string> types = rows.array(0, 4);
    for (std::size_t i = 0; i < names.size(); ++i) out.parameters.emplace_back(names[i], parse::parse_type(types[i]));
    sql::Select body = parse::parse_select(function.source);
    name_parameters(body, out);
    connection_.execute("CREATE TEMPORARY VIEW pgvista_body AS " + sql::print(around(out, std::move(body))));
    connection_.execute("SET LOCAL search_path = ''");
    const sql::Select made = parse::parse_select(
        connection_.query("SELECT pg_catalog.pg_get_viewdef('pg_temp.pgvista_body'::pg_catalog.regclass)").text(0, 0));
    const sql::Select* const found = inside(made, out.set);
    if (!found) return std::nullopt;
    out.body = *found;
    return out;
  } catch (const Failure&) {
    if (connection_.lost()) throw;
    return std::nullopt;
  }
}

std::map<FunctionKey, SqlFunction> FunctionReader::bodies(const sql::Select& query) {
  std::map<FunctionKey, SqlFunction> out;
  std::vector<sql::Select> open = {query};
  while (!open.empty()) {
    const sql::Select next = std::move(open.back());
    open.pop_back();
    for (const Found& one : called_by(next)) {
      if (out.contains(one.key)) continue;
      auto body = body_of(one);
      if (!body) continue;
      open.push_back(body->body);
      out.emplace(one.key, std::move(*body));
    }
  }
  return out;
}

}  // namespace pgvista::catalog
