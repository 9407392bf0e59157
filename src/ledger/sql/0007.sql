-- 0.3.0: what changes of many rows have cost, and what the statistics were when the way to keep a view was chosen.
CREATE UNLOGGED TABLE IF NOT EXISTS pgvista.pace (
  program text NOT NULL,
  store text NOT NULL,        -- of the program, or of a part of it
  change text NOT NULL,       -- the statement class: an event of a table; 'fill': the store was filled
  whole boolean NOT NULL,     -- the store was computed as a whole; else its changed rows were followed
  magnitude int NOT NULL,     -- of the number of changed rows: its logarithm to the base 4
  microseconds double precision NOT NULL,  -- for each row of all base tables, where whole; for each changed row; of a
                                           -- fill, for all
  PRIMARY KEY (store, change, whole, magnitude)
);
COMMENT ON TABLE pgvista.pace IS
  'what changes of many rows have cost, as the triggers measured it: the cheaper way is taken';
ALTER TABLE pgvista.program ADD COLUMN IF NOT EXISTS counted jsonb;
COMMENT ON COLUMN pgvista.program.counted IS
  'rows of each base table by the statistics when the way was chosen; null where an older pgvista chose it';
