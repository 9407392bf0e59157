-- Views that are put aside, and what tells that one must be.

-- Errors that say nothing of the view: a lock, a deadlock, a cancelled statement, a full disk, a lost connection.
CREATE OR REPLACE FUNCTION pgvista.is_passing(state text) RETURNS boolean LANGUAGE sql IMMUTABLE
  SET search_path = pg_catalog, pg_temp SET jit = off
  AS $$ SELECT left(state, 2) IN ('08', '25', '40', '53', '54', '55', '57', '58', 'XX') $$;

CREATE OR REPLACE FUNCTION pgvista.refuse_read(wanted_view text) RETURNS boolean LANGUAGE plpgsql VOLATILE
  SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
  RAISE EXCEPTION 'the view % is not kept at the moment, and its rows may be old', wanted_view
    USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'pgvista status says why; pgvista sync brings it back.';
END $$;

-- Readers of a view that is put aside get its query, or an error, or go on with the old rows. Nobody waits for it:
-- where the view is being read, they get it later. True when it is as it should be.
CREATE OR REPLACE FUNCTION pgvista.switch_readers(wanted text) RETURNS boolean LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp SET jit = off SET client_min_messages = warning AS $$
DECLARE
  known pgvista.program;
  anchor text;
  columns text;
  source text;
BEGIN
  SELECT * INTO known FROM pgvista.program AS p WHERE p.program = wanted;
  IF NOT FOUND OR known.store = '' OR known.stale_reads = 'allow' THEN
    RETURN true;
  END IF;
  anchor := known.anchor;
  SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO columns FROM pg_attribute AS a
    WHERE a.attrelid = to_regclass(format('%I.%I', known.schema, known.name)) AND a.attnum > 0;
  source := CASE known.stale_reads WHEN 'refuse' THEN format('(%s) AS s WHERE (SELECT pgvista.refuse_read(%L))',
    known.visible, format('%I.%I', known.schema, known.name)) ELSE 'pgvista.' || quote_ident(anchor) END;
  BEGIN
    EXECUTE format('LOCK TABLE %I.%I IN ACCESS EXCLUSIVE MODE NOWAIT', known.schema, known.name);
    EXECUTE format('CREATE OR REPLACE VIEW %I.%I AS SELECT %s FROM %s', known.schema, known.name, columns, source);
    RETURN true;
  EXCEPTION WHEN OTHERS THEN
    RETURN false;
  END;
END $$;

-- Puts a view aside: its maintenance stops with this statement, and the statement goes on. False, for who asked.
CREATE OR REPLACE FUNCTION pgvista.stop_maintenance(wanted text, changed oid, state text,
  message text) RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off
  SET client_min_messages = warning AS $$
DECLARE
  shown text;
BEGIN
  -- One at a time: who comes second finds it done.
  SELECT format('%I.%I', p.schema, p.name) INTO shown FROM pgvista.program AS p WHERE p.program = wanted FOR UPDATE;
  IF NOT FOUND OR EXISTS (SELECT FROM pgvista.stopped AS s WHERE s.program = wanted) THEN
    RETURN false;
  END IF;
  INSERT INTO pgvista.stopped (program, state, sqlstate, message, relation, statement)
    VALUES (wanted, 'stale', state, message, changed::regclass::text, left(current_query(), 2000))
      ON CONFLICT DO NOTHING;
  PERFORM pgvista.answer_sound(wanted, false);
  UPDATE pgvista.stopped AS s SET switched = pgvista.switch_readers(wanted) WHERE s.program = wanted;
  -- Answers that a server has kept say that the rows are fresh.
  PERFORM pgvista.tell('pgvista', shown);
  RAISE WARNING 'the view % is no longer kept: % (%)', shown, message, state
    USING HINT = 'The statement goes on. pgvista status says more; pgvista sync brings the view back.';
  RETURN false;
END $$;

-- Of the views that are kept by what waits in a queue, those that need a column of the changed table which is not
-- there any more; all of them, where that is not why nothing can be noted.
CREATE OR REPLACE FUNCTION pgvista.stop_queue(queue text, changed oid, state text, message text) RETURNS boolean
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
  kept text[];
  lost text[];
  one text;
