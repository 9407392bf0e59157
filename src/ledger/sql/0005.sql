-- 0.2.0: schemas that were made for views, so that they go when nothing is in them any more.
CREATE TABLE IF NOT EXISTS pgvista.made_schema (name text PRIMARY KEY);
COMMENT ON TABLE pgvista.made_schema IS 'schemas that pgvista made for views: clear takes those away that are empty';
