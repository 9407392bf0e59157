-- 0.2.0: what a program is, as a document; and by which PostgreSQL its query was spelled.
ALTER TABLE pgvista.program ADD COLUMN IF NOT EXISTS content text NOT NULL DEFAULT '';
ALTER TABLE pgvista.program ADD COLUMN IF NOT EXISTS definition jsonb;
ALTER TABLE pgvista.program ADD COLUMN IF NOT EXISTS server_major int;
COMMENT ON COLUMN pgvista.program.content IS 'a hash of all that it installed; empty where an older pgvista made it';
COMMENT ON COLUMN pgvista.program.definition IS
  'what has no column of its own here, with the version of this form: the two together are the whole program';
COMMENT ON COLUMN pgvista.program.server_major IS 'of the PostgreSQL that spelled anchor_text';
