#include "server/exchange.hpp"

#include <pgvista/maintenance.hpp>
#include <algorithm>
#include <cstdlib>

namespace pgvista::server {

rest::Statement freshness_statement(const schema::ApiRelation& relation) {
  rest::Statement out;
  if (relation.maintenance != "manual") {
    const std::string oid = out.parameter(std::to_string(relation.oid)) + "::oid";
    const auto maintenance = maintenance_named(relation.maintenance);
    const bool by_triggers = maintenance && kept_by_triggers(*maintenance);
    out.sql = "SELECT CASE WHEN pgvista.is_kept(" + oid + ") THEN " +
              (by_triggers ? "" : "pgvista.lag_ms(" + oid + ") + ") + "pgvista.clock_ms(" + oid + ") END";
    return out;
  }
  // A refresh by somebody else makes another file than the one that the last run noted.
  out.sql =
      "SELECT CASE WHEN r.file_node = c.relfilenode::text THEN greatest(0, pg_catalog.floor(extract(epoch FROM "
      "pg_catalog.clock_timestamp() - r.started_at) * 1000))::bigint END "
      "FROM pg_catalog.pg_class c LEFT JOIN LATERAL (SELECT started_at, file_node FROM pgvista.refresh_run WHERE "
      "schema = " +
      out.parameter(relation.name.schema) + " AND name = " + out.parameter(relation.name.name) +
      " AND finished_at IS NOT NULL AND error IS NULL ORDER BY id DESC LIMIT 1) r ON true WHERE c.oid = " +
      out.parameter(std::to_string(relation.oid)) + "::oid";
  return out;
}

std::optional<long long> age_of(const PGresult* rows) {
  if (!rows || PQntuples(rows) == 0 || PQgetisnull(rows, 0, 0) != 0) return std::nullopt;
  return std::atoll(PQgetvalue(rows, 0, 0));
}

void add_freshness(const Exchange& exchange, const Outcome& outcome, Response& response) {
  const schema::ApiRelation* relation = exchange.plan.relation;
  if (exchange.plan.action != rest::Action::read || !relation || !relation->view()) return;
  if (exchange.options.from_query) {
    response.set("Age", "0");
    response.set("Pgvista-Source", "query");
    return;
  }
  const bool asked = exchange.freshness_at != 0;
  // A view is its query. What somebody else materialized is of an unknown age.
  if (!asked && relation->kind != 'm') response.set("Age", "0");
  const auto age = asked ? age_of(outcome.results[exchange.freshness_at].get()) : std::nullopt;
  if (age) response.set("Age", std::to_string(*age / 1000));
  response.set("Pgvista-Source", relation->kind == 'm' || !relation->maintenance.empty() ? "stored" : "query");
}

void add_cross_origin(const std::vector<std::string>& allowed, const rest::Request& request, const std::string& origin,
                      Response& response) {
  const bool any = std::find(allowed.begin(), allowed.end(), "*") != allowed.end();
  if (!any && std::find(allowed.begin(), allowed.end(), origin) == allowed.end()) return;
  response.set("Access-Control-Allow-Origin", any ? "*" : origin);
  if (!any) response.set("Vary", "Origin");
  response.set("Access-Control-Expose-Headers",
               "Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, "
               "Transfer-Encoding, Range-Unit, Age, ETag, Preference-Applied, Server-Timing, Pgvista-Source");
  if (request.method != "OPTIONS") return;
  const std::string asked = request.header("access-control-request-headers");
  response.set("Access-Control-Allow-Methods", "GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD");
  response.set("Access-Control-Allow-Headers",
               "Authorization, " + (asked.empty() ? "" : asked + ", ") + "Accept, Accept-Language, Content-Language");
  response.set("Access-Control-Max-Age", "86400");
}

}  // namespace pgvista::server
