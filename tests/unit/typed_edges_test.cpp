// The edges of the typed face without a database: what must not be misread, and what is refused with its reason.

#include <gtest/gtest.h>
#include <pgvista/error.hpp>

#include "support/blog.hpp"
#include "support/failure_code.hpp"
#include "support/shop.hpp"

namespace pgvista::test {

namespace {

using namespace blog;

std::string sql(const Statement& statement) { return statement.sql; }

std::string where(const Statement& statement) { return statement.sql.substr(statement.sql.find("WHERE ") + 6); }

struct Shared {
  std::string name;
  static void define(Table<Shared>& t) { t.column(&Shared::name, max_length(20)).check("named", "name <> ''"); }
};
BOOST_DESCRIBE_STRUCT(Shared, (), (name))
struct Closer : Shared {
  static void define(Table<Closer>& t) { t.column(&Closer::name, max_length(10)); }
};
BOOST_DESCRIBE_STRUCT(Closer, (Shared), ())
struct First : Closer {
  std::int64_t key{};
  static void define(Table<First>& t) {
    t.primary_key(&First::key).index(&First::key).column(&First::key, column_name("the_key"));
  }
};
BOOST_DESCRIBE_STRUCT(First, (Closer), (key))
struct Second : Closer {
  std::int64_t id{};
};
BOOST_DESCRIBE_STRUCT(Second, (Closer), (id))

/// Another name for the authors, to join them to themselves.
struct Follower : Author {
  static constexpr auto table = "author";
};
BOOST_DESCRIBE_STRUCT(Follower, (Author), ())

/// Its own columns are named where it is defined.
struct Names {
  std::string name;
  static void define(View<Names>& v) {
    const auto authors = from<Author>().into(field(&Names::name, col(&Author::name)));
    v.as(authors.union_(from<Tag>().into(field(&Names::name, col(&Tag::name)))).order_by(col(&Names::name).asc()))
        .comment("ends */ or /* begins")
        .setting("statement_timeout", model::toml("5s"));
  }
};
BOOST_DESCRIBE_STRUCT(Names, (), (name))

TEST(TypedEdges, RawSqlKeepsItsMeaning) {
  EXPECT_EQ(
      "(rating = 1 OR rating = 2) AND title = $1",
      where(from<Post>().where(raw<bool>("rating = 1 OR rating = 2")).where(col(&Post::title) == "x").statement()));
  EXPECT_EQ("(rating + 1) * $1::integer > $2",
            where(from<Post>().where(raw<std::int32_t>("rating + 1") * 2 > 3).statement()));
  EXPECT_EQ("(a OR b) IS NOT TRUE", where(from<Post>().exclude(raw<bool>("a OR b")).statement()));
  EXPECT_EQ("title LIKE 'a?' AND \"b?\" ? id = $1",
            where(from<Post>().where(raw<bool>("title LIKE 'a?' AND \"b?\" ?? id = ?", value(1))).statement()));
  EXPECT_EQ("wrong_parts", failure_code([] { raw<bool>("? = ?", value(1)); }));
}

TEST(TypedEdges, OperatorsBindAsInSql) {
  EXPECT_EQ("(rating IS DISTINCT FROM $1) IS NOT TRUE",
            where(from<Post>().exclude(col(&Post::rating).is_distinct_from(1)).statement()));
  EXPECT_EQ("(rating IS DISTINCT FROM $1) = (id = $2)",
            where(from<Post>().where(col(&Post::rating).is_distinct_from(1) == (col(&Post::id) == 1)).statement()));
}

TEST(TypedEdges, GroupsWithValuesAreTheSameGroups) {
  const auto kind = when(col(&Post::rating) > 5, "good").otherwise("bad");
  EXPECT_EQ(
      "SELECT CASE WHEN rating > $1 THEN $2::text ELSE $3 END, count(*) FROM post WHERE rating > $4 GROUP BY CASE WHEN "
      "rating > $1 THEN $2::text ELSE $3 END",
      sql(from<Post>().where(col(&Post::rating) > 5).group_by(kind).select(kind, count()).statement()));
}

TEST(TypedEdges, AliasesKeepClearOfInnerQueries) {
  EXPECT_EQ(
      "SELECT post.id FROM post JOIN author AS author_2 ON author_2.id = post.author_id WHERE EXISTS (SELECT FROM "
      "author WHERE author.name > author_2.name)",
      sql(from<Post>()
              .where(exists(from<Author>().where(col(&Author::name) > outer(&Post::author, &Author::name))))
              .select(col(&Post::id))
              .statement()));
  EXPECT_EQ(
      "SELECT author.id FROM author WHERE EXISTS (SELECT FROM post WHERE EXISTS (SELECT FROM comment WHERE "
      "comment.author_id = author.id AND comment.post_id = post.id))",
      sql(from<Author>()
              .where(exists(from<Post>().where(exists(from<Comment>().where(
                  col(&Comment::author) == outer(&Author::id) && col(&Comment::post) == outer(&Post::id))))))
              .select(col(&Author::id))
              .statement()));
}

TEST(TypedEdges, AModelIsReadOnceUnderOneName) {
  EXPECT_EQ("joined_twice",
            failure_code([] { from<Author>().join<Author>(col(&Author::id) == col(&Author::id)).statement(); }));
  EXPECT_EQ("SELECT author.name, author_2.name FROM author JOIN author AS author_2 ON author_2.id > author.id",
            sql(from<Author>()
                    .join<Follower>(col_of<Follower>(&Follower::id) > col_of<Author>(&Author::id))
                    .select(col_of<Author>(&Author::name), col_of<Follower>(&Follower::name))
                    .statement()));
  EXPECT_EQ(
      "ambiguous_column", failure_code([] {
        from<First>().join<Second>(col(&First::key) == col(&Second::id)).where(col(&First::name) == "x").statement();
      }));
}

TEST(TypedEdges, LimitsAndFiltersDoNotChangePlaces) {
  EXPECT_EQ("filter_after_limit", failure_code([] { from<Post>().limit(2).where(col(&Post::rating) > 2); }));
  EXPECT_EQ("group_after_limit", failure_code([] { from<Post>().limit(2).group_by(col(&Post::rating)); }));
  EXPECT_EQ("SELECT DISTINCT * FROM (SELECT name FROM author UNION ALL SELECT name FROM tag) AS q",
            sql(from<Author>()
                    .select(col(&Author::name))
                    .union_all(from<Tag>().select(col(&Tag::name)))
                    .distinct()
                    .statement()));
  EXPECT_EQ(
      "SELECT author.id, author.name, count(posts.id) FROM author LEFT JOIN post AS posts ON posts.author_id = "
      "author.id GROUP BY author.id ORDER BY 3 DESC",
      sql(from<Author>().annotate(count(col(&Author::posts, &Post::id))).order_by(output(2).desc()).statement()));
  EXPECT_EQ("SELECT count(*) FROM post", sql(model::count_statement(*from<Post>().for_update().spec())));
}

TEST(TypedEdges, WhatWouldMultiplyIsRefused) {
  EXPECT_EQ(
      "multiplied", failure_code([] {
        from<Post>().annotate(count(col(&Post::tags, &Tag::id)), count(col(&Post::comments, &Comment::id))).statement();
      }));
  EXPECT_EQ("", failure_code([] {
              from<Post>()
                  .annotate(count(col(&Post::tags, &Tag::id)).distinct(),
                            count(col(&Post::comments, &Comment::id)).distinct())
                  .statement();
            }));
  EXPECT_EQ("many_in_filter",
            failure_code([] { from<Author>().order_by(col(&Author::posts, &Post::rating).asc()).statement(); }));
  EXPECT_EQ("nothing_loaded",
            failure_code([] { from<Author>().with(&Author::posts).annotate(upper(col(&Author::name))); }));
  EXPECT_EQ("filled_twice", failure_code([] {
              from<Post>().into(field(&Thread::id, col(&Post::id)), field(&Thread::id, col(&Post::id))).statement();
            }));
}

TEST(TypedEdges, UpdatesTellTheirOwnColumnsFromOthers) {
  EXPECT_EQ(
      "UPDATE author SET name = coalesce((SELECT max(post.title) FROM post WHERE post.author_id = author.id), $1) "
      "WHERE author.id = $2",
      sql(from<Author>()
              .where(col(&Author::id) == 1)
              .update_statement(set(&Author::name, coalesce(scalar(from<Post>()
                                                                       .where(col(&Post::author) == outer(&Author::id))
                                                                       .select(max(col(&Post::title)))),
                                                            "")))));
  EXPECT_EQ("path_in_assignment",
            failure_code([] { from<Post>().update_statement(set(&Post::title, col(&Post::author, &Author::name))); }));
  EXPECT_EQ("DELETE FROM author WHERE NOT EXISTS (SELECT FROM post WHERE post.author_id = author.id)",
            sql(from<Author>().where(!any(&Author::posts)).remove_statement()));
  EXPECT_EQ(
      "DELETE FROM post WHERE id IN (SELECT post.id FROM post JOIN author AS author_2 ON author_2.id = post.author_id "
      "WHERE EXISTS (SELECT FROM author WHERE author.name > author_2.name AND author.id > $1))",
      sql(from<Post>()
              .where(exists(from<Author>().where(col(&Author::name) > outer(&Post::author, &Author::name) &&
                                                 col(&Author::id) > 1)))
              .remove_statement()));
  EXPECT_EQ("out_of_range", failure_code([] { set(&Post::rating, 5'000'000'000); }));
  EXPECT_EQ("out_of_range", failure_code([] { (void)(col(&Post::id) == 18'446'744'073'709'551'615ULL); }));
  EXPECT_EQ("invalid_value", failure_code([] { from<Post>().update_statement(set(&Post::rating, 501)); }));
}

TEST(TypedEdges, TypesSayWhereNullIs) {
  static_assert(std::is_same_v<decltype(from<Post>().select(max(col(&Post::rating)), count(),
                                                            coalesce(max(col(&Post::rating)), 0)))::RowType,
                               std::tuple<std::optional<std::int32_t>, std::int64_t, std::int32_t>>);
  static_assert(
      std::is_same_v<decltype(when(col(&Post::rating) > 1, col(&Post::title)).otherwise(maybe(&Author::name)))::type,
                     std::optional<std::string>>);
  static_assert(std::is_same_v<decltype(col(&Post::id) == std::optional<std::int64_t>())::type, std::optional<bool>>);
  static_assert(std::is_same_v<decltype(sum(col(&Post::rating)).over(by(), ordered(), "ROWS 1 PRECEDING"))::type,
                               std::optional<std::int64_t>>);
  static_assert(std::is_same_v<decltype(col(&Post::rating) + 3'000'000'000)::type, std::int64_t>);
  EXPECT_EQ("rating + $1::bigint > $2", where(from<Post>().where(col(&Post::rating) + 3'000'000'000 > 1).statement()));
}

TEST(TypedEdges, BasesAndOrderOfDefineDoNotMatter) {
  const std::string text = Registry().add<First, Second>().create_tables();
  EXPECT_NE(std::string::npos, text.find("PRIMARY KEY (the_key)")) << text;
  EXPECT_NE(std::string::npos, text.find("CREATE INDEX ON first (the_key)")) << text;
  EXPECT_NE(std::string::npos, text.find("CHECK (char_length(name) <= 10)")) << text;
  EXPECT_EQ(text.find("CONSTRAINT named"), text.substr(0, text.find("CREATE TABLE second")).rfind("CONSTRAINT named"))
      << "once a table: " << text;
}

TEST(TypedEdges, AViewMayNameItsOwnColumns) {
  EXPECT_EQ("CREATE VIEW names AS SELECT name FROM author UNION SELECT name FROM tag ORDER BY name",
            view_sql<Names>().create);
  const std::string file = Registry().add<Names>().view_files().front().text;
  EXPECT_EQ(file.find("*/"), file.find("*/\nSELECT")) << file;
  EXPECT_EQ(0U, file.rfind("/*")) << "comments nest: " << file;
}

TEST(TypedEdges, LongListsGoAsOneValue) {
  std::vector<std::int64_t> many(100'000, 7);
  const Statement statement = from<Post>().where(col(&Post::id).in(many)).statement();
  EXPECT_EQ(1U, statement.parameters.size());
  EXPECT_EQ("id = ANY ($1)", where(statement));
}

}  // namespace

}  // namespace pgvista::test
