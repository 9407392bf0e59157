-- Fills the tables: the same rows for the same number of rooms, in a few statements whatever that number is.
-- The number comes from the setting rooms.count; without it, 500, with 500 of each piece of furniture, 50 doors and 150
-- souvenirs. In psql: SET rooms.count = 5000; then \i generate.sql

CREATE FUNCTION pg_temp.rooms() RETURNS int LANGUAGE sql STABLE AS
$$ SELECT coalesce(nullif(current_setting('rooms.count', true), ''), '500')::int $$;

-- An even spread over 1 .. n that depends on its arguments only.
CREATE FUNCTION pg_temp.pick(seed int, i int, n int) RETURNS int LANGUAGE sql IMMUTABLE AS
$$ SELECT 1 + (((hashint8(i::bigint * 1000003 + seed) % n) + n) % n) $$;

-- A size from 1.0 to 100.0
CREATE FUNCTION pg_temp.size(seed int, i int) RETURNS double precision LANGUAGE sql IMMUTABLE AS
$$ SELECT (pg_temp.pick(seed, i, 991) + 9) / 10.0::double precision $$;

INSERT INTO rooms_door (id, name, width, length, height, type)
SELECT i, 'Door ' || i, pg_temp.size(11, i), pg_temp.size(12, i), pg_temp.size(13, i), 'DT' || pg_temp.pick(4, i, 4)
FROM generate_series(1, greatest(1, pg_temp.rooms() / 10)) AS i;
INSERT INTO rooms_souvenir (id, name) SELECT i, 'Souvenir ' || i FROM generate_series(1, greatest(1, pg_temp.rooms() * 3 / 10)) AS i;
INSERT INTO rooms_decoration (id, name) SELECT i, 'Decoration ' || i FROM generate_series(1, greatest(1, pg_temp.rooms() / 5)) AS i;
INSERT INTO rooms_decoration_souvenirs (decoration_id, souvenir_id)
SELECT DISTINCT d, pg_temp.pick(20 + k, d, greatest(1, pg_temp.rooms() * 3 / 10))
FROM generate_series(1, greatest(1, pg_temp.rooms() / 5)) AS d, generate_series(1, 3) AS k;
INSERT INTO rooms_room (id, name, width, length, height, type, door_id, decoration_id)
SELECT i, 'Room ' || i, pg_temp.size(31, i), pg_temp.size(32, i), pg_temp.size(33, i), (ARRAY['KTCH', 'BDR', 'LBB', 'LRM'])[pg_temp.pick(34, i, 4)],
       pg_temp.pick(35, i, greatest(1, pg_temp.rooms() / 10)), CASE WHEN i % 20 <> 0 THEN pg_temp.pick(36, i, greatest(1, pg_temp.rooms() / 5)) END
FROM generate_series(1, pg_temp.rooms()) AS i;
-- Every tenth room has no window, so that outer joins have something to do: its window is its neighbour's.
INSERT INTO rooms_window (id, name, width, length, height, type, room_id)
SELECT i, 'Window ' || i, pg_temp.size(41, i), pg_temp.size(42, i), pg_temp.size(43, i), 'WT' || pg_temp.pick(44, i, 3), CASE WHEN i % 10 = 0 THEN i - 1 ELSE i END
FROM generate_series(1, pg_temp.rooms()) AS i;
INSERT INTO rooms_windowfittings (id, name, width, length, height, type)
SELECT i, 'Fitting ' || i, pg_temp.size(51, i), pg_temp.size(52, i), pg_temp.size(53, i), 'WFT' || pg_temp.pick(54, i, 3)
FROM generate_series(1, pg_temp.rooms()) AS i;
INSERT INTO rooms_windowfittings_windows (windowfittings_id, window_id)
SELECT DISTINCT pg_temp.pick(60 + k, w, pg_temp.rooms()), w FROM generate_series(1, pg_temp.rooms()) AS w, generate_series(1, 2) AS k;
INSERT INTO rooms_chair (id, name, width, length, height, type)
SELECT i, 'Chair ' || i, pg_temp.size(101, i), pg_temp.size(102, i), pg_temp.size(103, i), 'CHT' || pg_temp.pick(104, i, 3)
FROM generate_series(1, pg_temp.rooms()) AS i;
INSERT INTO rooms_chair_rooms (chair_id, room_id)
SELECT DISTINCT pg_temp.pick(110 + k, r, pg_temp.rooms()), r FROM generate_series(1, pg_temp.rooms()) AS r, generate_series(1, 3) AS k;
INSERT INTO rooms_bed (id, name, width, length, height, type)
SELECT i, 'Bed ' || i, pg_temp.size(121, i), pg_temp.size(122, i), pg_temp.size(123, i), 'BT' || pg_temp.pick(124, i, 3)
FROM generate_series(1, pg_temp.rooms()) AS i;
INSERT INTO rooms_bed_rooms (bed_id, room_id)
SELECT DISTINCT pg_temp.pick(130 + k, r, pg_temp.rooms()), r FROM generate_series(1, pg_temp.rooms()) AS r, generate_series(1, 3) AS k;
INSERT INTO rooms_table (id, name, width, length, height, type)
SELECT i, 'Table ' || i, pg_temp.size(141, i), pg_temp.size(142, i), pg_temp.size(143, i), 'TBLT' || pg_temp.pick(144, i, 3)
FROM generate_series(1, pg_temp.rooms()) AS i;
INSERT INTO rooms_table_rooms (table_id, room_id)
SELECT DISTINCT pg_temp.pick(150 + k, r, pg_temp.rooms()), r FROM generate_series(1, pg_temp.rooms()) AS r, generate_series(1, 3) AS k;

SELECT setval(pg_get_serial_sequence(t, 'id'), greatest(1, (xpath('/row/m/text()', query_to_xml('SELECT max(id) AS m FROM ' || t, false, true, '')))[1]::text::bigint))
FROM unnest(ARRAY['rooms_door', 'rooms_souvenir', 'rooms_decoration', 'rooms_room', 'rooms_window', 'rooms_windowfittings', 'rooms_chair', 'rooms_bed', 'rooms_table']) AS t;
ANALYZE;