BEGIN
  SELECT array_agg(d.program), array_agg(d.program) FILTER (WHERE EXISTS (
      SELECT FROM pgvista.program AS p CROSS JOIN jsonb_array_elements(p.captures) AS c (one)
        CROSS JOIN jsonb_array_elements(c.one -> 'queued') AS q (col)
        WHERE p.program = d.program AND to_regclass(format('%I.%I', c.one ->> 'schema', c.one ->> 'table')) = changed
          AND NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = changed AND NOT a.attisdropped
            AND a.attname = q.col ->> 0)))
    INTO kept, lost FROM pgvista.deferred AS d WHERE queue = ANY (d.queues);
  FOREACH one IN ARRAY coalesce(lost, kept, '{}') LOOP
    PERFORM pgvista.stop_maintenance(one, changed, state, message);
  END LOOP;
  RETURN false;
END $$;

-- A stopped program's function answers at once; `kept` keeps what it was.
CREATE OR REPLACE FUNCTION pgvista.answer_sound(wanted text, answer boolean) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
  sound text := (SELECT p.sound FROM pgvista.program AS p WHERE p.program = wanted);
  text_of text;
BEGIN
  IF sound = '' THEN
    RETURN;
  END IF;
  IF answer THEN
    SELECT p.sound_body INTO text_of FROM pgvista.program AS p WHERE p.program = wanted;
    EXECUTE text_of;
  ELSE
    UPDATE pgvista.program AS p SET sound_body = coalesce(p.sound_body,
      pg_get_functiondef(to_regprocedure(p.sound || '(oid)'))) WHERE p.program = wanted;
    EXECUTE format('CREATE OR REPLACE FUNCTION %s(changed oid) RETURNS boolean LANGUAGE plpgsql '
      'SET search_path = pg_catalog, pg_temp AS $f$ BEGIN RETURN false; END $f$', sound);
  END IF;
END $$;

-- What the values of a view's columns are called: an enum's labels, a composite type's fields. Text and JSON made of a
-- value say it; the value itself does not. What the server brings along (below 16384) never changes.
CREATE OR REPLACE FUNCTION pgvista.watched_types(anchor oid, tables text[], whole_rows boolean) RETURNS text
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
  RETURN (WITH RECURSIVE read AS (
    SELECT d.refclassid, d.refobjid, d.refobjsubid FROM pg_rewrite AS w JOIN pg_depend AS d
      ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid WHERE w.ev_class = anchor
  ), types (oid) AS (
    SELECT a.atttypid FROM read AS r JOIN pg_attribute AS a ON r.refclassid = 'pg_class'::regclass
      AND a.attrelid = r.refobjid AND a.attnum = r.refobjsubid AND a.atttypid >= 16384
    UNION SELECT a.atttypid FROM unnest(tables) AS t JOIN pg_attribute AS a ON a.attrelid = to_regclass(t)
      WHERE whole_rows AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid >= 16384
    UNION SELECT r.refobjid FROM read AS r WHERE r.refclassid = 'pg_type'::regclass
    UNION SELECT n.oid FROM types AS t JOIN pg_type AS y ON y.oid = t.oid CROSS JOIN LATERAL (
      SELECT y.typbasetype AS oid UNION ALL SELECT y.typelem
      UNION ALL SELECT a.atttypid FROM pg_attribute AS a WHERE a.attrelid = y.typrelid AND a.attnum > 0
      UNION ALL SELECT g.rngsubtype FROM pg_range AS g WHERE g.rngtypid = y.oid
    ) AS n WHERE n.oid >= 16384
  )
  SELECT string_agg(line, E'\n' ORDER BY line) FROM (
    SELECT format('label %s of %s', quote_literal(e.enumlabel), e.enumtypid::regtype) AS line
      FROM types AS t JOIN pg_enum AS e ON e.enumtypid = t.oid
    UNION ALL SELECT format('type %s %s', y.oid::regtype, (
      SELECT md5(string_agg(format('%s %s', a.attnum, a.attname), ',' ORDER BY a.attnum)) FROM pg_attribute AS a
        WHERE a.attrelid = y.typrelid AND a.attnum > 0 AND NOT a.attisdropped))
      FROM types AS t JOIN pg_type AS y ON y.oid = t.oid WHERE y.typtype = 'c'
  ) AS lines);
END $$;

