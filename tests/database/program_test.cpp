// A program of one's own: its commands, checks, hooks, its pool and its listener.

#include <gtest/gtest.h>
#include <pgvista/error.hpp>
#include <pgvista/listen.hpp>
#include <pgvista/pool.hpp>
#include <thread>

#include "support/blog.hpp"
#include "support/shop.hpp"
#include "support/failure_code.hpp"
#include "support/workspace.hpp"

namespace pgvista::test {

namespace {

/// Raw SQL whose columns are not what the struct says.
struct Odd {
  static constexpr auto table = "odd";
  std::int64_t id{};
  std::string name;
  std::int32_t total{};
  Decimal missing;
  static void define(View<Odd>& v) { v.sql("SELECT id, note AS name, id AS total FROM shop_customer"); }
};
BOOST_DESCRIBE_STRUCT(Odd, (), (id, name, total, missing))

/// A table of somebody else's.
struct Legacy {
  std::int64_t id{};
  std::string comment;
  double weight{};
  static void define(Table<Legacy>& t) { t.name("legacy").unmanaged(); }
};
BOOST_DESCRIBE_STRUCT(Legacy, (), (id, comment, weight))

struct Nowhere {
  std::int64_t id{};
  static void define(View<Nowhere>& v) { v.name("nowhere").unmanaged(); }
};
BOOST_DESCRIBE_STRUCT(Nowhere, (), (id))

struct Heard {
  std::string status;
  std::int64_t orders{};
  static void define(View<Heard>& v) {
    v.name("heard")
        .materialized(Maintenance::immediate)
        .notify()
        .as(from<shop::Purchase>()
                .group_by(col(&shop::Purchase::status))
                .into(field(&Heard::status, col(&shop::Purchase::status)), field(&Heard::orders, count())));
  }
};
BOOST_DESCRIBE_STRUCT(Heard, (), (status, orders))

struct Later {
  std::string status;
  std::int64_t orders{};
  static void define(View<Later>& v) {
    v.name("later")
        .materialized(Maintenance::deferred)
        .as(from<shop::Purchase>()
                .group_by(col(&shop::Purchase::status))
                .into(field(&Later::status, col(&shop::Purchase::status)), field(&Later::orders, count())));
  }
};
BOOST_DESCRIBE_STRUCT(Later, (), (status, orders))

class Program : public ::testing::Test {
 protected:
  Program() : db(work.url()) { db.execute(shop::registry().create_tables()); }

  /// What the command answers, and what it printed.
  std::pair<int, std::string> run(std::vector<std::string> words, const Registry& registry) {
    words.insert(words.end(), {"--database", work.url()});
    std::vector<const char*> arguments{"program"};
    for (const std::string& word : words) arguments.push_back(word.c_str());
    testing::internal::CaptureStdout();
    const int code = pgvista::run(static_cast<int>(arguments.size()), arguments.data(), registry);
    return {code, testing::internal::GetCapturedStdout()};
  }

  void buy(const std::string& status) {
    shop::Country country;
    country.code = "NO";
    country.name = "Norway";
    db.upsert(country);
    shop::Customer customer;
    customer.name = "Ola";
    customer.country = "NO";
    db.insert(customer);
    shop::Purchase purchase;
    purchase.customer = customer.id;
    purchase.status = status;
    purchase.amount = 3;
    db.insert(purchase);
  }

