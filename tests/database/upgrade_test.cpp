// A database that 0.1.0 has kept: tests/upgrade/0.1.0.sql is its real schema and data, views/ what was synced there.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <thread>

#include "base/text.hpp"
#include "ledger/schema.hpp"
#include "support/workspace.hpp"

namespace pgvista::test {

namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Writes to the tables of the views until it is told to stop.
class Writer {
 public:
  explicit Writer(const Workspace& work) {
    for (int i = 0; i < 2; ++i) {
      threads_.emplace_back([this, &work, i] {
        const auto connection = work.connect();
        for (int n = 0; !stop_; ++n) write(*connection, i, n);
      });
    }
  }
  ~Writer() { end(); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  void end() {
    stop_ = true;
    for (std::thread& one : threads_) one.join();
    threads_.clear();
  }
  long done() const { return done_; }
  std::string failed() {
    const std::lock_guard guard(mutex_);
    return failed_;
  }

 private:
  void write(db::Connection& connection, int writer, int n) {
    // Each has rows of its own: what waits for another's row proves nothing here.
    const int own = 1 + writer * 20 + n % 20;
    try {
      connection.execute(
          fmt::format("INSERT INTO sale (customer_id, amount, sold_on) VALUES ({}, {}.5, date '2026-02-01' + {})", own,
                      n % 89, writer));
      connection.execute(
          fmt::format("UPDATE sale SET amount = amount + 1 WHERE customer_id = {} AND id % 7 = {}", own, n % 7));
      connection.execute(
          fmt::format("WITH gone AS (DELETE FROM sale WHERE customer_id = {} AND id % 11 = {} RETURNING customer_id) "
                      "UPDATE customer SET name = name || '.' WHERE id IN (SELECT customer_id FROM gone)",
                      own, n % 11));
      connection.execute(fmt::format("UPDATE part SET n = n + 1 WHERE id = {}", own));
      ++done_;
    } catch (const db::QueryFailure& failure) {
      // Views that are added up in two orders may meet: that is so without an upgrade, too.
      if (failure.error().sqlstate == "40P01") return;
      const std::lock_guard guard(mutex_);
      failed_ += failure.error().message + "\n";
      stop_ = true;
    }
  }

  std::atomic<bool> stop_ = false;
  std::atomic<long> done_ = 0;
  std::mutex mutex_;
  std::string failed_;
  std::vector<std::thread> threads_;
};

class Upgrade : public ::testing::Test {
 protected:
  Upgrade() {
    const fs::path folder = fs::path(PGVISTA_SOURCE_DIR) / "tests/upgrade";
    std::string dump;
    for (const auto& line : split_lines(text_of(folder / "0.1.0.sql"))) {
      if (!line.starts_with('\\')) dump += std::string(line) + "\n";
    }
    work.connect()->execute(dump);
    for (const fs::directory_entry& entry : fs::directory_iterator(folder / "views"))
      work.view(entry.path().stem(), text_of(entry.path()));
    // What a dump cannot bring along: on the server where it was made these numbers were right.
    work.execute(
        "UPDATE pgvista.view v SET oid = format('%I.%I', v.schema, v.name)::regclass;"
        "UPDATE pgvista.deferred SET identity = pgvista.identity(), snapshot = pgvista.snapshot_before_commit(), "
        "own_xid = pg_current_xact_id()");
  }
  void expect_equal(const std::string& when) {
    ASSERT_EQ(work.run({"watch", "--once"}).exit, 0) << when;
    const ProcessResult result = work.run({"verify"});
    EXPECT_EQ(result.exit, 0) << when << "\n" << result.out << result.err;
  }
  std::set<std::string> health() {
    std::set<std::string> out;
    const boost::json::value lines = work.json({"status"});
    for (const auto& line : lines.as_array()) {
      for (const auto& text : line.at("health").as_array()) {
        if (text.as_string() != "no pgvista watch is running") out.emplace(text.as_string());
      }
    }
    return out;
  }