-- A label that came, or types that nobody looked at before, change no row.
CREATE OR REPLACE FUNCTION pgvista.is_as_watched(before text, now text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE
  SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
  RETURN before = now OR NOT EXISTS (
    SELECT FROM string_to_table(before, E'\n') AS b (line) WHERE line <> ALL (string_to_array(now, E'\n'))
    UNION ALL SELECT FROM string_to_table(now, E'\n') AS n (line)
      WHERE line NOT LIKE 'label %' AND line NOT LIKE 'type %' AND line <> ALL (string_to_array(before, E'\n')));
END $$;

-- What a program depends on and nothing tells it of: bodies of functions, what is a part of what, whether rows
-- outlast a crash, where they come from, what values are called. The text as it was when the program was made is kept
-- beside it.
CREATE OR REPLACE FUNCTION pgvista.watched_text(anchor oid, tables text[]) RETURNS text LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
  whole_rows text;
BEGIN
  -- A row as one value (jsonb_agg(t), t::text) has the columns that its table has at the moment; the view's text
  -- does not say which, and its stored tree has attribute 0. Asked apart: the question below keeps its one plan.
  IF EXISTS (SELECT FROM pg_rewrite AS w WHERE w.ev_class = anchor AND w.ev_action::text LIKE '%:varattno 0 %') THEN
    whole_rows := (SELECT string_agg(format('row of %s %s', to_regclass(t), (
      SELECT md5(string_agg(format('%s %s %s', a.attnum, a.attname, format_type(a.atttypid, a.atttypmod)), ','
        ORDER BY a.attnum))
        FROM pg_attribute AS a WHERE a.attrelid = to_regclass(t) AND a.attnum > 0 AND NOT a.attisdropped)), E'\n'
          ORDER BY t)
      FROM unnest(tables) AS t);
  END IF;
  RETURN concat_ws(E'\n', (WITH RECURSIVE objects (classid, objid) AS (
    SELECT d.refclassid, d.refobjid FROM pg_rewrite AS w JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass
      AND d.objid = w.oid WHERE w.ev_class = anchor
  ), functions (oid) AS (
    SELECT o.objid FROM objects AS o WHERE o.classid = 'pg_proc'::regclass
    UNION SELECT x.oprcode::oid FROM objects AS o JOIN pg_operator AS x ON o.classid = 'pg_operator'::regclass
      AND x.oid = o.objid
    UNION SELECT u.f::oid FROM objects AS o JOIN pg_aggregate AS a ON o.classid = 'pg_proc'::regclass
      AND a.aggfnoid = o.objid CROSS JOIN unnest(ARRAY[a.aggtransfn, a.aggfinalfn]) AS u (f)
  ), below (oid) AS (
    SELECT to_regclass(t)::oid FROM unnest(tables) AS t UNION SELECT i.inhrelid FROM below AS b
      JOIN pg_inherits AS i ON i.inhparent = b.oid
  )
  SELECT string_agg(line, E'\n' ORDER BY line) FROM (
    SELECT format('function %s %s', p.oid::regprocedure, md5(concat(p.prosrc, p.probin, p.prosqlbody::text,
      p.proconfig::text))) AS line FROM functions AS f JOIN pg_proc AS p ON p.oid = f.oid WHERE p.oid >= 16384
      OR p.pronamespace <> 'pg_catalog'::regnamespace
    UNION ALL SELECT format('part %s of %s', i.inhrelid::regclass, i.inhparent::regclass) FROM below AS b
      JOIN pg_inherits AS i ON i.inhrelid = b.oid
    UNION ALL SELECT format('table %s %s', c.oid::regclass, CASE WHEN c.relpersistence = 'u'
      THEN 'is emptied by a crash' ELSE 'outlasts a crash' END) FROM below AS b JOIN pg_class AS c ON c.oid = b.oid
    UNION ALL SELECT format('replicated %s', r.srrelid::regclass) FROM below AS b
      JOIN pg_subscription_rel AS r ON r.srrelid = b.oid
  ) AS all_lines), whole_rows, pgvista.watched_types(anchor, tables, whole_rows IS NOT NULL));
END $$;

-- Which triggers it hears its tables by, and which parts they have: the transactions that made each of these rows of
-- the catalogue. A trigger that was disabled for a while, a part that was detached and attached again are there as
-- before, under another mark.
CREATE OR REPLACE FUNCTION pgvista.marks(heard text[], triggers text[], tables text[]) RETURNS text
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
  RETURN (WITH RECURSIVE below (oid) AS (
    SELECT to_regclass(t)::oid FROM unnest(tables) AS t
    UNION SELECT i.inhrelid FROM below AS b JOIN pg_inherits AS i ON i.inhparent = b.oid
  )
  SELECT string_agg(mark, ' ' ORDER BY mark) FROM (
    SELECT format('%s:%s', t.oid, t.xmin) AS mark FROM unnest(heard, triggers) AS h (tab, trigger)
      JOIN pg_trigger AS t ON t.tgrelid = to_regclass(h.tab) AND t.tgname = h.trigger
    UNION ALL SELECT format('%s<%s:%s', i.inhrelid, i.inhparent, i.xmin) FROM below AS b
      JOIN pg_inherits AS i ON i.inhrelid = b.oid
  ) AS all_marks);
END $$;

-- Has it heard of every change? An upgraded server has other transactions, and is asked for the store alone.
CREATE OR REPLACE FUNCTION pgvista.has_heard_all(wanted pgvista.program) RETURNS boolean
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
  RETURN wanted.marks IS NULL OR wanted.marks = coalesce(pgvista.marks(wanted.heard, wanted.triggers, wanted.tables),
    '')
    OR wanted.marked_by <> pgvista.identity();
END $$;

-- Its rows are to be computed as a whole, from here on or in this transaction: what it did not hear of matters no more.
CREATE OR REPLACE FUNCTION pgvista.set_marks(wanted text) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
  UPDATE pgvista.program AS p
    SET marks = coalesce(pgvista.marks(p.heard, p.triggers, p.tables), ''), marked_by = pgvista.identity()
      WHERE p.program = wanted;
END $$;

-- A trigger that is there and enabled stays: to others that hear by it nothing has happened.
CREATE OR REPLACE FUNCTION pgvista.listen(tab regclass, trigger text, function text, made text) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off SET client_min_messages = warning AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_trigger AS t
                 WHERE t.tgrelid = tab AND t.tgname = trigger AND t.tgenabled IN ('O', 'A')
                   AND t.tgfoid = to_regproc(function)) THEN
    EXECUTE made;
  END IF;
