-- What all deferred views share: queues, drains, waits, the lease of watch.

-- Which server and database a snapshot is of. Numbers of transactions mean nothing anywhere else.
CREATE OR REPLACE FUNCTION pgvista.identity() RETURNS text LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
  RETURN (SELECT system_identifier::text FROM pg_control_system()) || '/' || (SELECT oid::text FROM pg_database
    WHERE datname = current_database());
EXCEPTION WHEN insufficient_privilege THEN
  RETURN '/' || (SELECT oid::text FROM pg_database WHERE datname = current_database());
END $$;

-- The current snapshot, in which this transaction itself is still under way: what it notes from now on is to be
-- applied.
CREATE OR REPLACE FUNCTION pgvista.snapshot_before_commit() RETURNS pg_snapshot LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
  own xid8 := pg_current_xact_id();
  known pg_snapshot := pg_current_snapshot();
BEGIN
  IF NOT pg_visible_in_snapshot(own, known) THEN
    RETURN known;
  END IF;
  RETURN (SELECT format('%s:%s:%s', least(pg_snapshot_xmin(known)::text::numeric, own::text::numeric),
    pg_snapshot_xmax(known), string_agg(x::text, ',' ORDER BY x))
    FROM (SELECT pg_snapshot_xip(known) AS x UNION SELECT own) AS open)::pg_snapshot;
END $$;

-- Whose turn it is among a queue's three tables. A constant, so that asking costs writers nothing: pgvista watch
-- writes the function anew.
DO $$ BEGIN
  IF to_regprocedure('pgvista.queue_side()') IS NULL THEN
    CREATE FUNCTION pgvista.queue_side() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 0';
  END IF;
END $$;

CREATE OR REPLACE FUNCTION pgvista.ensure_queue(sides text[], columns text[], types text[]) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off SET client_min_messages = warning AS $$
DECLARE
  side text;
BEGIN
  FOREACH side IN ARRAY sides LOOP
    IF to_regclass(side) IS NULL THEN
      EXECUTE format('CREATE TABLE %s (xid xid8 NOT NULL DEFAULT pg_current_xact_id(), '
        'at timestamptz NOT NULL DEFAULT clock_timestamp(), n_rows int NOT NULL DEFAULT 0, '
        'o_rows int NOT NULL DEFAULT 0, everything boolean NOT NULL DEFAULT false)', side);
      EXECUTE format('REVOKE ALL ON TABLE %s FROM PUBLIC', side);
      EXECUTE format('CREATE INDEX ON %s (xid)', side);
    END IF;
    FOR i IN 1 .. cardinality(columns) LOOP
      IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = side::regclass AND quote_ident(attname) = columns[i]
        AND NOT attisdropped) THEN
        -- Not compressed: a note is read once.
        EXECUTE format('ALTER TABLE %s ADD COLUMN %s %s', side, columns[i], types[i]);
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %s SET STORAGE EXTERNAL', side, columns[i]);
      END IF;
    END LOOP;
  END LOOP;
END $$;

-- What waits in these queues between two snapshots.
CREATE OR REPLACE FUNCTION pgvista.waiting_in(queues text[], seen pg_snapshot, wanted pg_snapshot, own xid8,
  own_until timestamptz, OUT notes bigint, OUT changes bigint, OUT since timestamptz, OUT latest timestamptz)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET jit = off SET enable_seqscan = off AS $$
DECLARE
  queue text;
  n bigint;
  c bigint;
  s timestamptz;
  l timestamptz;
