/* pgvista
kind        = "materialized"
maintenance = "immediate"
clock       = "1 minute"
comment     = "Visits of the last thirty days per section, as fresh as its tables"
*/
-- Rows leave it as time goes on: the view's time is moved by the next writer when it is older than a minute, and by
-- pgvista watch.
SELECT section, count(*) AS visits, max(visit_time) AS latest
FROM visits_pagevisit
WHERE visit_time > now() - interval '30 days'
GROUP BY section
