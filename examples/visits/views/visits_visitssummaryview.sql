-- Counts of visits per user, section and day. A plain view: evaluated at every read.
SELECT ROW_NUMBER() over () as id,
       "visits_pagevisit"."user_id",
       "visits_pagevisit"."section",
       ("visits_pagevisit"."visit_time" AT TIME ZONE 'UTC')::date AS "visit_date",
       COUNT("visits_pagevisit"."id") AS "count"
FROM "visits_pagevisit"
GROUP BY "visits_pagevisit"."user_id",
          "visits_pagevisit"."section",
          ("visits_pagevisit"."visit_time" AT TIME ZONE 'UTC')::date
