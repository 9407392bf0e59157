/* pgvista
kind    = "materialized"
comment = "A post with its tags, the number of its comments, and who wrote them"
indexes = [ { name = "unique_post_id", columns = ["post_id"], unique = true } ]
*/
SELECT post.id AS post_id,
       post.title,
       post.content,
       string_agg(DISTINCT tag.name, '; ') AS tag_names,
       coalesce(count(DISTINCT comment.id), 0) AS comments_count,
       string_agg(DISTINCT author.first_name, ', ') AS comment_authors
FROM api_post post
LEFT JOIN api_post_tags post_tag ON post_tag.post_id = post.id
LEFT JOIN api_tag tag ON tag.id = post_tag.tag_id
LEFT JOIN api_comment comment ON comment.post_id = post.id
LEFT JOIN auth_user author ON author.id = comment.author_id
GROUP BY post.id
