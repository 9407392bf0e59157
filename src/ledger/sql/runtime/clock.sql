-- A view's present time is the row of a table of its own, which triggers watch as any other.

-- Moves a clock to the time of this transaction where it is older than that by `older`. `waits`: for whoever is moving
-- it at this moment; else that one does.
CREATE OR REPLACE FUNCTION pgvista.move_clock(clock regclass, older interval, waits boolean) RETURNS boolean
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
  found boolean;
BEGIN
  EXECUTE format('SELECT true FROM %s AS c WHERE c.at < now() - $1 FOR NO KEY UPDATE %s', clock,
    CASE WHEN waits THEN '' ELSE 'SKIP LOCKED' END) INTO found USING older;
  IF found THEN
    EXECUTE format('UPDATE %s AS c SET at = now() WHERE c.at < now()', clock);
  END IF;
  RETURN coalesce(found, false);
END $$;

-- The time of a clock, by the name of its table; null where it is gone.
CREATE OR REPLACE FUNCTION pgvista.clock_time(clock text) RETURNS timestamptz LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
  own regclass := to_regclass(format('pgvista.%I', clock));
  out timestamptz;
BEGIN
  IF own IS NOT NULL THEN
    EXECUTE format('SELECT min(c.at) FROM %s AS c', own) INTO out;
  END IF;
  RETURN out;
END $$;

-- How old the time is that the rows of a relation are as of, in milliseconds; 0 where they depend on no time.
CREATE OR REPLACE FUNCTION pgvista.clock_ms(relation oid) RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
  RETURN (SELECT coalesce(max(greatest(0, floor(extract(epoch FROM clock_timestamp() - pgvista.clock_time(p.clock))
      * 1000))), 0)::bigint
    FROM pgvista.program AS p
    WHERE p.clock IS NOT NULL AND p.program IN (SELECT pgvista.programs_below(relation)));
END $$;
