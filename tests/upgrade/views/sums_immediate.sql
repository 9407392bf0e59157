/* pgvista
kind = "materialized"
maintenance = "immediate"
*/
SELECT customer_id, count(*) AS n, sum(amount) AS total, max(sold_on) AS last FROM sale GROUP BY customer_id
