-- What the triggers of maintained views call: locks, notes of a transaction, messages.

-- The text of a view with every name whole, whatever the session's search path.
CREATE OR REPLACE FUNCTION pgvista.view_text(view oid) RETURNS text LANGUAGE sql STABLE SET search_path = ''
  AS $$ SELECT pg_catalog.pg_get_viewdef(view) $$;

CREATE OR REPLACE FUNCTION pgvista.all_lanes(slot bigint) RETURNS bigint[] LANGUAGE sql IMMUTABLE
  AS $$ SELECT ARRAY[slot + 1, slot + 2, slot + 3, slot + 4, slot + 5, slot + 6, slot + 7, slot + 8] $$;

-- At REPEATABLE READ and SERIALIZABLE: was the program there, and its rows with it, when this transaction's snapshot
-- was taken?
CREATE OR REPLACE FUNCTION pgvista.check_snapshot(wanted text) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pgvista.program AS p WHERE p.program = wanted) THEN
    RAISE EXCEPTION
      'could not serialize access: the maintained view kept by "%" was made after this transaction began',
      wanted
      USING ERRCODE = 'serialization_failure', HINT = 'Try the transaction again.';
  END IF;
END $$;

-- Has a transaction of somebody else begun since a snapshot that is committed or still open? `latest`: a number of this
-- transaction's own, the last 32 bits of it. Its subtransactions have numbers in between, too.
CREATE OR REPLACE FUNCTION pgvista.others_since(snapshot pg_snapshot, latest bigint) RETURNS boolean LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
  first numeric := pg_snapshot_xmax(snapshot)::text::numeric;
  between bigint := mod(latest - mod(first, 4294967296)::bigint + 4294967296, 4294967296);
BEGIN
  IF between <= 1 OR between > 100000 THEN
    RETURN between > 1;
  END IF;
  RETURN EXISTS (SELECT FROM generate_series(0, between - 1) AS i
                 WHERE pg_xact_status((first + i)::text::xid8) = 'committed')
    OR EXISTS (SELECT FROM pg_locks AS l WHERE l.locktype = 'transactionid' AND l.granted
               AND l.pid IS DISTINCT FROM pg_backend_pid()
               AND mod(l.transactionid::text::bigint - mod(first, 4294967296)::bigint + 4294967296, 4294967296)
                 < between);
END $$;

-- Locks everything of a view. At REPEATABLE READ the snapshot may be older than what others have committed, and nothing
-- tells what they touched: unless no transaction began since the snapshot and none was open then, it is a
-- serialization failure. Called only by functions that have set the search path and the rights.
CREATE OR REPLACE FUNCTION pgvista.lock_all(program text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  number int := hashtext(program);
  snapshot pg_snapshot := pg_current_snapshot();
  latest bigint;
BEGIN
  -- Against those who lock some keys of it (ROW EXCLUSIVE), and against itself. Nobody else may lock a store.
  EXECUTE format('LOCK TABLE pgvista.%I IN SHARE ROW EXCLUSIVE MODE', program);
  INSERT INTO pgvista.lock AS l (view, slot) VALUES (number, -1)
    ON CONFLICT (view, slot) DO UPDATE SET turn = NOT l.turn;
  IF current_setting('transaction_isolation') IN ('read committed', 'read uncommitted') THEN
    RETURN;
  END IF;
  BEGIN
    INSERT INTO pgvista.lock AS l (view, slot) VALUES (number, -2) ON CONFLICT (view, slot) DO UPDATE
      SET turn = NOT l.turn RETURNING xmin::text::bigint INTO latest;
  EXCEPTION WHEN division_by_zero THEN NULL;  -- only to have a transaction number of its own
  END;
  IF EXISTS (SELECT FROM pg_snapshot_xip(snapshot) AS x WHERE x <> pg_current_xact_id())
     OR pgvista.others_since(snapshot, latest) THEN
    RAISE EXCEPTION 'could not serialize access: maintenance of a whole view (%) at this isolation level', program
      USING ERRCODE = 'serialization_failure', HINT = 'Try the transaction again, or use READ COMMITTED.';
  END IF;
END $$;

-- Locks these slots in their order. True when there were so many that the whole view was locked instead.
CREATE OR REPLACE FUNCTION pgvista.lock_keys(program text, slots bigint[]) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  number int := hashtext(program);
  by_snapshot boolean := current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted');
BEGIN
  IF slots IS NULL THEN
    RETURN false;
  END IF;
  IF cardinality(slots) > 512 AND NOT by_snapshot THEN
    PERFORM pgvista.lock_all(program);
    RETURN true;
  END IF;
  EXECUTE format('LOCK TABLE pgvista.%I IN ROW EXCLUSIVE MODE', program);
  IF by_snapshot THEN
    -- Has somebody locked the whole view since the snapshot? Then this fails with 40001.
    PERFORM FROM pgvista.lock AS l WHERE l.view = number AND l.slot = -1 FOR SHARE;
  END IF;
  -- In the order of the array, which is the same for everybody.
  INSERT INTO pgvista.lock AS l (view, slot) SELECT number, s FROM unnest(slots) AS s
    ON CONFLICT (view, slot) DO UPDATE SET turn = NOT l.turn;
  RETURN false;
END $$;

-- At commit, or at SET CONSTRAINTS … IMMEDIATE: everything that this transaction has noted, lower levels first.
CREATE OR REPLACE FUNCTION pgvista.apply_pending() RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  waiting pgvista.pending[];
  next text;
BEGIN
  LOOP
    -- Notes stay until their view's turn: what is drained before may add to them.
    SELECT p.drain INTO next FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id()
      ORDER BY p.level, p.drain LIMIT 1;
    EXIT WHEN NOT FOUND;
    WITH gone AS (DELETE FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id() AND p.drain = next RETURNING p)
      SELECT array_agg(p) INTO waiting FROM gone;
    EXECUTE 'SELECT ' || next || '($1)' USING waiting;
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION pgvista.flush() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
  PERFORM pgvista.apply_pending();
  RETURN NULL;
END $$;

DO $$ BEGIN
  -- Once, however many notes there are: by the first, which is taken back only together with those that follow it.
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = 'pgvista.pending'::regclass
    AND tgname = 'pgvista_flush') THEN
    CREATE CONSTRAINT TRIGGER pgvista_flush AFTER INSERT ON pgvista.pending DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
      WHEN (NEW.first) EXECUTE FUNCTION pgvista.flush();
  END IF;
