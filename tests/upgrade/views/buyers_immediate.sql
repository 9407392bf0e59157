/* pgvista
kind = "materialized"
maintenance = "immediate"
*/
SELECT c.id, c.name, (SELECT max(s.amount) FROM sale s WHERE s.customer_id = c.id) AS best FROM customer c WHERE c.city IS NOT NULL