  Workspace work;
};

}  // namespace

// No row is wrong, no writer fails, and what 0.1.0 compiled stays.
TEST_F(Upgrade, BringsUpTheFirstReleaseWhileWritersGoOn) {
  const std::string programs = "SELECT string_agg(program, ' ' ORDER BY program) FROM pgvista.program";
  const std::string before = work.value(programs);
  Writer writing(work);
  wait_until([&] { return writing.done() > 20; }, "they write");
  const ProcessResult sync = work.run({"sync"});
  EXPECT_EQ(sync.exit, 0) << sync.err;
  EXPECT_NE(sync.err.find(fmt::format("bringing the schema pgvista up from version 1 to {}", ledger::schema_version())),
            std::string::npos)
      << sync.err;
  const long done = writing.done();
  wait_until([&] { return writing.done() > done + 50 || !writing.failed().empty(); }, "they go on");
  writing.end();
  EXPECT_EQ(writing.failed(), "");
  EXPECT_EQ(work.value(programs), before) << sync.out;
  EXPECT_EQ(work.value("SELECT schema_version || ' ' || program_version FROM pgvista.version"),
            fmt::format("{} {}", ledger::schema_version(), PGVISTA_VERSION));
  EXPECT_EQ(work.planned(), "");
  expect_equal("after the upgrade");
  EXPECT_EQ(health(), std::set<std::string>{"compiled by 0.1; sync --recompile"});
}

TEST_F(Upgrade, WhatWasCompiledBeforeIsMadeAnewOnline) {
  work.sync();
  Writer writing(work);
  wait_until([&] { return writing.done() > 20; }, "they write");
  const std::string made = work.sync({"--recompile"});
  const long done = writing.done();
  wait_until([&] { return writing.done() > done + 50 || !writing.failed().empty(); }, "they go on");
  writing.end();
  EXPECT_EQ(writing.failed(), "");
  for (const char* const view : {"sums_immediate", "cities_on_commit", "buyers_deferred", "over_immediate"})
    EXPECT_NE(made.find(view), std::string::npos) << made;
  EXPECT_EQ(made.find("plain"), std::string::npos) << made;
  expect_equal("after the recompilation");
  EXPECT_EQ(health(), std::set<std::string>{});
  EXPECT_EQ(work.sync({"--recompile"}), "");
}

// What an upgraded database has is what a new one has.
TEST_F(Upgrade, LeavesTheSchemaThatANewDatabaseGets) {
  const auto shape = [](Workspace& in) {
    return in.value(
        "SELECT string_agg(line, E'\\n' ORDER BY line) FROM ("
        "SELECT format('%s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, "
        "pg_get_expr(d.adbin, d.adrelid)) AS line "
        "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND "
        "d.adnum = a.attnum "
        "WHERE c.relnamespace = 'pgvista'::regnamespace AND c.relkind IN ('r', 'S') AND a.attnum > 0 AND NOT "
        "a.attisdropped "
        "AND c.relname NOT IN (SELECT store FROM pgvista.program) AND c.relname NOT LIKE 'queue\\_%' "
        "UNION ALL SELECT p.oid::regprocedure || ' ' || md5(pg_get_functiondef(p.oid)) FROM pg_proc p WHERE "
        "p.pronamespace = 'pgvista'::regnamespace "
        "AND p.proname NOT LIKE 'on\\_%' AND NOT EXISTS (SELECT FROM pgvista.program g WHERE starts_with(p.proname, "
        "g.program)) AND p.proname <> 'queue_side' "
        "UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace "
        "= 'pgvista'::regnamespace AND contype <> 'n') AS lines");
  };
  work.sync();
  Workspace fresh;
  fresh.execute("CREATE TABLE t (id int PRIMARY KEY, g int)");
  fresh.view(
      "v",
      "/* pgvista\nkind = \"materialized\"\nmaintenance = \"deferred\"\n*/ SELECT g, count(*) AS n FROM t GROUP BY g");
  fresh.sync();
  EXPECT_EQ(shape(work), shape(fresh));
}

TEST_F(Upgrade, CommandsThatDoNotBringItUpSayWhatDoes) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"status"}, {"plan"}, {"verify"}, {"explain", "sums_immediate"}}) {
    const ProcessResult result = work.run(words);
    EXPECT_NE(result.exit, 1) << words.front() << result.err;
    EXPECT_NE(result.err.find("has version 1"), std::string::npos) << words.front() << result.err;
    EXPECT_NE(result.err.find("pgvista sync"), std::string::npos) << words.front() << result.err;
  }
  const ProcessResult paused = work.run({"pause", "sums_immediate"});
  EXPECT_EQ(paused.exit, 1);
  EXPECT_NE(paused.err.find("has version 1"), std::string::npos) << paused.err;
  EXPECT_EQ(work.value("SELECT to_regclass('pgvista.version') IS NULL"), "t");
  EXPECT_EQ(work.run({"clear", "--yes"}).exit, 0);
  EXPECT_EQ(work.value("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'pgvista%'"), "0");
}

TEST_F(Upgrade, MigrateAndWatchBringItUp) {
  EXPECT_EQ(work.run({"watch", "--once"}).exit, 0);
  EXPECT_EQ(work.value("SELECT max(schema_version) FROM pgvista.version"), std::to_string(ledger::schema_version()));
  expect_equal("after watch");
}

// A newer one is refused by both versions, whatever the command, and nothing is touched.
TEST(Schema, OfANewerProgramIsRefused) {
  Workspace work;
  work.execute("CREATE TABLE t (id int PRIMARY KEY, g int)");
  work.view(
      "v",
      "/* pgvista\nkind = \"materialized\"\nmaintenance = \"immediate\"\n*/ SELECT g, count(*) AS n FROM t GROUP BY g");
  work.sync();
  work.execute("INSERT INTO pgvista.version (schema_version, program_version) VALUES (99, '9.8.7')");
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{{"status"},
                                                                                     {"plan"},
                                                                                     {"sync"},
                                                                                     {"verify"},
                                                                                     {"refresh"},
                                                                                     {"clear", "--yes"},
                                                                                     {"pause", "v"},
                                                                                     {"resume", "v"},
                                                                                     {"explain", "v"},
                                                                                     {"watch", "--once"},
                                                                                     {"showmigrations"},
                                                                                     {"migrate"},
                                                                                     {"inspectdb"},
                                                                                     {"runserver", "--port", "0"}}) {
    const ProcessResult result = work.run(words);
    EXPECT_EQ(result.exit, 1) << words.front() << result.err;
    for (const std::string part : {"99", "9.8.7", PGVISTA_VERSION})
      EXPECT_NE(result.err.find(part), std::string::npos) << words.front() << result.err;
  }
  EXPECT_EQ(work.value("SELECT count(*) FROM v"), "0");
  const ProcessResult version = work.run({"--version"});
  EXPECT_EQ(version.out, fmt::format("pgvista {} (schema version {})\n", PGVISTA_VERSION, ledger::schema_version()));
}

}  // namespace pgvista::test
