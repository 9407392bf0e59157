-- Everybody may read what says nothing of anybody's rows, and call what waits and tells how far a view is. A view's
-- owner may read the store and the query behind it. Nobody else has any right on anything of ours, whatever
-- pg_default_acl says.
CREATE OR REPLACE FUNCTION pgvista.set_rights() RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp SET jit = off
  SET client_min_messages = warning AS $$
DECLARE
  own oid := (SELECT n.nspowner FROM pg_namespace AS n WHERE n.nspname = 'pgvista');
  readable text[] := ARRAY['version', 'view', 'build', 'refresh_run', 'migration', 'program', 'deferred', 'lease'];
  callable text[] := ARRAY['view_text', 'identity', 'snapshot_before_commit', 'queue_side', 'behind', 'lag_ms',
    'deferred_below', 'has_reached', 'wait_for', 'who_watches', 'refuse_read', 'is_kept', 'programs_below',
    'clock_ms'];
  one record;
BEGIN
  FOR one IN
    WITH wanted (kind, object, grantee, privilege) AS (
      SELECT 'SCHEMA', 'pgvista', 0::oid, 'USAGE'
      UNION ALL SELECT 'TABLE', c.oid::regclass::text, 0::oid, 'SELECT' FROM pg_class AS c
        WHERE c.relnamespace = 'pgvista'::regnamespace AND c.relkind = 'r' AND c.relname = ANY (readable)
      UNION ALL SELECT 'FUNCTION', p.oid::regprocedure::text, 0::oid, 'EXECUTE' FROM pg_proc AS p
        WHERE p.pronamespace = 'pgvista'::regnamespace AND p.proname = ANY (callable)
      UNION ALL SELECT 'TABLE', c.oid::regclass::text, v.relowner, 'SELECT'
        FROM pgvista.program AS p JOIN pg_class AS c ON c.relnamespace = 'pgvista'::regnamespace
          AND c.relname IN (p.store, p.anchor)
        JOIN pg_class AS v ON v.oid = to_regclass(format('%I.%I', p.schema, p.name)) AND v.relowner <> c.relowner
    ), found AS (
      SELECT 'SCHEMA' AS kind, 'pgvista' AS object, x.grantee, x.privilege_type AS privilege, n.nspowner AS owner
        FROM pg_namespace AS n CROSS JOIN aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) AS x
        WHERE n.nspname = 'pgvista'
      UNION ALL SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE'
        ELSE 'TABLE' END, c.oid::regclass::text, x.grantee, x.privilege_type, c.relowner
        FROM pg_class AS c CROSS JOIN aclexplode(coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's'
          ELSE 'r' END::"char", c.relowner))) AS x
        WHERE c.relnamespace = 'pgvista'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p', 'S')
          -- Given by hand to the role that serves.
          AND NOT (c.relname = 'listener' AND x.grantee <> 0 AND x.privilege_type = 'SELECT')
      UNION ALL SELECT 'FUNCTION', p.oid::regprocedure::text, x.grantee, x.privilege_type, p.proowner
        FROM pg_proc AS p CROSS JOIN aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS x
          WHERE p.pronamespace = 'pgvista'::regnamespace
    )
    SELECT DISTINCT 'REVOKE ALL ON ' || f.kind || ' ' || f.object || ' FROM ' || CASE f.grantee WHEN 0 THEN 'PUBLIC'
      ELSE quote_ident(pg_get_userbyid(f.grantee)) END || ' CASCADE' AS sql, 1 AS turn
      FROM found AS f WHERE f.grantee <> f.owner AND NOT EXISTS (SELECT FROM wanted AS w WHERE w.kind = f.kind
        AND w.object = f.object AND w.grantee = f.grantee AND w.privilege = f.privilege)
    UNION ALL
    -- After a REVOKE of something else it is given anew.
    SELECT DISTINCT 'GRANT ' || w.privilege || ' ON ' || w.kind || ' ' || w.object || ' TO ' || CASE w.grantee WHEN 0
      THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(w.grantee)) END, 2
      FROM wanted AS w WHERE NOT EXISTS (SELECT FROM found AS f WHERE f.kind = w.kind AND f.object = w.object
        AND f.grantee = w.grantee AND f.privilege = w.privilege)
        OR EXISTS (SELECT FROM found AS f WHERE f.kind = w.kind AND f.object = w.object AND f.grantee = w.grantee
          AND f.grantee <> f.owner
                   AND NOT EXISTS (SELECT FROM wanted AS o WHERE o.kind = f.kind AND o.object = f.object
                     AND o.grantee = f.grantee AND o.privilege = f.privilege))
    ORDER BY turn
  LOOP
    EXECUTE one.sql;
  END LOOP;
  -- A restore without data leaves none.
  INSERT INTO pgvista.listener (channel) SELECT 'pgvista_rows_' || replace(gen_random_uuid()::text, '-', '')
    WHERE NOT EXISTS (SELECT FROM pgvista.listener);
  -- Of what stopped a view, everybody may know that it did.
  IF NOT has_column_privilege('public', 'pgvista.stopped', 'state', 'SELECT') THEN
    GRANT SELECT (program, state, switched, stopped_at) ON pgvista.stopped TO PUBLIC;
  END IF;
  FOR one IN
    SELECT format('REVOKE ALL (%I) ON TABLE %s FROM %s CASCADE', a.attname, c.oid::regclass, CASE x.grantee WHEN 0
      THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END) AS sql
      FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid CROSS JOIN aclexplode(a.attacl) AS x
      WHERE c.relnamespace = 'pgvista'::regnamespace AND x.grantee <> c.relowner
        AND NOT (c.relname = 'stopped' AND x.grantee = 0 AND a.attname IN ('program', 'state', 'switched',
          'stopped_at') AND x.privilege_type = 'SELECT')
  LOOP
    EXECUTE one.sql;
  END LOOP;
END $$;
