// The typed face on Asio: coroutines that wait without a thread.

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <pgvista/async.hpp>
#include <pgvista/error.hpp>
#include <pgvista/related.hpp>

#include "support/blog.hpp"
#include "support/workspace.hpp"

#ifdef BOOST_ASIO_HAS_CO_AWAIT

namespace pgvista::test {

using namespace blog;

class Async : public ::testing::Test {
 protected:
  Async() : db(work.url()) { db.execute(registry().create_tables()); }

  // Runs the coroutine to its end; what it throws, this throws.
  void run(std::function<asio::awaitable<void>()> coroutine) {
    std::exception_ptr failed;
    asio::co_spawn(context, std::move(coroutine), [&](std::exception_ptr error) { failed = std::move(error); });
    context.restart();
    context.run();
    if (failed) std::rethrow_exception(failed);
  }

  // Until so many sessions wait for the lock 7.
  asio::awaitable<void> until_waiting(std::int64_t sessions) {
    AsyncDatabase watcher = co_await AsyncDatabase::connect(work.url());
    for (std::int64_t now = -1; now != sessions;) {
      const Result rows = co_await watcher.run(
          "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND NOT granted AND database = "
          "(SELECT oid FROM pg_database WHERE datname = current_database())");
      now = model::decode_value<std::int64_t>(rows, 0, 0);
    }
  }