  Workspace work;
  Database db;
};

TEST_F(Program, HasTheCommandsOfPgvista) {
  const Registry registry = shop::registry();
  EXPECT_EQ(3, run({"plan"}, registry).first);
  EXPECT_EQ(0, run({"sync"}, registry).first);
  EXPECT_EQ(0, run({"status", "--check"}, registry).first);
  buy("paid");
  EXPECT_EQ(0, run({"verify"}, registry).first);
  EXPECT_EQ(1U, from<shop::CountrySpend>().fetch(db).size());
  EXPECT_EQ(0, run({"check"}, registry).first);
  EXPECT_EQ(0, run({"clear", "--yes"}, registry).first);
}

TEST_F(Program, CheckNamesTheMemberThatDoesNotFit) {
  const auto [code, text] = run({"check"}, Registry().add<shop::Customer, Odd>());
  EXPECT_EQ(1, code);
  EXPECT_NE(std::string::npos,
            text.find("Odd::missing is read from a column \"missing\", which the query of \"odd\" has not got"))
      << text;
  EXPECT_NE(std::string::npos,
            text.find("Odd::total is integer, and the column \"total\" of the query of \"odd\" is bigint"))
      << text;
  EXPECT_NE(std::string::npos,
            text.find("Odd::name cannot hold NULL, and the column \"name\" of the query of \"odd\" may be NULL"))
      << text;
  EXPECT_EQ(std::string::npos, text.find("Odd::id")) << text;
}

TEST_F(Program, CheckReadsTablesThatAreNotManaged) {
  db.execute("CREATE TABLE legacy (id integer PRIMARY KEY, comment varchar(20), weight numeric NOT NULL)");
  const auto [code, text] = run({"check"}, Registry().add<Legacy, Nowhere>());
  EXPECT_EQ(1, code);
  EXPECT_NE(std::string::npos,
            text.find("Legacy::comment cannot hold NULL, and the column \"comment\" of legacy may be NULL"))
      << text;
  EXPECT_NE(std::string::npos,
            text.find("Legacy::weight is double precision, and the column \"weight\" of legacy is numeric"))
      << text;
  EXPECT_NE(std::string::npos, text.find("Nowhere is read from nowhere, which is not in the database")) << text;
  EXPECT_EQ(std::string::npos, text.find("Legacy::id")) << "a smaller integer can be read: " << text;
}

TEST_F(Program, HooksHearOfWhatWasDone) {
  std::vector<std::string> heard;
  const Registry registry =
      shop::registry()
          .after_sync_view(
              [&](const std::string& view, const std::string& status) { heard.push_back(view + " " + status); })
          .after_sync([&](bool changed) { heard.emplace_back(changed ? "changed" : "unchanged"); })
          .after_refresh([&](const std::string& view, const std::string& mode) { heard.push_back(view + " " + mode); });
  run({"sync"}, registry);
  EXPECT_EQ((std::vector<std::string>{"country_spend created", "spender created", "changed"}), heard);
  heard.clear();
  run({"sync"}, registry);
  EXPECT_EQ((std::vector<std::string>{"country_spend exists", "spender exists", "unchanged"}), heard);
  heard.clear();
  run({"sync", "--dry-run"}, registry);
  EXPECT_TRUE(heard.empty());
}

TEST_F(Program, ChangedRowsAreHeardOfOnceATransaction) {
  ASSERT_EQ(0, run({"sync"}, Registry().add<shop::Purchase, Heard>()).first);
  int heard = 0;
  Listener listener(work.url());
  listener.on<Heard>([&] { ++heard; });
  EXPECT_EQ(0, listener.wait(std::chrono::milliseconds(0)));
  {
    Transaction transaction(db);
    buy("paid");
    buy("new");
    EXPECT_EQ(0, listener.wait(std::chrono::milliseconds(0))) << "not before the commit";
    transaction.commit();
  }
  EXPECT_EQ(1, listener.wait(std::chrono::seconds(60)));
  EXPECT_EQ(1, heard);
  // What leaves the view's rows as they are is no change of it.
  from<shop::Purchase>().update(db, set(&shop::Purchase::amount, Decimal(4)));
  {
    Transaction undone(db);
    buy("paid");
  }
  db.execute("SELECT pg_notify('other', 'end')");
  std::string other;
  Listener second(work.url());
  listener.on("mine", [&](const std::string& payload) { other = payload; });
  db.execute("NOTIFY mine, 'last'");
  while (other.empty()) listener.wait(std::chrono::seconds(60));
  EXPECT_EQ("last", other);
  EXPECT_EQ(1, heard);
  EXPECT_EQ("unknown_relation", failure_code([&] { listener.on<Nowhere>([] {}); }));
}

/// Stored, and refreshed when asked.
struct Stored {
  std::string status;
  static void define(View<Stored>& v) {
    v.name("Stored Rows")
        .materialized()
        .notify()
        .as(from<shop::Purchase>().distinct().into(field(&Stored::status, col(&shop::Purchase::status))))
        .unique(&Stored::status);
  }
};
BOOST_DESCRIBE_STRUCT(Stored, (), (status))

TEST_F(Program, ARefreshIsHeardOf) {
  std::vector<std::string> hooks;
  const Registry registry = Registry().add<shop::Purchase, Stored, shop::Spender>().after_refresh(
      [&](const std::string& view, const std::string& mode) { hooks.push_back(view + " " + mode); });
  ASSERT_EQ(0, run({"sync"}, registry).first);
  int heard = 0;
  Listener listener(work.url());
  listener.on<Stored>([&] { ++heard; });
  buy("paid");
  EXPECT_TRUE(from<Stored>().fetch(db).empty());
  registry.refresh<Stored>(db);
  EXPECT_EQ("paid", from<Stored>().get(db).status);
  EXPECT_EQ(1, listener.wait(std::chrono::seconds(60)));
  registry.refresh<Stored>(db, true);
  EXPECT_EQ(1, listener.wait(std::chrono::seconds(60)));
  EXPECT_EQ(0, run({"refresh"}, registry).first);
  EXPECT_EQ(1, listener.wait(std::chrono::seconds(60)));
  EXPECT_EQ(3, heard);
  EXPECT_EQ((std::vector<std::string>{"Stored Rows full", "Stored Rows concurrent", "Stored Rows full"}), hooks);
  EXPECT_EQ("maintained", failure_code([&] { db.refresh<Heard>(); }));
  EXPECT_EQ("not_materialized", failure_code([&] { db.refresh<shop::Spender>(); }));
}

TEST_F(Program, APoolLendsConnectionsAndTakesThemBackClean) {
  Pool pool(work.url(), 2);
  {
    Pooled one = pool.acquire();
    Pooled two = pool.acquire();
    EXPECT_EQ("pool_exhausted", failure_code([&] { pool.acquire(std::chrono::milliseconds(1)); }));
    one.execute("BEGIN; CREATE TABLE left_open ()");
    EXPECT_EQ(2U, pool.open());
  }
  Pooled again = pool.acquire();
  EXPECT_EQ(0, model::decode_value<std::int64_t>(again.run("SELECT count(*) FROM pg_class WHERE relname = 'left_open'"),
                                                 0, 0));
  // One that is lost is not lent again.
  {
    Pooled lost = pool.acquire();
    EXPECT_THROW(lost.run("SELECT pg_terminate_backend(pg_backend_pid())"), Failure);
    EXPECT_TRUE(lost.lost());
  }
  EXPECT_EQ(1U, pool.open());
  // Threads wait for each other.
  std::atomic<int> sum = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 20; ++k) {
        Pooled own = pool.acquire(std::chrono::seconds(60));
        sum += static_cast<int>(from<shop::Country>().count(own)) + 1;
      }
    });
    if (i == 0) {
      const Pooled given_back = std::move(again);
    }
  }
  threads.clear();
  EXPECT_EQ(160, sum);
  EXPECT_LE(pool.open(), 2U);
}

}  // namespace

TEST_F(Program, WaitsForADeferredView) {
  const Registry registry = shop::registry().add<Later>();
  EXPECT_EQ(0, run({"sync", "--quiet"}, registry).first);
  buy("new");
  const std::string snapshot = db.snapshot();
  EXPECT_EQ("lock_not_available", failure_code([&] { db.wait_for<Later>(snapshot, std::chrono::milliseconds(50)); }));
  EXPECT_EQ(0, run({"watch", "--once", "--quiet"}, registry).first);
  db.wait_for<Later>(snapshot, std::chrono::milliseconds(50));
  db.wait_for<Later>();
  EXPECT_EQ(1, from<Later>().fetch(db).front().orders);
}

}  // namespace pgvista::test
