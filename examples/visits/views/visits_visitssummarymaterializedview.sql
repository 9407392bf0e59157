/* pgvista
kind    = "materialized"
comment = "Visits per user, section and day"
indexes = [ { columns = ["user_id", "section", "visit_date"], unique = true },
            { columns = ["count DESC"] } ]
*/
SELECT "visits_pagevisit"."user_id",
       "visits_pagevisit"."section",
       ("visits_pagevisit"."visit_time" AT TIME ZONE 'UTC')::date AS "visit_date",
       COUNT("visits_pagevisit"."id") AS "count"
FROM "visits_pagevisit"
GROUP BY "visits_pagevisit"."user_id",
          "visits_pagevisit"."section",
          ("visits_pagevisit"."visit_time" AT TIME ZONE 'UTC')::date
