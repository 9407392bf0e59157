-- 0.3.0: writers take turns for a while after a deadlock.
CREATE TABLE IF NOT EXISTS pgvista.turn ();
COMMENT ON TABLE pgvista.turn IS 'has no rows: who locks it has its turn, while writers take turns after a deadlock';
-- pgvista.entered: in a session, when its transaction began that has changed a table of a view kept at once, in
-- microseconds. pgvista.deadlocks: the server's count of them in this database. pgvista.crowded: until when writers
-- take turns.
DO $$
DECLARE
  kind text := CASE WHEN current_setting('server_version_num')::int >= 150000 THEN 'UNLOGGED SEQUENCE'
    ELSE 'SEQUENCE' END;
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['entered', 'deadlocks', 'crowded'] LOOP
    EXECUTE 'CREATE ' || kind || ' IF NOT EXISTS pgvista.' || name || ' MINVALUE 0';
  END LOOP;
END $$;
-- Captures say whether they lock keys while the writer's statement runs.
UPDATE pgvista.program SET captures = (
  SELECT jsonb_agg(one || jsonb_build_object('locks', mode = 'immediate' AND NOT one ? 'queue') ORDER BY n)
  FROM jsonb_array_elements(captures) WITH ORDINALITY AS c (one, n))
WHERE captures <> '[]'::jsonb;
