-- The best hand-written trigger for the single-table aggregate: one upsert of the groups a statement touches.
CREATE TABLE kept AS SELECT customer_id, count(*) AS n, sum(quantity) AS quantity, sum(amount) AS amount FROM sale GROUP BY customer_id;
CREATE UNIQUE INDEX ON kept (customer_id);
ANALYZE kept;
CREATE FUNCTION keep_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO kept AS k SELECT customer_id, count(*), sum(quantity), sum(amount) FROM new_rows GROUP BY customer_id ORDER BY customer_id
  ON CONFLICT (customer_id) DO UPDATE SET n = k.n + excluded.n, quantity = k.quantity + excluded.quantity, amount = k.amount + excluded.amount;
  RETURN NULL;
END $$;
CREATE TRIGGER keep_insert AFTER INSERT ON sale REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_insert();
