// The edges of the typed face on a real server.

#include <gtest/gtest.h>
#include <pgvista/error.hpp>
#include <pgvista/listen.hpp>
#include <pgvista/pool.hpp>

#include "support/blog.hpp"
#include "support/failure_code.hpp"
#include "support/workspace.hpp"

namespace pgvista::test {

using namespace blog;

struct Stamped {
  std::int64_t id{};
  Uuid token{};
  TimestampTz created{};
  std::string name;
  static void define(Table<Stamped>& t) {
    t.column(&Stamped::token, default_sql("gen_random_uuid()")).column(&Stamped::created, default_sql("now()"));
  }
};
BOOST_DESCRIBE_STRUCT(Stamped, (), (id, token, created, name))

struct Kid;
struct Parent {
  std::int64_t id{};
  Many<Kid> kids;
};
BOOST_DESCRIBE_STRUCT(Parent, (), (id, kids))
/// Its key is narrower than that of its parent.
struct Kid {
  std::int64_t id{};
  Ref<Parent, std::int32_t> parent;
  Json note;
};
BOOST_DESCRIBE_STRUCT(Kid, (), (id, parent, note))

class TypedEdges : public ::testing::Test {
 protected:
  TypedEdges() : db(work.url()) {
    db.execute(registry().create_tables());
    std::vector<Author> authors(2);
    authors[0].name = "Ada";
    authors[1].name = "Bob";
    db.insert_returning(authors);
    ada = authors[0];
    bob = authors[1];
    std::vector<Post> posts(4);
    for (std::size_t i = 0; i < posts.size(); ++i) {
      posts[i].title = "Post " + std::to_string(i);
      posts[i].author = i == 0 ? bob.id : ada.id;
      posts[i].rating = static_cast<int>(i);
    }
    db.insert_returning(posts);
  }
  Workspace work;
  Database db;
  Author ada, bob;
};

TEST_F(TypedEdges, RelatedRowsAloneAreChanged) {
  const auto of_bob = related(bob, &Author::posts).query();
  EXPECT_EQ(1, of_bob.count(db));
  EXPECT_EQ(0, std::get<0>(of_bob.aggregate(db, max(col(&Post::rating)))));
  EXPECT_EQ(1, of_bob.update(db, set(&Post::rating, 9)));
  EXPECT_EQ(1, from<Post>().where(col(&Post::rating) == 9).count(db));
  EXPECT_EQ(1, of_bob.remove(db));
  EXPECT_EQ(3, from<Post>().count(db));
  EXPECT_EQ("no_row", failure_code([&] { related(bob, &Author::posts).add(db, Post()); }));
}

TEST_F(TypedEdges, TheSameTextWithOtherTypesIsAnotherStatement) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(1, from<Post>().where(col(&Post::rating) == 3).count(db));
    EXPECT_EQ(1, from<Post>().where(col(&Post::rating) == std::int16_t{3}).count(db));
  }
  const Statement whole{"SELECT $1::bigint", {parameter(std::int64_t{7})}};
  const Statement fraction{"SELECT $1::bigint", {parameter(7.0)}};
  for (const Statement* one : {&whole, &whole, &fraction, &whole})
    EXPECT_EQ(7, Type<std::int64_t>::decode(db.run(*one).bytes(0, 0)));
}

TEST_F(TypedEdges, AnAbortedTransactionIsNotCommitted) {
  Transaction transaction(db);
  from<Post>().remove(db);
  EXPECT_THROW(db.run("SELECT 1 / 0"), Failure);
  EXPECT_EQ("rolled_back", failure_code([&] { transaction.commit(); }));
  EXPECT_EQ("committed", failure_code([&] { transaction.commit(); }));
  EXPECT_EQ(4, from<Post>().count(db));
  Transaction again(db);
  again.commit();
}

TEST_F(TypedEdges, ATransactionInsideAnotherIsASavepoint) {
  db.execute("BEGIN");
  {
    Transaction inner(db);
    from<Post>().where(col(&Post::rating) == 0).remove(db);
    inner.commit();
  }
  {
    Transaction inner(db);
    EXPECT_THROW(db.run("SELECT 1 / 0"), Failure);
  }
  EXPECT_EQ(3, from<Post>().count(db)) << "the outer one goes on";
  EXPECT_EQ("nested_isolation", failure_code([&] { Transaction(db, Isolation::serializable); }));
  EXPECT_EQ("nested_retry", failure_code([&] { retry(db, Isolation::serializable, [] {}); }));
  db.execute("ROLLBACK");
  EXPECT_EQ(4, from<Post>().count(db));
}

TEST_F(TypedEdges, OneStatementAtATime) {
  int rows = 0;
  from<Post>().each(db, [&](const Post&) {
    EXPECT_EQ("busy", failure_code([&] { from<Author>().count(db); }));
    EXPECT_EQ("busy", failure_code([&] { db.execute("SELECT 1"); }));
    ++rows;
  });
  EXPECT_EQ(4, rows);
  EXPECT_EQ(2, from<Author>().count(db));
  EXPECT_EQ("copy_statement", failure_code([&] { db.run("COPY post TO STDOUT"); }));
  EXPECT_EQ("copy_statement", failure_code([&] { db.execute("COPY post FROM STDIN"); }));
  EXPECT_EQ(2, from<Author>().count(db));
}