  Workspace work;
  Database db;
  asio::io_context context;
};

TEST_F(Async, RowsGoInAndComeOutWithWhatTheyLoad) {
  run([&]() -> asio::awaitable<void> {
    AsyncDatabase async = co_await AsyncDatabase::connect(work.url());
    Author ada;
    ada.name = "Ada";
    co_await async.insert(ada);
    EXPECT_NE(0, ada.id);
    for (const char* title : {"Views", "Locks"}) {
      Post post;
      post.title = title;
      post.author = ada.id;
      co_await async.insert(post);
    }
    const auto authors = co_await async.fetch(from<Author>().with(&Author::posts, &Post::author));
    EXPECT_EQ(1U, authors.size());
    EXPECT_EQ(2U, authors[0].posts.size());
    EXPECT_EQ("Ada", authors[0].posts[1].author->name);
    EXPECT_EQ(2, co_await async.count(from<Post>()));
    EXPECT_EQ(1, co_await async.change(
                     from<Post>().where(col(&Post::title) == "Locks").update_statement(set(&Post::rating, 5))));
    const auto ratings =
        co_await async.fetch(from<Post>().order_by(col(&Post::rating).desc()).select(col(&Post::rating)));
    EXPECT_EQ(5, std::get<0>(ratings[0]));
    const auto by_title =
        prepare<std::string>(from<Post>().with(&Post::author).where(col(&Post::title) == param<std::string>(1)));
    for (const char* title : {"Views", "Locks", "Views"}) {
      auto posts = co_await async.fetch(by_title, title);
      EXPECT_EQ("Ada", posts.at(0).author->name);
      posts[0].rating = 7;
      co_await async.update(posts[0]);
    }
    EXPECT_EQ(2, co_await async.count(from<Post>().where(col(&Post::rating) == 7)));
    co_await async.remove(authors[0].posts[1]);
    EXPECT_EQ(1, co_await async.count(from<Post>()));
    const auto first = co_await async.first(from<Post>().where(col(&Post::title) == "Nothing"));
    EXPECT_FALSE(first);
  });
}

TEST_F(Async, ConnectionsWaitBesideEachOther) {
  // Each waits until the other has come: one thread, and neither blocks it.
  int arrived = 0;
  const auto meet = [&](int own, int other) -> asio::awaitable<void> {
    AsyncDatabase async = co_await AsyncDatabase::connect(work.url());
    co_await async.run("SELECT pg_advisory_lock(" + std::to_string(own) + ")");
    ++arrived;
    while (arrived < 2) co_await async.run("SELECT 1");
    const Result held = co_await async.run(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = " + std::to_string(other) +
        " AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
    EXPECT_EQ(1, model::decode_value<std::int64_t>(held, 0, 0));
    ++arrived;
    while (arrived < 4) co_await async.run("SELECT 1");
  };
  asio::co_spawn(context, meet(1, 2), asio::detached);
  run([&]() -> asio::awaitable<void> { co_await meet(2, 1); });
  EXPECT_EQ(4, arrived);
}

TEST_F(Async, TransactionsRollBackWhenTheyThrow) {
  run([&]() -> asio::awaitable<void> {
    AsyncDatabase async = co_await AsyncDatabase::connect(work.url());
    std::string code;
    try {
      co_await async.transaction([&]() -> asio::awaitable<void> {
        Author ada;
        ada.name = "Ada";
        co_await async.insert(ada);
        co_await async.run("SELECT nothing");
      });
    } catch (const Failure& failure) {
      code = failure.error().sqlstate;
      EXPECT_EQ("SELECT nothing", failure.error().query);
      EXPECT_TRUE(failure.error().file.ends_with("async_test.cpp"));
    }
    EXPECT_EQ("42703", code);
    EXPECT_EQ(0, co_await async.count(from<Author>()));
    co_await async.transaction([&]() -> asio::awaitable<void> {
      Author ada;
      ada.name = "Ada";
      co_await async.insert(ada);
    });
    EXPECT_EQ(1, co_await async.count(from<Author>()));
  });
}

TEST_F(Async, ErrorsAreThoseOfDatabase) {
  EXPECT_THROW(
      run([&]() -> asio::awaitable<void> { co_await AsyncDatabase::connect("postgresql:///nothing?host=/nowhere"); }),
      Failure);
  run([&]() -> asio::awaitable<void> {
    AsyncDatabase async = co_await AsyncDatabase::connect(work.url());
    EXPECT_EQ(1, (co_await async.run("SELECT 1")).size());
    bool thrown = false;
    try {
      co_await async.run("SELECT pg_terminate_backend(pg_backend_pid())");
    } catch (const Failure& failure) {
      thrown = true;
    }
    EXPECT_TRUE(thrown);
  });
  run([&]() -> asio::awaitable<void> {
    AsyncDatabase nothing;
    std::string code;
    try {
      co_await nothing.run("SELECT 1");
    } catch (const Failure& failure) {
      code = failure.error().code;
    }
    EXPECT_EQ("not_connected", code);
    AsyncDatabase async = co_await AsyncDatabase::connect(work.url());
    try {
      co_await async.run("COPY post FROM STDIN");
    } catch (const Failure& failure) {
      code = failure.error().code;
    }
    EXPECT_EQ("copy_statement", code);
    EXPECT_EQ(0, co_await async.count(from<Post>()));
  });
  try {
    run([&]() -> asio::awaitable<void> { co_await AsyncDatabase::connect("postgresql+driver://u:secret@/x"); });
    ADD_FAILURE();
  } catch (const Failure& failure) {
    EXPECT_EQ(std::string::npos,
              (failure.error().message + failure.error().detail + failure.error().hint).find("secret"));
  }
}

TEST_F(Async, RowsArePutAndStreamed) {
  run([&]() -> asio::awaitable<void> {
    AsyncDatabase async = co_await AsyncDatabase::connect(work.url());
    std::vector<Author> authors(2500);
    for (std::size_t i = 0; i < authors.size(); ++i) authors[i].name = "Author " + std::to_string(i);
    co_await async.insert_all(authors);
    co_await async.insert_all(std::vector<Author>{});
    EXPECT_EQ(2500, co_await async.count(from<Author>()));
    std::int64_t sum = 0;
    int rows = 0;
    co_await async.each(from<Author>().order_by(col(&Author::id)), [&](const Author& one) {
      ++rows;
      sum += static_cast<std::int64_t>(one.name.size());
    });
    EXPECT_EQ(2500, rows);
    EXPECT_LT(0, sum);
    Author changed = *co_await async.first(from<Author>());
    changed.name = "Somebody";
    co_await async.upsert(changed);
    EXPECT_EQ(1, co_await async.count(from<Author>().where(col(&Author::name) == "Somebody")));
    // What the handler throws ends the statement, and the connection serves on.
    std::string what;
    try {
      co_await async.each(from<Author>().select(col(&Author::id)),
                          [&](const std::tuple<std::int64_t>&) { throw std::runtime_error("enough"); });
    } catch (const std::exception& failure) {
      what = failure.what();
    }
    EXPECT_EQ("enough", what);
    EXPECT_EQ(2500, co_await async.count(from<Author>()));
  });
}

TEST_F(Async, WhatIsCancelledEnds) {
  db.execute("SELECT pg_advisory_lock(7)");
  run([&]() -> asio::awaitable<void> {
    using asio::experimental::awaitable_operators::operator||;
    AsyncDatabase async = co_await AsyncDatabase::connect(work.url());
    const auto first = co_await (async.run("SELECT pg_advisory_lock(7)") || until_waiting(1));
    EXPECT_EQ(1U, first.index());
    EXPECT_TRUE(async.idle());
    const Result after = co_await async.run("SELECT 1::bigint");
    EXPECT_EQ(1, model::decode_value<std::int64_t>(after, 0, 0));
  });
}

TEST_F(Async, APoolLendsAndTakesBack) {
  AsyncPool pool(work.url(), 2);
  int done = 0;
  const auto work_once = [&]() -> asio::awaitable<void> {
    auto lent = co_await pool.acquire();
    co_await lent.run("SELECT pg_advisory_lock_shared(7)");
    co_await lent.run("SELECT pg_advisory_unlock_shared(7)");
    ++done;
  };
  db.execute("SELECT pg_advisory_lock(7)");
  for (int i = 0; i < 10; ++i) asio::co_spawn(context, work_once(), asio::detached);
  // Two are at work, and the others wait for them.
  run([&]() -> asio::awaitable<void> {
    co_await until_waiting(2);
    EXPECT_EQ(2U, pool.open());
    EXPECT_EQ(0, done);
    db.execute("SELECT pg_advisory_unlock(7)");
  });
  EXPECT_EQ(10, done);
  EXPECT_EQ(2U, pool.open());
  // In the middle of a transaction it is closed instead.
  run([&]() -> asio::awaitable<void> {
    auto lent = co_await pool.acquire();
    co_await lent.run("BEGIN");
  });
  EXPECT_EQ(1U, pool.open());
  AsyncPool nowhere("postgresql://nobody@/nothing?host=/nonexistent", 1);
  for (int attempt = 0; attempt < 2; ++attempt) {
    EXPECT_THROW(run([&]() -> asio::awaitable<void> { co_await nowhere.acquire(); }), Failure);
  }
}

}  // namespace pgvista::test

#endif
