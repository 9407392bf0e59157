// What others may do with what pgvista makes in a user's database: nothing that they were not meant to, whatever
// default privileges say and whatever they try.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/workspace.hpp"

namespace pgvista::test {

namespace {

struct Opened {
  explicit Opened(const std::string& privileges) {
    work.execute("DO $$ BEGIN CREATE ROLE reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
    work.execute(
        "CREATE TABLE pay (id int PRIMARY KEY, amount int); CREATE TABLE who (id int PRIMARY KEY, name text); INSERT "
        "INTO pay VALUES (1, 100); INSERT INTO who VALUES (1, 'Ann')");
    for (const char* const what : {"TABLES", "SEQUENCES", "FUNCTIONS"})
      work.execute(fmt::format("ALTER DEFAULT PRIVILEGES GRANT {} ON {} TO reader", privileges, what));
    work.execute(
        "ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO reader; ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS "
        "FROM PUBLIC");
    for (const char* const mode : {"immediate", "on_commit", "deferred"})
      work.view(std::string("kept_") + mode,
                fmt::format("/* pgvista\nkind = \"materialized\"\nmaintenance = \"{}\"\n*/\nSELECT p.id, p.amount, "
                            "w.name FROM pay p JOIN who w ON w.id = p.id",
                            mode));
    work.sync();
  }
  ~Opened() { work.execute("DROP OWNED BY reader"); }
  /// Privileges of the reader on objects of ours that are more than what everybody has.
  std::string more_than_everybody() {
    return work.value(
        "SELECT coalesce(string_agg(o, ', '), '') FROM (SELECT c.relname || ' ' || x.privilege_type AS o FROM pg_class "
        "c CROSS JOIN aclexplode(c.relacl) x WHERE c.relnamespace = 'pgvista'::regnamespace AND x.grantee = "
        "'reader'::regrole "
        "UNION ALL SELECT p.proname || ' ' || x.privilege_type FROM pg_proc p CROSS JOIN aclexplode(p.proacl) x WHERE "
        "p.pronamespace = 'pgvista'::regnamespace AND x.grantee = 'reader'::regrole "
        "UNION ALL SELECT n.nspname || ' ' || x.privilege_type FROM pg_namespace n CROSS JOIN aclexplode(n.nspacl) x "
        "WHERE n.nspname = 'pgvista' AND x.grantee = 'reader'::regrole) all_of_them");
  }
  Workspace work;
};

}  // namespace

TEST(Rights, DefaultPrivilegesOpenNothing) {
  Opened opened("ALL");
  EXPECT_EQ(opened.more_than_everybody(), "");
  const auto reader = opened.work.connect("reader");
  const db::Rows tables = opened.work.db().query(
      "SELECT relname FROM pg_class WHERE relnamespace = 'pgvista'::regnamespace AND relkind IN ('r', 'v') AND "
      "(relname LIKE 'kept%' OR relname LIKE 'queue%' OR relname IN ('lock', 'pending', 'stopped', 'refresh_error'))");
  EXPECT_GT(tables.size(), 8);
  for (int row = 0; row < tables.size(); ++row) {
    EXPECT_THROW(reader->query("SELECT * FROM pgvista." + tables.text(row, 0)), db::QueryFailure)
        << tables.text(row, 0);
    EXPECT_THROW(reader->query("DELETE FROM pgvista." + tables.text(row, 0)), db::QueryFailure) << tables.text(row, 0);
    EXPECT_THROW(reader->query("LOCK TABLE pgvista." + tables.text(row, 0) + " IN SHARE MODE"), db::QueryFailure)
        << tables.text(row, 0);
  }
  EXPECT_THROW(reader->query("UPDATE pgvista.view SET query = 'x'"), db::QueryFailure);
  EXPECT_THROW(reader->query("SELECT pgvista.apply_pending()"), db::QueryFailure);
  EXPECT_THROW(reader->query("SELECT pgvista.set_rights()"), db::QueryFailure);
  EXPECT_THROW(reader->execute("CREATE TABLE pgvista.mine ()"), db::QueryFailure);
  EXPECT_NO_THROW(reader->query("SELECT * FROM pgvista.program"));
  EXPECT_NO_THROW(reader->query("SELECT pgvista.who_watches()"))
      << "what everybody may call is granted, though the default takes it away";
}

TEST(Rights, WhatSomebodyOpenedIsClosedByTheNextSync) {
  Opened opened("ALL");
  opened.work.execute(
      "GRANT ALL ON ALL TABLES IN SCHEMA pgvista TO reader; GRANT ALL ON ALL FUNCTIONS IN SCHEMA pgvista TO reader; "
      "GRANT UPDATE (state) ON pgvista.stopped TO reader; GRANT CREATE ON SCHEMA pgvista TO reader");
  EXPECT_NE(opened.more_than_everybody(), "");
  opened.work.sync();
  EXPECT_EQ(opened.more_than_everybody(), "");
  EXPECT_EQ(opened.work.value("SELECT count(*) FROM pg_attribute WHERE attrelid = 'pgvista.stopped'::regclass AND "
                              "attacl::text LIKE '%reader%'"),
            "0");
}

// Any role that may log in can take advisory locks: writers must not wait for one.
TEST(Rights, NobodyElsesLockStopsAWriter) {
  Opened opened("ALL");
  const auto reader = opened.work.connect("reader");
  const db::Rows programs = opened.work.db().query("SELECT program FROM pgvista.program");
  for (int row = 0; row < programs.size(); ++row) {
    for (const char* const number : {"1886154611", "1886418550"})
      reader->query(fmt::format("SELECT pg_advisory_lock({}, hashtext('{}'))", number, programs.text(row, 0)));
  }
  const auto writer = opened.work.connect();
  writer->execute("SET lock_timeout = '2s'");
  EXPECT_NO_THROW(writer->execute("UPDATE pay SET amount = amount + 1"));
  EXPECT_NO_THROW(writer->execute("TRUNCATE pay"));
}

// What decides about the rows of a join is no setting: a writer may set all he likes while his statement runs.
TEST(Rights, AWriterCannotFalsifySumsBySettings) {
  Workspace work;
  work.execute("DO $$ BEGIN CREATE ROLE clerk LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
  work.execute(
      "CREATE TABLE a (id int PRIMARY KEY, g int, v int); CREATE TABLE b (id int PRIMARY KEY, a_id int, w int); CREATE "
      "INDEX ON b (a_id); CREATE INDEX ON a (g); GRANT INSERT, SELECT ON a, b TO clerk");
  work.view("kept",
            "/* pgvista\nkind = \"materialized\"\nmaintenance = \"immediate\"\n*/\nSELECT a.g, count(*) AS n, sum(a.v "
            "* b.w) AS s FROM a JOIN b ON b.a_id = a.id GROUP BY a.g");
  work.sync();
  int id = 0;
  for (const std::string attack :
       {"PERFORM set_config('pgvista.mixed', '', true); PERFORM set_config('pgvista.open', '', true)",
        "EXECUTE 'DISCARD SEQUENCES'", "EXECUTE 'DISCARD SEQUENCES'; INSERT INTO a VALUES (1000 + i, 9, 9)",
        "INSERT INTO b VALUES (1000 + i, i, 9)",
        "BEGIN INSERT INTO a VALUES (3000 + i, 1, 1); INSERT INTO b VALUES (3000 + i, i, 1); RAISE 'taken back'; "
        "EXCEPTION WHEN raise_exception THEN NULL; END"}) {
    // In a session that has written before, and in a new one.
    const auto old = work.connect("clerk");
    old->execute("INSERT INTO a VALUES (" + std::to_string(++id) + ", 1, 1)");
    for (const bool fresh : {false, true}) {
      const auto clerk = fresh ? work.connect("clerk") : nullptr;
      db::Connection& session = fresh ? *clerk : *old;
      ++id;
      SCOPED_TRACE(attack + (fresh ? " in a new session" : ""));
      session.execute(fmt::format(
          "CREATE FUNCTION pg_temp.attack(i int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN {}; RETURN i; END $$",
          attack));
      EXPECT_NO_THROW(session.execute(fmt::format(
          "WITH x AS (INSERT INTO a VALUES (pg_temp.attack({0}), 1, 2) RETURNING id) INSERT INTO b SELECT {0}, {0}, 5",
          id)));
      EXPECT_EQ("0", work.value("SELECT count(*) FROM (SELECT * FROM kept EXCEPT ALL SELECT a.g, count(*), sum(a.v * "
                                "b.w) FROM a JOIN b ON b.a_id = a.id GROUP BY a.g) d"));
      session.execute(fmt::format("INSERT INTO b VALUES (2000 + {0}, {0}, 7)", id));
      EXPECT_EQ("0", work.value("SELECT count(*) FROM (SELECT * FROM kept EXCEPT ALL SELECT a.g, count(*), sum(a.v * "
                                "b.w) FROM a JOIN b ON b.a_id = a.id GROUP BY a.g) d"))
          << "after it";
    }
    EXPECT_THROW(old->query("SELECT setval('pgvista.open', 1)"), db::QueryFailure);
  }
  work.execute("DROP OWNED BY clerk");
}

// Between two events of one statement a writer's trigger makes the session forget what the first has counted again.
TEST(Rights, AWriterCannotMakeASumForgetWhatWasCounted) {
  Workspace work;
  work.execute(
      "CREATE TABLE b (id int PRIMARY KEY, g int, x int); INSERT INTO b SELECT i, i % 3, i FROM generate_series(1, 9) "
      "i;"
      "CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN EXECUTE ''DISCARD SEQUENCES''; RETURN NULL; "
      "END'");
  for (const std::string name : {"aa", "zz"}) {
    for (const std::string event : {"INSERT", "UPDATE"}) {
      work.execute(fmt::format("CREATE TRIGGER {0}_{1} AFTER {1} ON b FOR EACH STATEMENT EXECUTE FUNCTION forget()",
                               name, event));
    }
  }
  const std::string query = "SELECT g, count(*) AS n, max(x) AS most, sum(x) AS s FROM b GROUP BY g";
  work.view("kept", "/* pgvista\nkind = \"materialized\"\nmaintenance = \"immediate\"\n*/\n" + query);
  work.sync();
  const auto old = work.connect();
  for (const std::string setting : {"track_counts = on", "track_counts = off"}) {
    for (const bool fresh : {true, false}) {
      const auto session = fresh ? work.connect() : nullptr;
      db::Connection& writer = fresh ? *session : *old;
      writer.execute("SET " + setting);
      for (const std::string statement :
           {"INSERT INTO b VALUES (1, 1, 3), (90, 1, 2) ON CONFLICT (id) DO UPDATE SET x = 0, g = 1",
            "DO $$ BEGIN INSERT INTO b VALUES (2, 1, 3), (91, 1, 2) ON CONFLICT (id) DO UPDATE SET x = 0, g = 1; "
            "INSERT INTO b VALUES (92, 1, 1); END $$",
            "DELETE FROM b WHERE id >= 90"}) {
        writer.execute(statement);
        EXPECT_EQ("0", work.value(fmt::format("SELECT count(*) FROM (SELECT * FROM kept EXCEPT ALL {}) d", query)))
            << setting << (fresh ? ", a new session: " : ": ") << statement;
      }
    }
  }
}

// What a refresh failed with holds values of rows.
TEST(Rights, ErrorsOfRefreshesAreTheOwnersToRead) {
  Opened opened("ALL");
  opened.work.execute("CREATE TABLE word (w text); INSERT INTO word VALUES ('7')");
  opened.work.view("numbers", "/* pgvista\nkind = \"materialized\"\n*/\nSELECT w::int AS n FROM word");
  opened.work.sync();
  opened.work.execute("INSERT INTO word VALUES ('hush-hush')");
  EXPECT_EQ(opened.work.run({"refresh", "numbers"}).exit, 1);
  const auto reader = opened.work.connect("reader");
  EXPECT_EQ(reader->query("SELECT count(*) FROM pgvista.refresh_run r WHERE r::text LIKE '%hush-hush%'").integer(0, 0),
            0);
  EXPECT_THROW(reader->query("SELECT * FROM pgvista.refresh_error"), db::QueryFailure);
  EXPECT_NE(opened.work.run({"status", "numbers"}).out.find("hush-hush"), std::string::npos) << "the owner is told";
}

// Whoever owns the schema owns its functions, and could make a superuser run what he likes.
TEST(Rights, ASuperuserRunsNothingOfAnother) {
  Workspace work;
  work.execute(
      "DO $$ BEGIN CREATE ROLE squatter NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$; CREATE SCHEMA "
      "pgvista AUTHORIZATION squatter; CREATE TABLE t (id int PRIMARY KEY)");
  work.view("v", "SELECT id FROM t");
  for (const char* const command : {"sync", "status", "plan", "check"}) {
    const ProcessResult done = work.run({command});
    EXPECT_EQ(1, done.exit) << command;
    EXPECT_NE(std::string::npos, (done.out + done.err).find("squatter")) << command << done.err;
  }
}

}  // namespace pgvista::test
