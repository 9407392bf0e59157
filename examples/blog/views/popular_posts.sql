/* pgvista
kind    = "materialized"
indexes = [ { columns = ["id"], unique = true } ]
*/
SELECT * FROM api_post WHERE rating > 200;
