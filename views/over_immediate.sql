/* pgvista
kind = "materialized"
maintenance = "immediate"
*/
SELECT n, count(*) AS customers FROM sums_immediate GROUP BY n
