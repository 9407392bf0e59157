-- For the join: the rows joined to are locked, so that a renamed customer or product waits for the sale, and the sale for it.
CREATE TABLE kept AS SELECT c.name, p.category, count(*) AS n, sum(s.amount) AS amount FROM sale s JOIN customer c ON c.id = s.customer_id JOIN product p ON p.id = s.product_id GROUP BY c.name, p.category;
CREATE UNIQUE INDEX ON kept (name, category);
ANALYZE kept;
CREATE FUNCTION keep_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  PERFORM FROM customer c WHERE c.id IN (SELECT customer_id FROM new_rows) ORDER BY c.id FOR SHARE;
  PERFORM FROM product p WHERE p.id IN (SELECT product_id FROM new_rows) ORDER BY p.id FOR SHARE;
  INSERT INTO kept AS k SELECT c.name, p.category, count(*), sum(s.amount) FROM new_rows s JOIN customer c ON c.id = s.customer_id JOIN product p ON p.id = s.product_id GROUP BY c.name, p.category ORDER BY c.name, p.category
  ON CONFLICT (name, category) DO UPDATE SET n = k.n + excluded.n, amount = k.amount + excluded.amount;
  RETURN NULL;
END $$;
CREATE TRIGGER keep_insert AFTER INSERT ON sale REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_insert();
