-- Many changed rows are followed one by one, or the store is computed as a whole: whatever is cheaper, by what either
-- has cost before. Until that is known, the whole is taken to cost what filling the store did, and a changed row 2.4
-- microseconds for each row that it leads to.

-- How many rows these tables have: as the planner takes it, from the statistics and the pages that there are now.
CREATE OR REPLACE FUNCTION pgvista.estimated_rows(tables text[]) RETURNS double precision LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(CASE WHEN c.reltuples > 0 AND c.relpages > 0 THEN c.reltuples / c.relpages::float8 ELSE 80 END
    * (pg_relation_size(c.oid) / current_setting('block_size')::int)), 0)
  FROM pg_class AS c
  WHERE c.oid IN (SELECT to_regclass(t)::oid FROM unnest(tables) AS t) AND c.relkind <> 'p'
$$;

-- Are these changed rows so many, beside all rows of a view's base tables, that reading those again is surely cheaper?
CREATE OR REPLACE FUNCTION pgvista.is_bulk(changed bigint, tables text[]) RETURNS boolean LANGUAGE sql STABLE
  AS $$ SELECT changed > 0.2 * pgvista.estimated_rows(tables) $$;

CREATE OR REPLACE FUNCTION pgvista.magnitude(rows double precision) RETURNS int LANGUAGE sql IMMUTABLE
  AS $$ SELECT floor(log(greatest(rows, 1)) / log(4))::int $$;

-- What following this many changed rows costs, for each: as it was measured for about as many; else between what was
-- measured for others and what is taken at first.
CREATE OR REPLACE FUNCTION pgvista.changed_row_costs(wanted text, class text, changed bigint, own_rows float8,
  other_rows float8, graph int) RETURNS double precision LANGUAGE plpgsql STABLE AS $$
DECLARE
  number int := pgvista.magnitude(changed);
  at_first float8 := 2.4 * graph * greatest(1, other_rows / greatest(own_rows, 1));
  nearest int;
  measured float8;
BEGIN
  SELECT p.magnitude, p.microseconds INTO nearest, measured FROM pgvista.pace AS p WHERE p.store = wanted
    AND p.change = class AND NOT p.whole ORDER BY abs(p.magnitude - number), p.magnitude LIMIT 1;
  RETURN CASE WHEN nearest = number THEN measured WHEN nearest IS NULL THEN at_first
    ELSE sqrt(measured * at_first) END;
END $$;

-- Is it cheaper to compute the store as a whole than to follow this many changed rows? `own` are the changed table and
-- its partitions, `others` those that are joined to it, `graph` is how many are joined at once.
CREATE OR REPLACE FUNCTION pgvista.whole_is_cheaper(wanted text, class text, changed bigint, own text[], others text[],
  graph int) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
  few CONSTANT int := 512;  -- more keys than these are locked as a whole anyway
  own_rows float8 := pgvista.estimated_rows(own);
  other_rows float8 := pgvista.estimated_rows(others);
  each_read float8;
  filled float8;
BEGIN
  -- With one snapshot, to lock everything may be an error; and to read what others learn would be a dependency.
  IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
    RETURN changed > 1000 AND pgvista.is_bulk(changed, own || others);
  END IF;
  SELECT p.microseconds INTO each_read FROM pgvista.pace AS p WHERE p.store = wanted AND p.whole
    AND p.change <> 'fill' ORDER BY p.change = class DESC, abs(p.magnitude - pgvista.magnitude(changed)) LIMIT 1;
  SELECT p.microseconds INTO filled FROM pgvista.pace AS p WHERE p.store = wanted AND p.change = 'fill'
    AND p.microseconds > 0;
  RETURN changed * pgvista.changed_row_costs(wanted, class, changed, own_rows, other_rows, graph)
    > coalesce((own_rows + other_rows) * each_read, filled, (own_rows + other_rows) * 0.4)
      * CASE WHEN changed > few THEN 1 ELSE 3 END;
END $$;

-- Notes what it has cost since `began`. Nobody waits for that: where another transaction notes the same, this one does
-- not.
CREATE OR REPLACE FUNCTION pgvista.note_pace(program text, wanted text, class text, as_whole boolean, changed bigint,
  own text[], others text[], graph int, began timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  took float8 := date_part('epoch', clock_timestamp() - began) * 1000000;
  number int := pgvista.magnitude(changed);
  rate float8 := took / greatest(changed, 1);
BEGIN
  IF as_whole THEN
    rate := took / greatest(pgvista.estimated_rows(own) + pgvista.estimated_rows(others), 1);
  END IF;
  IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted')
    -- Columns that do not matter were changed: that tells nothing of those that do.
    OR NOT as_whole AND rate < 0.1 * graph
    OR NOT pg_try_advisory_xact_lock(hashtext('pgvista.pace'), hashtext(wanted || ' ' || class)) THEN
    RETURN;
  END IF;
  INSERT INTO pgvista.pace AS p VALUES (program, wanted, class, as_whole, number, rate)
    ON CONFLICT ON CONSTRAINT pace_pkey DO UPDATE SET microseconds = (p.microseconds + excluded.microseconds) / 2;
  -- What once went slowly is tried again in the end: it may have waited for somebody, or the tables have changed.
  IF as_whole THEN
    UPDATE pgvista.pace AS p SET microseconds = p.microseconds * 0.97 WHERE p.store = wanted AND p.change = class
      AND NOT p.whole AND p.magnitude = number;
  END IF;
END $$;

-- Around what fills a store: how long it takes, in microseconds. Between the two, the time at which it began, less than
-- zero.
CREATE OR REPLACE FUNCTION pgvista.fill_begins(program text, store text) RETURNS void LANGUAGE sql
  SET search_path = pg_catalog, pg_temp SET jit = off AS $$
  INSERT INTO pgvista.pace VALUES (program, store, 'fill', true, 0, -1e6 * date_part('epoch', clock_timestamp()))
    ON CONFLICT ON CONSTRAINT pace_pkey DO UPDATE SET microseconds = excluded.microseconds
$$;

CREATE OR REPLACE FUNCTION pgvista.fill_ends(filled text) RETURNS void LANGUAGE sql
  SET search_path = pg_catalog, pg_temp SET jit = off AS $$
  UPDATE pgvista.pace AS p SET microseconds = p.microseconds + 1e6 * date_part('epoch', clock_timestamp())
    WHERE p.store = filled AND p.change = 'fill' AND p.microseconds < 0
$$;

