#include "catalog/function_proofs.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "catalog/unstable_calls.hpp"
#include "parse/parse.hpp"
#include "parse/plpgsql.hpp"
#include "sql/make.hpp"
#include "sql/visit.hpp"

namespace pgvista::catalog {

using Kind = ivm::UnstableCall::Kind;
using sql::Select;
namespace make = sql::make;

namespace {

// With the search path that it runs under: its own, or that of what keeps a view.
constexpr const char* function_query = R"(
SELECT l.lanname, p.prosrc, pg_catalog.pg_get_functiondef(p.oid), p.proname,
  ARRAY(SELECT coalesce(p.proargnames[i], '') FROM pg_catalog.generate_series(1, pg_catalog.cardinality(a.types)) i
    ORDER BY i),
  ARRAY(SELECT pg_catalog.format_type(t, NULL) FROM pg_catalog.unnest(a.types) WITH ORDINALITY AS u (t, n) ORDER BY n),
  coalesce((SELECT pg_catalog.substr(c, 13) FROM pg_catalog.unnest(p.proconfig) AS c WHERE c LIKE 'search\_path=%'),
    'pg_catalog, pg_temp')
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang
CROSS JOIN LATERAL (SELECT coalesce(p.proallargtypes, p.proargtypes::pg_catalog.oid[]) AS types) AS a
WHERE p.oid = $1::pg_catalog.oid AND p.prokind = 'f' AND p.prosqlbody IS NULL
  AND (l.lanname = 'plpgsql' OR l.lanname = 'sql')
)";

struct Body {
  std::string name;
  std::vector<std::pair<std::string, std::string>> variables;  // names and types, the parameters first
  std::vector<Select> queries;
};

// What a variable is without a declaration of its own.
std::string type_of(const parse::PlpgsqlBody::Variable& variable) {
  if (!variable.type.empty()) return variable.type;
  if (variable.name == "found") return "boolean";
  return variable.name == "sqlstate" || variable.name == "sqlerrm" ? "text" : "integer";  // of a loop
}

// nullopt: there is nothing to look into.
std::optional<Body> body_of(const db::Rows& rows) {
  Body out;
  out.name = rows.text(0, 3);
  const std::vector<std::string> names = rows.array(0, 4);
  const std::vector<std::string> types = rows.array(0, 5);
  for (std::size_t i = 0; i < names.size(); ++i)
    out.variables.emplace_back(names[i].empty() ? "$" + std::to_string(i + 1) : names[i], types[i]);
  if (rows.text(0, 0) == "sql") {
    out.queries.push_back(parse::parse_select(rows.text(0, 1)));
    return out;
  }
  const auto body = parse::parse_plpgsql(rows.text(0, 2));
  if (!body) return std::nullopt;
  out.queries = body->queries;
  for (const parse::PlpgsqlBody::Variable& one : body->variables) {
    const auto known = std::find_if(out.variables.begin(), out.variables.end(),
                                    [&](const auto& other) { return other.first == one.name; });
    // One that hides another may be of another type.
    if (known != out.variables.end() && !one.type.empty()) return std::nullopt;
    if (known == out.variables.end()) out.variables.emplace_back(one.name, type_of(one));
  }
  return out;
}

void name_parameters(sql::Node node, const Body& body) {
  auto* value = node.as<sql::Expr>();
  if (const auto* parameter = value ? value->as<sql::Parameter>() : nullptr) {
    const auto number = static_cast<std::size_t>(parameter->number);
    if (number >= 1 && number <= body.variables.size())
      *value = make::column(body.name, body.variables[number - 1].first);
    return;
  }
  sql::for_each_child(node, [&](sql::Node child) { name_parameters(child, body); });
}

// All of its expressions in one query, with columns for its variables. nullopt: one reads a table.
std::optional<Select> probe_of(Body body) {
  Select variables;
  for (const auto& [name, type] : body.variables)
    variables.targets.push_back(make::target(make::cast(make::null(), parse::parse_type(type)), name));
  if (variables.targets.empty()) variables.targets.push_back(make::target(make::null(), "pgvista_none"));
  Select out;
  for (Select& query : body.queries) {
    if (sql::holds<sql::TableRef>(query)) return std::nullopt;
    name_parameters(query, body);
    // Its own columns have names that nobody else sees.
    out.targets.push_back(make::target(make::exists(std::move(query)), "query_" + std::to_string(out.targets.size())));
  }
  if (out.targets.empty()) return std::nullopt;
  out.from.emplace_back(make::subquery(std::move(variables), body.name));
  return out;
}

}  // namespace

Kind FunctionProver::of(const std::string& oid) {
  const auto known = known_.find(oid);
  if (known != known_.end()) return known->second;
  known_[oid] = Kind::refused;  // what calls itself tells nothing of itself
  return known_[oid] = looked_into(oid);
}

Kind FunctionProver::looked_into(const std::string& oid) {
  const db::Rows rows = connection_.query(function_query, {oid});
  if (rows.size() != 1) return Kind::refused;
  const db::Transaction undone(connection_);
  try {
    auto body = body_of(rows);
    const auto probe = body ? probe_of(std::move(*body)) : std::nullopt;
    if (!probe) return Kind::refused;
    connection_.execute("SET LOCAL search_path = " + rows.text(0, 6));
    const std::vector<ivm::UnstableCall> calls = read_unstable_calls(connection_, *probe, trusted_, *this);
    const auto any = [&](Kind kind) {
      return std::any_of(calls.begin(), calls.end(), [&](const ivm::UnstableCall& one) { return one.kind == kind; });
    };
    return any(Kind::refused) ? Kind::refused : any(Kind::settings) ? Kind::settings : Kind::trusted;
  } catch (const Failure&) {
    if (connection_.lost()) throw;
    return Kind::refused;  // of variables that are records, say
  }
}

}  // namespace pgvista::catalog
