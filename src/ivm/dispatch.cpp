#include "ivm/dispatch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "ivm/generate.hpp"
#include "ivm/queue.hpp"
#include "ivm/rights.hpp"
#include "ivm/sound.hpp"
#include "ivm/statement.hpp"

namespace pgvista::ivm {

namespace {

std::string function_name(const sql::Name& table, const std::string& what) { return sql::Name{"pgvista", sql::shorten_identifier("on_" + table_word(table), "_" + what)}.sql(); }

std::string trigger_name(const std::string& what) { return "pgvista_" + what; }

const char* transition_tables(Event event) {
  switch (event) {
    case Event::insert: return " REFERENCING NEW TABLE AS new_rows";
    case Event::update: return " REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows";
    case Event::remove: return " REFERENCING OLD TABLE AS old_rows";
    case Event::truncate: break;
  }
  return "";
}

// What deferred views need of the table's changes, a note for each queue: its columns are those that any of them needs.
std::string queue_notes(Event event, const std::vector<InstalledCapture>& captures) {
  std::map<sql::Name, std::vector<QueueColumn>> queues;
  for (const InstalledCapture& one : captures) {
    if (!one.capture.queue) continue;
    std::vector<QueueColumn>& columns = queues[*one.capture.queue];
    for (const QueueColumn& column : one.capture.queued) {
      if (std::find(columns.begin(), columns.end(), column) == columns.end()) columns.push_back(column);
    }
  }
  std::string out;
  for (auto& [queue, columns] : queues) {
    std::sort(columns.begin(), columns.end());
    out += queue_note(queue, event, columns);
  }
  return out;
}

// Nothing but notes: without settings of its own it is quicker. Values as text depend on some.
std::string note_trigger(const sql::Name& table, Event event, const std::string& notes, const std::string& settings) {
  return fmt::format("CREATE OR REPLACE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER{} AS {}\n{}DECLARE\n  pgv_sound boolean;\nBEGIN\n{}  RETURN NULL;\nEND\n{}", function_name(table, to_string(event)), settings, sql::dollar_tag("dispatch", notes), body_begin, notes, sql::dollar_tag("dispatch", notes));
}

// Programs that were made before the database's defaults changed keep theirs: put in force for them alone.
std::string in_force(const Settings& settings) {
  std::string out;
  for (const auto& [name, value] : settings) out += fmt::format("  PERFORM set_config({}, {}, true);\n", sql::quote_literal(name), sql::quote_literal(value));
  return out;
}

// A transaction whose snapshot is older than the program sees none of its rows: it may add nothing to them.
std::string snapshot_check(const std::string& program) {
  return fmt::format("  IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN\n    PERFORM pgvista.check_snapshot({});\n  END IF;\n", sql::quote_literal(program));
}

std::string dispatcher(const sql::Name& table, Event event, const std::vector<InstalledCapture>& captures, bool counted) {
  const std::string notes = queue_notes(event, captures);
  const bool text = std::any_of(captures.begin(), captures.end(), [](const auto& one) { return writes_text(one.capture.queued); });
  const bool only_notes = std::all_of(captures.begin(), captures.end(), [](const auto& one) { return one.capture.queue.has_value(); });
  const Settings settings = captures.empty() ? Settings{} : captures.front().settings;
  if (only_notes && !captures.empty() && !counted) return note_trigger(table, event, notes, text ? set_clauses(settings) : std::string{});
  std::string body;
  std::string checked;
  for (const InstalledCapture& one : captures) {
    if (one.capture.queue) continue;
    body += fmt::format("  -- {}\n", one.program);
    if (one.program != checked) body += snapshot_check(one.program);
    if (one.program != checked && one.asks) body += fmt::format("  pgv_sound := {}(TG_RELID);\n", sound_function(one.program));
    checked = one.program;
    const bool other = one.settings != settings;
    if (one.asks) body += "  IF pgv_sound THEN\n";
    if (other) body += in_force(one.settings);
    // Asked before each: what came before may have written to a store that this one reads, too.
    if (one.capture.counted) body += "  -- Is this table the only one that the statement changes?\n  pgv_alone := pgvista.is_alone(TG_RELID);\n";
    body += one.catches ? caught(one.program, "TG_RELID", one.capture.body) : one.capture.body;
    if (other) body += in_force(settings);
    if (one.asks) body += "  END IF;\n";
  }
  body += notes;
  const char* end = counted && event != Event::truncate ? "  pgv_alone := pgvista.close_statement();\n" : "";
  // Without jit: what a few rows change is soon counted, and compiling it may take a second where the planner knows little of the tables.
  return fmt::format(
      "CREATE OR REPLACE FUNCTION {0}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER{6}{5} AS {4}\n{7}{1}BEGIN\n{2}{3}  RETURN NULL;\nEND\n{4}",
      function_name(table, to_string(event)), "DECLARE\n  pgv_alone boolean;\n  pgv_sound boolean;\n", body, end, sql::dollar_tag("dispatch", body), body.find("DECLARE") == std::string::npos ? "" : " SET plan_cache_mode = force_generic_plan", function_settings(settings), body_begin);
}

// `when`: "AFTER INSERT ON …", with its transition tables.
std::string listen(const sql::Name& table, const std::string& trigger, const std::string& function, const std::string& when) {
  const auto text = [](const std::string& value) { return sql::quote_literal(value); };
  const std::string made = fmt::format("CREATE OR REPLACE TRIGGER {} {} FOR EACH STATEMENT EXECUTE FUNCTION {}()", trigger, when, function);
  return fmt::format("SELECT pgvista.listen({}, {}, {}, {})", text(table.sql()), text(trigger), text(function), text(made));
}

}  // namespace

std::string trigger_name(Event event) { return trigger_name(to_string(event)); }

std::vector<std::string> trigger_names(const std::vector<InstalledCapture>& captures) {
  std::vector<std::string> out;
  bool counted = false;
  for (const InstalledCapture& one : captures) {
    counted |= one.capture.counted;
    const std::string name = trigger_name(to_string(one.capture.event));
    if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  }
  if (!counted) return out;
  for (const Event event : {Event::insert, Event::update, Event::remove}) {
    const std::string name = trigger_name(to_string(event));
    if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  }
  out.push_back(trigger_name("open"));
  return out;
}

std::vector<std::string> dispatch_sql(const sql::Name& table, const std::vector<InstalledCapture>& all, const std::vector<InstalledCapture>& before) {
  const std::vector<std::string> there = trigger_names(before);
  const auto gone = [](const InstalledCapture& one) { return !one.table_exists; };
  const bool no_table = std::any_of(all.begin(), all.end(), gone) || std::any_of(before.begin(), before.end(), gone);
  const auto exists = [&](const std::string& trigger) { return std::find(there.begin(), there.end(), trigger) != there.end(); };
  std::vector<std::string> out;
  std::vector<InstalledCapture> captures = all;
  std::stable_sort(captures.begin(), captures.end(), [](const auto& a, const auto& b) { return std::tie(a.level, a.program) < std::tie(b.level, b.program); });
  const bool counted = std::any_of(captures.begin(), captures.end(), [](const auto& one) { return one.capture.counted; });
  for (const Event event : {Event::insert, Event::update, Event::remove, Event::truncate}) {
    std::vector<InstalledCapture> own;
    std::copy_if(captures.begin(), captures.end(), std::back_inserter(own), [&](const auto& one) { return one.capture.event == event; });
    const std::string trigger = trigger_name(to_string(event));
    const bool needed = !own.empty() || (counted && event != Event::truncate);
    if (!needed && !exists(trigger)) continue;
    if (needed && no_table) continue;
    if (!needed) {
      // With the trigger, under whatever name the table goes now.
      out.push_back(fmt::format("DROP FUNCTION IF EXISTS {}() CASCADE", function_name(table, to_string(event))));
      continue;
    }
    out.push_back(dispatcher(table, event, own, counted));
    out.push_back(fmt::format("REVOKE ALL ON FUNCTION {}() FROM PUBLIC", function_name(table, to_string(event))));
    const char* word = event == Event::insert ? "INSERT" : event == Event::update ? "UPDATE"
                                                       : event == Event::remove   ? "DELETE"
                                                                                  : "TRUNCATE";
    const std::string function = function_name(table, to_string(event));
    const std::string when = fmt::format("AFTER {} ON {}{}", word, table.sql(), transition_tables(event));
    out.push_back(listen(table, trigger, function, when));
  }
  if (no_table || (!counted && !exists("pgvista_open"))) return out;
  const std::string open = "pgvista.open_statement";
  out.push_back(counted ? listen(table, "pgvista_open", open, fmt::format("BEFORE INSERT OR UPDATE OR DELETE ON {}", table.sql()))
                        : fmt::format("DROP TRIGGER IF EXISTS pgvista_open ON {}", table.sql()));
  return out;
}

std::string runtime_sql() {
  static const std::string text = R"(
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
COMMENT ON COLUMN pgvista.program.marks IS 'what it hears by, when its rows were computed (pgvista.marks)';
COMMENT ON COLUMN pgvista.program.marked_by IS 'the server of these marks (pgvista.identity)';
COMMENT ON COLUMN pgvista.program.heard IS 'the tables whose triggers it needs, one for each of "triggers"';
COMMENT ON COLUMN pgvista.program.sound IS 'the function that says whether its maintenance may run; its body while it is stopped is in sound_body';
COMMENT ON COLUMN pgvista.program.catches IS 'an error of its maintenance puts the view aside instead of failing the writer';
COMMENT ON COLUMN pgvista.program.watched IS 'what it depends on without being told of its changes, as it was when it was made (pgvista.watched_text)';
COMMENT ON COLUMN pgvista.program.store_oid IS 'of the store that was filled: a restored one has another';
COMMENT ON COLUMN pgvista.program.settings IS 'what it computes under, as [name, value] pairs: the database''s defaults when it was made';

-- The rows that writers lock, one a slot; `turn` changes so that a writer with an older snapshot finds out.
CREATE TABLE IF NOT EXISTS pgvista.lock (
  view  int NOT NULL,
  slot  bigint NOT NULL,
  turn  boolean NOT NULL DEFAULT false,
  PRIMARY KEY (view, slot)
) WITH (fillfactor = 50);

-- What waits for the commit of its own transaction; empty to everybody else, and after a crash. `entry` is the number of
-- a reference to a base table in a view, 0 for all of it; `columns` holds an array of values as text for each column.
CREATE UNLOGGED TABLE IF NOT EXISTS pgvista.pending (
  xid      xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
  level    int NOT NULL,
  drain    text NOT NULL,
  entry    int NOT NULL,
  columns  text[],
  first    boolean NOT NULL
);
CREATE INDEX IF NOT EXISTS pending_xid ON pgvista.pending (xid);

-- The text of a view with every name whole, whatever the session's search path.
CREATE OR REPLACE FUNCTION pgvista.view_text(view oid) RETURNS text LANGUAGE sql STABLE SET search_path = ''
  AS $$ SELECT pg_catalog.pg_get_viewdef(view) $$;

CREATE OR REPLACE FUNCTION pgvista.all_lanes(slot bigint) RETURNS bigint[] LANGUAGE sql IMMUTABLE
  AS $$ SELECT ARRAY[slot + 1, slot + 2, slot + 3, slot + 4, slot + 5, slot + 6, slot + 7, slot + 8] $$;

-- Are these changed rows so many, beside all rows of a view's base tables, that reading those again is cheaper?
CREATE OR REPLACE FUNCTION pgvista.is_bulk(changed bigint, tables text[]) RETURNS boolean LANGUAGE sql STABLE
  AS $$ SELECT changed > 0.2 * coalesce(sum(greatest(c.reltuples, 0)), 0) FROM pg_class AS c WHERE c.oid IN (SELECT to_regclass(t)::oid FROM unnest(tables) AS t) $$;

-- At REPEATABLE READ and SERIALIZABLE: was the program there, and its rows with it, when this transaction's snapshot was taken?
CREATE OR REPLACE FUNCTION pgvista.check_snapshot(wanted text) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pgvista.program AS p WHERE p.program = wanted) THEN
    RAISE EXCEPTION 'could not serialize access: the maintained view kept by "%" was made after this transaction began', wanted
      USING ERRCODE = 'serialization_failure', HINT = 'Try the transaction again.';
  END IF;
END $$;

-- Locks everything of a view. At REPEATABLE READ the snapshot may be older than what others have committed, and nothing
-- tells what they touched: unless no transaction began since the snapshot and none was open then, it is a serialization failure.
-- Called only by functions that have set the search path and the rights.
CREATE OR REPLACE FUNCTION pgvista.lock_all(program text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  number int := hashtext(program);
  snapshot pg_snapshot := pg_current_snapshot();
  latest bigint;
BEGIN
  -- Against those who lock some keys of it (ROW EXCLUSIVE), and against itself. Nobody else may lock a store.
  EXECUTE format('LOCK TABLE pgvista.%I IN SHARE ROW EXCLUSIVE MODE', program);
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
CREATE OR REPLACE FUNCTION pgvista.apply_pending() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan AS $$
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
END $$;
CREATE OR REPLACE FUNCTION pgvista.flush() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pgvista.apply_pending();
  RETURN NULL;
END $$;
DO $$ BEGIN
  -- Once, however many notes there are: by the first, which is taken back only together with those that follow it.
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = 'pgvista.pending'::regclass AND tgname = 'pgvista_flush') THEN
    CREATE CONSTRAINT TRIGGER pgvista_flush AFTER INSERT ON pgvista.pending DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.first) EXECUTE FUNCTION pgvista.flush();
  END IF;
