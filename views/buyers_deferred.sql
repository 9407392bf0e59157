/* pgvista
kind = "materialized"
maintenance = "deferred"
*/
SELECT c.id, c.name, array_agg(s.amount ORDER BY s.id) AS amounts FROM customer c JOIN sale s ON s.customer_id = c.id GROUP BY c.id, c.name
