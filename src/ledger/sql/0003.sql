-- What must be known of a program's statements stands beside them: do they gather changed rows in variables?
UPDATE pgvista.program SET captures = (
  SELECT jsonb_agg(CASE WHEN one ? 'follows' THEN one
    ELSE one || jsonb_build_object('follows', coalesce(one ->> 'body', '') LIKE '%DECLARE%') END ORDER BY n)
  FROM jsonb_array_elements(captures) WITH ORDINALITY AS c (one, n))
WHERE captures <> '[]'::jsonb;
