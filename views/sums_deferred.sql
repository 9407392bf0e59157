/* pgvista
kind = "materialized"
maintenance = "deferred"
*/
SELECT customer_id, avg(amount) AS mean, count(*) AS n FROM sale GROUP BY customer_id
