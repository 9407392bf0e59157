-- 0.1.0 -> 0.2.0. Nothing here is more than an addition: a database that was made between the two has some of it.
CREATE TABLE IF NOT EXISTS pgvista.version (
  schema_version   int NOT NULL,
  program_version  text NOT NULL,
  at               timestamptz NOT NULL DEFAULT clock_timestamp(),
  made_of          text NOT NULL DEFAULT ''
);
COMMENT ON TABLE pgvista.version IS 'which pgvista made, and brought up, this schema; the last row holds';
COMMENT ON COLUMN pgvista.version.made_of IS 'a fingerprint of the functions of this schema';
-- Added since 0.1.0. Empty: of a project that has not said its name yet.
ALTER TABLE pgvista.view ADD COLUMN IF NOT EXISTS project text NOT NULL DEFAULT '';
ALTER TABLE pgvista.migration ADD COLUMN IF NOT EXISTS project text NOT NULL DEFAULT '';
DO $$ BEGIN
  IF (SELECT pg_catalog.cardinality(conkey) FROM pg_catalog.pg_constraint
    WHERE conrelid = 'pgvista.migration'::regclass AND contype = 'p') = 1 THEN
    ALTER TABLE pgvista.migration DROP CONSTRAINT migration_pkey, ADD PRIMARY KEY (project, name);
  END IF;
END $$;
-- What a refresh failed with may hold values of rows: that is the owner's to read, and not here.
CREATE TABLE IF NOT EXISTS pgvista.refresh_error (
  run      bigint PRIMARY KEY REFERENCES pgvista.refresh_run (id) ON DELETE CASCADE,
  message  text NOT NULL
);
-- Any role may LISTEN and NOTIFY on a channel whose name it knows. The keys of changed rows are told on one that
-- nobody can guess. A right to read its name is given by hand, to the role that serves; no default privileges open it.
DO $$
DECLARE
  one text;
BEGIN
  IF pg_catalog.to_regclass('pgvista.listener') IS NULL THEN
    CREATE TABLE pgvista.listener (one boolean PRIMARY KEY DEFAULT true CHECK (one), channel text NOT NULL);
    FOR one IN
      SELECT DISTINCT CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE
        pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END
        FROM pg_catalog.pg_class AS c CROSS JOIN pg_catalog.aclexplode(c.relacl) AS x
        WHERE c.oid = 'pgvista.listener'::regclass AND x.grantee <> c.relowner
    LOOP
      EXECUTE 'REVOKE ALL ON pgvista.listener FROM ' || one || ' CASCADE';
    END LOOP;
  END IF;
END $$;
INSERT INTO pgvista.refresh_error (run, message) SELECT r.id, r.error FROM pgvista.refresh_run r
  WHERE r.sqlstate IS NOT NULL AND r.error NOT LIKE 'it failed (%' ON CONFLICT DO NOTHING;
UPDATE pgvista.refresh_run r SET error = 'it failed (' || r.sqlstate || ')' WHERE r.sqlstate IS NOT NULL
  AND r.error NOT LIKE 'it failed (%';