TEST_F(TypedEdges, AggregatesSeeTheRowsThatTheQueryGives) {
  const auto best = from<Post>().order_by(col(&Post::rating).desc());
  EXPECT_EQ(5, std::get<0>(best.limit(2).aggregate(db, sum(col(&Post::rating)))));
  EXPECT_EQ(3, std::get<0>(best.offset(1).aggregate(db, count())));
  EXPECT_EQ(6, std::get<0>(best.aggregate(db, sum(col(&Post::rating)))));
  EXPECT_EQ(
      0, std::get<0>(from<Post>().where(col(&Post::rating) > 99).aggregate(db, coalesce(sum(col(&Post::rating)), 0))));
  const auto day = cast<Date>(at_time_zone(now(), "UTC"));
  EXPECT_EQ(4, std::get<1>(from<Post>().group_by(day).select(day, count()).fetch(db).at(0)));
  EXPECT_FALSE(from<Post>().distinct().offset(9).exists(db));
}

TEST_F(TypedEdges, ResultsAreReadAsWhatTheyAreOnly) {
  EXPECT_EQ("column_type", failure_code([&] { from<Post>().select(call<std::int64_t>("random")).fetch(db); }));
  EXPECT_EQ("column_type", failure_code([&] { from<Post>().select(raw<std::int64_t>("'abcdefgh'::text")).fetch(db); }));
  EXPECT_EQ("unfilled_argument",
            failure_code([&] { from<Post>().where(col(&Post::rating) == param<std::int32_t>(1)).fetch(db); }));
  EXPECT_EQ("argument_type", failure_code([] {
              prepare<std::string>(from<Post>().where(col(&Post::rating) == param<std::int32_t>(1)));
            }));
  EXPECT_EQ(Date::max(), Type<Date>::decode(db.run("SELECT date 'infinity'").bytes(0, 0)));
}

TEST_F(TypedEdges, TheServerMakesWhatIsNew) {
  db.execute(Registry().add<Stamped>().create_tables());
  Stamped one;
  one.name = "first";
  db.insert(one);
  EXPECT_NE(Uuid(), one.token);
  EXPECT_NE(TimestampTz(), one.created);
  Stamped changed = one;
  changed.created = {};
  changed.name = "second";
  db.upsert(changed);
  EXPECT_EQ(one.created, changed.created) << "not overwritten by what was never given";
  db.insert_all(std::vector<Stamped>(2, Stamped{}));
  EXPECT_EQ(3, std::get<0>(from<Stamped>().aggregate(db, count(col(&Stamped::token)).distinct())));
}

TEST_F(TypedEdges, KeysOfOtherWidthsFindEachOther) {
  db.execute(
      "CREATE TABLE parent (id bigint PRIMARY KEY); CREATE TABLE kid (id int PRIMARY KEY, parent_id int NOT NULL "
      "REFERENCES parent, note json NOT NULL); INSERT INTO parent VALUES (1), (2)");
  std::vector<Kid> kids(3);
  for (std::size_t i = 0; i < kids.size(); ++i) {
    kids[i].id = static_cast<std::int64_t>(i) + 1;
    kids[i].parent = i == 0 ? 2 : 1;
    kids[i].note.text = "{}";
  }
  db.insert_all(kids);  // the columns are narrower, and json: no COPY in binary
  const auto parents = from<Parent>().with(&Parent::kids).order_by(col(&Parent::id).asc()).fetch(db);
  EXPECT_EQ(2U, parents[0].kids.size());
  EXPECT_EQ(1U, parents[1].kids.size());
}

TEST_F(TypedEdges, ManyRowsGoInTogetherOrNotAtAll) {
  std::vector<Tag> tags(2500);
  for (std::size_t i = 0; i < tags.size(); ++i) tags[i].name = "tag " + std::to_string(i == 2000 ? 0 : i);
  EXPECT_THROW(db.insert_returning(tags), Failure);
  EXPECT_EQ(0, from<Tag>().count(db));
}

TEST_F(TypedEdges, ConnectionsOutliveWhatHappensToThem) {
  for (int i = 0; i < 3; ++i) db.run("SELECT * FROM tag");
  db.execute("ALTER TABLE tag ADD more text");
  EXPECT_EQ(3, db.run("SELECT * FROM tag").columns());
  Pool pool(work.url(), 2);
  { const Pooled idle = pool.acquire(); }
  db.run(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
      "pg_backend_pid() AND application_name = 'pgvista' AND state = 'idle' AND query = ''");
  while (model::decode_value<std::int64_t>(
             db.run("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
                    "pg_backend_pid() AND application_name = 'pgvista' AND query = ''"),
             0, 0) > 0) {
  }
  Pooled fresh = pool.acquire();
  EXPECT_EQ(2, from<Author>().count(fresh));
  int heard = 0;
  Listener listener(work.url());
  listener.on("mine", [&](const std::string&) {
    ++heard;
    listener.on("mine", [&](const std::string&) { ++heard; });
  });
  db.execute("NOTIFY mine");
  EXPECT_EQ(1, listener.wait(std::chrono::seconds(60)));
  EXPECT_EQ(1, heard);
}

TEST_F(TypedEdges, OurOwnErrorsNameThePlaceToo) {
  for (const auto& work : std::vector<std::function<void()>>{[&] { from<Post>().where(col(&Post::id) == -1).get(db); },
                                                             [&] {
                                                               Post bad;
                                                               bad.rating = 501;
                                                               db.insert(bad);
                                                             },
                                                             [&] {
                                                               Post missing;
                                                               missing.author = ada.id;
                                                               db.update(missing);
                                                             }}) {
    try {
      work();
      ADD_FAILURE();
    } catch (const Failure& failure) {
      EXPECT_TRUE(failure.error().file.ends_with("typed_edges_test.cpp")) << failure.error().code;
    }
  }
}

}  // namespace pgvista::test
