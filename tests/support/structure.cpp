#include "support/structure.hpp"

namespace pgvista::test {

std::string structure(db::Connection& connection, bool names) {
  const db::Transaction transaction(connection);
  connection.execute("SET LOCAL search_path = ''");
  const db::Rows rows = connection.query(R"(
WITH relation AS (
  SELECT c.oid, n.nspname || '.' || c.relname AS name, c.relkind, c.reloptions, c.relacl, c.relowner
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pgvista') AND n.nspname NOT LIKE 'pg\_t%'
    AND c.relkind IN ('r', 'v', 'm')
), line AS (
  SELECT name || ': ' || pg_catalog.concat_ws(' ', relkind, (SELECT pg_catalog.array_agg(o ORDER BY o)
    FROM pg_catalog.unnest(reloptions) o)::text, pg_catalog.obj_description(oid, 'pg_class'),
    -- What the owner may do is the same whether it is written down or not.
    (SELECT pg_catalog.array_agg(x.grantee::regrole::text || ' ' || x.privilege_type ORDER BY 1)
      FROM pg_catalog.aclexplode(relacl) x WHERE x.grantee <> relowner)::text) AS text FROM relation
  UNION ALL
  SELECT r.name || '.' || a.attname || ': ' || pg_catalog.concat_ws(' ', pg_catalog.format_type(a.atttypid,
    a.atttypmod), a.attnotnull, a.attidentity::text, a.attgenerated::text,
    pg_catalog.pg_get_expr(d.adbin, d.adrelid), pg_catalog.col_description(r.oid, a.attnum))
  FROM relation r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped LEFT
    JOIN pg_catalog.pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
  UNION ALL
  SELECT r.name || ' constraint ' || CASE WHEN $1 THEN k.conname
    ELSE '' END || ': ' || pg_catalog.pg_get_constraintdef(k.oid) FROM relation r JOIN pg_catalog.pg_constraint k
      ON k.conrelid = r.oid
    -- Since PostgreSQL 18 NOT NULL is a constraint with a name that the server made of the column's first one: it
    -- is nobody's definition.
    WHERE k.contype <> 'n'
  UNION ALL
  SELECT r.name || ' index ' || CASE WHEN $1 THEN i.relname ELSE '' END || ': ' || CASE
    WHEN x.indisunique THEN 'unique ' ELSE '' END ||
    pg_catalog.regexp_replace(pg_catalog.pg_get_indexdef(i.oid), '^.*? USING ',
      '') || coalesce(pg_catalog.obj_description(i.oid, 'pg_class'), '')
  FROM relation r JOIN pg_catalog.pg_index x ON x.indrelid = r.oid JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
  UNION ALL
  SELECT r.name || ' query: ' || pg_catalog.regexp_replace(
    -- A store has a name of its own each time, and one that was built beside another its alias.
    pg_catalog.regexp_replace(pg_catalog.pg_get_viewdef(r.oid), 'pgvista\.\w+', 'store', 'g'), '\.(\w+) \1\M', '.\1',
      'g') FROM relation r WHERE r.relkind IN ('v', 'm')
  UNION ALL
  SELECT r.name || ' trigger: ' || t.tgname FROM relation r JOIN pg_catalog.pg_trigger t ON t.tgrelid = r.oid
    WHERE NOT t.tgisinternal
)
SELECT pg_catalog.string_agg(text, E'\n' ORDER BY text COLLATE "C") FROM line)",
                                         {names ? "true" : "false"});
  return rows.null(0, 0) ? "" : rows.text(0, 0) + "\n";
}

}  // namespace pgvista::test
