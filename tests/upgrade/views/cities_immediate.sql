/* pgvista
kind = "materialized"
maintenance = "immediate"
indexes = [ { columns = ["city"] } ]
*/
SELECT c.city, count(*) AS n, sum(s.amount) AS total FROM customer c JOIN sale s ON s.customer_id = c.id GROUP BY c.city
