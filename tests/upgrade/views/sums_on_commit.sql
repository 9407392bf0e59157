/* pgvista
kind = "materialized"
maintenance = "on_commit"
*/
SELECT sold_on, count(*) AS n, sum(amount) AS total, min(amount) AS least FROM sale GROUP BY sold_on
