// Relations of the typed face on a real server.

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <array>
#include <cstdio>
#include <pgvista/error.hpp>

#include "support/blog.hpp"
#include "support/failure_code.hpp"
#include "support/workspace.hpp"

namespace pgvista::test {

using namespace blog;

class Relations : public ::testing::Test {
 protected:
  Relations() : db(work.url()) {
    db.execute(registry().create_tables());
    ada = author("Ada");
    bob = author("Bob");
    eve = author("Eve");
    first = post(ada, "Views", 7);
    second = post(ada, "Triggers", 9);
    third = post(bob, "Locks", 3);
    std::vector<Tag> made(2);
    made[0].name = "sql";
    made[1].name = "new";
    db.insert_returning(made);
    sql = made[0];
    fresh = made[1];
    related(first, &Post::tags).add(db, sql, fresh);
    related(second, &Post::tags).add(db, sql);
    comment(first, bob, "good");
    comment(first, std::nullopt, "who?");
  }

  Author author(const std::string& name) {
    Author out;
    out.name = name;
    db.insert(out);
    return out;
  }
  Post post(const Author& by, const std::string& title, int rating) {
    Post out;
    out.title = title;
    out.author = by.id;
    out.rating = rating;
    out.state = State::published;
    db.insert(out);
    return out;
  }
  Comment comment(const Post& of, const std::optional<Author>& by, const std::string& content) {
    Comment out;
    out.post = of.id;
    if (by) out.author = by->id;
    out.content = content;
    db.insert(out);
    return out;
  }
  template <class Rows, class T>
  static std::vector<T> column(const Rows& rows,
                               T std::remove_cvref_t<decltype(*std::declval<Rows>().begin())>::*member) {
    std::vector<T> out;
    for (const auto& one : rows) out.push_back(one.*member);
    return out;
  }