-- Added since 0.1.0.
ALTER TABLE pgvista.program ADD COLUMN IF NOT EXISTS settings jsonb NOT NULL DEFAULT '[]';
ALTER TABLE pgvista.program ADD COLUMN IF NOT EXISTS anchor text NOT NULL DEFAULT '';
ALTER TABLE pgvista.program ADD COLUMN IF NOT EXISTS sound text NOT NULL DEFAULT '';
ALTER TABLE pgvista.program ADD COLUMN IF NOT EXISTS sound_body text;
ALTER TABLE pgvista.program ADD COLUMN IF NOT EXISTS catches boolean NOT NULL DEFAULT false;
ALTER TABLE pgvista.program ADD COLUMN IF NOT EXISTS stale_reads text NOT NULL DEFAULT 'query';
ALTER TABLE pgvista.program ADD COLUMN IF NOT EXISTS watched text;
ALTER TABLE pgvista.program ADD COLUMN IF NOT EXISTS tables text[] NOT NULL DEFAULT '{}';
ALTER TABLE pgvista.program ADD COLUMN IF NOT EXISTS store_oid oid;
ALTER TABLE pgvista.program ADD COLUMN IF NOT EXISTS row_key text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN pgvista.program.row_key IS 'columns that readers tell its rows apart by';
ALTER TABLE pgvista.program ADD COLUMN IF NOT EXISTS heard text[] NOT NULL DEFAULT '{}';
ALTER TABLE pgvista.program ADD COLUMN IF NOT EXISTS triggers text[] NOT NULL DEFAULT '{}';
ALTER TABLE pgvista.program ADD COLUMN IF NOT EXISTS marks text;
ALTER TABLE pgvista.program ADD COLUMN IF NOT EXISTS marked_by text;
ALTER TABLE pgvista.program ADD COLUMN IF NOT EXISTS generation int NOT NULL DEFAULT 1;
ALTER TABLE pgvista.program ADD COLUMN IF NOT EXISTS compiled_by text NOT NULL DEFAULT '0.1';
COMMENT ON COLUMN pgvista.program.generation IS 'of the compiler that made it: older ones stay valid';
COMMENT ON COLUMN pgvista.program.marks IS 'what it hears by, when its rows were computed (pgvista.marks)';
COMMENT ON COLUMN pgvista.program.marked_by IS 'the server of these marks (pgvista.identity)';
COMMENT ON COLUMN pgvista.program.heard IS 'the tables whose triggers it needs, one for each of "triggers"';
COMMENT ON COLUMN pgvista.program.sound IS
  'the function that says whether its maintenance may run; its body while it is stopped is in sound_body';
COMMENT ON COLUMN pgvista.program.catches IS
  'an error of its maintenance puts the view aside instead of failing the writer';
COMMENT ON COLUMN pgvista.program.watched IS
  'what it depends on without being told of its changes, as it was when it was made (pgvista.watched_text)';
COMMENT ON COLUMN pgvista.program.store_oid IS 'of the store that was filled: a restored one has another';
COMMENT ON COLUMN pgvista.program.settings IS
  'what it computes under, as [name, value] pairs: the database''s defaults when it was made';
-- Where transactions can be prepared, which a NOTIFY forbids, pgvista watch tells what was written here.
CREATE TABLE IF NOT EXISTS pgvista.told (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, channel text NOT NULL,
  payload text NOT NULL);
-- Views that are not kept at the moment, and why. An error may hold values of rows: nobody but the owner reads them.
CREATE TABLE IF NOT EXISTS pgvista.stopped (
  program     text PRIMARY KEY,
  state       text NOT NULL CHECK (state IN ('stale', 'paused')),
  sqlstate    text,
  message     text,
  relation    text,
  statement   text,
  switched    boolean NOT NULL DEFAULT false,
  stopped_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON COLUMN pgvista.stopped.switched IS
  'do readers of the view get what stale_reads says? false: they still get the old rows';
-- Counts what is noted, so that pgvista watch sees by one number whether there is anything new. No NOTIFY: a
-- transaction with one cannot be prepared, and waits for all others that have one when it commits.
CREATE SEQUENCE IF NOT EXISTS pgvista.noted;
DROP FUNCTION IF EXISTS pgvista.queue_wakes();
-- What the running statement changes, by the values that two sequences have in this session. pgvista.statement: when
-- the client's message began, in microseconds. pgvista.open: from the right 20 bits for the programs that have
-- counted again, 10 for how many changes are open, one that is set as soon as they are of two tables, 32 for the oid
-- of the first table. A failed part of a message leaves changes open: until the next message, its tables are counted
-- again.
DO $$ BEGIN
  IF to_regclass('pgvista.open') IS NULL THEN
    EXECUTE CASE WHEN current_setting('server_version_num')::int >= 150000 THEN 'CREATE UNLOGGED SEQUENCE'
      ELSE 'CREATE SEQUENCE' END || ' pgvista.statement MINVALUE 0';
    EXECUTE CASE WHEN current_setting('server_version_num')::int >= 150000 THEN 'CREATE UNLOGGED SEQUENCE'
      ELSE 'CREATE SEQUENCE' END || ' pgvista.open MINVALUE 0';
  END IF;
END $$;
