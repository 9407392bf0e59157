// Relations of the typed face without a database: the SQL of paths, joins, subqueries and common table expressions.

#include <gtest/gtest.h>
#include <pgvista/error.hpp>

#include "support/blog.hpp"
#include "support/failure_code.hpp"

namespace blog {

namespace {

using pgvista::test::failure_code;

std::string sql(const Statement& statement) { return statement.sql; }

TEST(Relations, TablesOfPairsFollowFromTheModels) {
  const std::string text = registry().create_tables();
  EXPECT_NE(std::string::npos,
            text.find("CREATE TABLE post_tags (\n  post_id bigint NOT NULL REFERENCES post ON DELETE CASCADE,\n  "
                      "tag_id bigint NOT NULL REFERENCES tag ON DELETE CASCADE,\n  PRIMARY KEY (post_id, tag_id)\n);\n"
                      "CREATE INDEX ON post_tags (tag_id);\n"))
      << text;
  EXPECT_EQ(std::string::npos, text.find("author_following")) << "a model between is a table of its own";
  EXPECT_NE(std::string::npos, text.find("state text NOT NULL CHECK (state IN ('draft', 'published'))")) << text;
  EXPECT_NE(std::string::npos, text.find("rating integer NOT NULL CHECK (rating BETWEEN 0 AND 500)")) << text;
  EXPECT_NE(std::string::npos, text.find("CREATE INDEX post_title ON post (lower(title)) WHERE state = 'published';"))
      << text;
  EXPECT_NE(std::string::npos, text.find("author_id bigint NOT NULL UNIQUE REFERENCES author ON DELETE CASCADE"))
      << text;
}

TEST(Relations, PathsAndJoinsLeadThroughThem) {
  EXPECT_EQ(
      "SELECT post.title, tags.name FROM post LEFT JOIN post_tags ON post_tags.post_id = post.id LEFT JOIN tag AS tags "
      "ON tags.id = post_tags.tag_id",
      sql(from<Post>().select(col(&Post::title), col(&Post::tags, &Tag::name)).statement()));
  EXPECT_EQ("SELECT author.name, post.title FROM author JOIN post ON post.author_id = author.id",
            sql(from<Author>().join(&Author::posts).select(col(&Author::name), col(&Post::title)).statement()));
  EXPECT_EQ("SELECT post.title, author.name FROM post JOIN author ON author.id = post.author_id WHERE author.name = $1",
            sql(from<Post>()
                    .join(&Post::author)
                    .where(col(&Author::name) == "Ada")
                    .select(col(&Post::title), col(&Author::name))
                    .statement()));
  EXPECT_EQ(
      "SELECT tag.name, post.title FROM tag LEFT JOIN post_tags ON post_tags.tag_id = tag.id LEFT JOIN post ON post.id "
      "= post_tags.post_id",
      sql(from<Tag>().left_join(&Tag::posts).select(col(&Tag::name), maybe(&Post::title)).statement()));
  // A path that starts at a joined model comes behind it.
  EXPECT_EQ(
      "SELECT comment.content, post_author.name FROM tag JOIN post_tags ON post_tags.tag_id = tag.id JOIN post ON "
      "post.id = post_tags.post_id JOIN comment ON comment.post_id = post.id JOIN author AS post_author ON "
      "post_author.id = post.author_id",
      sql(from<Tag>()
              .join(&Tag::posts)
              .join(&Post::comments)
              .select(col(&Comment::content), col(&Post::author, &Author::name))
              .statement()));
}

TEST(Relations, AnyIsExists) {
  EXPECT_EQ(
      "SELECT post.id FROM post WHERE EXISTS (SELECT FROM tag JOIN post_tags ON post_tags.tag_id = tag.id WHERE "
      "post_tags.post_id = post.id AND tag.name = $1)",
      sql(from<Post>().where(any(&Post::tags, col(&Tag::name) == "sql")).select(col(&Post::id)).statement()));
  EXPECT_EQ("SELECT author.id FROM author WHERE NOT EXISTS (SELECT FROM post WHERE post.author_id = author.id)",
            sql(from<Author>().where(!any(&Author::posts)).select(col(&Author::id)).statement()));
}

TEST(Relations, LoadsToOneInTheSameQuery) {
  EXPECT_EQ(
      "SELECT comment.id, comment.post_id, comment.author_id, comment.content, comment.answers_id, post.id, "
      "post.title, post.author_id, post.state, post.rating, post_author.id, post_author.name "
      "FROM comment JOIN post ON post.id = comment.post_id JOIN author AS post_author ON post_author.id = "
      "post.author_id",
      sql(from<Comment>().with(&Comment::post, &Post::author).statement()));
  EXPECT_EQ(
      "SELECT author.id, author.name, profile.id, profile.author_id, profile.bio FROM author LEFT JOIN profile ON "
      "profile.author_id = author.id",
      sql(from<Author>().with(&Author::profile).statement()));
  EXPECT_EQ("SELECT id, name FROM author", sql(from<Author>().with(&Author::posts).statement()))
      << "many rows take a query of their own";
}

TEST(Relations, AnnotationsArePerObject) {
  const auto authors = from<Author>().annotate(count(col(&Author::posts, &Post::id)));
  static_assert(std::is_same_v<decltype(authors)::RowType, std::tuple<Author, std::int64_t>>);
  EXPECT_EQ(
      "SELECT author.id, author.name, count(posts.id) FROM author LEFT JOIN post AS posts ON posts.author_id = "
      "author.id GROUP BY author.id",
      sql(authors.statement()));
  EXPECT_EQ("SELECT id, name, upper(name) FROM author",
            sql(from<Author>().annotate(upper(col(&Author::name))).statement()));
}

TEST(Relations, SubqueriesAndCommonTableExpressionsAreReadLikeModels) {
  const auto counts = from<Post>()
                          .group_by(col(&Post::author))
                          .into(field(&PostCount::posts, count()), field(&PostCount::author, col(&Post::author)));
  EXPECT_EQ(
      "SELECT author.name, post_count.posts FROM author JOIN (SELECT author_id, count(*) AS posts FROM post GROUP BY "
      "author_id) AS post_count ON post_count.author_id = author.id",
      sql(from<Author>()
              .join(counts, col(&PostCount::author) == col(&Author::id))
              .select(col(&Author::name), col(&PostCount::posts))
              .statement()));
  EXPECT_EQ(
      "SELECT author_id, posts FROM (SELECT author_id, count(*) AS posts FROM post GROUP BY author_id) AS post_count "
      "WHERE posts > $1",
      sql(from(counts).where(col(&PostCount::posts) > 2).statement()));
  const auto productive = cte(counts, "productive");
  EXPECT_EQ(
      "WITH productive AS (SELECT author_id, count(*) AS posts FROM post GROUP BY author_id) SELECT author.name FROM "
      "author JOIN productive AS post_count ON post_count.author_id = author.id WHERE post_count.posts > $1",
      sql(from<Author>()
              .join(productive, col(&PostCount::author) == col(&Author::id))
              .where(col(&PostCount::posts) > 2)
              .select(col(&Author::name))
              .statement()));
  const auto threads = recursive_cte(
      from<Comment>()
          .where(col(&Comment::answers).is_null())
          .into(field(&Thread::id, col(&Comment::id)), field(&Thread::depth, cast<std::int32_t>(value(0)))),
      [](const Cte<Thread>& itself) {
        return from<Comment>()
            .join(itself, col(&Thread::id) == col(&Comment::answers))
            .into(field(&Thread::id, col(&Comment::id)), field(&Thread::depth, col(&Thread::depth) + 1));
      });
  EXPECT_EQ(
      "WITH RECURSIVE thread AS (SELECT id, $1::integer AS depth FROM comment WHERE answers_id IS NULL UNION ALL "
      "SELECT comment.id, thread.depth + $2::integer AS depth FROM comment JOIN thread ON thread.id = "
      "comment.answers_id) SELECT id, depth FROM "
      "thread ORDER BY depth DESC",
      sql(from(threads).order_by(col(&Thread::depth).desc()).statement()));
}

TEST(Relations, UnionsAreOrderedByTheirOutputs) {
  const auto names = from<Author>().select(col(&Author::name)).union_(from<Tag>().select(col(&Tag::name)));
  EXPECT_EQ("SELECT name FROM author UNION SELECT name FROM tag ORDER BY 1 DESC LIMIT 3",
            sql(names.order_by(output(1).desc()).limit(3).statement()));
  EXPECT_EQ("ordered_union", failure_code([&] { names.order_by(upper(col(&Author::name)).asc()).statement(); }));
}

TEST(Relations, WindowsHaveOrdersAndFrames) {
  EXPECT_EQ(
      "SELECT id, sum(rating) OVER (PARTITION BY author_id ORDER BY id ROWS 2 PRECEDING), lag(rating, $1) OVER (ORDER "
      "BY id) FROM post",
      sql(from<Post>()
              .select(col(&Post::id),
                      sum(col(&Post::rating))
                          .over(by(col(&Post::author)), ordered(col(&Post::id).asc()), "ROWS 2 PRECEDING"),
                      lag(col(&Post::rating)).over(by(), ordered(col(&Post::id).asc())))
              .statement()));
}

TEST(Relations, ViewsFieldByField) {
  EXPECT_EQ(
      "CREATE VIEW post_summary AS SELECT post.id AS post_id, post.title, string_agg(DISTINCT tags.name, '; ') AS "
      "tag_names, count(DISTINCT comments.id) AS comments_count FROM post LEFT JOIN post_tags ON post_tags.post_id = "
      "post.id "
      "LEFT JOIN tag AS tags ON tags.id = post_tags.tag_id LEFT JOIN comment AS comments ON comments.post_id = post.id "
      "GROUP BY post.id, post.title",
      view_sql<PostSummary>().create);
}

TEST(Relations, LocksAndUpdatesNameTheOwnTable) {
  EXPECT_EQ(
      "SELECT post.id, post.title, post.author_id, post.state, post.rating FROM post JOIN author ON author.id = "
      "post.author_id WHERE author.name = $1 FOR UPDATE OF post SKIP LOCKED",
      sql(from<Post>().where(col(&Post::author, &Author::name) == "Ada").for_update(true).statement()));
}

}  // namespace

}  // namespace blog