END $$;

CREATE OR REPLACE FUNCTION pgvista.refuse_write() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'the rows of "%" are kept by pgvista and cannot be written', TG_TABLE_NAME
    USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Change the tables that it reads.';
END $$;

-- Where transactions can be prepared, which a NOTIFY forbids, pgvista watch tells what was written here.
CREATE TABLE IF NOT EXISTS pgvista.told (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, channel text NOT NULL, payload text NOT NULL);

CREATE OR REPLACE FUNCTION pgvista.tell(channel text, payload text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
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
CREATE OR REPLACE FUNCTION pgvista.notify_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
    SELECT string_agg(format('%I', a), ', ' ORDER BY i) INTO key FROM unnest(TG_ARGV) WITH ORDINALITY AS u(a, i) WHERE i > 1;
    IF key IS NOT NULL THEN
      -- A message has less than 8000 bytes. Whoever is told no keys reads anew.
      EXECUTE format('SELECT array_agg(k) FROM (SELECT json_agg(d.k)::text AS k FROM (SELECT json_build_array(%s) AS k, row_number() OVER () AS n FROM (SELECT DISTINCT %s FROM changed LIMIT 1001) c) d GROUP BY d.n / 50) p', key, key) INTO pieces;
    END IF;
  END IF;
  PERFORM pgvista.tell('pgvista', TG_ARGV[0]);
  IF listened IS NULL THEN
    RETURN NULL;
  END IF;
  IF pieces IS NULL OR cardinality(pieces) > 20 OR EXISTS (SELECT FROM unnest(pieces) AS u(k) WHERE octet_length(k) > 7500) THEN
    PERFORM pgvista.tell(listened, json_build_object('view', TG_ARGV[0])::text);
    RETURN NULL;
  END IF;
  FOREACH keys IN ARRAY pieces LOOP
    PERFORM pgvista.tell(listened, json_build_object('view', TG_ARGV[0], 'keys', keys::json)::text);
  END LOOP;
  RETURN NULL;
END $$;
)";
  return text + statement_runtime_sql() + stop_runtime_sql() + deferred_runtime_sql() + rights_runtime_sql();
}

}  // namespace pgvista::ivm
