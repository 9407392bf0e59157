/* pgvista
kind = "materialized"
maintenance = "on_commit"
*/
SELECT c.id, c.name, s.id AS sale_id, s.amount FROM customer c LEFT JOIN sale s ON s.customer_id = c.id AND s.amount > 90