END $$;

CREATE OR REPLACE FUNCTION pgvista.refuse_write() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
  RAISE EXCEPTION 'the rows of "%" are kept by pgvista and cannot be written', TG_TABLE_NAME
    USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Change the tables that it reads.';
END $$;

CREATE OR REPLACE FUNCTION pgvista.tell(channel text, payload text) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
  IF current_setting('max_prepared_transactions') = '0' THEN
    PERFORM pg_notify(channel, payload);
  ELSE
    INSERT INTO pgvista.told (channel, payload) VALUES (channel, payload);
    PERFORM nextval('pgvista.noted'::regclass);
  END IF;
END $$;

-- Tells those that LISTEN on the channel pgvista which view has other rows now, and those on the channel that
-- pgvista.listener names the keys of these rows. The first argument is the view, the others are the columns of its key.
CREATE OR REPLACE FUNCTION pgvista.notify_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
  key text;
  keys text;
  pieces text[];
  listened text := (SELECT l.channel FROM pgvista.listener AS l);
BEGIN
  IF TG_OP <> 'TRUNCATE' THEN
    IF NOT EXISTS (SELECT FROM changed) THEN
      RETURN NULL;
    END IF;
    SELECT string_agg(format('%I', a), ', ' ORDER BY i) INTO key FROM unnest(TG_ARGV) WITH ORDINALITY AS u(a, i)
      WHERE i > 1;
    IF key IS NOT NULL THEN
      -- A message has less than 8000 bytes. Whoever is told no keys reads anew.
      EXECUTE format('SELECT array_agg(k) FROM (SELECT json_agg(d.k)::text AS k FROM (SELECT '
        'json_build_array(%s) AS k, row_number() OVER () AS n FROM (SELECT DISTINCT %s FROM changed LIMIT 1001) c) d '
        'GROUP BY d.n / 50) p',
        key, key) INTO pieces;
    END IF;
  END IF;
  PERFORM pgvista.tell('pgvista', TG_ARGV[0]);
  IF listened IS NULL THEN
    RETURN NULL;
  END IF;
  IF pieces IS NULL OR cardinality(pieces) > 20 OR EXISTS (SELECT FROM unnest(pieces) AS u(k)
    WHERE octet_length(k) > 7500) THEN
    PERFORM pgvista.tell(listened, json_build_object('view', TG_ARGV[0])::text);
    RETURN NULL;
  END IF;
  FOREACH keys IN ARRAY pieces LOOP
    PERFORM pgvista.tell(listened, json_build_object('view', TG_ARGV[0], 'keys', keys::json)::text);
  END LOOP;
  RETURN NULL;
END $$;