BEGIN
  notes := 0;
  changes := 0;
  FOREACH queue IN ARRAY queues LOOP
    EXECUTE format('SELECT count(*), coalesce(sum(q.n_rows + q.o_rows), 0), min(q.at), max(q.at) FROM %s AS q
      WHERE (q.xid = ANY ($1) OR (q.xid >= $2 AND q.xid < $3)) AND pg_visible_in_snapshot(q.xid, $4)
        AND NOT (q.xid = $5 AND q.at < $6)', queue)
      INTO n, c, s, l USING ARRAY(SELECT pg_snapshot_xip(seen)), pg_snapshot_xmax(seen), pg_snapshot_xmax(wanted),
        wanted, own, own_until;
    notes := notes + n;
    changes := changes + c;
    since := least(since, s);
    latest := greatest(latest, l);
  END LOOP;
END $$;

-- A deferred view: how far it is behind.
CREATE OR REPLACE FUNCTION pgvista.behind(OUT program text, OUT notes bigint, OUT changes bigint,
  OUT since timestamptz, OUT latest timestamptz, OUT bytes bigint, OUT stale text) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
  SELECT d.program, w.notes, w.changes, w.since, w.latest, (SELECT sum(pg_total_relation_size(q::regclass))::bigint
    FROM unnest(d.queues) AS q), coalesce(d.stale, CASE WHEN d.identity <> pgvista.identity()
    THEN 'the database was restored elsewhere' END)
  FROM pgvista.deferred AS d CROSS JOIN LATERAL pgvista.waiting_in(d.queues, d.snapshot, pg_current_snapshot(),
    d.own_xid, d.own_until) AS w
$$;

-- Brings a deferred view up to the snapshot of this transaction, which must be REPEATABLE READ and must have locked,
-- before it got its snapshot, the view's tables and queues in ACCESS SHARE MODE: nothing may be truncated meanwhile.
-- The changed rows that it applied; NULL when it computed all rows again.
CREATE OR REPLACE FUNCTION pgvista.drain(wanted text) RETURNS bigint LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
  IF current_setting('transaction_isolation') = 'read committed' THEN
    RAISE EXCEPTION 'pgvista.drain needs one snapshot for all that it reads'
      USING ERRCODE = 'invalid_transaction_state', HINT = 'BEGIN ISOLATION LEVEL REPEATABLE READ';
  END IF;
  RETURN pgvista.drain_now(wanted);
END $$;

-- The same in a transaction that has locked the tables against writers: there every snapshot shows the same of them.
CREATE OR REPLACE FUNCTION pgvista.drain_now(wanted text) RETURNS bigint LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
  state pgvista.deferred;
  reached pg_snapshot := pg_current_snapshot();
  began timestamptz := clock_timestamp();
  one text;
  taken bigint;
  total bigint := 0;
  whole boolean;
  moved boolean;
BEGIN
  -- Two that drain at once: the second fails with 40001, and has done nothing.
  SELECT * INTO state FROM pgvista.deferred AS d WHERE d.program = wanted FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no deferred view is kept by "%"', wanted USING ERRCODE = 'undefined_object';
  END IF;
  whole := state.stale IS NOT NULL OR state.identity <> pgvista.identity();
  moved := (SELECT pgvista.move_clock(format('pgvista.%I', p.clock)::regclass, p.clock_every, true)
    FROM pgvista.program AS p WHERE p.program = wanted AND p.clock IS NOT NULL);
  IF whole THEN
    FOREACH one IN ARRAY state.repair LOOP
      EXECUTE one;
    END LOOP;
    PERFORM pgvista.apply_pending();
  ELSE
    FOREACH one IN ARRAY state.takes LOOP
      EXECUTE 'SELECT ' || one || '($1, $2, $3, $4)' INTO taken
        USING state.snapshot, reached, state.own_xid, state.own_until;
      total := greatest(total, taken);
    END LOOP;
    IF total = 0 AND moved IS NOT TRUE THEN
      IF pg_visible_in_snapshot(state.own_xid, reached) AND NOT pg_visible_in_snapshot(state.own_xid, state.snapshot)
        THEN
        UPDATE pgvista.deferred AS d SET snapshot = reached WHERE d.program = wanted;
      END IF;
      RETURN 0;
    END IF;
    PERFORM pgvista.apply_pending();
  END IF;
  UPDATE pgvista.deferred AS d SET snapshot = reached, identity = pgvista.identity(), stale = NULL,
    applied_at = clock_timestamp(), batches = d.batches + 1, applied = d.applied + total,
    last_rows = total, last_ms = extract(epoch FROM clock_timestamp() - began) * 1000 WHERE d.program = wanted;
  RETURN CASE WHEN whole THEN NULL ELSE total END;
END $$;

-- For how long the oldest change has waited that a relation does not show yet, which is or reads deferred views:
-- milliseconds.
CREATE OR REPLACE FUNCTION pgvista.lag_ms(wanted_view oid) RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
  state record;
  waits boolean;
  longest bigint := 0;
BEGIN
  FOR state IN SELECT d.* FROM pgvista.deferred AS d WHERE d.program IN (SELECT
    pgvista.deferred_below(wanted_view::regclass)) LOOP
    waits := state.stale IS NOT NULL;
    IF NOT waits THEN
      EXECUTE format('SELECT %s($1)', state.waits) INTO waits USING state.snapshot;
    END IF;
    IF waits THEN
      longest := greatest(longest, (SELECT extract(epoch FROM clock_timestamp() - coalesce(w.since,
        state.applied_at)) * 1000 FROM pgvista.waiting_in(state.queues, state.snapshot, pg_current_snapshot(),
        state.own_xid, state.own_until) AS w)::bigint);
    END IF;
  END LOOP;
  RETURN longest;
END $$;

-- The deferred views that a relation reads, also through others, or is.
CREATE OR REPLACE FUNCTION pgvista.deferred_below(wanted_view regclass) RETURNS SETOF text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
  WITH RECURSIVE reads (oid) AS (
    SELECT wanted_view::oid
    UNION
    SELECT d.refobjid FROM reads AS r JOIN pg_rewrite AS w ON w.ev_class = r.oid
      JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
      AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.oid)
  SELECT p.program FROM reads AS r JOIN pg_class AS c ON c.oid = r.oid AND c.relnamespace = 'pgvista'::regnamespace
    JOIN pgvista.program AS p ON p.store = c.relname AND p.mode = 'deferred'
$$;

-- Have the deferred views that a relation reads been brought up to a snapshot?
CREATE OR REPLACE FUNCTION pgvista.has_reached(wanted_view regclass, wanted pg_snapshot) RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
  IF EXISTS (
    SELECT FROM pgvista.deferred AS d WHERE d.program IN (SELECT pgvista.deferred_below(wanted_view))
    AND (d.stale IS NOT NULL OR (SELECT w.notes FROM pgvista.waiting_in(d.queues, d.snapshot, wanted, d.own_xid,
      d.own_until) AS w) > 0)) THEN
    RETURN false;
  END IF;
  -- Notes that were not there may have been dropped: that is said before they are, so that it is seen now.
  RETURN NOT EXISTS (SELECT FROM pgvista.deferred AS d WHERE d.program IN (SELECT pgvista.deferred_below(wanted_view))
    AND d.stale IS NOT NULL);
END $$;

-- Waits until a deferred view shows what was committed at a snapshot: read your writes. At READ COMMITTED only, since
-- otherwise this transaction would not see the view's new rows anyway.
CREATE OR REPLACE FUNCTION pgvista.wait_for(wanted_view regclass, wanted pg_snapshot DEFAULT pg_current_snapshot(),
  longest interval DEFAULT '30s') RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  until pg_catalog.timestamptz := pg_catalog.clock_timestamp() OPERATOR(pg_catalog.+) longest;
  pause pg_catalog.float8 := 0.005;
BEGIN
  wanted := coalesce(wanted, pg_catalog.pg_current_snapshot());
  until := coalesce(until, pg_catalog.clock_timestamp() OPERATOR(pg_catalog.+) '30s'::pg_catalog.interval);
  IF (SELECT relkind FROM pg_catalog.pg_class WHERE oid OPERATOR(pg_catalog.=) wanted_view) OPERATOR(pg_catalog.=) 'm'
    THEN
    RAISE EXCEPTION '% is refreshed, not kept: there is nothing to wait for', wanted_view
      USING ERRCODE = 'wrong_object_type', HINT = 'Refresh it.';
  END IF;
  IF pg_catalog.current_setting('transaction_isolation') OPERATOR(pg_catalog.<>) 'read committed' THEN
    RAISE EXCEPTION 'pgvista.wait_for needs READ COMMITTED: this transaction keeps the snapshot that it has'
      USING ERRCODE = 'invalid_transaction_state';
  END IF;
  WHILE NOT pgvista.has_reached(wanted_view, wanted) LOOP
    IF pg_catalog.clock_timestamp() OPERATOR(pg_catalog.>) until THEN
      RAISE EXCEPTION '% has not caught up within %', wanted_view, longest
        USING ERRCODE = 'lock_not_available', HINT = pgvista.who_watches() OPERATOR(pg_catalog.||)
        ' What this transaction itself has changed is applied after its commit.';
    END IF;
    PERFORM pg_catalog.pg_sleep(pause);
    pause := least(pause OPERATOR(pg_catalog.*) 1.5, 0.1);
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION pgvista.who_watches() RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
  known pgvista.lease;
BEGIN
  SELECT * INTO known FROM pgvista.lease;
  IF NOT FOUND THEN
    RETURN 'No pgvista watch has ever run for this database: start one.';
  ELSIF known.beat_at = '-infinity' THEN
    RETURN 'No pgvista watch is running: the last one was stopped.';
  ELSIF known.beat_at + known.lasts < clock_timestamp() THEN
    RETURN format('No pgvista watch is running: %s was last heard of at %s.', known.holder, known.beat_at);
  END IF;
  RETURN format('%s keeps the deferred views.', known.holder);
END $$;

-- Drained tables of the queues are emptied: those whose notes every view that reads them has seen, or that only
-- stale views still wait for. Nobody waits: what is in use is left for later. Returns the side that writers are to
-- use next.
CREATE OR REPLACE FUNCTION pgvista.sweep_queues(rotate_at bigint) RETURNS int LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp SET jit = off SET client_min_messages = warning AS $$
DECLARE
  queue text;
  side int;
  used bigint[] := '{0,0,0}';
  needed boolean;
  state record;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'pgvista.sweep_queues must see what was committed before it had its locks'
      USING ERRCODE = 'invalid_transaction_state', HINT = 'BEGIN ISOLATION LEVEL READ COMMITTED';
  END IF;
  FOR queue IN SELECT DISTINCT q FROM pgvista.deferred AS d CROSS JOIN unnest(d.queues) AS q ORDER BY q LOOP
    side := right(trim(BOTH '"' FROM queue), 1)::int;
    IF side <> pgvista.queue_side() AND pg_relation_size(queue::regclass) > 0 THEN
      BEGIN
        EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE NOWAIT', queue);
        needed := false;
        FOR state IN SELECT d.snapshot, d.own_xid, d.own_until FROM pgvista.deferred AS d WHERE queue = ANY (d.queues)
          AND d.stale IS NULL AND d.identity = pgvista.identity() LOOP
          EXECUTE format('SELECT EXISTS (SELECT FROM %s AS q WHERE NOT pg_visible_in_snapshot(q.xid, $1) '
            'AND NOT (q.xid = $2 AND q.at < $3))', queue) INTO needed
              USING state.snapshot, state.own_xid, state.own_until;
          EXIT WHEN needed;
        END LOOP;
        IF NOT needed THEN
          EXECUTE format('TRUNCATE %s', queue);
        END IF;
      EXCEPTION WHEN lock_not_available THEN NULL;
      END;
    END IF;
    used[side + 1] := used[side + 1] + pg_relation_size(queue::regclass);
  END LOOP;
  side := pgvista.queue_side();
  IF used[side + 1] < rotate_at THEN
    RETURN side;
  END IF;
  -- An empty one, else the smallest: one that an open transaction has written to cannot be emptied.
  RETURN (SELECT s - 1 FROM generate_series(1, 3) AS s WHERE s - 1 <> side ORDER BY used[s], s LIMIT 1);
END $$;
