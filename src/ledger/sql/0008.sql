-- 0.3.0: the clocks of views whose rows depend on the present time.
ALTER TABLE pgvista.program ADD COLUMN IF NOT EXISTS clock text;
COMMENT ON COLUMN pgvista.program.clock IS
  'the table of the schema pgvista, of one row, that its present time is read from; null: it depends on no time';
ALTER TABLE pgvista.program ADD COLUMN IF NOT EXISTS clock_every interval;
COMMENT ON COLUMN pgvista.program.clock_every IS 'how old that time may get before the next writer moves it';
