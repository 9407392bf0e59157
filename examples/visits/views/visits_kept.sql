/* pgvista
kind        = "materialized"
maintenance = "immediate"
comment     = "Visits per user, section and day, as fresh as its tables"
*/
-- The ids are made when the view is read, in the order of user, section and day.
SELECT ROW_NUMBER() over () as id,
       "visits_pagevisit"."user_id",
       "visits_pagevisit"."section",
       ("visits_pagevisit"."visit_time" AT TIME ZONE 'UTC')::date AS "visit_date",
       COUNT("visits_pagevisit"."id") AS "count"
FROM "visits_pagevisit"
GROUP BY "visits_pagevisit"."user_id",
          "visits_pagevisit"."section",
          ("visits_pagevisit"."visit_time" AT TIME ZONE 'UTC')::date
