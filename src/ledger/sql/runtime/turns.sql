-- Transactions that take turns. A view that is kept at once locks its keys until the writer commits: two transactions
-- of several statements each may meet on two of its keys in opposite order, which is a deadlock, where their own rows
-- would not meet. For half a minute after the server has seen a deadlock in this database, a transaction of several
-- statements waits at its first change until no other is under way. One that is a single statement takes all its keys
-- in one order: such as these wait for those of several statements, but not for each other.

-- Has the transaction, which began then, changed a table before? Then it holds keys, and must wait for nobody's turn.
CREATE OR REPLACE FUNCTION pgvista.has_entered(began bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN pg_catalog.currval('pgvista.entered'::pg_catalog.regclass) OPERATOR(pg_catalog.=) began;
EXCEPTION WHEN object_not_in_prerequisite_state THEN
  RETURN false;
END $$;

-- Is there a deadlock that nobody has seen? Before PostgreSQL 15 the server's counts cost too much to be looked at.
CREATE OR REPLACE FUNCTION pgvista.look_for_deadlocks(began bigint) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
  now_seen bigint;
  seen bigint;
BEGIN
  IF current_setting('server_version_num')::int < 150000 THEN
    RETURN;
  END IF;
  now_seen := pg_stat_get_db_deadlocks(d.oid) FROM pg_database AS d WHERE d.datname = current_database();
  seen := pg_sequence_last_value('pgvista.deadlocks'::regclass);
  IF seen IS DISTINCT FROM now_seen THEN
    PERFORM setval('pgvista.deadlocks'::regclass, now_seen);
    IF now_seen > seen THEN
      PERFORM setval('pgvista.crowded'::regclass, began + 30000000);
    END IF;
  END IF;
END $$;

-- For no longer than a second: it is for speed, and may never be what holds a writer up.
CREATE OR REPLACE FUNCTION pgvista.take_turn(alone boolean) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp SET jit = off SET lock_timeout = '1s' AS $$
BEGIN
  IF alone THEN
    LOCK TABLE pgvista.turn IN SHARE MODE;
  ELSE
    LOCK TABLE pgvista.turn IN EXCLUSIVE MODE;
  END IF;
EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
  NULL;
END $$;

-- Before a statement changes a table of a view that is kept at once. Do writers take turns? It runs with the writer's
-- search path, as that is quicker: every name is whole.
CREATE OR REPLACE FUNCTION pgvista.enter() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  began pg_catalog.int8 := (pg_catalog.date_part('epoch', pg_catalog.transaction_timestamp())
    OPERATOR(pg_catalog.*) 1000000)::pg_catalog.int8;
  -- A transaction without BEGIN starts with its statement.
  alone pg_catalog.bool := pg_catalog.statement_timestamp() OPERATOR(pg_catalog.=) pg_catalog.transaction_timestamp();
  crowded pg_catalog.bool := alone
    AND pg_catalog.pg_sequence_last_value('pgvista.crowded'::pg_catalog.regclass) OPERATOR(pg_catalog.>) began;
  done pg_catalog.int8;  -- an assignment is quicker than PERFORM
BEGIN
  IF (alone AND crowded IS NOT TRUE) OR pgvista.has_entered(began) THEN
    RETURN crowded;
  END IF;
  done := pg_catalog.setval('pgvista.entered'::pg_catalog.regclass, began);
  IF NOT alone THEN
    PERFORM pgvista.look_for_deadlocks(began);
    crowded := pg_catalog.pg_sequence_last_value('pgvista.crowded'::pg_catalog.regclass) OPERATOR(pg_catalog.>) began;
  END IF;
  IF crowded THEN
    PERFORM pgvista.take_turn(alone);
  END IF;
  RETURN crowded;
END $$;

