#include "catalog/unstable_calls.hpp"

#include "catalog/function_proofs.hpp"
#include "catalog/node_text.hpp"
#include "sql/print.hpp"

namespace pgvista::catalog {

namespace {

// Every function, operator and conversion that the rule of a view calls. An input function is none of them: what
// PostgreSQL reads from a text, a reader of the view could.
constexpr const char* calls_query = R"(
WITH rule AS (SELECT r.ev_action::text AS action FROM pg_catalog.pg_rewrite r
  WHERE r.ev_class = 'pg_temp.pgvista_calls'::regclass),
called AS (
  SELECT DISTINCT m[1]::oid AS oid FROM rule, pg_catalog.regexp_matches(action,
    ':(?:funcid|opfuncid|aggfnoid|winfnoid) (\d+)', 'g') m
  UNION SELECT x.typoutput::oid FROM pg_catalog.pg_type t JOIN pg_catalog.pg_type x ON x.oid IN (t.oid, t.typelem)
    WHERE t.oid = ANY ($4::oid[])
),
unstable AS (
  SELECT p.oid, p.proname, n.nspname, p.provolatile, p.pronamespace = 'pg_catalog'::regnamespace AS own,
         p.pronamespace = 'pg_catalog'::regnamespace AND (p.proname = ANY ($1::text[]) OR p.proname ~ $2)
           AND NOT (p.proname = 'age' AND p.pronargs = 1)
           OR EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
                WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
                  AND d.refclassid = 'pg_catalog.pg_extension'::regclass AND e.extname = 'unaccent') AS by_settings,
         pg_catalog.concat(n.nspname, '.', p.proname) = ANY ($3::text[]) AS trusted
  FROM called c JOIN pg_catalog.pg_proc p ON p.oid = c.oid JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  WHERE p.provolatile <> 'i'
)
SELECT CASE WHEN trusted THEN 't' WHEN by_settings THEN 's' ELSE 'r' END, proname,
       CASE WHEN trusted THEN pg_catalog.format('%s.%s() is taken to give the same each time, as "trust" says; '
              'it is declared %s', nspname, proname, CASE provolatile WHEN 'v' THEN 'volatile' ELSE 'stable' END)
            WHEN provolatile = 'v' THEN pg_catalog.format('%s() is %s: its result depends on %s', proname, 'volatile',
              'chance, time or what else it reads')
            ELSE pg_catalog.format('%s() is %s: its result depends on %s', proname, 'stable',
              'time, the session or tables that it reads') END,
       CASE WHEN own THEN '' ELSE pg_catalog.format('If it depends on its arguments alone, say so: ALTER FUNCTION '
         '%s(%s) IMMUTABLE; or trust = ["%s.%s"] in the header, or below [maintenance] of pgvista.toml.',
         oid::regproc, pg_catalog.pg_get_function_identity_arguments(oid), nspname, proname) END,
       CASE WHEN own OR trusted OR by_settings THEN '' ELSE oid::text END,
       pg_catalog.format('%s.%s() is declared %s; by its body it depends on its arguments alone', nspname, proname,
         CASE provolatile WHEN 'v' THEN 'volatile' ELSE 'stable' END)
FROM unstable
UNION ALL SELECT 's', '', '', '', '', '' WHERE 0 = ANY ($4::oid[])
UNION ALL SELECT 'r', 'current_', 'the present time or user is asked for (CURRENT_DATE and its kin)', '', '', ''
  FROM rule
  WHERE action ~ '\{SQLVALUEFUNCTION '
ORDER BY 3)";

