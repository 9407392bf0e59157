#include "apply/unchanged.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "sql/identifier.hpp"

namespace pgvista::apply {

namespace {

// `relations`: an array of oids.
constexpr const char* state_query = R"(
SELECT coalesce(pg_catalog.md5(pg_catalog.string_agg(line, ',' ORDER BY line)), '') FROM (
  SELECT pg_catalog.concat_ws('|', 'relation', c.oid, c.relname, c.relnamespace, c.relowner, c.relacl::text,
    c.reloptions::text, c.reltablespace) AS line FROM pg_catalog.pg_class c WHERE c.oid = ANY ({0})
  UNION ALL SELECT pg_catalog.concat_ws('|', 'column', a.attrelid, a.attnum, a.attname, a.attacl::text, a.attstattarget,
    a.attoptions::text, a.attstorage) FROM pg_catalog.pg_attribute a WHERE a.attrelid = ANY ({0}) AND a.attnum > 0
  UNION ALL SELECT pg_catalog.concat_ws('|', 'index', i.indexrelid) FROM pg_catalog.pg_index i
    WHERE i.indrelid = ANY ({0})
  UNION ALL SELECT pg_catalog.concat_ws('|', 'trigger', t.oid, t.tgenabled) FROM pg_catalog.pg_trigger t
    WHERE t.tgrelid = ANY ({0}) AND NOT t.tgisinternal
  UNION ALL SELECT pg_catalog.concat_ws('|', 'rule', r.oid) FROM pg_catalog.pg_rewrite r WHERE r.ev_class = ANY ({0})
  UNION ALL SELECT pg_catalog.concat_ws('|', 'comment', d.objoid, d.objsubid, pg_catalog.md5(d.description))
    FROM pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = ANY ({0})
  UNION ALL SELECT pg_catalog.concat_ws('|', 'statistics', s.oid) FROM pg_catalog.pg_statistic_ext s
    WHERE s.stxrelid = ANY ({0})
  UNION ALL SELECT pg_catalog.concat_ws('|', 'reader', r.ev_class) FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_rewrite r ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
    WHERE d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = ANY ({0})
) AS lines)";

std::string query_for(const std::vector<schema::Oid>& relations) {
  std::vector<std::string> oids;
  for (const schema::Oid one : relations) oids.push_back(std::to_string(one));
  return fmt::format(state_query, fmt::format("'{{{}}}'::pg_catalog.oid[]", join(oids, ",")));
}

}  // namespace

std::string state_of(db::Connection& connection, const std::vector<schema::Oid>& relations) {
  return connection.query(query_for(relations)).text(0, 0);
}

std::string expect_state_sql(const std::vector<schema::Oid>& relations, const std::string& state) {
  return "DO " +
         sql::quote_literal(fmt::format(
             "BEGIN IF ({}) <> {} THEN RAISE EXCEPTION 'it was changed by somebody else while what takes its place was "
             "built' USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Nothing is done: run it again, and "
             "the change is kept. A right, an owner, a comment, an option, an index, or a view over it.'; END IF; END",
             query_for(relations), sql::quote_literal(state)));
}

}  // namespace pgvista::apply