  Workspace work;
  Database db;
  Author ada, bob, eve;
  Post first, second, third;
  Tag sql, fresh;
};

using Names = std::vector<std::string>;

TEST_F(Relations, ManyRowsAreLoadedWithOneQueryForAll) {
  const auto authors = from<Author>()
                           .with(&Author::posts, &Post::tags)
                           .with(&Author::posts, &Post::comments, &Comment::author)
                           .with(&Author::profile)
                           .order_by(col(&Author::id).asc())
                           .fetch(db);
  ASSERT_EQ(3U, authors.size());
  EXPECT_EQ((Names{"Views", "Triggers"}), column(authors[0].posts, &Post::title));
  EXPECT_EQ((Names{"sql", "new"}), column(authors[0].posts[0].tags, &Tag::name));
  EXPECT_EQ((Names{"sql"}), column(authors[0].posts[1].tags, &Tag::name));
  EXPECT_EQ((Names{"good", "who?"}), column(authors[0].posts[0].comments, &Comment::content));
  EXPECT_EQ("Bob", (*authors[0].posts[0].comments[0].author)->name);
  EXPECT_FALSE(authors[0].posts[0].comments[1].author);
  EXPECT_TRUE(authors[2].posts.empty()) << "loaded, and there are none";
  EXPECT_FALSE(authors[0].profile) << "likewise";
  EXPECT_FALSE(authors[0].following.loaded());
  EXPECT_EQ("not_loaded", failure_code([&] { (void)authors[0].following.size(); }));
}

TEST_F(Relations, TheNumberOfQueriesDoesNotGrowWithTheRows) {
  for (int i = 0; i < 20; ++i) related(post(eve, "Post " + std::to_string(i), i), &Post::tags).add(db, sql);
  // Statements as libpq sends them.
  const std::unique_ptr<FILE, int (*)(FILE*)> trace(std::tmpfile(), std::fclose);
  PQtrace(static_cast<PGconn*>(db.raw()), trace.get());
  const auto authors = from<Author>().with(&Author::posts, &Post::tags).with(&Author::posts, &Post::author).fetch(db);
  PQuntrace(static_cast<PGconn*>(db.raw()));
  EXPECT_EQ(3U, authors.size());
  std::rewind(trace.get());
  std::array<char, 4096> line{};
  int executed = 0;
  while (std::fgets(line.data(), line.size(), trace.get()))
    executed += std::string_view(line.data()).find("\tExecute\t") != std::string_view::npos ? 1 : 0;
  EXPECT_EQ(3, executed) << "authors, their posts with the authors of these, and the tags of all posts";
}

TEST_F(Relations, BothSidesSeeThePairs) {
  const Tag tag = from<Tag>().with(&Tag::posts, &Post::author).where(col(&Tag::name) == "sql").get(db);
  EXPECT_EQ((Names{"Views", "Triggers"}), column(tag.posts, &Post::title));
  EXPECT_EQ("Ada", tag.posts[0].author->name);
  related(ada, &Author::following).add(db, bob, eve);
  related(ada, &Author::following).add(db, bob);
  EXPECT_EQ(
      (Names{"Bob", "Eve"}),
      column(related(ada, &Author::following).query().order_by(col(&Author::name).asc()).fetch(db), &Author::name));
  EXPECT_EQ((Names{"Ada"}), column(related(bob, &Author::followers).fetch(db), &Author::name));
  // The pairs that lead here, and those that a filter asks for, are two.
  EXPECT_EQ((Names{"Views"}),
            column(related(tag, &Tag::posts).query().where(any(&Post::tags, col(&Tag::name) == "new")).fetch(db),
                   &Post::title));
  EXPECT_EQ(2, std::get<1>(related(tag, &Tag::posts)
                               .query()
                               .group_by(col(&Post::title))
                               .select(col(&Post::title), count(col(&Post::tags, &Tag::id)))
                               .order_by(output(2).desc())
                               .fetch(db)
                               .at(0)));
  EXPECT_EQ("interest", from<Follow>().first(db)->why) << "the model between has its defaults";
}

TEST_F(Relations, PairsAreAddedTakenAwayAndSet) {
  const auto tags = [&] { return column(related(first, &Post::tags).fetch(db), &Tag::name); };
  related(first, &Post::tags).remove(db, sql);
  EXPECT_EQ((Names{"new"}), tags());
  related(first, &Post::tags).set(db, {sql});
  EXPECT_EQ((Names{"sql"}), tags());
  related(first, &Post::tags).clear(db);
  EXPECT_EQ((Names{}), tags());
  EXPECT_EQ((Names{"sql"}), column(related(second, &Post::tags).fetch(db), &Tag::name))
      << "of other posts nothing changes";
}

TEST_F(Relations, AForeignKeyThatLeadsBackIsSet) {
  related(bob, &Author::posts).add(db, first);
  EXPECT_EQ(bob.id, from<Post>().where(col(&Post::id) == first.id).get(db).author.key);
  EXPECT_EQ("not_nullable", failure_code([&] { related(bob, &Author::posts).remove(db, first); }));
  EXPECT_EQ("not_nullable", failure_code([&] { related(bob, &Author::posts).clear(db); }));
  related(ada, &Author::posts).set(db, {second});
  EXPECT_EQ((Names{"Triggers"}), column(related(ada, &Author::posts).fetch(db), &Post::title));
}

TEST_F(Relations, ObjectsAreFilteredJoinedAndAnnotatedAlongThem) {
  EXPECT_EQ((Names{"Views"}),
            column(from<Post>().where(any(&Post::tags, col(&Tag::name) == "new")).fetch(db), &Post::title));
  EXPECT_EQ((Names{"Eve"}), column(from<Author>().where(!any(&Author::posts)).fetch(db), &Author::name));
  const auto counted = from<Author>()
                           .annotate(count(col(&Author::posts, &Post::id)), max(col(&Author::posts, &Post::rating)))
                           .order_by(col(&Author::id).asc())
                           .fetch(db);
  ASSERT_EQ(3U, counted.size());
  EXPECT_EQ("Ada", std::get<0>(counted[0]).name);
  EXPECT_EQ(2, std::get<1>(counted[0]));
  EXPECT_EQ(9, std::get<2>(counted[0]));
  EXPECT_EQ(std::nullopt, std::get<2>(counted[2]));
  const auto left = from<Post>()
                        .left_join(&Post::comments)
                        .order_by(col(&Post::id).asc(), maybe(&Comment::id).asc())
                        .select(col(&Post::title), maybe(&Comment::content))
                        .fetch(db);
  ASSERT_EQ(4U, left.size());
  EXPECT_EQ(std::nullopt, std::get<1>(left[3]));
}

TEST_F(Relations, SubqueriesAndRecursionGiveStructs) {
  const auto counts = from<Post>()
                          .group_by(col(&Post::author))
                          .into(field(&PostCount::posts, count()), field(&PostCount::author, col(&Post::author)));
  const auto best = from<Author>()
                        .join(cte(counts), col(&PostCount::author) == col(&Author::id))
                        .where(col(&PostCount::posts) > 1)
                        .select(col(&Author::name), col(&PostCount::posts))
                        .fetch(db);
  ASSERT_EQ(1U, best.size());
  EXPECT_EQ(std::make_tuple(std::string("Ada"), std::int64_t{2}), best[0]);
  const auto loaded = from(counts).with(&PostCount::author).order_by(col(&PostCount::posts).desc()).fetch(db);
  EXPECT_EQ("Ada", loaded[0].author->name);

  Comment answer = comment(first, ada, "me");
  answer.answers = from<Comment>().where(col(&Comment::content) == "who?").get(db).id;
  db.update(answer);
  const auto threads = recursive_cte(
      from<Comment>()
          .where(col(&Comment::answers).is_null())
          .into(field(&Thread::id, col(&Comment::id)), field(&Thread::depth, cast<std::int32_t>(value(0)))),
      [](const Cte<Thread>& itself) {
        return from<Comment>()
            .join(itself, col(&Thread::id) == col(&Comment::answers))
            .into(field(&Thread::id, col(&Comment::id)), field(&Thread::depth, col(&Thread::depth) + 1));
      });
  const Thread deepest = from(threads).order_by(col(&Thread::depth).desc()).first(db).value();
  EXPECT_EQ(answer.id, deepest.id);
  EXPECT_EQ(1, deepest.depth);
}

TEST_F(Relations, RowsComeBackFromChanges) {
  const auto changed = from<Post>()
                           .where(col(&Post::author, &Author::name) == "Ada")
                           .update_returning(db, set(&Post::rating, col(&Post::rating) * 10));
  ASSERT_EQ(2U, changed.size());
  EXPECT_EQ(70, changed[0].rating);
  EXPECT_EQ(State::published, changed[0].state);
  const auto gone = from<Comment>().remove_returning(db);
  EXPECT_EQ(2U, gone.size());

  Tag tag;
  tag.name = "sql";
  EXPECT_FALSE(db.get_or_create(tag, on(&Tag::name)));
  EXPECT_EQ(sql.id, tag.id);
  Tag other;
  other.name = "c++";
  EXPECT_TRUE(db.get_or_create(other, on(&Tag::name)));
  EXPECT_NE(0, other.id);
  Author renamed;
  renamed.name = "Ada";
  db.upsert(renamed, on(&Author::name));
  EXPECT_EQ(ada.id, renamed.id) << "the row that was there";
}

TEST_F(Relations, WhatTriggersMakeIsReadBack) {
  db.execute(
      "CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.title := upper(NEW.title); RETURN NEW; "
      "END $$; "
      "CREATE TRIGGER shout BEFORE INSERT OR UPDATE ON post FOR EACH ROW EXECUTE FUNCTION shout()");
  first.rating = 8;
  db.update_returning(first);
  EXPECT_EQ("VIEWS", first.title);
  std::vector<Post> made(2, Post{.title = "new", .author = ada.id, .tags = {}, .comments = {}});
  db.insert_returning(made);
  EXPECT_EQ("NEW", made[1].title);
  EXPECT_NE(made[0].id, made[1].id);
  EXPECT_EQ(2, related(made[0], &Post::tags).add(db, sql, fresh));
  EXPECT_EQ(0, related(made[0], &Post::tags).add(db, sql));
  EXPECT_EQ(1, related(made[0], &Post::tags).remove(db, sql));
}

TEST_F(Relations, PreparedQueriesTakeArguments) {
  const auto by_title = prepare<std::string>(
      from<Post>().with(&Post::author).with(&Post::tags).where(col(&Post::title) == param<std::string>(1)));
  for (int i = 0; i < 3; ++i) {
    const Post one = by_title.first(db, "Views").value();
    EXPECT_EQ("Ada", one.author->name);
    EXPECT_EQ(2U, one.tags.size());
  }
  EXPECT_FALSE(by_title.first(db, "Nothing"));
  const auto counting = prepare<std::int32_t, std::int32_t>(
      from<Post>()
          .where(col(&Post::rating) >= param<std::int32_t>(1) && col(&Post::rating) < param<std::int32_t>(2))
          .select(count()));
  EXPECT_EQ(2, std::get<0>(counting.fetch(db, 5, 10).front()));
  EXPECT_EQ("unknown_argument", failure_code([] {
              prepare<std::int32_t>(from<Post>().where(col(&Post::rating) == param<std::int32_t>(2)));
            }));
}

TEST_F(Relations, RawSqlFillsStructsByName) {
  const auto rows = fetch_sql<PostCount>(
      db, "SELECT count(*) AS posts, author_id FROM post WHERE title <> $1 GROUP BY author_id ORDER BY 1", "Locks");
  ASSERT_EQ(1U, rows.size());
  EXPECT_EQ(ada.id, rows[0].author.key);
  EXPECT_EQ("unknown_column", failure_code([&] { fetch_sql<PostCount>(db, "SELECT 1 AS posts"); }));
  EXPECT_EQ("column_type",
            failure_code([&] { fetch_sql<PostCount>(db, "SELECT true AS posts, 1::bigint AS author_id"); }));
  // Fewer bytes than the member has are read.
  EXPECT_EQ(1, fetch_sql<PostCount>(db, "SELECT 1::smallint AS posts, 2 AS author_id")[0].posts);
}

TEST_F(Relations, ErrorsNameTheQueryAndThePlace) {
  try {
    from<Post>().where(raw<bool>("? = 'x'::nothing", col(&Post::title))).fetch(db);
    FAIL();
  } catch (const Failure& failure) {
    const Error& error = failure.error();
    EXPECT_EQ("42704", error.sqlstate);
    EXPECT_EQ("SELECT id, title, author_id, state, rating FROM post WHERE title = 'x'::nothing", error.query);
    EXPECT_TRUE(error.file.ends_with("relations_test.cpp")) << error.file;
    EXPECT_GT(error.line, 200);
  }
}

TEST_F(Relations, EnumsAndBoundsAreCheckedBeforeWriting) {
  EXPECT_EQ("invalid_value", failure_code([&] { post(ada, "Bad", 501); }));
  EXPECT_EQ(3, from<Post>().where(col(&Post::state) == State::published).count(db));
  EXPECT_EQ(1, from<Post>().where(col(&Post::title) == "Views").update(db, set(&Post::state, State::draft)));
  EXPECT_EQ(1, from<Post>().where(col(&Post::state).in({State::draft})).count(db));
  // An enum type of the server's reads the same.
  db.execute(
      "CREATE TYPE post_state AS ENUM ('draft', 'published'); ALTER TABLE post DROP CONSTRAINT post_state_check; DROP "
      "INDEX post_title; ALTER TABLE post ALTER state TYPE post_state USING state::post_state");
  EXPECT_EQ(2, from<Post>().where(col(&Post::state) == State::published).count(db));
  EXPECT_EQ(State::draft, from<Post>().where(col(&Post::title) == "Views").get(db).state);
}

}  // namespace pgvista::test
