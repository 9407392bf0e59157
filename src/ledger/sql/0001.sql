-- The schema pgvista of 0.1.0.
CREATE SCHEMA IF NOT EXISTS pgvista;
COMMENT ON SCHEMA pgvista IS 'What pgvista knows of the views that it manages. Made and dropped by pgvista.';
CREATE TABLE IF NOT EXISTS pgvista.view (
  schema            text NOT NULL,
  name              text NOT NULL,
  oid               oid NOT NULL,
  kind              text NOT NULL,
  query             text NOT NULL,
  canonical         text NOT NULL,
  fingerprint       text NOT NULL,
  rule_fingerprint  text NOT NULL,
  server_major      int NOT NULL,
  columns           jsonb NOT NULL,
  indexes           jsonb NOT NULL,
  made_indexes      text[] NOT NULL,
  refresh_due       boolean NOT NULL DEFAULT false,
  adopted           boolean NOT NULL DEFAULT false,
  synced_at         timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (schema, name)
);
CREATE TABLE IF NOT EXISTS pgvista.build (
  oid      oid PRIMARY KEY,
  schema   text NOT NULL,
  name     text NOT NULL,
  made_at  timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS pgvista.refresh_run (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  schema           text NOT NULL,
  name             text NOT NULL,
  mode             text NOT NULL,
  started_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at      timestamptz,
  rows             bigint,
  error            text,
  sqlstate         text,
  backend          int NOT NULL DEFAULT pg_backend_pid(),
  changes          jsonb,
  row_version      text,
  ddl_fingerprint  text,
  file_node        text
);
CREATE TABLE IF NOT EXISTS pgvista.migration (
  name         text PRIMARY KEY,
  checksum     text NOT NULL,
  steps_done   int,
  faked        boolean NOT NULL DEFAULT false,
  applied_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  duration_ms  double precision NOT NULL DEFAULT 0
);
COMMENT ON COLUMN pgvista.migration.steps_done IS 'of a migration that is under way; NULL: all of it is done';
CREATE INDEX IF NOT EXISTS refresh_run_view ON pgvista.refresh_run (schema, name, id DESC);
-- One row a view: what keeps it.
CREATE TABLE IF NOT EXISTS pgvista.program (
  schema       text NOT NULL,
  name         text NOT NULL,
  program      text NOT NULL,
  mode         text NOT NULL,
  strategy     text NOT NULL,
  level        int NOT NULL,
  store        text NOT NULL,
  key          text[] NOT NULL,
  captures     jsonb NOT NULL,
  removal      text[] NOT NULL,
  repair       text[] NOT NULL,
  facts        text NOT NULL,
  visible      text NOT NULL,
  anchor_text  text NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (program)
);
-- The rows that writers lock, one a slot; `turn` changes so that a writer with an older snapshot finds out.
CREATE TABLE IF NOT EXISTS pgvista.lock (
  view  int NOT NULL,
  slot  bigint NOT NULL,
  turn  boolean NOT NULL DEFAULT false,
  PRIMARY KEY (view, slot)
) WITH (fillfactor = 50);
-- What waits for the commit of its own transaction; empty to everybody else, and after a crash. `entry` is the
-- number of a reference to a base table in a view, 0 for all of it; `columns` holds an array of values as text for
-- each column.
CREATE UNLOGGED TABLE IF NOT EXISTS pgvista.pending (
  xid      xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
  level    int NOT NULL,
  drain    text NOT NULL,
  entry    int NOT NULL,
  columns  text[],
  first    boolean NOT NULL
);
CREATE INDEX IF NOT EXISTS pending_xid ON pgvista.pending (xid);
-- One row a deferred view: up to where it has been kept. `own_xid`, `own_until`: what the transaction that made it had
-- noted before, which its rows hold already. The view equals its query at `snapshot`, unless it is stale.
CREATE TABLE IF NOT EXISTS pgvista.deferred (
  program      text PRIMARY KEY,
  snapshot     pg_snapshot NOT NULL,
  identity     text NOT NULL,
  own_xid      xid8 NOT NULL,
  own_until    timestamptz NOT NULL DEFAULT clock_timestamp(),
  queues       text[] NOT NULL,
  tables       text[] NOT NULL,
  takes        text[] NOT NULL,
  repair       text[] NOT NULL,
  waits        text NOT NULL,
  stale        text,
  applied_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  batches      bigint NOT NULL DEFAULT 0,
  applied      bigint NOT NULL DEFAULT 0,
  last_rows    bigint NOT NULL DEFAULT 0,
  last_ms      double precision NOT NULL DEFAULT 0
) WITH (fillfactor = 30);
COMMENT ON COLUMN pgvista.deferred.stale IS
  'why its notes were dropped: it is computed as a whole next; NULL: it is kept by its notes';
-- Who keeps the deferred views of this database. `term` goes up with each that takes over.
CREATE TABLE IF NOT EXISTS pgvista.lease (
  one        boolean PRIMARY KEY DEFAULT true CHECK (one),
  term       bigint NOT NULL,
  holder     text NOT NULL,
  beat_at    timestamptz NOT NULL,
  lasts      interval NOT NULL,
  taken_at   timestamptz NOT NULL
) WITH (fillfactor = 30);
