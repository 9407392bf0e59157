/* pgvista
kind = "materialized"
*/
SELECT city, count(*) AS n FROM customer GROUP BY city
