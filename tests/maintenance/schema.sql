-- The tables of the maintenance tests: NULLs, a composite key, none, foreign keys with actions, partitions, inheritance.
CREATE TABLE a (id int PRIMARY KEY, g int, name text, v int NOT NULL DEFAULT 0);
CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a ON DELETE CASCADE ON UPDATE CASCADE, x int, s text);
CREATE TABLE c (b_id int REFERENCES b ON DELETE SET NULL ON UPDATE CASCADE, y int, t text);
CREATE TABLE p (id int, k int, z int, PRIMARY KEY (id, k)) PARTITION BY RANGE (k);
CREATE TABLE p_low PARTITION OF p FOR VALUES FROM (MINVALUE) TO (3);
CREATE TABLE p_high PARTITION OF p FOR VALUES FROM (3) TO (MAXVALUE);
CREATE TABLE i (id int, w int, d numeric(8, 2), j jsonb);
CREATE TABLE i_child (extra text) INHERITS (i);
CREATE INDEX ON b (a_id);
CREATE INDEX ON c (b_id);
-- A row trigger that writes another base table.
CREATE FUNCTION touch_a() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$ BEGIN
  IF new.x = 4 THEN UPDATE a SET v = v + 1 WHERE id = new.a_id; END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER touch AFTER INSERT OR UPDATE ON b FOR EACH ROW EXECUTE FUNCTION touch_a();
INSERT INTO a SELECT n, nullif(n % 4, 3), 'n' || n % 3, n % 5 FROM generate_series(1, 8) n;
INSERT INTO b SELECT n, nullif(n % 7, 0), n % 4, CASE WHEN n % 5 > 0 THEN 's' || n % 5 END FROM generate_series(1, 12) n;
INSERT INTO c SELECT nullif(n % 9, 8) + 1, n % 3, CASE WHEN n % 4 > 0 THEN 't' || n % 4 END FROM generate_series(1, 15) n;
INSERT INTO p SELECT n % 5, n / 5, n % 4 FROM generate_series(1, 24) n;
INSERT INTO i SELECT n % 4, n % 3, n * 1.25, jsonb_build_object('tags', jsonb_build_array(n % 3, n % 2)) FROM generate_series(1, 8) n;
INSERT INTO i_child SELECT n % 4, n % 3, n * 0.5, NULL, 'e' FROM generate_series(1, 4) n;