// What depends on settings, or on dictionaries and encodings of the database, and on nothing else. Text of dates and
// labels among them: labels are watched.
constexpr const char* by_settings =
    "{to_json,to_jsonb,json_agg,jsonb_agg,json_object_agg,jsonb_object_agg,json_build_object,jsonb_build_object,"
    "json_build_array,jsonb_build_array,row_to_json,array_to_json,concat,concat_ws,format,array_to_string,json_object,"
    "jsonb_object,json_agg_strict,jsonb_agg_strict,json_object_agg_strict,jsonb_object_agg_strict,"
    "json_object_agg_unique,jsonb_object_agg_unique,json_object_agg_unique_strict,jsonb_object_agg_unique_strict,"
    "json_populate_record,json_populate_recordset,jsonb_populate_record,jsonb_populate_recordset,json_to_record,"
    "json_to_recordset,jsonb_to_record,jsonb_to_recordset,"
    "enum_out,date_out,time_out,timestamp_out,timestamptz_out,timetz_out,interval_out,array_out,range_out,"
    "multirange_out,record_out,cash_out,xml_out,"
    "date,time,timetz,timestamp,timestamptz,date_trunc,date_part,extract,timezone,overlaps,in_range,generate_series,"
    "timestamptz_pl_interval,timestamptz_mi_interval,interval_pl_timestamptz,make_timestamptz,date_bin,"
    "to_char,to_date,to_number,to_timestamp,money,numeric,anytextcat,textanycat,quote_literal,quote_nullable,"
    "convert,convert_from,convert_to,length,xml,xml_is_well_formed,"
    "to_tsvector,json_to_tsvector,jsonb_to_tsvector,to_tsquery,plainto_tsquery,phraseto_tsquery,websearch_to_tsquery,"
    "ts_headline,ts_match_tq,ts_match_tt,jsonb_path_exists_tz,jsonb_path_match_tz,jsonb_path_query_tz,"
    "jsonb_path_query_array_tz,jsonb_path_query_first_tz}";

// Comparisons of a date or a timestamp with a timestamp of a zone.
constexpr const char* comparisons =
    "^(date|timestamp|timestamptz)_(eq|ne|lt|le|gt|ge|cmp)_(date|timestamp|timestamptz)$";

ivm::UnstableCall::Kind kind_of(const std::string& letter) {
  if (letter == "t") return ivm::UnstableCall::Kind::trusted;
  return letter == "s" ? ivm::UnstableCall::Kind::settings : ivm::UnstableCall::Kind::refused;
}

}  // namespace

namespace {

db::Rows calls_of(db::Connection& connection, const sql::Select& query, const std::vector<std::string>& trusted) {
  const db::Transaction transaction(connection);
  connection.execute("CREATE TEMPORARY VIEW pgvista_calls AS " + sql::print(query));
  const db::Rows tree = connection.query(
      "SELECT ev_action::text FROM pg_catalog.pg_rewrite WHERE ev_class = 'pg_temp.pgvista_calls'::regclass");
  std::vector<std::string> converted;
  for (const long long type : converted_by_text(tree.text(0, 0))) converted.push_back(std::to_string(type));
  return connection.query(calls_query,
                          {by_settings, comparisons, db::array_literal(trusted), db::array_literal(converted)});
}

}  // namespace

std::vector<ivm::UnstableCall> read_unstable_calls(db::Connection& connection, const sql::Select& query,
                                                   const std::vector<std::string>& trusted, FunctionProver& prover) {
  const db::Rows rows = calls_of(connection, query, trusted);
  std::vector<ivm::UnstableCall> out;
  for (int row = 0; row < rows.size(); ++row) {
    ivm::UnstableCall& one = out.emplace_back();
    one = {kind_of(rows.text(row, 0)), rows.text(row, 1), rows.text(row, 2), rows.text(row, 3)};
    if (rows.text(row, 4).empty()) continue;
    const ivm::UnstableCall::Kind proven = prover.of(rows.text(row, 4));
    if (proven == ivm::UnstableCall::Kind::trusted) one = {proven, one.name, rows.text(row, 5)};
    if (proven == ivm::UnstableCall::Kind::settings) one = {proven, {}, {}, {}};
  }
  return out;
}

std::vector<std::string> names_of_no_function(db::Connection& connection, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  const db::Rows rows = connection.query(
      "SELECT one FROM pg_catalog.unnest($1::text[]) WITH ORDINALITY AS u (one, n) WHERE NOT EXISTS (SELECT FROM "
      "pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace s ON s.oid = p.pronamespace WHERE "
      "pg_catalog.concat(s.nspname, '.', p.proname) = one) ORDER BY n",
      {db::array_literal(names)});
  std::vector<std::string> out;
  for (int row = 0; row < rows.size(); ++row) out.push_back(rows.text(row, 0));
  return out;
}

}  // namespace pgvista::catalog
