--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: pgvista; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA pgvista;


--
-- Name: SCHEMA pgvista; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON SCHEMA pgvista IS 'What pgvista knows of the views that it manages. Made and dropped by pgvista.';


--
-- Name: all_lanes(bigint); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.all_lanes(slot bigint) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT ARRAY[slot + 1, slot + 2, slot + 3, slot + 4, slot + 5, slot + 6, slot + 7, slot + 8] $$;


--
-- Name: apply_pending(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.apply_pending() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $_$
DECLARE
  waiting pgvista.pending[];
  next text;
BEGIN
  LOOP
    -- Notes stay until their view's turn: what is drained before may add to them.
    SELECT p.drain INTO next FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id() ORDER BY p.level, p.drain LIMIT 1;
    EXIT WHEN NOT FOUND;
    WITH gone AS (DELETE FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id() AND p.drain = next RETURNING p) SELECT array_agg(p) INTO waiting FROM gone;
    EXECUTE 'SELECT ' || next || '($1)' USING waiting;
  END LOOP;
END $_$;


--
-- Name: behind(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.behind(OUT program text, OUT notes bigint, OUT changes bigint, OUT since timestamp with time zone, OUT latest timestamp with time zone, OUT bytes bigint, OUT stale text) RETURNS SETOF record
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  SELECT d.program, w.notes, w.changes, w.since, w.latest, (SELECT sum(pg_total_relation_size(q::regclass))::bigint FROM unnest(d.queues) AS q), coalesce(d.stale, CASE WHEN d.identity <> pgvista.identity() THEN 'the database was restored elsewhere' END)
  FROM pgvista.deferred AS d CROSS JOIN LATERAL pgvista.waiting_in(d.queues, d.snapshot, pg_current_snapshot(), d.own_xid, d.own_until) AS w
$$;


--
-- Name: buyers_deferred_1dc32f35_maintain(integer[], text[], integer[], boolean, boolean); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.buyers_deferred_1dc32f35_maintain(e1_1 integer[] DEFAULT NULL::integer[], e1_2 text[] DEFAULT NULL::text[], e2_1 integer[] DEFAULT NULL::integer[], everything boolean DEFAULT false, locks_only boolean DEFAULT false) RETURNS void
    LANGUAGE plpgsql
    AS $_$
DECLARE
  pgv_keys_01 integer[];
  pgv_keys_02 text[];
  pgv_slots bigint[];
  pgv_held bigint[] := '{}';
  pgv_escalated boolean := false;
BEGIN
  IF NOT everything THEN
    pgv_slots := NULL;
    pgv_keys_01 := NULL;
    pgv_keys_02 := NULL;
    IF e1_1 IS NOT NULL THEN
    WITH reached AS MATERIALIZED (
    -- customer → key
    SELECT k.*, true AS reached, NULL::bigint[] AS slots
      FROM unnest(e1_1, e1_2) AS t1 (id, name)
      CROSS JOIN LATERAL (VALUES (t1.id, t1.name)) AS k (key_1, key_2)
    )
    SELECT pgv_slots || (SELECT array_agg(DISTINCT slot) FROM reached AS r CROSS JOIN LATERAL unnest(r.slots) AS s (slot) WHERE slot IS NOT NULL), pgv_keys_01 || array_agg(key_1), pgv_keys_02 || array_agg(key_2)
      INTO pgv_slots, pgv_keys_01, pgv_keys_02
      FROM (SELECT DISTINCT key_1, key_2 FROM reached AS r WHERE r.reached) AS k;
    END IF;
    IF e2_1 IS NOT NULL THEN
    WITH reached AS MATERIALIZED (
    -- sale → customer (id) → key
    SELECT k.*, t1.tableoid IS NOT NULL AS reached, NULL::bigint[] AS slots
      FROM unnest(e2_1) AS t2 (customer_id)
      LEFT JOIN public.customer AS t1 ON t1.id = t2.customer_id
      CROSS JOIN LATERAL (VALUES (t2.customer_id, t1.name)) AS k (key_1, key_2)
    )
    SELECT pgv_slots || (SELECT array_agg(DISTINCT slot) FROM reached AS r CROSS JOIN LATERAL unnest(r.slots) AS s (slot) WHERE slot IS NOT NULL), pgv_keys_01 || array_agg(key_1), pgv_keys_02 || array_agg(key_2)
      INTO pgv_slots, pgv_keys_01, pgv_keys_02
      FROM (SELECT DISTINCT key_1, key_2 FROM reached AS r WHERE r.reached) AS k;
    END IF;
    IF pgv_keys_01 IS NULL THEN
      RETURN;
    END IF;
    IF locks_only THEN
      RETURN;
    END IF;
    -- Nearly all keys, and everything is locked already: all of them.
    IF NOT (cardinality(pgv_keys_01) > 1000 AND cardinality(pgv_keys_01) > (SELECT 0.5 * c.reltuples FROM pg_class AS c WHERE c.oid = 'pgvista.buyers_deferred_1dc32f35'::regclass)) THEN
    IF cardinality(pgv_keys_01) <= 1000 THEN
    WITH fresh AS MATERIALIZED (
      SELECT id, name, amounts FROM (SELECT
  c.id,
  c.name,
  array_agg(s.amount ORDER BY s.id) AS amounts
FROM (public.customer AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
WHERE ((c.id = ANY (pgv_keys_01)) AND (c.name = ANY (pgv_keys_02)))
GROUP BY c.id, c.name) AS f (id, name, amounts)
      WHERE f.id = ANY (pgv_keys_01) AND f.name = ANY (pgv_keys_02) AND (f.id, f.name) IN (SELECT key_1, key_2 FROM unnest(pgv_keys_01, pgv_keys_02) AS k (key_1, key_2))
    ), put AS (
      INSERT INTO pgvista.buyers_deferred_1dc32f35 AS s (id, name, amounts) SELECT id, name, amounts FROM fresh ORDER BY id, name
      ON CONFLICT (id, name) DO UPDATE SET id = excluded.id, name = excluded.name, amounts = excluded.amounts
      WHERE ROW(s.id, s.name, s.amounts)::record OPERATOR(pg_catalog.*<>) ROW(excluded.id, excluded.name, excluded.amounts)::record
    )
    DELETE FROM pgvista.buyers_deferred_1dc32f35 AS s WHERE s.id = ANY (pgv_keys_01) AND s.name = ANY (pgv_keys_02) AND (s.id, s.name) IN (SELECT key_1, key_2 FROM unnest(pgv_keys_01, pgv_keys_02) AS k (key_1, key_2)) AND NOT EXISTS (SELECT FROM fresh AS f WHERE f.id = s.id AND f.name = s.name);
    ELSE
      EXECUTE $query$
    WITH fresh AS MATERIALIZED (
      SELECT id, name, amounts FROM (SELECT
  c.id,
  c.name,
  array_agg(s.amount ORDER BY s.id) AS amounts
FROM (public.customer AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
WHERE ((c.id = ANY ($1)) AND (c.name = ANY ($2)))
GROUP BY c.id, c.name) AS f (id, name, amounts)
      WHERE (f.id, f.name) IN (SELECT key_1, key_2 FROM unnest($1, $2) AS k (key_1, key_2))
    ), put AS (
      INSERT INTO pgvista.buyers_deferred_1dc32f35 AS s (id, name, amounts) SELECT id, name, amounts FROM fresh ORDER BY id, name
      ON CONFLICT (id, name) DO UPDATE SET id = excluded.id, name = excluded.name, amounts = excluded.amounts
      WHERE ROW(s.id, s.name, s.amounts)::record OPERATOR(pg_catalog.*<>) ROW(excluded.id, excluded.name, excluded.amounts)::record
    )
    DELETE FROM pgvista.buyers_deferred_1dc32f35 AS s WHERE (s.id, s.name) IN (SELECT key_1, key_2 FROM unnest($1, $2) AS k (key_1, key_2)) AND NOT EXISTS (SELECT FROM fresh AS f WHERE f.id = s.id AND f.name = s.name)
$query$ USING pgv_keys_01, pgv_keys_02;
    END IF;
    RETURN;
    END IF;
  END IF;
  -- Everything: TRUNCATE, or a change that reaches every key.
    WITH fresh AS MATERIALIZED (
      SELECT id, name, amounts FROM (SELECT
  c.id,
  c.name,
  array_agg(s.amount ORDER BY s.id) AS amounts
FROM (public.customer AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
GROUP BY c.id, c.name) AS f (id, name, amounts)
    ), put AS (
      INSERT INTO pgvista.buyers_deferred_1dc32f35 AS s (id, name, amounts) SELECT id, name, amounts FROM fresh ORDER BY id, name
      ON CONFLICT (id, name) DO UPDATE SET id = excluded.id, name = excluded.name, amounts = excluded.amounts
      WHERE ROW(s.id, s.name, s.amounts)::record OPERATOR(pg_catalog.*<>) ROW(excluded.id, excluded.name, excluded.amounts)::record
    )
    DELETE FROM pgvista.buyers_deferred_1dc32f35 AS s WHERE NOT EXISTS (SELECT FROM fresh AS f WHERE f.id = s.id AND f.name = s.name);
END
$_$;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: pending; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE UNLOGGED TABLE pgvista.pending (
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    level integer NOT NULL,
    drain text NOT NULL,
    entry integer NOT NULL,
    columns text[],
    first boolean NOT NULL
);


--
-- Name: buyers_deferred_1dc32f35_pending(pgvista.pending[]); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.buyers_deferred_1dc32f35_pending(pgv_notes pgvista.pending[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
  pgv_entries int[] := CASE WHEN cardinality(pgv_notes) = 1 THEN ARRAY[pgv_notes[1].entry] ELSE ARRAY(SELECT DISTINCT n.entry FROM unnest(pgv_notes) AS n) END;
  a_e1_1 integer[];
  a_e1_2 text[];
  a_e2_1 integer[];
BEGIN
  IF pgv_entries && ARRAY[0] THEN
    PERFORM pgvista.buyers_deferred_1dc32f35_maintain(everything => true);
    RETURN;
  END IF;
  IF 1 = ANY (pgv_entries) THEN
    SELECT array_agg(d.id), array_agg(d.name) INTO a_e1_1, a_e1_2
      FROM (SELECT u.c1 AS id, u.c2 AS name FROM unnest(pgv_notes) AS n CROSS JOIN LATERAL unnest(n.columns[1]::integer[], n.columns[2]::text[]) AS u (c1, c2) WHERE n.entry = 1) AS d;
  END IF;
  IF 2 = ANY (pgv_entries) THEN
    SELECT array_agg(d.customer_id) INTO a_e2_1
      FROM (SELECT u.c1 AS customer_id FROM unnest(pgv_notes) AS n CROSS JOIN LATERAL unnest(n.columns[1]::integer[]) AS u (c1) WHERE n.entry = 2) AS d;
  END IF;
  PERFORM pgvista.buyers_deferred_1dc32f35_maintain(e1_1 => a_e1_1, e1_2 => a_e1_2, e2_1 => a_e2_1);
END
$$;


--
-- Name: buyers_deferred_1dc32f35_take(pg_snapshot, pg_snapshot, xid8, timestamp with time zone); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.buyers_deferred_1dc32f35_take(pgv_from pg_snapshot, pgv_to pg_snapshot, pgv_own xid8, pgv_since timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    SET "DateStyle" TO 'ISO'
    SET "IntervalStyle" TO 'postgres'
    SET "TimeZone" TO 'UTC'
    SET extra_float_digits TO '1'
    SET enable_seqscan TO 'off'
    AS $$
DECLARE
  pgv_open xid8[] := ARRAY(SELECT pg_snapshot_xip(pgv_from));
  pgv_low xid8 := pg_snapshot_xmax(pgv_from);
  pgv_high xid8 := pg_snapshot_xmax(pgv_to);
  pgv_rows bigint;
  pgv_all boolean;
BEGIN
  SELECT coalesce(sum(w.n_rows + w.o_rows), 0), coalesce(bool_or(w.everything), false) INTO pgv_rows, pgv_all FROM (
        SELECT q.n_rows, q.o_rows, q.everything FROM pgvista.queue_public_customer_0 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)
        UNION ALL SELECT q.n_rows, q.o_rows, q.everything FROM pgvista.queue_public_customer_1 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)
        UNION ALL SELECT q.n_rows, q.o_rows, q.everything FROM pgvista.queue_public_customer_2 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)
        UNION ALL SELECT q.n_rows, q.o_rows, q.everything FROM pgvista.queue_public_sale_0 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)
        UNION ALL SELECT q.n_rows, q.o_rows, q.everything FROM pgvista.queue_public_sale_1 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)
        UNION ALL SELECT q.n_rows, q.o_rows, q.everything FROM pgvista.queue_public_sale_2 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)) AS w;
  IF pgv_all OR (pgv_rows > 1000 AND pgvista.is_bulk(pgv_rows, ARRAY['public.customer', 'public.sale']::text[])) THEN
    INSERT INTO pgvista.pending (level, drain, entry, columns, first) VALUES (0, 'pgvista.buyers_deferred_1dc32f35_pending', 0, NULL, false);
  ELSIF pgv_rows > 0 THEN
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.buyers_deferred_1dc32f35_pending', 1, ARRAY[array_agg(d.c1)::text, array_agg(d.c2)::text]::text[], false
      FROM (SELECT DISTINCT c1, c2 FROM (SELECT u.c1::text AS c1, u.c2::text AS c2, sum(u.s)::int AS s FROM (
        SELECT q.n_rows, q.o_rows, q.n_id_d755, q.o_id_d755, q.n_name_4c98, q.o_name_4c98 FROM pgvista.queue_public_customer_0 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)
        UNION ALL SELECT q.n_rows, q.o_rows, q.n_id_d755, q.o_id_d755, q.n_name_4c98, q.o_name_4c98 FROM pgvista.queue_public_customer_1 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)
        UNION ALL SELECT q.n_rows, q.o_rows, q.n_id_d755, q.o_id_d755, q.n_name_4c98, q.o_name_4c98 FROM pgvista.queue_public_customer_2 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)) AS q
        CROSS JOIN LATERAL (SELECT v.*, 1 AS s FROM unnest(q.n_id_d755, q.n_name_4c98) AS v (c1, c2) UNION ALL SELECT v.*, -1 FROM unnest(q.o_id_d755, q.o_name_4c98) AS v (c1, c2)) AS u GROUP BY u.c1::text, u.c2::text HAVING sum(u.s) <> 0) AS n) AS d HAVING count(*) > 0;
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.buyers_deferred_1dc32f35_pending', 2, ARRAY[array_agg(d.c2)::text]::text[], false
      FROM (SELECT DISTINCT c2 FROM (SELECT u.c1::text AS c1, u.c2::text AS c2, u.c3::text AS c3, sum(u.s)::int AS s FROM (
        SELECT q.n_rows, q.o_rows, q.n_id_5ef3, q.o_id_5ef3, q.n_customer_id_1d85, q.o_customer_id_1d85, q.n_amount_bd59, q.o_amount_bd59 FROM pgvista.queue_public_sale_0 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)
        UNION ALL SELECT q.n_rows, q.o_rows, q.n_id_5ef3, q.o_id_5ef3, q.n_customer_id_1d85, q.o_customer_id_1d85, q.n_amount_bd59, q.o_amount_bd59 FROM pgvista.queue_public_sale_1 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)
        UNION ALL SELECT q.n_rows, q.o_rows, q.n_id_5ef3, q.o_id_5ef3, q.n_customer_id_1d85, q.o_customer_id_1d85, q.n_amount_bd59, q.o_amount_bd59 FROM pgvista.queue_public_sale_2 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)) AS q
        CROSS JOIN LATERAL (SELECT v.*, 1 AS s FROM unnest(q.n_id_5ef3, q.n_customer_id_1d85, q.n_amount_bd59) AS v (c1, c2, c3) UNION ALL SELECT v.*, -1 FROM unnest(q.o_id_5ef3, q.o_customer_id_1d85, q.o_amount_bd59) AS v (c1, c2, c3)) AS u GROUP BY u.c1::text, u.c2::text, u.c3::text HAVING sum(u.s) <> 0) AS n) AS d HAVING count(*) > 0;
  END IF;
  RETURN greatest(pgv_rows, pgv_all::int);
END
$$;


--
-- Name: buyers_deferred_1dc32f35_waits(pg_snapshot); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.buyers_deferred_1dc32f35_waits(pgv_from pg_snapshot) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $$
DECLARE
  pgv_open xid8[] := ARRAY(SELECT pg_snapshot_xip(pgv_from));
BEGIN
  IF EXISTS (SELECT FROM pgvista.queue_public_customer_0 AS q WHERE q.xid >= pg_snapshot_xmax(pgv_from)) OR EXISTS (SELECT FROM unnest(pgv_open) AS o (xid) JOIN pgvista.queue_public_customer_0 AS q ON q.xid = o.xid) THEN
    RETURN true;
  END IF;
  IF EXISTS (SELECT FROM pgvista.queue_public_customer_1 AS q WHERE q.xid >= pg_snapshot_xmax(pgv_from)) OR EXISTS (SELECT FROM unnest(pgv_open) AS o (xid) JOIN pgvista.queue_public_customer_1 AS q ON q.xid = o.xid) THEN
    RETURN true;
  END IF;
  IF EXISTS (SELECT FROM pgvista.queue_public_customer_2 AS q WHERE q.xid >= pg_snapshot_xmax(pgv_from)) OR EXISTS (SELECT FROM unnest(pgv_open) AS o (xid) JOIN pgvista.queue_public_customer_2 AS q ON q.xid = o.xid) THEN
    RETURN true;
  END IF;
  IF EXISTS (SELECT FROM pgvista.queue_public_sale_0 AS q WHERE q.xid >= pg_snapshot_xmax(pgv_from)) OR EXISTS (SELECT FROM unnest(pgv_open) AS o (xid) JOIN pgvista.queue_public_sale_0 AS q ON q.xid = o.xid) THEN
    RETURN true;
  END IF;
  IF EXISTS (SELECT FROM pgvista.queue_public_sale_1 AS q WHERE q.xid >= pg_snapshot_xmax(pgv_from)) OR EXISTS (SELECT FROM unnest(pgv_open) AS o (xid) JOIN pgvista.queue_public_sale_1 AS q ON q.xid = o.xid) THEN
    RETURN true;
  END IF;
  IF EXISTS (SELECT FROM pgvista.queue_public_sale_2 AS q WHERE q.xid >= pg_snapshot_xmax(pgv_from)) OR EXISTS (SELECT FROM unnest(pgv_open) AS o (xid) JOIN pgvista.queue_public_sale_2 AS q ON q.xid = o.xid) THEN
    RETURN true;
  END IF;
  RETURN false;
END
$$;


--
-- Name: buyers_immediate_346f2ed7_maintain(integer[], integer[], boolean, boolean); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.buyers_immediate_346f2ed7_maintain(e1_1 integer[] DEFAULT NULL::integer[], e2_1 integer[] DEFAULT NULL::integer[], everything boolean DEFAULT false, locks_only boolean DEFAULT false) RETURNS void
    LANGUAGE plpgsql
    AS $_$
DECLARE
  pgv_keys_01 integer[];
  pgv_slots bigint[];
  pgv_held bigint[] := '{}';
  pgv_escalated boolean := false;
BEGIN
  IF NOT everything THEN
  LOOP
    pgv_slots := NULL;
    pgv_keys_01 := NULL;
    IF e1_1 IS NOT NULL THEN
    WITH reached AS MATERIALIZED (
    -- customer → key
    SELECT k.*, true AS reached, ARRAY[]::bigint[] || CASE WHEN true THEN (pg_catalog.hash_record_extended(ROW(k.key_1), 0) & 65535) * 16 END AS slots
      FROM unnest(e1_1) AS t1 (id)
      CROSS JOIN LATERAL (VALUES (t1.id)) AS k (key_1)
    )
    SELECT pgv_slots || (SELECT array_agg(DISTINCT slot) FROM reached AS r CROSS JOIN LATERAL unnest(r.slots) AS s (slot) WHERE slot IS NOT NULL), pgv_keys_01 || array_agg(key_1)
      INTO pgv_slots, pgv_keys_01
      FROM (SELECT DISTINCT key_1 FROM reached AS r WHERE r.reached) AS k;
    END IF;
    IF e2_1 IS NOT NULL THEN
    WITH reached AS MATERIALIZED (
    -- sale → key
    SELECT k.*, true AS reached, ARRAY[]::bigint[] || CASE WHEN true THEN (pg_catalog.hash_record_extended(ROW(k.key_1), 0) & 65535) * 16 END AS slots
      FROM unnest(e2_1) AS t2 (customer_id)
      CROSS JOIN LATERAL (VALUES (t2.customer_id)) AS k (key_1)
    )
    SELECT pgv_slots || (SELECT array_agg(DISTINCT slot) FROM reached AS r CROSS JOIN LATERAL unnest(r.slots) AS s (slot) WHERE slot IS NOT NULL), pgv_keys_01 || array_agg(key_1)
      INTO pgv_slots, pgv_keys_01
      FROM (SELECT DISTINCT key_1 FROM reached AS r WHERE r.reached) AS k;
    END IF;
    EXIT WHEN pgv_escalated OR pgv_slots IS NULL OR pgv_slots <@ pgv_held;
    pgv_escalated := pgvista.lock_keys('buyers_immediate_346f2ed7', ARRAY(SELECT DISTINCT s FROM unnest(pgv_slots) AS s WHERE s <> ALL (pgv_held) ORDER BY s));
    pgv_held := pgv_slots || pgv_held;
    EXIT WHEN true;
  END LOOP;
    IF pgv_keys_01 IS NULL THEN
      RETURN;
    END IF;
    IF locks_only THEN
      RETURN;
    END IF;
    -- Nearly all keys, and everything is locked already: all of them.
    IF NOT (pgv_escalated AND cardinality(pgv_keys_01) > (SELECT 0.5 * c.reltuples FROM pg_class AS c WHERE c.oid = 'pgvista.buyers_immediate_346f2ed7'::regclass)) THEN
    IF cardinality(pgv_keys_01) <= 1000 THEN
    DELETE FROM pgvista.buyers_immediate_346f2ed7 AS s WHERE s.pgvista_key_1 = ANY (pgv_keys_01);
    INSERT INTO pgvista.buyers_immediate_346f2ed7 (id, name, best, pgvista_key_1) SELECT id, name, best, pgvista_key_1 FROM (SELECT
  id,
  name,
  (
    SELECT max(s.amount) AS max
    FROM public.sale AS s
    WHERE (s.customer_id = c.id)
  ) AS best,
  c.id AS pgvista_key_1
FROM public.customer AS c
WHERE ((city IS NOT NULL) AND (c.id = ANY (pgv_keys_01)))) AS f (id, name, best, pgvista_key_1);
    ELSE
      EXECUTE $query$
    DELETE FROM pgvista.buyers_immediate_346f2ed7 AS s WHERE s.pgvista_key_1 = ANY ($1)
$query$ USING pgv_keys_01;
      EXECUTE $query$
    INSERT INTO pgvista.buyers_immediate_346f2ed7 (id, name, best, pgvista_key_1) SELECT id, name, best, pgvista_key_1 FROM (SELECT
  id,
  name,
  (
    SELECT max(s.amount) AS max
    FROM public.sale AS s
    WHERE (s.customer_id = c.id)
  ) AS best,
  c.id AS pgvista_key_1
FROM public.customer AS c
WHERE ((city IS NOT NULL) AND (c.id = ANY ($1)))) AS f (id, name, best, pgvista_key_1)
$query$ USING pgv_keys_01;
    END IF;
    RETURN;
    END IF;
  END IF;
  -- Everything: TRUNCATE, or a change that reaches every key.
  PERFORM pgvista.lock_all('buyers_immediate_346f2ed7');
  WITH fresh AS MATERIALIZED (
    SELECT id, name, best, pgvista_key_1 FROM (SELECT
  id,
  name,
  (
    SELECT max(s.amount) AS max
    FROM public.sale AS s
    WHERE (s.customer_id = c.id)
  ) AS best,
  c.id AS pgvista_key_1
FROM public.customer AS c
WHERE (city IS NOT NULL)) AS f (id, name, best, pgvista_key_1)
  ), differing AS MATERIALIZED (
    SELECT DISTINCT pgvista_key_1 FROM ((SELECT id, name, best, pgvista_key_1 FROM fresh EXCEPT ALL SELECT id, name, best, pgvista_key_1 FROM pgvista.buyers_immediate_346f2ed7) UNION ALL (SELECT id, name, best, pgvista_key_1 FROM pgvista.buyers_immediate_346f2ed7 EXCEPT ALL SELECT id, name, best, pgvista_key_1 FROM fresh)) AS d
  ), gone AS (
    DELETE FROM pgvista.buyers_immediate_346f2ed7 AS s USING differing AS k WHERE s.pgvista_key_1 = k.pgvista_key_1 RETURNING 1
  )
  INSERT INTO pgvista.buyers_immediate_346f2ed7 (id, name, best, pgvista_key_1) SELECT f.id, f.name, f.best, f.pgvista_key_1 FROM fresh AS f JOIN differing AS k ON f.pgvista_key_1 = k.pgvista_key_1 WHERE (SELECT count(*) FROM gone) >= 0;
END
$_$;


--
-- Name: buyers_on_commit_b4bd8f54_maintain(integer[], integer[], boolean, boolean); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.buyers_on_commit_b4bd8f54_maintain(e1_1 integer[] DEFAULT NULL::integer[], e2_1 integer[] DEFAULT NULL::integer[], everything boolean DEFAULT false, locks_only boolean DEFAULT false) RETURNS void
    LANGUAGE plpgsql
    AS $_$
DECLARE
  pgv_keys_01 integer[];
  pgv_slots bigint[];
  pgv_held bigint[] := '{}';
  pgv_escalated boolean := false;
BEGIN
  IF NOT everything THEN
  LOOP
    pgv_slots := NULL;
    pgv_keys_01 := NULL;
    IF e1_1 IS NOT NULL THEN
    WITH reached AS MATERIALIZED (
    -- customer → key
    SELECT k.*, true AS reached, ARRAY[]::bigint[] || CASE WHEN true THEN (pg_catalog.hash_record_extended(ROW(k.key_1), 0) & 65535) * 16 END AS slots
      FROM unnest(e1_1) AS t1 (id)
      CROSS JOIN LATERAL (VALUES (t1.id)) AS k (key_1)
    )
    SELECT pgv_slots || (SELECT array_agg(DISTINCT slot) FROM reached AS r CROSS JOIN LATERAL unnest(r.slots) AS s (slot) WHERE slot IS NOT NULL), pgv_keys_01 || array_agg(key_1)
      INTO pgv_slots, pgv_keys_01
      FROM (SELECT DISTINCT key_1 FROM reached AS r WHERE r.reached) AS k;
    END IF;
    IF e2_1 IS NOT NULL THEN
    WITH reached AS MATERIALIZED (
    -- sale → key
    SELECT k.*, true AS reached, ARRAY[]::bigint[] || CASE WHEN true THEN (pg_catalog.hash_record_extended(ROW(k.key_1), 0) & 65535) * 16 END AS slots
      FROM unnest(e2_1) AS t2 (customer_id)
      CROSS JOIN LATERAL (VALUES (t2.customer_id)) AS k (key_1)
    )
    SELECT pgv_slots || (SELECT array_agg(DISTINCT slot) FROM reached AS r CROSS JOIN LATERAL unnest(r.slots) AS s (slot) WHERE slot IS NOT NULL), pgv_keys_01 || array_agg(key_1)
      INTO pgv_slots, pgv_keys_01
      FROM (SELECT DISTINCT key_1 FROM reached AS r WHERE r.reached) AS k;
    END IF;
    EXIT WHEN pgv_escalated OR pgv_slots IS NULL OR pgv_slots <@ pgv_held;
    pgv_escalated := pgvista.lock_keys('buyers_on_commit_b4bd8f54', ARRAY(SELECT DISTINCT s FROM unnest(pgv_slots) AS s WHERE s <> ALL (pgv_held) ORDER BY s));
    pgv_held := pgv_slots || pgv_held;
    EXIT WHEN true;
  END LOOP;
    IF pgv_keys_01 IS NULL THEN
      RETURN;
    END IF;
    IF locks_only THEN
      RETURN;
    END IF;
    -- Nearly all keys, and everything is locked already: all of them.
    IF NOT (pgv_escalated AND cardinality(pgv_keys_01) > (SELECT 0.5 * c.reltuples FROM pg_class AS c WHERE c.oid = 'pgvista.buyers_on_commit_b4bd8f54'::regclass)) THEN
    IF cardinality(pgv_keys_01) <= 1000 THEN
    DELETE FROM pgvista.buyers_on_commit_b4bd8f54 AS s WHERE s.id = ANY (pgv_keys_01);
    INSERT INTO pgvista.buyers_on_commit_b4bd8f54 (id, name, sale_id, amount) SELECT id, name, sale_id, amount FROM (SELECT
  c.id,
  c.name,
  s.id AS sale_id,
  s.amount
FROM (public.customer AS c
  LEFT JOIN public.sale AS s ON ((s.customer_id = c.id) AND (s.amount > (90::numeric))))
WHERE (c.id = ANY (pgv_keys_01))) AS f (id, name, sale_id, amount);
    ELSE
      EXECUTE $query$
    DELETE FROM pgvista.buyers_on_commit_b4bd8f54 AS s WHERE s.id = ANY ($1)
$query$ USING pgv_keys_01;
      EXECUTE $query$
    INSERT INTO pgvista.buyers_on_commit_b4bd8f54 (id, name, sale_id, amount) SELECT id, name, sale_id, amount FROM (SELECT
  c.id,
  c.name,
  s.id AS sale_id,
  s.amount
FROM (public.customer AS c
  LEFT JOIN public.sale AS s ON ((s.customer_id = c.id) AND (s.amount > (90::numeric))))
WHERE (c.id = ANY ($1))) AS f (id, name, sale_id, amount)
$query$ USING pgv_keys_01;
    END IF;
    RETURN;
    END IF;
  END IF;
  -- Everything: TRUNCATE, or a change that reaches every key.
  PERFORM pgvista.lock_all('buyers_on_commit_b4bd8f54');
  WITH fresh AS MATERIALIZED (
    SELECT id, name, sale_id, amount FROM (SELECT
  c.id,
  c.name,
  s.id AS sale_id,
  s.amount
FROM (public.customer AS c
  LEFT JOIN public.sale AS s ON ((s.customer_id = c.id) AND (s.amount > (90::numeric))))) AS f (id, name, sale_id, amount)
  ), differing AS MATERIALIZED (
    SELECT DISTINCT id FROM ((SELECT id, name, sale_id, amount FROM fresh EXCEPT ALL SELECT id, name, sale_id, amount FROM pgvista.buyers_on_commit_b4bd8f54) UNION ALL (SELECT id, name, sale_id, amount FROM pgvista.buyers_on_commit_b4bd8f54 EXCEPT ALL SELECT id, name, sale_id, amount FROM fresh)) AS d
  ), gone AS (
    DELETE FROM pgvista.buyers_on_commit_b4bd8f54 AS s USING differing AS k WHERE s.id = k.id RETURNING 1
  )
  INSERT INTO pgvista.buyers_on_commit_b4bd8f54 (id, name, sale_id, amount) SELECT f.id, f.name, f.sale_id, f.amount FROM fresh AS f JOIN differing AS k ON f.id = k.id WHERE (SELECT count(*) FROM gone) >= 0;
END
$_$;


--
-- Name: buyers_on_commit_b4bd8f54_pending(pgvista.pending[]); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.buyers_on_commit_b4bd8f54_pending(pgv_notes pgvista.pending[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
  pgv_entries int[] := CASE WHEN cardinality(pgv_notes) = 1 THEN ARRAY[pgv_notes[1].entry] ELSE ARRAY(SELECT DISTINCT n.entry FROM unnest(pgv_notes) AS n) END;
  a_e1_1 integer[];
  a_e2_1 integer[];
BEGIN
  IF pgv_entries && ARRAY[0] THEN
    PERFORM pgvista.buyers_on_commit_b4bd8f54_maintain(everything => true);
    RETURN;
  END IF;
  IF 1 = ANY (pgv_entries) THEN
    SELECT array_agg(d.id) INTO a_e1_1
      FROM (SELECT u.c1 AS id FROM unnest(pgv_notes) AS n CROSS JOIN LATERAL unnest(n.columns[1]::integer[]) AS u (c1) WHERE n.entry = 1) AS d;
  END IF;
  IF 2 = ANY (pgv_entries) THEN
    SELECT array_agg(d.customer_id) INTO a_e2_1
      FROM (SELECT u.c1 AS customer_id FROM unnest(pgv_notes) AS n CROSS JOIN LATERAL unnest(n.columns[1]::integer[]) AS u (c1) WHERE n.entry = 2) AS d;
  END IF;
  PERFORM pgvista.buyers_on_commit_b4bd8f54_maintain(e1_1 => a_e1_1, e2_1 => a_e2_1);
END
$$;


--
-- Name: cities_deferred_4fd04880_maintain(integer[], text[], integer[], boolean, boolean); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.cities_deferred_4fd04880_maintain(e1_1 integer[] DEFAULT NULL::integer[], e1_2 text[] DEFAULT NULL::text[], e2_1 integer[] DEFAULT NULL::integer[], everything boolean DEFAULT false, locks_only boolean DEFAULT false) RETURNS void
    LANGUAGE plpgsql
    AS $_$
DECLARE
  pgv_keys_01 text[];
  pgv_null_01 boolean;
  pgv_slots bigint[];
  pgv_held bigint[] := '{}';
  pgv_escalated boolean := false;
BEGIN
  IF NOT everything THEN
    pgv_slots := NULL;
    pgv_keys_01 := NULL;
    pgv_null_01 := false;
    IF e1_1 IS NOT NULL THEN
    WITH reached AS MATERIALIZED (
    -- customer → key
    SELECT k.*, true AS reached, NULL::bigint[] AS slots
      FROM unnest(e1_1, e1_2) AS t1 (id, city)
      CROSS JOIN LATERAL (VALUES (t1.city)) AS k (key_1)
    )
    SELECT pgv_slots || (SELECT array_agg(DISTINCT slot) FROM reached AS r CROSS JOIN LATERAL unnest(r.slots) AS s (slot) WHERE slot IS NOT NULL), pgv_keys_01 || array_agg(key_1), pgv_null_01 OR coalesce(bool_or(key_1 IS NULL), false)
      INTO pgv_slots, pgv_keys_01, pgv_null_01
      FROM (SELECT DISTINCT key_1 FROM reached AS r WHERE r.reached) AS k;
    END IF;
    IF e2_1 IS NOT NULL THEN
    WITH reached AS MATERIALIZED (
    -- sale → customer (id) → key
    SELECT k.*, t1.tableoid IS NOT NULL AS reached, NULL::bigint[] AS slots
      FROM unnest(e2_1) AS t2 (customer_id)
      LEFT JOIN public.customer AS t1 ON t1.id = t2.customer_id
      CROSS JOIN LATERAL (VALUES (t1.city)) AS k (key_1)
    )
    SELECT pgv_slots || (SELECT array_agg(DISTINCT slot) FROM reached AS r CROSS JOIN LATERAL unnest(r.slots) AS s (slot) WHERE slot IS NOT NULL), pgv_keys_01 || array_agg(key_1), pgv_null_01 OR coalesce(bool_or(key_1 IS NULL), false)
      INTO pgv_slots, pgv_keys_01, pgv_null_01
      FROM (SELECT DISTINCT key_1 FROM reached AS r WHERE r.reached) AS k;
    END IF;
    IF pgv_keys_01 IS NULL THEN
      RETURN;
    END IF;
    IF locks_only THEN
      RETURN;
    END IF;
    -- Nearly all keys, and everything is locked already: all of them.
    IF NOT (cardinality(pgv_keys_01) > 1000 AND cardinality(pgv_keys_01) > (SELECT 0.5 * c.reltuples FROM pg_class AS c WHERE c.oid = 'pgvista.cities_deferred_4fd04880'::regclass)) THEN
    IF cardinality(pgv_keys_01) <= 1000 THEN
    INSERT INTO pgvista.cities_deferred_4fd04880 AS s (city, n, total) SELECT city, 0, 0 FROM (SELECT
  c.city AS city,
  count(*) AS n,
  ((sum(s.amount))::numeric) AS total
FROM (public.customer AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
WHERE ((c.city = ANY (pgv_keys_01)) OR ((c.city IS NULL) AND pgv_null_01))
GROUP BY c.city) AS f (city, n, total) ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = s.n;
    PERFORM FROM pgvista.cities_deferred_4fd04880 AS s WHERE (s.city = ANY (pgv_keys_01) OR (s.city IS NULL AND pgv_null_01)) ORDER BY s.city FOR UPDATE;
    WITH fresh AS MATERIALIZED (
      SELECT city, n, total FROM (SELECT
  c.city AS city,
  count(*) AS n,
  ((sum(s.amount))::numeric) AS total
FROM (public.customer AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
WHERE ((c.city = ANY (pgv_keys_01)) OR ((c.city IS NULL) AND pgv_null_01))
GROUP BY c.city) AS f (city, n, total)
    ), put AS (
      INSERT INTO pgvista.cities_deferred_4fd04880 AS s (city, n, total) SELECT city, n, total FROM fresh ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = excluded.n, total = excluded.total
      WHERE ROW(s.n, s.total)::record OPERATOR(pg_catalog.*<>) ROW(excluded.n, excluded.total)::record
    )
    DELETE FROM pgvista.cities_deferred_4fd04880 AS s WHERE (s.city = ANY (pgv_keys_01) OR (s.city IS NULL AND pgv_null_01)) AND NOT EXISTS (SELECT FROM fresh AS f WHERE hash_record_extended(ROW(f.city), 0) = hash_record_extended(ROW(s.city), 0) AND f.city IS NOT DISTINCT FROM s.city);
    ELSE
      EXECUTE $query$
    INSERT INTO pgvista.cities_deferred_4fd04880 AS s (city, n, total) SELECT city, 0, 0 FROM (SELECT
  c.city AS city,
  count(*) AS n,
  ((sum(s.amount))::numeric) AS total
FROM (public.customer AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
WHERE ((c.city = ANY ($1)) OR ((c.city IS NULL) AND $2))
GROUP BY c.city) AS f (city, n, total) ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = s.n
$query$ USING pgv_keys_01, pgv_null_01;
      EXECUTE $query$
    SELECT FROM pgvista.cities_deferred_4fd04880 AS s WHERE (s.city = ANY ($1) OR (s.city IS NULL AND $2)) ORDER BY s.city FOR UPDATE
$query$ USING pgv_keys_01, pgv_null_01;
      EXECUTE $query$
    WITH fresh AS MATERIALIZED (
      SELECT city, n, total FROM (SELECT
  c.city AS city,
  count(*) AS n,
  ((sum(s.amount))::numeric) AS total
FROM (public.customer AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
WHERE ((c.city = ANY ($1)) OR ((c.city IS NULL) AND $2))
GROUP BY c.city) AS f (city, n, total)
    ), put AS (
      INSERT INTO pgvista.cities_deferred_4fd04880 AS s (city, n, total) SELECT city, n, total FROM fresh ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = excluded.n, total = excluded.total
      WHERE ROW(s.n, s.total)::record OPERATOR(pg_catalog.*<>) ROW(excluded.n, excluded.total)::record
    )
    DELETE FROM pgvista.cities_deferred_4fd04880 AS s WHERE (s.city = ANY ($1) OR (s.city IS NULL AND $2)) AND NOT EXISTS (SELECT FROM fresh AS f WHERE hash_record_extended(ROW(f.city), 0) = hash_record_extended(ROW(s.city), 0) AND f.city IS NOT DISTINCT FROM s.city)
$query$ USING pgv_keys_01, pgv_null_01;
    END IF;
    RETURN;
    END IF;
  END IF;
  -- Everything: TRUNCATE, or a change that reaches every key.
  PERFORM FROM pgvista.cities_deferred_4fd04880 AS s ORDER BY s.city FOR UPDATE;
    WITH fresh AS MATERIALIZED (
      SELECT city, n, total FROM (SELECT
  c.city AS city,
  count(*) AS n,
  ((sum(s.amount))::numeric) AS total
FROM (public.customer AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
GROUP BY c.city) AS f (city, n, total)
    ), put AS (
      INSERT INTO pgvista.cities_deferred_4fd04880 AS s (city, n, total) SELECT city, n, total FROM fresh ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = excluded.n, total = excluded.total
      WHERE ROW(s.n, s.total)::record OPERATOR(pg_catalog.*<>) ROW(excluded.n, excluded.total)::record
    )
    DELETE FROM pgvista.cities_deferred_4fd04880 AS s WHERE NOT EXISTS (SELECT FROM fresh AS f WHERE hash_record_extended(ROW(f.city), 0) = hash_record_extended(ROW(s.city), 0) AND f.city IS NOT DISTINCT FROM s.city);
END
$_$;


--
-- Name: cities_deferred_4fd04880_pending(pgvista.pending[]); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.cities_deferred_4fd04880_pending(pgv_notes pgvista.pending[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
  pgv_entries int[] := CASE WHEN cardinality(pgv_notes) = 1 THEN ARRAY[pgv_notes[1].entry] ELSE ARRAY(SELECT DISTINCT n.entry FROM unnest(pgv_notes) AS n) END;
  a_e1_1 integer[];
  a_e1_2 text[];
  a_e2_1 integer[];
BEGIN
  IF pgv_entries = ARRAY[1] THEN
  DECLARE
    pgv_gone tid[];
    pgv_strange boolean;
  BEGIN
    WITH put AS (
      INSERT INTO pgvista.cities_deferred_4fd04880 AS s (city, n, total)
      WITH pgv_changed AS NOT MATERIALIZED (SELECT u.c1 AS id, u.c2 AS city, u.sign AS pgv_sign FROM unnest(pgv_notes) AS n CROSS JOIN LATERAL unnest(n.columns[1]::integer[], n.columns[2]::text[], n.columns[3]::int[]) AS u (c1, c2, sign) WHERE n.entry = 1)
      SELECT * FROM (SELECT
  c.city AS city,
  COALESCE(sum(c.pgv_sign), 0) AS n,
  COALESCE(sum((c.pgv_sign * (s.amount::numeric))), 0) AS total
FROM (pgv_changed AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
GROUP BY c.city) AS d WHERE n <> 0 OR total <> 0 ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = s.n + excluded.n, total = s.total + excluded.total
      RETURNING s.ctid AS pgv_place, n, total
    )
    SELECT array_agg(pgv_place) FILTER (WHERE n = 0), bool_or(total IN ('NaN', 'Infinity', '-Infinity')) INTO pgv_gone, pgv_strange FROM put;
    IF pgv_gone IS NOT NULL THEN
      DELETE FROM pgvista.cities_deferred_4fd04880 AS s WHERE s.ctid = ANY (pgv_gone);
    END IF;
    IF pgv_strange THEN
      PERFORM pgvista.cities_deferred_4fd04880_maintain(everything => true);
    END IF;
  END;
    RETURN;
  END IF;
  IF pgv_entries = ARRAY[2] THEN
  DECLARE
    pgv_gone tid[];
    pgv_strange boolean;
  BEGIN
    WITH put AS (
      INSERT INTO pgvista.cities_deferred_4fd04880 AS s (city, n, total)
      WITH pgv_changed AS NOT MATERIALIZED (SELECT u.c1 AS customer_id, u.c2 AS amount, u.sign AS pgv_sign FROM unnest(pgv_notes) AS n CROSS JOIN LATERAL unnest(n.columns[1]::integer[], n.columns[2]::numeric(10,2)[], n.columns[3]::int[]) AS u (c1, c2, sign) WHERE n.entry = 2)
      SELECT * FROM (SELECT
  c.city AS city,
  COALESCE(sum(s.pgv_sign), 0) AS n,
  COALESCE(sum((s.pgv_sign * (s.amount::numeric))), 0) AS total
FROM (public.customer AS c
  JOIN pgv_changed AS s ON (s.customer_id = c.id))
GROUP BY c.city) AS d WHERE n <> 0 OR total <> 0 ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = s.n + excluded.n, total = s.total + excluded.total
      RETURNING s.ctid AS pgv_place, n, total
    )
    SELECT array_agg(pgv_place) FILTER (WHERE n = 0), bool_or(total IN ('NaN', 'Infinity', '-Infinity')) INTO pgv_gone, pgv_strange FROM put;
    IF pgv_gone IS NOT NULL THEN
      DELETE FROM pgvista.cities_deferred_4fd04880 AS s WHERE s.ctid = ANY (pgv_gone);
    END IF;
    IF pgv_strange THEN
      PERFORM pgvista.cities_deferred_4fd04880_maintain(everything => true);
    END IF;
  END;
    RETURN;
  END IF;
  IF pgv_entries && ARRAY[0] THEN
    PERFORM pgvista.cities_deferred_4fd04880_maintain(everything => true);
    RETURN;
  END IF;
  IF 1 = ANY (pgv_entries) THEN
    SELECT array_agg(d.id), array_agg(d.city) INTO a_e1_1, a_e1_2
      FROM (SELECT u.c1 AS id, u.c2 AS city, u.sign AS pgv_sign FROM unnest(pgv_notes) AS n CROSS JOIN LATERAL unnest(n.columns[1]::integer[], n.columns[2]::text[], n.columns[3]::int[]) AS u (c1, c2, sign) WHERE n.entry = 1) AS d;
  END IF;
  IF 2 = ANY (pgv_entries) THEN
    SELECT array_agg(d.customer_id) INTO a_e2_1
      FROM (SELECT u.c1 AS customer_id, u.c2 AS amount, u.sign AS pgv_sign FROM unnest(pgv_notes) AS n CROSS JOIN LATERAL unnest(n.columns[1]::integer[], n.columns[2]::numeric(10,2)[], n.columns[3]::int[]) AS u (c1, c2, sign) WHERE n.entry = 2) AS d;
  END IF;
  PERFORM pgvista.cities_deferred_4fd04880_maintain(e1_1 => a_e1_1, e1_2 => a_e1_2, e2_1 => a_e2_1);
END
$$;


--
-- Name: cities_deferred_4fd04880_take(pg_snapshot, pg_snapshot, xid8, timestamp with time zone); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.cities_deferred_4fd04880_take(pgv_from pg_snapshot, pgv_to pg_snapshot, pgv_own xid8, pgv_since timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    SET "DateStyle" TO 'ISO'
    SET "IntervalStyle" TO 'postgres'
    SET "TimeZone" TO 'UTC'
    SET extra_float_digits TO '1'
    SET enable_seqscan TO 'off'
    AS $$
DECLARE
  pgv_open xid8[] := ARRAY(SELECT pg_snapshot_xip(pgv_from));
  pgv_low xid8 := pg_snapshot_xmax(pgv_from);
  pgv_high xid8 := pg_snapshot_xmax(pgv_to);
  pgv_rows bigint;
  pgv_all boolean;
BEGIN
  SELECT coalesce(sum(w.n_rows + w.o_rows), 0), coalesce(bool_or(w.everything), false) INTO pgv_rows, pgv_all FROM (
        SELECT q.n_rows, q.o_rows, q.everything FROM pgvista.queue_public_customer_0 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)
        UNION ALL SELECT q.n_rows, q.o_rows, q.everything FROM pgvista.queue_public_customer_1 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)
        UNION ALL SELECT q.n_rows, q.o_rows, q.everything FROM pgvista.queue_public_customer_2 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)
        UNION ALL SELECT q.n_rows, q.o_rows, q.everything FROM pgvista.queue_public_sale_0 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)
        UNION ALL SELECT q.n_rows, q.o_rows, q.everything FROM pgvista.queue_public_sale_1 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)
        UNION ALL SELECT q.n_rows, q.o_rows, q.everything FROM pgvista.queue_public_sale_2 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)) AS w;
  IF pgv_all OR (pgv_rows > 1000 AND pgvista.is_bulk(pgv_rows, ARRAY['public.customer', 'public.sale']::text[])) THEN
    INSERT INTO pgvista.pending (level, drain, entry, columns, first) VALUES (0, 'pgvista.cities_deferred_4fd04880_pending', 0, NULL, false);
  ELSIF pgv_rows > 0 THEN
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.cities_deferred_4fd04880_pending', 1, ARRAY[array_agg(d.c1)::text, array_agg(d.c2)::text, array_agg(d.s)::text]::text[], false
      FROM (SELECT u.c1::text AS c1, u.c2::text AS c2, sum(u.s)::int AS s FROM (
        SELECT q.n_rows, q.o_rows, q.n_id_d755, q.o_id_d755, q.n_city_7635, q.o_city_7635 FROM pgvista.queue_public_customer_0 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)
        UNION ALL SELECT q.n_rows, q.o_rows, q.n_id_d755, q.o_id_d755, q.n_city_7635, q.o_city_7635 FROM pgvista.queue_public_customer_1 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)
        UNION ALL SELECT q.n_rows, q.o_rows, q.n_id_d755, q.o_id_d755, q.n_city_7635, q.o_city_7635 FROM pgvista.queue_public_customer_2 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)) AS q
        CROSS JOIN LATERAL (SELECT v.*, 1 AS s FROM unnest(q.n_id_d755, q.n_city_7635) AS v (c1, c2) UNION ALL SELECT v.*, -1 FROM unnest(q.o_id_d755, q.o_city_7635) AS v (c1, c2)) AS u GROUP BY u.c1::text, u.c2::text HAVING sum(u.s) <> 0) AS d HAVING count(*) > 0;
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.cities_deferred_4fd04880_pending', 2, ARRAY[array_agg(d.c1)::text, array_agg(d.c2)::text, array_agg(d.s)::text]::text[], false
      FROM (SELECT u.c1::text AS c1, u.c2::text AS c2, sum(u.s)::int AS s FROM (
        SELECT q.n_rows, q.o_rows, q.n_customer_id_1d85, q.o_customer_id_1d85, q.n_amount_bd59, q.o_amount_bd59 FROM pgvista.queue_public_sale_0 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)
        UNION ALL SELECT q.n_rows, q.o_rows, q.n_customer_id_1d85, q.o_customer_id_1d85, q.n_amount_bd59, q.o_amount_bd59 FROM pgvista.queue_public_sale_1 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)
        UNION ALL SELECT q.n_rows, q.o_rows, q.n_customer_id_1d85, q.o_customer_id_1d85, q.n_amount_bd59, q.o_amount_bd59 FROM pgvista.queue_public_sale_2 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)) AS q
        CROSS JOIN LATERAL (SELECT v.*, 1 AS s FROM unnest(q.n_customer_id_1d85, q.n_amount_bd59) AS v (c1, c2) UNION ALL SELECT v.*, -1 FROM unnest(q.o_customer_id_1d85, q.o_amount_bd59) AS v (c1, c2)) AS u GROUP BY u.c1::text, u.c2::text HAVING sum(u.s) <> 0) AS d HAVING count(*) > 0;
  END IF;
  RETURN greatest(pgv_rows, pgv_all::int);
END
$$;


--
-- Name: cities_deferred_4fd04880_waits(pg_snapshot); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.cities_deferred_4fd04880_waits(pgv_from pg_snapshot) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $$
DECLARE
  pgv_open xid8[] := ARRAY(SELECT pg_snapshot_xip(pgv_from));
BEGIN
  IF EXISTS (SELECT FROM pgvista.queue_public_customer_0 AS q WHERE q.xid >= pg_snapshot_xmax(pgv_from)) OR EXISTS (SELECT FROM unnest(pgv_open) AS o (xid) JOIN pgvista.queue_public_customer_0 AS q ON q.xid = o.xid) THEN
    RETURN true;
  END IF;
  IF EXISTS (SELECT FROM pgvista.queue_public_customer_1 AS q WHERE q.xid >= pg_snapshot_xmax(pgv_from)) OR EXISTS (SELECT FROM unnest(pgv_open) AS o (xid) JOIN pgvista.queue_public_customer_1 AS q ON q.xid = o.xid) THEN
    RETURN true;
  END IF;
  IF EXISTS (SELECT FROM pgvista.queue_public_customer_2 AS q WHERE q.xid >= pg_snapshot_xmax(pgv_from)) OR EXISTS (SELECT FROM unnest(pgv_open) AS o (xid) JOIN pgvista.queue_public_customer_2 AS q ON q.xid = o.xid) THEN
    RETURN true;
  END IF;
  IF EXISTS (SELECT FROM pgvista.queue_public_sale_0 AS q WHERE q.xid >= pg_snapshot_xmax(pgv_from)) OR EXISTS (SELECT FROM unnest(pgv_open) AS o (xid) JOIN pgvista.queue_public_sale_0 AS q ON q.xid = o.xid) THEN
    RETURN true;
  END IF;
  IF EXISTS (SELECT FROM pgvista.queue_public_sale_1 AS q WHERE q.xid >= pg_snapshot_xmax(pgv_from)) OR EXISTS (SELECT FROM unnest(pgv_open) AS o (xid) JOIN pgvista.queue_public_sale_1 AS q ON q.xid = o.xid) THEN
    RETURN true;
  END IF;
  IF EXISTS (SELECT FROM pgvista.queue_public_sale_2 AS q WHERE q.xid >= pg_snapshot_xmax(pgv_from)) OR EXISTS (SELECT FROM unnest(pgv_open) AS o (xid) JOIN pgvista.queue_public_sale_2 AS q ON q.xid = o.xid) THEN
    RETURN true;
  END IF;
  RETURN false;
END
$$;


--
-- Name: cities_immediate_b066469a_maintain(integer[], text[], integer[], boolean, boolean); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.cities_immediate_b066469a_maintain(e1_1 integer[] DEFAULT NULL::integer[], e1_2 text[] DEFAULT NULL::text[], e2_1 integer[] DEFAULT NULL::integer[], everything boolean DEFAULT false, locks_only boolean DEFAULT false) RETURNS void
    LANGUAGE plpgsql
    AS $_$
DECLARE
  pgv_keys_01 text[];
  pgv_null_01 boolean;
  pgv_slots bigint[];
  pgv_held bigint[] := '{}';
  pgv_escalated boolean := false;
BEGIN
  IF NOT everything THEN
  LOOP
    pgv_slots := NULL;
    pgv_keys_01 := NULL;
    pgv_null_01 := false;
    IF e1_1 IS NOT NULL THEN
    WITH reached AS MATERIALIZED (
    -- customer → key
    SELECT k.*, true AS reached, CASE WHEN t1.id IS NOT NULL THEN pgvista.all_lanes((pg_catalog.hash_record_extended(ROW(t1.id), -59907388) & 65535) * 16) END || CASE WHEN true THEN (pg_catalog.hash_record_extended(ROW(k.key_1), 0) & 65535) * 16 END AS slots
      FROM unnest(e1_1, e1_2) AS t1 (id, city)
      CROSS JOIN LATERAL (VALUES (t1.city)) AS k (key_1)
    )
    SELECT pgv_slots || (SELECT array_agg(DISTINCT slot) FROM reached AS r CROSS JOIN LATERAL unnest(r.slots) AS s (slot) WHERE slot IS NOT NULL), pgv_keys_01 || array_agg(key_1), pgv_null_01 OR coalesce(bool_or(key_1 IS NULL), false)
      INTO pgv_slots, pgv_keys_01, pgv_null_01
      FROM (SELECT DISTINCT key_1 FROM reached AS r WHERE r.reached) AS k;
    END IF;
    IF e2_1 IS NOT NULL THEN
    WITH reached AS MATERIALIZED (
    -- sale → customer (id) → key
    SELECT k.*, t1.tableoid IS NOT NULL AS reached, CASE WHEN t2.customer_id IS NOT NULL THEN ARRAY[(pg_catalog.hash_record_extended(ROW(t2.customer_id), -59907388) & 65535) * 16 + 1 + (pg_catalog.pg_backend_pid() & 7)] END || CASE WHEN t1.tableoid IS NOT NULL THEN (pg_catalog.hash_record_extended(ROW(k.key_1), 0) & 65535) * 16 END AS slots
      FROM unnest(e2_1) AS t2 (customer_id)
      LEFT JOIN public.customer AS t1 ON t1.id = t2.customer_id
      CROSS JOIN LATERAL (VALUES (t1.city)) AS k (key_1)
    )
    SELECT pgv_slots || (SELECT array_agg(DISTINCT slot) FROM reached AS r CROSS JOIN LATERAL unnest(r.slots) AS s (slot) WHERE slot IS NOT NULL), pgv_keys_01 || array_agg(key_1), pgv_null_01 OR coalesce(bool_or(key_1 IS NULL), false)
      INTO pgv_slots, pgv_keys_01, pgv_null_01
      FROM (SELECT DISTINCT key_1 FROM reached AS r WHERE r.reached) AS k;
    END IF;
    EXIT WHEN pgv_escalated OR pgv_slots IS NULL OR pgv_slots <@ pgv_held;
    pgv_escalated := pgvista.lock_keys('cities_immediate_b066469a', ARRAY(SELECT DISTINCT s FROM unnest(pgv_slots) AS s WHERE s <> ALL (pgv_held) ORDER BY s));
    pgv_held := pgv_slots || pgv_held;
    EXIT WHEN e2_1 IS NULL;
  END LOOP;
    IF pgv_keys_01 IS NULL THEN
      RETURN;
    END IF;
    IF locks_only THEN
      RETURN;
    END IF;
    -- Nearly all keys, and everything is locked already: all of them.
    IF NOT (pgv_escalated AND cardinality(pgv_keys_01) > (SELECT 0.5 * c.reltuples FROM pg_class AS c WHERE c.oid = 'pgvista.cities_immediate_b066469a'::regclass)) THEN
    PERFORM pgvista.mark_recounted('cities_immediate_b066469a');
    IF cardinality(pgv_keys_01) <= 1000 THEN
    INSERT INTO pgvista.cities_immediate_b066469a AS s (city, n, total) SELECT city, 0, 0 FROM (SELECT
  c.city AS city,
  count(*) AS n,
  ((sum(s.amount))::numeric) AS total
FROM (public.customer AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
WHERE ((c.city = ANY (pgv_keys_01)) OR ((c.city IS NULL) AND pgv_null_01))
GROUP BY c.city) AS f (city, n, total) ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = s.n;
    PERFORM FROM pgvista.cities_immediate_b066469a AS s WHERE (s.city = ANY (pgv_keys_01) OR (s.city IS NULL AND pgv_null_01)) ORDER BY s.city FOR UPDATE;
    WITH fresh AS MATERIALIZED (
      SELECT city, n, total FROM (SELECT
  c.city AS city,
  count(*) AS n,
  ((sum(s.amount))::numeric) AS total
FROM (public.customer AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
WHERE ((c.city = ANY (pgv_keys_01)) OR ((c.city IS NULL) AND pgv_null_01))
GROUP BY c.city) AS f (city, n, total)
    ), put AS (
      INSERT INTO pgvista.cities_immediate_b066469a AS s (city, n, total) SELECT city, n, total FROM fresh ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = excluded.n, total = excluded.total
      WHERE ROW(s.n, s.total)::record OPERATOR(pg_catalog.*<>) ROW(excluded.n, excluded.total)::record
    )
    DELETE FROM pgvista.cities_immediate_b066469a AS s WHERE (s.city = ANY (pgv_keys_01) OR (s.city IS NULL AND pgv_null_01)) AND NOT EXISTS (SELECT FROM fresh AS f WHERE hash_record_extended(ROW(f.city), 0) = hash_record_extended(ROW(s.city), 0) AND f.city IS NOT DISTINCT FROM s.city);
    ELSE
      EXECUTE $query$
    INSERT INTO pgvista.cities_immediate_b066469a AS s (city, n, total) SELECT city, 0, 0 FROM (SELECT
  c.city AS city,
  count(*) AS n,
  ((sum(s.amount))::numeric) AS total
FROM (public.customer AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
WHERE ((c.city = ANY ($1)) OR ((c.city IS NULL) AND $2))
GROUP BY c.city) AS f (city, n, total) ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = s.n
$query$ USING pgv_keys_01, pgv_null_01;
      EXECUTE $query$
    SELECT FROM pgvista.cities_immediate_b066469a AS s WHERE (s.city = ANY ($1) OR (s.city IS NULL AND $2)) ORDER BY s.city FOR UPDATE
$query$ USING pgv_keys_01, pgv_null_01;
      EXECUTE $query$
    WITH fresh AS MATERIALIZED (
      SELECT city, n, total FROM (SELECT
  c.city AS city,
  count(*) AS n,
  ((sum(s.amount))::numeric) AS total
FROM (public.customer AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
WHERE ((c.city = ANY ($1)) OR ((c.city IS NULL) AND $2))
GROUP BY c.city) AS f (city, n, total)
    ), put AS (
      INSERT INTO pgvista.cities_immediate_b066469a AS s (city, n, total) SELECT city, n, total FROM fresh ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = excluded.n, total = excluded.total
      WHERE ROW(s.n, s.total)::record OPERATOR(pg_catalog.*<>) ROW(excluded.n, excluded.total)::record
    )
    DELETE FROM pgvista.cities_immediate_b066469a AS s WHERE (s.city = ANY ($1) OR (s.city IS NULL AND $2)) AND NOT EXISTS (SELECT FROM fresh AS f WHERE hash_record_extended(ROW(f.city), 0) = hash_record_extended(ROW(s.city), 0) AND f.city IS NOT DISTINCT FROM s.city)
$query$ USING pgv_keys_01, pgv_null_01;
    END IF;
    RETURN;
    END IF;
  END IF;
  -- Everything: TRUNCATE, or a change that reaches every key.
  PERFORM pgvista.lock_all('cities_immediate_b066469a');
    PERFORM pgvista.mark_recounted('cities_immediate_b066469a');
  PERFORM FROM pgvista.cities_immediate_b066469a AS s ORDER BY s.city FOR UPDATE;
    WITH fresh AS MATERIALIZED (
      SELECT city, n, total FROM (SELECT
  c.city AS city,
  count(*) AS n,
  ((sum(s.amount))::numeric) AS total
FROM (public.customer AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
GROUP BY c.city) AS f (city, n, total)
    ), put AS (
      INSERT INTO pgvista.cities_immediate_b066469a AS s (city, n, total) SELECT city, n, total FROM fresh ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = excluded.n, total = excluded.total
      WHERE ROW(s.n, s.total)::record OPERATOR(pg_catalog.*<>) ROW(excluded.n, excluded.total)::record
    )
    DELETE FROM pgvista.cities_immediate_b066469a AS s WHERE NOT EXISTS (SELECT FROM fresh AS f WHERE hash_record_extended(ROW(f.city), 0) = hash_record_extended(ROW(s.city), 0) AND f.city IS NOT DISTINCT FROM s.city);
END
$_$;


--
-- Name: cities_on_commit_fd5d7c24_maintain(integer[], text[], integer[], boolean, boolean); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.cities_on_commit_fd5d7c24_maintain(e1_1 integer[] DEFAULT NULL::integer[], e1_2 text[] DEFAULT NULL::text[], e2_1 integer[] DEFAULT NULL::integer[], everything boolean DEFAULT false, locks_only boolean DEFAULT false) RETURNS void
    LANGUAGE plpgsql
    AS $_$
DECLARE
  pgv_keys_01 text[];
  pgv_null_01 boolean;
  pgv_slots bigint[];
  pgv_held bigint[] := '{}';
  pgv_escalated boolean := false;
BEGIN
  IF NOT everything THEN
  LOOP
    pgv_slots := NULL;
    pgv_keys_01 := NULL;
    pgv_null_01 := false;
    IF e1_1 IS NOT NULL THEN
    WITH reached AS MATERIALIZED (
    -- customer → key
    SELECT k.*, true AS reached, CASE WHEN t1.id IS NOT NULL THEN pgvista.all_lanes((pg_catalog.hash_record_extended(ROW(t1.id), -59907388) & 65535) * 16) END || CASE WHEN true THEN (pg_catalog.hash_record_extended(ROW(k.key_1), 0) & 65535) * 16 END AS slots
      FROM unnest(e1_1, e1_2) AS t1 (id, city)
      CROSS JOIN LATERAL (VALUES (t1.city)) AS k (key_1)
    )
    SELECT pgv_slots || (SELECT array_agg(DISTINCT slot) FROM reached AS r CROSS JOIN LATERAL unnest(r.slots) AS s (slot) WHERE slot IS NOT NULL), pgv_keys_01 || array_agg(key_1), pgv_null_01 OR coalesce(bool_or(key_1 IS NULL), false)
      INTO pgv_slots, pgv_keys_01, pgv_null_01
      FROM (SELECT DISTINCT key_1 FROM reached AS r WHERE r.reached) AS k;
    END IF;
    IF e2_1 IS NOT NULL THEN
    WITH reached AS MATERIALIZED (
    -- sale → customer (id) → key
    SELECT k.*, t1.tableoid IS NOT NULL AS reached, CASE WHEN t2.customer_id IS NOT NULL THEN ARRAY[(pg_catalog.hash_record_extended(ROW(t2.customer_id), -59907388) & 65535) * 16 + 1 + (pg_catalog.pg_backend_pid() & 7)] END || CASE WHEN t1.tableoid IS NOT NULL THEN (pg_catalog.hash_record_extended(ROW(k.key_1), 0) & 65535) * 16 END AS slots
      FROM unnest(e2_1) AS t2 (customer_id)
      LEFT JOIN public.customer AS t1 ON t1.id = t2.customer_id
      CROSS JOIN LATERAL (VALUES (t1.city)) AS k (key_1)
    )
    SELECT pgv_slots || (SELECT array_agg(DISTINCT slot) FROM reached AS r CROSS JOIN LATERAL unnest(r.slots) AS s (slot) WHERE slot IS NOT NULL), pgv_keys_01 || array_agg(key_1), pgv_null_01 OR coalesce(bool_or(key_1 IS NULL), false)
      INTO pgv_slots, pgv_keys_01, pgv_null_01
      FROM (SELECT DISTINCT key_1 FROM reached AS r WHERE r.reached) AS k;
    END IF;
    EXIT WHEN pgv_escalated OR pgv_slots IS NULL OR pgv_slots <@ pgv_held;
    pgv_escalated := pgvista.lock_keys('cities_on_commit_fd5d7c24', ARRAY(SELECT DISTINCT s FROM unnest(pgv_slots) AS s WHERE s <> ALL (pgv_held) ORDER BY s));
    pgv_held := pgv_slots || pgv_held;
    EXIT WHEN e2_1 IS NULL;
  END LOOP;
    IF pgv_keys_01 IS NULL THEN
      RETURN;
    END IF;
    IF locks_only THEN
      RETURN;
    END IF;
    -- Nearly all keys, and everything is locked already: all of them.
    IF NOT (pgv_escalated AND cardinality(pgv_keys_01) > (SELECT 0.5 * c.reltuples FROM pg_class AS c WHERE c.oid = 'pgvista.cities_on_commit_fd5d7c24'::regclass)) THEN
    IF cardinality(pgv_keys_01) <= 1000 THEN
    INSERT INTO pgvista.cities_on_commit_fd5d7c24 AS s (city, n, total) SELECT city, 0, 0 FROM (SELECT
  c.city AS city,
  count(*) AS n,
  ((sum(s.amount))::numeric) AS total
FROM (public.customer AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
WHERE ((c.city = ANY (pgv_keys_01)) OR ((c.city IS NULL) AND pgv_null_01))
GROUP BY c.city) AS f (city, n, total) ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = s.n;
    PERFORM FROM pgvista.cities_on_commit_fd5d7c24 AS s WHERE (s.city = ANY (pgv_keys_01) OR (s.city IS NULL AND pgv_null_01)) ORDER BY s.city FOR UPDATE;
    WITH fresh AS MATERIALIZED (
      SELECT city, n, total FROM (SELECT
  c.city AS city,
  count(*) AS n,
  ((sum(s.amount))::numeric) AS total
FROM (public.customer AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
WHERE ((c.city = ANY (pgv_keys_01)) OR ((c.city IS NULL) AND pgv_null_01))
GROUP BY c.city) AS f (city, n, total)
    ), put AS (
      INSERT INTO pgvista.cities_on_commit_fd5d7c24 AS s (city, n, total) SELECT city, n, total FROM fresh ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = excluded.n, total = excluded.total
      WHERE ROW(s.n, s.total)::record OPERATOR(pg_catalog.*<>) ROW(excluded.n, excluded.total)::record
    )
    DELETE FROM pgvista.cities_on_commit_fd5d7c24 AS s WHERE (s.city = ANY (pgv_keys_01) OR (s.city IS NULL AND pgv_null_01)) AND NOT EXISTS (SELECT FROM fresh AS f WHERE hash_record_extended(ROW(f.city), 0) = hash_record_extended(ROW(s.city), 0) AND f.city IS NOT DISTINCT FROM s.city);
    ELSE
      EXECUTE $query$
    INSERT INTO pgvista.cities_on_commit_fd5d7c24 AS s (city, n, total) SELECT city, 0, 0 FROM (SELECT
  c.city AS city,
  count(*) AS n,
  ((sum(s.amount))::numeric) AS total
FROM (public.customer AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
WHERE ((c.city = ANY ($1)) OR ((c.city IS NULL) AND $2))
GROUP BY c.city) AS f (city, n, total) ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = s.n
$query$ USING pgv_keys_01, pgv_null_01;
      EXECUTE $query$
    SELECT FROM pgvista.cities_on_commit_fd5d7c24 AS s WHERE (s.city = ANY ($1) OR (s.city IS NULL AND $2)) ORDER BY s.city FOR UPDATE
$query$ USING pgv_keys_01, pgv_null_01;
      EXECUTE $query$
    WITH fresh AS MATERIALIZED (
      SELECT city, n, total FROM (SELECT
  c.city AS city,
  count(*) AS n,
  ((sum(s.amount))::numeric) AS total
FROM (public.customer AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
WHERE ((c.city = ANY ($1)) OR ((c.city IS NULL) AND $2))
GROUP BY c.city) AS f (city, n, total)
    ), put AS (
      INSERT INTO pgvista.cities_on_commit_fd5d7c24 AS s (city, n, total) SELECT city, n, total FROM fresh ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = excluded.n, total = excluded.total
      WHERE ROW(s.n, s.total)::record OPERATOR(pg_catalog.*<>) ROW(excluded.n, excluded.total)::record
    )
    DELETE FROM pgvista.cities_on_commit_fd5d7c24 AS s WHERE (s.city = ANY ($1) OR (s.city IS NULL AND $2)) AND NOT EXISTS (SELECT FROM fresh AS f WHERE hash_record_extended(ROW(f.city), 0) = hash_record_extended(ROW(s.city), 0) AND f.city IS NOT DISTINCT FROM s.city)
$query$ USING pgv_keys_01, pgv_null_01;
    END IF;
    RETURN;
    END IF;
  END IF;
  -- Everything: TRUNCATE, or a change that reaches every key.
  PERFORM pgvista.lock_all('cities_on_commit_fd5d7c24');
  PERFORM FROM pgvista.cities_on_commit_fd5d7c24 AS s ORDER BY s.city FOR UPDATE;
    WITH fresh AS MATERIALIZED (
      SELECT city, n, total FROM (SELECT
  c.city AS city,
  count(*) AS n,
  ((sum(s.amount))::numeric) AS total
FROM (public.customer AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
GROUP BY c.city) AS f (city, n, total)
    ), put AS (
      INSERT INTO pgvista.cities_on_commit_fd5d7c24 AS s (city, n, total) SELECT city, n, total FROM fresh ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = excluded.n, total = excluded.total
      WHERE ROW(s.n, s.total)::record OPERATOR(pg_catalog.*<>) ROW(excluded.n, excluded.total)::record
    )
    DELETE FROM pgvista.cities_on_commit_fd5d7c24 AS s WHERE NOT EXISTS (SELECT FROM fresh AS f WHERE hash_record_extended(ROW(f.city), 0) = hash_record_extended(ROW(s.city), 0) AND f.city IS NOT DISTINCT FROM s.city);
END
$_$;


--
-- Name: cities_on_commit_fd5d7c24_pending(pgvista.pending[]); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.cities_on_commit_fd5d7c24_pending(pgv_notes pgvista.pending[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
  pgv_entries int[] := CASE WHEN cardinality(pgv_notes) = 1 THEN ARRAY[pgv_notes[1].entry] ELSE ARRAY(SELECT DISTINCT n.entry FROM unnest(pgv_notes) AS n) END;
  a_e1_1 integer[];
  a_e1_2 text[];
  a_e2_1 integer[];
BEGIN
  IF pg_trigger_depth() = 1 AND pgv_entries = ARRAY[1] THEN
    PERFORM pgvista.lock_keys('cities_on_commit_fd5d7c24', (SELECT array_agg(DISTINCT slot ORDER BY slot) FROM (SELECT unnest(CASE WHEN t1.id IS NOT NULL THEN pgvista.all_lanes((pg_catalog.hash_record_extended(ROW(t1.id), -59907388) & 65535) * 16) END) AS slot FROM (SELECT u.c1 AS id, u.c2 AS city, u.sign AS pgv_sign FROM unnest(pgv_notes) AS n CROSS JOIN LATERAL unnest(n.columns[1]::integer[], n.columns[2]::text[], n.columns[3]::int[]) AS u (c1, c2, sign) WHERE n.entry = 1) AS t1) AS x));
  DECLARE
    pgv_gone tid[];
    pgv_strange boolean;
  BEGIN
    WITH put AS (
      INSERT INTO pgvista.cities_on_commit_fd5d7c24 AS s (city, n, total)
      WITH pgv_changed AS NOT MATERIALIZED (SELECT u.c1 AS id, u.c2 AS city, u.sign AS pgv_sign FROM unnest(pgv_notes) AS n CROSS JOIN LATERAL unnest(n.columns[1]::integer[], n.columns[2]::text[], n.columns[3]::int[]) AS u (c1, c2, sign) WHERE n.entry = 1)
      SELECT * FROM (SELECT
  c.city AS city,
  COALESCE(sum(c.pgv_sign), 0) AS n,
  COALESCE(sum((c.pgv_sign * (s.amount::numeric))), 0) AS total
FROM (pgv_changed AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
GROUP BY c.city) AS d WHERE n <> 0 OR total <> 0 ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = s.n + excluded.n, total = s.total + excluded.total
      RETURNING s.ctid AS pgv_place, n, total
    )
    SELECT array_agg(pgv_place) FILTER (WHERE n = 0), bool_or(total IN ('NaN', 'Infinity', '-Infinity')) INTO pgv_gone, pgv_strange FROM put;
    IF pgv_gone IS NOT NULL THEN
      DELETE FROM pgvista.cities_on_commit_fd5d7c24 AS s WHERE s.ctid = ANY (pgv_gone);
    END IF;
    IF pgv_strange THEN
      PERFORM pgvista.cities_on_commit_fd5d7c24_maintain(everything => true);
    END IF;
  END;
    RETURN;
  END IF;
  IF pg_trigger_depth() = 1 AND pgv_entries = ARRAY[2] THEN
    PERFORM pgvista.lock_keys('cities_on_commit_fd5d7c24', (SELECT array_agg(DISTINCT slot ORDER BY slot) FROM (SELECT unnest(CASE WHEN t2.customer_id IS NOT NULL THEN ARRAY[(pg_catalog.hash_record_extended(ROW(t2.customer_id), -59907388) & 65535) * 16 + 1 + (pg_catalog.pg_backend_pid() & 7)] END) AS slot FROM (SELECT u.c1 AS customer_id, u.c2 AS amount, u.sign AS pgv_sign FROM unnest(pgv_notes) AS n CROSS JOIN LATERAL unnest(n.columns[1]::integer[], n.columns[2]::numeric(10,2)[], n.columns[3]::int[]) AS u (c1, c2, sign) WHERE n.entry = 2) AS t2) AS x));
  DECLARE
    pgv_gone tid[];
    pgv_strange boolean;
  BEGIN
    WITH put AS (
      INSERT INTO pgvista.cities_on_commit_fd5d7c24 AS s (city, n, total)
      WITH pgv_changed AS NOT MATERIALIZED (SELECT u.c1 AS customer_id, u.c2 AS amount, u.sign AS pgv_sign FROM unnest(pgv_notes) AS n CROSS JOIN LATERAL unnest(n.columns[1]::integer[], n.columns[2]::numeric(10,2)[], n.columns[3]::int[]) AS u (c1, c2, sign) WHERE n.entry = 2)
      SELECT * FROM (SELECT
  c.city AS city,
  COALESCE(sum(s.pgv_sign), 0) AS n,
  COALESCE(sum((s.pgv_sign * (s.amount::numeric))), 0) AS total
FROM (public.customer AS c
  JOIN pgv_changed AS s ON (s.customer_id = c.id))
GROUP BY c.city) AS d WHERE n <> 0 OR total <> 0 ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = s.n + excluded.n, total = s.total + excluded.total
      RETURNING s.ctid AS pgv_place, n, total
    )
    SELECT array_agg(pgv_place) FILTER (WHERE n = 0), bool_or(total IN ('NaN', 'Infinity', '-Infinity')) INTO pgv_gone, pgv_strange FROM put;
    IF pgv_gone IS NOT NULL THEN
      DELETE FROM pgvista.cities_on_commit_fd5d7c24 AS s WHERE s.ctid = ANY (pgv_gone);
    END IF;
    IF pgv_strange THEN
      PERFORM pgvista.cities_on_commit_fd5d7c24_maintain(everything => true);
    END IF;
  END;
    RETURN;
  END IF;
  IF pgv_entries && ARRAY[0] THEN
    PERFORM pgvista.cities_on_commit_fd5d7c24_maintain(everything => true);
    RETURN;
  END IF;
  IF 1 = ANY (pgv_entries) THEN
    SELECT array_agg(d.id), array_agg(d.city) INTO a_e1_1, a_e1_2
      FROM (SELECT u.c1 AS id, u.c2 AS city, u.sign AS pgv_sign FROM unnest(pgv_notes) AS n CROSS JOIN LATERAL unnest(n.columns[1]::integer[], n.columns[2]::text[], n.columns[3]::int[]) AS u (c1, c2, sign) WHERE n.entry = 1) AS d;
  END IF;
  IF 2 = ANY (pgv_entries) THEN
    SELECT array_agg(d.customer_id) INTO a_e2_1
      FROM (SELECT u.c1 AS customer_id, u.c2 AS amount, u.sign AS pgv_sign FROM unnest(pgv_notes) AS n CROSS JOIN LATERAL unnest(n.columns[1]::integer[], n.columns[2]::numeric(10,2)[], n.columns[3]::int[]) AS u (c1, c2, sign) WHERE n.entry = 2) AS d;
  END IF;
  PERFORM pgvista.cities_on_commit_fd5d7c24_maintain(e1_1 => a_e1_1, e1_2 => a_e1_2, e2_1 => a_e2_1);
END
$$;


--
-- Name: deferred_below(regclass); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.deferred_below(wanted_view regclass) RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  WITH RECURSIVE reads (oid) AS (
    SELECT wanted_view::oid
    UNION
    SELECT d.refobjid FROM reads AS r JOIN pg_rewrite AS w ON w.ev_class = r.oid JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.oid)
  SELECT p.program FROM reads AS r JOIN pg_class AS c ON c.oid = r.oid AND c.relnamespace = 'pgvista'::regnamespace JOIN pgvista.program AS p ON p.store = c.relname AND p.mode = 'deferred'
$$;


--
-- Name: drain(text); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.drain(wanted text) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
DECLARE
  state pgvista.deferred;
  reached pg_snapshot := pg_current_snapshot();
  began timestamptz := clock_timestamp();
  one text;
  taken bigint;
  total bigint := 0;
  whole boolean;
BEGIN
  IF current_setting('transaction_isolation') = 'read committed' THEN
    RAISE EXCEPTION 'pgvista.drain needs one snapshot for all that it reads' USING ERRCODE = 'invalid_transaction_state', HINT = 'BEGIN ISOLATION LEVEL REPEATABLE READ';
  END IF;
  -- Two that drain at once: the second fails with 40001, and has done nothing.
  SELECT * INTO state FROM pgvista.deferred AS d WHERE d.program = wanted FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no deferred view is kept by "%"', wanted USING ERRCODE = 'undefined_object';
  END IF;
  whole := state.stale IS NOT NULL OR state.identity <> pgvista.identity();
  IF whole THEN
    FOREACH one IN ARRAY state.repair LOOP
      EXECUTE one;
    END LOOP;
    PERFORM pgvista.apply_pending();
  ELSE
    FOREACH one IN ARRAY state.takes LOOP
      EXECUTE 'SELECT ' || one || '($1, $2, $3, $4)' INTO taken USING state.snapshot, reached, state.own_xid, state.own_until;
      total := greatest(total, taken);
    END LOOP;
    IF total = 0 THEN
      IF pg_visible_in_snapshot(state.own_xid, reached) AND NOT pg_visible_in_snapshot(state.own_xid, state.snapshot) THEN
        UPDATE pgvista.deferred AS d SET snapshot = reached WHERE d.program = wanted;
      END IF;
      RETURN 0;
    END IF;
    PERFORM pgvista.apply_pending();
  END IF;
  UPDATE pgvista.deferred AS d SET snapshot = reached, identity = pgvista.identity(), stale = NULL, applied_at = clock_timestamp(), batches = d.batches + 1, applied = d.applied + total,
    last_rows = total, last_ms = extract(epoch FROM clock_timestamp() - began) * 1000 WHERE d.program = wanted;
  RETURN CASE WHEN whole THEN NULL ELSE total END;
END $_$;


--
-- Name: ensure_queue(text[], text[], text[]); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.ensure_queue(sides text[], columns text[], types text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET client_min_messages TO 'warning'
    AS $$
DECLARE
  side text;
BEGIN
  FOREACH side IN ARRAY sides LOOP
    IF to_regclass(side) IS NULL THEN
      EXECUTE format('CREATE TABLE %s (xid xid8 NOT NULL DEFAULT pg_current_xact_id(), at timestamptz NOT NULL DEFAULT clock_timestamp(), n_rows int NOT NULL DEFAULT 0, o_rows int NOT NULL DEFAULT 0, everything boolean NOT NULL DEFAULT false)', side);
      EXECUTE format('REVOKE ALL ON TABLE %s FROM PUBLIC', side);
      EXECUTE format('CREATE INDEX ON %s (xid)', side);
    END IF;
    FOR i IN 1 .. cardinality(columns) LOOP
      IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = side::regclass AND quote_ident(attname) = columns[i] AND NOT attisdropped) THEN
        -- Not compressed: a note is read once.
        EXECUTE format('ALTER TABLE %s ADD COLUMN %s %s', side, columns[i], types[i]);
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %s SET STORAGE EXTERNAL', side, columns[i]);
      END IF;
    END LOOP;
  END LOOP;
END $$;


--
-- Name: flush(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.flush() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  PERFORM pgvista.apply_pending();
  RETURN NULL;
END $$;


--
-- Name: has_reached(regclass, pg_snapshot); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.has_reached(wanted_view regclass, wanted pg_snapshot) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  IF EXISTS (
    SELECT FROM pgvista.deferred AS d WHERE d.program IN (SELECT pgvista.deferred_below(wanted_view))
    AND (d.stale IS NOT NULL OR (SELECT w.notes FROM pgvista.waiting_in(d.queues, d.snapshot, wanted, d.own_xid, d.own_until) AS w) > 0)) THEN
    RETURN false;
  END IF;
  -- Notes that were not there may have been dropped: that is said before they are, so that it is seen now.
  RETURN NOT EXISTS (SELECT FROM pgvista.deferred AS d WHERE d.program IN (SELECT pgvista.deferred_below(wanted_view)) AND d.stale IS NOT NULL);
END $$;


--
-- Name: identity(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.identity() RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  RETURN (SELECT system_identifier::text FROM pg_control_system()) || '/' || (SELECT oid::text FROM pg_database WHERE datname = current_database());
EXCEPTION WHEN insufficient_privilege THEN
  RETURN '/' || (SELECT oid::text FROM pg_database WHERE datname = current_database());
END $$;


--
-- Name: is_bulk(bigint, text[]); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.is_bulk(changed bigint, tables text[]) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$ SELECT changed > 0.2 * coalesce(sum(greatest(c.reltuples, 0)), 0) FROM pg_class AS c WHERE c.oid IN (SELECT to_regclass(t)::oid FROM unnest(tables) AS t) $$;


--
-- Name: is_recounted(text); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.is_recounted(program text) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
DECLARE
  known text := current_setting('pgvista.recounted', true);
BEGIN
  RETURN starts_with(known, extract(epoch FROM statement_timestamp())::text || ' ') AND position(' ' || program || ' ' IN known) > 0;
END $$;


--
-- Name: lag_ms(oid); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.lag_ms(wanted_view oid) RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
DECLARE
  state record;
  waits boolean;
BEGIN
  SELECT d.* INTO state FROM pgvista.deferred AS d JOIN pgvista.program AS p USING (program) JOIN pg_class AS c ON c.oid = wanted_view AND c.relname = p.name JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = p.schema;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  IF state.stale IS NULL THEN
    EXECUTE format('SELECT %s($1)', state.waits) INTO waits USING state.snapshot;
    IF NOT waits THEN
      RETURN 0;
    END IF;
  END IF;
  RETURN (SELECT extract(epoch FROM clock_timestamp() - coalesce(w.since, state.applied_at)) * 1000 FROM pgvista.waiting_in(state.queues, state.snapshot, pg_current_snapshot(), state.own_xid, state.own_until) AS w);
END $_$;


--
-- Name: lock_all(text); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.lock_all(program text) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
  number int := hashtext(program);
  snapshot pg_snapshot := pg_current_snapshot();
  latest bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(1886154611, number);
  UPDATE pgvista.lock AS l SET turn = NOT l.turn WHERE l.view = number AND l.slot = -1;
  IF current_setting('transaction_isolation') IN ('read committed', 'read uncommitted') THEN
    RETURN;
  END IF;
  BEGIN
    INSERT INTO pgvista.lock AS l (view, slot) VALUES (number, -2) ON CONFLICT (view, slot) DO UPDATE SET turn = NOT l.turn RETURNING xmin::text::bigint INTO latest;
  EXCEPTION WHEN division_by_zero THEN NULL;  -- only to have a transaction number of its own
  END;
  IF EXISTS (SELECT FROM pg_snapshot_xip(snapshot) AS x WHERE x <> pg_current_xact_id())
     OR latest - mod(pg_snapshot_xmax(snapshot)::text::numeric, 4294967296)::bigint > 1 THEN
    RAISE EXCEPTION 'could not serialize access: maintenance of a whole view (%) at this isolation level', program
      USING ERRCODE = 'serialization_failure', HINT = 'Try the transaction again, or use READ COMMITTED.';
  END IF;
END $$;


--
-- Name: lock_keys(text, bigint[]); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.lock_keys(program text, slots bigint[]) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
DECLARE
  number int := hashtext(program);
  by_snapshot boolean := current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted');
  done boolean;  -- an assignment is quicker than PERFORM
BEGIN
  IF slots IS NULL THEN
    RETURN false;
  END IF;
  IF cardinality(slots) > 512 AND NOT by_snapshot THEN
    PERFORM pgvista.lock_all(program);
    RETURN true;
  END IF;
  done := pg_advisory_xact_lock_shared(1886154611, number) IS NULL;
  IF by_snapshot THEN
    -- Has somebody locked the whole view since the snapshot? Then this fails with 40001.
    PERFORM FROM pgvista.lock AS l WHERE l.view = number AND l.slot = -1 FOR SHARE;
  END IF;
  -- In the order of the array, which is the same for everybody.
  INSERT INTO pgvista.lock AS l (view, slot) SELECT number, s FROM unnest(slots) AS s
    ON CONFLICT (view, slot) DO UPDATE SET turn = NOT l.turn;
  RETURN false;
END $$;


--
-- Name: mark_recounted(text); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.mark_recounted(program text) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
DECLARE
  known text := current_setting('pgvista.recounted', true);
  since text := extract(epoch FROM statement_timestamp())::text || ' ';
BEGIN
  RETURN set_config('pgvista.recounted', CASE WHEN starts_with(known, since) THEN known ELSE since END || program || ' ', true) IS NOT NULL;
END $$;


--
-- Name: notify_change(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.notify_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  key text;
  keys text;
  pieces text[];
BEGIN
  IF TG_OP <> 'TRUNCATE' THEN
    IF NOT EXISTS (SELECT FROM changed) THEN
      RETURN NULL;
    END IF;
    SELECT string_agg(format('%I', a), ', ' ORDER BY i) INTO key FROM unnest(TG_ARGV) WITH ORDINALITY AS u(a, i) WHERE i > 1;
    IF key IS NOT NULL THEN
      -- A message has less than 8000 bytes. Whoever is told no keys reads anew.
      EXECUTE format('SELECT array_agg(k) FROM (SELECT json_agg(d.k)::text AS k FROM (SELECT json_build_array(%s) AS k, row_number() OVER () AS n FROM (SELECT DISTINCT %s FROM changed LIMIT 1001) c) d GROUP BY d.n / 50) p', key, key) INTO pieces;
    END IF;
  END IF;
  PERFORM pg_notify('pgvista', TG_ARGV[0]);
  IF pieces IS NULL OR cardinality(pieces) > 20 OR EXISTS (SELECT FROM unnest(pieces) AS u(k) WHERE octet_length(k) > 7500) THEN
    PERFORM pg_notify('pgvista_rows', json_build_object('view', TG_ARGV[0])::text);
    RETURN NULL;
  END IF;
  FOREACH keys IN ARRAY pieces LOOP
    PERFORM pg_notify('pgvista_rows', json_build_object('view', TG_ARGV[0], 'keys', keys::json)::text);
  END LOOP;
  RETURN NULL;
END $$;


--
-- Name: on_pgvista_sums_immediate_bc14e457_delete(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.on_pgvista_sums_immediate_bc14e457_delete() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
BEGIN
  -- over_immediate_ef838727
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY['pgvista.sums_immediate_bc14e457']);
    END IF;
    IF pgv_bulk THEN
      PERFORM pgvista.over_immediate_ef838727_maintain(everything => true);
    ELSE
  IF (coalesce(current_setting('pgvista.recounted', true), '') = '' OR NOT pgvista.is_recounted('over_immediate_ef838727')) THEN
  DECLARE
    pgv_gone tid[];
    pgv_strange boolean;
  BEGIN
    WITH put AS (
      INSERT INTO pgvista.over_immediate_ef838727 AS s (n, customers)
      SELECT * FROM (SELECT
  n AS n,
  (- count(*)) AS customers
FROM old_rows AS sums_immediate
GROUP BY n) AS d ORDER BY n
      ON CONFLICT (n) DO UPDATE SET customers = s.customers + excluded.customers
      RETURNING s.ctid AS pgv_place, customers
    )
    SELECT array_agg(pgv_place) FILTER (WHERE customers = 0), false INTO pgv_gone, pgv_strange FROM put;
    IF pgv_gone IS NOT NULL THEN
      DELETE FROM pgvista.over_immediate_ef838727 AS s WHERE s.ctid = ANY (pgv_gone);
    END IF;
  END;
  ELSE
  DECLARE
    a_e1_1 bigint[];
  BEGIN
    SELECT array_agg(n) INTO a_e1_1
      FROM (SELECT DISTINCT n FROM old_rows) AS d;
    IF a_e1_1 IS NOT NULL THEN
      PERFORM pgvista.over_immediate_ef838727_maintain(e1_1 => a_e1_1);
    END IF;
  END;
  END IF;
    END IF;
  END;
  RETURN NULL;
END
$$;


--
-- Name: on_pgvista_sums_immediate_bc14e457_insert(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.on_pgvista_sums_immediate_bc14e457_insert() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
BEGIN
  -- over_immediate_ef838727
  IF (coalesce(current_setting('pgvista.recounted', true), '') = '' OR NOT pgvista.is_recounted('over_immediate_ef838727')) THEN
    INSERT INTO pgvista.over_immediate_ef838727 AS s (n, customers)
      SELECT * FROM (SELECT
  n AS n,
  count(*) AS customers
FROM new_rows AS sums_immediate
GROUP BY n) AS d ORDER BY n
      ON CONFLICT (n) DO UPDATE SET customers = s.customers + excluded.customers;
  ELSE
  DECLARE
    a_e1_1 bigint[];
  BEGIN
    SELECT array_agg(n) INTO a_e1_1
      FROM (SELECT DISTINCT n FROM new_rows) AS d;
    IF a_e1_1 IS NOT NULL THEN
      PERFORM pgvista.over_immediate_ef838727_maintain(e1_1 => a_e1_1);
    END IF;
  END;
  END IF;
  RETURN NULL;
END
$$;


--
-- Name: on_pgvista_sums_immediate_bc14e457_truncate(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.on_pgvista_sums_immediate_bc14e457_truncate() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    AS $$
BEGIN
  -- over_immediate_ef838727
      PERFORM pgvista.over_immediate_ef838727_maintain(everything => true);
  RETURN NULL;
END
$$;


--
-- Name: on_pgvista_sums_immediate_bc14e457_update(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.on_pgvista_sums_immediate_bc14e457_update() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
BEGIN
  -- over_immediate_ef838727
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY['pgvista.sums_immediate_bc14e457']) AND ((SELECT sum(hash_record_extended(ROW(n), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(n), 0)::numeric) FROM old_rows));
    END IF;
    IF pgv_bulk THEN
      PERFORM pgvista.over_immediate_ef838727_maintain(everything => true);
    ELSE
  IF (coalesce(current_setting('pgvista.recounted', true), '') = '' OR NOT pgvista.is_recounted('over_immediate_ef838727')) THEN
  DECLARE
    pgv_gone tid[];
    pgv_strange boolean;
  BEGIN
    WITH put AS (
      INSERT INTO pgvista.over_immediate_ef838727 AS s (n, customers)
      WITH pgv_changed AS NOT MATERIALIZED (SELECT n, 1 AS pgv_sign FROM new_rows UNION ALL SELECT n, -1 AS pgv_sign FROM old_rows)
      SELECT * FROM (SELECT
  n AS n,
  COALESCE(sum(sums_immediate.pgv_sign), 0) AS customers
FROM pgv_changed AS sums_immediate
GROUP BY n) AS d WHERE customers <> 0 ORDER BY n
      ON CONFLICT (n) DO UPDATE SET customers = s.customers + excluded.customers
      RETURNING s.ctid AS pgv_place, customers
    )
    SELECT array_agg(pgv_place) FILTER (WHERE customers = 0), false INTO pgv_gone, pgv_strange FROM put;
    IF pgv_gone IS NOT NULL THEN
      DELETE FROM pgvista.over_immediate_ef838727 AS s WHERE s.ctid = ANY (pgv_gone);
    END IF;
  END;
  ELSE
  DECLARE
    a_e1_1 bigint[];
  BEGIN
    SELECT array_agg(n) INTO a_e1_1
      FROM (SELECT DISTINCT n FROM (
        (SELECT n FROM new_rows EXCEPT ALL SELECT n FROM old_rows) UNION ALL (SELECT n FROM old_rows EXCEPT ALL SELECT n FROM new_rows)) AS c) AS d;
    IF a_e1_1 IS NOT NULL THEN
      PERFORM pgvista.over_immediate_ef838727_maintain(e1_1 => a_e1_1);
    END IF;
  END;
  END IF;
    END IF;
  END;
  RETURN NULL;
END
$$;


--
-- Name: on_public_customer_delete(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.on_public_customer_delete() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $_$
DECLARE
  pgv_alone boolean;
  pgv_open text;
BEGIN
  -- buyers_immediate_346f2ed7
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY['public.customer', 'public.sale']);
    END IF;
    IF pgv_bulk THEN
      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(everything => true);
    ELSE
  DECLARE
    a_e1_1 integer[];
  BEGIN
    SELECT array_agg(id) INTO a_e1_1
      FROM (SELECT DISTINCT id FROM old_rows) AS d;
    IF a_e1_1 IS NOT NULL THEN
      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(e1_1 => a_e1_1);
    END IF;
  END;
    END IF;
  END;
  -- buyers_on_commit_b4bd8f54
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY['public.customer', 'public.sale']);
    END IF;
    IF pgv_bulk THEN
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.buyers_on_commit_b4bd8f54_pending', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());
    ELSE
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.buyers_on_commit_b4bd8f54_pending', 1, ARRAY[array_agg(id)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())
      FROM (SELECT DISTINCT id FROM old_rows) AS d HAVING count(*) > 0;
    END IF;
  END;
  -- cities_immediate_b066469a
  -- Is this table the only one that the statement changes?
  pgv_alone := coalesce(current_setting('pgvista.mixed', true), '') = '' AND replace(current_setting('pgvista.open', true), ' ' || TG_RELID, '') = '';
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY['public.customer', 'public.sale']);
    END IF;
    IF pgv_bulk THEN
      PERFORM pgvista.cities_immediate_b066469a_maintain(everything => true);
    ELSE
  IF pgv_alone AND (coalesce(current_setting('pgvista.recounted', true), '') = '' OR NOT pgvista.is_recounted('cities_immediate_b066469a')) THEN
  DECLARE
    pgv_locked bigint := 0;
  BEGIN
    IF current_setting('transaction_isolation') = 'read committed' THEN
      INSERT INTO pgvista.lock AS l (view, slot)
        SELECT DISTINCT hashtext('cities_immediate_b066469a'), slot FROM (SELECT unnest(CASE WHEN t1.id IS NOT NULL THEN pgvista.all_lanes((pg_catalog.hash_record_extended(ROW(t1.id), -59907388) & 65535) * 16) END) AS slot FROM old_rows AS t1) AS x
        WHERE slot IS NOT NULL AND CASE WHEN (SELECT count(*) FROM old_rows) <= 64 THEN pg_advisory_xact_lock_shared(1886154611, hashtext('cities_immediate_b066469a')) IS NOT NULL END ORDER BY slot
        ON CONFLICT (view, slot) DO UPDATE SET turn = NOT l.turn;
      GET DIAGNOSTICS pgv_locked = ROW_COUNT;
    END IF;
    IF pgv_locked = 0 THEN
      PERFORM pgvista.lock_keys('cities_immediate_b066469a', (SELECT array_agg(DISTINCT slot ORDER BY slot) FROM (SELECT unnest(CASE WHEN t1.id IS NOT NULL THEN pgvista.all_lanes((pg_catalog.hash_record_extended(ROW(t1.id), -59907388) & 65535) * 16) END) AS slot FROM old_rows AS t1) AS x));
    END IF;
  END;
  DECLARE
    pgv_gone tid[];
    pgv_strange boolean;
  BEGIN
    WITH put AS (
      INSERT INTO pgvista.cities_immediate_b066469a AS s (city, n, total)
      SELECT * FROM (SELECT
  c.city AS city,
  (- count(*)) AS n,
  (- ((sum(s.amount))::numeric)) AS total
FROM (old_rows AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
GROUP BY c.city) AS d ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = s.n + excluded.n, total = s.total + excluded.total
      RETURNING s.ctid AS pgv_place, n, total
    )
    SELECT array_agg(pgv_place) FILTER (WHERE n = 0), bool_or(total IN ('NaN', 'Infinity', '-Infinity')) INTO pgv_gone, pgv_strange FROM put;
    IF pgv_gone IS NOT NULL THEN
      DELETE FROM pgvista.cities_immediate_b066469a AS s WHERE s.ctid = ANY (pgv_gone);
    END IF;
    IF pgv_strange THEN
      PERFORM pgvista.cities_immediate_b066469a_maintain(everything => true);
    END IF;
  END;
  ELSE
  DECLARE
    a_e1_1 integer[];
    a_e1_2 text[];
  BEGIN
    SELECT array_agg(id), array_agg(city) INTO a_e1_1, a_e1_2
      FROM (SELECT DISTINCT id, city FROM old_rows) AS d;
    IF a_e1_1 IS NOT NULL THEN
      PERFORM pgvista.cities_immediate_b066469a_maintain(e1_1 => a_e1_1, e1_2 => a_e1_2);
    END IF;
  END;
  END IF;
    END IF;
  END;
  -- cities_on_commit_fd5d7c24
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY['public.customer', 'public.sale']);
    END IF;
    IF pgv_bulk THEN
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.cities_on_commit_fd5d7c24_pending', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());
    ELSE
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.cities_on_commit_fd5d7c24_pending', 1, ARRAY[array_agg(id)::text, array_agg(city)::text, array_agg(pgv_sign)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())
      FROM (SELECT id, city, -1 AS pgv_sign FROM old_rows) AS d HAVING count(*) > 0;
    END IF;
  END;
  -- One insert a statement, into the side of the queue whose turn it is.
  IF pgvista.queue_side() OPERATOR(pg_catalog.=) 0 THEN
    INSERT INTO pgvista.queue_public_customer_0 (o_rows, everything, o_city_7635, o_id_d755, o_name_4c98) SELECT pg_catalog.count(*), pg_catalog.count(*) OPERATOR(pg_catalog.>) 150000, pg_catalog.array_agg(city), pg_catalog.array_agg(id), pg_catalog.array_agg(name) FROM (SELECT * FROM old_rows LIMIT 150001) AS r HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0;
  ELSIF pgvista.queue_side() OPERATOR(pg_catalog.=) 1 THEN
    INSERT INTO pgvista.queue_public_customer_1 (o_rows, everything, o_city_7635, o_id_d755, o_name_4c98) SELECT pg_catalog.count(*), pg_catalog.count(*) OPERATOR(pg_catalog.>) 150000, pg_catalog.array_agg(city), pg_catalog.array_agg(id), pg_catalog.array_agg(name) FROM (SELECT * FROM old_rows LIMIT 150001) AS r HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0;
  ELSE
    INSERT INTO pgvista.queue_public_customer_2 (o_rows, everything, o_city_7635, o_id_d755, o_name_4c98) SELECT pg_catalog.count(*), pg_catalog.count(*) OPERATOR(pg_catalog.>) 150000, pg_catalog.array_agg(city), pg_catalog.array_agg(id), pg_catalog.array_agg(name) FROM (SELECT * FROM old_rows LIMIT 150001) AS r HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0;
  END IF;
  IF FOUND AND pgvista.queue_wakes() THEN
    PERFORM pg_catalog.pg_notify('pgvista_queue', '');
  END IF;
  pgv_open := current_setting('pgvista.open', true);
  pgv_open := CASE WHEN pgv_open = ' ' || TG_RELID THEN '' ELSE regexp_replace(pgv_open, ' ' || TG_RELID || '(?= |$)', '') END;
  pgv_open := set_config('pgvista.open', pgv_open, true);
  IF pgv_open = '' AND current_setting('pgvista.mixed', true) <> '' THEN
    pgv_open := set_config('pgvista.mixed', '', true);
  END IF;
  RETURN NULL;
END
$_$;


--
-- Name: on_public_customer_insert(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.on_public_customer_insert() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $_$
DECLARE
  pgv_alone boolean;
  pgv_open text;
BEGIN
  -- buyers_immediate_346f2ed7
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY['public.customer', 'public.sale']);
    END IF;
    IF pgv_bulk THEN
      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(everything => true);
    ELSE
  DECLARE
    a_e1_1 integer[];
  BEGIN
    SELECT array_agg(id) INTO a_e1_1
      FROM (SELECT DISTINCT id FROM new_rows) AS d;
    IF a_e1_1 IS NOT NULL THEN
      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(e1_1 => a_e1_1);
    END IF;
  END;
    END IF;
  END;
  -- buyers_on_commit_b4bd8f54
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY['public.customer', 'public.sale']);
    END IF;
    IF pgv_bulk THEN
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.buyers_on_commit_b4bd8f54_pending', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());
    ELSE
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.buyers_on_commit_b4bd8f54_pending', 1, ARRAY[array_agg(id)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())
      FROM (SELECT DISTINCT id FROM new_rows) AS d HAVING count(*) > 0;
    END IF;
  END;
  -- cities_immediate_b066469a
  -- Is this table the only one that the statement changes?
  pgv_alone := coalesce(current_setting('pgvista.mixed', true), '') = '' AND replace(current_setting('pgvista.open', true), ' ' || TG_RELID, '') = '';
  IF pgv_alone AND (coalesce(current_setting('pgvista.recounted', true), '') = '' OR NOT pgvista.is_recounted('cities_immediate_b066469a')) THEN
  DECLARE
    pgv_locked bigint := 0;
  BEGIN
    IF current_setting('transaction_isolation') = 'read committed' THEN
      INSERT INTO pgvista.lock AS l (view, slot)
        SELECT DISTINCT hashtext('cities_immediate_b066469a'), slot FROM (SELECT unnest(CASE WHEN t1.id IS NOT NULL THEN pgvista.all_lanes((pg_catalog.hash_record_extended(ROW(t1.id), -59907388) & 65535) * 16) END) AS slot FROM new_rows AS t1) AS x
        WHERE slot IS NOT NULL AND CASE WHEN (SELECT count(*) FROM new_rows) <= 64 THEN pg_advisory_xact_lock_shared(1886154611, hashtext('cities_immediate_b066469a')) IS NOT NULL END ORDER BY slot
        ON CONFLICT (view, slot) DO UPDATE SET turn = NOT l.turn;
      GET DIAGNOSTICS pgv_locked = ROW_COUNT;
    END IF;
    IF pgv_locked = 0 THEN
      PERFORM pgvista.lock_keys('cities_immediate_b066469a', (SELECT array_agg(DISTINCT slot ORDER BY slot) FROM (SELECT unnest(CASE WHEN t1.id IS NOT NULL THEN pgvista.all_lanes((pg_catalog.hash_record_extended(ROW(t1.id), -59907388) & 65535) * 16) END) AS slot FROM new_rows AS t1) AS x));
    END IF;
  END;
    INSERT INTO pgvista.cities_immediate_b066469a AS s (city, n, total)
      SELECT * FROM (SELECT
  c.city AS city,
  count(*) AS n,
  ((sum(s.amount))::numeric) AS total
FROM (new_rows AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
GROUP BY c.city) AS d ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = s.n + excluded.n, total = s.total + excluded.total;
  ELSE
  DECLARE
    a_e1_1 integer[];
    a_e1_2 text[];
  BEGIN
    SELECT array_agg(id), array_agg(city) INTO a_e1_1, a_e1_2
      FROM (SELECT DISTINCT id, city FROM new_rows) AS d;
    IF a_e1_1 IS NOT NULL THEN
      PERFORM pgvista.cities_immediate_b066469a_maintain(e1_1 => a_e1_1, e1_2 => a_e1_2);
    END IF;
  END;
  END IF;
  -- cities_on_commit_fd5d7c24
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY['public.customer', 'public.sale']);
    END IF;
    IF pgv_bulk THEN
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.cities_on_commit_fd5d7c24_pending', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());
    ELSE
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.cities_on_commit_fd5d7c24_pending', 1, ARRAY[array_agg(id)::text, array_agg(city)::text, array_agg(pgv_sign)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())
      FROM (SELECT id, city, 1 AS pgv_sign FROM new_rows) AS d HAVING count(*) > 0;
    END IF;
  END;
  -- One insert a statement, into the side of the queue whose turn it is.
  IF pgvista.queue_side() OPERATOR(pg_catalog.=) 0 THEN
    INSERT INTO pgvista.queue_public_customer_0 (n_rows, everything, n_city_7635, n_id_d755, n_name_4c98) SELECT pg_catalog.count(*), pg_catalog.count(*) OPERATOR(pg_catalog.>) 150000, pg_catalog.array_agg(city), pg_catalog.array_agg(id), pg_catalog.array_agg(name) FROM (SELECT * FROM new_rows LIMIT 150001) AS r HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0;
  ELSIF pgvista.queue_side() OPERATOR(pg_catalog.=) 1 THEN
    INSERT INTO pgvista.queue_public_customer_1 (n_rows, everything, n_city_7635, n_id_d755, n_name_4c98) SELECT pg_catalog.count(*), pg_catalog.count(*) OPERATOR(pg_catalog.>) 150000, pg_catalog.array_agg(city), pg_catalog.array_agg(id), pg_catalog.array_agg(name) FROM (SELECT * FROM new_rows LIMIT 150001) AS r HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0;
  ELSE
    INSERT INTO pgvista.queue_public_customer_2 (n_rows, everything, n_city_7635, n_id_d755, n_name_4c98) SELECT pg_catalog.count(*), pg_catalog.count(*) OPERATOR(pg_catalog.>) 150000, pg_catalog.array_agg(city), pg_catalog.array_agg(id), pg_catalog.array_agg(name) FROM (SELECT * FROM new_rows LIMIT 150001) AS r HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0;
  END IF;
  IF FOUND AND pgvista.queue_wakes() THEN
    PERFORM pg_catalog.pg_notify('pgvista_queue', '');
  END IF;
  pgv_open := current_setting('pgvista.open', true);
  pgv_open := CASE WHEN pgv_open = ' ' || TG_RELID THEN '' ELSE regexp_replace(pgv_open, ' ' || TG_RELID || '(?= |$)', '') END;
  pgv_open := set_config('pgvista.open', pgv_open, true);
  IF pgv_open = '' AND current_setting('pgvista.mixed', true) <> '' THEN
    pgv_open := set_config('pgvista.mixed', '', true);
  END IF;
  RETURN NULL;
END
$_$;


--
-- Name: on_public_customer_truncate(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.on_public_customer_truncate() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    AS $$
BEGIN
  -- buyers_immediate_346f2ed7
      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(everything => true);
  -- buyers_on_commit_b4bd8f54
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.buyers_on_commit_b4bd8f54_pending', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());
  -- cities_immediate_b066469a
      PERFORM pgvista.cities_immediate_b066469a_maintain(everything => true);
  -- cities_on_commit_fd5d7c24
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.cities_on_commit_fd5d7c24_pending', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());
  -- One insert a statement, into the side of the queue whose turn it is.
  IF pgvista.queue_side() OPERATOR(pg_catalog.=) 0 THEN
    INSERT INTO pgvista.queue_public_customer_0 (everything) VALUES (true);
  ELSIF pgvista.queue_side() OPERATOR(pg_catalog.=) 1 THEN
    INSERT INTO pgvista.queue_public_customer_1 (everything) VALUES (true);
  ELSE
    INSERT INTO pgvista.queue_public_customer_2 (everything) VALUES (true);
  END IF;
  IF FOUND AND pgvista.queue_wakes() THEN
    PERFORM pg_catalog.pg_notify('pgvista_queue', '');
  END IF;
  RETURN NULL;
END
$$;


--
-- Name: on_public_customer_update(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.on_public_customer_update() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $_$
DECLARE
  pgv_alone boolean;
  pgv_open text;
BEGIN
  -- buyers_immediate_346f2ed7
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY['public.customer', 'public.sale']) AND ((SELECT sum(hash_record_extended(ROW(id, name, city), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(id, name, city), 0)::numeric) FROM old_rows));
    END IF;
    IF pgv_bulk THEN
      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(everything => true);
    ELSE
  DECLARE
    a_e1_1 integer[];
  BEGIN
    SELECT array_agg(id) INTO a_e1_1
      FROM (SELECT DISTINCT id FROM (
        (SELECT id, name, city FROM new_rows EXCEPT ALL SELECT id, name, city FROM old_rows) UNION ALL (SELECT id, name, city FROM old_rows EXCEPT ALL SELECT id, name, city FROM new_rows)) AS c) AS d;
    IF a_e1_1 IS NOT NULL THEN
      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(e1_1 => a_e1_1);
    END IF;
  END;
    END IF;
  END;
  -- buyers_on_commit_b4bd8f54
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY['public.customer', 'public.sale']) AND ((SELECT sum(hash_record_extended(ROW(id, name), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(id, name), 0)::numeric) FROM old_rows));
    END IF;
    IF pgv_bulk THEN
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.buyers_on_commit_b4bd8f54_pending', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());
    ELSE
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.buyers_on_commit_b4bd8f54_pending', 1, ARRAY[array_agg(id)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())
      FROM (SELECT DISTINCT id FROM (
        (SELECT id, name FROM new_rows EXCEPT ALL SELECT id, name FROM old_rows) UNION ALL (SELECT id, name FROM old_rows EXCEPT ALL SELECT id, name FROM new_rows)) AS c) AS d HAVING count(*) > 0;
    END IF;
  END;
  -- cities_immediate_b066469a
  -- Is this table the only one that the statement changes?
  pgv_alone := coalesce(current_setting('pgvista.mixed', true), '') = '' AND replace(current_setting('pgvista.open', true), ' ' || TG_RELID, '') = '';
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY['public.customer', 'public.sale']) AND ((SELECT sum(hash_record_extended(ROW(id, city), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(id, city), 0)::numeric) FROM old_rows));
    END IF;
    IF pgv_bulk THEN
      PERFORM pgvista.cities_immediate_b066469a_maintain(everything => true);
    ELSE
  IF pgv_alone AND (coalesce(current_setting('pgvista.recounted', true), '') = '' OR NOT pgvista.is_recounted('cities_immediate_b066469a')) THEN
  DECLARE
    pgv_locked bigint := 0;
  BEGIN
    IF current_setting('transaction_isolation') = 'read committed' THEN
      INSERT INTO pgvista.lock AS l (view, slot)
        SELECT DISTINCT hashtext('cities_immediate_b066469a'), slot FROM (SELECT unnest(CASE WHEN t1.id IS NOT NULL THEN pgvista.all_lanes((pg_catalog.hash_record_extended(ROW(t1.id), -59907388) & 65535) * 16) END) AS slot FROM new_rows AS t1 UNION ALL SELECT unnest(CASE WHEN t1.id IS NOT NULL THEN pgvista.all_lanes((pg_catalog.hash_record_extended(ROW(t1.id), -59907388) & 65535) * 16) END) AS slot FROM old_rows AS t1) AS x
        WHERE slot IS NOT NULL AND CASE WHEN (SELECT count(*) FROM new_rows) <= 64 THEN pg_advisory_xact_lock_shared(1886154611, hashtext('cities_immediate_b066469a')) IS NOT NULL END ORDER BY slot
        ON CONFLICT (view, slot) DO UPDATE SET turn = NOT l.turn;
      GET DIAGNOSTICS pgv_locked = ROW_COUNT;
    END IF;
    IF pgv_locked = 0 THEN
      PERFORM pgvista.lock_keys('cities_immediate_b066469a', (SELECT array_agg(DISTINCT slot ORDER BY slot) FROM (SELECT unnest(CASE WHEN t1.id IS NOT NULL THEN pgvista.all_lanes((pg_catalog.hash_record_extended(ROW(t1.id), -59907388) & 65535) * 16) END) AS slot FROM new_rows AS t1 UNION ALL SELECT unnest(CASE WHEN t1.id IS NOT NULL THEN pgvista.all_lanes((pg_catalog.hash_record_extended(ROW(t1.id), -59907388) & 65535) * 16) END) AS slot FROM old_rows AS t1) AS x));
    END IF;
  END;
  DECLARE
    pgv_gone tid[];
    pgv_strange boolean;
  BEGIN
    WITH put AS (
      INSERT INTO pgvista.cities_immediate_b066469a AS s (city, n, total)
      WITH pgv_changed AS NOT MATERIALIZED (SELECT id, city, 1 AS pgv_sign FROM new_rows UNION ALL SELECT id, city, -1 AS pgv_sign FROM old_rows)
      SELECT * FROM (SELECT
  c.city AS city,
  COALESCE(sum(c.pgv_sign), 0) AS n,
  COALESCE(sum((c.pgv_sign * (s.amount::numeric))), 0) AS total
FROM (pgv_changed AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
GROUP BY c.city) AS d WHERE n <> 0 OR total <> 0 ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = s.n + excluded.n, total = s.total + excluded.total
      RETURNING s.ctid AS pgv_place, n, total
    )
    SELECT array_agg(pgv_place) FILTER (WHERE n = 0), bool_or(total IN ('NaN', 'Infinity', '-Infinity')) INTO pgv_gone, pgv_strange FROM put;
    IF pgv_gone IS NOT NULL THEN
      DELETE FROM pgvista.cities_immediate_b066469a AS s WHERE s.ctid = ANY (pgv_gone);
    END IF;
    IF pgv_strange THEN
      PERFORM pgvista.cities_immediate_b066469a_maintain(everything => true);
    END IF;
  END;
  ELSE
  DECLARE
    a_e1_1 integer[];
    a_e1_2 text[];
  BEGIN
    SELECT array_agg(id), array_agg(city) INTO a_e1_1, a_e1_2
      FROM (SELECT DISTINCT id, city FROM (
        (SELECT id, city FROM new_rows EXCEPT ALL SELECT id, city FROM old_rows) UNION ALL (SELECT id, city FROM old_rows EXCEPT ALL SELECT id, city FROM new_rows)) AS c) AS d;
    IF a_e1_1 IS NOT NULL THEN
      PERFORM pgvista.cities_immediate_b066469a_maintain(e1_1 => a_e1_1, e1_2 => a_e1_2);
    END IF;
  END;
  END IF;
    END IF;
  END;
  -- cities_on_commit_fd5d7c24
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY['public.customer', 'public.sale']) AND ((SELECT sum(hash_record_extended(ROW(id, city), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(id, city), 0)::numeric) FROM old_rows));
    END IF;
    IF pgv_bulk THEN
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.cities_on_commit_fd5d7c24_pending', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());
    ELSE
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.cities_on_commit_fd5d7c24_pending', 1, ARRAY[array_agg(id)::text, array_agg(city)::text, array_agg(pgv_sign)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())
      FROM (SELECT id, city, 1 AS pgv_sign FROM (SELECT id, city FROM new_rows EXCEPT ALL SELECT id, city FROM old_rows) AS n UNION ALL SELECT id, city, -1 AS pgv_sign FROM (SELECT id, city FROM old_rows EXCEPT ALL SELECT id, city FROM new_rows) AS o) AS d HAVING count(*) > 0;
    END IF;
  END;
  -- One insert a statement, into the side of the queue whose turn it is.
  IF pgvista.queue_side() OPERATOR(pg_catalog.=) 0 THEN
    INSERT INTO pgvista.queue_public_customer_0 (n_rows, o_rows, everything, n_city_7635, n_id_d755, n_name_4c98, o_city_7635, o_id_d755, o_name_4c98) SELECT n.pgv_rows, n.pgv_rows, n.pgv_rows OPERATOR(pg_catalog.>) 150000, n_city_7635, n_id_d755, n_name_4c98, o_city_7635, o_id_d755, o_name_4c98
      FROM (SELECT pg_catalog.count(*) AS pgv_rows, pg_catalog.array_agg(city) AS n_city_7635, pg_catalog.array_agg(id) AS n_id_d755, pg_catalog.array_agg(name) AS n_name_4c98 FROM (SELECT * FROM new_rows LIMIT 150001) AS r) AS n, (SELECT pg_catalog.count(*), pg_catalog.array_agg(city) AS o_city_7635, pg_catalog.array_agg(id) AS o_id_d755, pg_catalog.array_agg(name) AS o_name_4c98 FROM (SELECT * FROM old_rows LIMIT 150001) AS r) AS o
      WHERE n.pgv_rows OPERATOR(pg_catalog.>) 0 AND (n.pgv_rows OPERATOR(pg_catalog.>) 150000 OR ROW(n_city_7635, n_id_d755, n_name_4c98)::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(o_city_7635, o_id_d755, o_name_4c98)::pg_catalog.record);
  ELSIF pgvista.queue_side() OPERATOR(pg_catalog.=) 1 THEN
    INSERT INTO pgvista.queue_public_customer_1 (n_rows, o_rows, everything, n_city_7635, n_id_d755, n_name_4c98, o_city_7635, o_id_d755, o_name_4c98) SELECT n.pgv_rows, n.pgv_rows, n.pgv_rows OPERATOR(pg_catalog.>) 150000, n_city_7635, n_id_d755, n_name_4c98, o_city_7635, o_id_d755, o_name_4c98
      FROM (SELECT pg_catalog.count(*) AS pgv_rows, pg_catalog.array_agg(city) AS n_city_7635, pg_catalog.array_agg(id) AS n_id_d755, pg_catalog.array_agg(name) AS n_name_4c98 FROM (SELECT * FROM new_rows LIMIT 150001) AS r) AS n, (SELECT pg_catalog.count(*), pg_catalog.array_agg(city) AS o_city_7635, pg_catalog.array_agg(id) AS o_id_d755, pg_catalog.array_agg(name) AS o_name_4c98 FROM (SELECT * FROM old_rows LIMIT 150001) AS r) AS o
      WHERE n.pgv_rows OPERATOR(pg_catalog.>) 0 AND (n.pgv_rows OPERATOR(pg_catalog.>) 150000 OR ROW(n_city_7635, n_id_d755, n_name_4c98)::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(o_city_7635, o_id_d755, o_name_4c98)::pg_catalog.record);
  ELSE
    INSERT INTO pgvista.queue_public_customer_2 (n_rows, o_rows, everything, n_city_7635, n_id_d755, n_name_4c98, o_city_7635, o_id_d755, o_name_4c98) SELECT n.pgv_rows, n.pgv_rows, n.pgv_rows OPERATOR(pg_catalog.>) 150000, n_city_7635, n_id_d755, n_name_4c98, o_city_7635, o_id_d755, o_name_4c98
      FROM (SELECT pg_catalog.count(*) AS pgv_rows, pg_catalog.array_agg(city) AS n_city_7635, pg_catalog.array_agg(id) AS n_id_d755, pg_catalog.array_agg(name) AS n_name_4c98 FROM (SELECT * FROM new_rows LIMIT 150001) AS r) AS n, (SELECT pg_catalog.count(*), pg_catalog.array_agg(city) AS o_city_7635, pg_catalog.array_agg(id) AS o_id_d755, pg_catalog.array_agg(name) AS o_name_4c98 FROM (SELECT * FROM old_rows LIMIT 150001) AS r) AS o
      WHERE n.pgv_rows OPERATOR(pg_catalog.>) 0 AND (n.pgv_rows OPERATOR(pg_catalog.>) 150000 OR ROW(n_city_7635, n_id_d755, n_name_4c98)::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(o_city_7635, o_id_d755, o_name_4c98)::pg_catalog.record);
  END IF;
  IF FOUND AND pgvista.queue_wakes() THEN
    PERFORM pg_catalog.pg_notify('pgvista_queue', '');
  END IF;
  pgv_open := current_setting('pgvista.open', true);
  pgv_open := CASE WHEN pgv_open = ' ' || TG_RELID THEN '' ELSE regexp_replace(pgv_open, ' ' || TG_RELID || '(?= |$)', '') END;
  pgv_open := set_config('pgvista.open', pgv_open, true);
  IF pgv_open = '' AND current_setting('pgvista.mixed', true) <> '' THEN
    pgv_open := set_config('pgvista.mixed', '', true);
  END IF;
  RETURN NULL;
END
$_$;


--
-- Name: on_public_part_a_delete(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.on_public_part_a_delete() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
BEGIN
  -- parts_immediate_c820983a
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY['public.part', 'public.part_a', 'public.part_b']);
    END IF;
    IF pgv_bulk THEN
      PERFORM pgvista.parts_immediate_c820983a_maintain(everything => true);
    ELSE
  IF (coalesce(current_setting('pgvista.recounted', true), '') = '' OR NOT pgvista.is_recounted('parts_immediate_c820983a')) THEN
  DECLARE
    pgv_gone tid[];
    pgv_strange boolean;
  BEGIN
    WITH put AS (
      INSERT INTO pgvista.parts_immediate_c820983a AS s (kind, pgvista_rows, n)
      SELECT * FROM (SELECT
  kind AS kind,
  (- count(*)) AS pgvista_rows,
  (- ((sum(n))::bigint)) AS n
FROM old_rows AS part
GROUP BY kind) AS d ORDER BY kind
      ON CONFLICT (kind) DO UPDATE SET pgvista_rows = s.pgvista_rows + excluded.pgvista_rows, n = s.n + excluded.n
      RETURNING s.ctid AS pgv_place, pgvista_rows, n
    )
    SELECT array_agg(pgv_place) FILTER (WHERE pgvista_rows = 0), false INTO pgv_gone, pgv_strange FROM put;
    IF pgv_gone IS NOT NULL THEN
      DELETE FROM pgvista.parts_immediate_c820983a AS s WHERE s.ctid = ANY (pgv_gone);
    END IF;
  END;
  ELSE
  DECLARE
    a_e1_1 text[];
  BEGIN
    SELECT array_agg(kind) INTO a_e1_1
      FROM (SELECT DISTINCT kind FROM old_rows) AS d;
    IF a_e1_1 IS NOT NULL THEN
      PERFORM pgvista.parts_immediate_c820983a_maintain(e1_1 => a_e1_1);
    END IF;
  END;
  END IF;
    END IF;
  END;
  RETURN NULL;
END
$$;


--
-- Name: on_public_part_a_insert(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.on_public_part_a_insert() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
BEGIN
  -- parts_immediate_c820983a
  IF (coalesce(current_setting('pgvista.recounted', true), '') = '' OR NOT pgvista.is_recounted('parts_immediate_c820983a')) THEN
    INSERT INTO pgvista.parts_immediate_c820983a AS s (kind, pgvista_rows, n)
      SELECT * FROM (SELECT
  kind AS kind,
  count(*) AS pgvista_rows,
  ((sum(n))::bigint) AS n
FROM new_rows AS part
GROUP BY kind) AS d ORDER BY kind
      ON CONFLICT (kind) DO UPDATE SET pgvista_rows = s.pgvista_rows + excluded.pgvista_rows, n = s.n + excluded.n;
  ELSE
  DECLARE
    a_e1_1 text[];
  BEGIN
    SELECT array_agg(kind) INTO a_e1_1
      FROM (SELECT DISTINCT kind FROM new_rows) AS d;
    IF a_e1_1 IS NOT NULL THEN
      PERFORM pgvista.parts_immediate_c820983a_maintain(e1_1 => a_e1_1);
    END IF;
  END;
  END IF;
  RETURN NULL;
END
$$;


--
-- Name: on_public_part_a_truncate(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.on_public_part_a_truncate() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    AS $$
BEGIN
  -- parts_immediate_c820983a
      PERFORM pgvista.parts_immediate_c820983a_maintain(everything => true);
  RETURN NULL;
END
$$;


--
-- Name: on_public_part_a_update(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.on_public_part_a_update() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
BEGIN
  -- parts_immediate_c820983a
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY['public.part', 'public.part_a', 'public.part_b']) AND ((SELECT sum(hash_record_extended(ROW(kind, n), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(kind, n), 0)::numeric) FROM old_rows));
    END IF;
    IF pgv_bulk THEN
      PERFORM pgvista.parts_immediate_c820983a_maintain(everything => true);
    ELSE
  IF (coalesce(current_setting('pgvista.recounted', true), '') = '' OR NOT pgvista.is_recounted('parts_immediate_c820983a')) THEN
  DECLARE
    pgv_gone tid[];
    pgv_strange boolean;
  BEGIN
    WITH put AS (
      INSERT INTO pgvista.parts_immediate_c820983a AS s (kind, pgvista_rows, n)
      WITH pgv_changed AS NOT MATERIALIZED (SELECT kind, n, 1 AS pgv_sign FROM new_rows UNION ALL SELECT kind, n, -1 AS pgv_sign FROM old_rows)
      SELECT * FROM (SELECT
  kind AS kind,
  COALESCE(sum(part.pgv_sign), 0) AS pgvista_rows,
  COALESCE(sum((part.pgv_sign * (n::bigint))), 0) AS n
FROM pgv_changed AS part
GROUP BY kind) AS d WHERE pgvista_rows <> 0 OR n <> 0 ORDER BY kind
      ON CONFLICT (kind) DO UPDATE SET pgvista_rows = s.pgvista_rows + excluded.pgvista_rows, n = s.n + excluded.n
      RETURNING s.ctid AS pgv_place, pgvista_rows, n
    )
    SELECT array_agg(pgv_place) FILTER (WHERE pgvista_rows = 0), false INTO pgv_gone, pgv_strange FROM put;
    IF pgv_gone IS NOT NULL THEN
      DELETE FROM pgvista.parts_immediate_c820983a AS s WHERE s.ctid = ANY (pgv_gone);
    END IF;
  END;
  ELSE
  DECLARE
    a_e1_1 text[];
  BEGIN
    SELECT array_agg(kind) INTO a_e1_1
      FROM (SELECT DISTINCT kind FROM (
        (SELECT kind, n FROM new_rows EXCEPT ALL SELECT kind, n FROM old_rows) UNION ALL (SELECT kind, n FROM old_rows EXCEPT ALL SELECT kind, n FROM new_rows)) AS c) AS d;
    IF a_e1_1 IS NOT NULL THEN
      PERFORM pgvista.parts_immediate_c820983a_maintain(e1_1 => a_e1_1);
    END IF;
  END;
  END IF;
    END IF;
  END;
  RETURN NULL;
END
$$;


--
-- Name: on_public_part_b_delete(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.on_public_part_b_delete() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
BEGIN
  -- parts_immediate_c820983a
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY['public.part', 'public.part_a', 'public.part_b']);
    END IF;
    IF pgv_bulk THEN
      PERFORM pgvista.parts_immediate_c820983a_maintain(everything => true);
    ELSE
  IF (coalesce(current_setting('pgvista.recounted', true), '') = '' OR NOT pgvista.is_recounted('parts_immediate_c820983a')) THEN
  DECLARE
    pgv_gone tid[];
    pgv_strange boolean;
  BEGIN
    WITH put AS (
      INSERT INTO pgvista.parts_immediate_c820983a AS s (kind, pgvista_rows, n)
      SELECT * FROM (SELECT
  kind AS kind,
  (- count(*)) AS pgvista_rows,
  (- ((sum(n))::bigint)) AS n
FROM old_rows AS part
GROUP BY kind) AS d ORDER BY kind
      ON CONFLICT (kind) DO UPDATE SET pgvista_rows = s.pgvista_rows + excluded.pgvista_rows, n = s.n + excluded.n
      RETURNING s.ctid AS pgv_place, pgvista_rows, n
    )
    SELECT array_agg(pgv_place) FILTER (WHERE pgvista_rows = 0), false INTO pgv_gone, pgv_strange FROM put;
    IF pgv_gone IS NOT NULL THEN
      DELETE FROM pgvista.parts_immediate_c820983a AS s WHERE s.ctid = ANY (pgv_gone);
    END IF;
  END;
  ELSE
  DECLARE
    a_e1_1 text[];
  BEGIN
    SELECT array_agg(kind) INTO a_e1_1
      FROM (SELECT DISTINCT kind FROM old_rows) AS d;
    IF a_e1_1 IS NOT NULL THEN
      PERFORM pgvista.parts_immediate_c820983a_maintain(e1_1 => a_e1_1);
    END IF;
  END;
  END IF;
    END IF;
  END;
  RETURN NULL;
END
$$;


--
-- Name: on_public_part_b_insert(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.on_public_part_b_insert() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
BEGIN
  -- parts_immediate_c820983a
  IF (coalesce(current_setting('pgvista.recounted', true), '') = '' OR NOT pgvista.is_recounted('parts_immediate_c820983a')) THEN
    INSERT INTO pgvista.parts_immediate_c820983a AS s (kind, pgvista_rows, n)
      SELECT * FROM (SELECT
  kind AS kind,
  count(*) AS pgvista_rows,
  ((sum(n))::bigint) AS n
FROM new_rows AS part
GROUP BY kind) AS d ORDER BY kind
      ON CONFLICT (kind) DO UPDATE SET pgvista_rows = s.pgvista_rows + excluded.pgvista_rows, n = s.n + excluded.n;
  ELSE
  DECLARE
    a_e1_1 text[];
  BEGIN
    SELECT array_agg(kind) INTO a_e1_1
      FROM (SELECT DISTINCT kind FROM new_rows) AS d;
    IF a_e1_1 IS NOT NULL THEN
      PERFORM pgvista.parts_immediate_c820983a_maintain(e1_1 => a_e1_1);
    END IF;
  END;
  END IF;
  RETURN NULL;
END
$$;


--
-- Name: on_public_part_b_truncate(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.on_public_part_b_truncate() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    AS $$
BEGIN
  -- parts_immediate_c820983a
      PERFORM pgvista.parts_immediate_c820983a_maintain(everything => true);
  RETURN NULL;
END
$$;


--
-- Name: on_public_part_b_update(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.on_public_part_b_update() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
BEGIN
  -- parts_immediate_c820983a
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY['public.part', 'public.part_a', 'public.part_b']) AND ((SELECT sum(hash_record_extended(ROW(kind, n), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(kind, n), 0)::numeric) FROM old_rows));
    END IF;
    IF pgv_bulk THEN
      PERFORM pgvista.parts_immediate_c820983a_maintain(everything => true);
    ELSE
  IF (coalesce(current_setting('pgvista.recounted', true), '') = '' OR NOT pgvista.is_recounted('parts_immediate_c820983a')) THEN
  DECLARE
    pgv_gone tid[];
    pgv_strange boolean;
  BEGIN
    WITH put AS (
      INSERT INTO pgvista.parts_immediate_c820983a AS s (kind, pgvista_rows, n)
      WITH pgv_changed AS NOT MATERIALIZED (SELECT kind, n, 1 AS pgv_sign FROM new_rows UNION ALL SELECT kind, n, -1 AS pgv_sign FROM old_rows)
      SELECT * FROM (SELECT
  kind AS kind,
  COALESCE(sum(part.pgv_sign), 0) AS pgvista_rows,
  COALESCE(sum((part.pgv_sign * (n::bigint))), 0) AS n
FROM pgv_changed AS part
GROUP BY kind) AS d WHERE pgvista_rows <> 0 OR n <> 0 ORDER BY kind
      ON CONFLICT (kind) DO UPDATE SET pgvista_rows = s.pgvista_rows + excluded.pgvista_rows, n = s.n + excluded.n
      RETURNING s.ctid AS pgv_place, pgvista_rows, n
    )
    SELECT array_agg(pgv_place) FILTER (WHERE pgvista_rows = 0), false INTO pgv_gone, pgv_strange FROM put;
    IF pgv_gone IS NOT NULL THEN
      DELETE FROM pgvista.parts_immediate_c820983a AS s WHERE s.ctid = ANY (pgv_gone);
    END IF;
  END;
  ELSE
  DECLARE
    a_e1_1 text[];
  BEGIN
    SELECT array_agg(kind) INTO a_e1_1
      FROM (SELECT DISTINCT kind FROM (
        (SELECT kind, n FROM new_rows EXCEPT ALL SELECT kind, n FROM old_rows) UNION ALL (SELECT kind, n FROM old_rows EXCEPT ALL SELECT kind, n FROM new_rows)) AS c) AS d;
    IF a_e1_1 IS NOT NULL THEN
      PERFORM pgvista.parts_immediate_c820983a_maintain(e1_1 => a_e1_1);
    END IF;
  END;
  END IF;
    END IF;
  END;
  RETURN NULL;
END
$$;


--
-- Name: on_public_part_delete(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.on_public_part_delete() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
BEGIN
  -- parts_immediate_c820983a
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY['public.part', 'public.part_a', 'public.part_b']);
    END IF;
    IF pgv_bulk THEN
      PERFORM pgvista.parts_immediate_c820983a_maintain(everything => true);
    ELSE
  IF (coalesce(current_setting('pgvista.recounted', true), '') = '' OR NOT pgvista.is_recounted('parts_immediate_c820983a')) THEN
  DECLARE
    pgv_gone tid[];
    pgv_strange boolean;
  BEGIN
    WITH put AS (
      INSERT INTO pgvista.parts_immediate_c820983a AS s (kind, pgvista_rows, n)
      SELECT * FROM (SELECT
  kind AS kind,
  (- count(*)) AS pgvista_rows,
  (- ((sum(n))::bigint)) AS n
FROM old_rows AS part
GROUP BY kind) AS d ORDER BY kind
      ON CONFLICT (kind) DO UPDATE SET pgvista_rows = s.pgvista_rows + excluded.pgvista_rows, n = s.n + excluded.n
      RETURNING s.ctid AS pgv_place, pgvista_rows, n
    )
    SELECT array_agg(pgv_place) FILTER (WHERE pgvista_rows = 0), false INTO pgv_gone, pgv_strange FROM put;
    IF pgv_gone IS NOT NULL THEN
      DELETE FROM pgvista.parts_immediate_c820983a AS s WHERE s.ctid = ANY (pgv_gone);
    END IF;
  END;
  ELSE
  DECLARE
    a_e1_1 text[];
  BEGIN
    SELECT array_agg(kind) INTO a_e1_1
      FROM (SELECT DISTINCT kind FROM old_rows) AS d;
    IF a_e1_1 IS NOT NULL THEN
      PERFORM pgvista.parts_immediate_c820983a_maintain(e1_1 => a_e1_1);
    END IF;
  END;
  END IF;
    END IF;
  END;
  RETURN NULL;
END
$$;


--
-- Name: on_public_part_insert(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.on_public_part_insert() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
BEGIN
  -- parts_immediate_c820983a
  IF (coalesce(current_setting('pgvista.recounted', true), '') = '' OR NOT pgvista.is_recounted('parts_immediate_c820983a')) THEN
    INSERT INTO pgvista.parts_immediate_c820983a AS s (kind, pgvista_rows, n)
      SELECT * FROM (SELECT
  kind AS kind,
  count(*) AS pgvista_rows,
  ((sum(n))::bigint) AS n
FROM new_rows AS part
GROUP BY kind) AS d ORDER BY kind
      ON CONFLICT (kind) DO UPDATE SET pgvista_rows = s.pgvista_rows + excluded.pgvista_rows, n = s.n + excluded.n;
  ELSE
  DECLARE
    a_e1_1 text[];
  BEGIN
    SELECT array_agg(kind) INTO a_e1_1
      FROM (SELECT DISTINCT kind FROM new_rows) AS d;
    IF a_e1_1 IS NOT NULL THEN
      PERFORM pgvista.parts_immediate_c820983a_maintain(e1_1 => a_e1_1);
    END IF;
  END;
  END IF;
  RETURN NULL;
END
$$;


--
-- Name: on_public_part_truncate(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.on_public_part_truncate() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    AS $$
BEGIN
  -- parts_immediate_c820983a
      PERFORM pgvista.parts_immediate_c820983a_maintain(everything => true);
  RETURN NULL;
END
$$;


--
-- Name: on_public_part_update(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.on_public_part_update() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
BEGIN
  -- parts_immediate_c820983a
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY['public.part', 'public.part_a', 'public.part_b']) AND ((SELECT sum(hash_record_extended(ROW(kind, n), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(kind, n), 0)::numeric) FROM old_rows));
    END IF;
    IF pgv_bulk THEN
      PERFORM pgvista.parts_immediate_c820983a_maintain(everything => true);
    ELSE
  IF (coalesce(current_setting('pgvista.recounted', true), '') = '' OR NOT pgvista.is_recounted('parts_immediate_c820983a')) THEN
  DECLARE
    pgv_gone tid[];
    pgv_strange boolean;
  BEGIN
    WITH put AS (
      INSERT INTO pgvista.parts_immediate_c820983a AS s (kind, pgvista_rows, n)
      WITH pgv_changed AS NOT MATERIALIZED (SELECT kind, n, 1 AS pgv_sign FROM new_rows UNION ALL SELECT kind, n, -1 AS pgv_sign FROM old_rows)
      SELECT * FROM (SELECT
  kind AS kind,
  COALESCE(sum(part.pgv_sign), 0) AS pgvista_rows,
  COALESCE(sum((part.pgv_sign * (n::bigint))), 0) AS n
FROM pgv_changed AS part
GROUP BY kind) AS d WHERE pgvista_rows <> 0 OR n <> 0 ORDER BY kind
      ON CONFLICT (kind) DO UPDATE SET pgvista_rows = s.pgvista_rows + excluded.pgvista_rows, n = s.n + excluded.n
      RETURNING s.ctid AS pgv_place, pgvista_rows, n
    )
    SELECT array_agg(pgv_place) FILTER (WHERE pgvista_rows = 0), false INTO pgv_gone, pgv_strange FROM put;
    IF pgv_gone IS NOT NULL THEN
      DELETE FROM pgvista.parts_immediate_c820983a AS s WHERE s.ctid = ANY (pgv_gone);
    END IF;
  END;
  ELSE
  DECLARE
    a_e1_1 text[];
  BEGIN
    SELECT array_agg(kind) INTO a_e1_1
      FROM (SELECT DISTINCT kind FROM (
        (SELECT kind, n FROM new_rows EXCEPT ALL SELECT kind, n FROM old_rows) UNION ALL (SELECT kind, n FROM old_rows EXCEPT ALL SELECT kind, n FROM new_rows)) AS c) AS d;
    IF a_e1_1 IS NOT NULL THEN
      PERFORM pgvista.parts_immediate_c820983a_maintain(e1_1 => a_e1_1);
    END IF;
  END;
  END IF;
    END IF;
  END;
  RETURN NULL;
END
$$;


--
-- Name: on_public_sale_delete(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.on_public_sale_delete() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    SET "DateStyle" TO 'ISO'
    SET "IntervalStyle" TO 'postgres'
    SET "TimeZone" TO 'UTC'
    SET extra_float_digits TO '1'
    AS $_$
DECLARE
  pgv_alone boolean;
  pgv_open text;
BEGIN
  -- buyers_immediate_346f2ed7
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY['public.customer', 'public.sale']);
    END IF;
    IF pgv_bulk THEN
      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(everything => true);
    ELSE
  DECLARE
    a_e2_1 integer[];
  BEGIN
    SELECT array_agg(customer_id) INTO a_e2_1
      FROM (SELECT DISTINCT customer_id FROM old_rows) AS d;
    IF a_e2_1 IS NOT NULL THEN
      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(e2_1 => a_e2_1);
    END IF;
  END;
    END IF;
  END;
  -- buyers_on_commit_b4bd8f54
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY['public.customer', 'public.sale']);
    END IF;
    IF pgv_bulk THEN
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.buyers_on_commit_b4bd8f54_pending', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());
    ELSE
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.buyers_on_commit_b4bd8f54_pending', 2, ARRAY[array_agg(customer_id)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())
      FROM (SELECT DISTINCT customer_id FROM old_rows) AS d HAVING count(*) > 0;
    END IF;
  END;
  -- cities_immediate_b066469a
  -- Is this table the only one that the statement changes?
  pgv_alone := coalesce(current_setting('pgvista.mixed', true), '') = '' AND replace(current_setting('pgvista.open', true), ' ' || TG_RELID, '') = '';
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY['public.customer', 'public.sale']);
    END IF;
    IF pgv_bulk THEN
      PERFORM pgvista.cities_immediate_b066469a_maintain(everything => true);
    ELSE
  IF pgv_alone AND (coalesce(current_setting('pgvista.recounted', true), '') = '' OR NOT pgvista.is_recounted('cities_immediate_b066469a')) THEN
  DECLARE
    pgv_locked bigint := 0;
  BEGIN
    IF current_setting('transaction_isolation') = 'read committed' THEN
      INSERT INTO pgvista.lock AS l (view, slot)
        SELECT DISTINCT hashtext('cities_immediate_b066469a'), slot FROM (SELECT unnest(CASE WHEN t2.customer_id IS NOT NULL THEN ARRAY[(pg_catalog.hash_record_extended(ROW(t2.customer_id), -59907388) & 65535) * 16 + 1 + (pg_catalog.pg_backend_pid() & 7)] END) AS slot FROM old_rows AS t2) AS x
        WHERE slot IS NOT NULL AND CASE WHEN (SELECT count(*) FROM old_rows) <= 64 THEN pg_advisory_xact_lock_shared(1886154611, hashtext('cities_immediate_b066469a')) IS NOT NULL END ORDER BY slot
        ON CONFLICT (view, slot) DO UPDATE SET turn = NOT l.turn;
      GET DIAGNOSTICS pgv_locked = ROW_COUNT;
    END IF;
    IF pgv_locked = 0 THEN
      PERFORM pgvista.lock_keys('cities_immediate_b066469a', (SELECT array_agg(DISTINCT slot ORDER BY slot) FROM (SELECT unnest(CASE WHEN t2.customer_id IS NOT NULL THEN ARRAY[(pg_catalog.hash_record_extended(ROW(t2.customer_id), -59907388) & 65535) * 16 + 1 + (pg_catalog.pg_backend_pid() & 7)] END) AS slot FROM old_rows AS t2) AS x));
    END IF;
  END;
  DECLARE
    pgv_gone tid[];
    pgv_strange boolean;
  BEGIN
    WITH put AS (
      INSERT INTO pgvista.cities_immediate_b066469a AS s (city, n, total)
      SELECT * FROM (SELECT
  c.city AS city,
  (- count(*)) AS n,
  (- ((sum(s.amount))::numeric)) AS total
FROM (public.customer AS c
  JOIN old_rows AS s ON (s.customer_id = c.id))
GROUP BY c.city) AS d ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = s.n + excluded.n, total = s.total + excluded.total
      RETURNING s.ctid AS pgv_place, n, total
    )
    SELECT array_agg(pgv_place) FILTER (WHERE n = 0), bool_or(total IN ('NaN', 'Infinity', '-Infinity')) INTO pgv_gone, pgv_strange FROM put;
    IF pgv_gone IS NOT NULL THEN
      DELETE FROM pgvista.cities_immediate_b066469a AS s WHERE s.ctid = ANY (pgv_gone);
    END IF;
    IF pgv_strange THEN
      PERFORM pgvista.cities_immediate_b066469a_maintain(everything => true);
    END IF;
  END;
  ELSE
  DECLARE
    a_e2_1 integer[];
  BEGIN
    SELECT array_agg(customer_id) INTO a_e2_1
      FROM (SELECT DISTINCT customer_id FROM old_rows) AS d;
    IF a_e2_1 IS NOT NULL THEN
      PERFORM pgvista.cities_immediate_b066469a_maintain(e2_1 => a_e2_1);
    END IF;
  END;
  END IF;
    END IF;
  END;
  -- cities_on_commit_fd5d7c24
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY['public.customer', 'public.sale']);
    END IF;
    IF pgv_bulk THEN
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.cities_on_commit_fd5d7c24_pending', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());
    ELSE
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.cities_on_commit_fd5d7c24_pending', 2, ARRAY[array_agg(customer_id)::text, array_agg(amount)::text, array_agg(pgv_sign)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())
      FROM (SELECT customer_id, amount, -1 AS pgv_sign FROM old_rows) AS d HAVING count(*) > 0;
    END IF;
  END;
  -- sums_immediate_bc14e457
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY['public.sale']);
    END IF;
    IF pgv_bulk THEN
      PERFORM pgvista.sums_immediate_bc14e457_maintain(everything => true);
    ELSE
  DECLARE
    a_e1_1 integer[];
  BEGIN
    SELECT array_agg(customer_id) INTO a_e1_1
      FROM (SELECT DISTINCT customer_id FROM old_rows) AS d;
    IF a_e1_1 IS NOT NULL THEN
      PERFORM pgvista.sums_immediate_bc14e457_maintain(e1_1 => a_e1_1);
    END IF;
  END;
    END IF;
  END;
  -- sums_on_commit_d9adcb99
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY['public.sale']);
    END IF;
    IF pgv_bulk THEN
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.sums_on_commit_d9adcb99_pending', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());
    ELSE
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.sums_on_commit_d9adcb99_pending', 1, ARRAY[array_agg(amount)::text, array_agg(sold_on::text)::text, array_agg(pgv_sign)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())
      FROM (SELECT amount, sold_on, -1 AS pgv_sign FROM old_rows) AS d HAVING count(*) > 0;
    END IF;
  END;
  -- One insert a statement, into the side of the queue whose turn it is.
  IF pgvista.queue_side() OPERATOR(pg_catalog.=) 0 THEN
    INSERT INTO pgvista.queue_public_sale_0 (o_rows, everything, o_amount_bd59, o_customer_id_1d85, o_id_5ef3) SELECT pg_catalog.count(*), pg_catalog.count(*) OPERATOR(pg_catalog.>) 150000, pg_catalog.array_agg(amount), pg_catalog.array_agg(customer_id), pg_catalog.array_agg(id) FROM (SELECT * FROM old_rows LIMIT 150001) AS r HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0;
  ELSIF pgvista.queue_side() OPERATOR(pg_catalog.=) 1 THEN
    INSERT INTO pgvista.queue_public_sale_1 (o_rows, everything, o_amount_bd59, o_customer_id_1d85, o_id_5ef3) SELECT pg_catalog.count(*), pg_catalog.count(*) OPERATOR(pg_catalog.>) 150000, pg_catalog.array_agg(amount), pg_catalog.array_agg(customer_id), pg_catalog.array_agg(id) FROM (SELECT * FROM old_rows LIMIT 150001) AS r HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0;
  ELSE
    INSERT INTO pgvista.queue_public_sale_2 (o_rows, everything, o_amount_bd59, o_customer_id_1d85, o_id_5ef3) SELECT pg_catalog.count(*), pg_catalog.count(*) OPERATOR(pg_catalog.>) 150000, pg_catalog.array_agg(amount), pg_catalog.array_agg(customer_id), pg_catalog.array_agg(id) FROM (SELECT * FROM old_rows LIMIT 150001) AS r HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0;
  END IF;
  IF FOUND AND pgvista.queue_wakes() THEN
    PERFORM pg_catalog.pg_notify('pgvista_queue', '');
  END IF;
  pgv_open := current_setting('pgvista.open', true);
  pgv_open := CASE WHEN pgv_open = ' ' || TG_RELID THEN '' ELSE regexp_replace(pgv_open, ' ' || TG_RELID || '(?= |$)', '') END;
  pgv_open := set_config('pgvista.open', pgv_open, true);
  IF pgv_open = '' AND current_setting('pgvista.mixed', true) <> '' THEN
    pgv_open := set_config('pgvista.mixed', '', true);
  END IF;
  RETURN NULL;
END
$_$;


--
-- Name: on_public_sale_insert(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.on_public_sale_insert() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    SET "DateStyle" TO 'ISO'
    SET "IntervalStyle" TO 'postgres'
    SET "TimeZone" TO 'UTC'
    SET extra_float_digits TO '1'
    AS $_$
DECLARE
  pgv_alone boolean;
  pgv_open text;
BEGIN
  -- buyers_immediate_346f2ed7
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY['public.customer', 'public.sale']);
    END IF;
    IF pgv_bulk THEN
      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(everything => true);
    ELSE
  DECLARE
    a_e2_1 integer[];
  BEGIN
    SELECT array_agg(customer_id) INTO a_e2_1
      FROM (SELECT DISTINCT customer_id FROM new_rows) AS d;
    IF a_e2_1 IS NOT NULL THEN
      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(e2_1 => a_e2_1);
    END IF;
  END;
    END IF;
  END;
  -- buyers_on_commit_b4bd8f54
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY['public.customer', 'public.sale']);
    END IF;
    IF pgv_bulk THEN
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.buyers_on_commit_b4bd8f54_pending', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());
    ELSE
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.buyers_on_commit_b4bd8f54_pending', 2, ARRAY[array_agg(customer_id)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())
      FROM (SELECT DISTINCT customer_id FROM new_rows) AS d HAVING count(*) > 0;
    END IF;
  END;
  -- cities_immediate_b066469a
  -- Is this table the only one that the statement changes?
  pgv_alone := coalesce(current_setting('pgvista.mixed', true), '') = '' AND replace(current_setting('pgvista.open', true), ' ' || TG_RELID, '') = '';
  IF pgv_alone AND (coalesce(current_setting('pgvista.recounted', true), '') = '' OR NOT pgvista.is_recounted('cities_immediate_b066469a')) THEN
  DECLARE
    pgv_locked bigint := 0;
  BEGIN
    IF current_setting('transaction_isolation') = 'read committed' THEN
      INSERT INTO pgvista.lock AS l (view, slot)
        SELECT DISTINCT hashtext('cities_immediate_b066469a'), slot FROM (SELECT unnest(CASE WHEN t2.customer_id IS NOT NULL THEN ARRAY[(pg_catalog.hash_record_extended(ROW(t2.customer_id), -59907388) & 65535) * 16 + 1 + (pg_catalog.pg_backend_pid() & 7)] END) AS slot FROM new_rows AS t2) AS x
        WHERE slot IS NOT NULL AND CASE WHEN (SELECT count(*) FROM new_rows) <= 64 THEN pg_advisory_xact_lock_shared(1886154611, hashtext('cities_immediate_b066469a')) IS NOT NULL END ORDER BY slot
        ON CONFLICT (view, slot) DO UPDATE SET turn = NOT l.turn;
      GET DIAGNOSTICS pgv_locked = ROW_COUNT;
    END IF;
    IF pgv_locked = 0 THEN
      PERFORM pgvista.lock_keys('cities_immediate_b066469a', (SELECT array_agg(DISTINCT slot ORDER BY slot) FROM (SELECT unnest(CASE WHEN t2.customer_id IS NOT NULL THEN ARRAY[(pg_catalog.hash_record_extended(ROW(t2.customer_id), -59907388) & 65535) * 16 + 1 + (pg_catalog.pg_backend_pid() & 7)] END) AS slot FROM new_rows AS t2) AS x));
    END IF;
  END;
    INSERT INTO pgvista.cities_immediate_b066469a AS s (city, n, total)
      SELECT * FROM (SELECT
  c.city AS city,
  count(*) AS n,
  ((sum(s.amount))::numeric) AS total
FROM (public.customer AS c
  JOIN new_rows AS s ON (s.customer_id = c.id))
GROUP BY c.city) AS d ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = s.n + excluded.n, total = s.total + excluded.total;
  ELSE
  DECLARE
    a_e2_1 integer[];
  BEGIN
    SELECT array_agg(customer_id) INTO a_e2_1
      FROM (SELECT DISTINCT customer_id FROM new_rows) AS d;
    IF a_e2_1 IS NOT NULL THEN
      PERFORM pgvista.cities_immediate_b066469a_maintain(e2_1 => a_e2_1);
    END IF;
  END;
  END IF;
  -- cities_on_commit_fd5d7c24
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY['public.customer', 'public.sale']);
    END IF;
    IF pgv_bulk THEN
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.cities_on_commit_fd5d7c24_pending', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());
    ELSE
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.cities_on_commit_fd5d7c24_pending', 2, ARRAY[array_agg(customer_id)::text, array_agg(amount)::text, array_agg(pgv_sign)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())
      FROM (SELECT customer_id, amount, 1 AS pgv_sign FROM new_rows) AS d HAVING count(*) > 0;
    END IF;
  END;
  -- sums_immediate_bc14e457
  IF (coalesce(current_setting('pgvista.recounted', true), '') = '' OR NOT pgvista.is_recounted('sums_immediate_bc14e457')) THEN
    INSERT INTO pgvista.sums_immediate_bc14e457 AS s (customer_id, n, total, last)
      SELECT * FROM (SELECT
  customer_id AS customer_id,
  count(*) AS n,
  ((sum(amount))::numeric) AS total,
  max(sold_on) AS last
FROM new_rows AS sale
GROUP BY customer_id) AS d ORDER BY customer_id
      ON CONFLICT (customer_id) DO UPDATE SET n = s.n + excluded.n, total = s.total + excluded.total, last = GREATEST(s.last, excluded.last);
  ELSE
  DECLARE
    a_e1_1 integer[];
  BEGIN
    SELECT array_agg(customer_id) INTO a_e1_1
      FROM (SELECT DISTINCT customer_id FROM new_rows) AS d;
    IF a_e1_1 IS NOT NULL THEN
      PERFORM pgvista.sums_immediate_bc14e457_maintain(e1_1 => a_e1_1);
    END IF;
  END;
  END IF;
  -- sums_on_commit_d9adcb99
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY['public.sale']);
    END IF;
    IF pgv_bulk THEN
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.sums_on_commit_d9adcb99_pending', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());
    ELSE
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.sums_on_commit_d9adcb99_pending', 1, ARRAY[array_agg(amount)::text, array_agg(sold_on::text)::text, array_agg(pgv_sign)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())
      FROM (SELECT amount, sold_on, 1 AS pgv_sign FROM new_rows) AS d HAVING count(*) > 0;
    END IF;
  END;
  -- One insert a statement, into the side of the queue whose turn it is.
  IF pgvista.queue_side() OPERATOR(pg_catalog.=) 0 THEN
    INSERT INTO pgvista.queue_public_sale_0 (n_rows, everything, n_amount_bd59, n_customer_id_1d85, n_id_5ef3) SELECT pg_catalog.count(*), pg_catalog.count(*) OPERATOR(pg_catalog.>) 150000, pg_catalog.array_agg(amount), pg_catalog.array_agg(customer_id), pg_catalog.array_agg(id) FROM (SELECT * FROM new_rows LIMIT 150001) AS r HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0;
  ELSIF pgvista.queue_side() OPERATOR(pg_catalog.=) 1 THEN
    INSERT INTO pgvista.queue_public_sale_1 (n_rows, everything, n_amount_bd59, n_customer_id_1d85, n_id_5ef3) SELECT pg_catalog.count(*), pg_catalog.count(*) OPERATOR(pg_catalog.>) 150000, pg_catalog.array_agg(amount), pg_catalog.array_agg(customer_id), pg_catalog.array_agg(id) FROM (SELECT * FROM new_rows LIMIT 150001) AS r HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0;
  ELSE
    INSERT INTO pgvista.queue_public_sale_2 (n_rows, everything, n_amount_bd59, n_customer_id_1d85, n_id_5ef3) SELECT pg_catalog.count(*), pg_catalog.count(*) OPERATOR(pg_catalog.>) 150000, pg_catalog.array_agg(amount), pg_catalog.array_agg(customer_id), pg_catalog.array_agg(id) FROM (SELECT * FROM new_rows LIMIT 150001) AS r HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0;
  END IF;
  IF FOUND AND pgvista.queue_wakes() THEN
    PERFORM pg_catalog.pg_notify('pgvista_queue', '');
  END IF;
  pgv_open := current_setting('pgvista.open', true);
  pgv_open := CASE WHEN pgv_open = ' ' || TG_RELID THEN '' ELSE regexp_replace(pgv_open, ' ' || TG_RELID || '(?= |$)', '') END;
  pgv_open := set_config('pgvista.open', pgv_open, true);
  IF pgv_open = '' AND current_setting('pgvista.mixed', true) <> '' THEN
    pgv_open := set_config('pgvista.mixed', '', true);
  END IF;
  RETURN NULL;
END
$_$;


--
-- Name: on_public_sale_truncate(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.on_public_sale_truncate() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET "DateStyle" TO 'ISO'
    SET "IntervalStyle" TO 'postgres'
    SET "TimeZone" TO 'UTC'
    SET extra_float_digits TO '1'
    AS $$
BEGIN
  -- buyers_immediate_346f2ed7
      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(everything => true);
  -- buyers_on_commit_b4bd8f54
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.buyers_on_commit_b4bd8f54_pending', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());
  -- cities_immediate_b066469a
      PERFORM pgvista.cities_immediate_b066469a_maintain(everything => true);
  -- cities_on_commit_fd5d7c24
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.cities_on_commit_fd5d7c24_pending', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());
  -- sums_immediate_bc14e457
      PERFORM pgvista.sums_immediate_bc14e457_maintain(everything => true);
  -- sums_on_commit_d9adcb99
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.sums_on_commit_d9adcb99_pending', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());
  -- One insert a statement, into the side of the queue whose turn it is.
  IF pgvista.queue_side() OPERATOR(pg_catalog.=) 0 THEN
    INSERT INTO pgvista.queue_public_sale_0 (everything) VALUES (true);
  ELSIF pgvista.queue_side() OPERATOR(pg_catalog.=) 1 THEN
    INSERT INTO pgvista.queue_public_sale_1 (everything) VALUES (true);
  ELSE
    INSERT INTO pgvista.queue_public_sale_2 (everything) VALUES (true);
  END IF;
  IF FOUND AND pgvista.queue_wakes() THEN
    PERFORM pg_catalog.pg_notify('pgvista_queue', '');
  END IF;
  RETURN NULL;
END
$$;


--
-- Name: on_public_sale_update(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.on_public_sale_update() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    SET "DateStyle" TO 'ISO'
    SET "IntervalStyle" TO 'postgres'
    SET "TimeZone" TO 'UTC'
    SET extra_float_digits TO '1'
    AS $_$
DECLARE
  pgv_alone boolean;
  pgv_open text;
BEGIN
  -- buyers_immediate_346f2ed7
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY['public.customer', 'public.sale']) AND ((SELECT sum(hash_record_extended(ROW(customer_id, amount), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(customer_id, amount), 0)::numeric) FROM old_rows));
    END IF;
    IF pgv_bulk THEN
      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(everything => true);
    ELSE
  DECLARE
    a_e2_1 integer[];
  BEGIN
    SELECT array_agg(customer_id) INTO a_e2_1
      FROM (SELECT DISTINCT customer_id FROM (
        (SELECT customer_id, amount FROM new_rows EXCEPT ALL SELECT customer_id, amount FROM old_rows) UNION ALL (SELECT customer_id, amount FROM old_rows EXCEPT ALL SELECT customer_id, amount FROM new_rows)) AS c) AS d;
    IF a_e2_1 IS NOT NULL THEN
      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(e2_1 => a_e2_1);
    END IF;
  END;
    END IF;
  END;
  -- buyers_on_commit_b4bd8f54
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY['public.customer', 'public.sale']) AND ((SELECT sum(hash_record_extended(ROW(id, customer_id, amount), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(id, customer_id, amount), 0)::numeric) FROM old_rows));
    END IF;
    IF pgv_bulk THEN
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.buyers_on_commit_b4bd8f54_pending', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());
    ELSE
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.buyers_on_commit_b4bd8f54_pending', 2, ARRAY[array_agg(customer_id)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())
      FROM (SELECT DISTINCT customer_id FROM (
        (SELECT id, customer_id, amount FROM new_rows EXCEPT ALL SELECT id, customer_id, amount FROM old_rows) UNION ALL (SELECT id, customer_id, amount FROM old_rows EXCEPT ALL SELECT id, customer_id, amount FROM new_rows)) AS c) AS d HAVING count(*) > 0;
    END IF;
  END;
  -- cities_immediate_b066469a
  -- Is this table the only one that the statement changes?
  pgv_alone := coalesce(current_setting('pgvista.mixed', true), '') = '' AND replace(current_setting('pgvista.open', true), ' ' || TG_RELID, '') = '';
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY['public.customer', 'public.sale']) AND ((SELECT sum(hash_record_extended(ROW(customer_id, amount), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(customer_id, amount), 0)::numeric) FROM old_rows));
    END IF;
    IF pgv_bulk THEN
      PERFORM pgvista.cities_immediate_b066469a_maintain(everything => true);
    ELSE
  IF pgv_alone AND (coalesce(current_setting('pgvista.recounted', true), '') = '' OR NOT pgvista.is_recounted('cities_immediate_b066469a')) THEN
  DECLARE
    pgv_locked bigint := 0;
  BEGIN
    IF current_setting('transaction_isolation') = 'read committed' THEN
      INSERT INTO pgvista.lock AS l (view, slot)
        SELECT DISTINCT hashtext('cities_immediate_b066469a'), slot FROM (SELECT unnest(CASE WHEN t2.customer_id IS NOT NULL THEN ARRAY[(pg_catalog.hash_record_extended(ROW(t2.customer_id), -59907388) & 65535) * 16 + 1 + (pg_catalog.pg_backend_pid() & 7)] END) AS slot FROM new_rows AS t2 UNION ALL SELECT unnest(CASE WHEN t2.customer_id IS NOT NULL THEN ARRAY[(pg_catalog.hash_record_extended(ROW(t2.customer_id), -59907388) & 65535) * 16 + 1 + (pg_catalog.pg_backend_pid() & 7)] END) AS slot FROM old_rows AS t2) AS x
        WHERE slot IS NOT NULL AND CASE WHEN (SELECT count(*) FROM new_rows) <= 64 THEN pg_advisory_xact_lock_shared(1886154611, hashtext('cities_immediate_b066469a')) IS NOT NULL END ORDER BY slot
        ON CONFLICT (view, slot) DO UPDATE SET turn = NOT l.turn;
      GET DIAGNOSTICS pgv_locked = ROW_COUNT;
    END IF;
    IF pgv_locked = 0 THEN
      PERFORM pgvista.lock_keys('cities_immediate_b066469a', (SELECT array_agg(DISTINCT slot ORDER BY slot) FROM (SELECT unnest(CASE WHEN t2.customer_id IS NOT NULL THEN ARRAY[(pg_catalog.hash_record_extended(ROW(t2.customer_id), -59907388) & 65535) * 16 + 1 + (pg_catalog.pg_backend_pid() & 7)] END) AS slot FROM new_rows AS t2 UNION ALL SELECT unnest(CASE WHEN t2.customer_id IS NOT NULL THEN ARRAY[(pg_catalog.hash_record_extended(ROW(t2.customer_id), -59907388) & 65535) * 16 + 1 + (pg_catalog.pg_backend_pid() & 7)] END) AS slot FROM old_rows AS t2) AS x));
    END IF;
  END;
  DECLARE
    pgv_gone tid[];
    pgv_strange boolean;
  BEGIN
    WITH put AS (
      INSERT INTO pgvista.cities_immediate_b066469a AS s (city, n, total)
      WITH pgv_changed AS NOT MATERIALIZED (SELECT customer_id, amount, 1 AS pgv_sign FROM new_rows UNION ALL SELECT customer_id, amount, -1 AS pgv_sign FROM old_rows)
      SELECT * FROM (SELECT
  c.city AS city,
  COALESCE(sum(s.pgv_sign), 0) AS n,
  COALESCE(sum((s.pgv_sign * (s.amount::numeric))), 0) AS total
FROM (public.customer AS c
  JOIN pgv_changed AS s ON (s.customer_id = c.id))
GROUP BY c.city) AS d WHERE n <> 0 OR total <> 0 ORDER BY city
      ON CONFLICT (city) DO UPDATE SET n = s.n + excluded.n, total = s.total + excluded.total
      RETURNING s.ctid AS pgv_place, n, total
    )
    SELECT array_agg(pgv_place) FILTER (WHERE n = 0), bool_or(total IN ('NaN', 'Infinity', '-Infinity')) INTO pgv_gone, pgv_strange FROM put;
    IF pgv_gone IS NOT NULL THEN
      DELETE FROM pgvista.cities_immediate_b066469a AS s WHERE s.ctid = ANY (pgv_gone);
    END IF;
    IF pgv_strange THEN
      PERFORM pgvista.cities_immediate_b066469a_maintain(everything => true);
    END IF;
  END;
  ELSE
  DECLARE
    a_e2_1 integer[];
  BEGIN
    SELECT array_agg(customer_id) INTO a_e2_1
      FROM (SELECT DISTINCT customer_id FROM (
        (SELECT customer_id, amount FROM new_rows EXCEPT ALL SELECT customer_id, amount FROM old_rows) UNION ALL (SELECT customer_id, amount FROM old_rows EXCEPT ALL SELECT customer_id, amount FROM new_rows)) AS c) AS d;
    IF a_e2_1 IS NOT NULL THEN
      PERFORM pgvista.cities_immediate_b066469a_maintain(e2_1 => a_e2_1);
    END IF;
  END;
  END IF;
    END IF;
  END;
  -- cities_on_commit_fd5d7c24
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY['public.customer', 'public.sale']) AND ((SELECT sum(hash_record_extended(ROW(customer_id, amount), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(customer_id, amount), 0)::numeric) FROM old_rows));
    END IF;
    IF pgv_bulk THEN
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.cities_on_commit_fd5d7c24_pending', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());
    ELSE
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.cities_on_commit_fd5d7c24_pending', 2, ARRAY[array_agg(customer_id)::text, array_agg(amount)::text, array_agg(pgv_sign)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())
      FROM (SELECT customer_id, amount, 1 AS pgv_sign FROM (SELECT customer_id, amount FROM new_rows EXCEPT ALL SELECT customer_id, amount FROM old_rows) AS n UNION ALL SELECT customer_id, amount, -1 AS pgv_sign FROM (SELECT customer_id, amount FROM old_rows EXCEPT ALL SELECT customer_id, amount FROM new_rows) AS o) AS d HAVING count(*) > 0;
    END IF;
  END;
  -- sums_immediate_bc14e457
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY['public.sale']) AND ((SELECT sum(hash_record_extended(ROW(customer_id, amount, sold_on), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(customer_id, amount, sold_on), 0)::numeric) FROM old_rows));
    END IF;
    IF pgv_bulk THEN
      PERFORM pgvista.sums_immediate_bc14e457_maintain(everything => true);
    ELSE
  DECLARE
    a_e1_1 integer[];
  BEGIN
    SELECT array_agg(customer_id) INTO a_e1_1
      FROM (SELECT DISTINCT customer_id FROM (
        (SELECT customer_id, amount, sold_on FROM new_rows EXCEPT ALL SELECT customer_id, amount, sold_on FROM old_rows) UNION ALL (SELECT customer_id, amount, sold_on FROM old_rows EXCEPT ALL SELECT customer_id, amount, sold_on FROM new_rows)) AS c) AS d;
    IF a_e1_1 IS NOT NULL THEN
      PERFORM pgvista.sums_immediate_bc14e457_maintain(e1_1 => a_e1_1);
    END IF;
  END;
    END IF;
  END;
  -- sums_on_commit_d9adcb99
  DECLARE
    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);
  BEGIN
    IF pgv_bulk THEN
      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY['public.sale']) AND ((SELECT sum(hash_record_extended(ROW(amount, sold_on), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(amount, sold_on), 0)::numeric) FROM old_rows));
    END IF;
    IF pgv_bulk THEN
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.sums_on_commit_d9adcb99_pending', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());
    ELSE
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.sums_on_commit_d9adcb99_pending', 1, ARRAY[array_agg(amount)::text, array_agg(sold_on::text)::text, array_agg(pgv_sign)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())
      FROM (SELECT amount, sold_on, 1 AS pgv_sign FROM (SELECT amount, sold_on FROM new_rows EXCEPT ALL SELECT amount, sold_on FROM old_rows) AS n UNION ALL SELECT amount, sold_on, -1 AS pgv_sign FROM (SELECT amount, sold_on FROM old_rows EXCEPT ALL SELECT amount, sold_on FROM new_rows) AS o) AS d HAVING count(*) > 0;
    END IF;
  END;
  -- One insert a statement, into the side of the queue whose turn it is.
  IF pgvista.queue_side() OPERATOR(pg_catalog.=) 0 THEN
    INSERT INTO pgvista.queue_public_sale_0 (n_rows, o_rows, everything, n_amount_bd59, n_customer_id_1d85, n_id_5ef3, o_amount_bd59, o_customer_id_1d85, o_id_5ef3) SELECT n.pgv_rows, n.pgv_rows, n.pgv_rows OPERATOR(pg_catalog.>) 150000, n_amount_bd59, n_customer_id_1d85, n_id_5ef3, o_amount_bd59, o_customer_id_1d85, o_id_5ef3
      FROM (SELECT pg_catalog.count(*) AS pgv_rows, pg_catalog.array_agg(amount) AS n_amount_bd59, pg_catalog.array_agg(customer_id) AS n_customer_id_1d85, pg_catalog.array_agg(id) AS n_id_5ef3 FROM (SELECT * FROM new_rows LIMIT 150001) AS r) AS n, (SELECT pg_catalog.count(*), pg_catalog.array_agg(amount) AS o_amount_bd59, pg_catalog.array_agg(customer_id) AS o_customer_id_1d85, pg_catalog.array_agg(id) AS o_id_5ef3 FROM (SELECT * FROM old_rows LIMIT 150001) AS r) AS o
      WHERE n.pgv_rows OPERATOR(pg_catalog.>) 0 AND (n.pgv_rows OPERATOR(pg_catalog.>) 150000 OR ROW(n_amount_bd59, n_customer_id_1d85, n_id_5ef3)::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(o_amount_bd59, o_customer_id_1d85, o_id_5ef3)::pg_catalog.record);
  ELSIF pgvista.queue_side() OPERATOR(pg_catalog.=) 1 THEN
    INSERT INTO pgvista.queue_public_sale_1 (n_rows, o_rows, everything, n_amount_bd59, n_customer_id_1d85, n_id_5ef3, o_amount_bd59, o_customer_id_1d85, o_id_5ef3) SELECT n.pgv_rows, n.pgv_rows, n.pgv_rows OPERATOR(pg_catalog.>) 150000, n_amount_bd59, n_customer_id_1d85, n_id_5ef3, o_amount_bd59, o_customer_id_1d85, o_id_5ef3
      FROM (SELECT pg_catalog.count(*) AS pgv_rows, pg_catalog.array_agg(amount) AS n_amount_bd59, pg_catalog.array_agg(customer_id) AS n_customer_id_1d85, pg_catalog.array_agg(id) AS n_id_5ef3 FROM (SELECT * FROM new_rows LIMIT 150001) AS r) AS n, (SELECT pg_catalog.count(*), pg_catalog.array_agg(amount) AS o_amount_bd59, pg_catalog.array_agg(customer_id) AS o_customer_id_1d85, pg_catalog.array_agg(id) AS o_id_5ef3 FROM (SELECT * FROM old_rows LIMIT 150001) AS r) AS o
      WHERE n.pgv_rows OPERATOR(pg_catalog.>) 0 AND (n.pgv_rows OPERATOR(pg_catalog.>) 150000 OR ROW(n_amount_bd59, n_customer_id_1d85, n_id_5ef3)::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(o_amount_bd59, o_customer_id_1d85, o_id_5ef3)::pg_catalog.record);
  ELSE
    INSERT INTO pgvista.queue_public_sale_2 (n_rows, o_rows, everything, n_amount_bd59, n_customer_id_1d85, n_id_5ef3, o_amount_bd59, o_customer_id_1d85, o_id_5ef3) SELECT n.pgv_rows, n.pgv_rows, n.pgv_rows OPERATOR(pg_catalog.>) 150000, n_amount_bd59, n_customer_id_1d85, n_id_5ef3, o_amount_bd59, o_customer_id_1d85, o_id_5ef3
      FROM (SELECT pg_catalog.count(*) AS pgv_rows, pg_catalog.array_agg(amount) AS n_amount_bd59, pg_catalog.array_agg(customer_id) AS n_customer_id_1d85, pg_catalog.array_agg(id) AS n_id_5ef3 FROM (SELECT * FROM new_rows LIMIT 150001) AS r) AS n, (SELECT pg_catalog.count(*), pg_catalog.array_agg(amount) AS o_amount_bd59, pg_catalog.array_agg(customer_id) AS o_customer_id_1d85, pg_catalog.array_agg(id) AS o_id_5ef3 FROM (SELECT * FROM old_rows LIMIT 150001) AS r) AS o
      WHERE n.pgv_rows OPERATOR(pg_catalog.>) 0 AND (n.pgv_rows OPERATOR(pg_catalog.>) 150000 OR ROW(n_amount_bd59, n_customer_id_1d85, n_id_5ef3)::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(o_amount_bd59, o_customer_id_1d85, o_id_5ef3)::pg_catalog.record);
  END IF;
  IF FOUND AND pgvista.queue_wakes() THEN
    PERFORM pg_catalog.pg_notify('pgvista_queue', '');
  END IF;
  pgv_open := current_setting('pgvista.open', true);
  pgv_open := CASE WHEN pgv_open = ' ' || TG_RELID THEN '' ELSE regexp_replace(pgv_open, ' ' || TG_RELID || '(?= |$)', '') END;
  pgv_open := set_config('pgvista.open', pgv_open, true);
  IF pgv_open = '' AND current_setting('pgvista.mixed', true) <> '' THEN
    pgv_open := set_config('pgvista.mixed', '', true);
  END IF;
  RETURN NULL;
END
$_$;


--
-- Name: open_statement(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.open_statement() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  open pg_catalog.text := pg_catalog.current_setting('pgvista.open', true);
  done pg_catalog.text;  -- an assignment is quicker than PERFORM
BEGIN
  IF pg_catalog.replace(open, pg_catalog.concat(' ', TG_RELID), '') OPERATOR(pg_catalog.<>) '' THEN
    done := pg_catalog.set_config('pgvista.mixed', 'yes', true);
  END IF;
  done := pg_catalog.set_config('pgvista.open', pg_catalog.concat(open, ' ', TG_RELID), true);
  RETURN NULL;
END $$;


--
-- Name: over_immediate_ef838727_maintain(bigint[], boolean, boolean); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.over_immediate_ef838727_maintain(e1_1 bigint[] DEFAULT NULL::bigint[], everything boolean DEFAULT false, locks_only boolean DEFAULT false) RETURNS void
    LANGUAGE plpgsql
    AS $_$
DECLARE
  pgv_keys_01 bigint[];
  pgv_null_01 boolean;
  pgv_slots bigint[];
  pgv_held bigint[] := '{}';
  pgv_escalated boolean := false;
BEGIN
  IF NOT everything THEN
  LOOP
    pgv_slots := NULL;
    pgv_keys_01 := NULL;
    pgv_null_01 := false;
    IF e1_1 IS NOT NULL THEN
    WITH reached AS MATERIALIZED (
    -- pgvista.sums_immediate_bc14e457 → key
    SELECT k.*, true AS reached, ARRAY[]::bigint[] || CASE WHEN true THEN (pg_catalog.hash_record_extended(ROW(k.key_1), 0) & 65535) * 16 END AS slots
      FROM unnest(e1_1) AS t1 (n)
      CROSS JOIN LATERAL (VALUES (t1.n)) AS k (key_1)
    )
    SELECT pgv_slots || (SELECT array_agg(DISTINCT slot) FROM reached AS r CROSS JOIN LATERAL unnest(r.slots) AS s (slot) WHERE slot IS NOT NULL), pgv_keys_01 || array_agg(key_1), pgv_null_01 OR coalesce(bool_or(key_1 IS NULL), false)
      INTO pgv_slots, pgv_keys_01, pgv_null_01
      FROM (SELECT DISTINCT key_1 FROM reached AS r WHERE r.reached) AS k;
    END IF;
    EXIT WHEN pgv_escalated OR pgv_slots IS NULL OR pgv_slots <@ pgv_held;
    pgv_escalated := pgvista.lock_keys('over_immediate_ef838727', ARRAY(SELECT DISTINCT s FROM unnest(pgv_slots) AS s WHERE s <> ALL (pgv_held) ORDER BY s));
    pgv_held := pgv_slots || pgv_held;
    EXIT WHEN true;
  END LOOP;
    IF pgv_keys_01 IS NULL THEN
      RETURN;
    END IF;
    IF locks_only THEN
      RETURN;
    END IF;
    -- Nearly all keys, and everything is locked already: all of them.
    IF NOT (pgv_escalated AND cardinality(pgv_keys_01) > (SELECT 0.5 * c.reltuples FROM pg_class AS c WHERE c.oid = 'pgvista.over_immediate_ef838727'::regclass)) THEN
    PERFORM pgvista.mark_recounted('over_immediate_ef838727');
    IF cardinality(pgv_keys_01) <= 1000 THEN
    INSERT INTO pgvista.over_immediate_ef838727 AS s (n, customers) SELECT n, 0 FROM (SELECT
  n AS n,
  count(*) AS customers
FROM pgvista.sums_immediate_bc14e457 AS sums_immediate
WHERE ((n = ANY (pgv_keys_01)) OR ((n IS NULL) AND pgv_null_01))
GROUP BY n) AS f (n, customers) ORDER BY n
      ON CONFLICT (n) DO UPDATE SET customers = s.customers;
    PERFORM FROM pgvista.over_immediate_ef838727 AS s WHERE (s.n = ANY (pgv_keys_01) OR (s.n IS NULL AND pgv_null_01)) ORDER BY s.n FOR UPDATE;
    WITH fresh AS MATERIALIZED (
      SELECT n, customers FROM (SELECT
  n AS n,
  count(*) AS customers
FROM pgvista.sums_immediate_bc14e457 AS sums_immediate
WHERE ((n = ANY (pgv_keys_01)) OR ((n IS NULL) AND pgv_null_01))
GROUP BY n) AS f (n, customers)
    ), put AS (
      INSERT INTO pgvista.over_immediate_ef838727 AS s (n, customers) SELECT n, customers FROM fresh ORDER BY n
      ON CONFLICT (n) DO UPDATE SET customers = excluded.customers
      WHERE ROW(s.customers)::record OPERATOR(pg_catalog.*<>) ROW(excluded.customers)::record
    )
    DELETE FROM pgvista.over_immediate_ef838727 AS s WHERE (s.n = ANY (pgv_keys_01) OR (s.n IS NULL AND pgv_null_01)) AND NOT EXISTS (SELECT FROM fresh AS f WHERE hash_record_extended(ROW(f.n), 0) = hash_record_extended(ROW(s.n), 0) AND f.n IS NOT DISTINCT FROM s.n);
    ELSE
      EXECUTE $query$
    INSERT INTO pgvista.over_immediate_ef838727 AS s (n, customers) SELECT n, 0 FROM (SELECT
  n AS n,
  count(*) AS customers
FROM pgvista.sums_immediate_bc14e457 AS sums_immediate
WHERE ((n = ANY ($1)) OR ((n IS NULL) AND $2))
GROUP BY n) AS f (n, customers) ORDER BY n
      ON CONFLICT (n) DO UPDATE SET customers = s.customers
$query$ USING pgv_keys_01, pgv_null_01;
      EXECUTE $query$
    SELECT FROM pgvista.over_immediate_ef838727 AS s WHERE (s.n = ANY ($1) OR (s.n IS NULL AND $2)) ORDER BY s.n FOR UPDATE
$query$ USING pgv_keys_01, pgv_null_01;
      EXECUTE $query$
    WITH fresh AS MATERIALIZED (
      SELECT n, customers FROM (SELECT
  n AS n,
  count(*) AS customers
FROM pgvista.sums_immediate_bc14e457 AS sums_immediate
WHERE ((n = ANY ($1)) OR ((n IS NULL) AND $2))
GROUP BY n) AS f (n, customers)
    ), put AS (
      INSERT INTO pgvista.over_immediate_ef838727 AS s (n, customers) SELECT n, customers FROM fresh ORDER BY n
      ON CONFLICT (n) DO UPDATE SET customers = excluded.customers
      WHERE ROW(s.customers)::record OPERATOR(pg_catalog.*<>) ROW(excluded.customers)::record
    )
    DELETE FROM pgvista.over_immediate_ef838727 AS s WHERE (s.n = ANY ($1) OR (s.n IS NULL AND $2)) AND NOT EXISTS (SELECT FROM fresh AS f WHERE hash_record_extended(ROW(f.n), 0) = hash_record_extended(ROW(s.n), 0) AND f.n IS NOT DISTINCT FROM s.n)
$query$ USING pgv_keys_01, pgv_null_01;
    END IF;
    RETURN;
    END IF;
  END IF;
  -- Everything: TRUNCATE, or a change that reaches every key.
  PERFORM pgvista.lock_all('over_immediate_ef838727');
    PERFORM pgvista.mark_recounted('over_immediate_ef838727');
  PERFORM FROM pgvista.over_immediate_ef838727 AS s ORDER BY s.n FOR UPDATE;
    WITH fresh AS MATERIALIZED (
      SELECT n, customers FROM (SELECT
  n AS n,
  count(*) AS customers
FROM pgvista.sums_immediate_bc14e457 AS sums_immediate
GROUP BY n) AS f (n, customers)
    ), put AS (
      INSERT INTO pgvista.over_immediate_ef838727 AS s (n, customers) SELECT n, customers FROM fresh ORDER BY n
      ON CONFLICT (n) DO UPDATE SET customers = excluded.customers
      WHERE ROW(s.customers)::record OPERATOR(pg_catalog.*<>) ROW(excluded.customers)::record
    )
    DELETE FROM pgvista.over_immediate_ef838727 AS s WHERE NOT EXISTS (SELECT FROM fresh AS f WHERE hash_record_extended(ROW(f.n), 0) = hash_record_extended(ROW(s.n), 0) AND f.n IS NOT DISTINCT FROM s.n);
END
$_$;


--
-- Name: parts_immediate_c820983a_maintain(text[], boolean, boolean); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.parts_immediate_c820983a_maintain(e1_1 text[] DEFAULT NULL::text[], everything boolean DEFAULT false, locks_only boolean DEFAULT false) RETURNS void
    LANGUAGE plpgsql
    AS $_$
DECLARE
  pgv_keys_01 text[];
  pgv_slots bigint[];
  pgv_held bigint[] := '{}';
  pgv_escalated boolean := false;
BEGIN
  IF NOT everything THEN
  LOOP
    pgv_slots := NULL;
    pgv_keys_01 := NULL;
    IF e1_1 IS NOT NULL THEN
    WITH reached AS MATERIALIZED (
    -- part → key
    SELECT k.*, true AS reached, ARRAY[]::bigint[] || CASE WHEN true THEN (pg_catalog.hash_record_extended(ROW(k.key_1), 0) & 65535) * 16 END AS slots
      FROM unnest(e1_1) AS t1 (kind)
      CROSS JOIN LATERAL (VALUES (t1.kind)) AS k (key_1)
    )
    SELECT pgv_slots || (SELECT array_agg(DISTINCT slot) FROM reached AS r CROSS JOIN LATERAL unnest(r.slots) AS s (slot) WHERE slot IS NOT NULL), pgv_keys_01 || array_agg(key_1)
      INTO pgv_slots, pgv_keys_01
      FROM (SELECT DISTINCT key_1 FROM reached AS r WHERE r.reached) AS k;
    END IF;
    EXIT WHEN pgv_escalated OR pgv_slots IS NULL OR pgv_slots <@ pgv_held;
    pgv_escalated := pgvista.lock_keys('parts_immediate_c820983a', ARRAY(SELECT DISTINCT s FROM unnest(pgv_slots) AS s WHERE s <> ALL (pgv_held) ORDER BY s));
    pgv_held := pgv_slots || pgv_held;
    EXIT WHEN true;
  END LOOP;
    IF pgv_keys_01 IS NULL THEN
      RETURN;
    END IF;
    IF locks_only THEN
      RETURN;
    END IF;
    -- Nearly all keys, and everything is locked already: all of them.
    IF NOT (pgv_escalated AND cardinality(pgv_keys_01) > (SELECT 0.5 * c.reltuples FROM pg_class AS c WHERE c.oid = 'pgvista.parts_immediate_c820983a'::regclass)) THEN
    PERFORM pgvista.mark_recounted('parts_immediate_c820983a');
    IF cardinality(pgv_keys_01) <= 1000 THEN
    INSERT INTO pgvista.parts_immediate_c820983a AS s (kind, pgvista_rows, n) SELECT kind, 0, 0 FROM (SELECT
  kind AS kind,
  count(*) AS pgvista_rows,
  ((sum(n))::bigint) AS n
FROM public.part
WHERE (kind = ANY (pgv_keys_01))
GROUP BY kind) AS f (kind, pgvista_rows, n) ORDER BY kind
      ON CONFLICT (kind) DO UPDATE SET pgvista_rows = s.pgvista_rows;
    PERFORM FROM pgvista.parts_immediate_c820983a AS s WHERE s.kind = ANY (pgv_keys_01) ORDER BY s.kind FOR UPDATE;
    WITH fresh AS MATERIALIZED (
      SELECT kind, pgvista_rows, n FROM (SELECT
  kind AS kind,
  count(*) AS pgvista_rows,
  ((sum(n))::bigint) AS n
FROM public.part
WHERE (kind = ANY (pgv_keys_01))
GROUP BY kind) AS f (kind, pgvista_rows, n)
    ), put AS (
      INSERT INTO pgvista.parts_immediate_c820983a AS s (kind, pgvista_rows, n) SELECT kind, pgvista_rows, n FROM fresh ORDER BY kind
      ON CONFLICT (kind) DO UPDATE SET pgvista_rows = excluded.pgvista_rows, n = excluded.n
      WHERE ROW(s.pgvista_rows, s.n)::record OPERATOR(pg_catalog.*<>) ROW(excluded.pgvista_rows, excluded.n)::record
    )
    DELETE FROM pgvista.parts_immediate_c820983a AS s WHERE s.kind = ANY (pgv_keys_01) AND NOT EXISTS (SELECT FROM fresh AS f WHERE f.kind = s.kind);
    ELSE
      EXECUTE $query$
    INSERT INTO pgvista.parts_immediate_c820983a AS s (kind, pgvista_rows, n) SELECT kind, 0, 0 FROM (SELECT
  kind AS kind,
  count(*) AS pgvista_rows,
  ((sum(n))::bigint) AS n
FROM public.part
WHERE (kind = ANY ($1))
GROUP BY kind) AS f (kind, pgvista_rows, n) ORDER BY kind
      ON CONFLICT (kind) DO UPDATE SET pgvista_rows = s.pgvista_rows
$query$ USING pgv_keys_01;
      EXECUTE $query$
    SELECT FROM pgvista.parts_immediate_c820983a AS s WHERE s.kind = ANY ($1) ORDER BY s.kind FOR UPDATE
$query$ USING pgv_keys_01;
      EXECUTE $query$
    WITH fresh AS MATERIALIZED (
      SELECT kind, pgvista_rows, n FROM (SELECT
  kind AS kind,
  count(*) AS pgvista_rows,
  ((sum(n))::bigint) AS n
FROM public.part
WHERE (kind = ANY ($1))
GROUP BY kind) AS f (kind, pgvista_rows, n)
    ), put AS (
      INSERT INTO pgvista.parts_immediate_c820983a AS s (kind, pgvista_rows, n) SELECT kind, pgvista_rows, n FROM fresh ORDER BY kind
      ON CONFLICT (kind) DO UPDATE SET pgvista_rows = excluded.pgvista_rows, n = excluded.n
      WHERE ROW(s.pgvista_rows, s.n)::record OPERATOR(pg_catalog.*<>) ROW(excluded.pgvista_rows, excluded.n)::record
    )
    DELETE FROM pgvista.parts_immediate_c820983a AS s WHERE s.kind = ANY ($1) AND NOT EXISTS (SELECT FROM fresh AS f WHERE f.kind = s.kind)
$query$ USING pgv_keys_01;
    END IF;
    RETURN;
    END IF;
  END IF;
  -- Everything: TRUNCATE, or a change that reaches every key.
  PERFORM pgvista.lock_all('parts_immediate_c820983a');
    PERFORM pgvista.mark_recounted('parts_immediate_c820983a');
  PERFORM FROM pgvista.parts_immediate_c820983a AS s ORDER BY s.kind FOR UPDATE;
    WITH fresh AS MATERIALIZED (
      SELECT kind, pgvista_rows, n FROM (SELECT
  kind AS kind,
  count(*) AS pgvista_rows,
  ((sum(n))::bigint) AS n
FROM public.part
GROUP BY kind) AS f (kind, pgvista_rows, n)
    ), put AS (
      INSERT INTO pgvista.parts_immediate_c820983a AS s (kind, pgvista_rows, n) SELECT kind, pgvista_rows, n FROM fresh ORDER BY kind
      ON CONFLICT (kind) DO UPDATE SET pgvista_rows = excluded.pgvista_rows, n = excluded.n
      WHERE ROW(s.pgvista_rows, s.n)::record OPERATOR(pg_catalog.*<>) ROW(excluded.pgvista_rows, excluded.n)::record
    )
    DELETE FROM pgvista.parts_immediate_c820983a AS s WHERE NOT EXISTS (SELECT FROM fresh AS f WHERE f.kind = s.kind);
END
$_$;


--
-- Name: queue_side(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.queue_side() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$SELECT 1$$;


--
-- Name: queue_wakes(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.queue_wakes() RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$SELECT false$$;


--
-- Name: refuse_write(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.refuse_write() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  RAISE EXCEPTION 'the rows of "%" are kept by pgvista and cannot be written', TG_TABLE_NAME
    USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Change the tables that it reads.';
END $$;


--
-- Name: snapshot_before_commit(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.snapshot_before_commit() RETURNS pg_snapshot
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  own xid8 := pg_current_xact_id();
  known pg_snapshot := pg_current_snapshot();
BEGIN
  IF NOT pg_visible_in_snapshot(own, known) THEN
    RETURN known;
  END IF;
  RETURN (SELECT format('%s:%s:%s', least(pg_snapshot_xmin(known)::text::numeric, own::text::numeric), pg_snapshot_xmax(known), string_agg(x::text, ',' ORDER BY x))
    FROM (SELECT pg_snapshot_xip(known) AS x UNION SELECT own) AS open)::pg_snapshot;
END $$;


--
-- Name: sums_deferred_c056af14_maintain(integer[], boolean, boolean); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.sums_deferred_c056af14_maintain(e1_1 integer[] DEFAULT NULL::integer[], everything boolean DEFAULT false, locks_only boolean DEFAULT false) RETURNS void
    LANGUAGE plpgsql
    AS $_$
DECLARE
  pgv_keys_01 integer[];
  pgv_slots bigint[];
  pgv_held bigint[] := '{}';
  pgv_escalated boolean := false;
BEGIN
  IF NOT everything THEN
    pgv_slots := NULL;
    pgv_keys_01 := NULL;
    IF e1_1 IS NOT NULL THEN
    WITH reached AS MATERIALIZED (
    -- sale → key
    SELECT k.*, true AS reached, NULL::bigint[] AS slots
      FROM unnest(e1_1) AS t1 (customer_id)
      CROSS JOIN LATERAL (VALUES (t1.customer_id)) AS k (key_1)
    )
    SELECT pgv_slots || (SELECT array_agg(DISTINCT slot) FROM reached AS r CROSS JOIN LATERAL unnest(r.slots) AS s (slot) WHERE slot IS NOT NULL), pgv_keys_01 || array_agg(key_1)
      INTO pgv_slots, pgv_keys_01
      FROM (SELECT DISTINCT key_1 FROM reached AS r WHERE r.reached) AS k;
    END IF;
    IF pgv_keys_01 IS NULL THEN
      RETURN;
    END IF;
    IF locks_only THEN
      RETURN;
    END IF;
    -- Nearly all keys, and everything is locked already: all of them.
    IF NOT (cardinality(pgv_keys_01) > 1000 AND cardinality(pgv_keys_01) > (SELECT 0.5 * c.reltuples FROM pg_class AS c WHERE c.oid = 'pgvista.sums_deferred_c056af14'::regclass)) THEN
    IF cardinality(pgv_keys_01) <= 1000 THEN
    INSERT INTO pgvista.sums_deferred_c056af14 AS s (customer_id, n, pgvista_sum_1) SELECT customer_id, 0, 0 FROM (SELECT
  customer_id AS customer_id,
  count(*) AS n,
  ((sum(amount))::numeric) AS pgvista_sum_1
FROM public.sale
WHERE (customer_id = ANY (pgv_keys_01))
GROUP BY customer_id) AS f (customer_id, n, pgvista_sum_1) ORDER BY customer_id
      ON CONFLICT (customer_id) DO UPDATE SET n = s.n;
    PERFORM FROM pgvista.sums_deferred_c056af14 AS s WHERE s.customer_id = ANY (pgv_keys_01) ORDER BY s.customer_id FOR UPDATE;
    WITH fresh AS MATERIALIZED (
      SELECT customer_id, n, pgvista_sum_1 FROM (SELECT
  customer_id AS customer_id,
  count(*) AS n,
  ((sum(amount))::numeric) AS pgvista_sum_1
FROM public.sale
WHERE (customer_id = ANY (pgv_keys_01))
GROUP BY customer_id) AS f (customer_id, n, pgvista_sum_1)
    ), put AS (
      INSERT INTO pgvista.sums_deferred_c056af14 AS s (customer_id, n, pgvista_sum_1) SELECT customer_id, n, pgvista_sum_1 FROM fresh ORDER BY customer_id
      ON CONFLICT (customer_id) DO UPDATE SET n = excluded.n, pgvista_sum_1 = excluded.pgvista_sum_1
      WHERE ROW(s.n, s.pgvista_sum_1)::record OPERATOR(pg_catalog.*<>) ROW(excluded.n, excluded.pgvista_sum_1)::record
    )
    DELETE FROM pgvista.sums_deferred_c056af14 AS s WHERE s.customer_id = ANY (pgv_keys_01) AND NOT EXISTS (SELECT FROM fresh AS f WHERE f.customer_id = s.customer_id);
    ELSE
      EXECUTE $query$
    INSERT INTO pgvista.sums_deferred_c056af14 AS s (customer_id, n, pgvista_sum_1) SELECT customer_id, 0, 0 FROM (SELECT
  customer_id AS customer_id,
  count(*) AS n,
  ((sum(amount))::numeric) AS pgvista_sum_1
FROM public.sale
WHERE (customer_id = ANY ($1))
GROUP BY customer_id) AS f (customer_id, n, pgvista_sum_1) ORDER BY customer_id
      ON CONFLICT (customer_id) DO UPDATE SET n = s.n
$query$ USING pgv_keys_01;
      EXECUTE $query$
    SELECT FROM pgvista.sums_deferred_c056af14 AS s WHERE s.customer_id = ANY ($1) ORDER BY s.customer_id FOR UPDATE
$query$ USING pgv_keys_01;
      EXECUTE $query$
    WITH fresh AS MATERIALIZED (
      SELECT customer_id, n, pgvista_sum_1 FROM (SELECT
  customer_id AS customer_id,
  count(*) AS n,
  ((sum(amount))::numeric) AS pgvista_sum_1
FROM public.sale
WHERE (customer_id = ANY ($1))
GROUP BY customer_id) AS f (customer_id, n, pgvista_sum_1)
    ), put AS (
      INSERT INTO pgvista.sums_deferred_c056af14 AS s (customer_id, n, pgvista_sum_1) SELECT customer_id, n, pgvista_sum_1 FROM fresh ORDER BY customer_id
      ON CONFLICT (customer_id) DO UPDATE SET n = excluded.n, pgvista_sum_1 = excluded.pgvista_sum_1
      WHERE ROW(s.n, s.pgvista_sum_1)::record OPERATOR(pg_catalog.*<>) ROW(excluded.n, excluded.pgvista_sum_1)::record
    )
    DELETE FROM pgvista.sums_deferred_c056af14 AS s WHERE s.customer_id = ANY ($1) AND NOT EXISTS (SELECT FROM fresh AS f WHERE f.customer_id = s.customer_id)
$query$ USING pgv_keys_01;
    END IF;
    RETURN;
    END IF;
  END IF;
  -- Everything: TRUNCATE, or a change that reaches every key.
  PERFORM FROM pgvista.sums_deferred_c056af14 AS s ORDER BY s.customer_id FOR UPDATE;
    WITH fresh AS MATERIALIZED (
      SELECT customer_id, n, pgvista_sum_1 FROM (SELECT
  customer_id AS customer_id,
  count(*) AS n,
  ((sum(amount))::numeric) AS pgvista_sum_1
FROM public.sale
GROUP BY customer_id) AS f (customer_id, n, pgvista_sum_1)
    ), put AS (
      INSERT INTO pgvista.sums_deferred_c056af14 AS s (customer_id, n, pgvista_sum_1) SELECT customer_id, n, pgvista_sum_1 FROM fresh ORDER BY customer_id
      ON CONFLICT (customer_id) DO UPDATE SET n = excluded.n, pgvista_sum_1 = excluded.pgvista_sum_1
      WHERE ROW(s.n, s.pgvista_sum_1)::record OPERATOR(pg_catalog.*<>) ROW(excluded.n, excluded.pgvista_sum_1)::record
    )
    DELETE FROM pgvista.sums_deferred_c056af14 AS s WHERE NOT EXISTS (SELECT FROM fresh AS f WHERE f.customer_id = s.customer_id);
END
$_$;


--
-- Name: sums_deferred_c056af14_pending(pgvista.pending[]); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.sums_deferred_c056af14_pending(pgv_notes pgvista.pending[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
  pgv_entries int[] := CASE WHEN cardinality(pgv_notes) = 1 THEN ARRAY[pgv_notes[1].entry] ELSE ARRAY(SELECT DISTINCT n.entry FROM unnest(pgv_notes) AS n) END;
  a_e1_1 integer[];
BEGIN
  IF pgv_entries = ARRAY[1] THEN
  DECLARE
    pgv_gone tid[];
    pgv_strange boolean;
  BEGIN
    WITH put AS (
      INSERT INTO pgvista.sums_deferred_c056af14 AS s (customer_id, n, pgvista_sum_1)
      WITH pgv_changed AS NOT MATERIALIZED (SELECT u.c1 AS customer_id, u.c2 AS amount, u.sign AS pgv_sign FROM unnest(pgv_notes) AS n CROSS JOIN LATERAL unnest(n.columns[1]::integer[], n.columns[2]::numeric(10,2)[], n.columns[3]::int[]) AS u (c1, c2, sign) WHERE n.entry = 1)
      SELECT * FROM (SELECT
  customer_id AS customer_id,
  COALESCE(sum(sale.pgv_sign), 0) AS n,
  COALESCE(sum((sale.pgv_sign * (amount::numeric))), 0) AS pgvista_sum_1
FROM pgv_changed AS sale
GROUP BY customer_id) AS d WHERE n <> 0 OR pgvista_sum_1 <> 0 ORDER BY customer_id
      ON CONFLICT (customer_id) DO UPDATE SET n = s.n + excluded.n, pgvista_sum_1 = s.pgvista_sum_1 + excluded.pgvista_sum_1
      RETURNING s.ctid AS pgv_place, n, pgvista_sum_1
    )
    SELECT array_agg(pgv_place) FILTER (WHERE n = 0), bool_or(pgvista_sum_1 IN ('NaN', 'Infinity', '-Infinity')) INTO pgv_gone, pgv_strange FROM put;
    IF pgv_gone IS NOT NULL THEN
      DELETE FROM pgvista.sums_deferred_c056af14 AS s WHERE s.ctid = ANY (pgv_gone);
    END IF;
    IF pgv_strange THEN
      PERFORM pgvista.sums_deferred_c056af14_maintain(everything => true);
    END IF;
  END;
    RETURN;
  END IF;
  IF pgv_entries && ARRAY[0] THEN
    PERFORM pgvista.sums_deferred_c056af14_maintain(everything => true);
    RETURN;
  END IF;
  IF 1 = ANY (pgv_entries) THEN
    SELECT array_agg(d.customer_id) INTO a_e1_1
      FROM (SELECT u.c1 AS customer_id, u.c2 AS amount, u.sign AS pgv_sign FROM unnest(pgv_notes) AS n CROSS JOIN LATERAL unnest(n.columns[1]::integer[], n.columns[2]::numeric(10,2)[], n.columns[3]::int[]) AS u (c1, c2, sign) WHERE n.entry = 1) AS d;
  END IF;
  PERFORM pgvista.sums_deferred_c056af14_maintain(e1_1 => a_e1_1);
END
$$;


--
-- Name: sums_deferred_c056af14_take(pg_snapshot, pg_snapshot, xid8, timestamp with time zone); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.sums_deferred_c056af14_take(pgv_from pg_snapshot, pgv_to pg_snapshot, pgv_own xid8, pgv_since timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    SET "DateStyle" TO 'ISO'
    SET "IntervalStyle" TO 'postgres'
    SET "TimeZone" TO 'UTC'
    SET extra_float_digits TO '1'
    SET enable_seqscan TO 'off'
    AS $$
DECLARE
  pgv_open xid8[] := ARRAY(SELECT pg_snapshot_xip(pgv_from));
  pgv_low xid8 := pg_snapshot_xmax(pgv_from);
  pgv_high xid8 := pg_snapshot_xmax(pgv_to);
  pgv_rows bigint;
  pgv_all boolean;
BEGIN
  SELECT coalesce(sum(w.n_rows + w.o_rows), 0), coalesce(bool_or(w.everything), false) INTO pgv_rows, pgv_all FROM (
        SELECT q.n_rows, q.o_rows, q.everything FROM pgvista.queue_public_sale_0 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)
        UNION ALL SELECT q.n_rows, q.o_rows, q.everything FROM pgvista.queue_public_sale_1 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)
        UNION ALL SELECT q.n_rows, q.o_rows, q.everything FROM pgvista.queue_public_sale_2 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)) AS w;
  IF pgv_all OR (pgv_rows > 1000 AND pgvista.is_bulk(pgv_rows, ARRAY['public.sale']::text[])) THEN
    INSERT INTO pgvista.pending (level, drain, entry, columns, first) VALUES (0, 'pgvista.sums_deferred_c056af14_pending', 0, NULL, false);
  ELSIF pgv_rows > 0 THEN
    INSERT INTO pgvista.pending (level, drain, entry, columns, first)
      SELECT 0, 'pgvista.sums_deferred_c056af14_pending', 1, ARRAY[array_agg(d.c1)::text, array_agg(d.c2)::text, array_agg(d.s)::text]::text[], false
      FROM (SELECT u.c1::text AS c1, u.c2::text AS c2, sum(u.s)::int AS s FROM (
        SELECT q.n_rows, q.o_rows, q.n_customer_id_1d85, q.o_customer_id_1d85, q.n_amount_bd59, q.o_amount_bd59 FROM pgvista.queue_public_sale_0 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)
        UNION ALL SELECT q.n_rows, q.o_rows, q.n_customer_id_1d85, q.o_customer_id_1d85, q.n_amount_bd59, q.o_amount_bd59 FROM pgvista.queue_public_sale_1 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)
        UNION ALL SELECT q.n_rows, q.o_rows, q.n_customer_id_1d85, q.o_customer_id_1d85, q.n_amount_bd59, q.o_amount_bd59 FROM pgvista.queue_public_sale_2 AS q WHERE (q.xid = ANY (pgv_open) OR (q.xid >= pgv_low AND q.xid < pgv_high)) AND pg_visible_in_snapshot(q.xid, pgv_to) AND NOT (q.xid = pgv_own AND q.at < pgv_since)) AS q
        CROSS JOIN LATERAL (SELECT v.*, 1 AS s FROM unnest(q.n_customer_id_1d85, q.n_amount_bd59) AS v (c1, c2) UNION ALL SELECT v.*, -1 FROM unnest(q.o_customer_id_1d85, q.o_amount_bd59) AS v (c1, c2)) AS u GROUP BY u.c1::text, u.c2::text HAVING sum(u.s) <> 0) AS d HAVING count(*) > 0;
  END IF;
  RETURN greatest(pgv_rows, pgv_all::int);
END
$$;


--
-- Name: sums_deferred_c056af14_waits(pg_snapshot); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.sums_deferred_c056af14_waits(pgv_from pg_snapshot) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $$
DECLARE
  pgv_open xid8[] := ARRAY(SELECT pg_snapshot_xip(pgv_from));
BEGIN
  IF EXISTS (SELECT FROM pgvista.queue_public_sale_0 AS q WHERE q.xid >= pg_snapshot_xmax(pgv_from)) OR EXISTS (SELECT FROM unnest(pgv_open) AS o (xid) JOIN pgvista.queue_public_sale_0 AS q ON q.xid = o.xid) THEN
    RETURN true;
  END IF;
  IF EXISTS (SELECT FROM pgvista.queue_public_sale_1 AS q WHERE q.xid >= pg_snapshot_xmax(pgv_from)) OR EXISTS (SELECT FROM unnest(pgv_open) AS o (xid) JOIN pgvista.queue_public_sale_1 AS q ON q.xid = o.xid) THEN
    RETURN true;
  END IF;
  IF EXISTS (SELECT FROM pgvista.queue_public_sale_2 AS q WHERE q.xid >= pg_snapshot_xmax(pgv_from)) OR EXISTS (SELECT FROM unnest(pgv_open) AS o (xid) JOIN pgvista.queue_public_sale_2 AS q ON q.xid = o.xid) THEN
    RETURN true;
  END IF;
  RETURN false;
END
$$;


--
-- Name: sums_immediate_bc14e457_maintain(integer[], boolean, boolean); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.sums_immediate_bc14e457_maintain(e1_1 integer[] DEFAULT NULL::integer[], everything boolean DEFAULT false, locks_only boolean DEFAULT false) RETURNS void
    LANGUAGE plpgsql
    AS $_$
DECLARE
  pgv_keys_01 integer[];
  pgv_slots bigint[];
  pgv_held bigint[] := '{}';
  pgv_escalated boolean := false;
BEGIN
  IF NOT everything THEN
  LOOP
    pgv_slots := NULL;
    pgv_keys_01 := NULL;
    IF e1_1 IS NOT NULL THEN
    WITH reached AS MATERIALIZED (
    -- sale → key
    SELECT k.*, true AS reached, ARRAY[]::bigint[] || CASE WHEN true THEN (pg_catalog.hash_record_extended(ROW(k.key_1), 0) & 65535) * 16 END AS slots
      FROM unnest(e1_1) AS t1 (customer_id)
      CROSS JOIN LATERAL (VALUES (t1.customer_id)) AS k (key_1)
    )
    SELECT pgv_slots || (SELECT array_agg(DISTINCT slot) FROM reached AS r CROSS JOIN LATERAL unnest(r.slots) AS s (slot) WHERE slot IS NOT NULL), pgv_keys_01 || array_agg(key_1)
      INTO pgv_slots, pgv_keys_01
      FROM (SELECT DISTINCT key_1 FROM reached AS r WHERE r.reached) AS k;
    END IF;
    EXIT WHEN pgv_escalated OR pgv_slots IS NULL OR pgv_slots <@ pgv_held;
    pgv_escalated := pgvista.lock_keys('sums_immediate_bc14e457', ARRAY(SELECT DISTINCT s FROM unnest(pgv_slots) AS s WHERE s <> ALL (pgv_held) ORDER BY s));
    pgv_held := pgv_slots || pgv_held;
    EXIT WHEN true;
  END LOOP;
    IF pgv_keys_01 IS NULL THEN
      RETURN;
    END IF;
    IF locks_only THEN
      RETURN;
    END IF;
    -- Nearly all keys, and everything is locked already: all of them.
    IF NOT (pgv_escalated AND cardinality(pgv_keys_01) > (SELECT 0.5 * c.reltuples FROM pg_class AS c WHERE c.oid = 'pgvista.sums_immediate_bc14e457'::regclass)) THEN
    PERFORM pgvista.mark_recounted('sums_immediate_bc14e457');
    IF cardinality(pgv_keys_01) <= 1000 THEN
    INSERT INTO pgvista.sums_immediate_bc14e457 AS s (customer_id, n, total) SELECT customer_id, 0, 0 FROM (SELECT
  customer_id AS customer_id,
  count(*) AS n,
  ((sum(amount))::numeric) AS total,
  max(sold_on) AS last
FROM public.sale
WHERE (customer_id = ANY (pgv_keys_01))
GROUP BY customer_id) AS f (customer_id, n, total, last) ORDER BY customer_id
      ON CONFLICT (customer_id) DO UPDATE SET n = s.n;
    PERFORM FROM pgvista.sums_immediate_bc14e457 AS s WHERE s.customer_id = ANY (pgv_keys_01) ORDER BY s.customer_id FOR UPDATE;
    WITH fresh AS MATERIALIZED (
      SELECT customer_id, n, total, last FROM (SELECT
  customer_id AS customer_id,
  count(*) AS n,
  ((sum(amount))::numeric) AS total,
  max(sold_on) AS last
FROM public.sale
WHERE (customer_id = ANY (pgv_keys_01))
GROUP BY customer_id) AS f (customer_id, n, total, last)
    ), put AS (
      INSERT INTO pgvista.sums_immediate_bc14e457 AS s (customer_id, n, total, last) SELECT customer_id, n, total, last FROM fresh ORDER BY customer_id
      ON CONFLICT (customer_id) DO UPDATE SET n = excluded.n, total = excluded.total, last = excluded.last
      WHERE ROW(s.n, s.total, s.last)::record OPERATOR(pg_catalog.*<>) ROW(excluded.n, excluded.total, excluded.last)::record
    )
    DELETE FROM pgvista.sums_immediate_bc14e457 AS s WHERE s.customer_id = ANY (pgv_keys_01) AND NOT EXISTS (SELECT FROM fresh AS f WHERE f.customer_id = s.customer_id);
    ELSE
      EXECUTE $query$
    INSERT INTO pgvista.sums_immediate_bc14e457 AS s (customer_id, n, total) SELECT customer_id, 0, 0 FROM (SELECT
  customer_id AS customer_id,
  count(*) AS n,
  ((sum(amount))::numeric) AS total,
  max(sold_on) AS last
FROM public.sale
WHERE (customer_id = ANY ($1))
GROUP BY customer_id) AS f (customer_id, n, total, last) ORDER BY customer_id
      ON CONFLICT (customer_id) DO UPDATE SET n = s.n
$query$ USING pgv_keys_01;
      EXECUTE $query$
    SELECT FROM pgvista.sums_immediate_bc14e457 AS s WHERE s.customer_id = ANY ($1) ORDER BY s.customer_id FOR UPDATE
$query$ USING pgv_keys_01;
      EXECUTE $query$
    WITH fresh AS MATERIALIZED (
      SELECT customer_id, n, total, last FROM (SELECT
  customer_id AS customer_id,
  count(*) AS n,
  ((sum(amount))::numeric) AS total,
  max(sold_on) AS last
FROM public.sale
WHERE (customer_id = ANY ($1))
GROUP BY customer_id) AS f (customer_id, n, total, last)
    ), put AS (
      INSERT INTO pgvista.sums_immediate_bc14e457 AS s (customer_id, n, total, last) SELECT customer_id, n, total, last FROM fresh ORDER BY customer_id
      ON CONFLICT (customer_id) DO UPDATE SET n = excluded.n, total = excluded.total, last = excluded.last
      WHERE ROW(s.n, s.total, s.last)::record OPERATOR(pg_catalog.*<>) ROW(excluded.n, excluded.total, excluded.last)::record
    )
    DELETE FROM pgvista.sums_immediate_bc14e457 AS s WHERE s.customer_id = ANY ($1) AND NOT EXISTS (SELECT FROM fresh AS f WHERE f.customer_id = s.customer_id)
$query$ USING pgv_keys_01;
    END IF;
    RETURN;
    END IF;
  END IF;
  -- Everything: TRUNCATE, or a change that reaches every key.
  PERFORM pgvista.lock_all('sums_immediate_bc14e457');
    PERFORM pgvista.mark_recounted('sums_immediate_bc14e457');
  PERFORM FROM pgvista.sums_immediate_bc14e457 AS s ORDER BY s.customer_id FOR UPDATE;
    WITH fresh AS MATERIALIZED (
      SELECT customer_id, n, total, last FROM (SELECT
  customer_id AS customer_id,
  count(*) AS n,
  ((sum(amount))::numeric) AS total,
  max(sold_on) AS last
FROM public.sale
GROUP BY customer_id) AS f (customer_id, n, total, last)
    ), put AS (
      INSERT INTO pgvista.sums_immediate_bc14e457 AS s (customer_id, n, total, last) SELECT customer_id, n, total, last FROM fresh ORDER BY customer_id
      ON CONFLICT (customer_id) DO UPDATE SET n = excluded.n, total = excluded.total, last = excluded.last
      WHERE ROW(s.n, s.total, s.last)::record OPERATOR(pg_catalog.*<>) ROW(excluded.n, excluded.total, excluded.last)::record
    )
    DELETE FROM pgvista.sums_immediate_bc14e457 AS s WHERE NOT EXISTS (SELECT FROM fresh AS f WHERE f.customer_id = s.customer_id);
END
$_$;


--
-- Name: sums_on_commit_d9adcb99_maintain(date[], boolean, boolean); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.sums_on_commit_d9adcb99_maintain(e1_1 date[] DEFAULT NULL::date[], everything boolean DEFAULT false, locks_only boolean DEFAULT false) RETURNS void
    LANGUAGE plpgsql
    AS $_$
DECLARE
  pgv_keys_01 date[];
  pgv_slots bigint[];
  pgv_held bigint[] := '{}';
  pgv_escalated boolean := false;
BEGIN
  IF NOT everything THEN
  LOOP
    pgv_slots := NULL;
    pgv_keys_01 := NULL;
    IF e1_1 IS NOT NULL THEN
    WITH reached AS MATERIALIZED (
    -- sale → key
    SELECT k.*, true AS reached, ARRAY[]::bigint[] || CASE WHEN true THEN (pg_catalog.hash_record_extended(ROW(k.key_1), 0) & 65535) * 16 END AS slots
      FROM unnest(e1_1) AS t1 (sold_on)
      CROSS JOIN LATERAL (VALUES (t1.sold_on)) AS k (key_1)
    )
    SELECT pgv_slots || (SELECT array_agg(DISTINCT slot) FROM reached AS r CROSS JOIN LATERAL unnest(r.slots) AS s (slot) WHERE slot IS NOT NULL), pgv_keys_01 || array_agg(key_1)
      INTO pgv_slots, pgv_keys_01
      FROM (SELECT DISTINCT key_1 FROM reached AS r WHERE r.reached) AS k;
    END IF;
    EXIT WHEN pgv_escalated OR pgv_slots IS NULL OR pgv_slots <@ pgv_held;
    pgv_escalated := pgvista.lock_keys('sums_on_commit_d9adcb99', ARRAY(SELECT DISTINCT s FROM unnest(pgv_slots) AS s WHERE s <> ALL (pgv_held) ORDER BY s));
    pgv_held := pgv_slots || pgv_held;
    EXIT WHEN true;
  END LOOP;
    IF pgv_keys_01 IS NULL THEN
      RETURN;
    END IF;
    IF locks_only THEN
      RETURN;
    END IF;
    -- Nearly all keys, and everything is locked already: all of them.
    IF NOT (pgv_escalated AND cardinality(pgv_keys_01) > (SELECT 0.5 * c.reltuples FROM pg_class AS c WHERE c.oid = 'pgvista.sums_on_commit_d9adcb99'::regclass)) THEN
    IF cardinality(pgv_keys_01) <= 1000 THEN
    INSERT INTO pgvista.sums_on_commit_d9adcb99 AS s (sold_on, n, total) SELECT sold_on, 0, 0 FROM (SELECT
  sold_on AS sold_on,
  count(*) AS n,
  ((sum(amount))::numeric) AS total,
  min(amount) AS "least"
FROM public.sale
WHERE (sold_on = ANY (pgv_keys_01))
GROUP BY sold_on) AS f (sold_on, n, total, "least") ORDER BY sold_on
      ON CONFLICT (sold_on) DO UPDATE SET n = s.n;
    PERFORM FROM pgvista.sums_on_commit_d9adcb99 AS s WHERE s.sold_on = ANY (pgv_keys_01) ORDER BY s.sold_on FOR UPDATE;
    WITH fresh AS MATERIALIZED (
      SELECT sold_on, n, total, "least" FROM (SELECT
  sold_on AS sold_on,
  count(*) AS n,
  ((sum(amount))::numeric) AS total,
  min(amount) AS "least"
FROM public.sale
WHERE (sold_on = ANY (pgv_keys_01))
GROUP BY sold_on) AS f (sold_on, n, total, "least")
    ), put AS (
      INSERT INTO pgvista.sums_on_commit_d9adcb99 AS s (sold_on, n, total, "least") SELECT sold_on, n, total, "least" FROM fresh ORDER BY sold_on
      ON CONFLICT (sold_on) DO UPDATE SET n = excluded.n, total = excluded.total, "least" = excluded."least"
      WHERE ROW(s.n, s.total, s."least")::record OPERATOR(pg_catalog.*<>) ROW(excluded.n, excluded.total, excluded."least")::record
    )
    DELETE FROM pgvista.sums_on_commit_d9adcb99 AS s WHERE s.sold_on = ANY (pgv_keys_01) AND NOT EXISTS (SELECT FROM fresh AS f WHERE f.sold_on = s.sold_on);
    ELSE
      EXECUTE $query$
    INSERT INTO pgvista.sums_on_commit_d9adcb99 AS s (sold_on, n, total) SELECT sold_on, 0, 0 FROM (SELECT
  sold_on AS sold_on,
  count(*) AS n,
  ((sum(amount))::numeric) AS total,
  min(amount) AS "least"
FROM public.sale
WHERE (sold_on = ANY ($1))
GROUP BY sold_on) AS f (sold_on, n, total, "least") ORDER BY sold_on
      ON CONFLICT (sold_on) DO UPDATE SET n = s.n
$query$ USING pgv_keys_01;
      EXECUTE $query$
    SELECT FROM pgvista.sums_on_commit_d9adcb99 AS s WHERE s.sold_on = ANY ($1) ORDER BY s.sold_on FOR UPDATE
$query$ USING pgv_keys_01;
      EXECUTE $query$
    WITH fresh AS MATERIALIZED (
      SELECT sold_on, n, total, "least" FROM (SELECT
  sold_on AS sold_on,
  count(*) AS n,
  ((sum(amount))::numeric) AS total,
  min(amount) AS "least"
FROM public.sale
WHERE (sold_on = ANY ($1))
GROUP BY sold_on) AS f (sold_on, n, total, "least")
    ), put AS (
      INSERT INTO pgvista.sums_on_commit_d9adcb99 AS s (sold_on, n, total, "least") SELECT sold_on, n, total, "least" FROM fresh ORDER BY sold_on
      ON CONFLICT (sold_on) DO UPDATE SET n = excluded.n, total = excluded.total, "least" = excluded."least"
      WHERE ROW(s.n, s.total, s."least")::record OPERATOR(pg_catalog.*<>) ROW(excluded.n, excluded.total, excluded."least")::record
    )
    DELETE FROM pgvista.sums_on_commit_d9adcb99 AS s WHERE s.sold_on = ANY ($1) AND NOT EXISTS (SELECT FROM fresh AS f WHERE f.sold_on = s.sold_on)
$query$ USING pgv_keys_01;
    END IF;
    RETURN;
    END IF;
  END IF;
  -- Everything: TRUNCATE, or a change that reaches every key.
  PERFORM pgvista.lock_all('sums_on_commit_d9adcb99');
  PERFORM FROM pgvista.sums_on_commit_d9adcb99 AS s ORDER BY s.sold_on FOR UPDATE;
    WITH fresh AS MATERIALIZED (
      SELECT sold_on, n, total, "least" FROM (SELECT
  sold_on AS sold_on,
  count(*) AS n,
  ((sum(amount))::numeric) AS total,
  min(amount) AS "least"
FROM public.sale
GROUP BY sold_on) AS f (sold_on, n, total, "least")
    ), put AS (
      INSERT INTO pgvista.sums_on_commit_d9adcb99 AS s (sold_on, n, total, "least") SELECT sold_on, n, total, "least" FROM fresh ORDER BY sold_on
      ON CONFLICT (sold_on) DO UPDATE SET n = excluded.n, total = excluded.total, "least" = excluded."least"
      WHERE ROW(s.n, s.total, s."least")::record OPERATOR(pg_catalog.*<>) ROW(excluded.n, excluded.total, excluded."least")::record
    )
    DELETE FROM pgvista.sums_on_commit_d9adcb99 AS s WHERE NOT EXISTS (SELECT FROM fresh AS f WHERE f.sold_on = s.sold_on);
END
$_$;


--
-- Name: sums_on_commit_d9adcb99_pending(pgvista.pending[]); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.sums_on_commit_d9adcb99_pending(pgv_notes pgvista.pending[]) RETURNS void
    LANGUAGE plpgsql
    SET "DateStyle" TO 'ISO'
    SET "IntervalStyle" TO 'postgres'
    SET "TimeZone" TO 'UTC'
    SET extra_float_digits TO '1'
    AS $$
DECLARE
  pgv_entries int[] := CASE WHEN cardinality(pgv_notes) = 1 THEN ARRAY[pgv_notes[1].entry] ELSE ARRAY(SELECT DISTINCT n.entry FROM unnest(pgv_notes) AS n) END;
  a_e1_1 date[];
BEGIN
  IF pg_trigger_depth() = 1 AND pgv_entries = ARRAY[1] AND NOT EXISTS (SELECT FROM (SELECT u.c1 AS amount, u.c2::date AS sold_on, u.sign AS pgv_sign FROM unnest(pgv_notes) AS n CROSS JOIN LATERAL unnest(n.columns[1]::numeric(10,2)[], n.columns[2]::text[], n.columns[3]::int[]) AS u (c1, c2, sign) WHERE n.entry = 1) AS d WHERE pgv_sign < 0) THEN
  DECLARE
    pgv_gone tid[];
    pgv_strange boolean;
  BEGIN
    WITH put AS (
      INSERT INTO pgvista.sums_on_commit_d9adcb99 AS s (sold_on, n, total, "least")
      WITH pgv_changed AS NOT MATERIALIZED (SELECT u.c1 AS amount, u.c2::date AS sold_on, u.sign AS pgv_sign FROM unnest(pgv_notes) AS n CROSS JOIN LATERAL unnest(n.columns[1]::numeric(10,2)[], n.columns[2]::text[], n.columns[3]::int[]) AS u (c1, c2, sign) WHERE n.entry = 1)
      SELECT * FROM (SELECT
  sold_on AS sold_on,
  COALESCE(sum(sale.pgv_sign), 0) AS n,
  COALESCE(sum((sale.pgv_sign * (amount::numeric))), 0) AS total,
  min(amount) AS "least"
FROM pgv_changed AS sale
GROUP BY sold_on) AS d ORDER BY sold_on
      ON CONFLICT (sold_on) DO UPDATE SET n = s.n + excluded.n, total = s.total + excluded.total, "least" = LEAST(s."least", excluded."least")
      RETURNING s.ctid AS pgv_place, n, total, "least"
    )
    SELECT array_agg(pgv_place) FILTER (WHERE n = 0), bool_or(total IN ('NaN', 'Infinity', '-Infinity')) INTO pgv_gone, pgv_strange FROM put;
    IF pgv_gone IS NOT NULL THEN
      DELETE FROM pgvista.sums_on_commit_d9adcb99 AS s WHERE s.ctid = ANY (pgv_gone);
    END IF;
    IF pgv_strange THEN
      PERFORM pgvista.sums_on_commit_d9adcb99_maintain(everything => true);
    END IF;
  END;
    RETURN;
  END IF;
  IF pgv_entries && ARRAY[0] THEN
    PERFORM pgvista.sums_on_commit_d9adcb99_maintain(everything => true);
    RETURN;
  END IF;
  IF 1 = ANY (pgv_entries) THEN
    SELECT array_agg(d.sold_on) INTO a_e1_1
      FROM (SELECT u.c1 AS amount, u.c2::date AS sold_on, u.sign AS pgv_sign FROM unnest(pgv_notes) AS n CROSS JOIN LATERAL unnest(n.columns[1]::numeric(10,2)[], n.columns[2]::text[], n.columns[3]::int[]) AS u (c1, c2, sign) WHERE n.entry = 1) AS d;
  END IF;
  PERFORM pgvista.sums_on_commit_d9adcb99_maintain(e1_1 => a_e1_1);
END
$$;


--
-- Name: sweep_queues(bigint); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.sweep_queues(rotate_at bigint) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET client_min_messages TO 'warning'
    AS $_$
DECLARE
  queue text;
  side int;
  used bigint[] := '{0,0,0}';
  needed boolean;
  state record;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'pgvista.sweep_queues must see what was committed before it had its locks' USING ERRCODE = 'invalid_transaction_state', HINT = 'BEGIN ISOLATION LEVEL READ COMMITTED';
  END IF;
  FOR queue IN SELECT DISTINCT q FROM pgvista.deferred AS d CROSS JOIN unnest(d.queues) AS q ORDER BY q LOOP
    side := right(trim(BOTH '"' FROM queue), 1)::int;
    IF side <> pgvista.queue_side() AND pg_relation_size(queue::regclass) > 0 THEN
      BEGIN
        EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE NOWAIT', queue);
        needed := false;
        FOR state IN SELECT d.snapshot, d.own_xid, d.own_until FROM pgvista.deferred AS d WHERE queue = ANY (d.queues) AND d.stale IS NULL AND d.identity = pgvista.identity() LOOP
          EXECUTE format('SELECT EXISTS (SELECT FROM %s AS q WHERE NOT pg_visible_in_snapshot(q.xid, $1) AND NOT (q.xid = $2 AND q.at < $3))', queue) INTO needed USING state.snapshot, state.own_xid, state.own_until;
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
END $_$;


--
-- Name: view_text(oid); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.view_text(view oid) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$ SELECT pg_catalog.pg_get_viewdef(view) $$;


--
-- Name: wait_for(regclass, pg_snapshot, interval); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.wait_for(wanted_view regclass, wanted pg_snapshot DEFAULT pg_current_snapshot(), longest interval DEFAULT '00:00:30'::interval) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
  until pg_catalog.timestamptz := pg_catalog.clock_timestamp() OPERATOR(pg_catalog.+) longest;
  pause pg_catalog.float8 := 0.005;
BEGIN
  wanted := coalesce(wanted, pg_catalog.pg_current_snapshot());
  until := coalesce(until, pg_catalog.clock_timestamp() OPERATOR(pg_catalog.+) '30s'::pg_catalog.interval);
  IF (SELECT relkind FROM pg_catalog.pg_class WHERE oid OPERATOR(pg_catalog.=) wanted_view) OPERATOR(pg_catalog.=) 'm' THEN
    RAISE EXCEPTION '% is refreshed, not kept: there is nothing to wait for', wanted_view USING ERRCODE = 'wrong_object_type', HINT = 'Refresh it.';
  END IF;
  IF pg_catalog.current_setting('transaction_isolation') OPERATOR(pg_catalog.<>) 'read committed' THEN
    RAISE EXCEPTION 'pgvista.wait_for needs READ COMMITTED: this transaction keeps the snapshot that it has' USING ERRCODE = 'invalid_transaction_state';
  END IF;
  WHILE NOT pgvista.has_reached(wanted_view, wanted) LOOP
    IF pg_catalog.clock_timestamp() OPERATOR(pg_catalog.>) until THEN
      RAISE EXCEPTION '% has not caught up within %', wanted_view, longest USING ERRCODE = 'lock_not_available', HINT = pgvista.who_watches() OPERATOR(pg_catalog.||) ' What this transaction itself has changed is applied after its commit.';
    END IF;
    PERFORM pg_catalog.pg_sleep(pause);
    pause := least(pause OPERATOR(pg_catalog.*) 1.5, 0.1);
  END LOOP;
END $$;


--
-- Name: waiting_in(text[], pg_snapshot, pg_snapshot, xid8, timestamp with time zone); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.waiting_in(queues text[], seen pg_snapshot, wanted pg_snapshot, own xid8, own_until timestamp with time zone, OUT notes bigint, OUT changes bigint, OUT since timestamp with time zone, OUT latest timestamp with time zone) RETURNS record
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $_$
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
      WHERE (q.xid = ANY ($1) OR (q.xid >= $2 AND q.xid < $3)) AND pg_visible_in_snapshot(q.xid, $4) AND NOT (q.xid = $5 AND q.at < $6)', queue)
      INTO n, c, s, l USING ARRAY(SELECT pg_snapshot_xip(seen)), pg_snapshot_xmax(seen), pg_snapshot_xmax(wanted), wanted, own, own_until;
    notes := notes + n;
    changes := changes + c;
    since := least(since, s);
    latest := greatest(latest, l);
  END LOOP;
END $_$;


--
-- Name: who_watches(); Type: FUNCTION; Schema: pgvista; Owner: -
--

CREATE FUNCTION pgvista.who_watches() RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  known pgvista.lease;
BEGIN
  SELECT * INTO known FROM pgvista.lease;
  IF NOT FOUND THEN
    RETURN 'No pgvista watch has ever run for this database: start one.';
  ELSIF known.beat_at + known.lasts < clock_timestamp() THEN
    RETURN format('No pgvista watch is running: %s was last heard of at %s.', known.holder, known.beat_at);
  END IF;
  RETURN format('%s keeps the deferred views.', known.holder);
END $$;


--
-- Name: build; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.build (
    oid oid NOT NULL,
    schema text NOT NULL,
    name text NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: buyers_deferred_1dc32f35; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.buyers_deferred_1dc32f35 (
    id integer,
    name text,
    amounts numeric[]
)
WITH (fillfactor='90');


--
-- Name: customer; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.customer (
    id integer NOT NULL,
    name text NOT NULL,
    city text
);


--
-- Name: sale; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sale (
    id bigint NOT NULL,
    customer_id integer NOT NULL,
    amount numeric(10,2) NOT NULL,
    sold_on date NOT NULL
);


--
-- Name: buyers_deferred_1dc32f35_query; Type: VIEW; Schema: pgvista; Owner: -
--

CREATE VIEW pgvista.buyers_deferred_1dc32f35_query AS
 SELECT c.id,
    c.name,
    array_agg(s.amount ORDER BY s.id) AS amounts
   FROM (public.customer c
     JOIN public.sale s ON ((s.customer_id = c.id)))
  GROUP BY c.id, c.name;


--
-- Name: buyers_immediate_346f2ed7; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.buyers_immediate_346f2ed7 (
    id integer,
    name text,
    best numeric,
    pgvista_key_1 integer
)
WITH (fillfactor='90');


--
-- Name: buyers_immediate_346f2ed7_query; Type: VIEW; Schema: pgvista; Owner: -
--

CREATE VIEW pgvista.buyers_immediate_346f2ed7_query AS
 SELECT c.id,
    c.name,
    ( SELECT max(s.amount) AS max
           FROM public.sale s
          WHERE (s.customer_id = c.id)) AS best
   FROM public.customer c
  WHERE (c.city IS NOT NULL);


--
-- Name: buyers_on_commit_b4bd8f54; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.buyers_on_commit_b4bd8f54 (
    id integer,
    name text,
    sale_id bigint,
    amount numeric(10,2)
)
WITH (fillfactor='90');


--
-- Name: buyers_on_commit_b4bd8f54_query; Type: VIEW; Schema: pgvista; Owner: -
--

CREATE VIEW pgvista.buyers_on_commit_b4bd8f54_query AS
 SELECT c.id,
    c.name,
    s.id AS sale_id,
    s.amount
   FROM (public.customer c
     LEFT JOIN public.sale s ON (((s.customer_id = c.id) AND (s.amount > (90)::numeric))));


--
-- Name: cities_deferred_4fd04880; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.cities_deferred_4fd04880 (
    city text,
    n bigint,
    total numeric
)
WITH (fillfactor='80');


--
-- Name: cities_deferred_4fd04880_query; Type: VIEW; Schema: pgvista; Owner: -
--

CREATE VIEW pgvista.cities_deferred_4fd04880_query AS
 SELECT c.city,
    count(*) AS n,
    sum(s.amount) AS total
   FROM (public.customer c
     JOIN public.sale s ON ((s.customer_id = c.id)))
  GROUP BY c.city;


--
-- Name: cities_immediate_b066469a; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.cities_immediate_b066469a (
    city text,
    n bigint,
    total numeric
)
WITH (fillfactor='80');


--
-- Name: cities_immediate_b066469a_query; Type: VIEW; Schema: pgvista; Owner: -
--

CREATE VIEW pgvista.cities_immediate_b066469a_query AS
 SELECT c.city,
    count(*) AS n,
    sum(s.amount) AS total
   FROM (public.customer c
     JOIN public.sale s ON ((s.customer_id = c.id)))
  GROUP BY c.city;


--
-- Name: cities_on_commit_fd5d7c24; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.cities_on_commit_fd5d7c24 (
    city text,
    n bigint,
    total numeric
)
WITH (fillfactor='80');


--
-- Name: cities_on_commit_fd5d7c24_query; Type: VIEW; Schema: pgvista; Owner: -
--

CREATE VIEW pgvista.cities_on_commit_fd5d7c24_query AS
 SELECT c.city,
    count(*) AS n,
    sum(s.amount) AS total
   FROM (public.customer c
     JOIN public.sale s ON ((s.customer_id = c.id)))
  GROUP BY c.city;


--
-- Name: deferred; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.deferred (
    program text NOT NULL,
    snapshot pg_snapshot NOT NULL,
    identity text NOT NULL,
    own_xid xid8 NOT NULL,
    own_until timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    queues text[] NOT NULL,
    tables text[] NOT NULL,
    takes text[] NOT NULL,
    repair text[] NOT NULL,
    waits text NOT NULL,
    stale text,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    batches bigint DEFAULT 0 NOT NULL,
    applied bigint DEFAULT 0 NOT NULL,
    last_rows bigint DEFAULT 0 NOT NULL,
    last_ms double precision DEFAULT 0 NOT NULL
)
WITH (fillfactor='30');


--
-- Name: COLUMN deferred.stale; Type: COMMENT; Schema: pgvista; Owner: -
--

COMMENT ON COLUMN pgvista.deferred.stale IS 'why its notes were dropped: it is computed as a whole next; NULL: it is kept by its notes';


--
-- Name: lease; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.lease (
    one boolean DEFAULT true NOT NULL,
    term bigint NOT NULL,
    holder text NOT NULL,
    beat_at timestamp with time zone NOT NULL,
    lasts interval NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    CONSTRAINT lease_one_check CHECK (one)
)
WITH (fillfactor='30');


--
-- Name: lock; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.lock (
    view integer NOT NULL,
    slot bigint NOT NULL,
    turn boolean DEFAULT false NOT NULL
)
WITH (fillfactor='50');


--
-- Name: migration; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.migration (
    name text NOT NULL,
    checksum text NOT NULL,
    steps_done integer,
    faked boolean DEFAULT false NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    duration_ms double precision DEFAULT 0 NOT NULL
);


--
-- Name: COLUMN migration.steps_done; Type: COMMENT; Schema: pgvista; Owner: -
--

COMMENT ON COLUMN pgvista.migration.steps_done IS 'of a migration that is under way; NULL: all of it is done';


--
-- Name: over_immediate_ef838727; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.over_immediate_ef838727 (
    n bigint,
    customers bigint
)
WITH (fillfactor='80');


--
-- Name: over_immediate_ef838727_query; Type: VIEW; Schema: pgvista; Owner: -
--

CREATE VIEW pgvista.over_immediate_ef838727_query AS
 SELECT sums_immediate.n,
    count(*) AS customers
   FROM ( SELECT sale.customer_id,
            count(*) AS n,
            sum(sale.amount) AS total,
            max(sale.sold_on) AS last
           FROM public.sale
          GROUP BY sale.customer_id) sums_immediate
  GROUP BY sums_immediate.n;


--
-- Name: parts_immediate_c820983a; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.parts_immediate_c820983a (
    kind text,
    pgvista_rows bigint,
    n bigint
)
WITH (fillfactor='80');


--
-- Name: part; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.part (
    id integer NOT NULL,
    kind text NOT NULL,
    n integer NOT NULL
)
PARTITION BY LIST (kind);


--
-- Name: parts_immediate_c820983a_query; Type: VIEW; Schema: pgvista; Owner: -
--

CREATE VIEW pgvista.parts_immediate_c820983a_query AS
 SELECT part.kind,
    sum(part.n) AS n
   FROM public.part
  GROUP BY part.kind;


--
-- Name: program; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.program (
    schema text NOT NULL,
    name text NOT NULL,
    program text NOT NULL,
    mode text NOT NULL,
    strategy text NOT NULL,
    level integer NOT NULL,
    store text NOT NULL,
    key text[] NOT NULL,
    captures jsonb NOT NULL,
    removal text[] NOT NULL,
    repair text[] NOT NULL,
    facts text NOT NULL,
    visible text NOT NULL,
    anchor_text text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: queue_public_customer_0; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.queue_public_customer_0 (
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    n_rows integer DEFAULT 0 NOT NULL,
    o_rows integer DEFAULT 0 NOT NULL,
    everything boolean DEFAULT false NOT NULL,
    n_id_d755 integer[],
    o_id_d755 integer[],
    n_name_4c98 text[],
    o_name_4c98 text[],
    n_city_7635 text[],
    o_city_7635 text[]
);
ALTER TABLE ONLY pgvista.queue_public_customer_0 ALTER COLUMN n_id_d755 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_customer_0 ALTER COLUMN o_id_d755 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_customer_0 ALTER COLUMN n_name_4c98 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_customer_0 ALTER COLUMN o_name_4c98 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_customer_0 ALTER COLUMN n_city_7635 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_customer_0 ALTER COLUMN o_city_7635 SET STORAGE EXTERNAL;


--
-- Name: queue_public_customer_1; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.queue_public_customer_1 (
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    n_rows integer DEFAULT 0 NOT NULL,
    o_rows integer DEFAULT 0 NOT NULL,
    everything boolean DEFAULT false NOT NULL,
    n_id_d755 integer[],
    o_id_d755 integer[],
    n_name_4c98 text[],
    o_name_4c98 text[],
    n_city_7635 text[],
    o_city_7635 text[]
);
ALTER TABLE ONLY pgvista.queue_public_customer_1 ALTER COLUMN n_id_d755 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_customer_1 ALTER COLUMN o_id_d755 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_customer_1 ALTER COLUMN n_name_4c98 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_customer_1 ALTER COLUMN o_name_4c98 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_customer_1 ALTER COLUMN n_city_7635 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_customer_1 ALTER COLUMN o_city_7635 SET STORAGE EXTERNAL;


--
-- Name: queue_public_customer_2; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.queue_public_customer_2 (
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    n_rows integer DEFAULT 0 NOT NULL,
    o_rows integer DEFAULT 0 NOT NULL,
    everything boolean DEFAULT false NOT NULL,
    n_id_d755 integer[],
    o_id_d755 integer[],
    n_name_4c98 text[],
    o_name_4c98 text[],
    n_city_7635 text[],
    o_city_7635 text[]
);
ALTER TABLE ONLY pgvista.queue_public_customer_2 ALTER COLUMN n_id_d755 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_customer_2 ALTER COLUMN o_id_d755 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_customer_2 ALTER COLUMN n_name_4c98 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_customer_2 ALTER COLUMN o_name_4c98 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_customer_2 ALTER COLUMN n_city_7635 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_customer_2 ALTER COLUMN o_city_7635 SET STORAGE EXTERNAL;


--
-- Name: queue_public_sale_0; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.queue_public_sale_0 (
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    n_rows integer DEFAULT 0 NOT NULL,
    o_rows integer DEFAULT 0 NOT NULL,
    everything boolean DEFAULT false NOT NULL,
    n_amount_bd59 numeric(10,2)[],
    o_amount_bd59 numeric(10,2)[],
    n_customer_id_1d85 integer[],
    o_customer_id_1d85 integer[],
    n_id_5ef3 bigint[],
    o_id_5ef3 bigint[]
);
ALTER TABLE ONLY pgvista.queue_public_sale_0 ALTER COLUMN n_amount_bd59 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_sale_0 ALTER COLUMN o_amount_bd59 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_sale_0 ALTER COLUMN n_customer_id_1d85 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_sale_0 ALTER COLUMN o_customer_id_1d85 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_sale_0 ALTER COLUMN n_id_5ef3 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_sale_0 ALTER COLUMN o_id_5ef3 SET STORAGE EXTERNAL;


--
-- Name: queue_public_sale_1; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.queue_public_sale_1 (
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    n_rows integer DEFAULT 0 NOT NULL,
    o_rows integer DEFAULT 0 NOT NULL,
    everything boolean DEFAULT false NOT NULL,
    n_amount_bd59 numeric(10,2)[],
    o_amount_bd59 numeric(10,2)[],
    n_customer_id_1d85 integer[],
    o_customer_id_1d85 integer[],
    n_id_5ef3 bigint[],
    o_id_5ef3 bigint[]
);
ALTER TABLE ONLY pgvista.queue_public_sale_1 ALTER COLUMN n_amount_bd59 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_sale_1 ALTER COLUMN o_amount_bd59 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_sale_1 ALTER COLUMN n_customer_id_1d85 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_sale_1 ALTER COLUMN o_customer_id_1d85 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_sale_1 ALTER COLUMN n_id_5ef3 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_sale_1 ALTER COLUMN o_id_5ef3 SET STORAGE EXTERNAL;


--
-- Name: queue_public_sale_2; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.queue_public_sale_2 (
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    n_rows integer DEFAULT 0 NOT NULL,
    o_rows integer DEFAULT 0 NOT NULL,
    everything boolean DEFAULT false NOT NULL,
    n_amount_bd59 numeric(10,2)[],
    o_amount_bd59 numeric(10,2)[],
    n_customer_id_1d85 integer[],
    o_customer_id_1d85 integer[],
    n_id_5ef3 bigint[],
    o_id_5ef3 bigint[]
);
ALTER TABLE ONLY pgvista.queue_public_sale_2 ALTER COLUMN n_amount_bd59 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_sale_2 ALTER COLUMN o_amount_bd59 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_sale_2 ALTER COLUMN n_customer_id_1d85 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_sale_2 ALTER COLUMN o_customer_id_1d85 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_sale_2 ALTER COLUMN n_id_5ef3 SET STORAGE EXTERNAL;
ALTER TABLE ONLY pgvista.queue_public_sale_2 ALTER COLUMN o_id_5ef3 SET STORAGE EXTERNAL;


--
-- Name: refresh_run; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.refresh_run (
    id bigint NOT NULL,
    schema text NOT NULL,
    name text NOT NULL,
    mode text NOT NULL,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    finished_at timestamp with time zone,
    rows bigint,
    error text,
    sqlstate text,
    backend integer DEFAULT pg_backend_pid() NOT NULL,
    changes jsonb,
    row_version text,
    ddl_fingerprint text,
    file_node text
);


--
-- Name: refresh_run_id_seq; Type: SEQUENCE; Schema: pgvista; Owner: -
--

ALTER TABLE pgvista.refresh_run ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME pgvista.refresh_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: sums_deferred_c056af14; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.sums_deferred_c056af14 (
    customer_id integer,
    n bigint,
    pgvista_sum_1 numeric,
    mean numeric GENERATED ALWAYS AS (
CASE
    WHEN (n > 0) THEN (pgvista_sum_1 / (n)::numeric)
    ELSE NULL::numeric
END) STORED
)
WITH (fillfactor='80');


--
-- Name: sums_deferred_c056af14_query; Type: VIEW; Schema: pgvista; Owner: -
--

CREATE VIEW pgvista.sums_deferred_c056af14_query AS
 SELECT sale.customer_id,
    avg(sale.amount) AS mean,
    count(*) AS n
   FROM public.sale
  GROUP BY sale.customer_id;


--
-- Name: sums_immediate_bc14e457; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.sums_immediate_bc14e457 (
    customer_id integer,
    n bigint,
    total numeric,
    last date
)
WITH (fillfactor='80');


--
-- Name: sums_immediate_bc14e457_query; Type: VIEW; Schema: pgvista; Owner: -
--

CREATE VIEW pgvista.sums_immediate_bc14e457_query AS
 SELECT sale.customer_id,
    count(*) AS n,
    sum(sale.amount) AS total,
    max(sale.sold_on) AS last
   FROM public.sale
  GROUP BY sale.customer_id;


--
-- Name: sums_on_commit_d9adcb99; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.sums_on_commit_d9adcb99 (
    sold_on date,
    n bigint,
    total numeric,
    "least" numeric
)
WITH (fillfactor='80');


--
-- Name: sums_on_commit_d9adcb99_query; Type: VIEW; Schema: pgvista; Owner: -
--

CREATE VIEW pgvista.sums_on_commit_d9adcb99_query AS
 SELECT sale.sold_on,
    count(*) AS n,
    sum(sale.amount) AS total,
    min(sale.amount) AS "least"
   FROM public.sale
  GROUP BY sale.sold_on;


--
-- Name: view; Type: TABLE; Schema: pgvista; Owner: -
--

CREATE TABLE pgvista.view (
    schema text NOT NULL,
    name text NOT NULL,
    oid oid NOT NULL,
    kind text NOT NULL,
    query text NOT NULL,
    canonical text NOT NULL,
    fingerprint text NOT NULL,
    rule_fingerprint text NOT NULL,
    server_major integer NOT NULL,
    columns jsonb NOT NULL,
    indexes jsonb NOT NULL,
    made_indexes text[] NOT NULL,
    refresh_due boolean DEFAULT false NOT NULL,
    adopted boolean DEFAULT false NOT NULL,
    synced_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: buyers_deferred; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.buyers_deferred AS
 SELECT s.id,
    s.name,
    s.amounts
   FROM pgvista.buyers_deferred_1dc32f35 s;


--
-- Name: buyers_immediate; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.buyers_immediate AS
 SELECT s.id,
    s.name,
    s.best
   FROM pgvista.buyers_immediate_346f2ed7 s;


--
-- Name: buyers_on_commit; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.buyers_on_commit AS
 SELECT s.id,
    s.name,
    s.sale_id,
    s.amount
   FROM pgvista.buyers_on_commit_b4bd8f54 s;


--
-- Name: cities_deferred; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.cities_deferred AS
 SELECT s.city,
    s.n,
    s.total
   FROM pgvista.cities_deferred_4fd04880 s;


--
-- Name: cities_immediate; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.cities_immediate AS
 SELECT s.city,
    s.n,
    s.total
   FROM pgvista.cities_immediate_b066469a s;


--
-- Name: cities_on_commit; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.cities_on_commit AS
 SELECT s.city,
    s.n,
    s.total
   FROM pgvista.cities_on_commit_fd5d7c24 s;


--
-- Name: over_immediate; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.over_immediate AS
 SELECT s.n,
    s.customers
   FROM pgvista.over_immediate_ef838727 s;


--
-- Name: part_a; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.part_a (
    id integer NOT NULL,
    kind text NOT NULL,
    n integer NOT NULL
);


--
-- Name: part_b; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.part_b (
    id integer NOT NULL,
    kind text NOT NULL,
    n integer NOT NULL
);


--
-- Name: parts_immediate; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.parts_immediate AS
 SELECT s.kind,
    s.n
   FROM pgvista.parts_immediate_c820983a s;


--
-- Name: plain; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.plain AS
 SELECT customer.id,
    customer.name
   FROM public.customer
  WHERE (customer.city IS NULL);


--
-- Name: sale_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.sale ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sale_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: stored; Type: MATERIALIZED VIEW; Schema: public; Owner: -
--

CREATE MATERIALIZED VIEW public.stored AS
 SELECT customer.city,
    count(*) AS n
   FROM public.customer
  GROUP BY customer.city
  WITH NO DATA;


--
-- Name: sums_deferred; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.sums_deferred AS
 SELECT s.customer_id,
    s.mean,
    s.n
   FROM pgvista.sums_deferred_c056af14 s;


--
-- Name: sums_immediate; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.sums_immediate AS
 SELECT s.customer_id,
    s.n,
    s.total,
    s.last
   FROM pgvista.sums_immediate_bc14e457 s;


--
-- Name: sums_on_commit; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.sums_on_commit AS
 SELECT s.sold_on,
    s.n,
    s.total,
    s."least"
   FROM pgvista.sums_on_commit_d9adcb99 s;


--
-- Name: part_a; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.part ATTACH PARTITION public.part_a FOR VALUES IN ('a');


--
-- Name: part_b; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.part ATTACH PARTITION public.part_b FOR VALUES IN ('b');


--
-- Data for Name: build; Type: TABLE DATA; Schema: pgvista; Owner: -
--



--
-- Data for Name: buyers_deferred_1dc32f35; Type: TABLE DATA; Schema: pgvista; Owner: -
--

INSERT INTO pgvista.buyers_deferred_1dc32f35 VALUES
	(1, 'customer 1', '{41.25,80.25,23.25,63.25,6.25,46.25,86.25,29.25,69.25,12.25,52.25,92.25,35.25,75.25,18.25}'),
	(2, 'customer 2', '{2.25,42.25,81.25,24.25,64.25,7.25,47.25,87.25,30.25,70.25,13.25,53.25,93.25,36.25,76.25}'),
	(3, 'customer 3', '{3.25,43.25,82.25,25.25,65.25,8.25,48.25,88.25,31.25,71.25,14.25,54.25,94.25,37.25,77.25}'),
	(4, 'customer 4', '{4.25,44.25,83.25,26.25,66.25,9.25,49.25,89.25,32.25,72.25,15.25,55.25,95.25,38.25,78.25}'),
	(5, 'customer 5', '{5.25,45.25,84.25,27.25,67.25,10.25,50.25,90.25,33.25,73.25,16.25,56.25,96.25,39.25,79.25}'),
	(6, 'customer 6', '{6.25,46.25,85.25,28.25,68.25,11.25,51.25,91.25,34.25,74.25,17.25,57.25,0.25,40.25,80.25}'),
	(7, 'customer 7', '{7.25,47.25,86.25,29.25,69.25,12.25,52.25,92.25,35.25,75.25,18.25,58.25,1.25,41.25,81.25}'),
	(8, 'customer 8', '{8.25,48.25,87.25,30.25,70.25,13.25,53.25,93.25,36.25,76.25,19.25,59.25,2.25,42.25,82.25}'),
	(9, 'customer 9', '{9.25,49.25,88.25,31.25,71.25,14.25,54.25,94.25,37.25,77.25,20.25,60.25,3.25,43.25,83.25}'),
	(10, 'customer 10', '{10.25,50.25,89.25,32.25,72.25,15.25,55.25,95.25,38.25,78.25,21.25,61.25,4.25,44.25,84.25}'),
	(11, 'customer 11', '{11.25,50.25,90.25,33.25,73.25,16.25,56.25,96.25,39.25,79.25,22.25,62.25,5.25,45.25,85.25}'),
	(12, 'customer 12', '{12.25,51.25,91.25,34.25,74.25,17.25,57.25,0.25,40.25,80.25,23.25,63.25,6.25,46.25,86.25}'),
	(13, 'customer 13', '{13.25,52.25,92.25,35.25,75.25,18.25,58.25,1.25,41.25,81.25,24.25,64.25,7.25,47.25,87.25}'),
	(14, 'customer 14', '{14.25,53.25,93.25,36.25,76.25,19.25,59.25,2.25,42.25,82.25,25.25,65.25,8.25,48.25,88.25}'),
	(15, 'customer 15', '{15.25,54.25,94.25,37.25,77.25,20.25,60.25,3.25,43.25,83.25,26.25,66.25,9.25,49.25,89.25}'),
	(16, 'customer 16', '{16.25,55.25,95.25,38.25,78.25,21.25,61.25,4.25,44.25,84.25,27.25,67.25,10.25,50.25,90.25}'),
	(17, 'customer 17', '{17.25,56.25,96.25,39.25,79.25,22.25,62.25,5.25,45.25,85.25,28.25,68.25,11.25,51.25,91.25}'),
	(18, 'customer 18', '{18.25,57.25,0.25,40.25,80.25,23.25,63.25,6.25,46.25,86.25,29.25,69.25,12.25,52.25,92.25}'),
	(19, 'customer 19', '{19.25,58.25,1.25,41.25,81.25,24.25,64.25,7.25,47.25,87.25,30.25,70.25,13.25,53.25,93.25}'),
	(20, 'customer 20', '{20.25,59.25,2.25,42.25,82.25,25.25,65.25,8.25,48.25,88.25,31.25,71.25,14.25,54.25,94.25}'),
	(21, 'customer 21', '{21.25,3.25,43.25,83.25,26.25,66.25,9.25,49.25,89.25,32.25,72.25,15.25,55.25,95.25}'),
	(30, 'customer 30', '{30.25,12.25,52.25,92.25,35.25,75.25,18.25,58.25,1.25,41.25,81.25,24.25,64.25,7.25}'),
	(31, 'customer 31', '{31.25,13.25,53.25,93.25,36.25,76.25,19.25,59.25,2.25,42.25,82.25,25.25,65.25,8.25}'),
	(32, 'customer 32', '{32.25,71.25,14.25,54.25,94.25,37.25,77.25,20.25,60.25,3.25,43.25,83.25,26.25,66.25,9.25}'),
	(22, 'customer 22', '{22.25,4.25,44.25,84.25,27.25,67.25,10.25,50.25,90.25,33.25,73.25,16.25,56.25,96.25}'),
	(23, 'customer 23', '{23.25,5.25,45.25,85.25,28.25,68.25,11.25,51.25,91.25,34.25,74.25,17.25,57.25,0.25}'),
	(24, 'customer 24', '{24.25,6.25,46.25,86.25,29.25,69.25,12.25,52.25,92.25,35.25,75.25,18.25,58.25,1.25}'),
	(25, 'customer 25', '{25.25,7.25,47.25,87.25,30.25,70.25,13.25,53.25,93.25,36.25,76.25,19.25,59.25,2.25}'),
	(26, 'customer 26', '{26.25,8.25,48.25,88.25,31.25,71.25,14.25,54.25,94.25,37.25,77.25,20.25,60.25,3.25}'),
	(27, 'customer 27', '{27.25,9.25,49.25,89.25,32.25,72.25,15.25,55.25,95.25,38.25,78.25,21.25,61.25,4.25}'),
	(28, 'customer 28', '{28.25,10.25,50.25,90.25,33.25,73.25,16.25,56.25,96.25,39.25,79.25,22.25,62.25,5.25}'),
	(29, 'customer 29', '{29.25,11.25,51.25,91.25,34.25,74.25,17.25,57.25,0.25,40.25,80.25,23.25,63.25,6.25}'),
	(33, 'customer 33', '{33.25,72.25,15.25,55.25,95.25,38.25,78.25,21.25,61.25,4.25,44.25,84.25,27.25,67.25,10.25}'),
	(34, 'customer 34', '{34.25,73.25,16.25,56.25,96.25,39.25,79.25,22.25,62.25,5.25,45.25,85.25,28.25,68.25,11.25}'),
	(35, 'customer 35', '{35.25,74.25,17.25,57.25,0.25,40.25,80.25,23.25,63.25,6.25,46.25,86.25,29.25,69.25,12.25}'),
	(36, 'customer 36', '{36.25,75.25,18.25,58.25,1.25,41.25,81.25,24.25,64.25,7.25,47.25,87.25,30.25,70.25,13.25}'),
	(37, 'customer 37', '{37.25,76.25,19.25,59.25,2.25,42.25,82.25,25.25,65.25,8.25,48.25,88.25,31.25,71.25,14.25}'),
	(38, 'customer 38', '{38.25,77.25,20.25,60.25,3.25,43.25,83.25,26.25,66.25,9.25,49.25,89.25,32.25,72.25,15.25}'),
	(39, 'customer 39', '{39.25,78.25,21.25,61.25,4.25,44.25,84.25,27.25,67.25,10.25,50.25,90.25,33.25,73.25,16.25}'),
	(40, 'customer 40', '{40.25,79.25,22.25,62.25,5.25,45.25,85.25,28.25,68.25,11.25,51.25,91.25,34.25,74.25,17.25}');


--
-- Data for Name: buyers_immediate_346f2ed7; Type: TABLE DATA; Schema: pgvista; Owner: -
--

INSERT INTO pgvista.buyers_immediate_346f2ed7 VALUES
	(1, 'customer 1', 92.25, 1),
	(2, 'customer 2', 93.25, 2),
	(4, 'customer 4', 95.25, 4),
	(5, 'customer 5', 96.25, 5),
	(6, 'customer 6', 91.25, 6),
	(8, 'customer 8', 93.25, 8),
	(9, 'customer 9', 94.25, 9),
	(10, 'customer 10', 95.25, 10),
	(12, 'customer 12', 91.25, 12),
	(13, 'customer 13', 92.25, 13),
	(14, 'customer 14', 93.25, 14),
	(16, 'customer 16', 95.25, 16),
	(17, 'customer 17', 96.25, 17),
	(18, 'customer 18', 92.25, 18),
	(20, 'customer 20', 94.25, 20),
	(32, 'customer 32', 94.25, 32),
	(33, 'customer 33', 95.25, 33),
	(34, 'customer 34', 96.25, 34),
	(36, 'customer 36', 87.25, 36),
	(37, 'customer 37', 88.25, 37),
	(38, 'customer 38', 89.25, 38),
	(40, 'customer 40', 91.25, 40),
	(21, 'customer 21', 95.25, 21),
	(22, 'customer 22', 96.25, 22),
	(24, 'customer 24', 92.25, 24),
	(25, 'customer 25', 93.25, 25),
	(26, 'customer 26', 94.25, 26),
	(28, 'customer 28', 96.25, 28),
	(29, 'customer 29', 91.25, 29),
	(30, 'customer 30', 92.25, 30),
	(3, 'customer 3', 94.25, 3);


--
-- Data for Name: buyers_on_commit_b4bd8f54; Type: TABLE DATA; Schema: pgvista; Owner: -
--

INSERT INTO pgvista.buyers_on_commit_b4bd8f54 VALUES
	(11, 'customer 11', 90, 90.25),
	(12, 'customer 12', 91, 91.25),
	(13, 'customer 13', 92, 92.25),
	(14, 'customer 14', 93, 93.25),
	(15, 'customer 15', 94, 94.25),
	(16, 'customer 16', 95, 95.25),
	(17, 'customer 17', 96, 96.25),
	(28, 'customer 28', 187, 90.25),
	(29, 'customer 29', 188, 91.25),
	(30, 'customer 30', 189, 92.25),
	(31, 'customer 31', 190, 93.25),
	(32, 'customer 32', 191, 94.25),
	(33, 'customer 33', 192, 95.25),
	(34, 'customer 34', 193, 96.25),
	(5, 'customer 5', 284, 90.25),
	(6, 'customer 6', 285, 91.25),
	(7, 'customer 7', 286, 92.25),
	(8, 'customer 8', 287, 93.25),
	(9, 'customer 9', 288, 94.25),
	(10, 'customer 10', 289, 95.25),
	(11, 'customer 11', 290, 96.25),
	(22, 'customer 22', 381, 90.25),
	(23, 'customer 23', 382, 91.25),
	(24, 'customer 24', 383, 92.25),
	(25, 'customer 25', 384, 93.25),
	(26, 'customer 26', 385, 94.25),
	(27, 'customer 27', 386, 95.25),
	(28, 'customer 28', 387, 96.25),
	(39, 'customer 39', 478, 90.25),
	(40, 'customer 40', 479, 91.25),
	(1, 'customer 1', 480, 92.25),
	(2, 'customer 2', 481, 93.25),
	(3, 'customer 3', 482, 94.25),
	(4, 'customer 4', 483, 95.25),
	(5, 'customer 5', 484, 96.25),
	(16, 'customer 16', 575, 90.25),
	(17, 'customer 17', 576, 91.25),
	(18, 'customer 18', 577, 92.25),
	(19, 'customer 19', 578, 93.25),
	(20, 'customer 20', 579, 94.25),
	(21, 'customer 21', 580, 95.25),
	(22, 'customer 22', 581, 96.25),
	(37, 'customer 37', NULL, NULL),
	(38, 'customer 38', NULL, NULL),
	(36, 'customer 36', NULL, NULL),
	(35, 'customer 35', NULL, NULL);


--
-- Data for Name: cities_deferred_4fd04880; Type: TABLE DATA; Schema: pgvista; Owner: -
--

INSERT INTO pgvista.cities_deferred_4fd04880 VALUES
	('Bonn', 147, 6938.75),
	('Jena', 147, 6874.75),
	('Kiel', 15, 743.75),
	('Ulm', 148, 6948.00),
	(NULL, 132, 6083.00);


--
-- Data for Name: cities_immediate_b066469a; Type: TABLE DATA; Schema: pgvista; Owner: -
--

INSERT INTO pgvista.cities_immediate_b066469a VALUES
	('Bonn', 147, 6938.75),
	('Jena', 147, 6874.75),
	('Ulm', 148, 6948.00),
	('Kiel', 15, 743.75),
	(NULL, 132, 6083.00);


--
-- Data for Name: cities_on_commit_fd5d7c24; Type: TABLE DATA; Schema: pgvista; Owner: -
--

INSERT INTO pgvista.cities_on_commit_fd5d7c24 VALUES
	('Bonn', 147, 6938.75),
	('Jena', 147, 6874.75),
	('Kiel', 15, 743.75),
	('Ulm', 148, 6948.00),
	(NULL, 132, 6083.00);


--
-- Data for Name: deferred; Type: TABLE DATA; Schema: pgvista; Owner: -
--

INSERT INTO pgvista.deferred VALUES
	('buyers_deferred_1dc32f35', '241050:241050:', '7713305547722330800/53719', '241035', '2026-11-29 14:30:28.627022+00', '{pgvista.queue_public_customer_0,pgvista.queue_public_customer_1,pgvista.queue_public_customer_2,pgvista.queue_public_sale_0,pgvista.queue_public_sale_1,pgvista.queue_public_sale_2}', '{public.customer,public.sale}', '{pgvista.buyers_deferred_1dc32f35_take}', '{"SELECT pgvista.buyers_deferred_1dc32f35_maintain(everything => true)"}', 'pgvista.buyers_deferred_1dc32f35_waits', NULL, '2026-11-29 14:30:29.65456+00', 1, 111, 111, 28.014),
	('cities_deferred_4fd04880', '241051:241051:', '7713305547722330800/53719', '241038', '2026-11-29 14:30:28.709359+00', '{pgvista.queue_public_customer_0,pgvista.queue_public_customer_1,pgvista.queue_public_customer_2,pgvista.queue_public_sale_0,pgvista.queue_public_sale_1,pgvista.queue_public_sale_2}', '{public.customer,public.sale}', '{pgvista.cities_deferred_4fd04880_take}', '{"SELECT pgvista.cities_deferred_4fd04880_maintain(everything => true)"}', 'pgvista.cities_deferred_4fd04880_waits', NULL, '2026-11-29 14:30:29.675968+00', 1, 111, 111, 20.202),
	('sums_deferred_c056af14', '241052:241052:', '7713305547722330800/53719', '241044', '2026-11-29 14:30:28.821941+00', '{pgvista.queue_public_sale_0,pgvista.queue_public_sale_1,pgvista.queue_public_sale_2}', '{public.sale}', '{pgvista.sums_deferred_c056af14_take}', '{"SELECT pgvista.sums_deferred_c056af14_maintain(everything => true)"}', 'pgvista.sums_deferred_c056af14_waits', NULL, '2026-11-29 14:30:29.685444+00', 1, 109, 109, 8.684);


--
-- Data for Name: lease; Type: TABLE DATA; Schema: pgvista; Owner: -
--

INSERT INTO pgvista.lease VALUES
	(true, 1, 'vm:29040:9ae8', '-infinity', '00:00:05', '2026-11-29 14:30:29.590884+00');


--
-- Data for Name: lock; Type: TABLE DATA; Schema: pgvista; Owner: -
--

INSERT INTO pgvista.lock VALUES
	(-1807421234, -1, false),
	(808822890, -1, false),
	(-402910130, -1, false),
	(-946464826, -1, false),
	(1494976273, -1, false),
	(-1965890778, -1, false),
	(-229319268, -1, false),
	(-887320183, -1, false),
	(1270042441, -1, false),
	(2146333113, -1, false),
	(412797023, -1, false),
	(808822890, 4704, false),
	(808822890, 17328, false),
	(808822890, 48016, false),
	(808822890, 95328, false),
	(808822890, 106560, false),
	(808822890, 171056, false),
	(808822890, 193200, false),
	(808822890, 215184, false),
	(808822890, 220816, false),
	(808822890, 232176, false),
	(808822890, 232560, false),
	(808822890, 438864, false),
	(808822890, 444656, false),
	(808822890, 445616, false),
	(808822890, 490976, false),
	(808822890, 580416, false),
	(808822890, 588304, false),
	(808822890, 674880, false),
	(808822890, 808896, false),
	(808822890, 835568, false),
	(808822890, 875504, false),
	(808822890, 904208, false),
	(808822890, 905056, false),
	(808822890, 905984, false),
	(808822890, 920128, false),
	(808822890, 995072, false),
	(808822890, 1037760, false),
	(808822890, 1044720, false),
	(1494976273, 40471, false),
	(1494976273, 91479, false),
	(1494976273, 200231, false),
	(1494976273, 230359, false),
	(1494976273, 302551, false),
	(1494976273, 338039, false),
	(1494976273, 361943, false),
	(1494976273, 374887, false),
	(1494976273, 481111, false),
	(1494976273, 486647, false),
	(1494976273, 533479, false),
	(1494976273, 570999, false),
	(1494976273, 591159, false),
	(1494976273, 602583, false),
	(1494976273, 607143, false),
	(1494976273, 674055, false),
	(1494976273, 679143, false),
	(1494976273, 688967, false),
	(808822890, 5984, true),
	(808822890, 41536, true),
	(808822890, 150416, true),
	(808822890, 308096, true),
	(808822890, 345648, true),
	(808822890, 499184, true),
	(808822890, 500400, true),
	(808822890, 721968, true),
	(808822890, 787584, true),
	(808822890, 896848, true),
	(808822890, 947664, true),
	(1494976273, 1687, true),
	(1494976273, 24087, true),
	(1494976273, 69495, true),
	(1494976273, 94711, true),
	(1494976273, 118647, true),
	(1494976273, 474503, true),
	(1494976273, 657383, true),
	(1494976273, 678327, true),
	(808822890, 326000, true),
	(1494976273, 320263, true),
	(1494976273, 704039, false),
	(1494976273, 713079, false),
	(1494976273, 801831, false),
	(1494976273, 852487, false),
	(1494976273, 892439, false),
	(1494976273, 909367, false),
	(1494976273, 922295, false),
	(1494976273, 929591, false),
	(1494976273, 1006551, false),
	(1494976273, 1026695, false),
	(-229319268, 4704, false),
	(-229319268, 17328, false),
	(-229319268, 48016, false),
	(-229319268, 95328, false),
	(-229319268, 106560, false),
	(-229319268, 171056, false),
	(-229319268, 193200, false),
	(-229319268, 215184, false),
	(-229319268, 220816, false),
	(-229319268, 232176, false),
	(-229319268, 232560, false),
	(-229319268, 326000, false),
	(-229319268, 438864, false),
	(-229319268, 444656, false),
	(-229319268, 445616, false),
	(-229319268, 490976, false),
	(-229319268, 580416, false),
	(-229319268, 588304, false),
	(-229319268, 674880, false),
	(-229319268, 808896, false),
	(-229319268, 835568, false),
	(-229319268, 875504, false),
	(-229319268, 904208, false),
	(-229319268, 905056, false),
	(-229319268, 905984, false),
	(-229319268, 920128, false),
	(-229319268, 995072, false),
	(-229319268, 1037760, false),
	(-229319268, 1044720, false),
	(1494976273, 902183, true),
	(1494976273, 927319, true),
	(1494976273, 992407, true),
	(-229319268, 5984, true),
	(-229319268, 41536, true),
	(-229319268, 150416, true),
	(-229319268, 308096, true),
	(-229319268, 345648, true),
	(-229319268, 499184, true),
	(-229319268, 500400, true),
	(-229319268, 721968, true),
	(-229319268, 787584, true),
	(-229319268, 896848, true),
	(-229319268, 947664, true),
	(1494976273, 320257, false),
	(1494976273, 320258, false),
	(1494976273, 320259, false),
	(1494976273, 320260, false),
	(1494976273, 320261, false),
	(1494976273, 320262, false),
	(1494976273, 320264, false),
	(-402910130, 4704, false),
	(-402910130, 5984, false),
	(-402910130, 17328, false),
	(-402910130, 41536, false),
	(-402910130, 48016, false),
	(-402910130, 95328, false),
	(-402910130, 106560, false),
	(-402910130, 150416, false),
	(-402910130, 171056, false),
	(-402910130, 193200, false),
	(-402910130, 215184, false),
	(-402910130, 220816, false),
	(-402910130, 232176, false),
	(-402910130, 232560, false),
	(-402910130, 308096, false),
	(-402910130, 326000, false),
	(-402910130, 345648, false),
	(-402910130, 438864, false),
	(-402910130, 444656, false),
	(-402910130, 445616, false),
	(-402910130, 490976, false),
	(-402910130, 499184, false),
	(-402910130, 500400, false),
	(-402910130, 580416, false),
	(-402910130, 588304, false),
	(-402910130, 674880, false),
	(-402910130, 721968, false),
	(-402910130, 787584, false),
	(-402910130, 808896, false),
	(-402910130, 835568, false),
	(-402910130, 875504, false),
	(-402910130, 896848, false),
	(-402910130, 904208, false),
	(-402910130, 905056, false),
	(-402910130, 905984, false),
	(-402910130, 920128, false),
	(-402910130, 947664, false),
	(-402910130, 995072, false),
	(-402910130, 1037760, false),
	(-402910130, 1044720, false),
	(-1965890778, 0, false),
	(-1965890778, 1687, false),
	(-1965890778, 24087, false),
	(-1965890778, 40471, false),
	(-1965890778, 69495, false),
	(-1965890778, 91479, false),
	(-1965890778, 94711, false),
	(-1965890778, 118647, false),
	(-1965890778, 142352, false),
	(-1965890778, 200231, false),
	(-1965890778, 230359, false),
	(-1965890778, 302551, false),
	(-1965890778, 320257, false),
	(-1965890778, 320258, false),
	(-1965890778, 320259, false),
	(-1965890778, 320260, false),
	(-1965890778, 320261, false),
	(-1965890778, 320262, false),
	(-1965890778, 320263, false),
	(-1965890778, 320264, false),
	(-1965890778, 338039, false),
	(-1965890778, 361943, false);
INSERT INTO pgvista.lock VALUES
	(-1965890778, 374887, false),
	(-1965890778, 380448, false),
	(-1965890778, 474503, false),
	(-1965890778, 481111, false),
	(-1965890778, 486647, false),
	(-1965890778, 533479, false),
	(-1965890778, 570999, false),
	(-1965890778, 591159, false),
	(-1965890778, 602583, false),
	(-1965890778, 607143, false),
	(-1965890778, 608832, false),
	(-1965890778, 657383, false),
	(-1965890778, 674055, false),
	(-1965890778, 678327, false),
	(-1965890778, 679143, false),
	(-1965890778, 688967, false),
	(-1965890778, 704039, false),
	(-1965890778, 713079, false),
	(-1965890778, 801831, false),
	(-1965890778, 852487, false),
	(-1965890778, 892439, false),
	(-1965890778, 902183, false),
	(-1965890778, 909367, false),
	(-1965890778, 922295, false),
	(-1965890778, 927319, false),
	(-1965890778, 929591, false),
	(-1965890778, 992407, false),
	(-1965890778, 1006551, false),
	(-1965890778, 1022160, false),
	(-1965890778, 1026695, false),
	(412797023, 10464, false),
	(412797023, 103728, false),
	(412797023, 130688, false),
	(412797023, 147648, false),
	(412797023, 179888, false),
	(412797023, 201168, false),
	(412797023, 204352, false),
	(412797023, 213616, false),
	(412797023, 296832, false),
	(412797023, 323568, false),
	(412797023, 345568, false),
	(412797023, 363728, false),
	(412797023, 431536, false),
	(412797023, 442512, false),
	(412797023, 443744, false),
	(412797023, 517616, false),
	(412797023, 530432, false),
	(412797023, 546432, false),
	(412797023, 548064, false),
	(412797023, 553104, false),
	(412797023, 594416, false),
	(412797023, 620480, false),
	(412797023, 643456, false),
	(412797023, 680976, false),
	(412797023, 715664, false),
	(412797023, 822416, false),
	(412797023, 826592, false),
	(412797023, 986864, false),
	(412797023, 1002128, false),
	(412797023, 1028912, false);


--
-- Data for Name: migration; Type: TABLE DATA; Schema: pgvista; Owner: -
--



--
-- Data for Name: over_immediate_ef838727; Type: TABLE DATA; Schema: pgvista; Owner: -
--

INSERT INTO pgvista.over_immediate_ef838727 VALUES
	(14, 11),
	(15, 29);


--
-- Data for Name: parts_immediate_c820983a; Type: TABLE DATA; Schema: pgvista; Owner: -
--

INSERT INTO pgvista.parts_immediate_c820983a VALUES
	('a', 25, 650),
	('b', 25, 623);


--
-- Data for Name: pending; Type: TABLE DATA; Schema: pgvista; Owner: -
--



--
-- Data for Name: program; Type: TABLE DATA; Schema: pgvista; Owner: -
--

INSERT INTO pgvista.program VALUES
	('public', 'buyers_deferred', 'buyers_deferred_1dc32f35', 'deferred', 'recompute', 0, 'buyers_deferred_1dc32f35', '{id,name}', '[{"body": "", "event": "insert", "queue": ["public", "customer"], "table": "customer", "queued": [["id", "integer"], ["name", "text"]], "schema": "public", "counted": false, "writes_text": false}, {"body": "", "event": "update", "queue": ["public", "customer"], "table": "customer", "queued": [["id", "integer"], ["name", "text"]], "schema": "public", "counted": false, "writes_text": false}, {"body": "", "event": "delete", "queue": ["public", "customer"], "table": "customer", "queued": [["id", "integer"], ["name", "text"]], "schema": "public", "counted": false, "writes_text": false}, {"body": "", "event": "truncate", "queue": ["public", "customer"], "table": "customer", "queued": [["id", "integer"], ["name", "text"]], "schema": "public", "counted": false, "writes_text": false}, {"body": "", "event": "insert", "queue": ["public", "sale"], "table": "sale", "queued": [["amount", "numeric(10,2)"], ["customer_id", "integer"], ["id", "bigint"]], "schema": "public", "counted": false, "writes_text": false}, {"body": "", "event": "update", "queue": ["public", "sale"], "table": "sale", "queued": [["amount", "numeric(10,2)"], ["customer_id", "integer"], ["id", "bigint"]], "schema": "public", "counted": false, "writes_text": false}, {"body": "", "event": "delete", "queue": ["public", "sale"], "table": "sale", "queued": [["amount", "numeric(10,2)"], ["customer_id", "integer"], ["id", "bigint"]], "schema": "public", "counted": false, "writes_text": false}, {"body": "", "event": "truncate", "queue": ["public", "sale"], "table": "sale", "queued": [["amount", "numeric(10,2)"], ["customer_id", "integer"], ["id", "bigint"]], "schema": "public", "counted": false, "writes_text": false}]', '{"DROP FUNCTION IF EXISTS pgvista.buyers_deferred_1dc32f35_maintain(integer[], text[], integer[], boolean, boolean)","DROP FUNCTION IF EXISTS pgvista.buyers_deferred_1dc32f35_pending(pgvista.pending[])","DROP FUNCTION IF EXISTS pgvista.buyers_deferred_1dc32f35_take(pg_snapshot, pg_snapshot, xid8, timestamptz)","DROP TABLE IF EXISTS pgvista.buyers_deferred_1dc32f35","DROP FUNCTION IF EXISTS pgvista.buyers_deferred_1dc32f35_waits(pg_snapshot)"}', '{"SELECT pgvista.buyers_deferred_1dc32f35_maintain(everything => true)"}', '1a9eebe361f845ec18591372716e10d0', 'SELECT
  s.id AS id,
  s.name AS name,
  s.amounts AS amounts
FROM pgvista.buyers_deferred_1dc32f35 AS s', ' SELECT c.id,
    c.name,
    array_agg(s.amount ORDER BY s.id) AS amounts
   FROM (public.customer c
     JOIN public.sale s ON ((s.customer_id = c.id)))
  GROUP BY c.id, c.name;', '2026-11-29 14:30:28.544478+00'),
	('public', 'buyers_immediate', 'buyers_immediate_346f2ed7', 'immediate', 'recompute', 0, 'buyers_immediate_346f2ed7', '{pgvista_key_1}', '[{"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY[''public.customer'', ''public.sale'']);\n    END IF;\n    IF pgv_bulk THEN\n      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(everything => true);\n    ELSE\n  DECLARE\n    a_e1_1 integer[];\n  BEGIN\n    SELECT array_agg(id) INTO a_e1_1\n      FROM (SELECT DISTINCT id FROM new_rows) AS d;\n    IF a_e1_1 IS NOT NULL THEN\n      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(e1_1 => a_e1_1);\n    END IF;\n  END;\n    END IF;\n  END;\n", "event": "insert", "table": "customer", "schema": "public", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY[''public.customer'', ''public.sale'']) AND ((SELECT sum(hash_record_extended(ROW(id, name, city), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(id, name, city), 0)::numeric) FROM old_rows));\n    END IF;\n    IF pgv_bulk THEN\n      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(everything => true);\n    ELSE\n  DECLARE\n    a_e1_1 integer[];\n  BEGIN\n    SELECT array_agg(id) INTO a_e1_1\n      FROM (SELECT DISTINCT id FROM (\n        (SELECT id, name, city FROM new_rows EXCEPT ALL SELECT id, name, city FROM old_rows) UNION ALL (SELECT id, name, city FROM old_rows EXCEPT ALL SELECT id, name, city FROM new_rows)) AS c) AS d;\n    IF a_e1_1 IS NOT NULL THEN\n      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(e1_1 => a_e1_1);\n    END IF;\n  END;\n    END IF;\n  END;\n", "event": "update", "table": "customer", "schema": "public", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY[''public.customer'', ''public.sale'']);\n    END IF;\n    IF pgv_bulk THEN\n      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(everything => true);\n    ELSE\n  DECLARE\n    a_e1_1 integer[];\n  BEGIN\n    SELECT array_agg(id) INTO a_e1_1\n      FROM (SELECT DISTINCT id FROM old_rows) AS d;\n    IF a_e1_1 IS NOT NULL THEN\n      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(e1_1 => a_e1_1);\n    END IF;\n  END;\n    END IF;\n  END;\n", "event": "delete", "table": "customer", "schema": "public", "counted": false, "writes_text": false}, {"body": "      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(everything => true);\n", "event": "truncate", "table": "customer", "schema": "public", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY[''public.customer'', ''public.sale'']);\n    END IF;\n    IF pgv_bulk THEN\n      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(everything => true);\n    ELSE\n  DECLARE\n    a_e2_1 integer[];\n  BEGIN\n    SELECT array_agg(customer_id) INTO a_e2_1\n      FROM (SELECT DISTINCT customer_id FROM new_rows) AS d;\n    IF a_e2_1 IS NOT NULL THEN\n      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(e2_1 => a_e2_1);\n    END IF;\n  END;\n    END IF;\n  END;\n", "event": "insert", "table": "sale", "schema": "public", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY[''public.customer'', ''public.sale'']) AND ((SELECT sum(hash_record_extended(ROW(customer_id, amount), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(customer_id, amount), 0)::numeric) FROM old_rows));\n    END IF;\n    IF pgv_bulk THEN\n      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(everything => true);\n    ELSE\n  DECLARE\n    a_e2_1 integer[];\n  BEGIN\n    SELECT array_agg(customer_id) INTO a_e2_1\n      FROM (SELECT DISTINCT customer_id FROM (\n        (SELECT customer_id, amount FROM new_rows EXCEPT ALL SELECT customer_id, amount FROM old_rows) UNION ALL (SELECT customer_id, amount FROM old_rows EXCEPT ALL SELECT customer_id, amount FROM new_rows)) AS c) AS d;\n    IF a_e2_1 IS NOT NULL THEN\n      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(e2_1 => a_e2_1);\n    END IF;\n  END;\n    END IF;\n  END;\n", "event": "update", "table": "sale", "schema": "public", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY[''public.customer'', ''public.sale'']);\n    END IF;\n    IF pgv_bulk THEN\n      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(everything => true);\n    ELSE\n  DECLARE\n    a_e2_1 integer[];\n  BEGIN\n    SELECT array_agg(customer_id) INTO a_e2_1\n      FROM (SELECT DISTINCT customer_id FROM old_rows) AS d;\n    IF a_e2_1 IS NOT NULL THEN\n      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(e2_1 => a_e2_1);\n    END IF;\n  END;\n    END IF;\n  END;\n", "event": "delete", "table": "sale", "schema": "public", "counted": false, "writes_text": false}, {"body": "      PERFORM pgvista.buyers_immediate_346f2ed7_maintain(everything => true);\n", "event": "truncate", "table": "sale", "schema": "public", "counted": false, "writes_text": false}]', '{"DROP FUNCTION IF EXISTS pgvista.buyers_immediate_346f2ed7_maintain(integer[], integer[], boolean, boolean)","DROP TABLE IF EXISTS pgvista.buyers_immediate_346f2ed7"}', '{"SELECT pgvista.buyers_immediate_346f2ed7_maintain(everything => true)"}', 'adabb66e9ddf2802f8ac718375e6c8ac', 'SELECT
  s.id AS id,
  s.name AS name,
  s.best AS best
FROM pgvista.buyers_immediate_346f2ed7 AS s', ' SELECT c.id,
    c.name,
    ( SELECT max(s.amount) AS max
           FROM public.sale s
          WHERE (s.customer_id = c.id)) AS best
   FROM public.customer c
  WHERE (c.city IS NOT NULL);', '2026-11-29 14:30:28.647794+00'),
	('public', 'buyers_on_commit', 'buyers_on_commit_b4bd8f54', 'on_commit', 'recompute', 0, 'buyers_on_commit_b4bd8f54', '{id}', '[{"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY[''public.customer'', ''public.sale'']);\n    END IF;\n    IF pgv_bulk THEN\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.buyers_on_commit_b4bd8f54_pending'', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());\n    ELSE\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.buyers_on_commit_b4bd8f54_pending'', 1, ARRAY[array_agg(id)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())\n      FROM (SELECT DISTINCT id FROM new_rows) AS d HAVING count(*) > 0;\n    END IF;\n  END;\n", "event": "insert", "table": "customer", "schema": "public", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY[''public.customer'', ''public.sale'']) AND ((SELECT sum(hash_record_extended(ROW(id, name), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(id, name), 0)::numeric) FROM old_rows));\n    END IF;\n    IF pgv_bulk THEN\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.buyers_on_commit_b4bd8f54_pending'', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());\n    ELSE\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.buyers_on_commit_b4bd8f54_pending'', 1, ARRAY[array_agg(id)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())\n      FROM (SELECT DISTINCT id FROM (\n        (SELECT id, name FROM new_rows EXCEPT ALL SELECT id, name FROM old_rows) UNION ALL (SELECT id, name FROM old_rows EXCEPT ALL SELECT id, name FROM new_rows)) AS c) AS d HAVING count(*) > 0;\n    END IF;\n  END;\n", "event": "update", "table": "customer", "schema": "public", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY[''public.customer'', ''public.sale'']);\n    END IF;\n    IF pgv_bulk THEN\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.buyers_on_commit_b4bd8f54_pending'', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());\n    ELSE\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.buyers_on_commit_b4bd8f54_pending'', 1, ARRAY[array_agg(id)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())\n      FROM (SELECT DISTINCT id FROM old_rows) AS d HAVING count(*) > 0;\n    END IF;\n  END;\n", "event": "delete", "table": "customer", "schema": "public", "counted": false, "writes_text": false}, {"body": "    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.buyers_on_commit_b4bd8f54_pending'', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());\n", "event": "truncate", "table": "customer", "schema": "public", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY[''public.customer'', ''public.sale'']);\n    END IF;\n    IF pgv_bulk THEN\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.buyers_on_commit_b4bd8f54_pending'', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());\n    ELSE\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.buyers_on_commit_b4bd8f54_pending'', 2, ARRAY[array_agg(customer_id)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())\n      FROM (SELECT DISTINCT customer_id FROM new_rows) AS d HAVING count(*) > 0;\n    END IF;\n  END;\n", "event": "insert", "table": "sale", "schema": "public", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY[''public.customer'', ''public.sale'']) AND ((SELECT sum(hash_record_extended(ROW(id, customer_id, amount), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(id, customer_id, amount), 0)::numeric) FROM old_rows));\n    END IF;\n    IF pgv_bulk THEN\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.buyers_on_commit_b4bd8f54_pending'', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());\n    ELSE\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.buyers_on_commit_b4bd8f54_pending'', 2, ARRAY[array_agg(customer_id)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())\n      FROM (SELECT DISTINCT customer_id FROM (\n        (SELECT id, customer_id, amount FROM new_rows EXCEPT ALL SELECT id, customer_id, amount FROM old_rows) UNION ALL (SELECT id, customer_id, amount FROM old_rows EXCEPT ALL SELECT id, customer_id, amount FROM new_rows)) AS c) AS d HAVING count(*) > 0;\n    END IF;\n  END;\n", "event": "update", "table": "sale", "schema": "public", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY[''public.customer'', ''public.sale'']);\n    END IF;\n    IF pgv_bulk THEN\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.buyers_on_commit_b4bd8f54_pending'', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());\n    ELSE\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.buyers_on_commit_b4bd8f54_pending'', 2, ARRAY[array_agg(customer_id)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())\n      FROM (SELECT DISTINCT customer_id FROM old_rows) AS d HAVING count(*) > 0;\n    END IF;\n  END;\n", "event": "delete", "table": "sale", "schema": "public", "counted": false, "writes_text": false}, {"body": "    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.buyers_on_commit_b4bd8f54_pending'', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());\n", "event": "truncate", "table": "sale", "schema": "public", "counted": false, "writes_text": false}]', '{"DROP FUNCTION IF EXISTS pgvista.buyers_on_commit_b4bd8f54_maintain(integer[], integer[], boolean, boolean)","DROP FUNCTION IF EXISTS pgvista.buyers_on_commit_b4bd8f54_pending(pgvista.pending[])","DROP TABLE IF EXISTS pgvista.buyers_on_commit_b4bd8f54"}', '{"SELECT pgvista.buyers_on_commit_b4bd8f54_maintain(everything => true)"}', '1a9eebe361f845ecd2f17097271da1c7', 'SELECT
  s.id AS id,
  s.name AS name,
  s.sale_id AS sale_id,
  s.amount AS amount
FROM pgvista.buyers_on_commit_b4bd8f54 AS s', ' SELECT c.id,
    c.name,
    s.id AS sale_id,
    s.amount
   FROM (public.customer c
     LEFT JOIN public.sale s ON (((s.customer_id = c.id) AND (s.amount > (90)::numeric))));', '2026-11-29 14:30:28.682785+00'),
	('public', 'cities_deferred', 'cities_deferred_4fd04880', 'deferred', 'algebraic', 0, 'cities_deferred_4fd04880', '{city}', '[{"body": "", "event": "insert", "queue": ["public", "customer"], "table": "customer", "queued": [["city", "text"], ["id", "integer"]], "schema": "public", "counted": false, "writes_text": false}, {"body": "", "event": "update", "queue": ["public", "customer"], "table": "customer", "queued": [["city", "text"], ["id", "integer"]], "schema": "public", "counted": false, "writes_text": false}, {"body": "", "event": "delete", "queue": ["public", "customer"], "table": "customer", "queued": [["city", "text"], ["id", "integer"]], "schema": "public", "counted": false, "writes_text": false}, {"body": "", "event": "truncate", "queue": ["public", "customer"], "table": "customer", "queued": [["city", "text"], ["id", "integer"]], "schema": "public", "counted": false, "writes_text": false}, {"body": "", "event": "insert", "queue": ["public", "sale"], "table": "sale", "queued": [["amount", "numeric(10,2)"], ["customer_id", "integer"]], "schema": "public", "counted": false, "writes_text": false}, {"body": "", "event": "update", "queue": ["public", "sale"], "table": "sale", "queued": [["amount", "numeric(10,2)"], ["customer_id", "integer"]], "schema": "public", "counted": false, "writes_text": false}, {"body": "", "event": "delete", "queue": ["public", "sale"], "table": "sale", "queued": [["amount", "numeric(10,2)"], ["customer_id", "integer"]], "schema": "public", "counted": false, "writes_text": false}, {"body": "", "event": "truncate", "queue": ["public", "sale"], "table": "sale", "queued": [["amount", "numeric(10,2)"], ["customer_id", "integer"]], "schema": "public", "counted": false, "writes_text": false}]', '{"DROP FUNCTION IF EXISTS pgvista.cities_deferred_4fd04880_maintain(integer[], text[], integer[], boolean, boolean)","DROP FUNCTION IF EXISTS pgvista.cities_deferred_4fd04880_pending(pgvista.pending[])","DROP FUNCTION IF EXISTS pgvista.cities_deferred_4fd04880_take(pg_snapshot, pg_snapshot, xid8, timestamptz)","DROP TABLE IF EXISTS pgvista.cities_deferred_4fd04880","DROP FUNCTION IF EXISTS pgvista.cities_deferred_4fd04880_waits(pg_snapshot)"}', '{"SELECT pgvista.cities_deferred_4fd04880_maintain(everything => true)"}', '1a9eebe361f845ec8c9c4acd762c5a48', 'SELECT
  s.city AS city,
  s.n AS n,
  s.total AS total
FROM pgvista.cities_deferred_4fd04880 AS s', ' SELECT c.city,
    count(*) AS n,
    sum(s.amount) AS total
   FROM (public.customer c
     JOIN public.sale s ON ((s.customer_id = c.id)))
  GROUP BY c.city;', '2026-11-29 14:30:28.699442+00'),
	('public', 'cities_immediate', 'cities_immediate_b066469a', 'immediate', 'algebraic', 0, 'cities_immediate_b066469a', '{city}', '[{"body": "  IF pgv_alone AND (coalesce(current_setting(''pgvista.recounted'', true), '''') = '''' OR NOT pgvista.is_recounted(''cities_immediate_b066469a'')) THEN\n  DECLARE\n    pgv_locked bigint := 0;\n  BEGIN\n    IF current_setting(''transaction_isolation'') = ''read committed'' THEN\n      INSERT INTO pgvista.lock AS l (view, slot)\n        SELECT DISTINCT hashtext(''cities_immediate_b066469a''), slot FROM (SELECT unnest(CASE WHEN t1.id IS NOT NULL THEN pgvista.all_lanes((pg_catalog.hash_record_extended(ROW(t1.id), -59907388) & 65535) * 16) END) AS slot FROM new_rows AS t1) AS x\n        WHERE slot IS NOT NULL AND CASE WHEN (SELECT count(*) FROM new_rows) <= 64 THEN pg_advisory_xact_lock_shared(1886154611, hashtext(''cities_immediate_b066469a'')) IS NOT NULL END ORDER BY slot\n        ON CONFLICT (view, slot) DO UPDATE SET turn = NOT l.turn;\n      GET DIAGNOSTICS pgv_locked = ROW_COUNT;\n    END IF;\n    IF pgv_locked = 0 THEN\n      PERFORM pgvista.lock_keys(''cities_immediate_b066469a'', (SELECT array_agg(DISTINCT slot ORDER BY slot) FROM (SELECT unnest(CASE WHEN t1.id IS NOT NULL THEN pgvista.all_lanes((pg_catalog.hash_record_extended(ROW(t1.id), -59907388) & 65535) * 16) END) AS slot FROM new_rows AS t1) AS x));\n    END IF;\n  END;\n    INSERT INTO pgvista.cities_immediate_b066469a AS s (city, n, total)\n      SELECT * FROM (SELECT\n  c.city AS city,\n  count(*) AS n,\n  ((sum(s.amount))::numeric) AS total\nFROM (new_rows AS c\n  JOIN public.sale AS s ON (s.customer_id = c.id))\nGROUP BY c.city) AS d ORDER BY city\n      ON CONFLICT (city) DO UPDATE SET n = s.n + excluded.n, total = s.total + excluded.total;\n  ELSE\n  DECLARE\n    a_e1_1 integer[];\n    a_e1_2 text[];\n  BEGIN\n    SELECT array_agg(id), array_agg(city) INTO a_e1_1, a_e1_2\n      FROM (SELECT DISTINCT id, city FROM new_rows) AS d;\n    IF a_e1_1 IS NOT NULL THEN\n      PERFORM pgvista.cities_immediate_b066469a_maintain(e1_1 => a_e1_1, e1_2 => a_e1_2);\n    END IF;\n  END;\n  END IF;\n", "event": "insert", "table": "customer", "schema": "public", "counted": true, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY[''public.customer'', ''public.sale'']) AND ((SELECT sum(hash_record_extended(ROW(id, city), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(id, city), 0)::numeric) FROM old_rows));\n    END IF;\n    IF pgv_bulk THEN\n      PERFORM pgvista.cities_immediate_b066469a_maintain(everything => true);\n    ELSE\n  IF pgv_alone AND (coalesce(current_setting(''pgvista.recounted'', true), '''') = '''' OR NOT pgvista.is_recounted(''cities_immediate_b066469a'')) THEN\n  DECLARE\n    pgv_locked bigint := 0;\n  BEGIN\n    IF current_setting(''transaction_isolation'') = ''read committed'' THEN\n      INSERT INTO pgvista.lock AS l (view, slot)\n        SELECT DISTINCT hashtext(''cities_immediate_b066469a''), slot FROM (SELECT unnest(CASE WHEN t1.id IS NOT NULL THEN pgvista.all_lanes((pg_catalog.hash_record_extended(ROW(t1.id), -59907388) & 65535) * 16) END) AS slot FROM new_rows AS t1 UNION ALL SELECT unnest(CASE WHEN t1.id IS NOT NULL THEN pgvista.all_lanes((pg_catalog.hash_record_extended(ROW(t1.id), -59907388) & 65535) * 16) END) AS slot FROM old_rows AS t1) AS x\n        WHERE slot IS NOT NULL AND CASE WHEN (SELECT count(*) FROM new_rows) <= 64 THEN pg_advisory_xact_lock_shared(1886154611, hashtext(''cities_immediate_b066469a'')) IS NOT NULL END ORDER BY slot\n        ON CONFLICT (view, slot) DO UPDATE SET turn = NOT l.turn;\n      GET DIAGNOSTICS pgv_locked = ROW_COUNT;\n    END IF;\n    IF pgv_locked = 0 THEN\n      PERFORM pgvista.lock_keys(''cities_immediate_b066469a'', (SELECT array_agg(DISTINCT slot ORDER BY slot) FROM (SELECT unnest(CASE WHEN t1.id IS NOT NULL THEN pgvista.all_lanes((pg_catalog.hash_record_extended(ROW(t1.id), -59907388) & 65535) * 16) END) AS slot FROM new_rows AS t1 UNION ALL SELECT unnest(CASE WHEN t1.id IS NOT NULL THEN pgvista.all_lanes((pg_catalog.hash_record_extended(ROW(t1.id), -59907388) & 65535) * 16) END) AS slot FROM old_rows AS t1) AS x));\n    END IF;\n  END;\n  DECLARE\n    pgv_gone tid[];\n    pgv_strange boolean;\n  BEGIN\n    WITH put AS (\n      INSERT INTO pgvista.cities_immediate_b066469a AS s (city, n, total)\n      WITH pgv_changed AS NOT MATERIALIZED (SELECT id, city, 1 AS pgv_sign FROM new_rows UNION ALL SELECT id, city, -1 AS pgv_sign FROM old_rows)\n      SELECT * FROM (SELECT\n  c.city AS city,\n  COALESCE(sum(c.pgv_sign), 0) AS n,\n  COALESCE(sum((c.pgv_sign * (s.amount::numeric))), 0) AS total\nFROM (pgv_changed AS c\n  JOIN public.sale AS s ON (s.customer_id = c.id))\nGROUP BY c.city) AS d WHERE n <> 0 OR total <> 0 ORDER BY city\n      ON CONFLICT (city) DO UPDATE SET n = s.n + excluded.n, total = s.total + excluded.total\n      RETURNING s.ctid AS pgv_place, n, total\n    )\n    SELECT array_agg(pgv_place) FILTER (WHERE n = 0), bool_or(total IN (''NaN'', ''Infinity'', ''-Infinity'')) INTO pgv_gone, pgv_strange FROM put;\n    IF pgv_gone IS NOT NULL THEN\n      DELETE FROM pgvista.cities_immediate_b066469a AS s WHERE s.ctid = ANY (pgv_gone);\n    END IF;\n    IF pgv_strange THEN\n      PERFORM pgvista.cities_immediate_b066469a_maintain(everything => true);\n    END IF;\n  END;\n  ELSE\n  DECLARE\n    a_e1_1 integer[];\n    a_e1_2 text[];\n  BEGIN\n    SELECT array_agg(id), array_agg(city) INTO a_e1_1, a_e1_2\n      FROM (SELECT DISTINCT id, city FROM (\n        (SELECT id, city FROM new_rows EXCEPT ALL SELECT id, city FROM old_rows) UNION ALL (SELECT id, city FROM old_rows EXCEPT ALL SELECT id, city FROM new_rows)) AS c) AS d;\n    IF a_e1_1 IS NOT NULL THEN\n      PERFORM pgvista.cities_immediate_b066469a_maintain(e1_1 => a_e1_1, e1_2 => a_e1_2);\n    END IF;\n  END;\n  END IF;\n    END IF;\n  END;\n", "event": "update", "table": "customer", "schema": "public", "counted": true, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY[''public.customer'', ''public.sale'']);\n    END IF;\n    IF pgv_bulk THEN\n      PERFORM pgvista.cities_immediate_b066469a_maintain(everything => true);\n    ELSE\n  IF pgv_alone AND (coalesce(current_setting(''pgvista.recounted'', true), '''') = '''' OR NOT pgvista.is_recounted(''cities_immediate_b066469a'')) THEN\n  DECLARE\n    pgv_locked bigint := 0;\n  BEGIN\n    IF current_setting(''transaction_isolation'') = ''read committed'' THEN\n      INSERT INTO pgvista.lock AS l (view, slot)\n        SELECT DISTINCT hashtext(''cities_immediate_b066469a''), slot FROM (SELECT unnest(CASE WHEN t1.id IS NOT NULL THEN pgvista.all_lanes((pg_catalog.hash_record_extended(ROW(t1.id), -59907388) & 65535) * 16) END) AS slot FROM old_rows AS t1) AS x\n        WHERE slot IS NOT NULL AND CASE WHEN (SELECT count(*) FROM old_rows) <= 64 THEN pg_advisory_xact_lock_shared(1886154611, hashtext(''cities_immediate_b066469a'')) IS NOT NULL END ORDER BY slot\n        ON CONFLICT (view, slot) DO UPDATE SET turn = NOT l.turn;\n      GET DIAGNOSTICS pgv_locked = ROW_COUNT;\n    END IF;\n    IF pgv_locked = 0 THEN\n      PERFORM pgvista.lock_keys(''cities_immediate_b066469a'', (SELECT array_agg(DISTINCT slot ORDER BY slot) FROM (SELECT unnest(CASE WHEN t1.id IS NOT NULL THEN pgvista.all_lanes((pg_catalog.hash_record_extended(ROW(t1.id), -59907388) & 65535) * 16) END) AS slot FROM old_rows AS t1) AS x));\n    END IF;\n  END;\n  DECLARE\n    pgv_gone tid[];\n    pgv_strange boolean;\n  BEGIN\n    WITH put AS (\n      INSERT INTO pgvista.cities_immediate_b066469a AS s (city, n, total)\n      SELECT * FROM (SELECT\n  c.city AS city,\n  (- count(*)) AS n,\n  (- ((sum(s.amount))::numeric)) AS total\nFROM (old_rows AS c\n  JOIN public.sale AS s ON (s.customer_id = c.id))\nGROUP BY c.city) AS d ORDER BY city\n      ON CONFLICT (city) DO UPDATE SET n = s.n + excluded.n, total = s.total + excluded.total\n      RETURNING s.ctid AS pgv_place, n, total\n    )\n    SELECT array_agg(pgv_place) FILTER (WHERE n = 0), bool_or(total IN (''NaN'', ''Infinity'', ''-Infinity'')) INTO pgv_gone, pgv_strange FROM put;\n    IF pgv_gone IS NOT NULL THEN\n      DELETE FROM pgvista.cities_immediate_b066469a AS s WHERE s.ctid = ANY (pgv_gone);\n    END IF;\n    IF pgv_strange THEN\n      PERFORM pgvista.cities_immediate_b066469a_maintain(everything => true);\n    END IF;\n  END;\n  ELSE\n  DECLARE\n    a_e1_1 integer[];\n    a_e1_2 text[];\n  BEGIN\n    SELECT array_agg(id), array_agg(city) INTO a_e1_1, a_e1_2\n      FROM (SELECT DISTINCT id, city FROM old_rows) AS d;\n    IF a_e1_1 IS NOT NULL THEN\n      PERFORM pgvista.cities_immediate_b066469a_maintain(e1_1 => a_e1_1, e1_2 => a_e1_2);\n    END IF;\n  END;\n  END IF;\n    END IF;\n  END;\n", "event": "delete", "table": "customer", "schema": "public", "counted": true, "writes_text": false}, {"body": "      PERFORM pgvista.cities_immediate_b066469a_maintain(everything => true);\n", "event": "truncate", "table": "customer", "schema": "public", "counted": false, "writes_text": false}, {"body": "  IF pgv_alone AND (coalesce(current_setting(''pgvista.recounted'', true), '''') = '''' OR NOT pgvista.is_recounted(''cities_immediate_b066469a'')) THEN\n  DECLARE\n    pgv_locked bigint := 0;\n  BEGIN\n    IF current_setting(''transaction_isolation'') = ''read committed'' THEN\n      INSERT INTO pgvista.lock AS l (view, slot)\n        SELECT DISTINCT hashtext(''cities_immediate_b066469a''), slot FROM (SELECT unnest(CASE WHEN t2.customer_id IS NOT NULL THEN ARRAY[(pg_catalog.hash_record_extended(ROW(t2.customer_id), -59907388) & 65535) * 16 + 1 + (pg_catalog.pg_backend_pid() & 7)] END) AS slot FROM new_rows AS t2) AS x\n        WHERE slot IS NOT NULL AND CASE WHEN (SELECT count(*) FROM new_rows) <= 64 THEN pg_advisory_xact_lock_shared(1886154611, hashtext(''cities_immediate_b066469a'')) IS NOT NULL END ORDER BY slot\n        ON CONFLICT (view, slot) DO UPDATE SET turn = NOT l.turn;\n      GET DIAGNOSTICS pgv_locked = ROW_COUNT;\n    END IF;\n    IF pgv_locked = 0 THEN\n      PERFORM pgvista.lock_keys(''cities_immediate_b066469a'', (SELECT array_agg(DISTINCT slot ORDER BY slot) FROM (SELECT unnest(CASE WHEN t2.customer_id IS NOT NULL THEN ARRAY[(pg_catalog.hash_record_extended(ROW(t2.customer_id), -59907388) & 65535) * 16 + 1 + (pg_catalog.pg_backend_pid() & 7)] END) AS slot FROM new_rows AS t2) AS x));\n    END IF;\n  END;\n    INSERT INTO pgvista.cities_immediate_b066469a AS s (city, n, total)\n      SELECT * FROM (SELECT\n  c.city AS city,\n  count(*) AS n,\n  ((sum(s.amount))::numeric) AS total\nFROM (public.customer AS c\n  JOIN new_rows AS s ON (s.customer_id = c.id))\nGROUP BY c.city) AS d ORDER BY city\n      ON CONFLICT (city) DO UPDATE SET n = s.n + excluded.n, total = s.total + excluded.total;\n  ELSE\n  DECLARE\n    a_e2_1 integer[];\n  BEGIN\n    SELECT array_agg(customer_id) INTO a_e2_1\n      FROM (SELECT DISTINCT customer_id FROM new_rows) AS d;\n    IF a_e2_1 IS NOT NULL THEN\n      PERFORM pgvista.cities_immediate_b066469a_maintain(e2_1 => a_e2_1);\n    END IF;\n  END;\n  END IF;\n", "event": "insert", "table": "sale", "schema": "public", "counted": true, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY[''public.customer'', ''public.sale'']) AND ((SELECT sum(hash_record_extended(ROW(customer_id, amount), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(customer_id, amount), 0)::numeric) FROM old_rows));\n    END IF;\n    IF pgv_bulk THEN\n      PERFORM pgvista.cities_immediate_b066469a_maintain(everything => true);\n    ELSE\n  IF pgv_alone AND (coalesce(current_setting(''pgvista.recounted'', true), '''') = '''' OR NOT pgvista.is_recounted(''cities_immediate_b066469a'')) THEN\n  DECLARE\n    pgv_locked bigint := 0;\n  BEGIN\n    IF current_setting(''transaction_isolation'') = ''read committed'' THEN\n      INSERT INTO pgvista.lock AS l (view, slot)\n        SELECT DISTINCT hashtext(''cities_immediate_b066469a''), slot FROM (SELECT unnest(CASE WHEN t2.customer_id IS NOT NULL THEN ARRAY[(pg_catalog.hash_record_extended(ROW(t2.customer_id), -59907388) & 65535) * 16 + 1 + (pg_catalog.pg_backend_pid() & 7)] END) AS slot FROM new_rows AS t2 UNION ALL SELECT unnest(CASE WHEN t2.customer_id IS NOT NULL THEN ARRAY[(pg_catalog.hash_record_extended(ROW(t2.customer_id), -59907388) & 65535) * 16 + 1 + (pg_catalog.pg_backend_pid() & 7)] END) AS slot FROM old_rows AS t2) AS x\n        WHERE slot IS NOT NULL AND CASE WHEN (SELECT count(*) FROM new_rows) <= 64 THEN pg_advisory_xact_lock_shared(1886154611, hashtext(''cities_immediate_b066469a'')) IS NOT NULL END ORDER BY slot\n        ON CONFLICT (view, slot) DO UPDATE SET turn = NOT l.turn;\n      GET DIAGNOSTICS pgv_locked = ROW_COUNT;\n    END IF;\n    IF pgv_locked = 0 THEN\n      PERFORM pgvista.lock_keys(''cities_immediate_b066469a'', (SELECT array_agg(DISTINCT slot ORDER BY slot) FROM (SELECT unnest(CASE WHEN t2.customer_id IS NOT NULL THEN ARRAY[(pg_catalog.hash_record_extended(ROW(t2.customer_id), -59907388) & 65535) * 16 + 1 + (pg_catalog.pg_backend_pid() & 7)] END) AS slot FROM new_rows AS t2 UNION ALL SELECT unnest(CASE WHEN t2.customer_id IS NOT NULL THEN ARRAY[(pg_catalog.hash_record_extended(ROW(t2.customer_id), -59907388) & 65535) * 16 + 1 + (pg_catalog.pg_backend_pid() & 7)] END) AS slot FROM old_rows AS t2) AS x));\n    END IF;\n  END;\n  DECLARE\n    pgv_gone tid[];\n    pgv_strange boolean;\n  BEGIN\n    WITH put AS (\n      INSERT INTO pgvista.cities_immediate_b066469a AS s (city, n, total)\n      WITH pgv_changed AS NOT MATERIALIZED (SELECT customer_id, amount, 1 AS pgv_sign FROM new_rows UNION ALL SELECT customer_id, amount, -1 AS pgv_sign FROM old_rows)\n      SELECT * FROM (SELECT\n  c.city AS city,\n  COALESCE(sum(s.pgv_sign), 0) AS n,\n  COALESCE(sum((s.pgv_sign * (s.amount::numeric))), 0) AS total\nFROM (public.customer AS c\n  JOIN pgv_changed AS s ON (s.customer_id = c.id))\nGROUP BY c.city) AS d WHERE n <> 0 OR total <> 0 ORDER BY city\n      ON CONFLICT (city) DO UPDATE SET n = s.n + excluded.n, total = s.total + excluded.total\n      RETURNING s.ctid AS pgv_place, n, total\n    )\n    SELECT array_agg(pgv_place) FILTER (WHERE n = 0), bool_or(total IN (''NaN'', ''Infinity'', ''-Infinity'')) INTO pgv_gone, pgv_strange FROM put;\n    IF pgv_gone IS NOT NULL THEN\n      DELETE FROM pgvista.cities_immediate_b066469a AS s WHERE s.ctid = ANY (pgv_gone);\n    END IF;\n    IF pgv_strange THEN\n      PERFORM pgvista.cities_immediate_b066469a_maintain(everything => true);\n    END IF;\n  END;\n  ELSE\n  DECLARE\n    a_e2_1 integer[];\n  BEGIN\n    SELECT array_agg(customer_id) INTO a_e2_1\n      FROM (SELECT DISTINCT customer_id FROM (\n        (SELECT customer_id, amount FROM new_rows EXCEPT ALL SELECT customer_id, amount FROM old_rows) UNION ALL (SELECT customer_id, amount FROM old_rows EXCEPT ALL SELECT customer_id, amount FROM new_rows)) AS c) AS d;\n    IF a_e2_1 IS NOT NULL THEN\n      PERFORM pgvista.cities_immediate_b066469a_maintain(e2_1 => a_e2_1);\n    END IF;\n  END;\n  END IF;\n    END IF;\n  END;\n", "event": "update", "table": "sale", "schema": "public", "counted": true, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY[''public.customer'', ''public.sale'']);\n    END IF;\n    IF pgv_bulk THEN\n      PERFORM pgvista.cities_immediate_b066469a_maintain(everything => true);\n    ELSE\n  IF pgv_alone AND (coalesce(current_setting(''pgvista.recounted'', true), '''') = '''' OR NOT pgvista.is_recounted(''cities_immediate_b066469a'')) THEN\n  DECLARE\n    pgv_locked bigint := 0;\n  BEGIN\n    IF current_setting(''transaction_isolation'') = ''read committed'' THEN\n      INSERT INTO pgvista.lock AS l (view, slot)\n        SELECT DISTINCT hashtext(''cities_immediate_b066469a''), slot FROM (SELECT unnest(CASE WHEN t2.customer_id IS NOT NULL THEN ARRAY[(pg_catalog.hash_record_extended(ROW(t2.customer_id), -59907388) & 65535) * 16 + 1 + (pg_catalog.pg_backend_pid() & 7)] END) AS slot FROM old_rows AS t2) AS x\n        WHERE slot IS NOT NULL AND CASE WHEN (SELECT count(*) FROM old_rows) <= 64 THEN pg_advisory_xact_lock_shared(1886154611, hashtext(''cities_immediate_b066469a'')) IS NOT NULL END ORDER BY slot\n        ON CONFLICT (view, slot) DO UPDATE SET turn = NOT l.turn;\n      GET DIAGNOSTICS pgv_locked = ROW_COUNT;\n    END IF;\n    IF pgv_locked = 0 THEN\n      PERFORM pgvista.lock_keys(''cities_immediate_b066469a'', (SELECT array_agg(DISTINCT slot ORDER BY slot) FROM (SELECT unnest(CASE WHEN t2.customer_id IS NOT NULL THEN ARRAY[(pg_catalog.hash_record_extended(ROW(t2.customer_id), -59907388) & 65535) * 16 + 1 + (pg_catalog.pg_backend_pid() & 7)] END) AS slot FROM old_rows AS t2) AS x));\n    END IF;\n  END;\n  DECLARE\n    pgv_gone tid[];\n    pgv_strange boolean;\n  BEGIN\n    WITH put AS (\n      INSERT INTO pgvista.cities_immediate_b066469a AS s (city, n, total)\n      SELECT * FROM (SELECT\n  c.city AS city,\n  (- count(*)) AS n,\n  (- ((sum(s.amount))::numeric)) AS total\nFROM (public.customer AS c\n  JOIN old_rows AS s ON (s.customer_id = c.id))\nGROUP BY c.city) AS d ORDER BY city\n      ON CONFLICT (city) DO UPDATE SET n = s.n + excluded.n, total = s.total + excluded.total\n      RETURNING s.ctid AS pgv_place, n, total\n    )\n    SELECT array_agg(pgv_place) FILTER (WHERE n = 0), bool_or(total IN (''NaN'', ''Infinity'', ''-Infinity'')) INTO pgv_gone, pgv_strange FROM put;\n    IF pgv_gone IS NOT NULL THEN\n      DELETE FROM pgvista.cities_immediate_b066469a AS s WHERE s.ctid = ANY (pgv_gone);\n    END IF;\n    IF pgv_strange THEN\n      PERFORM pgvista.cities_immediate_b066469a_maintain(everything => true);\n    END IF;\n  END;\n  ELSE\n  DECLARE\n    a_e2_1 integer[];\n  BEGIN\n    SELECT array_agg(customer_id) INTO a_e2_1\n      FROM (SELECT DISTINCT customer_id FROM old_rows) AS d;\n    IF a_e2_1 IS NOT NULL THEN\n      PERFORM pgvista.cities_immediate_b066469a_maintain(e2_1 => a_e2_1);\n    END IF;\n  END;\n  END IF;\n    END IF;\n  END;\n", "event": "delete", "table": "sale", "schema": "public", "counted": true, "writes_text": false}, {"body": "      PERFORM pgvista.cities_immediate_b066469a_maintain(everything => true);\n", "event": "truncate", "table": "sale", "schema": "public", "counted": false, "writes_text": false}]', '{"DROP FUNCTION IF EXISTS pgvista.cities_immediate_b066469a_maintain(integer[], text[], integer[], boolean, boolean)","DROP TABLE IF EXISTS pgvista.cities_immediate_b066469a"}', '{"SELECT pgvista.cities_immediate_b066469a_maintain(everything => true)"}', '1a9eebe361f845ec6cfd6c3a865bbcf0', 'SELECT
  s.city AS city,
  s.n AS n,
  s.total AS total
FROM pgvista.cities_immediate_b066469a AS s', ' SELECT c.city,
    count(*) AS n,
    sum(s.amount) AS total
   FROM (public.customer c
     JOIN public.sale s ON ((s.customer_id = c.id)))
  GROUP BY c.city;', '2026-11-29 14:30:28.715465+00'),
	('public', 'cities_on_commit', 'cities_on_commit_fd5d7c24', 'on_commit', 'algebraic', 0, 'cities_on_commit_fd5d7c24', '{city}', '[{"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY[''public.customer'', ''public.sale'']);\n    END IF;\n    IF pgv_bulk THEN\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.cities_on_commit_fd5d7c24_pending'', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());\n    ELSE\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.cities_on_commit_fd5d7c24_pending'', 1, ARRAY[array_agg(id)::text, array_agg(city)::text, array_agg(pgv_sign)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())\n      FROM (SELECT id, city, 1 AS pgv_sign FROM new_rows) AS d HAVING count(*) > 0;\n    END IF;\n  END;\n", "event": "insert", "table": "customer", "schema": "public", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY[''public.customer'', ''public.sale'']) AND ((SELECT sum(hash_record_extended(ROW(id, city), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(id, city), 0)::numeric) FROM old_rows));\n    END IF;\n    IF pgv_bulk THEN\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.cities_on_commit_fd5d7c24_pending'', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());\n    ELSE\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.cities_on_commit_fd5d7c24_pending'', 1, ARRAY[array_agg(id)::text, array_agg(city)::text, array_agg(pgv_sign)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())\n      FROM (SELECT id, city, 1 AS pgv_sign FROM (SELECT id, city FROM new_rows EXCEPT ALL SELECT id, city FROM old_rows) AS n UNION ALL SELECT id, city, -1 AS pgv_sign FROM (SELECT id, city FROM old_rows EXCEPT ALL SELECT id, city FROM new_rows) AS o) AS d HAVING count(*) > 0;\n    END IF;\n  END;\n", "event": "update", "table": "customer", "schema": "public", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY[''public.customer'', ''public.sale'']);\n    END IF;\n    IF pgv_bulk THEN\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.cities_on_commit_fd5d7c24_pending'', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());\n    ELSE\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.cities_on_commit_fd5d7c24_pending'', 1, ARRAY[array_agg(id)::text, array_agg(city)::text, array_agg(pgv_sign)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())\n      FROM (SELECT id, city, -1 AS pgv_sign FROM old_rows) AS d HAVING count(*) > 0;\n    END IF;\n  END;\n", "event": "delete", "table": "customer", "schema": "public", "counted": false, "writes_text": false}, {"body": "    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.cities_on_commit_fd5d7c24_pending'', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());\n", "event": "truncate", "table": "customer", "schema": "public", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY[''public.customer'', ''public.sale'']);\n    END IF;\n    IF pgv_bulk THEN\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.cities_on_commit_fd5d7c24_pending'', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());\n    ELSE\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.cities_on_commit_fd5d7c24_pending'', 2, ARRAY[array_agg(customer_id)::text, array_agg(amount)::text, array_agg(pgv_sign)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())\n      FROM (SELECT customer_id, amount, 1 AS pgv_sign FROM new_rows) AS d HAVING count(*) > 0;\n    END IF;\n  END;\n", "event": "insert", "table": "sale", "schema": "public", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY[''public.customer'', ''public.sale'']) AND ((SELECT sum(hash_record_extended(ROW(customer_id, amount), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(customer_id, amount), 0)::numeric) FROM old_rows));\n    END IF;\n    IF pgv_bulk THEN\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.cities_on_commit_fd5d7c24_pending'', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());\n    ELSE\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.cities_on_commit_fd5d7c24_pending'', 2, ARRAY[array_agg(customer_id)::text, array_agg(amount)::text, array_agg(pgv_sign)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())\n      FROM (SELECT customer_id, amount, 1 AS pgv_sign FROM (SELECT customer_id, amount FROM new_rows EXCEPT ALL SELECT customer_id, amount FROM old_rows) AS n UNION ALL SELECT customer_id, amount, -1 AS pgv_sign FROM (SELECT customer_id, amount FROM old_rows EXCEPT ALL SELECT customer_id, amount FROM new_rows) AS o) AS d HAVING count(*) > 0;\n    END IF;\n  END;\n", "event": "update", "table": "sale", "schema": "public", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY[''public.customer'', ''public.sale'']);\n    END IF;\n    IF pgv_bulk THEN\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.cities_on_commit_fd5d7c24_pending'', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());\n    ELSE\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.cities_on_commit_fd5d7c24_pending'', 2, ARRAY[array_agg(customer_id)::text, array_agg(amount)::text, array_agg(pgv_sign)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())\n      FROM (SELECT customer_id, amount, -1 AS pgv_sign FROM old_rows) AS d HAVING count(*) > 0;\n    END IF;\n  END;\n", "event": "delete", "table": "sale", "schema": "public", "counted": false, "writes_text": false}, {"body": "    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.cities_on_commit_fd5d7c24_pending'', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());\n", "event": "truncate", "table": "sale", "schema": "public", "counted": false, "writes_text": false}]', '{"DROP FUNCTION IF EXISTS pgvista.cities_on_commit_fd5d7c24_maintain(integer[], text[], integer[], boolean, boolean)","DROP FUNCTION IF EXISTS pgvista.cities_on_commit_fd5d7c24_pending(pgvista.pending[])","DROP TABLE IF EXISTS pgvista.cities_on_commit_fd5d7c24"}', '{"SELECT pgvista.cities_on_commit_fd5d7c24_maintain(everything => true)"}', '1a9eebe361f845ec8c9c4acd762c5a48', 'SELECT
  s.city AS city,
  s.n AS n,
  s.total AS total
FROM pgvista.cities_on_commit_fd5d7c24 AS s', ' SELECT c.city,
    count(*) AS n,
    sum(s.amount) AS total
   FROM (public.customer c
     JOIN public.sale s ON ((s.customer_id = c.id)))
  GROUP BY c.city;', '2026-11-29 14:30:28.731935+00'),
	('public', 'sums_immediate', 'sums_immediate_bc14e457', 'immediate', 'algebraic', 0, 'sums_immediate_bc14e457', '{customer_id}', '[{"body": "  IF (coalesce(current_setting(''pgvista.recounted'', true), '''') = '''' OR NOT pgvista.is_recounted(''sums_immediate_bc14e457'')) THEN\n    INSERT INTO pgvista.sums_immediate_bc14e457 AS s (customer_id, n, total, last)\n      SELECT * FROM (SELECT\n  customer_id AS customer_id,\n  count(*) AS n,\n  ((sum(amount))::numeric) AS total,\n  max(sold_on) AS last\nFROM new_rows AS sale\nGROUP BY customer_id) AS d ORDER BY customer_id\n      ON CONFLICT (customer_id) DO UPDATE SET n = s.n + excluded.n, total = s.total + excluded.total, last = GREATEST(s.last, excluded.last);\n  ELSE\n  DECLARE\n    a_e1_1 integer[];\n  BEGIN\n    SELECT array_agg(customer_id) INTO a_e1_1\n      FROM (SELECT DISTINCT customer_id FROM new_rows) AS d;\n    IF a_e1_1 IS NOT NULL THEN\n      PERFORM pgvista.sums_immediate_bc14e457_maintain(e1_1 => a_e1_1);\n    END IF;\n  END;\n  END IF;\n", "event": "insert", "table": "sale", "schema": "public", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY[''public.sale'']) AND ((SELECT sum(hash_record_extended(ROW(customer_id, amount, sold_on), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(customer_id, amount, sold_on), 0)::numeric) FROM old_rows));\n    END IF;\n    IF pgv_bulk THEN\n      PERFORM pgvista.sums_immediate_bc14e457_maintain(everything => true);\n    ELSE\n  DECLARE\n    a_e1_1 integer[];\n  BEGIN\n    SELECT array_agg(customer_id) INTO a_e1_1\n      FROM (SELECT DISTINCT customer_id FROM (\n        (SELECT customer_id, amount, sold_on FROM new_rows EXCEPT ALL SELECT customer_id, amount, sold_on FROM old_rows) UNION ALL (SELECT customer_id, amount, sold_on FROM old_rows EXCEPT ALL SELECT customer_id, amount, sold_on FROM new_rows)) AS c) AS d;\n    IF a_e1_1 IS NOT NULL THEN\n      PERFORM pgvista.sums_immediate_bc14e457_maintain(e1_1 => a_e1_1);\n    END IF;\n  END;\n    END IF;\n  END;\n", "event": "update", "table": "sale", "schema": "public", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY[''public.sale'']);\n    END IF;\n    IF pgv_bulk THEN\n      PERFORM pgvista.sums_immediate_bc14e457_maintain(everything => true);\n    ELSE\n  DECLARE\n    a_e1_1 integer[];\n  BEGIN\n    SELECT array_agg(customer_id) INTO a_e1_1\n      FROM (SELECT DISTINCT customer_id FROM old_rows) AS d;\n    IF a_e1_1 IS NOT NULL THEN\n      PERFORM pgvista.sums_immediate_bc14e457_maintain(e1_1 => a_e1_1);\n    END IF;\n  END;\n    END IF;\n  END;\n", "event": "delete", "table": "sale", "schema": "public", "counted": false, "writes_text": false}, {"body": "      PERFORM pgvista.sums_immediate_bc14e457_maintain(everything => true);\n", "event": "truncate", "table": "sale", "schema": "public", "counted": false, "writes_text": false}]', '{"DROP FUNCTION IF EXISTS pgvista.sums_immediate_bc14e457_maintain(integer[], boolean, boolean)","DROP TABLE IF EXISTS pgvista.sums_immediate_bc14e457"}', '{"SELECT pgvista.sums_immediate_bc14e457_maintain(everything => true)"}', 'eaa28bab132c7cb89fbd4b0434fd1b3a', 'SELECT
  s.customer_id AS customer_id,
  s.n AS n,
  s.total AS total,
  s.last AS last
FROM pgvista.sums_immediate_bc14e457 AS s', ' SELECT sale.customer_id,
    count(*) AS n,
    sum(sale.amount) AS total,
    max(sale.sold_on) AS last
   FROM public.sale
  GROUP BY sale.customer_id;', '2026-11-29 14:30:28.765565+00'),
	('public', 'over_immediate', 'over_immediate_ef838727', 'immediate', 'algebraic', 1, 'over_immediate_ef838727', '{n}', '[{"body": "  IF (coalesce(current_setting(''pgvista.recounted'', true), '''') = '''' OR NOT pgvista.is_recounted(''over_immediate_ef838727'')) THEN\n    INSERT INTO pgvista.over_immediate_ef838727 AS s (n, customers)\n      SELECT * FROM (SELECT\n  n AS n,\n  count(*) AS customers\nFROM new_rows AS sums_immediate\nGROUP BY n) AS d ORDER BY n\n      ON CONFLICT (n) DO UPDATE SET customers = s.customers + excluded.customers;\n  ELSE\n  DECLARE\n    a_e1_1 bigint[];\n  BEGIN\n    SELECT array_agg(n) INTO a_e1_1\n      FROM (SELECT DISTINCT n FROM new_rows) AS d;\n    IF a_e1_1 IS NOT NULL THEN\n      PERFORM pgvista.over_immediate_ef838727_maintain(e1_1 => a_e1_1);\n    END IF;\n  END;\n  END IF;\n", "event": "insert", "table": "sums_immediate_bc14e457", "schema": "pgvista", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY[''pgvista.sums_immediate_bc14e457'']) AND ((SELECT sum(hash_record_extended(ROW(n), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(n), 0)::numeric) FROM old_rows));\n    END IF;\n    IF pgv_bulk THEN\n      PERFORM pgvista.over_immediate_ef838727_maintain(everything => true);\n    ELSE\n  IF (coalesce(current_setting(''pgvista.recounted'', true), '''') = '''' OR NOT pgvista.is_recounted(''over_immediate_ef838727'')) THEN\n  DECLARE\n    pgv_gone tid[];\n    pgv_strange boolean;\n  BEGIN\n    WITH put AS (\n      INSERT INTO pgvista.over_immediate_ef838727 AS s (n, customers)\n      WITH pgv_changed AS NOT MATERIALIZED (SELECT n, 1 AS pgv_sign FROM new_rows UNION ALL SELECT n, -1 AS pgv_sign FROM old_rows)\n      SELECT * FROM (SELECT\n  n AS n,\n  COALESCE(sum(sums_immediate.pgv_sign), 0) AS customers\nFROM pgv_changed AS sums_immediate\nGROUP BY n) AS d WHERE customers <> 0 ORDER BY n\n      ON CONFLICT (n) DO UPDATE SET customers = s.customers + excluded.customers\n      RETURNING s.ctid AS pgv_place, customers\n    )\n    SELECT array_agg(pgv_place) FILTER (WHERE customers = 0), false INTO pgv_gone, pgv_strange FROM put;\n    IF pgv_gone IS NOT NULL THEN\n      DELETE FROM pgvista.over_immediate_ef838727 AS s WHERE s.ctid = ANY (pgv_gone);\n    END IF;\n  END;\n  ELSE\n  DECLARE\n    a_e1_1 bigint[];\n  BEGIN\n    SELECT array_agg(n) INTO a_e1_1\n      FROM (SELECT DISTINCT n FROM (\n        (SELECT n FROM new_rows EXCEPT ALL SELECT n FROM old_rows) UNION ALL (SELECT n FROM old_rows EXCEPT ALL SELECT n FROM new_rows)) AS c) AS d;\n    IF a_e1_1 IS NOT NULL THEN\n      PERFORM pgvista.over_immediate_ef838727_maintain(e1_1 => a_e1_1);\n    END IF;\n  END;\n  END IF;\n    END IF;\n  END;\n", "event": "update", "table": "sums_immediate_bc14e457", "schema": "pgvista", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY[''pgvista.sums_immediate_bc14e457'']);\n    END IF;\n    IF pgv_bulk THEN\n      PERFORM pgvista.over_immediate_ef838727_maintain(everything => true);\n    ELSE\n  IF (coalesce(current_setting(''pgvista.recounted'', true), '''') = '''' OR NOT pgvista.is_recounted(''over_immediate_ef838727'')) THEN\n  DECLARE\n    pgv_gone tid[];\n    pgv_strange boolean;\n  BEGIN\n    WITH put AS (\n      INSERT INTO pgvista.over_immediate_ef838727 AS s (n, customers)\n      SELECT * FROM (SELECT\n  n AS n,\n  (- count(*)) AS customers\nFROM old_rows AS sums_immediate\nGROUP BY n) AS d ORDER BY n\n      ON CONFLICT (n) DO UPDATE SET customers = s.customers + excluded.customers\n      RETURNING s.ctid AS pgv_place, customers\n    )\n    SELECT array_agg(pgv_place) FILTER (WHERE customers = 0), false INTO pgv_gone, pgv_strange FROM put;\n    IF pgv_gone IS NOT NULL THEN\n      DELETE FROM pgvista.over_immediate_ef838727 AS s WHERE s.ctid = ANY (pgv_gone);\n    END IF;\n  END;\n  ELSE\n  DECLARE\n    a_e1_1 bigint[];\n  BEGIN\n    SELECT array_agg(n) INTO a_e1_1\n      FROM (SELECT DISTINCT n FROM old_rows) AS d;\n    IF a_e1_1 IS NOT NULL THEN\n      PERFORM pgvista.over_immediate_ef838727_maintain(e1_1 => a_e1_1);\n    END IF;\n  END;\n  END IF;\n    END IF;\n  END;\n", "event": "delete", "table": "sums_immediate_bc14e457", "schema": "pgvista", "counted": false, "writes_text": false}, {"body": "      PERFORM pgvista.over_immediate_ef838727_maintain(everything => true);\n", "event": "truncate", "table": "sums_immediate_bc14e457", "schema": "pgvista", "counted": false, "writes_text": false}]', '{"DROP FUNCTION IF EXISTS pgvista.over_immediate_ef838727_maintain(bigint[], boolean, boolean)","DROP TABLE IF EXISTS pgvista.over_immediate_ef838727"}', '{"SELECT pgvista.over_immediate_ef838727_maintain(everything => true)"}', '313bb04199f85bb680a53aa30e9f444b', 'SELECT
  s.n AS n,
  s.customers AS customers
FROM pgvista.over_immediate_ef838727 AS s', ' SELECT sums_immediate.n,
    count(*) AS customers
   FROM ( SELECT sale.customer_id,
            count(*) AS n,
            sum(sale.amount) AS total,
            max(sale.sold_on) AS last
           FROM public.sale
          GROUP BY sale.customer_id) sums_immediate
  GROUP BY sums_immediate.n;', '2026-11-29 14:30:28.777915+00'),
	('public', 'parts_immediate', 'parts_immediate_c820983a', 'immediate', 'algebraic', 0, 'parts_immediate_c820983a', '{kind}', '[{"body": "  IF (coalesce(current_setting(''pgvista.recounted'', true), '''') = '''' OR NOT pgvista.is_recounted(''parts_immediate_c820983a'')) THEN\n    INSERT INTO pgvista.parts_immediate_c820983a AS s (kind, pgvista_rows, n)\n      SELECT * FROM (SELECT\n  kind AS kind,\n  count(*) AS pgvista_rows,\n  ((sum(n))::bigint) AS n\nFROM new_rows AS part\nGROUP BY kind) AS d ORDER BY kind\n      ON CONFLICT (kind) DO UPDATE SET pgvista_rows = s.pgvista_rows + excluded.pgvista_rows, n = s.n + excluded.n;\n  ELSE\n  DECLARE\n    a_e1_1 text[];\n  BEGIN\n    SELECT array_agg(kind) INTO a_e1_1\n      FROM (SELECT DISTINCT kind FROM new_rows) AS d;\n    IF a_e1_1 IS NOT NULL THEN\n      PERFORM pgvista.parts_immediate_c820983a_maintain(e1_1 => a_e1_1);\n    END IF;\n  END;\n  END IF;\n", "event": "insert", "table": "part", "schema": "public", "counted": false, "writes_text": false}, {"body": "  IF (coalesce(current_setting(''pgvista.recounted'', true), '''') = '''' OR NOT pgvista.is_recounted(''parts_immediate_c820983a'')) THEN\n    INSERT INTO pgvista.parts_immediate_c820983a AS s (kind, pgvista_rows, n)\n      SELECT * FROM (SELECT\n  kind AS kind,\n  count(*) AS pgvista_rows,\n  ((sum(n))::bigint) AS n\nFROM new_rows AS part\nGROUP BY kind) AS d ORDER BY kind\n      ON CONFLICT (kind) DO UPDATE SET pgvista_rows = s.pgvista_rows + excluded.pgvista_rows, n = s.n + excluded.n;\n  ELSE\n  DECLARE\n    a_e1_1 text[];\n  BEGIN\n    SELECT array_agg(kind) INTO a_e1_1\n      FROM (SELECT DISTINCT kind FROM new_rows) AS d;\n    IF a_e1_1 IS NOT NULL THEN\n      PERFORM pgvista.parts_immediate_c820983a_maintain(e1_1 => a_e1_1);\n    END IF;\n  END;\n  END IF;\n", "event": "insert", "table": "part_a", "schema": "public", "counted": false, "writes_text": false}, {"body": "  IF (coalesce(current_setting(''pgvista.recounted'', true), '''') = '''' OR NOT pgvista.is_recounted(''parts_immediate_c820983a'')) THEN\n    INSERT INTO pgvista.parts_immediate_c820983a AS s (kind, pgvista_rows, n)\n      SELECT * FROM (SELECT\n  kind AS kind,\n  count(*) AS pgvista_rows,\n  ((sum(n))::bigint) AS n\nFROM new_rows AS part\nGROUP BY kind) AS d ORDER BY kind\n      ON CONFLICT (kind) DO UPDATE SET pgvista_rows = s.pgvista_rows + excluded.pgvista_rows, n = s.n + excluded.n;\n  ELSE\n  DECLARE\n    a_e1_1 text[];\n  BEGIN\n    SELECT array_agg(kind) INTO a_e1_1\n      FROM (SELECT DISTINCT kind FROM new_rows) AS d;\n    IF a_e1_1 IS NOT NULL THEN\n      PERFORM pgvista.parts_immediate_c820983a_maintain(e1_1 => a_e1_1);\n    END IF;\n  END;\n  END IF;\n", "event": "insert", "table": "part_b", "schema": "public", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY[''public.part'', ''public.part_a'', ''public.part_b'']) AND ((SELECT sum(hash_record_extended(ROW(kind, n), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(kind, n), 0)::numeric) FROM old_rows));\n    END IF;\n    IF pgv_bulk THEN\n      PERFORM pgvista.parts_immediate_c820983a_maintain(everything => true);\n    ELSE\n  IF (coalesce(current_setting(''pgvista.recounted'', true), '''') = '''' OR NOT pgvista.is_recounted(''parts_immediate_c820983a'')) THEN\n  DECLARE\n    pgv_gone tid[];\n    pgv_strange boolean;\n  BEGIN\n    WITH put AS (\n      INSERT INTO pgvista.parts_immediate_c820983a AS s (kind, pgvista_rows, n)\n      WITH pgv_changed AS NOT MATERIALIZED (SELECT kind, n, 1 AS pgv_sign FROM new_rows UNION ALL SELECT kind, n, -1 AS pgv_sign FROM old_rows)\n      SELECT * FROM (SELECT\n  kind AS kind,\n  COALESCE(sum(part.pgv_sign), 0) AS pgvista_rows,\n  COALESCE(sum((part.pgv_sign * (n::bigint))), 0) AS n\nFROM pgv_changed AS part\nGROUP BY kind) AS d WHERE pgvista_rows <> 0 OR n <> 0 ORDER BY kind\n      ON CONFLICT (kind) DO UPDATE SET pgvista_rows = s.pgvista_rows + excluded.pgvista_rows, n = s.n + excluded.n\n      RETURNING s.ctid AS pgv_place, pgvista_rows, n\n    )\n    SELECT array_agg(pgv_place) FILTER (WHERE pgvista_rows = 0), false INTO pgv_gone, pgv_strange FROM put;\n    IF pgv_gone IS NOT NULL THEN\n      DELETE FROM pgvista.parts_immediate_c820983a AS s WHERE s.ctid = ANY (pgv_gone);\n    END IF;\n  END;\n  ELSE\n  DECLARE\n    a_e1_1 text[];\n  BEGIN\n    SELECT array_agg(kind) INTO a_e1_1\n      FROM (SELECT DISTINCT kind FROM (\n        (SELECT kind, n FROM new_rows EXCEPT ALL SELECT kind, n FROM old_rows) UNION ALL (SELECT kind, n FROM old_rows EXCEPT ALL SELECT kind, n FROM new_rows)) AS c) AS d;\n    IF a_e1_1 IS NOT NULL THEN\n      PERFORM pgvista.parts_immediate_c820983a_maintain(e1_1 => a_e1_1);\n    END IF;\n  END;\n  END IF;\n    END IF;\n  END;\n", "event": "update", "table": "part", "schema": "public", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY[''public.part'', ''public.part_a'', ''public.part_b'']) AND ((SELECT sum(hash_record_extended(ROW(kind, n), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(kind, n), 0)::numeric) FROM old_rows));\n    END IF;\n    IF pgv_bulk THEN\n      PERFORM pgvista.parts_immediate_c820983a_maintain(everything => true);\n    ELSE\n  IF (coalesce(current_setting(''pgvista.recounted'', true), '''') = '''' OR NOT pgvista.is_recounted(''parts_immediate_c820983a'')) THEN\n  DECLARE\n    pgv_gone tid[];\n    pgv_strange boolean;\n  BEGIN\n    WITH put AS (\n      INSERT INTO pgvista.parts_immediate_c820983a AS s (kind, pgvista_rows, n)\n      WITH pgv_changed AS NOT MATERIALIZED (SELECT kind, n, 1 AS pgv_sign FROM new_rows UNION ALL SELECT kind, n, -1 AS pgv_sign FROM old_rows)\n      SELECT * FROM (SELECT\n  kind AS kind,\n  COALESCE(sum(part.pgv_sign), 0) AS pgvista_rows,\n  COALESCE(sum((part.pgv_sign * (n::bigint))), 0) AS n\nFROM pgv_changed AS part\nGROUP BY kind) AS d WHERE pgvista_rows <> 0 OR n <> 0 ORDER BY kind\n      ON CONFLICT (kind) DO UPDATE SET pgvista_rows = s.pgvista_rows + excluded.pgvista_rows, n = s.n + excluded.n\n      RETURNING s.ctid AS pgv_place, pgvista_rows, n\n    )\n    SELECT array_agg(pgv_place) FILTER (WHERE pgvista_rows = 0), false INTO pgv_gone, pgv_strange FROM put;\n    IF pgv_gone IS NOT NULL THEN\n      DELETE FROM pgvista.parts_immediate_c820983a AS s WHERE s.ctid = ANY (pgv_gone);\n    END IF;\n  END;\n  ELSE\n  DECLARE\n    a_e1_1 text[];\n  BEGIN\n    SELECT array_agg(kind) INTO a_e1_1\n      FROM (SELECT DISTINCT kind FROM (\n        (SELECT kind, n FROM new_rows EXCEPT ALL SELECT kind, n FROM old_rows) UNION ALL (SELECT kind, n FROM old_rows EXCEPT ALL SELECT kind, n FROM new_rows)) AS c) AS d;\n    IF a_e1_1 IS NOT NULL THEN\n      PERFORM pgvista.parts_immediate_c820983a_maintain(e1_1 => a_e1_1);\n    END IF;\n  END;\n  END IF;\n    END IF;\n  END;\n", "event": "update", "table": "part_a", "schema": "public", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY[''public.part'', ''public.part_a'', ''public.part_b'']) AND ((SELECT sum(hash_record_extended(ROW(kind, n), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(kind, n), 0)::numeric) FROM old_rows));\n    END IF;\n    IF pgv_bulk THEN\n      PERFORM pgvista.parts_immediate_c820983a_maintain(everything => true);\n    ELSE\n  IF (coalesce(current_setting(''pgvista.recounted'', true), '''') = '''' OR NOT pgvista.is_recounted(''parts_immediate_c820983a'')) THEN\n  DECLARE\n    pgv_gone tid[];\n    pgv_strange boolean;\n  BEGIN\n    WITH put AS (\n      INSERT INTO pgvista.parts_immediate_c820983a AS s (kind, pgvista_rows, n)\n      WITH pgv_changed AS NOT MATERIALIZED (SELECT kind, n, 1 AS pgv_sign FROM new_rows UNION ALL SELECT kind, n, -1 AS pgv_sign FROM old_rows)\n      SELECT * FROM (SELECT\n  kind AS kind,\n  COALESCE(sum(part.pgv_sign), 0) AS pgvista_rows,\n  COALESCE(sum((part.pgv_sign * (n::bigint))), 0) AS n\nFROM pgv_changed AS part\nGROUP BY kind) AS d WHERE pgvista_rows <> 0 OR n <> 0 ORDER BY kind\n      ON CONFLICT (kind) DO UPDATE SET pgvista_rows = s.pgvista_rows + excluded.pgvista_rows, n = s.n + excluded.n\n      RETURNING s.ctid AS pgv_place, pgvista_rows, n\n    )\n    SELECT array_agg(pgv_place) FILTER (WHERE pgvista_rows = 0), false INTO pgv_gone, pgv_strange FROM put;\n    IF pgv_gone IS NOT NULL THEN\n      DELETE FROM pgvista.parts_immediate_c820983a AS s WHERE s.ctid = ANY (pgv_gone);\n    END IF;\n  END;\n  ELSE\n  DECLARE\n    a_e1_1 text[];\n  BEGIN\n    SELECT array_agg(kind) INTO a_e1_1\n      FROM (SELECT DISTINCT kind FROM (\n        (SELECT kind, n FROM new_rows EXCEPT ALL SELECT kind, n FROM old_rows) UNION ALL (SELECT kind, n FROM old_rows EXCEPT ALL SELECT kind, n FROM new_rows)) AS c) AS d;\n    IF a_e1_1 IS NOT NULL THEN\n      PERFORM pgvista.parts_immediate_c820983a_maintain(e1_1 => a_e1_1);\n    END IF;\n  END;\n  END IF;\n    END IF;\n  END;\n", "event": "update", "table": "part_b", "schema": "public", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY[''public.part'', ''public.part_a'', ''public.part_b'']);\n    END IF;\n    IF pgv_bulk THEN\n      PERFORM pgvista.parts_immediate_c820983a_maintain(everything => true);\n    ELSE\n  IF (coalesce(current_setting(''pgvista.recounted'', true), '''') = '''' OR NOT pgvista.is_recounted(''parts_immediate_c820983a'')) THEN\n  DECLARE\n    pgv_gone tid[];\n    pgv_strange boolean;\n  BEGIN\n    WITH put AS (\n      INSERT INTO pgvista.parts_immediate_c820983a AS s (kind, pgvista_rows, n)\n      SELECT * FROM (SELECT\n  kind AS kind,\n  (- count(*)) AS pgvista_rows,\n  (- ((sum(n))::bigint)) AS n\nFROM old_rows AS part\nGROUP BY kind) AS d ORDER BY kind\n      ON CONFLICT (kind) DO UPDATE SET pgvista_rows = s.pgvista_rows + excluded.pgvista_rows, n = s.n + excluded.n\n      RETURNING s.ctid AS pgv_place, pgvista_rows, n\n    )\n    SELECT array_agg(pgv_place) FILTER (WHERE pgvista_rows = 0), false INTO pgv_gone, pgv_strange FROM put;\n    IF pgv_gone IS NOT NULL THEN\n      DELETE FROM pgvista.parts_immediate_c820983a AS s WHERE s.ctid = ANY (pgv_gone);\n    END IF;\n  END;\n  ELSE\n  DECLARE\n    a_e1_1 text[];\n  BEGIN\n    SELECT array_agg(kind) INTO a_e1_1\n      FROM (SELECT DISTINCT kind FROM old_rows) AS d;\n    IF a_e1_1 IS NOT NULL THEN\n      PERFORM pgvista.parts_immediate_c820983a_maintain(e1_1 => a_e1_1);\n    END IF;\n  END;\n  END IF;\n    END IF;\n  END;\n", "event": "delete", "table": "part", "schema": "public", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY[''public.part'', ''public.part_a'', ''public.part_b'']);\n    END IF;\n    IF pgv_bulk THEN\n      PERFORM pgvista.parts_immediate_c820983a_maintain(everything => true);\n    ELSE\n  IF (coalesce(current_setting(''pgvista.recounted'', true), '''') = '''' OR NOT pgvista.is_recounted(''parts_immediate_c820983a'')) THEN\n  DECLARE\n    pgv_gone tid[];\n    pgv_strange boolean;\n  BEGIN\n    WITH put AS (\n      INSERT INTO pgvista.parts_immediate_c820983a AS s (kind, pgvista_rows, n)\n      SELECT * FROM (SELECT\n  kind AS kind,\n  (- count(*)) AS pgvista_rows,\n  (- ((sum(n))::bigint)) AS n\nFROM old_rows AS part\nGROUP BY kind) AS d ORDER BY kind\n      ON CONFLICT (kind) DO UPDATE SET pgvista_rows = s.pgvista_rows + excluded.pgvista_rows, n = s.n + excluded.n\n      RETURNING s.ctid AS pgv_place, pgvista_rows, n\n    )\n    SELECT array_agg(pgv_place) FILTER (WHERE pgvista_rows = 0), false INTO pgv_gone, pgv_strange FROM put;\n    IF pgv_gone IS NOT NULL THEN\n      DELETE FROM pgvista.parts_immediate_c820983a AS s WHERE s.ctid = ANY (pgv_gone);\n    END IF;\n  END;\n  ELSE\n  DECLARE\n    a_e1_1 text[];\n  BEGIN\n    SELECT array_agg(kind) INTO a_e1_1\n      FROM (SELECT DISTINCT kind FROM old_rows) AS d;\n    IF a_e1_1 IS NOT NULL THEN\n      PERFORM pgvista.parts_immediate_c820983a_maintain(e1_1 => a_e1_1);\n    END IF;\n  END;\n  END IF;\n    END IF;\n  END;\n", "event": "delete", "table": "part_a", "schema": "public", "counted": false, "writes_text": false}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY[''public.part'', ''public.part_a'', ''public.part_b'']);\n    END IF;\n    IF pgv_bulk THEN\n      PERFORM pgvista.parts_immediate_c820983a_maintain(everything => true);\n    ELSE\n  IF (coalesce(current_setting(''pgvista.recounted'', true), '''') = '''' OR NOT pgvista.is_recounted(''parts_immediate_c820983a'')) THEN\n  DECLARE\n    pgv_gone tid[];\n    pgv_strange boolean;\n  BEGIN\n    WITH put AS (\n      INSERT INTO pgvista.parts_immediate_c820983a AS s (kind, pgvista_rows, n)\n      SELECT * FROM (SELECT\n  kind AS kind,\n  (- count(*)) AS pgvista_rows,\n  (- ((sum(n))::bigint)) AS n\nFROM old_rows AS part\nGROUP BY kind) AS d ORDER BY kind\n      ON CONFLICT (kind) DO UPDATE SET pgvista_rows = s.pgvista_rows + excluded.pgvista_rows, n = s.n + excluded.n\n      RETURNING s.ctid AS pgv_place, pgvista_rows, n\n    )\n    SELECT array_agg(pgv_place) FILTER (WHERE pgvista_rows = 0), false INTO pgv_gone, pgv_strange FROM put;\n    IF pgv_gone IS NOT NULL THEN\n      DELETE FROM pgvista.parts_immediate_c820983a AS s WHERE s.ctid = ANY (pgv_gone);\n    END IF;\n  END;\n  ELSE\n  DECLARE\n    a_e1_1 text[];\n  BEGIN\n    SELECT array_agg(kind) INTO a_e1_1\n      FROM (SELECT DISTINCT kind FROM old_rows) AS d;\n    IF a_e1_1 IS NOT NULL THEN\n      PERFORM pgvista.parts_immediate_c820983a_maintain(e1_1 => a_e1_1);\n    END IF;\n  END;\n  END IF;\n    END IF;\n  END;\n", "event": "delete", "table": "part_b", "schema": "public", "counted": false, "writes_text": false}, {"body": "      PERFORM pgvista.parts_immediate_c820983a_maintain(everything => true);\n", "event": "truncate", "table": "part", "schema": "public", "counted": false, "writes_text": false}, {"body": "      PERFORM pgvista.parts_immediate_c820983a_maintain(everything => true);\n", "event": "truncate", "table": "part_a", "schema": "public", "counted": false, "writes_text": false}, {"body": "      PERFORM pgvista.parts_immediate_c820983a_maintain(everything => true);\n", "event": "truncate", "table": "part_b", "schema": "public", "counted": false, "writes_text": false}]', '{"DROP FUNCTION IF EXISTS pgvista.parts_immediate_c820983a_maintain(text[], boolean, boolean)","DROP TABLE IF EXISTS pgvista.parts_immediate_c820983a"}', '{"SELECT pgvista.parts_immediate_c820983a_maintain(everything => true)"}', 'b384ec2ca9c838e7612a909f76f5d484', 'SELECT
  s.kind AS kind,
  s.n AS n
FROM pgvista.parts_immediate_c820983a AS s', ' SELECT part.kind,
    sum(part.n) AS n
   FROM public.part
  GROUP BY part.kind;', '2026-11-29 14:30:28.789177+00'),
	('public', 'sums_deferred', 'sums_deferred_c056af14', 'deferred', 'algebraic', 0, 'sums_deferred_c056af14', '{customer_id}', '[{"body": "", "event": "insert", "queue": ["public", "sale"], "table": "sale", "queued": [["amount", "numeric(10,2)"], ["customer_id", "integer"]], "schema": "public", "counted": false, "writes_text": false}, {"body": "", "event": "update", "queue": ["public", "sale"], "table": "sale", "queued": [["amount", "numeric(10,2)"], ["customer_id", "integer"]], "schema": "public", "counted": false, "writes_text": false}, {"body": "", "event": "delete", "queue": ["public", "sale"], "table": "sale", "queued": [["amount", "numeric(10,2)"], ["customer_id", "integer"]], "schema": "public", "counted": false, "writes_text": false}, {"body": "", "event": "truncate", "queue": ["public", "sale"], "table": "sale", "queued": [["amount", "numeric(10,2)"], ["customer_id", "integer"]], "schema": "public", "counted": false, "writes_text": false}]', '{"DROP FUNCTION IF EXISTS pgvista.sums_deferred_c056af14_maintain(integer[], boolean, boolean)","DROP FUNCTION IF EXISTS pgvista.sums_deferred_c056af14_pending(pgvista.pending[])","DROP FUNCTION IF EXISTS pgvista.sums_deferred_c056af14_take(pg_snapshot, pg_snapshot, xid8, timestamptz)","DROP TABLE IF EXISTS pgvista.sums_deferred_c056af14","DROP FUNCTION IF EXISTS pgvista.sums_deferred_c056af14_waits(pg_snapshot)"}', '{"SELECT pgvista.sums_deferred_c056af14_maintain(everything => true)"}', 'eaa28bab132c7cb85390548f8d6e4b3d', 'SELECT
  s.customer_id AS customer_id,
  s.mean AS mean,
  s.n AS n
FROM pgvista.sums_deferred_c056af14 AS s', ' SELECT sale.customer_id,
    avg(sale.amount) AS mean,
    count(*) AS n
   FROM public.sale
  GROUP BY sale.customer_id;', '2026-11-29 14:30:28.804364+00'),
	('public', 'sums_on_commit', 'sums_on_commit_d9adcb99', 'on_commit', 'algebraic', 0, 'sums_on_commit_d9adcb99', '{sold_on}', '[{"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY[''public.sale'']);\n    END IF;\n    IF pgv_bulk THEN\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.sums_on_commit_d9adcb99_pending'', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());\n    ELSE\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.sums_on_commit_d9adcb99_pending'', 1, ARRAY[array_agg(amount)::text, array_agg(sold_on::text)::text, array_agg(pgv_sign)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())\n      FROM (SELECT amount, sold_on, 1 AS pgv_sign FROM new_rows) AS d HAVING count(*) > 0;\n    END IF;\n  END;\n", "event": "insert", "table": "sale", "schema": "public", "counted": false, "writes_text": true}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM new_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM new_rows), ARRAY[''public.sale'']) AND ((SELECT sum(hash_record_extended(ROW(amount, sold_on), 0)::numeric) FROM new_rows) <> (SELECT sum(hash_record_extended(ROW(amount, sold_on), 0)::numeric) FROM old_rows));\n    END IF;\n    IF pgv_bulk THEN\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.sums_on_commit_d9adcb99_pending'', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());\n    ELSE\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.sums_on_commit_d9adcb99_pending'', 1, ARRAY[array_agg(amount)::text, array_agg(sold_on::text)::text, array_agg(pgv_sign)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())\n      FROM (SELECT amount, sold_on, 1 AS pgv_sign FROM (SELECT amount, sold_on FROM new_rows EXCEPT ALL SELECT amount, sold_on FROM old_rows) AS n UNION ALL SELECT amount, sold_on, -1 AS pgv_sign FROM (SELECT amount, sold_on FROM old_rows EXCEPT ALL SELECT amount, sold_on FROM new_rows) AS o) AS d HAVING count(*) > 0;\n    END IF;\n  END;\n", "event": "update", "table": "sale", "schema": "public", "counted": false, "writes_text": true}, {"body": "  DECLARE\n    pgv_bulk boolean := (SELECT count(*) > 1000 FROM old_rows);\n  BEGIN\n    IF pgv_bulk THEN\n      pgv_bulk := pgvista.is_bulk((SELECT count(*) FROM old_rows), ARRAY[''public.sale'']);\n    END IF;\n    IF pgv_bulk THEN\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.sums_on_commit_d9adcb99_pending'', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());\n    ELSE\n    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.sums_on_commit_d9adcb99_pending'', 1, ARRAY[array_agg(amount)::text, array_agg(sold_on::text)::text, array_agg(pgv_sign)::text], NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id())\n      FROM (SELECT amount, sold_on, -1 AS pgv_sign FROM old_rows) AS d HAVING count(*) > 0;\n    END IF;\n  END;\n", "event": "delete", "table": "sale", "schema": "public", "counted": false, "writes_text": true}, {"body": "    INSERT INTO pgvista.pending (level, drain, entry, columns, first)\n      SELECT 0, ''pgvista.sums_on_commit_d9adcb99_pending'', 0, NULL, NOT EXISTS (SELECT FROM pgvista.pending AS p WHERE p.xid = pg_current_xact_id());\n", "event": "truncate", "table": "sale", "schema": "public", "counted": false, "writes_text": true}]', '{"DROP FUNCTION IF EXISTS pgvista.sums_on_commit_d9adcb99_maintain(date[], boolean, boolean)","DROP FUNCTION IF EXISTS pgvista.sums_on_commit_d9adcb99_pending(pgvista.pending[])","DROP TABLE IF EXISTS pgvista.sums_on_commit_d9adcb99"}', '{"SELECT pgvista.sums_on_commit_d9adcb99_maintain(everything => true)"}', 'eaa28bab132c7cb8e4c70e90208fa50f', 'SELECT
  s.sold_on AS sold_on,
  s.n AS n,
  s.total AS total,
  s."least" AS "least"
FROM pgvista.sums_on_commit_d9adcb99 AS s', ' SELECT sale.sold_on,
    count(*) AS n,
    sum(sale.amount) AS total,
    min(sale.amount) AS "least"
   FROM public.sale
  GROUP BY sale.sold_on;', '2026-11-29 14:30:28.840554+00');


--
-- Data for Name: queue_public_customer_0; Type: TABLE DATA; Schema: pgvista; Owner: -
--



--
-- Data for Name: queue_public_customer_1; Type: TABLE DATA; Schema: pgvista; Owner: -
--



--
-- Data for Name: queue_public_customer_2; Type: TABLE DATA; Schema: pgvista; Owner: -
--



--
-- Data for Name: queue_public_sale_0; Type: TABLE DATA; Schema: pgvista; Owner: -
--



--
-- Data for Name: queue_public_sale_1; Type: TABLE DATA; Schema: pgvista; Owner: -
--



--
-- Data for Name: queue_public_sale_2; Type: TABLE DATA; Schema: pgvista; Owner: -
--



--
-- Data for Name: refresh_run; Type: TABLE DATA; Schema: pgvista; Owner: -
--

INSERT INTO pgvista.refresh_run OVERRIDING SYSTEM VALUE VALUES
	(1, 'public', 'stored', 'populate', '2026-11-29 14:30:28.490441+00', '2026-11-29 14:30:28.91813+00', 4, NULL, NULL, 29011, '{"53720": "40/53720"}', '241046', '60dbe2edb6c6af722ba7b7d19d0d6e32', '54411'),
	(2, 'public', 'stored', 'full', '2026-11-29 14:30:30.251729+00', '2026-11-29 14:30:30.261745+00', 5, NULL, NULL, 29065, '{"53720": "41/53720"}', '241063', '60dbe2edb6c6af722ba7b7d19d0d6e32', '54436');


--
-- Data for Name: sums_deferred_c056af14; Type: TABLE DATA; Schema: pgvista; Owner: -
--

INSERT INTO pgvista.sums_deferred_c056af14 VALUES
	(1, 15, 730.75, DEFAULT),
	(2, 15, 728.75, DEFAULT),
	(3, 15, 743.75, DEFAULT),
	(4, 15, 758.75, DEFAULT),
	(5, 15, 773.75, DEFAULT),
	(6, 15, 691.75, DEFAULT),
	(7, 15, 706.75, DEFAULT),
	(8, 15, 721.75, DEFAULT),
	(9, 15, 736.75, DEFAULT),
	(10, 15, 751.75, DEFAULT),
	(11, 15, 765.75, DEFAULT),
	(12, 15, 683.75, DEFAULT),
	(13, 15, 698.75, DEFAULT),
	(14, 15, 713.75, DEFAULT),
	(15, 15, 728.75, DEFAULT),
	(16, 15, 743.75, DEFAULT),
	(17, 15, 758.75, DEFAULT),
	(18, 15, 676.75, DEFAULT),
	(19, 15, 691.75, DEFAULT),
	(20, 15, 706.75, DEFAULT),
	(21, 14, 661.50, DEFAULT),
	(22, 14, 675.50, DEFAULT),
	(23, 14, 592.50, DEFAULT),
	(24, 14, 606.50, DEFAULT),
	(25, 14, 620.50, DEFAULT),
	(26, 14, 634.50, DEFAULT),
	(27, 14, 648.50, DEFAULT),
	(28, 14, 662.50, DEFAULT),
	(29, 14, 579.50, DEFAULT),
	(30, 14, 593.50, DEFAULT),
	(31, 14, 607.50, DEFAULT),
	(32, 15, 692.75, DEFAULT),
	(33, 15, 707.75, DEFAULT),
	(34, 15, 722.75, DEFAULT),
	(35, 15, 640.75, DEFAULT),
	(36, 15, 655.75, DEFAULT),
	(37, 15, 670.75, DEFAULT),
	(38, 15, 685.75, DEFAULT),
	(39, 15, 700.75, DEFAULT),
	(40, 15, 715.75, DEFAULT);


--
-- Data for Name: sums_immediate_bc14e457; Type: TABLE DATA; Schema: pgvista; Owner: -
--

INSERT INTO pgvista.sums_immediate_bc14e457 VALUES
	(1, 15, 730.75, '2026-01-21'),
	(2, 15, 728.75, '2026-01-22'),
	(3, 15, 743.75, '2026-01-23'),
	(4, 15, 758.75, '2026-01-24'),
	(5, 15, 773.75, '2026-01-25'),
	(6, 15, 691.75, '2026-01-26'),
	(7, 15, 706.75, '2026-01-27'),
	(8, 15, 721.75, '2026-01-28'),
	(9, 15, 736.75, '2026-01-29'),
	(10, 15, 751.75, '2026-01-30'),
	(11, 15, 765.75, '2026-01-21'),
	(12, 15, 683.75, '2026-01-22'),
	(13, 15, 698.75, '2026-01-23'),
	(14, 15, 713.75, '2026-01-24'),
	(15, 15, 728.75, '2026-01-25'),
	(16, 15, 743.75, '2026-01-26'),
	(17, 15, 758.75, '2026-01-27'),
	(18, 15, 676.75, '2026-01-28'),
	(19, 15, 691.75, '2026-01-29'),
	(20, 15, 706.75, '2026-01-30'),
	(32, 15, 692.75, '2026-01-22'),
	(33, 15, 707.75, '2026-01-23'),
	(34, 15, 722.75, '2026-01-24'),
	(35, 15, 640.75, '2026-01-25'),
	(36, 15, 655.75, '2026-01-26'),
	(37, 15, 670.75, '2026-01-27'),
	(38, 15, 685.75, '2026-01-28'),
	(39, 15, 700.75, '2026-01-29'),
	(40, 15, 715.75, '2026-01-30'),
	(21, 14, 661.50, '2026-01-21'),
	(22, 14, 675.50, '2026-01-22'),
	(23, 14, 592.50, '2026-01-23'),
	(24, 14, 606.50, '2026-01-24'),
	(25, 14, 620.50, '2026-01-25'),
	(26, 14, 634.50, '2026-01-26'),
	(27, 14, 648.50, '2026-01-27'),
	(28, 14, 662.50, '2026-01-28'),
	(29, 14, 579.50, '2026-01-29'),
	(30, 14, 593.50, '2026-01-30'),
	(31, 14, 607.50, '2026-01-21');


--
-- Data for Name: sums_on_commit_d9adcb99; Type: TABLE DATA; Schema: pgvista; Owner: -
--

INSERT INTO pgvista.sums_on_commit_d9adcb99 VALUES
	('2026-01-01', 19, 910.75, 2.25),
	('2026-01-02', 19, 912.75, 2.25),
	('2026-01-03', 19, 931.75, 3.25),
	('2026-01-04', 19, 950.75, 4.25),
	('2026-01-05', 19, 969.75, 5.25),
	('2026-01-06', 19, 891.75, 0.25),
	('2026-01-07', 19, 910.75, 1.25),
	('2026-01-08', 19, 832.75, 0.25),
	('2026-01-09', 19, 851.75, 1.25),
	('2026-01-10', 19, 870.75, 2.25),
	('2026-01-11', 19, 889.75, 3.25),
	('2026-01-12', 20, 980.00, 4.25),
	('2026-01-13', 20, 903.00, 0.25),
	('2026-01-14', 20, 923.00, 1.25),
	('2026-01-15', 20, 846.00, 0.25),
	('2026-01-16', 20, 866.00, 1.25),
	('2026-01-17', 20, 886.00, 2.25),
	('2026-01-18', 20, 906.00, 3.25),
	('2026-01-19', 20, 926.00, 4.25),
	('2026-01-20', 20, 946.00, 5.25),
	('2026-01-21', 20, 965.00, 6.25),
	('2026-01-22', 20, 888.00, 0.25),
	('2026-01-23', 20, 908.00, 1.25),
	('2026-01-24', 20, 928.00, 2.25),
	('2026-01-25', 20, 948.00, 3.25),
	('2026-01-26', 20, 968.00, 4.25),
	('2026-01-27', 20, 988.00, 5.25),
	('2026-01-28', 20, 1008.00, 6.25),
	('2026-01-29', 20, 931.00, 0.25),
	('2026-01-30', 20, 951.00, 1.25);


--
-- Data for Name: view; Type: TABLE DATA; Schema: pgvista; Owner: -
--

INSERT INTO pgvista.view VALUES
	('public', 'buyers_deferred', 54362, 'materialized', '
SELECT c.id, c.name, array_agg(s.amount ORDER BY s.id) AS amounts FROM customer c JOIN sale s ON s.customer_id = c.id GROUP BY c.id, c.name
', 'SELECT
  c.id,
  c.name,
  array_agg(s.amount ORDER BY s.id) AS amounts
FROM (public.customer AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
GROUP BY c.id, c.name', '6071ee08ed8861f5', 'aefe6b10340b9a5f3687545326e467f7', 15, '[["id", "integer", ""], ["name", "text", ""], ["amounts", "numeric[]", ""]]', '{}', '{}', false, false, '2026-11-29 14:30:28.874472+00'),
	('public', 'buyers_immediate', 54367, 'materialized', '
SELECT c.id, c.name, (SELECT max(s.amount) FROM sale s WHERE s.customer_id = c.id) AS best FROM customer c WHERE c.city IS NOT NULL
', 'SELECT
  id,
  name,
  (
    SELECT max(s.amount) AS max
    FROM public.sale AS s
    WHERE (s.customer_id = c.id)
  ) AS best
FROM public.customer AS c
WHERE (city IS NOT NULL)', '366f286c5148c537', 'f9fea29cb9d8b723a6554f55139efc09', 15, '[["id", "integer", ""], ["name", "text", ""], ["best", "numeric", ""]]', '{}', '{}', false, false, '2026-11-29 14:30:28.874472+00'),
	('public', 'buyers_on_commit', 54372, 'materialized', '
SELECT c.id, c.name, s.id AS sale_id, s.amount FROM customer c LEFT JOIN sale s ON s.customer_id = c.id AND s.amount > 90
', 'SELECT
  c.id,
  c.name,
  s.id AS sale_id,
  s.amount
FROM (public.customer AS c
  LEFT JOIN public.sale AS s ON ((s.customer_id = c.id) AND (s.amount > (90::numeric))))', '6071ee08ed8861f5', '2ebb8491538f17393cee44aae9570802', 15, '[["id", "integer", ""], ["name", "text", ""], ["sale_id", "bigint", ""], ["amount", "numeric(10,2)", ""]]', '{}', '{}', false, false, '2026-11-29 14:30:28.874472+00'),
	('public', 'cities_deferred', 54377, 'materialized', '
SELECT c.city, count(*) AS n, sum(s.amount) AS total FROM customer c JOIN sale s ON s.customer_id = c.id GROUP BY c.city
', 'SELECT
  c.city,
  count(*) AS n,
  sum(s.amount) AS total
FROM (public.customer AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
GROUP BY c.city', '6071ee08ed8861f5', '8641629db935722977e054ba81b25759', 15, '[["city", "text", ""], ["n", "bigint", ""], ["total", "numeric", ""]]', '{}', '{}', false, false, '2026-11-29 14:30:28.874472+00'),
	('public', 'cities_immediate', 54382, 'materialized', '
SELECT c.city, count(*) AS n, sum(s.amount) AS total FROM customer c JOIN sale s ON s.customer_id = c.id GROUP BY c.city
', 'SELECT
  c.city,
  count(*) AS n,
  sum(s.amount) AS total
FROM (public.customer AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
GROUP BY c.city', '6071ee08ed8861f5', 'eed7a4cef053f3f7a6f315eb16925d03', 15, '[["city", "text", ""], ["n", "bigint", ""], ["total", "numeric", ""]]', '{}', '{}', false, false, '2026-11-29 14:30:28.874472+00'),
	('public', 'cities_on_commit', 54387, 'materialized', '
SELECT c.city, count(*) AS n, sum(s.amount) AS total FROM customer c JOIN sale s ON s.customer_id = c.id GROUP BY c.city
', 'SELECT
  c.city,
  count(*) AS n,
  sum(s.amount) AS total
FROM (public.customer AS c
  JOIN public.sale AS s ON (s.customer_id = c.id))
GROUP BY c.city', '6071ee08ed8861f5', '936ac8f261b5959bf53d0a354aaed583', 15, '[["city", "text", ""], ["n", "bigint", ""], ["total", "numeric", ""]]', '{}', '{}', false, false, '2026-11-29 14:30:28.874472+00'),
	('public', 'over_immediate', 54397, 'materialized', '
SELECT n, count(*) AS customers FROM sums_immediate GROUP BY n
', 'SELECT
  n,
  count(*) AS customers
FROM public.sums_immediate
GROUP BY n', '5b906de70d133aff', '4f3a695b92be51d96401f46dedd4a7b9', 15, '[["n", "bigint", ""], ["customers", "bigint", ""]]', '{}', '{}', false, false, '2026-11-29 14:30:28.874472+00'),
	('public', 'parts_immediate', 54402, 'materialized', '
SELECT kind, sum(n) AS n FROM part GROUP BY kind
', 'SELECT
  kind,
  sum(n) AS n
FROM public.part
GROUP BY kind', '8bc69054704ac944', '3474b3551cb4dc74772ce65c037c77b3', 15, '[["kind", "text", ""], ["n", "bigint", ""]]', '{}', '{}', false, false, '2026-11-29 14:30:28.874472+00'),
	('public', 'plain', 54407, 'view', 'SELECT id, name FROM customer WHERE city IS NULL
', 'SELECT
  id,
  name
FROM public.customer
WHERE (city IS NULL)', 'c97b73018f0b8e7b', 'c5884e2dfdebf16ba39eab2e887fe698', 15, '[["id", "integer", ""], ["name", "text", ""]]', '{}', '{}', false, false, '2026-11-29 14:30:28.874472+00'),
	('public', 'sums_deferred', 54417, 'materialized', '
SELECT customer_id, avg(amount) AS mean, count(*) AS n FROM sale GROUP BY customer_id
', 'SELECT
  customer_id,
  avg(amount) AS mean,
  count(*) AS n
FROM public.sale
GROUP BY customer_id', '0d8ea0533ca395b6', 'c87328100d23fc14b7008266e3299dd8', 15, '[["customer_id", "integer", ""], ["mean", "numeric", ""], ["n", "bigint", ""]]', '{}', '{}', false, false, '2026-11-29 14:30:28.874472+00'),
	('public', 'sums_immediate', 54392, 'materialized', '
SELECT customer_id, count(*) AS n, sum(amount) AS total, max(sold_on) AS last FROM sale GROUP BY customer_id
', 'SELECT
  customer_id,
  count(*) AS n,
  sum(amount) AS total,
  max(sold_on) AS last
FROM public.sale
GROUP BY customer_id', '0d8ea0533ca395b6', 'db8702b4832070b1950325cac75e92c7', 15, '[["customer_id", "integer", ""], ["n", "bigint", ""], ["total", "numeric", ""], ["last", "date", ""]]', '{}', '{}', false, false, '2026-11-29 14:30:28.874472+00'),
	('public', 'sums_on_commit', 54422, 'materialized', '
SELECT sold_on, count(*) AS n, sum(amount) AS total, min(amount) AS least FROM sale GROUP BY sold_on
', 'SELECT
  sold_on,
  count(*) AS n,
  sum(amount) AS total,
  min(amount) AS "least"
FROM public.sale
GROUP BY sold_on', '0d8ea0533ca395b6', '087b67ae634fd85019b791377470596c', 15, '[["sold_on", "date", ""], ["n", "bigint", ""], ["total", "numeric", ""], ["least", "numeric", ""]]', '{}', '{}', false, false, '2026-11-29 14:30:28.874472+00'),
	('public', 'stored', 54411, 'materialized', '
SELECT city, count(*) AS n FROM customer GROUP BY city
', 'SELECT
  city,
  count(*) AS n
FROM public.customer
GROUP BY city', 'c97b73018f0b8e7b', 'cb738f2eaa40307a05ba5db2cf8cf766', 15, '[["city", "text", ""], ["n", "bigint", ""]]', '{}', '{}', false, false, '2026-11-29 14:30:28.874472+00');


--
-- Data for Name: customer; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.customer VALUES
	(1, 'customer 1', 'Bonn'),
	(2, 'customer 2', 'Jena'),
	(4, 'customer 4', 'Ulm'),
	(5, 'customer 5', 'Bonn'),
	(6, 'customer 6', 'Jena'),
	(7, 'customer 7', NULL),
	(8, 'customer 8', 'Ulm'),
	(9, 'customer 9', 'Bonn'),
	(10, 'customer 10', 'Jena'),
	(11, 'customer 11', NULL),
	(12, 'customer 12', 'Ulm'),
	(13, 'customer 13', 'Bonn'),
	(14, 'customer 14', 'Jena'),
	(15, 'customer 15', NULL),
	(16, 'customer 16', 'Ulm'),
	(17, 'customer 17', 'Bonn'),
	(18, 'customer 18', 'Jena'),
	(19, 'customer 19', NULL),
	(20, 'customer 20', 'Ulm'),
	(21, 'customer 21', 'Bonn'),
	(22, 'customer 22', 'Jena'),
	(23, 'customer 23', NULL),
	(24, 'customer 24', 'Ulm'),
	(25, 'customer 25', 'Bonn'),
	(26, 'customer 26', 'Jena'),
	(27, 'customer 27', NULL),
	(28, 'customer 28', 'Ulm'),
	(29, 'customer 29', 'Bonn'),
	(30, 'customer 30', 'Jena'),
	(31, 'customer 31', NULL),
	(32, 'customer 32', 'Ulm'),
	(33, 'customer 33', 'Bonn'),
	(34, 'customer 34', 'Jena'),
	(35, 'customer 35', NULL),
	(36, 'customer 36', 'Ulm'),
	(37, 'customer 37', 'Bonn'),
	(38, 'customer 38', 'Jena'),
	(39, 'customer 39', NULL),
	(40, 'customer 40', 'Ulm'),
	(3, 'customer 3', 'Kiel');


--
-- Data for Name: part_a; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.part_a VALUES
	(2, 'a', 2),
	(4, 'a', 4),
	(6, 'a', 6),
	(8, 'a', 8),
	(10, 'a', 10),
	(12, 'a', 12),
	(14, 'a', 14),
	(16, 'a', 16),
	(18, 'a', 18),
	(20, 'a', 20),
	(22, 'a', 22),
	(24, 'a', 24),
	(26, 'a', 26),
	(28, 'a', 28),
	(30, 'a', 30),
	(32, 'a', 32),
	(34, 'a', 34),
	(36, 'a', 36),
	(38, 'a', 38),
	(40, 'a', 40),
	(42, 'a', 42),
	(44, 'a', 44),
	(46, 'a', 46),
	(48, 'a', 48),
	(50, 'a', 50);


--
-- Data for Name: part_b; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.part_b VALUES
	(1, 'b', 1),
	(3, 'b', 3),
	(5, 'b', 5),
	(7, 'b', 7),
	(11, 'b', 11),
	(13, 'b', 13),
	(15, 'b', 15),
	(17, 'b', 17),
	(19, 'b', 19),
	(21, 'b', 21),
	(23, 'b', 23),
	(25, 'b', 25),
	(27, 'b', 27),
	(29, 'b', 29),
	(31, 'b', 31),
	(33, 'b', 33),
	(35, 'b', 35),
	(37, 'b', 37),
	(39, 'b', 39),
	(41, 'b', 41),
	(43, 'b', 43),
	(45, 'b', 45),
	(47, 'b', 47),
	(49, 'b', 49),
	(9, 'b', 7);


--
-- Data for Name: sale; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.sale VALUES
	(50, 11, 50.25, '2026-01-21'),
	(51, 12, 51.25, '2026-01-22'),
	(52, 13, 52.25, '2026-01-23'),
	(53, 14, 53.25, '2026-01-24'),
	(54, 15, 54.25, '2026-01-25'),
	(55, 16, 55.25, '2026-01-26'),
	(56, 17, 56.25, '2026-01-27'),
	(57, 18, 57.25, '2026-01-28'),
	(58, 19, 58.25, '2026-01-29'),
	(59, 20, 59.25, '2026-01-30'),
	(71, 32, 71.25, '2026-01-12'),
	(72, 33, 72.25, '2026-01-13'),
	(73, 34, 73.25, '2026-01-14'),
	(74, 35, 74.25, '2026-01-15'),
	(75, 36, 75.25, '2026-01-16'),
	(76, 37, 76.25, '2026-01-17'),
	(77, 38, 77.25, '2026-01-18'),
	(78, 39, 78.25, '2026-01-19'),
	(79, 40, 79.25, '2026-01-20'),
	(80, 1, 80.25, '2026-01-21'),
	(81, 2, 81.25, '2026-01-22'),
	(82, 3, 82.25, '2026-01-23'),
	(83, 4, 83.25, '2026-01-24'),
	(84, 5, 84.25, '2026-01-25'),
	(85, 6, 85.25, '2026-01-26'),
	(86, 7, 86.25, '2026-01-27'),
	(87, 8, 87.25, '2026-01-28'),
	(88, 9, 88.25, '2026-01-29'),
	(89, 10, 89.25, '2026-01-30'),
	(90, 11, 90.25, '2026-01-01'),
	(91, 12, 91.25, '2026-01-02'),
	(92, 13, 92.25, '2026-01-03'),
	(93, 14, 93.25, '2026-01-04'),
	(94, 15, 94.25, '2026-01-05'),
	(95, 16, 95.25, '2026-01-06'),
	(96, 17, 96.25, '2026-01-07'),
	(97, 18, 0.25, '2026-01-08'),
	(98, 19, 1.25, '2026-01-09'),
	(99, 20, 2.25, '2026-01-10'),
	(100, 21, 3.25, '2026-01-11'),
	(101, 22, 4.25, '2026-01-12'),
	(102, 23, 5.25, '2026-01-13'),
	(103, 24, 6.25, '2026-01-14'),
	(104, 25, 7.25, '2026-01-15'),
	(105, 26, 8.25, '2026-01-16'),
	(106, 27, 9.25, '2026-01-17'),
	(107, 28, 10.25, '2026-01-18'),
	(108, 29, 11.25, '2026-01-19'),
	(109, 30, 12.25, '2026-01-20'),
	(110, 31, 13.25, '2026-01-21'),
	(111, 32, 14.25, '2026-01-22'),
	(112, 33, 15.25, '2026-01-23'),
	(113, 34, 16.25, '2026-01-24'),
	(114, 35, 17.25, '2026-01-25'),
	(115, 36, 18.25, '2026-01-26'),
	(116, 37, 19.25, '2026-01-27'),
	(117, 38, 20.25, '2026-01-28'),
	(118, 39, 21.25, '2026-01-29'),
	(119, 40, 22.25, '2026-01-30'),
	(120, 1, 23.25, '2026-01-01'),
	(121, 2, 24.25, '2026-01-02'),
	(122, 3, 25.25, '2026-01-03'),
	(123, 4, 26.25, '2026-01-04'),
	(124, 5, 27.25, '2026-01-05'),
	(125, 6, 28.25, '2026-01-06'),
	(126, 7, 29.25, '2026-01-07'),
	(127, 8, 30.25, '2026-01-08'),
	(128, 9, 31.25, '2026-01-09'),
	(129, 10, 32.25, '2026-01-10'),
	(130, 11, 33.25, '2026-01-11'),
	(131, 12, 34.25, '2026-01-12'),
	(132, 13, 35.25, '2026-01-13'),
	(133, 14, 36.25, '2026-01-14'),
	(134, 15, 37.25, '2026-01-15'),
	(135, 16, 38.25, '2026-01-16'),
	(136, 17, 39.25, '2026-01-17'),
	(137, 18, 40.25, '2026-01-18'),
	(138, 19, 41.25, '2026-01-19'),
	(139, 20, 42.25, '2026-01-20'),
	(140, 21, 43.25, '2026-01-21'),
	(141, 22, 44.25, '2026-01-22'),
	(142, 23, 45.25, '2026-01-23'),
	(143, 24, 46.25, '2026-01-24'),
	(144, 25, 47.25, '2026-01-25'),
	(145, 26, 48.25, '2026-01-26'),
	(146, 27, 49.25, '2026-01-27'),
	(147, 28, 50.25, '2026-01-28'),
	(148, 29, 51.25, '2026-01-29'),
	(149, 30, 52.25, '2026-01-30'),
	(150, 31, 53.25, '2026-01-01'),
	(151, 32, 54.25, '2026-01-02'),
	(152, 33, 55.25, '2026-01-03'),
	(153, 34, 56.25, '2026-01-04'),
	(154, 35, 57.25, '2026-01-05'),
	(155, 36, 58.25, '2026-01-06'),
	(156, 37, 59.25, '2026-01-07'),
	(157, 38, 60.25, '2026-01-08'),
	(158, 39, 61.25, '2026-01-09'),
	(159, 40, 62.25, '2026-01-10'),
	(160, 1, 63.25, '2026-01-11'),
	(161, 2, 64.25, '2026-01-12'),
	(162, 3, 65.25, '2026-01-13'),
	(163, 4, 66.25, '2026-01-14'),
	(164, 5, 67.25, '2026-01-15'),
	(165, 6, 68.25, '2026-01-16'),
	(166, 7, 69.25, '2026-01-17'),
	(167, 8, 70.25, '2026-01-18'),
	(168, 9, 71.25, '2026-01-19'),
	(169, 10, 72.25, '2026-01-20'),
	(170, 11, 73.25, '2026-01-21'),
	(171, 12, 74.25, '2026-01-22'),
	(172, 13, 75.25, '2026-01-23'),
	(173, 14, 76.25, '2026-01-24'),
	(174, 15, 77.25, '2026-01-25'),
	(175, 16, 78.25, '2026-01-26'),
	(176, 17, 79.25, '2026-01-27'),
	(177, 18, 80.25, '2026-01-28'),
	(178, 19, 81.25, '2026-01-29'),
	(179, 20, 82.25, '2026-01-30'),
	(180, 21, 83.25, '2026-01-01'),
	(181, 22, 84.25, '2026-01-02'),
	(182, 23, 85.25, '2026-01-03'),
	(183, 24, 86.25, '2026-01-04'),
	(184, 25, 87.25, '2026-01-05'),
	(185, 26, 88.25, '2026-01-06'),
	(186, 27, 89.25, '2026-01-07'),
	(187, 28, 90.25, '2026-01-08'),
	(188, 29, 91.25, '2026-01-09'),
	(189, 30, 92.25, '2026-01-10'),
	(190, 31, 93.25, '2026-01-11'),
	(191, 32, 94.25, '2026-01-12'),
	(192, 33, 95.25, '2026-01-13'),
	(193, 34, 96.25, '2026-01-14'),
	(194, 35, 0.25, '2026-01-15'),
	(195, 36, 1.25, '2026-01-16'),
	(196, 37, 2.25, '2026-01-17'),
	(197, 38, 3.25, '2026-01-18'),
	(198, 39, 4.25, '2026-01-19'),
	(199, 40, 5.25, '2026-01-20'),
	(200, 1, 6.25, '2026-01-21'),
	(201, 2, 7.25, '2026-01-22'),
	(202, 3, 8.25, '2026-01-23'),
	(203, 4, 9.25, '2026-01-24'),
	(204, 5, 10.25, '2026-01-25'),
	(205, 6, 11.25, '2026-01-26'),
	(206, 7, 12.25, '2026-01-27'),
	(207, 8, 13.25, '2026-01-28'),
	(208, 9, 14.25, '2026-01-29'),
	(209, 10, 15.25, '2026-01-30'),
	(210, 11, 16.25, '2026-01-01'),
	(211, 12, 17.25, '2026-01-02'),
	(212, 13, 18.25, '2026-01-03'),
	(213, 14, 19.25, '2026-01-04'),
	(214, 15, 20.25, '2026-01-05'),
	(215, 16, 21.25, '2026-01-06'),
	(216, 17, 22.25, '2026-01-07'),
	(217, 18, 23.25, '2026-01-08'),
	(218, 19, 24.25, '2026-01-09'),
	(219, 20, 25.25, '2026-01-10'),
	(220, 21, 26.25, '2026-01-11'),
	(221, 22, 27.25, '2026-01-12'),
	(222, 23, 28.25, '2026-01-13'),
	(223, 24, 29.25, '2026-01-14'),
	(224, 25, 30.25, '2026-01-15'),
	(225, 26, 31.25, '2026-01-16'),
	(226, 27, 32.25, '2026-01-17'),
	(227, 28, 33.25, '2026-01-18'),
	(228, 29, 34.25, '2026-01-19'),
	(229, 30, 35.25, '2026-01-20'),
	(230, 31, 36.25, '2026-01-21'),
	(231, 32, 37.25, '2026-01-22'),
	(232, 33, 38.25, '2026-01-23'),
	(233, 34, 39.25, '2026-01-24'),
	(234, 35, 40.25, '2026-01-25'),
	(235, 36, 41.25, '2026-01-26'),
	(236, 37, 42.25, '2026-01-27'),
	(237, 38, 43.25, '2026-01-28'),
	(238, 39, 44.25, '2026-01-29'),
	(239, 40, 45.25, '2026-01-30'),
	(240, 1, 46.25, '2026-01-01'),
	(241, 2, 47.25, '2026-01-02'),
	(242, 3, 48.25, '2026-01-03'),
	(243, 4, 49.25, '2026-01-04'),
	(244, 5, 50.25, '2026-01-05'),
	(245, 6, 51.25, '2026-01-06'),
	(246, 7, 52.25, '2026-01-07'),
	(247, 8, 53.25, '2026-01-08'),
	(248, 9, 54.25, '2026-01-09'),
	(249, 10, 55.25, '2026-01-10'),
	(250, 11, 56.25, '2026-01-11'),
	(251, 12, 57.25, '2026-01-12'),
	(252, 13, 58.25, '2026-01-13'),
	(253, 14, 59.25, '2026-01-14'),
	(254, 15, 60.25, '2026-01-15'),
	(255, 16, 61.25, '2026-01-16'),
	(256, 17, 62.25, '2026-01-17'),
	(257, 18, 63.25, '2026-01-18'),
	(258, 19, 64.25, '2026-01-19'),
	(259, 20, 65.25, '2026-01-20'),
	(260, 21, 66.25, '2026-01-21');
INSERT INTO public.sale VALUES
	(261, 22, 67.25, '2026-01-22'),
	(262, 23, 68.25, '2026-01-23'),
	(263, 24, 69.25, '2026-01-24'),
	(264, 25, 70.25, '2026-01-25'),
	(265, 26, 71.25, '2026-01-26'),
	(266, 27, 72.25, '2026-01-27'),
	(267, 28, 73.25, '2026-01-28'),
	(268, 29, 74.25, '2026-01-29'),
	(269, 30, 75.25, '2026-01-30'),
	(270, 31, 76.25, '2026-01-01'),
	(271, 32, 77.25, '2026-01-02'),
	(272, 33, 78.25, '2026-01-03'),
	(273, 34, 79.25, '2026-01-04'),
	(274, 35, 80.25, '2026-01-05'),
	(275, 36, 81.25, '2026-01-06'),
	(276, 37, 82.25, '2026-01-07'),
	(277, 38, 83.25, '2026-01-08'),
	(278, 39, 84.25, '2026-01-09'),
	(279, 40, 85.25, '2026-01-10'),
	(280, 1, 86.25, '2026-01-11'),
	(281, 2, 87.25, '2026-01-12'),
	(282, 3, 88.25, '2026-01-13'),
	(283, 4, 89.25, '2026-01-14'),
	(284, 5, 90.25, '2026-01-15'),
	(285, 6, 91.25, '2026-01-16'),
	(286, 7, 92.25, '2026-01-17'),
	(287, 8, 93.25, '2026-01-18'),
	(288, 9, 94.25, '2026-01-19'),
	(289, 10, 95.25, '2026-01-20'),
	(290, 11, 96.25, '2026-01-21'),
	(291, 12, 0.25, '2026-01-22'),
	(292, 13, 1.25, '2026-01-23'),
	(293, 14, 2.25, '2026-01-24'),
	(294, 15, 3.25, '2026-01-25'),
	(295, 16, 4.25, '2026-01-26'),
	(296, 17, 5.25, '2026-01-27'),
	(297, 18, 6.25, '2026-01-28'),
	(298, 19, 7.25, '2026-01-29'),
	(299, 20, 8.25, '2026-01-30'),
	(300, 21, 9.25, '2026-01-01'),
	(301, 22, 10.25, '2026-01-02'),
	(302, 23, 11.25, '2026-01-03'),
	(303, 24, 12.25, '2026-01-04'),
	(304, 25, 13.25, '2026-01-05'),
	(305, 26, 14.25, '2026-01-06'),
	(306, 27, 15.25, '2026-01-07'),
	(307, 28, 16.25, '2026-01-08'),
	(308, 29, 17.25, '2026-01-09'),
	(309, 30, 18.25, '2026-01-10'),
	(310, 31, 19.25, '2026-01-11'),
	(311, 32, 20.25, '2026-01-12'),
	(312, 33, 21.25, '2026-01-13'),
	(313, 34, 22.25, '2026-01-14'),
	(314, 35, 23.25, '2026-01-15'),
	(315, 36, 24.25, '2026-01-16'),
	(316, 37, 25.25, '2026-01-17'),
	(317, 38, 26.25, '2026-01-18'),
	(318, 39, 27.25, '2026-01-19'),
	(319, 40, 28.25, '2026-01-20'),
	(320, 1, 29.25, '2026-01-21'),
	(321, 2, 30.25, '2026-01-22'),
	(322, 3, 31.25, '2026-01-23'),
	(323, 4, 32.25, '2026-01-24'),
	(324, 5, 33.25, '2026-01-25'),
	(325, 6, 34.25, '2026-01-26'),
	(326, 7, 35.25, '2026-01-27'),
	(327, 8, 36.25, '2026-01-28'),
	(328, 9, 37.25, '2026-01-29'),
	(329, 10, 38.25, '2026-01-30'),
	(330, 11, 39.25, '2026-01-01'),
	(331, 12, 40.25, '2026-01-02'),
	(332, 13, 41.25, '2026-01-03'),
	(333, 14, 42.25, '2026-01-04'),
	(334, 15, 43.25, '2026-01-05'),
	(335, 16, 44.25, '2026-01-06'),
	(336, 17, 45.25, '2026-01-07'),
	(337, 18, 46.25, '2026-01-08'),
	(338, 19, 47.25, '2026-01-09'),
	(339, 20, 48.25, '2026-01-10'),
	(340, 21, 49.25, '2026-01-11'),
	(341, 22, 50.25, '2026-01-12'),
	(342, 23, 51.25, '2026-01-13'),
	(343, 24, 52.25, '2026-01-14'),
	(344, 25, 53.25, '2026-01-15'),
	(345, 26, 54.25, '2026-01-16'),
	(346, 27, 55.25, '2026-01-17'),
	(347, 28, 56.25, '2026-01-18'),
	(348, 29, 57.25, '2026-01-19'),
	(349, 30, 58.25, '2026-01-20'),
	(350, 31, 59.25, '2026-01-21'),
	(351, 32, 60.25, '2026-01-22'),
	(352, 33, 61.25, '2026-01-23'),
	(353, 34, 62.25, '2026-01-24'),
	(354, 35, 63.25, '2026-01-25'),
	(355, 36, 64.25, '2026-01-26'),
	(356, 37, 65.25, '2026-01-27'),
	(357, 38, 66.25, '2026-01-28'),
	(358, 39, 67.25, '2026-01-29'),
	(359, 40, 68.25, '2026-01-30'),
	(360, 1, 69.25, '2026-01-01'),
	(361, 2, 70.25, '2026-01-02'),
	(362, 3, 71.25, '2026-01-03'),
	(363, 4, 72.25, '2026-01-04'),
	(364, 5, 73.25, '2026-01-05'),
	(365, 6, 74.25, '2026-01-06'),
	(366, 7, 75.25, '2026-01-07'),
	(367, 8, 76.25, '2026-01-08'),
	(368, 9, 77.25, '2026-01-09'),
	(369, 10, 78.25, '2026-01-10'),
	(370, 11, 79.25, '2026-01-11'),
	(371, 12, 80.25, '2026-01-12'),
	(372, 13, 81.25, '2026-01-13'),
	(373, 14, 82.25, '2026-01-14'),
	(374, 15, 83.25, '2026-01-15'),
	(375, 16, 84.25, '2026-01-16'),
	(376, 17, 85.25, '2026-01-17'),
	(377, 18, 86.25, '2026-01-18'),
	(378, 19, 87.25, '2026-01-19'),
	(379, 20, 88.25, '2026-01-20'),
	(380, 21, 89.25, '2026-01-21'),
	(381, 22, 90.25, '2026-01-22'),
	(382, 23, 91.25, '2026-01-23'),
	(383, 24, 92.25, '2026-01-24'),
	(384, 25, 93.25, '2026-01-25'),
	(385, 26, 94.25, '2026-01-26'),
	(386, 27, 95.25, '2026-01-27'),
	(387, 28, 96.25, '2026-01-28'),
	(388, 29, 0.25, '2026-01-29'),
	(389, 30, 1.25, '2026-01-30'),
	(390, 31, 2.25, '2026-01-01'),
	(391, 32, 3.25, '2026-01-02'),
	(392, 33, 4.25, '2026-01-03'),
	(393, 34, 5.25, '2026-01-04'),
	(394, 35, 6.25, '2026-01-05'),
	(395, 36, 7.25, '2026-01-06'),
	(396, 37, 8.25, '2026-01-07'),
	(397, 38, 9.25, '2026-01-08'),
	(398, 39, 10.25, '2026-01-09'),
	(399, 40, 11.25, '2026-01-10'),
	(400, 1, 12.25, '2026-01-11'),
	(401, 2, 13.25, '2026-01-12'),
	(402, 3, 14.25, '2026-01-13'),
	(403, 4, 15.25, '2026-01-14'),
	(404, 5, 16.25, '2026-01-15'),
	(405, 6, 17.25, '2026-01-16'),
	(406, 7, 18.25, '2026-01-17'),
	(407, 8, 19.25, '2026-01-18'),
	(408, 9, 20.25, '2026-01-19'),
	(409, 10, 21.25, '2026-01-20'),
	(410, 11, 22.25, '2026-01-21'),
	(411, 12, 23.25, '2026-01-22'),
	(412, 13, 24.25, '2026-01-23'),
	(413, 14, 25.25, '2026-01-24'),
	(414, 15, 26.25, '2026-01-25'),
	(415, 16, 27.25, '2026-01-26'),
	(416, 17, 28.25, '2026-01-27'),
	(417, 18, 29.25, '2026-01-28'),
	(418, 19, 30.25, '2026-01-29'),
	(419, 20, 31.25, '2026-01-30'),
	(420, 21, 32.25, '2026-01-01'),
	(421, 22, 33.25, '2026-01-02'),
	(422, 23, 34.25, '2026-01-03'),
	(423, 24, 35.25, '2026-01-04'),
	(424, 25, 36.25, '2026-01-05'),
	(425, 26, 37.25, '2026-01-06'),
	(426, 27, 38.25, '2026-01-07'),
	(427, 28, 39.25, '2026-01-08'),
	(428, 29, 40.25, '2026-01-09'),
	(429, 30, 41.25, '2026-01-10'),
	(430, 31, 42.25, '2026-01-11'),
	(431, 32, 43.25, '2026-01-12'),
	(432, 33, 44.25, '2026-01-13'),
	(433, 34, 45.25, '2026-01-14'),
	(434, 35, 46.25, '2026-01-15'),
	(435, 36, 47.25, '2026-01-16'),
	(436, 37, 48.25, '2026-01-17'),
	(437, 38, 49.25, '2026-01-18'),
	(438, 39, 50.25, '2026-01-19'),
	(439, 40, 51.25, '2026-01-20'),
	(440, 1, 52.25, '2026-01-21'),
	(441, 2, 53.25, '2026-01-22'),
	(442, 3, 54.25, '2026-01-23'),
	(443, 4, 55.25, '2026-01-24'),
	(444, 5, 56.25, '2026-01-25'),
	(445, 6, 57.25, '2026-01-26'),
	(446, 7, 58.25, '2026-01-27'),
	(447, 8, 59.25, '2026-01-28'),
	(448, 9, 60.25, '2026-01-29'),
	(449, 10, 61.25, '2026-01-30'),
	(450, 11, 62.25, '2026-01-01'),
	(451, 12, 63.25, '2026-01-02'),
	(452, 13, 64.25, '2026-01-03'),
	(453, 14, 65.25, '2026-01-04'),
	(454, 15, 66.25, '2026-01-05'),
	(455, 16, 67.25, '2026-01-06'),
	(456, 17, 68.25, '2026-01-07'),
	(457, 18, 69.25, '2026-01-08'),
	(458, 19, 70.25, '2026-01-09'),
	(459, 20, 71.25, '2026-01-10'),
	(460, 21, 72.25, '2026-01-11');
INSERT INTO public.sale VALUES
	(461, 22, 73.25, '2026-01-12'),
	(462, 23, 74.25, '2026-01-13'),
	(463, 24, 75.25, '2026-01-14'),
	(464, 25, 76.25, '2026-01-15'),
	(465, 26, 77.25, '2026-01-16'),
	(466, 27, 78.25, '2026-01-17'),
	(467, 28, 79.25, '2026-01-18'),
	(468, 29, 80.25, '2026-01-19'),
	(469, 30, 81.25, '2026-01-20'),
	(470, 31, 82.25, '2026-01-21'),
	(471, 32, 83.25, '2026-01-22'),
	(472, 33, 84.25, '2026-01-23'),
	(473, 34, 85.25, '2026-01-24'),
	(474, 35, 86.25, '2026-01-25'),
	(475, 36, 87.25, '2026-01-26'),
	(476, 37, 88.25, '2026-01-27'),
	(477, 38, 89.25, '2026-01-28'),
	(478, 39, 90.25, '2026-01-29'),
	(479, 40, 91.25, '2026-01-30'),
	(480, 1, 92.25, '2026-01-01'),
	(481, 2, 93.25, '2026-01-02'),
	(482, 3, 94.25, '2026-01-03'),
	(483, 4, 95.25, '2026-01-04'),
	(484, 5, 96.25, '2026-01-05'),
	(485, 6, 0.25, '2026-01-06'),
	(486, 7, 1.25, '2026-01-07'),
	(487, 8, 2.25, '2026-01-08'),
	(488, 9, 3.25, '2026-01-09'),
	(489, 10, 4.25, '2026-01-10'),
	(490, 11, 5.25, '2026-01-11'),
	(491, 12, 6.25, '2026-01-12'),
	(492, 13, 7.25, '2026-01-13'),
	(493, 14, 8.25, '2026-01-14'),
	(494, 15, 9.25, '2026-01-15'),
	(495, 16, 10.25, '2026-01-16'),
	(496, 17, 11.25, '2026-01-17'),
	(497, 18, 12.25, '2026-01-18'),
	(498, 19, 13.25, '2026-01-19'),
	(499, 20, 14.25, '2026-01-20'),
	(500, 21, 15.25, '2026-01-21'),
	(501, 22, 16.25, '2026-01-22'),
	(502, 23, 17.25, '2026-01-23'),
	(503, 24, 18.25, '2026-01-24'),
	(504, 25, 19.25, '2026-01-25'),
	(505, 26, 20.25, '2026-01-26'),
	(506, 27, 21.25, '2026-01-27'),
	(507, 28, 22.25, '2026-01-28'),
	(508, 29, 23.25, '2026-01-29'),
	(509, 30, 24.25, '2026-01-30'),
	(510, 31, 25.25, '2026-01-01'),
	(511, 32, 26.25, '2026-01-02'),
	(512, 33, 27.25, '2026-01-03'),
	(513, 34, 28.25, '2026-01-04'),
	(514, 35, 29.25, '2026-01-05'),
	(515, 36, 30.25, '2026-01-06'),
	(516, 37, 31.25, '2026-01-07'),
	(517, 38, 32.25, '2026-01-08'),
	(518, 39, 33.25, '2026-01-09'),
	(519, 40, 34.25, '2026-01-10'),
	(520, 1, 35.25, '2026-01-11'),
	(521, 2, 36.25, '2026-01-12'),
	(522, 3, 37.25, '2026-01-13'),
	(523, 4, 38.25, '2026-01-14'),
	(524, 5, 39.25, '2026-01-15'),
	(525, 6, 40.25, '2026-01-16'),
	(526, 7, 41.25, '2026-01-17'),
	(527, 8, 42.25, '2026-01-18'),
	(528, 9, 43.25, '2026-01-19'),
	(529, 10, 44.25, '2026-01-20'),
	(530, 11, 45.25, '2026-01-21'),
	(531, 12, 46.25, '2026-01-22'),
	(532, 13, 47.25, '2026-01-23'),
	(533, 14, 48.25, '2026-01-24'),
	(534, 15, 49.25, '2026-01-25'),
	(535, 16, 50.25, '2026-01-26'),
	(536, 17, 51.25, '2026-01-27'),
	(537, 18, 52.25, '2026-01-28'),
	(538, 19, 53.25, '2026-01-29'),
	(539, 20, 54.25, '2026-01-30'),
	(540, 21, 55.25, '2026-01-01'),
	(541, 22, 56.25, '2026-01-02'),
	(542, 23, 57.25, '2026-01-03'),
	(543, 24, 58.25, '2026-01-04'),
	(544, 25, 59.25, '2026-01-05'),
	(545, 26, 60.25, '2026-01-06'),
	(546, 27, 61.25, '2026-01-07'),
	(547, 28, 62.25, '2026-01-08'),
	(548, 29, 63.25, '2026-01-09'),
	(549, 30, 64.25, '2026-01-10'),
	(550, 31, 65.25, '2026-01-11'),
	(551, 32, 66.25, '2026-01-12'),
	(552, 33, 67.25, '2026-01-13'),
	(553, 34, 68.25, '2026-01-14'),
	(554, 35, 69.25, '2026-01-15'),
	(555, 36, 70.25, '2026-01-16'),
	(556, 37, 71.25, '2026-01-17'),
	(557, 38, 72.25, '2026-01-18'),
	(558, 39, 73.25, '2026-01-19'),
	(559, 40, 74.25, '2026-01-20'),
	(560, 1, 75.25, '2026-01-21'),
	(561, 2, 76.25, '2026-01-22'),
	(562, 3, 77.25, '2026-01-23'),
	(563, 4, 78.25, '2026-01-24'),
	(564, 5, 79.25, '2026-01-25'),
	(565, 6, 80.25, '2026-01-26'),
	(566, 7, 81.25, '2026-01-27'),
	(567, 8, 82.25, '2026-01-28'),
	(568, 9, 83.25, '2026-01-29'),
	(569, 10, 84.25, '2026-01-30'),
	(570, 11, 85.25, '2026-01-01'),
	(571, 12, 86.25, '2026-01-02'),
	(572, 13, 87.25, '2026-01-03'),
	(573, 14, 88.25, '2026-01-04'),
	(574, 15, 89.25, '2026-01-05'),
	(575, 16, 90.25, '2026-01-06'),
	(576, 17, 91.25, '2026-01-07'),
	(577, 18, 92.25, '2026-01-08'),
	(578, 19, 93.25, '2026-01-09'),
	(579, 20, 94.25, '2026-01-10'),
	(580, 21, 95.25, '2026-01-11'),
	(581, 22, 96.25, '2026-01-12'),
	(582, 23, 0.25, '2026-01-13'),
	(583, 24, 1.25, '2026-01-14'),
	(584, 25, 2.25, '2026-01-15'),
	(585, 26, 3.25, '2026-01-16'),
	(586, 27, 4.25, '2026-01-17'),
	(587, 28, 5.25, '2026-01-18'),
	(588, 29, 6.25, '2026-01-19'),
	(589, 30, 7.25, '2026-01-20'),
	(590, 31, 8.25, '2026-01-21'),
	(591, 32, 9.25, '2026-01-22'),
	(592, 33, 10.25, '2026-01-23'),
	(593, 34, 11.25, '2026-01-24'),
	(594, 35, 12.25, '2026-01-25'),
	(595, 36, 13.25, '2026-01-26'),
	(596, 37, 14.25, '2026-01-27'),
	(597, 38, 15.25, '2026-01-28'),
	(598, 39, 16.25, '2026-01-29'),
	(599, 40, 17.25, '2026-01-30'),
	(600, 1, 18.25, '2026-01-01'),
	(1, 2, 2.25, '2026-01-02'),
	(2, 3, 3.25, '2026-01-03'),
	(3, 4, 4.25, '2026-01-04'),
	(4, 5, 5.25, '2026-01-05'),
	(5, 6, 6.25, '2026-01-06'),
	(6, 7, 7.25, '2026-01-07'),
	(7, 8, 8.25, '2026-01-08'),
	(8, 9, 9.25, '2026-01-09'),
	(9, 10, 10.25, '2026-01-10'),
	(10, 11, 11.25, '2026-01-11'),
	(11, 12, 12.25, '2026-01-12'),
	(12, 13, 13.25, '2026-01-13'),
	(13, 14, 14.25, '2026-01-14'),
	(14, 15, 15.25, '2026-01-15'),
	(15, 16, 16.25, '2026-01-16'),
	(16, 17, 17.25, '2026-01-17'),
	(17, 18, 18.25, '2026-01-18'),
	(18, 19, 19.25, '2026-01-19'),
	(19, 20, 20.25, '2026-01-20'),
	(20, 21, 21.25, '2026-01-21'),
	(21, 22, 22.25, '2026-01-22'),
	(22, 23, 23.25, '2026-01-23'),
	(23, 24, 24.25, '2026-01-24'),
	(24, 25, 25.25, '2026-01-25'),
	(25, 26, 26.25, '2026-01-26'),
	(26, 27, 27.25, '2026-01-27'),
	(27, 28, 28.25, '2026-01-28'),
	(28, 29, 29.25, '2026-01-29'),
	(29, 30, 30.25, '2026-01-30'),
	(30, 31, 31.25, '2026-01-01'),
	(31, 32, 32.25, '2026-01-02'),
	(32, 33, 33.25, '2026-01-03'),
	(33, 34, 34.25, '2026-01-04'),
	(34, 35, 35.25, '2026-01-05'),
	(35, 36, 36.25, '2026-01-06'),
	(36, 37, 37.25, '2026-01-07'),
	(37, 38, 38.25, '2026-01-08'),
	(38, 39, 39.25, '2026-01-09'),
	(39, 40, 40.25, '2026-01-10'),
	(40, 1, 41.25, '2026-01-11'),
	(41, 2, 42.25, '2026-01-12'),
	(42, 3, 43.25, '2026-01-13'),
	(43, 4, 44.25, '2026-01-14'),
	(44, 5, 45.25, '2026-01-15'),
	(45, 6, 46.25, '2026-01-16'),
	(46, 7, 47.25, '2026-01-17'),
	(47, 8, 48.25, '2026-01-18'),
	(48, 9, 49.25, '2026-01-19'),
	(49, 10, 50.25, '2026-01-20');


--
-- Name: refresh_run_id_seq; Type: SEQUENCE SET; Schema: pgvista; Owner: -
--

SELECT pg_catalog.setval('pgvista.refresh_run_id_seq', 2, true);


--
-- Name: sale_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.sale_id_seq', 600, true);


--
-- Name: build build_pkey; Type: CONSTRAINT; Schema: pgvista; Owner: -
--

ALTER TABLE ONLY pgvista.build
    ADD CONSTRAINT build_pkey PRIMARY KEY (oid);


--
-- Name: deferred deferred_pkey; Type: CONSTRAINT; Schema: pgvista; Owner: -
--

ALTER TABLE ONLY pgvista.deferred
    ADD CONSTRAINT deferred_pkey PRIMARY KEY (program);


--
-- Name: lease lease_pkey; Type: CONSTRAINT; Schema: pgvista; Owner: -
--

ALTER TABLE ONLY pgvista.lease
    ADD CONSTRAINT lease_pkey PRIMARY KEY (one);


--
-- Name: lock lock_pkey; Type: CONSTRAINT; Schema: pgvista; Owner: -
--

ALTER TABLE ONLY pgvista.lock
    ADD CONSTRAINT lock_pkey PRIMARY KEY (view, slot);


--
-- Name: migration migration_pkey; Type: CONSTRAINT; Schema: pgvista; Owner: -
--

ALTER TABLE ONLY pgvista.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (name);


--
-- Name: program program_pkey; Type: CONSTRAINT; Schema: pgvista; Owner: -
--

ALTER TABLE ONLY pgvista.program
    ADD CONSTRAINT program_pkey PRIMARY KEY (program);


--
-- Name: refresh_run refresh_run_pkey; Type: CONSTRAINT; Schema: pgvista; Owner: -
--

ALTER TABLE ONLY pgvista.refresh_run
    ADD CONSTRAINT refresh_run_pkey PRIMARY KEY (id);


--
-- Name: view view_pkey; Type: CONSTRAINT; Schema: pgvista; Owner: -
--

ALTER TABLE ONLY pgvista.view
    ADD CONSTRAINT view_pkey PRIMARY KEY (schema, name);


--
-- Name: customer customer_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_pkey PRIMARY KEY (id);


--
-- Name: part part_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.part
    ADD CONSTRAINT part_pkey PRIMARY KEY (id, kind);


--
-- Name: part_a part_a_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.part_a
    ADD CONSTRAINT part_a_pkey PRIMARY KEY (id, kind);


--
-- Name: part_b part_b_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.part_b
    ADD CONSTRAINT part_b_pkey PRIMARY KEY (id, kind);


--
-- Name: sale sale_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sale
    ADD CONSTRAINT sale_pkey PRIMARY KEY (id);


--
-- Name: buyers_deferred_1dc32f35_key; Type: INDEX; Schema: pgvista; Owner: -
--

CREATE UNIQUE INDEX buyers_deferred_1dc32f35_key ON pgvista.buyers_deferred_1dc32f35 USING btree (id, name);


--
-- Name: buyers_immediate_346f2ed7_key; Type: INDEX; Schema: pgvista; Owner: -
--

CREATE INDEX buyers_immediate_346f2ed7_key ON pgvista.buyers_immediate_346f2ed7 USING btree (pgvista_key_1);


--
-- Name: buyers_on_commit_b4bd8f54_key; Type: INDEX; Schema: pgvista; Owner: -
--

CREATE INDEX buyers_on_commit_b4bd8f54_key ON pgvista.buyers_on_commit_b4bd8f54 USING btree (id);


--
-- Name: cities_deferred_4fd04880_key; Type: INDEX; Schema: pgvista; Owner: -
--

CREATE UNIQUE INDEX cities_deferred_4fd04880_key ON pgvista.cities_deferred_4fd04880 USING btree (city) NULLS NOT DISTINCT;


--
-- Name: cities_immediate_b066469a_b066469a_1; Type: INDEX; Schema: pgvista; Owner: -
--

CREATE INDEX cities_immediate_b066469a_b066469a_1 ON pgvista.cities_immediate_b066469a USING btree (city);


--
-- Name: cities_immediate_b066469a_key; Type: INDEX; Schema: pgvista; Owner: -
--

CREATE UNIQUE INDEX cities_immediate_b066469a_key ON pgvista.cities_immediate_b066469a USING btree (city) NULLS NOT DISTINCT;


--
-- Name: cities_on_commit_fd5d7c24_key; Type: INDEX; Schema: pgvista; Owner: -
--

CREATE UNIQUE INDEX cities_on_commit_fd5d7c24_key ON pgvista.cities_on_commit_fd5d7c24 USING btree (city) NULLS NOT DISTINCT;


--
-- Name: over_immediate_ef838727_key; Type: INDEX; Schema: pgvista; Owner: -
--

CREATE UNIQUE INDEX over_immediate_ef838727_key ON pgvista.over_immediate_ef838727 USING btree (n) NULLS NOT DISTINCT;


--
-- Name: parts_immediate_c820983a_key; Type: INDEX; Schema: pgvista; Owner: -
--

CREATE UNIQUE INDEX parts_immediate_c820983a_key ON pgvista.parts_immediate_c820983a USING btree (kind);


--
-- Name: pending_xid; Type: INDEX; Schema: pgvista; Owner: -
--

CREATE INDEX pending_xid ON pgvista.pending USING btree (xid);


--
-- Name: queue_public_customer_0_xid_idx; Type: INDEX; Schema: pgvista; Owner: -
--

CREATE INDEX queue_public_customer_0_xid_idx ON pgvista.queue_public_customer_0 USING btree (xid);


--
-- Name: queue_public_customer_1_xid_idx; Type: INDEX; Schema: pgvista; Owner: -
--

CREATE INDEX queue_public_customer_1_xid_idx ON pgvista.queue_public_customer_1 USING btree (xid);


--
-- Name: queue_public_customer_2_xid_idx; Type: INDEX; Schema: pgvista; Owner: -
--

CREATE INDEX queue_public_customer_2_xid_idx ON pgvista.queue_public_customer_2 USING btree (xid);


--
-- Name: queue_public_sale_0_xid_idx; Type: INDEX; Schema: pgvista; Owner: -
--

CREATE INDEX queue_public_sale_0_xid_idx ON pgvista.queue_public_sale_0 USING btree (xid);


--
-- Name: queue_public_sale_1_xid_idx; Type: INDEX; Schema: pgvista; Owner: -
--

CREATE INDEX queue_public_sale_1_xid_idx ON pgvista.queue_public_sale_1 USING btree (xid);


--
-- Name: queue_public_sale_2_xid_idx; Type: INDEX; Schema: pgvista; Owner: -
--

CREATE INDEX queue_public_sale_2_xid_idx ON pgvista.queue_public_sale_2 USING btree (xid);


--
-- Name: refresh_run_view; Type: INDEX; Schema: pgvista; Owner: -
--

CREATE INDEX refresh_run_view ON pgvista.refresh_run USING btree (schema, name, id DESC);


--
-- Name: sums_deferred_c056af14_key; Type: INDEX; Schema: pgvista; Owner: -
--

CREATE UNIQUE INDEX sums_deferred_c056af14_key ON pgvista.sums_deferred_c056af14 USING btree (customer_id);


--
-- Name: sums_immediate_bc14e457_key; Type: INDEX; Schema: pgvista; Owner: -
--

CREATE UNIQUE INDEX sums_immediate_bc14e457_key ON pgvista.sums_immediate_bc14e457 USING btree (customer_id);


--
-- Name: sums_on_commit_d9adcb99_key; Type: INDEX; Schema: pgvista; Owner: -
--

CREATE UNIQUE INDEX sums_on_commit_d9adcb99_key ON pgvista.sums_on_commit_d9adcb99 USING btree (sold_on);


--
-- Name: sale_customer_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sale_customer_id_idx ON public.sale USING btree (customer_id);


--
-- Name: sale_sold_on_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sale_sold_on_idx ON public.sale USING btree (sold_on);


--
-- Name: part_a_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.part_pkey ATTACH PARTITION public.part_a_pkey;


--
-- Name: part_b_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.part_pkey ATTACH PARTITION public.part_b_pkey;


--
-- Name: sums_immediate_bc14e457 pgvista_delete; Type: TRIGGER; Schema: pgvista; Owner: -
--

CREATE TRIGGER pgvista_delete AFTER DELETE ON pgvista.sums_immediate_bc14e457 REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION pgvista.on_pgvista_sums_immediate_bc14e457_delete();


--
-- Name: pending pgvista_flush; Type: TRIGGER; Schema: pgvista; Owner: -
--

CREATE CONSTRAINT TRIGGER pgvista_flush AFTER INSERT ON pgvista.pending DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (new.first) EXECUTE FUNCTION pgvista.flush();


--
-- Name: sums_immediate_bc14e457 pgvista_insert; Type: TRIGGER; Schema: pgvista; Owner: -
--

CREATE TRIGGER pgvista_insert AFTER INSERT ON pgvista.sums_immediate_bc14e457 REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION pgvista.on_pgvista_sums_immediate_bc14e457_insert();


--
-- Name: parts_immediate_c820983a pgvista_notify_delete; Type: TRIGGER; Schema: pgvista; Owner: -
--

CREATE TRIGGER pgvista_notify_delete AFTER DELETE ON pgvista.parts_immediate_c820983a REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION pgvista.notify_change('public.parts_immediate', 'kind');


--
-- Name: parts_immediate_c820983a pgvista_notify_insert; Type: TRIGGER; Schema: pgvista; Owner: -
--

CREATE TRIGGER pgvista_notify_insert AFTER INSERT ON pgvista.parts_immediate_c820983a REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION pgvista.notify_change('public.parts_immediate', 'kind');


--
-- Name: parts_immediate_c820983a pgvista_notify_truncate; Type: TRIGGER; Schema: pgvista; Owner: -
--

CREATE TRIGGER pgvista_notify_truncate AFTER TRUNCATE ON pgvista.parts_immediate_c820983a FOR EACH STATEMENT EXECUTE FUNCTION pgvista.notify_change('public.parts_immediate', 'kind');


--
-- Name: parts_immediate_c820983a pgvista_notify_update; Type: TRIGGER; Schema: pgvista; Owner: -
--

CREATE TRIGGER pgvista_notify_update AFTER UPDATE ON pgvista.parts_immediate_c820983a REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION pgvista.notify_change('public.parts_immediate', 'kind');


--
-- Name: sums_immediate_bc14e457 pgvista_truncate; Type: TRIGGER; Schema: pgvista; Owner: -
--

CREATE TRIGGER pgvista_truncate AFTER TRUNCATE ON pgvista.sums_immediate_bc14e457 FOR EACH STATEMENT EXECUTE FUNCTION pgvista.on_pgvista_sums_immediate_bc14e457_truncate();


--
-- Name: sums_immediate_bc14e457 pgvista_update; Type: TRIGGER; Schema: pgvista; Owner: -
--

CREATE TRIGGER pgvista_update AFTER UPDATE ON pgvista.sums_immediate_bc14e457 REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION pgvista.on_pgvista_sums_immediate_bc14e457_update();


--
-- Name: customer pgvista_delete; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_delete AFTER DELETE ON public.customer REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION pgvista.on_public_customer_delete();


--
-- Name: part pgvista_delete; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_delete AFTER DELETE ON public.part REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION pgvista.on_public_part_delete();


--
-- Name: part_a pgvista_delete; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_delete AFTER DELETE ON public.part_a REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION pgvista.on_public_part_a_delete();


--
-- Name: part_b pgvista_delete; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_delete AFTER DELETE ON public.part_b REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION pgvista.on_public_part_b_delete();


--
-- Name: sale pgvista_delete; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_delete AFTER DELETE ON public.sale REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION pgvista.on_public_sale_delete();


--
-- Name: customer pgvista_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_insert AFTER INSERT ON public.customer REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION pgvista.on_public_customer_insert();


--
-- Name: part pgvista_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_insert AFTER INSERT ON public.part REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION pgvista.on_public_part_insert();


--
-- Name: part_a pgvista_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_insert AFTER INSERT ON public.part_a REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION pgvista.on_public_part_a_insert();


--
-- Name: part_b pgvista_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_insert AFTER INSERT ON public.part_b REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION pgvista.on_public_part_b_insert();


--
-- Name: sale pgvista_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_insert AFTER INSERT ON public.sale REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION pgvista.on_public_sale_insert();


--
-- Name: customer pgvista_open; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_open BEFORE INSERT OR DELETE OR UPDATE ON public.customer FOR EACH STATEMENT EXECUTE FUNCTION pgvista.open_statement();


--
-- Name: sale pgvista_open; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_open BEFORE INSERT OR DELETE OR UPDATE ON public.sale FOR EACH STATEMENT EXECUTE FUNCTION pgvista.open_statement();


--
-- Name: buyers_deferred pgvista_read_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_read_only INSTEAD OF INSERT OR DELETE OR UPDATE ON public.buyers_deferred FOR EACH ROW EXECUTE FUNCTION pgvista.refuse_write();


--
-- Name: buyers_immediate pgvista_read_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_read_only INSTEAD OF INSERT OR DELETE OR UPDATE ON public.buyers_immediate FOR EACH ROW EXECUTE FUNCTION pgvista.refuse_write();


--
-- Name: buyers_on_commit pgvista_read_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_read_only INSTEAD OF INSERT OR DELETE OR UPDATE ON public.buyers_on_commit FOR EACH ROW EXECUTE FUNCTION pgvista.refuse_write();


--
-- Name: cities_deferred pgvista_read_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_read_only INSTEAD OF INSERT OR DELETE OR UPDATE ON public.cities_deferred FOR EACH ROW EXECUTE FUNCTION pgvista.refuse_write();


--
-- Name: cities_immediate pgvista_read_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_read_only INSTEAD OF INSERT OR DELETE OR UPDATE ON public.cities_immediate FOR EACH ROW EXECUTE FUNCTION pgvista.refuse_write();


--
-- Name: cities_on_commit pgvista_read_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_read_only INSTEAD OF INSERT OR DELETE OR UPDATE ON public.cities_on_commit FOR EACH ROW EXECUTE FUNCTION pgvista.refuse_write();


--
-- Name: over_immediate pgvista_read_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_read_only INSTEAD OF INSERT OR DELETE OR UPDATE ON public.over_immediate FOR EACH ROW EXECUTE FUNCTION pgvista.refuse_write();


--
-- Name: parts_immediate pgvista_read_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_read_only INSTEAD OF INSERT OR DELETE OR UPDATE ON public.parts_immediate FOR EACH ROW EXECUTE FUNCTION pgvista.refuse_write();


--
-- Name: sums_deferred pgvista_read_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_read_only INSTEAD OF INSERT OR DELETE OR UPDATE ON public.sums_deferred FOR EACH ROW EXECUTE FUNCTION pgvista.refuse_write();


--
-- Name: sums_immediate pgvista_read_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_read_only INSTEAD OF INSERT OR DELETE OR UPDATE ON public.sums_immediate FOR EACH ROW EXECUTE FUNCTION pgvista.refuse_write();


--
-- Name: sums_on_commit pgvista_read_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_read_only INSTEAD OF INSERT OR DELETE OR UPDATE ON public.sums_on_commit FOR EACH ROW EXECUTE FUNCTION pgvista.refuse_write();


--
-- Name: customer pgvista_truncate; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_truncate AFTER TRUNCATE ON public.customer FOR EACH STATEMENT EXECUTE FUNCTION pgvista.on_public_customer_truncate();


--
-- Name: part pgvista_truncate; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_truncate AFTER TRUNCATE ON public.part FOR EACH STATEMENT EXECUTE FUNCTION pgvista.on_public_part_truncate();


--
-- Name: part_a pgvista_truncate; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_truncate AFTER TRUNCATE ON public.part_a FOR EACH STATEMENT EXECUTE FUNCTION pgvista.on_public_part_a_truncate();


--
-- Name: part_b pgvista_truncate; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_truncate AFTER TRUNCATE ON public.part_b FOR EACH STATEMENT EXECUTE FUNCTION pgvista.on_public_part_b_truncate();


--
-- Name: sale pgvista_truncate; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_truncate AFTER TRUNCATE ON public.sale FOR EACH STATEMENT EXECUTE FUNCTION pgvista.on_public_sale_truncate();


--
-- Name: customer pgvista_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_update AFTER UPDATE ON public.customer REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION pgvista.on_public_customer_update();


--
-- Name: part pgvista_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_update AFTER UPDATE ON public.part REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION pgvista.on_public_part_update();


--
-- Name: part_a pgvista_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_update AFTER UPDATE ON public.part_a REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION pgvista.on_public_part_a_update();


--
-- Name: part_b pgvista_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_update AFTER UPDATE ON public.part_b REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION pgvista.on_public_part_b_update();


--
-- Name: sale pgvista_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER pgvista_update AFTER UPDATE ON public.sale REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION pgvista.on_public_sale_update();


--
-- Name: sale sale_customer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sale
    ADD CONSTRAINT sale_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id);


--
-- Name: SCHEMA pgvista; Type: ACL; Schema: -; Owner: -
--

GRANT USAGE ON SCHEMA pgvista TO PUBLIC;


--
-- Name: FUNCTION all_lanes(slot bigint); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.all_lanes(slot bigint) FROM PUBLIC;


--
-- Name: FUNCTION apply_pending(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.apply_pending() FROM PUBLIC;


--
-- Name: FUNCTION buyers_deferred_1dc32f35_maintain(e1_1 integer[], e1_2 text[], e2_1 integer[], everything boolean, locks_only boolean); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.buyers_deferred_1dc32f35_maintain(e1_1 integer[], e1_2 text[], e2_1 integer[], everything boolean, locks_only boolean) FROM PUBLIC;


--
-- Name: FUNCTION buyers_deferred_1dc32f35_pending(pgv_notes pgvista.pending[]); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.buyers_deferred_1dc32f35_pending(pgv_notes pgvista.pending[]) FROM PUBLIC;


--
-- Name: FUNCTION buyers_deferred_1dc32f35_take(pgv_from pg_snapshot, pgv_to pg_snapshot, pgv_own xid8, pgv_since timestamp with time zone); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.buyers_deferred_1dc32f35_take(pgv_from pg_snapshot, pgv_to pg_snapshot, pgv_own xid8, pgv_since timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION buyers_deferred_1dc32f35_waits(pgv_from pg_snapshot); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.buyers_deferred_1dc32f35_waits(pgv_from pg_snapshot) FROM PUBLIC;


--
-- Name: FUNCTION buyers_immediate_346f2ed7_maintain(e1_1 integer[], e2_1 integer[], everything boolean, locks_only boolean); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.buyers_immediate_346f2ed7_maintain(e1_1 integer[], e2_1 integer[], everything boolean, locks_only boolean) FROM PUBLIC;


--
-- Name: FUNCTION buyers_on_commit_b4bd8f54_maintain(e1_1 integer[], e2_1 integer[], everything boolean, locks_only boolean); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.buyers_on_commit_b4bd8f54_maintain(e1_1 integer[], e2_1 integer[], everything boolean, locks_only boolean) FROM PUBLIC;


--
-- Name: FUNCTION buyers_on_commit_b4bd8f54_pending(pgv_notes pgvista.pending[]); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.buyers_on_commit_b4bd8f54_pending(pgv_notes pgvista.pending[]) FROM PUBLIC;


--
-- Name: FUNCTION cities_deferred_4fd04880_maintain(e1_1 integer[], e1_2 text[], e2_1 integer[], everything boolean, locks_only boolean); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.cities_deferred_4fd04880_maintain(e1_1 integer[], e1_2 text[], e2_1 integer[], everything boolean, locks_only boolean) FROM PUBLIC;


--
-- Name: FUNCTION cities_deferred_4fd04880_pending(pgv_notes pgvista.pending[]); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.cities_deferred_4fd04880_pending(pgv_notes pgvista.pending[]) FROM PUBLIC;


--
-- Name: FUNCTION cities_deferred_4fd04880_take(pgv_from pg_snapshot, pgv_to pg_snapshot, pgv_own xid8, pgv_since timestamp with time zone); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.cities_deferred_4fd04880_take(pgv_from pg_snapshot, pgv_to pg_snapshot, pgv_own xid8, pgv_since timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION cities_deferred_4fd04880_waits(pgv_from pg_snapshot); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.cities_deferred_4fd04880_waits(pgv_from pg_snapshot) FROM PUBLIC;


--
-- Name: FUNCTION cities_immediate_b066469a_maintain(e1_1 integer[], e1_2 text[], e2_1 integer[], everything boolean, locks_only boolean); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.cities_immediate_b066469a_maintain(e1_1 integer[], e1_2 text[], e2_1 integer[], everything boolean, locks_only boolean) FROM PUBLIC;


--
-- Name: FUNCTION cities_on_commit_fd5d7c24_maintain(e1_1 integer[], e1_2 text[], e2_1 integer[], everything boolean, locks_only boolean); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.cities_on_commit_fd5d7c24_maintain(e1_1 integer[], e1_2 text[], e2_1 integer[], everything boolean, locks_only boolean) FROM PUBLIC;


--
-- Name: FUNCTION cities_on_commit_fd5d7c24_pending(pgv_notes pgvista.pending[]); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.cities_on_commit_fd5d7c24_pending(pgv_notes pgvista.pending[]) FROM PUBLIC;


--
-- Name: FUNCTION drain(wanted text); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.drain(wanted text) FROM PUBLIC;


--
-- Name: FUNCTION ensure_queue(sides text[], columns text[], types text[]); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.ensure_queue(sides text[], columns text[], types text[]) FROM PUBLIC;


--
-- Name: FUNCTION flush(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.flush() FROM PUBLIC;


--
-- Name: FUNCTION is_bulk(changed bigint, tables text[]); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.is_bulk(changed bigint, tables text[]) FROM PUBLIC;


--
-- Name: FUNCTION is_recounted(program text); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.is_recounted(program text) FROM PUBLIC;


--
-- Name: FUNCTION lock_all(program text); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.lock_all(program text) FROM PUBLIC;


--
-- Name: FUNCTION lock_keys(program text, slots bigint[]); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.lock_keys(program text, slots bigint[]) FROM PUBLIC;


--
-- Name: FUNCTION mark_recounted(program text); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.mark_recounted(program text) FROM PUBLIC;


--
-- Name: FUNCTION notify_change(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.notify_change() FROM PUBLIC;


--
-- Name: FUNCTION on_pgvista_sums_immediate_bc14e457_delete(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.on_pgvista_sums_immediate_bc14e457_delete() FROM PUBLIC;


--
-- Name: FUNCTION on_pgvista_sums_immediate_bc14e457_insert(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.on_pgvista_sums_immediate_bc14e457_insert() FROM PUBLIC;


--
-- Name: FUNCTION on_pgvista_sums_immediate_bc14e457_truncate(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.on_pgvista_sums_immediate_bc14e457_truncate() FROM PUBLIC;


--
-- Name: FUNCTION on_pgvista_sums_immediate_bc14e457_update(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.on_pgvista_sums_immediate_bc14e457_update() FROM PUBLIC;


--
-- Name: FUNCTION on_public_customer_delete(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.on_public_customer_delete() FROM PUBLIC;


--
-- Name: FUNCTION on_public_customer_insert(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.on_public_customer_insert() FROM PUBLIC;


--
-- Name: FUNCTION on_public_customer_truncate(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.on_public_customer_truncate() FROM PUBLIC;


--
-- Name: FUNCTION on_public_customer_update(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.on_public_customer_update() FROM PUBLIC;


--
-- Name: FUNCTION on_public_part_a_delete(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.on_public_part_a_delete() FROM PUBLIC;


--
-- Name: FUNCTION on_public_part_a_insert(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.on_public_part_a_insert() FROM PUBLIC;


--
-- Name: FUNCTION on_public_part_a_truncate(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.on_public_part_a_truncate() FROM PUBLIC;


--
-- Name: FUNCTION on_public_part_a_update(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.on_public_part_a_update() FROM PUBLIC;


--
-- Name: FUNCTION on_public_part_b_delete(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.on_public_part_b_delete() FROM PUBLIC;


--
-- Name: FUNCTION on_public_part_b_insert(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.on_public_part_b_insert() FROM PUBLIC;


--
-- Name: FUNCTION on_public_part_b_truncate(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.on_public_part_b_truncate() FROM PUBLIC;


--
-- Name: FUNCTION on_public_part_b_update(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.on_public_part_b_update() FROM PUBLIC;


--
-- Name: FUNCTION on_public_part_delete(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.on_public_part_delete() FROM PUBLIC;


--
-- Name: FUNCTION on_public_part_insert(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.on_public_part_insert() FROM PUBLIC;


--
-- Name: FUNCTION on_public_part_truncate(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.on_public_part_truncate() FROM PUBLIC;


--
-- Name: FUNCTION on_public_part_update(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.on_public_part_update() FROM PUBLIC;


--
-- Name: FUNCTION on_public_sale_delete(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.on_public_sale_delete() FROM PUBLIC;


--
-- Name: FUNCTION on_public_sale_insert(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.on_public_sale_insert() FROM PUBLIC;


--
-- Name: FUNCTION on_public_sale_truncate(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.on_public_sale_truncate() FROM PUBLIC;


--
-- Name: FUNCTION on_public_sale_update(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.on_public_sale_update() FROM PUBLIC;


--
-- Name: FUNCTION open_statement(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.open_statement() FROM PUBLIC;


--
-- Name: FUNCTION over_immediate_ef838727_maintain(e1_1 bigint[], everything boolean, locks_only boolean); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.over_immediate_ef838727_maintain(e1_1 bigint[], everything boolean, locks_only boolean) FROM PUBLIC;


--
-- Name: FUNCTION parts_immediate_c820983a_maintain(e1_1 text[], everything boolean, locks_only boolean); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.parts_immediate_c820983a_maintain(e1_1 text[], everything boolean, locks_only boolean) FROM PUBLIC;


--
-- Name: FUNCTION refuse_write(); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.refuse_write() FROM PUBLIC;


--
-- Name: FUNCTION sums_deferred_c056af14_maintain(e1_1 integer[], everything boolean, locks_only boolean); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.sums_deferred_c056af14_maintain(e1_1 integer[], everything boolean, locks_only boolean) FROM PUBLIC;


--
-- Name: FUNCTION sums_deferred_c056af14_pending(pgv_notes pgvista.pending[]); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.sums_deferred_c056af14_pending(pgv_notes pgvista.pending[]) FROM PUBLIC;


--
-- Name: FUNCTION sums_deferred_c056af14_take(pgv_from pg_snapshot, pgv_to pg_snapshot, pgv_own xid8, pgv_since timestamp with time zone); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.sums_deferred_c056af14_take(pgv_from pg_snapshot, pgv_to pg_snapshot, pgv_own xid8, pgv_since timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION sums_deferred_c056af14_waits(pgv_from pg_snapshot); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.sums_deferred_c056af14_waits(pgv_from pg_snapshot) FROM PUBLIC;


--
-- Name: FUNCTION sums_immediate_bc14e457_maintain(e1_1 integer[], everything boolean, locks_only boolean); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.sums_immediate_bc14e457_maintain(e1_1 integer[], everything boolean, locks_only boolean) FROM PUBLIC;


--
-- Name: FUNCTION sums_on_commit_d9adcb99_maintain(e1_1 date[], everything boolean, locks_only boolean); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.sums_on_commit_d9adcb99_maintain(e1_1 date[], everything boolean, locks_only boolean) FROM PUBLIC;


--
-- Name: FUNCTION sums_on_commit_d9adcb99_pending(pgv_notes pgvista.pending[]); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.sums_on_commit_d9adcb99_pending(pgv_notes pgvista.pending[]) FROM PUBLIC;


--
-- Name: FUNCTION sweep_queues(rotate_at bigint); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.sweep_queues(rotate_at bigint) FROM PUBLIC;


--
-- Name: FUNCTION waiting_in(queues text[], seen pg_snapshot, wanted pg_snapshot, own xid8, own_until timestamp with time zone, OUT notes bigint, OUT changes bigint, OUT since timestamp with time zone, OUT latest timestamp with time zone); Type: ACL; Schema: pgvista; Owner: -
--

REVOKE ALL ON FUNCTION pgvista.waiting_in(queues text[], seen pg_snapshot, wanted pg_snapshot, own xid8, own_until timestamp with time zone, OUT notes bigint, OUT changes bigint, OUT since timestamp with time zone, OUT latest timestamp with time zone) FROM PUBLIC;


--
-- Name: TABLE build; Type: ACL; Schema: pgvista; Owner: -
--

GRANT SELECT ON TABLE pgvista.build TO PUBLIC;


--
-- Name: TABLE deferred; Type: ACL; Schema: pgvista; Owner: -
--

GRANT SELECT ON TABLE pgvista.deferred TO PUBLIC;


--
-- Name: TABLE lease; Type: ACL; Schema: pgvista; Owner: -
--

GRANT SELECT ON TABLE pgvista.lease TO PUBLIC;


--
-- Name: TABLE migration; Type: ACL; Schema: pgvista; Owner: -
--

GRANT SELECT ON TABLE pgvista.migration TO PUBLIC;


--
-- Name: TABLE program; Type: ACL; Schema: pgvista; Owner: -
--

GRANT SELECT ON TABLE pgvista.program TO PUBLIC;


--
-- Name: TABLE refresh_run; Type: ACL; Schema: pgvista; Owner: -
--

GRANT SELECT ON TABLE pgvista.refresh_run TO PUBLIC;


--
-- Name: TABLE view; Type: ACL; Schema: pgvista; Owner: -
--

GRANT SELECT ON TABLE pgvista.view TO PUBLIC;


--
-- Name: stored; Type: MATERIALIZED VIEW DATA; Schema: public; Owner: -
--

REFRESH MATERIALIZED VIEW public.stored;


--
-- PostgreSQL database dump complete
--


