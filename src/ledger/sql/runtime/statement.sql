CREATE OR REPLACE FUNCTION pgvista.this_statement() RETURNS bigint LANGUAGE sql AS $$
  SELECT (pg_catalog.date_part('epoch', pg_catalog.statement_timestamp()) OPERATOR(pg_catalog.*)
    1000000)::pg_catalog.int8
$$;

-- The state in this statement; null where the session knows nothing, -1 where it knows of an earlier statement.
CREATE OR REPLACE FUNCTION pgvista.open_state() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  IF pg_catalog.currval('pgvista.statement'::pg_catalog.regclass) OPERATOR(pg_catalog.<>) pgvista.this_statement() THEN
    RETURN -1;
  END IF;
  RETURN pg_catalog.currval('pgvista.open'::pg_catalog.regclass);
EXCEPTION WHEN object_not_in_prerequisite_state THEN
  RETURN NULL;
END $$;

-- Has this transaction, or one just before it, opened a change? The server counts how often it has read the sequence.
CREATE OR REPLACE FUNCTION pgvista.may_have_opened() RETURNS boolean LANGUAGE sql AS $$
  SELECT NOT pg_catalog.current_setting('track_counts')::pg_catalog.bool
    OR pg_catalog.pg_stat_get_xact_blocks_fetched('pgvista.open'::pg_catalog.regclass) OPERATOR(pg_catalog.>) 0
$$;

-- Before a statement changes a table. It runs with the writer's search path, as that is quicker: every name is whole.
CREATE OR REPLACE FUNCTION pgvista.open_statement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  state pg_catalog.int8 := pgvista.open_state();
  own pg_catalog.int8 := TG_RELID::pg_catalog.int8;
  done pg_catalog.int8;  -- an assignment is quicker than PERFORM
BEGIN
  IF state IS NULL THEN
    -- New, or made to forget (DISCARD SEQUENCES) what stays open until the next message.
    state := CASE WHEN pgvista.may_have_opened() THEN 1074790400 ELSE 0 END;
    done := pg_catalog.setval('pgvista.statement'::pg_catalog.regclass, pgvista.this_statement());
  ELSIF state OPERATOR(pg_catalog.<) 0 THEN
    state := 0;
    done := pg_catalog.setval('pgvista.statement'::pg_catalog.regclass, pgvista.this_statement());
  END IF;
  -- Nothing is open: this table is the first.
  IF (state OPERATOR(pg_catalog.&) 1072693248) OPERATOR(pg_catalog.=) 0 THEN
    state := (state OPERATOR(pg_catalog.&) 1048575) OPERATOR(pg_catalog.|) (own OPERATOR(pg_catalog.<<) 31);
  ELSIF (state OPERATOR(pg_catalog.>>) 31) OPERATOR(pg_catalog.<>) own THEN
    state := state OPERATOR(pg_catalog.|) 1073741824::pg_catalog.int8;
  END IF;
  -- More than can be counted stays open.
  IF (state OPERATOR(pg_catalog.&) 1072693248) OPERATOR(pg_catalog.<) 1072693248 THEN
    state := state OPERATOR(pg_catalog.+) 1048576;
  END IF;
  done := pg_catalog.setval('pgvista.open'::pg_catalog.regclass, state);
  RETURN NULL;
END $$;

-- Is the table the only one that the statement changes?
CREATE OR REPLACE FUNCTION pgvista.is_alone(changed oid) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN (pgvista.open_state() OPERATOR(pg_catalog.>>) 30) OPERATOR(pg_catalog.=) (changed::pg_catalog.int8
    OPERATOR(pg_catalog.<<) 1);
END $$;

-- After its last trigger.
CREATE OR REPLACE FUNCTION pgvista.close_statement() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  state pg_catalog.int8 := pgvista.open_state();
  open pg_catalog.int8 := (state OPERATOR(pg_catalog.>>) 20) OPERATOR(pg_catalog.&) 1023;
BEGIN
  IF open OPERATOR(pg_catalog.>) 0 AND open OPERATOR(pg_catalog.<) 1023 THEN
    RETURN pg_catalog.setval('pgvista.open'::pg_catalog.regclass, state OPERATOR(pg_catalog.-) 1048576) IS NOT NULL;
  END IF;
  RETURN false;
END $$;

CREATE OR REPLACE FUNCTION pgvista.program_bit(program text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT 1::pg_catalog.int8 OPERATOR(pg_catalog.<<) ((pg_catalog.hashtext(program) OPERATOR(pg_catalog.&) 2147483647)
    OPERATOR(pg_catalog.%) 20)
$$;

-- A statement with several events on one table (MERGE, an upsert, a data-modifying WITH) brings them one after the
-- other, each seeing all changes. What one of them has counted again must not be added to by the next. Inside one
-- function it lasts, and a program of the same bit is taken along: counting again is right anyway.
CREATE OR REPLACE FUNCTION pgvista.mark_recounted(program text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  state pg_catalog.int8 := pgvista.open_state();
BEGIN
  IF state IS NULL OR state OPERATOR(pg_catalog.<) 0 THEN
    state := pg_catalog.setval('pgvista.statement'::pg_catalog.regclass, pgvista.this_statement());
    state := 0;
  END IF;
  RETURN pg_catalog.setval('pgvista.open'::pg_catalog.regclass,
    state OPERATOR(pg_catalog.|) pgvista.program_bit(program)) IS NOT NULL;
END $$;

CREATE OR REPLACE FUNCTION pgvista.is_recounted(program text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  state pg_catalog.int8 := pgvista.open_state();
BEGIN
  -- A new session has counted nothing, but for one that was made to forget.
  IF state IS NULL THEN
    RETURN pgvista.may_have_opened();
  END IF;
  RETURN state OPERATOR(pg_catalog.>) 0 AND (state OPERATOR(pg_catalog.&) pgvista.program_bit(program))
    OPERATOR(pg_catalog.<>) 0;
END $$;
