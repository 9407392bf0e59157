-- For JSON: the customer is locked, then its row is made anew.
CREATE TABLE kept AS SELECT c.id, c.name, jsonb_agg(s ORDER BY s.id) AS sales FROM customer c LEFT JOIN sale s ON s.customer_id = c.id GROUP BY c.id;
CREATE UNIQUE INDEX ON kept (id);
ANALYZE kept;
CREATE FUNCTION keep_insert() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$ DECLARE ids int[]; BEGIN
  SELECT array_agg(DISTINCT customer_id ORDER BY customer_id) INTO ids FROM new_rows;
  IF cardinality(ids) > 1000 THEN
    LOCK TABLE kept IN EXCLUSIVE MODE;
  ELSE
    PERFORM pg_advisory_xact_lock(1, i) FROM unnest(ids) AS i;
  END IF;
  INSERT INTO kept SELECT c.id, c.name, jsonb_agg(s ORDER BY s.id) FROM customer c LEFT JOIN sale s ON s.customer_id = c.id WHERE c.id = ANY (ids) GROUP BY c.id
  ON CONFLICT (id) DO UPDATE SET name = excluded.name, sales = excluded.sales;
  RETURN NULL;
END $$;
CREATE TRIGGER keep_insert AFTER INSERT ON sale REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_insert();
