/* pgvista
kind    = "materialized"
comment = "Totals by event, with what a full-text search needs"
indexes = [ { columns = ["event"], unique = true },
            { name = "foo_mat_view_search", columns = ["search"], using = "gin" } ]
*/
SELECT foo_view.*, to_tsvector('english', event) AS search
FROM foo_view
