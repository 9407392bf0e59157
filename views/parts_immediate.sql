/* pgvista
kind = "materialized"
maintenance = "immediate"
notify = true
*/
SELECT kind, sum(n) AS n FROM part GROUP BY kind