END $$;

-- The programs that keep what a relation shows: of maintained views below it, and of those that these are kept from.
-- These are asked for each answer of the API: in plpgsql, which keeps its plans.
CREATE OR REPLACE FUNCTION pgvista.programs_below(relation oid) RETURNS SETOF text
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
  RETURN QUERY WITH RECURSIVE own AS (
    SELECT p.program, p.store_oid, to_regclass(format('%I.%I', p.schema, p.name))::oid AS view, p.tables
      FROM pgvista.program AS p WHERE p.store <> ''
  ), below (oid) AS (
    SELECT relation
    UNION
    SELECT n.oid FROM below AS b CROSS JOIN LATERAL (
      SELECT d.refobjid AS oid FROM pg_rewrite AS w JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass
        AND d.objid = w.oid
        WHERE w.ev_class = b.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> b.oid
      UNION ALL SELECT to_regclass(t)::oid FROM own AS o CROSS JOIN unnest(o.tables) AS t
        WHERE b.oid IN (o.store_oid, o.view)
    ) AS n WHERE n.oid IS NOT NULL
  )
  SELECT DISTINCT o.program FROM below AS b JOIN own AS o ON b.oid IN (o.store_oid, o.view);
END $$;

-- Does what a relation shows of maintained views keep itself: stands everything as it did when its programs were
-- made? True where there are none below it.
CREATE OR REPLACE FUNCTION pgvista.is_kept(relation oid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp SET jit = off AS $$
BEGIN
  RETURN NOT EXISTS (
    SELECT FROM pgvista.program AS p WHERE p.program IN (SELECT pgvista.programs_below(relation)) AND NOT (
      NOT EXISTS (SELECT FROM pgvista.stopped AS s WHERE s.program = p.program)
      AND coalesce(to_regclass('pgvista.' || quote_ident(p.store))::oid = p.store_oid, false)
      AND NOT EXISTS (SELECT FROM unnest(p.tables) AS t WHERE to_regclass(t) IS NULL)
      -- What was dropped with CASCADE took its query along; what was renamed reads otherwise.
      AND coalesce(pgvista.view_text(to_regclass('pgvista.' || quote_ident(p.anchor))) = p.anchor_text, false)
      AND NOT EXISTS (SELECT FROM unnest(p.heard, p.triggers) AS h (tab, trigger)
                      WHERE NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = to_regclass(h.tab)
                        AND t.tgname = h.trigger AND t.tgenabled IN ('O', 'A')))
      AND pgvista.has_heard_all(p)
      AND (p.watched IS NULL OR pgvista.is_as_watched(p.watched, coalesce(pgvista.watched_text(
        to_regclass('pgvista.' || quote_ident(p.anchor)), p.tables), '')))));
END $$;
